import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAccount, parseDelay, parseMessageIds, parseRule } from "./smsc-options.ts";

test("delays are fixed, evenly spread or exponential", () => {
  assert.equal(parseDelay("--d", "500"), 500);
  assert.deepEqual(parseDelay("--d", "100..2000"), { minMs: 100, maxMs: 2000 });
  assert.deepEqual(parseDelay("--d", "~500..5000"), { meanMs: 500, maxMs: 5000 });
  for (const wrong of ["", "-1", "1s", "~500", "1...2"]) assert.throws(() => parseDelay("--d", wrong), /--d takes/);
});

test("ids have a base and a width, accounts a password or any", () => {
  assert.deepEqual(parseMessageIds("--ids", "HEX:8"), { base: "HEX", width: 8 });
  assert.deepEqual(parseMessageIds("--ids", "decimal"), { base: "decimal", width: 0 });
  assert.throws(() => parseMessageIds("--ids", "octal"), /decimal, hex or HEX/);
  assert.deepEqual(parseAccount("demo:a:b"), { systemId: "demo", password: "a:b" });
  assert.deepEqual(parseAccount("demo"), { systemId: "demo" });
  assert.throws(() => parseAccount(":secret"), /SYSTEM_ID:PASSWORD/);
});

test("a rule has conditions and what happens", () => {
  assert.deepEqual(parseRule("to=4915*,from=Shop,system=demo,chance=0.05,every=2,times=3,status=ESME_RTHROTTLED"), {
    destination: "4915*",
    source: "Shop",
    systemId: "demo",
    chance: 0.05,
    every: 2,
    times: 3,
    behaviour: { commandStatus: 0x58 },
  });
  assert.deepEqual(parseRule("state=undeliverable,err=27,after=100..200,copies=2,fault=reset,answer=twice,delay=5"), {
    behaviour: {
      receipts: [{ state: "UNDELIVERABLE", errorCode: 27, delay: { minMs: 100, maxMs: 200 }, copies: 2 }],
      fault: "reset",
      answer: "twice",
      answerDelay: 5,
    },
  });
  assert.deepEqual(parseRule("state=none,reply=Hi"), { behaviour: { receipts: [], mo: { text: "Hi" } } });
  assert.deepEqual(parseRule("status=0x4A1").behaviour, { commandStatus: 0x4a1 });
  assert.deepEqual(parseRule("congestion=95").behaviour, { congestion: 95 });
});

test("a rule that cannot be read is refused with what could stand there", () => {
  for (const wrong of [
    "",
    "to",
    "constructor=1",
    "status=OFTEN",
    "state=GONE",
    "fault=fire",
    "answer=never",
    "err=1000",
    "congestion=101",
  ]) {
    assert.throws(() => parseRule(wrong), { exit: "USAGE" }, wrong);
  }
});

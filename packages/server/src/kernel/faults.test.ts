import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { faultReference } from "./fault-reference.ts";
import { FAULTS, Fault, type FaultCode, isFault, isFaultCode } from "./faults.ts";

const DOCUMENT = new URL("../../../../docs/faults.md", import.meta.url);
const CODES = Object.keys(FAULTS) as FaultCode[];

test("docs/faults.md is what the table of faults says", () => {
  assert.equal(readFileSync(DOCUMENT, "utf8"), faultReference(), "run `npm run docs`");
});

test("the reference has one row of four cells for every fault", () => {
  const rows = faultReference()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  assert.ok(CODES.length > 0);
  assert.deepEqual(
    rows.map((row) => row.split(/(?<!\\)\|/).map((text) => text.trim())),
    CODES.map((code) => ["", `\`${code}\``, `${FAULTS[code].http}`, FAULTS[code].text, FAULTS[code].remedy, ""]),
  );
});

test("every fault has a code that can be searched for, an HTTP status of a refusal, a text and a remedy", () => {
  for (const code of CODES) {
    const { http, text, remedy } = FAULTS[code];
    assert.match(code, /^[A-Z]+(_[A-Z]+)+$/);
    assert.ok([409, 429, 500, 503].includes(http), code);
    assert.match(text, /^[A-Z].*[^.]$/, `${code}: a detail follows the text after a colon`);
    assert.match(remedy, /^[A-Z].*\.$/, code);
  }
});

test("a fault says its text, and the detail and cause where there are any", () => {
  const cause = new Error("EIO");
  const fault = new Fault("STORE_FAILED", { detail: "page 7", cause });
  assert.equal(fault.message, `${FAULTS.STORE_FAILED.text}: page 7`);
  assert.deepEqual([fault.name, fault.code, fault.http, fault.cause], ["Fault", "STORE_FAILED", 503, cause]);
  assert.equal(new Fault("STORE_FULL").message, FAULTS.STORE_FULL.text);
  assert.equal(new Fault("ACCEPT_QUEUE_FULL").http, 429);
});

test("a fault is known by its marker, also one of another copy of this package", async () => {
  const copy = (await import(`${new URL("./faults.ts", import.meta.url).href}?copy`)) as { Fault: typeof Fault };
  const foreign = new copy.Fault("STORE_FULL");
  assert.ok(!(foreign instanceof Fault), "it really is another copy");
  assert.ok(isFault(foreign));
  assert.ok(isFault(new Fault("STORE_FULL")));
  for (const other of [new Error("x"), { code: "STORE_FULL" }, null, undefined, "STORE_FULL"])
    assert.ok(!isFault(other));
});

test("only the table's codes are fault codes", () => {
  for (const code of CODES) assert.ok(isFaultCode(code));
  for (const other of ["toString", "", "store_full", 13, null, undefined]) assert.ok(!isFaultCode(other));
});

/** The simulator as carriers are on bad days: by rule, by destination, by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S } from "../src/command-status.ts";
import { concatenationOf, messageTextOf, type Rule, type SessionFault, tlvValue } from "../src/index.ts";
import { MAGIC_DESTINATIONS } from "../src/simulator/magic-destinations.ts";
import { Ticker } from "../src/session/ticker.ts";
import { certificate } from "./harness/certificate.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { esmeFor, simulatorFor, type TestEsme, until } from "./harness/simulated.ts";

const RING = "385981234567";
const magic = (suffix: number): string => `447700900${suffix}`;

test("a rule refuses by destination, source and account; the first that applies decides", async (t) => {
  const rules: readonly Rule[] = [
    { destination: "1*", source: "Shop", behaviour: { commandStatus: S.RINVDSTADR } },
    { destination: "12", behaviour: { commandStatus: S.RSYSERR } },
    { systemId: "other", behaviour: { commandStatus: S.RX_P_APPN } },
  ];
  const simulator = await simulatorFor(t, { rules });
  const esme = await esmeFor(t, simulator);
  const other = await esmeFor(t, simulator, { bind: { systemId: "other" } });
  assert.equal(await esme.submit("12"), "0xb");
  assert.equal(await esme.submit("12", { sourceAddr: "x" }), "0x8");
  assert.equal(await esme.submit("123", { sourceAddr: "x" }), "1");
  assert.equal(await other.submit("2"), "0x65");
  assert.deepEqual([simulator.counters.taken, simulator.counters.refused], [1, 3]);
  simulator.setRules([]);
  assert.equal(await esme.submit("12"), "2");
});

test("a rule may count its matches, and throw dice", async (t) => {
  const dice = [0.1, 0.9, 0.1, 0.9];
  const simulator = await simulatorFor(t, {
    random: () => dice.shift() ?? 0.9,
    rules: [
      { destination: "1", every: 3, times: 2, behaviour: { commandStatus: S.RSYSERR } },
      { destination: "2", chance: 0.5, behaviour: { commandStatus: S.RMSGQFUL } },
    ],
  });
  const esme = await esmeFor(t, simulator);
  const refusals: number[] = [];
  for (let count = 1; count <= 12; count += 1) {
    if ((await esme.submit("1", { registeredDelivery: 0 })) === "0x8") refusals.push(count);
  }
  assert.deepEqual(refusals, [3, 6]);
  const outcomes = [];
  for (let count = 0; count < 4; count += 1) outcomes.push((await esme.submit("2")) === "0x14");
  assert.deepEqual(outcomes, [true, false, true, false]);
});

test("above its throughput an account is throttled, on all its sessions together, until time has passed", async (t) => {
  const clock = new FakeClock();
  const simulator = await simulatorFor(t, {
    clock,
    throughputPerSecond: 2,
    accounts: [{ systemId: "demo" }, { systemId: "fast", throughputPerSecond: 1000 }],
  });
  const [one, two, fast] = await Promise.all([
    esmeFor(t, simulator),
    esmeFor(t, simulator),
    esmeFor(t, simulator, { bind: { systemId: "fast" } }),
  ]);
  assert.deepEqual([await one.submit(RING), await two.submit(RING), await one.submit(RING)], ["1", "2", "0x58"]);
  for (let count = 0; count < 10; count += 1) assert.notEqual(await fast.submit(RING), "0x58");
  await clock.advance(500);
  assert.notEqual(await two.submit(RING), "0x58");
  assert.equal(await two.submit(RING), "0x58");
  assert.equal(simulator.counters.throttled, 2);
});

test("when too many receipts wait, messages that want one are refused with a full queue", async (t) => {
  const simulator = await simulatorFor(t, { pendingMax: 2 });
  const esme = await esmeFor(t, simulator, { bindAs: "transmitter" });
  assert.deepEqual([await esme.submit(RING), await esme.submit(RING), await esme.submit(RING)], ["1", "2", "0x14"]);
  assert.equal(await esme.submit(RING, { registeredDelivery: 0 }), "3");
  await assert.rejects(simulator.mo({ systemId: "demo", source: "1", destination: "2", text: "x" }), {
    code: "SMPP_BUSY",
  });
});

test("a slow answer comes when its time has come, and holds up no other", async (t) => {
  const clock = new FakeClock();
  const simulator = await simulatorFor(t, { clock, slowAnswerMs: 3000 });
  const esme = await esmeFor(t, simulator);
  const slow = esme.submit(magic(909), { registeredDelivery: 0 });
  await esme.submit(RING, { registeredDelivery: 0 });
  assert.deepEqual(esme.log, ["answer 2"]);
  await clock.advance(3000);
  assert.equal(await slow, "1");
});

test("an answer may be dropped while the message is delivered, or come twice", async (t) => {
  const simulator = await simulatorFor(t);
  const esme = await esmeFor(t, simulator, { responseTimeoutMs: 250 });
  assert.equal(await esme.submit(magic(908)), "SMPP_OUTCOME_UNKNOWN");
  await until("its receipt", () => esme.receipts.length === 1);
  assert.equal(await esme.submit(magic(907)), "SMPP_OUTCOME_UNKNOWN");
  assert.equal(await esme.submit(magic(907)), "3");
  await esme.submit(magic(915));
  await until("the second answer", () => esme.unexpected === 1);
  assert.equal(simulator.counters.answersDropped, 2);
  assert.equal(simulator.counters.taken, 4);
});

test("dropped answers take no room: hundreds of them leave the session answering", async (t) => {
  const rules: readonly Rule[] = [{ destination: "1", behaviour: { answer: "dropped" } }];
  const simulator = await simulatorFor(t, { rules, session: { inboundWindowSize: 10 } });
  const esme = await esmeFor(t, simulator);
  for (let count = 0; count < 500; count += 1) void esme.submit("1", { registeredDelivery: 0 });
  assert.equal(await esme.submit(RING), "501");
  esme.session.close();
});

test("an answer, or a refusal, says how busy the message centre is", async (t) => {
  const rules: readonly Rule[] = [
    { destination: "1", behaviour: { congestion: 85 } },
    { destination: "2", behaviour: { congestion: 100, commandStatus: S.RMSGQFUL } },
  ];
  const simulator = await simulatorFor(t, { rules });
  const { session } = await esmeFor(t, simulator);
  const answers = [];
  for (const destinationAddr of ["1", "2", "3"])
    answers.push(await session.send({ command: "submit_sm", destinationAddr }));
  assert.deepEqual(
    answers.map(({ commandStatus, tlvs }) => [commandStatus, tlvValue(tlvs, "congestionState")]),
    [
      [S.ROK, 85],
      [S.RMSGQFUL, 100],
      [S.ROK, undefined],
    ],
  );
  for (const congestion of [-1, 101, 1.5]) {
    assert.throws(() => simulator.setRules([{ behaviour: { congestion } }]), { code: "SMPP_FIELD_INVALID" });
  }
});

test("a receipt may come before its answer, and the answer follows its acknowledgement", async (t) => {
  const simulator = await simulatorFor(t);
  const esme = await esmeFor(t, simulator);
  assert.equal(await esme.submit(magic(903)), "1");
  assert.deepEqual(esme.log, ["receipt 1 DELIVERED", "answer 1"]);
  assert.equal(await esme.submit(magic(903), { registeredDelivery: 0 }), "2");
});

test("who waits for a receipt that nobody takes is answered in the end", async (t) => {
  const clock = new FakeClock();
  const simulator = await simulatorFor(t, { clock });
  const esme = await esmeFor(t, simulator, { bindAs: "transmitter" });
  const answer = esme.submit(magic(903));
  await until("it came", () => simulator.counters.taken === 1);
  await clock.advance(10_000);
  assert.equal(await answer, "1");
});

test("receipts come twice, contradict each other, and come in reverse", async (t) => {
  const simulator = await simulatorFor(t, { receiptReorderCount: 3 });
  const esme = await esmeFor(t, simulator);
  for (let count = 0; count < 3; count += 1) await esme.submit(RING);
  await until("three", () => esme.receipts.length === 3);
  assert.deepEqual(
    esme.receipts.map(({ messageIds }) => messageIds[0]),
    ["3", "2", "1"],
  );
  const plain = await simulatorFor(t);
  const client = await esmeFor(t, plain);
  await client.submit(magic(902));
  await client.submit(magic(904));
  await client.submit(magic(905));
  await until("six", () => client.receipts.length === 6);
  const ofMessage = (id: string) =>
    client.log.filter((line) => line.startsWith(`receipt ${id} `)).map((l) => l.slice(10));
  assert.deepEqual(ofMessage("1"), ["DELIVERED", "DELIVERED"]);
  assert.deepEqual(ofMessage("2"), ["UNDELIVERABLE", "DELIVERED"]);
  assert.deepEqual(ofMessage("3"), ["DELIVERED", "UNDELIVERABLE"]);
});

test("gathered receipts leave after a while although they are few", async (t) => {
  const clock = new FakeClock();
  const simulator = await simulatorFor(t, { clock, receiptReorderCount: 3 });
  const esme = await esmeFor(t, simulator);
  await esme.submit(RING);
  await esme.submit(RING);
  assert.equal(simulator.counters.deliveriesSent, 0);
  await clock.advance(500);
  await until("both", () => esme.receipts.length === 2);
});

test("sessions end in every way, by destination", async (t) => {
  const simulator = await simulatorFor(t);
  const fate = async (suffix: number) => {
    const esme = await esmeFor(t, simulator);
    const answer = await esme.submit(magic(suffix), { registeredDelivery: 0 });
    await until(`the end of ${suffix}`, () => esme.closed.length === 1);
    return [/^\d+$/.test(answer) ? "answered" : answer, esme.closed[0]];
  };
  const [answer, reason] = await fate(910);
  assert.equal(answer, "SMPP_OUTCOME_UNKNOWN");
  assert.ok(reason === "socket-error" || reason === "peer-closed", reason);
  assert.deepEqual(await fate(911), ["answered", "peer-closed"]);
  assert.deepEqual(await fate(912), ["answered", "peer-unbound"]);
  await until("all are gone", () => simulator.counters.sessions === 0);
  assert.equal(simulator.counters.faults, 3);
});

test("over TLS sessions are served and broken alike", async (t) => {
  const { key, cert } = certificate();
  const simulator = await simulatorFor(t, { tls: { key, cert } });
  for (const fault of ["reset", "close", "unbind"] as const) {
    const esme = await esmeFor(t, simulator, { tls: { ca: cert, servername: "localhost" } });
    assert.match(await esme.submit(RING), /^\d+$/);
    simulator.drop(fault);
    await until(fault, () => esme.closed.length === 1);
  }
});

async function isFoundDead(esme: TestEsme, clock: FakeClock): Promise<void> {
  await until(
    "enquire_link",
    () => esme.closed.length === 1,
    () => clock.advance(250),
  );
  assert.deepEqual(esme.closed, ["enquire-link-timeout"]);
}

test("a silent session is found by enquire_link, and so is one that answers everything else", async (t) => {
  const clock = new FakeClock();
  const simulator = await simulatorFor(t);
  const quick = { enquireLinkIntervalMs: 1000, enquireLinkTimeoutMs: 1000, ticker: new Ticker(clock) };
  const silent = await esmeFor(t, simulator, quick);
  const pending = silent.submit(magic(913));
  await until("it is silent", () => simulator.counters.faults === 1);
  const ignored = silent.submit(RING);
  await isFoundDead(silent, clock);
  assert.deepEqual(await Promise.all([pending, ignored]), ["SMPP_OUTCOME_UNKNOWN", "SMPP_OUTCOME_UNKNOWN"]);
  const mute = await esmeFor(t, simulator, { ...quick, ticker: new Ticker(clock) });
  assert.match(await mute.submit(magic(914)), /^\d+$/);
  assert.match(await mute.submit(RING), /^\d+$/);
  await isFoundDead(mute, clock);
  const never = await simulatorFor(t, { answersEnquireLink: false });
  await isFoundDead(await esmeFor(t, never, { ...quick, ticker: new Ticker(clock) }), clock);
});

test("every session meets its fault after so many messages", async (t) => {
  const simulator = await simulatorFor(t, { faultAfter: { submissions: 3, fault: "reset" } });
  for (let round = 0; round < 2; round += 1) {
    const esme = await esmeFor(t, simulator);
    const outcomes = [await esme.submit(RING), await esme.submit(RING), await esme.submit(RING)];
    assert.ok(/^\d+$/.test(outcomes[1] ?? ""));
    assert.equal(outcomes[2], "SMPP_OUTCOME_UNKNOWN");
  }
});

test("sessions are broken by hand, all or those of one account, and receipts go on elsewhere", async (t) => {
  const simulator = await simulatorFor(t);
  const faults: readonly SessionFault[] = ["reset", "close", "unbind"];
  for (const fault of faults) {
    const [esme, other] = [await esmeFor(t, simulator), await esmeFor(t, simulator, { bind: { systemId: "other" } })];
    assert.equal(simulator.drop(fault, "demo"), 1);
    await until(fault, () => esme.closed.length === 1);
    assert.equal(other.closed.length, 0);
    assert.equal(simulator.drop(fault), 1);
    await until(fault, () => other.closed.length === 1);
    await until("they are gone", () => simulator.counters.sessions === 0);
  }
  assert.equal(simulator.drop(), 0);
  const one = await esmeFor(t, simulator);
  await esmeFor(t, simulator, { bindAs: "receiver", handlers: { onRequest() {} } }).then(async (deaf) => {
    for (let count = 0; count < 4; count += 1) await one.submit(RING);
    deaf.session.close();
  });
  await until("every receipt", () => one.receipts.length === 2 && simulator.counters.deliveriesPending === 2);
  await until("again, a second later", () => new Set(one.receipts.map((r) => r.messageIds[0])).size === 4);
});

test("phones reply, in parts by every method", async (t) => {
  const simulator = await simulatorFor(t);
  const esme = await esmeFor(t, simulator);
  for (const suffix of [921, 922, 923, 924, 925, 926]) await esme.submit(magic(suffix), { registeredDelivery: 0 });
  await until("all parts", () => esme.requests.length === 1 + 2 * 3 + 1 + 1);
  const first = esme.requests[0];
  assert.ok(first?.command === "deliver_sm");
  assert.deepEqual([first.sourceAddr, first.destinationAddr, messageTextOf(first).text], [magic(921), "Shop", "Reply"]);
  const counts = esme.requests.map(
    (request) => request.command === "deliver_sm" && concatenationOf(request)?.partCount,
  );
  assert.deepEqual(counts, [undefined, 2, 2, 2, 2, 2, 2, undefined, undefined]);
});

test("every magic destination that refuses does so with what its description says", async (t) => {
  const simulator = await simulatorFor(t, { magicDestinations: true });
  const esme = await esmeFor(t, simulator);
  let refusals = 0;
  for (const { destination, description } of MAGIC_DESTINATIONS) {
    const [, status] = /^refused: .*0x([\dA-F]+)/.exec(description) ?? [];
    if (status === undefined) continue;
    refusals += 1;
    assert.equal(await esme.submit(destination), `0x${Number.parseInt(status, 16).toString(16)}`);
  }
  assert.equal(refusals, 12);
  const throttled = [];
  for (let count = 0; count < 5; count += 1) throttled.push(await esme.submit(magic(906)));
  assert.deepEqual(throttled, ["0x58", "0x58", "0x58", "1", "0x58"]);
  const off = await simulatorFor(t, { magicDestinations: false });
  assert.equal(await (await esmeFor(t, off)).submit(magic(401)), "1");
});

test("every magic destination that reports a state reports that one", async (t) => {
  const simulator = await simulatorFor(t);
  const esme = await esmeFor(t, simulator);
  const expected: string[] = [];
  for (const { destination, description } of MAGIC_DESTINATIONS) {
    const [, state, errorCode = "0"] = /^reported as ([A-Z]+)(?:, err (\d+))?$/.exec(description) ?? [];
    if (state !== undefined) expected.push(`${await esme.submit(destination)} ${state} ${Number(errorCode)}`);
  }
  assert.equal(expected.length, 19);
  await until("all receipts", () => esme.receipts.length === expected.length);
  const heard = esme.receipts.map(({ messageIds, state, fields }) => `${messageIds[0]} ${state} ${Number(fields.err)}`);
  assert.deepEqual(heard, expected);
  assert.equal(new Set(MAGIC_DESTINATIONS.map(({ destination }) => destination)).size, MAGIC_DESTINATIONS.length);
});

test("a simulator that is closed leaves nobody waiting, neither held answers nor silent sessions", async (t) => {
  const simulator = await simulatorFor(t, { slowAnswerMs: 3_600_000 });
  const slow = await esmeFor(t, simulator);
  const answer = slow.submit(magic(909));
  const silent = await esmeFor(t, simulator, { bind: { systemId: "silent" } });
  void silent.submit(magic(913));
  await until("both came", () => simulator.counters.taken === 2);
  const waiting = simulator.mo({ systemId: "nobody", source: "1", destination: "2", text: "x" });
  await simulator.close();
  assert.equal(await answer, "1");
  assert.deepEqual(await waiting, [{ outcome: "lost", commandStatus: null }]);
  assert.equal(simulator.counters.deliveriesPending, 0);
});

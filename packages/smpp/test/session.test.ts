/**
 * Robustness of a session; each test has the number and the sentence of the list of cases.
 *
 * These cases of the list belong to whoever uses the package, and are not here:
 * - a carrier's link: 36 and 37 (rate after 0x58 and 0x14), 38 (congestion_state 95), 43 and 44 (back-off of
 *   reconnects), 45 to 50 (a receipt before the answer, on another bind, after a restart, twice, conflicting, of an
 *   unknown id), 56 and 57 (crashes between a write and its answer), 59 (splitting a text into parts), 62 (putting
 *   parts together);
 * - a server for customers: 23 (wrong passwords, delay, lock), 24 (limit of binds), 39 (quota), 40 (a slow consumer's
 *   queue on disk), 42 (a storm of reconnects), 55 (a store that is down).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./harness/fake-clock.ts";
import { boundPair, pairOf, submit } from "./harness/session-pair.ts";

const BIND = { command: "bind_transceiver", sequenceNumber: 1, interfaceVersion: 0x34 } as const;

test("a bind makes an open session bound, and its answer names our version", async () => {
  for (const [kind, state] of [
    ["transmitter", "BOUND_TX"],
    ["receiver", "BOUND_RX"],
    ["transceiver", "BOUND_TRX"],
  ] as const) {
    const { session, peer } = pairOf("SMSC");
    assert.equal(session.state, "OPEN");
    await peer.say({ ...BIND, command: `bind_${kind}`, systemId: "me" });
    assert.equal(session.state, state);
    assert.equal(session.peerBind?.systemId, "me");
    const [answer] = peer.take();
    assert.equal(answer?.command, `bind_${kind}_resp`);
    assert.ok(answer !== undefined && "systemId" in answer && answer.systemId === "smsc");
    assert.deepEqual([...(answer.tlvs[0]?.value ?? [])], [0x34]);
    const esme = await boundPair("ESME", kind);
    assert.equal(esme.session.state, state);
  }
});

test("a refused bind leaves the session open, and the peer may try again", async () => {
  let isWelcome = false;
  const { session, peer } = pairOf("SMSC", {}, { onBind: async () => ({ commandStatus: isWelcome ? 0 : 0x0e }) });
  await peer.say(BIND);
  assert.deepEqual(peer.heard(), ["bind_transceiver_resp 14 1"]);
  assert.equal(session.state, "OPEN");
  isWelcome = true;
  await peer.say({ ...BIND, sequenceNumber: 2 });
  assert.equal(session.state, "BOUND_TRX");
});

test("whoever cannot decide about a bind lets nobody in", async () => {
  for (const onBind of [() => Promise.reject(new Error("down")), undefined]) {
    const { session, peer } = pairOf("SMSC", {}, { onBind: onBind as never });
    await peer.say(BIND);
    assert.notEqual(peer.take()[0]?.commandStatus, 0);
    assert.equal(session.state, "OPEN");
  }
});

test("8 unknown command id: nack 0x03, and the session lives", async () => {
  const { session, peer } = await boundPair("SMSC");
  await peer.say(Buffer.from("00000010000001110000000000000009", "hex"), {
    command: "enquire_link",
    sequenceNumber: 10,
  });
  assert.deepEqual(peer.heard(), ["generic_nack 3 9", "enquire_link_resp 0 10"]);
  assert.equal(session.state, "BOUND_TRX");
});

test("a request that cannot be read is answered with its own response and fault, and the next one is taken", async () => {
  const { peer, requests, faults } = await boundPair("SMSC");
  const broken = Buffer.from("00000014000000040000000000000009ffffffff", "hex");
  await peer.say(broken, { command: "submit_sm", sequenceNumber: 10 });
  assert.deepEqual(peer.heard(), ["submit_sm_resp 2 9"]);
  assert.equal(requests.length, 1);
  assert.equal(faults.length, 1);
});

test("a response that cannot be read is never answered, and its request's outcome is unknown", async () => {
  const { session, peer } = await boundPair("ESME");
  const outcomes = submit(session, 1);
  await settle();
  const sequenceNumber = peer.take()[0]?.sequenceNumber ?? 0;
  const broken = Buffer.from("0000001280000004000000000000000061620000", "hex").subarray(0, 18);
  broken.writeUInt32BE(sequenceNumber, 12);
  const unknown = Buffer.from("00000010800001110000000000000009", "hex");
  await peer.say(broken, unknown);
  assert.deepEqual(peer.heard(), []);
  assert.deepEqual(outcomes, ["SMPP_OUTCOME_UNKNOWN"]);
  assert.equal(session.counters.unexpectedResponses, 1);
  assert.equal(session.state, "BOUND_TRX");
});

test("4 length that cannot be: nack 0x02, close", async () => {
  for (const length of ["00000000", "00000003", "0000000f", "00011171", "ffffffff"]) {
    const { session, peer, closed } = await boundPair("SMSC");
    await peer.say(Buffer.from(`${length}0000000400000000ffffffff`, "hex"));
    assert.deepEqual(peer.heard(), ["generic_nack 2 0"], length);
    assert.equal(session.state, "CLOSED");
    assert.equal(peer.isEnded, true);
    assert.deepEqual(closed, ["frame-invalid"]);
  }
});

test("7 slow-loris header: the rest of a PDU has 10 s, however slowly octets come", async () => {
  const { session, peer, clock, closed } = await boundPair("SMSC");
  await peer.say(Buffer.from("00000010", "hex"));
  for (let second = 0; second < 9; second += 1) {
    await clock.advance(1000);
    await peer.say(Buffer.from([0]));
  }
  assert.equal(session.state, "BOUND_TRX");
  await clock.advance(2000);
  assert.deepEqual(closed, ["pdu-timeout"]);
});

test("a PDU that is whole in time gives the next one its own time", async () => {
  const { session, peer, clock } = await boundPair("SMSC");
  const octets = Buffer.from("00000010000000150000000000000009", "hex");
  await peer.say(octets.subarray(0, 8));
  for (let round = 0; round < 3; round += 1) {
    await clock.advance(8000);
    await peer.say(Buffer.concat([octets.subarray(8), octets.subarray(0, 8)]));
  }
  assert.equal(session.state, "BOUND_TRX");
  assert.equal(peer.heard().length, 3);
});

test("9 response nobody asked for: ignored and counted", async () => {
  const seen: string[] = [];
  const { session, peer } = await boundPair(
    "ESME",
    "transceiver",
    {},
    { onUnexpectedResponse: (r) => seen.push(r.command) },
  );
  await peer.say(
    { command: "submit_sm_resp", sequenceNumber: 77 },
    { command: "enquire_link_resp", sequenceNumber: 78 },
  );
  assert.equal(session.counters.unexpectedResponses, 2);
  assert.deepEqual(seen, ["submit_sm_resp", "enquire_link_resp"]);
  assert.deepEqual(peer.heard(), []);
  assert.equal(session.state, "BOUND_TRX");
});

test("20 no bind in time: the session is closed, a bound one is not", async () => {
  const { clock, closed, session } = pairOf("SMSC");
  await clock.advance(9900);
  assert.equal(session.state, "OPEN");
  await clock.advance(700);
  assert.deepEqual(closed, ["session-init-timeout"]);
  const bound = await boundPair("SMSC", "transceiver", { enquireLinkIntervalMs: 0 });
  await bound.clock.advance(60_000);
  assert.equal(bound.session.state, "BOUND_TRX");
});

test("21 second bind: 0x05, also while the first one is not decided", async () => {
  const bound = await boundPair("SMSC");
  await bound.peer.say({ ...BIND, sequenceNumber: 9 });
  assert.deepEqual(bound.peer.heard(), ["bind_transceiver_resp 5 9"]);
  let decide: (answer: { commandStatus: number }) => void = () => {};
  const onBind = () =>
    new Promise<{ commandStatus: number }>((resolve) => {
      decide = resolve;
    });
  const { session, peer } = pairOf("SMSC", {}, { onBind });
  await peer.say(BIND, { ...BIND, sequenceNumber: 2 });
  assert.deepEqual(peer.heard(), ["bind_transceiver_resp 5 2"]);
  decide({ commandStatus: 0 });
  await settle();
  assert.deepEqual(peer.heard(), ["bind_transceiver_resp 0 1"]);
  assert.equal(session.state, "BOUND_TRX");
});

test("22 submit before bind / on RX: 0x04, and the session lives", async () => {
  const open = pairOf("SMSC");
  await open.peer.say({ command: "submit_sm", sequenceNumber: 3 });
  assert.deepEqual(open.peer.heard(), ["submit_sm_resp 4 3"]);
  const receiver = await boundPair("SMSC", "receiver");
  await receiver.peer.say({ command: "submit_sm", sequenceNumber: 3 }, { command: "data_sm", sequenceNumber: 4 });
  assert.deepEqual(receiver.peer.heard(), ["submit_sm_resp 4 3"]);
  assert.equal(receiver.requests.length, 1);
  assert.equal(receiver.session.state, "BOUND_RX");
  const esme = await boundPair("ESME");
  await esme.peer.say({ command: "submit_sm", sequenceNumber: 5 }, BIND);
  assert.deepEqual(esme.peer.heard(), ["submit_sm_resp 4 5", "bind_transceiver_resp 4 1"]);
});

test("our own side sends nothing that the state does not allow", async () => {
  const isState = { code: "SMPP_STATE_INVALID" };
  const open = pairOf("ESME");
  await assert.rejects(open.session.send({ command: "submit_sm" }), isState);
  const receiver = await boundPair("ESME", "receiver");
  await assert.rejects(receiver.session.send({ command: "submit_sm" }), isState);
  const transmitter = await boundPair("SMSC", "transmitter");
  await assert.rejects(transmitter.session.send({ command: "deliver_sm" }), isState);
  assert.throws(() => transmitter.session.notify({ command: "alert_notification" }), isState);
  await assert.rejects(transmitter.session.bind({ command: "bind_receiver" }), isState);
  assert.deepEqual(transmitter.peer.heard(), []);
});

test("outbind and alert_notification are told, and not answered", async () => {
  const told: string[] = [];
  const { peer } = pairOf("ESME", {}, { onNotification: ({ command }) => told.push(command) });
  await peer.say({ command: "outbind", sequenceNumber: 1 });
  const bound = await boundPair("ESME", "receiver", {}, { onNotification: ({ command }) => told.push(command) });
  await bound.peer.say({ command: "alert_notification", sequenceNumber: 1 });
  assert.deepEqual(told, ["outbind", "alert_notification"]);
  assert.deepEqual([...peer.heard(), ...bound.peer.heard()], []);
});

test("29 out-of-order responses find their requests", async () => {
  const { session, peer } = await boundPair("ESME");
  const answers = [session.send({ command: "submit_sm" }), session.send({ command: "query_sm" })] as const;
  await settle();
  const [first, second] = peer.take();
  await peer.say(
    { command: "query_sm_resp", sequenceNumber: second?.sequenceNumber ?? 0, messageState: 2 },
    { command: "submit_sm_resp", sequenceNumber: first?.sequenceNumber ?? 0, messageId: "a" },
  );
  const [submitted, queried] = await Promise.all(answers);
  assert.ok(submitted.command === "submit_sm_resp" && submitted.messageId === "a");
  assert.ok(queried.command === "query_sm_resp" && queried.messageState === 2);
});

test("30 duplicate response: the second one is ignored, and one of another command is none", async () => {
  const { session, peer } = await boundPair("ESME");
  const outcomes = submit(session, 1);
  await settle();
  const sequenceNumber = peer.take()[0]?.sequenceNumber ?? 0;
  await peer.say({ command: "query_sm_resp", sequenceNumber });
  assert.deepEqual(outcomes, []);
  await peer.say(
    { command: "submit_sm_resp", sequenceNumber },
    { command: "submit_sm_resp", sequenceNumber, commandStatus: 8 },
  );
  assert.deepEqual(outcomes, ["submit_sm_resp 0"]);
  assert.equal(session.counters.unexpectedResponses, 2);
});

test("a generic_nack answers the request that it names", async () => {
  const { session, peer } = await boundPair("ESME");
  const outcomes = submit(session, 1);
  await settle();
  await peer.say({ command: "generic_nack", commandStatus: 3, sequenceNumber: peer.take()[0]?.sequenceNumber ?? 0 });
  assert.deepEqual(outcomes, ["generic_nack 3"]);
});

test("31 sequence wrap at 0x7FFFFFFF: after the last number comes 1, and a pending one is left out", async () => {
  const { session, peer } = await boundPair("ESME", "transceiver", { firstSequenceNumber: 0x7ffffffd });
  submit(session, 3);
  await settle();
  assert.deepEqual(
    peer.take().map(({ sequenceNumber }) => sequenceNumber),
    [0x7ffffffe, 0x7fffffff, 1],
  );
  const again = await boundPair("ESME", "transceiver", { firstSequenceNumber: 0x7fffffff, windowSize: 3 });
  submit(again.session, 1);
  await settle();
  assert.deepEqual(
    again.peer.take().map(({ sequenceNumber }) => sequenceNumber),
    [1],
  );
});

test("32 peer uses seq 0 or 0xFFFFFFFF: it is answered with the same", async () => {
  const { peer, requests } = await boundPair("SMSC");
  await peer.say({ command: "submit_sm", sequenceNumber: 0 }, { command: "submit_sm", sequenceNumber: 0xffffffff });
  for (const { answer } of requests) answer({ messageId: "a" });
  await settle();
  assert.deepEqual(peer.heard(), ["submit_sm_resp 0 0", "submit_sm_resp 0 4294967295"]);
});

test("34 generic_nack with seq 0 is counted and answers nothing", async () => {
  const { session, peer } = await boundPair("ESME");
  const outcomes = submit(session, 1);
  await settle();
  peer.take();
  await peer.say({ command: "generic_nack", commandStatus: 2, sequenceNumber: 0 });
  assert.deepEqual(outcomes, []);
  assert.equal(session.counters.unexpectedResponses, 1);
  assert.deepEqual(peer.heard(), []);
});

test("an answer counts once, and a handler that throws has its request answered with 0x08", async () => {
  const { peer, requests } = await boundPair("SMSC");
  await peer.say({ command: "submit_sm", sequenceNumber: 5 });
  requests[0]?.answer({ commandStatus: 0x58 });
  requests[0]?.answer({ messageId: "late" });
  await settle();
  assert.deepEqual(peer.heard(), ["submit_sm_resp 88 5"]);
  const broken = await boundPair(
    "SMSC",
    "transceiver",
    {},
    {
      onRequest() {
        throw new Error("broken");
      },
    },
  );
  await broken.peer.say({ command: "submit_sm", sequenceNumber: 6 });
  assert.deepEqual(broken.peer.heard(), ["submit_sm_resp 8 6"]);
  assert.equal(broken.faults.length, 1);
});

test("a peer older than 3.4 is sent no optional parameters, and no message that is in one", async () => {
  const { session, peer } = pairOf("SMSC");
  await peer.say({ ...BIND, interfaceVersion: 0x33 });
  const payload = { tag: 0x0424, value: Buffer.from("text") };
  const other = { tag: 0x001e, value: Buffer.from("id\0") };
  assert.deepEqual(peer.take()[0]?.tlvs, []);
  void session.send({ command: "deliver_sm", tlvs: [other] }).catch(() => {});
  await settle();
  assert.deepEqual(peer.take()[0]?.tlvs, []);
  await assert.rejects(session.send({ command: "deliver_sm", tlvs: [payload] }), { code: "SMPP_FIELD_INVALID" });
});

test("a transceiver that says no version speaks 3.4, which had it first; a transmitter that says none does not", async () => {
  for (const [command, count] of [
    ["bind_transceiver", 1],
    ["bind_transmitter", 0],
    ["bind_receiver", 0],
  ] as const) {
    const { peer } = pairOf("SMSC");
    await peer.say({ command, sequenceNumber: 1 });
    assert.equal(peer.take()[0]?.tlvs.length, count, command);
  }
});

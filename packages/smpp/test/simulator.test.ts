/** The simulator as a message centre that works: binds, ids, receipts, messages from phones, questions about messages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S } from "../src/command-status.ts";
import {
  messageTextOf,
  receiptOf,
  type ReceiptForm,
  type SimulatorEvent,
  type SmppError,
  startSimulator,
  tlv,
  tlvValue,
} from "../src/index.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { esmeFor, simulatorFor, until } from "./harness/simulated.ts";

const RING = "385981234567";

test("a message is answered, kept to be looked at, and reported as delivered", async (t) => {
  const events: SimulatorEvent[] = [];
  const simulator = await simulatorFor(t, { onEvent: (event) => events.push(event) });
  const esme = await esmeFor(t, simulator);
  await esme.submit(RING, { shortMessage: Buffer.from("Hello"), tlvs: [tlv("userMessageReference", 7)] });
  await until("a receipt", () => esme.receipts.length === 1);
  assert.deepEqual(esme.log, ["answer 1", "receipt 1 DELIVERED"]);
  const [receipt] = esme.requests;
  assert.ok(receipt?.command === "deliver_sm");
  assert.deepEqual([receipt.sourceAddr, receipt.destinationAddr, receipt.esmClass], [RING, "Shop", 4]);
  assert.equal(tlvValue(receipt.tlvs, "userMessageReference"), 7);
  assert.equal(esme.receipts[0]?.fields.text, "Hello");
  const [received] = simulator.received();
  assert.ok(received?.pdu.command === "submit_sm");
  assert.deepEqual([received.messageId, received.systemId, messageTextOf(received.pdu).text], ["1", "demo", "Hello"]);
  await until("the acknowledgement", () => simulator.counters.deliveriesAcknowledged === 1);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["bound", "submitted", "receipt"],
  );
  assert.equal(simulator.counters.deliveriesPending, 0);
});

test("what is kept is bounded: the newest messages, in their order", async (t) => {
  const simulator = await simulatorFor(t, { receivedMax: 3 });
  const esme = await esmeFor(t, simulator);
  for (let count = 0; count < 5; count += 1) await esme.submit(RING, { registeredDelivery: 0 });
  assert.deepEqual(
    simulator.received().map(({ messageId }) => messageId),
    ["3", "4", "5"],
  );
  simulator.clearReceived();
  assert.deepEqual(simulator.received(), []);
});

test("only receipts that are asked for are sent, unless the simulator is told otherwise", async (t) => {
  const wishes = [0, 1, 2, 3, 0x10, 0x11];
  const heardBy = async (receipts: "requested" | "always" | "never") => {
    const simulator = await simulatorFor(t, { receipts });
    const esme = await esmeFor(t, simulator);
    const ids: string[] = [];
    for (const destination of ["447700900507", "447700900509"]) {
      for (const registeredDelivery of wishes) ids.push(await esme.submit(destination, { registeredDelivery }));
    }
    await until("no receipt waits", () => simulator.counters.deliveriesPending === 0);
    return wishes.map((_wish, index) =>
      [ids[index], ids[index + wishes.length]]
        .flatMap((id) => esme.receipts.filter(({ messageIds }) => messageIds[0] === id))
        .map(({ state }) => state?.slice(0, 3)),
    );
  };
  assert.deepEqual(await heardBy("requested"), [[], ["DEL", "UND"], ["UND"], ["DEL"], ["ENR"], ["ENR", "DEL", "UND"]]);
  assert.deepEqual(await heardBy("never"), [[], [], [], [], [], []]);
  assert.deepEqual((await heardBy("always"))[0], ["ENR", "DEL", "UND"]);
});

test("ids in other notations, and receipts that use another one than the answer", async (t) => {
  const simulator = await simulatorFor(t, {
    firstMessageNumber: 0xabc,
    messageIds: { base: "HEX", width: 8 },
    receiptForm: { id: { base: "decimal", width: 10 } },
  });
  const esme = await esmeFor(t, simulator);
  await esme.submit(RING);
  await esme.submit("447700900810");
  await until("receipts", () => esme.receipts.length === 2);
  assert.deepEqual(
    esme.log.filter((line) => line.startsWith("answer")),
    ["answer 00000ABC", "answer 00000ABD"],
  );
  assert.deepEqual(
    esme.receipts.map(({ messageIds }) => messageIds),
    [["0000002748"], ["abd"]],
  );
});

test("every form of a receipt is read as what it says", async (t) => {
  const forms: Partial<ReceiptForm>[] = [
    { place: "message_payload" },
    { text: "none" },
    { hasIdTlv: false, hasStateTlv: false },
    { place: "data_sm" },
    { esmClass: 0 },
    { dataCoding: 8 },
    ...(["bare", "seconds", "words"] as const).map((text) => ({ text, hasIdTlv: false, hasStateTlv: false })),
  ];
  for (const receiptForm of forms) {
    const simulator = await simulatorFor(t, { receiptForm });
    const esme = await esmeFor(t, simulator);
    await esme.submit("447700900727");
    await until(`a receipt ${JSON.stringify(receiptForm)}`, () => esme.receipts.length === 1);
    const [receipt] = esme.receipts;
    assert.deepEqual([receipt?.messageIds, receipt?.state], [["1"], "UNDELIVERABLE"], JSON.stringify(receiptForm));
    if (receiptForm.text !== "none") assert.equal(Number(receipt?.fields.err), 27, JSON.stringify(receiptForm));
    const [request] = esme.requests;
    assert.equal(request?.command, receiptForm.place === "data_sm" ? "data_sm" : "deliver_sm");
    if (receiptForm.place === "message_payload") {
      assert.ok(request?.command === "deliver_sm" && request.shortMessage.length === 0);
    }
  }
});

test("receipts wait for their time, and may spread over it", async (t) => {
  const clock = new FakeClock();
  const delays = [0.1, 0.9];
  const simulator = await simulatorFor(t, {
    clock,
    receiptDelay: { minMs: 1000, maxMs: 3000 },
    random: () => delays.shift() ?? 0,
  });
  const esme = await esmeFor(t, simulator);
  await esme.submit(RING);
  await esme.submit(RING);
  await clock.advance(1199);
  assert.equal(simulator.counters.deliveriesSent, 0);
  await clock.advance(1);
  assert.equal(simulator.counters.deliveriesSent, 1);
  await clock.advance(1600);
  await until("both", () => esme.receipts.length === 2);
});

test("receipts go to the binds of the account in turn, to the same one, or to another; never to a transmitter", async (t) => {
  for (const [receiptsGoTo, expected] of [
    ["any-session", [2, 2]],
    ["same-session", [4, 0]],
    ["other-session", [0, 4]],
  ] as const) {
    const simulator = await simulatorFor(t, { receiptsGoTo });
    const one = await esmeFor(t, simulator);
    const other = await esmeFor(t, simulator, { bindAs: "receiver" });
    const transmitter = await esmeFor(t, simulator, { bindAs: "transmitter" });
    const stranger = await esmeFor(t, simulator, { bind: { systemId: "stranger" } });
    for (let count = 0; count < 4; count += 1) await one.submit(RING);
    await until(receiptsGoTo, () => one.receipts.length + other.receipts.length === 4);
    assert.deepEqual([one.receipts.length, other.receipts.length], expected);
    assert.equal(transmitter.receipts.length + stranger.receipts.length, 0);
  }
});

test("receipts wait for a bind, and are sent again when they are refused for the moment", async (t) => {
  const clock = new FakeClock();
  const simulator = await simulatorFor(t, { clock });
  const transmitter = await esmeFor(t, simulator, { bindAs: "transmitter" });
  await transmitter.submit(RING);
  assert.equal(simulator.counters.deliveriesPending, 1);
  const receiver = await esmeFor(t, simulator, { bindAs: "receiver", deliverStatus: S.RX_T_APPN });
  await until("a receipt", () => receiver.receipts.length === 1);
  receiver.deliverStatus = S.ROK;
  await until(
    "again",
    () => receiver.receipts.length === 2,
    () => clock.advance(250),
  );
  await until("acknowledged", () => simulator.counters.deliveriesAcknowledged === 1);
  receiver.deliverStatus = S.RX_R_APPN;
  const refused = await simulator.receipt({ messageId: "1", state: "EXPIRED" });
  assert.deepEqual(refused, { outcome: "refused", commandStatus: S.RX_R_APPN });
});

test("receipts by hand: of a message that is known, and of one that never was", async (t) => {
  const simulator = await simulatorFor(t, { receipts: "never" });
  const esme = await esmeFor(t, simulator);
  const messageId = await esme.submit(RING);
  assert.equal((await simulator.receipt({ messageId, state: "EXPIRED", errorCode: 5 })).outcome, "acknowledged");
  await simulator.receipt({ messageId: "x-1", state: "DELIVERED" });
  await simulator.receipt({ messageId, state: "DELIVERED", form: { id: "another" } });
  const ids = esme.receipts.map((receipt) => `${receipt.messageIds.join("=")} ${receipt.state} ${receipt.fields.err}`);
  assert.deepEqual(ids, ["1 EXPIRED 005", "x-1 DELIVERED 000", "another DELIVERED 000"]);
  await assert.rejects(simulator.receipt({ messageId, state: "EXPIRED", errorCode: 1000 }), {
    code: "SMPP_FIELD_INVALID",
  });
});

test("accounts: passwords, kinds of binds, sessions at a time, and binds that are always refused", async (t) => {
  const simulator = await simulatorFor(t, {
    accounts: [
      { systemId: "demo", password: "secret", sessionsMax: 1 },
      { systemId: "old", bindTypes: ["transmitter", "receiver"] },
      { systemId: "barred", bindCommandStatus: S.RBINDFAIL },
    ],
  });
  const statusOf = (systemId: string, password: string, bindAs: "transceiver" | "receiver" = "transceiver") =>
    esmeFor(t, simulator, { bind: { systemId, password }, bindAs }).then(
      () => 0,
      (error: SmppError) => error.commandStatus,
    );
  assert.equal(await statusOf("nobody", ""), S.RINVSYSID);
  assert.equal(await statusOf("demo", "wrong"), S.RINVPASWD);
  assert.equal(await statusOf("old", "any"), S.RINVCMDID);
  assert.equal(await statusOf("old", "any", "receiver"), S.ROK);
  assert.equal(await statusOf("barred", ""), S.RBINDFAIL);
  const esme = await esmeFor(t, simulator);
  assert.equal(await statusOf("demo", "secret"), S.RBINDFAIL);
  await esme.session.unbind();
  await until("the session is gone", () => simulator.sessions().length === 1);
  assert.equal(await statusOf("demo", "secret"), S.ROK);
  assert.equal(simulator.counters.bindsRefused, 5);
});

test("query_sm tells the state of the newest messages, cancel_sm ends those under way", async (t) => {
  const clock = new FakeClock();
  const simulator = await simulatorFor(t, { clock, receiptDelay: 1000, messagesMax: 2 });
  const esme = await esmeFor(t, simulator);
  const ask = async (messageId: string, sourceAddr = "Shop") => {
    const answer = await esme.session.send({ command: "query_sm", messageId, sourceAddr });
    return answer.command === "query_sm_resp" && answer.commandStatus === 0
      ? answer.messageState
      : answer.commandStatus;
  };
  const cancel = async (messageId: string, destinationAddr = "") =>
    (await esme.session.send({ command: "cancel_sm", messageId, sourceAddr: "Shop", destinationAddr })).commandStatus;
  await esme.submit(RING);
  assert.equal(await ask("1"), 1);
  assert.equal(await ask("1", "Other"), S.RQUERYFAIL);
  assert.equal(await ask("01"), S.RQUERYFAIL);
  assert.equal(await cancel("1"), 0);
  assert.equal(await ask("1"), 4);
  assert.equal(await cancel("1"), S.RCANCELFAIL);
  await esme.submit("447700900509");
  await clock.advance(1000);
  assert.equal(await ask("2"), 5);
  assert.equal(await cancel("2"), S.RCANCELFAIL);
  await esme.submit(RING);
  assert.equal(await ask("1"), S.RQUERYFAIL);
  assert.equal(await cancel("", RING), 0);
  await until("the receipts", () => esme.receipts.length === 3);
  await clock.advance(5000);
  assert.deepEqual(
    esme.log.filter((line) => line.startsWith("receipt")),
    ["receipt 1 DELETED", "receipt 2 UNDELIVERABLE", "receipt 3 DELETED"],
  );
  assert.equal(simulator.counters.deliveriesPending, 0);
});

test("of two receipts with the same state each has its own time", async (t) => {
  const clock = new FakeClock();
  const receipts = [
    { state: "DELIVERED", delay: 1000 },
    { state: "DELIVERED", delay: 3000 },
  ] as const;
  const simulator = await simulatorFor(t, { clock, rules: [{ behaviour: { receipts } }] });
  const esme = await esmeFor(t, simulator);
  await esme.submit(RING);
  await clock.advance(2999);
  assert.equal(simulator.counters.deliveriesSent, 1);
  await clock.advance(1);
  assert.equal(simulator.counters.deliveriesSent, 2);
});

test("data_sm is a message as well; replace_sm and submit_multi are refused", async (t) => {
  const simulator = await simulatorFor(t);
  const { session, receipts } = await esmeFor(t, simulator);
  const tlvs = [tlv("messagePayload", Buffer.from("Hello"))];
  const answer = await session.send({ command: "data_sm", destinationAddr: RING, registeredDelivery: 1, tlvs });
  assert.ok(answer.command === "data_sm_resp" && answer.messageId === "1");
  await until("a receipt", () => receipts.length === 1);
  assert.equal((await session.send({ command: "replace_sm" })).commandStatus, S.RREPLACEFAIL);
  const multi = { command: "submit_multi", destAddresses: [{ destFlag: 2, dlName: "all" }] } as const;
  assert.equal((await session.send(multi)).commandStatus, S.RINVCMDID);
});

test("options that make no sense are refused before anything listens", async () => {
  const wrong = [
    { receiptDelay: -1 },
    { receiptDelay: { minMs: 2, maxMs: 1 } },
    { messageIds: { base: "decimal", width: 65 } },
    { receivedMax: -1 },
    { messagesMax: 0 },
    { rules: [{ chance: 2, behaviour: {} }] },
    { rules: [{ every: 0, behaviour: {} }] },
    { rules: [{ behaviour: { receipts: [{ state: "DELIVERED", copies: 99 }] } }] },
    { receiptReorderCount: 0 },
  ] as const;
  for (const options of wrong) {
    await assert.rejects(
      startSimulator({ port: 0, ...options }),
      { code: "SMPP_FIELD_INVALID" },
      JSON.stringify(options),
    );
  }
});

test("many messages on several binds are all answered and all reported", async (t) => {
  const simulator = await simulatorFor(t, { receivedMax: 100 });
  const esmes = await Promise.all([1, 2].map(() => esmeFor(t, simulator)));
  const count = 5000;
  for (const esme of esmes) {
    for (let sent = 0; sent < count; sent += 500) {
      await Promise.all(Array.from({ length: 500 }, () => esme.submit(RING)));
    }
  }
  await until("all receipts", () => esmes.reduce((sum, { receipts }) => sum + receipts.length, 0) === 2 * count);
  const ids = new Set(esmes.flatMap(({ receipts }) => receipts.map(({ messageIds }) => messageIds[0])));
  assert.equal(ids.size, 2 * count);
  assert.equal(simulator.counters.taken, 2 * count);
  assert.equal(simulator.received().length, 100);
  assert.equal(receiptOf(esmes[0]?.requests[0] as never)?.state, "DELIVERED");
});

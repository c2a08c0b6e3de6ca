/** Bad days of customers, by the numbers of docs/smpp-robustness.md. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { type Answer, COMMAND_STATUS as S, defaultCodec, FrameReader, tlv } from "@posthorn/smpp";
import { CaptureProxy } from "../../smpp/test/harness/capture-proxy.ts";
import { oneSms } from "./harness/api-client.ts";
import { carrierIdOf, FakeCarrier, receiptOf } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { freePort, SmppCustomer } from "./harness/smpp-customer.ts";
import { createFolder, startTestServer, type TestServer, type TestServerOptions } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const PHONE = "385981234567";
const WITH_RECEIPT = { registeredDelivery: 1 };

async function startSmpp(
  t: TestContext,
  settings: Readonly<Record<string, string | number | boolean>> = {},
  options: Omit<TestServerOptions, "settings"> = {},
) {
  const port = await freePort();
  const server = await startTestServer(t, { settings: { "smpp.port": port, ...settings }, ...options });
  return { port, server };
}

async function keyOf(server: TestServer) {
  const { id, secret } = await server.addKey();
  return { systemId: id, password: secret };
}

function waitingOf({ folder }: TestServer): number {
  const database = new DatabaseSync(join(folder, "posthorn.db"), { readOnly: true });
  try {
    return Number(database.prepare("select count(*) as count from smpp_delivery").get()?.["count"]);
  } finally {
    database.close();
  }
}

test("15 64K payload: a text that no phone can have is refused, and the session lives", async (t) => {
  const { port, server } = await startSmpp(t);
  const customer = await SmppCustomer.bind(t, { port, ...(await keyOf(server)) });
  const payload = tlv("messagePayload", Buffer.alloc(65_535, "a"));
  const empty = Buffer.alloc(0);
  const answer = await customer.submit(PHONE, "", { shortMessage: empty, tlvs: [payload] });
  assert.equal(answer.commandStatus, S.RINVMSGLEN);
  const longest = tlv("messagePayload", Buffer.alloc(25 * 153, "a"));
  await customer.submitted(PHONE, "", { shortMessage: empty, tlvs: [longest] });
});

test("23 wrong password x N: each is told 0x0E, and the third one ends the connection", async (t) => {
  const { port, server } = await startSmpp(t);
  const { systemId } = await keyOf(server);
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  const heard: string[] = [];
  let isEnded = false;
  socket.on("end", () => {
    isEnded = true;
  });
  const reader = new FrameReader();
  socket.on("data", (chunk: Buffer) => {
    reader.push(chunk);
    while (reader.next()) {
      const { command, commandStatus } = defaultCodec.decode(reader.octets, reader.start, reader.end);
      heard.push(`${command} ${commandStatus}`);
    }
  });
  for (let sequenceNumber = 1; sequenceNumber <= 3; sequenceNumber += 1) {
    const bind = { command: "bind_transceiver", systemId, password: "wrong", interfaceVersion: 0x34 } as const;
    socket.write(defaultCodec.encode({ ...bind, sequenceNumber }));
    await until(`bind ${sequenceNumber} is answered`, () => heard.length >= sequenceNumber);
  }
  await until("the connection has ended", () => isEnded);
  const refused = `bind_transceiver_resp ${S.RINVPASWD}`;
  assert.deepEqual(heard, [refused, refused, refused]);
});

test("26 a customer who is gone without unbind gives his place back, and what he had not answered goes to the next", async (t) => {
  const { port, server } = await startSmpp(t, { "smpp.sessionsPerCustomerMax": 1 });
  const proxy = await CaptureProxy.start({ port });
  const key = await keyOf(server);
  const gone = await SmppCustomer.bind(t, { port: proxy.port, ...key, onDeliver: () => undefined });
  const messageId = await gone.submitted(PHONE, "never acknowledged", WITH_RECEIPT);
  await until("the receipt is on its way", () => gone.delivered.length > 0);
  await assert.rejects(SmppCustomer.bind(t, { port, ...key }));
  await proxy.close();
  const next = await until("the place is free", () => SmppCustomer.bind(t, { port, ...key }).catch(() => null));
  assert.match(await next.receipt(messageId), /stat:DELIVRD/);
});

test("39 customer over quota gets 0x58 and keeps session: what time brings back is taken, and nothing else", async (t) => {
  const clock = new FakeClock();
  const { port, server } = await startSmpp(t, { "smpp.throughputPerSecond": 20 }, { clock });
  const customer = await SmppCustomer.bind(t, { port, ...(await keyOf(server)) });
  const other = await SmppCustomer.bind(t, { port, ...(await keyOf(server)) });
  const statuses = async (count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => customer.submit(PHONE, "much")));
    return answers.map(({ commandStatus }) => commandStatus);
  };
  // No time goes by: the window holds ten, so three rounds are what one second allows and half as many again.
  const first = [...(await statuses(10)), ...(await statuses(10)), ...(await statuses(10))];
  assert.deepEqual(
    first.toSorted((a, b) => a - b),
    [...Array<number>(20).fill(0), ...Array<number>(10).fill(S.RTHROTTLED)],
  );
  assert.equal((await other.submit(PHONE, "another customer's")).commandStatus, 0);
  clock.set(clock.now() + 250);
  assert.deepEqual((await statuses(10)).filter((status) => status === 0).length, 5);
  assert.equal(customer.session.isBound, true);
  assert.equal((await server.ledger()).accepted, 26);
});

test("40 slow consumer of deliver_sm: what he does not take waits on disk, and others have theirs", async (t) => {
  const count = 300;
  const windowSize = 10;
  const { port, server } = await startSmpp(t, { "smpp.deliverWindowSize": windowSize });
  const kept: Answer[] = [];
  let isSlow = true;
  const slow = await SmppCustomer.bind(t, {
    port,
    ...(await keyOf(server)),
    onDeliver: (_deliver, answer) => (isSlow ? kept.push(answer) : answer()),
  });
  const ids: string[] = [];
  for (let round = 0; round < count / windowSize; round += 1) {
    const texts = Array.from({ length: windowSize }, (_, index) => `message ${round}-${index}`);
    ids.push(...(await Promise.all(texts.map((text) => slow.submitted(PHONE, text, WITH_RECEIPT)))));
  }
  await server.untilAllEnded();
  const other = await SmppCustomer.bind(t, { port, ...(await keyOf(server)) });
  for (let message = 0; message < 3 * windowSize; message += 1) {
    await other.receipt(await other.submitted(PHONE, "quick", WITH_RECEIPT));
  }
  assert.equal(slow.delivered.length, windowSize);
  assert.equal(kept.length, windowSize);
  await until("only his own are waiting", () => waitingOf(server) === count);

  // One at a time is still too slow for the rest, and each answer lets just one more come.
  kept.shift()?.();
  await until("one more has come", () => slow.delivered.length === windowSize + 1);
  assert.equal(kept.length, windowSize);
  isSlow = false;
  for (const answer of kept.splice(0)) answer();
  await until("he has all of them", () => slow.delivered.length >= count);
  assert.ok(ids.every((id) => slow.receipts(id).length === 1));
  await until("nothing waits any more", () => waitingOf(server) === 0);
});

test("42 500 clients reconnect at once: all of them are bound again, and served", async (t) => {
  const count = 500;
  const { port, server } = await startSmpp(t, { "smpp.sessionsPerCustomerMax": 1000, "smpp.sessionsMax": 2000 });
  const key = await keyOf(server);
  const proxy = await CaptureProxy.start({ port });
  const bindAll = (at: number) =>
    Promise.all(Array.from({ length: count }, () => SmppCustomer.bind(t, { port: at, ...key })));
  const before = await bindAll(proxy.port);
  // All connections break at the same moment, and everybody comes back at once.
  await proxy.close();
  const after = await bindAll(port);
  await until("the broken ones have noticed", () => before.every(({ closeReason }) => closeReason !== null));
  assert.ok(after.every(({ session }) => session.isBound));
  const ids = await Promise.all(after.map((customer) => customer.submitted(PHONE, "back again")));
  assert.equal(new Set(ids).size, count);
  assert.equal((await server.untilAllEnded()).delivered, count);
});

test("57 crash between receipt commit and deliver_sm_resp: the carrier's second copy gives no second webhook", async (t) => {
  const original = createFolder(t);
  const sink = await WebhookSink.start(t);
  sink.behaviour = "hang";
  const carrier = new FakeCarrier();
  const dying = await startTestServer(t, { folder: original, carriers: [carrier] });
  const webhooks = { delivery: { url: sink.url } };
  await dying.client.send(oneSms({ webhooks }, { messageId: "once" }));
  await dying.untilState("once", ["submitted"]);
  const receipt = receiptOf(carrierIdOf("once"), "delivered", Date.now());
  await carrier.emit(receipt);
  // What is on disk when the commit is done and the carrier has not been answered.
  const copy = join(createFolder(t), "data");
  cpSync(original, copy, { recursive: true });
  await dying.stop();
  sink.calls.splice(0);
  sink.behaviour = 200;

  const again = new FakeCarrier();
  const server = await startTestServer(t, { folder: copy, carriers: [again] });
  assert.equal((await server.message("once"))?.state, "delivered");
  await again.emit(receipt);
  await again.emit(receipt);
  await until("the report was taken", () => server.webhooks().every(({ deliveredAt }) => deliveredAt !== null));
  assert.equal(server.webhooks().length, 1);
  assert.deepEqual(
    sink.reports.map(({ messageId, status }) => [messageId, status.name]),
    [["once", "DELIVERED_TO_HANDSET"]],
  );
  assert.equal((await server.ledger()).delivered, 1);
});

/** The carrier by itself: its clock stands still unless told otherwise, and the Graph API answers as each test says. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ERROR } from "@posthorn/contract";
import type { CarrierEvents, CarrierReceipt, SubmitResult } from "../../src/carrier/carrier.ts";
import { CloudCarrier, type CloudCarrierOptions } from "../../src/carrier/whatsapp/cloud-carrier.ts";
import { isFault } from "../../src/kernel/faults.ts";
import { silentLog } from "../../src/kernel/log.ts";
import type { OutboundMessage } from "../../src/store/store.ts";
import { FakeClock } from "../harness/fake-clock.ts";
import {
  APP_SECRET,
  graphError,
  GraphStub,
  NUMBER,
  notificationOf,
  PHONE_NUMBER_ID,
  signed,
  taken,
  TOKEN,
  VERIFY_TOKEN,
} from "../harness/graph-stub.ts";
import { until } from "../harness/until.ts";

const PHONE = "385981234567";
const OTHER_NUMBER = "441134960001";

let lastSeq = 0;
function message(text: string, more: Partial<OutboundMessage> = {}): OutboundMessage {
  lastSeq += 1;
  return {
    seq: lastSeq,
    accountId: 1,
    attempts: 1,
    messageId: text,
    channel: "WHATSAPP",
    sender: NUMBER,
    destination: PHONE,
    text,
    encoding: "UTF8",
    partCount: 1,
    options: null,
    expiresAt: 0,
    possibleDuplicate: false,
    ...more,
  };
}

interface Started {
  readonly carrier: CloudCarrier;
  readonly graph: GraphStub;
  readonly clock: FakeClock;
  readonly receipts: CarrierReceipt[];
  readonly readyCount: () => number;
  readonly submit: (...messages: readonly OutboundMessage[]) => Promise<readonly SubmitResult[]>;
}

async function start(t: TestContext, more: Partial<CloudCarrierOptions> = {}): Promise<Started> {
  const cleanup = { after: (work: () => Promise<void>) => t.after(work) };
  const graph = await GraphStub.start(cleanup);
  const clock = new FakeClock();
  const receipts: CarrierReceipt[] = [];
  let ready = 0;
  /** As the store has it. */
  const lastIds = new Map<string, string | null>();
  const events: CarrierEvents = {
    receipts: async (given) => {
      receipts.push(...given);
      return given.map(() => null);
    },
    inbound: async (messages) =>
      messages.map(({ destination, sender, carrierMessageId }) => {
        lastIds.set(`${destination} ${sender}`, carrierMessageId);
        return "kept";
      }),
    identities: async () => undefined,
    lateAnswers: async () => undefined,
    seen: async () => undefined,
    ready: () => (ready += 1),
  };
  const carrier = new CloudCarrier({
    name: "meta",
    clock,
    log: silentLog,
    uncertainPolicy: "hold",
    baseUrl: graph.url,
    graphVersion: "v25.0",
    readSecrets: () => ({ token: TOKEN, appSecret: APP_SECRET, verifyToken: VERIFY_TOKEN, registrationPin: null }),
    senders: [
      { number: NUMBER, phoneNumberId: PHONE_NUMBER_ID },
      { number: OTHER_NUMBER, phoneNumberId: "2" },
    ],
    windowSize: 20,
    messagesPerSecond: 1_000,
    connectTimeoutMs: 5_000,
    answerTimeoutMs: 20_000,
    publicUrl: null,
    appId: null,
    fetchFile: async () => ({ problem: "is not fetched in this test" }),
    carrierIdOf: async () => null,
    lastMessageOf: async ({ sender, destination }) => lastIds.get(`${sender} ${destination}`) ?? null,
    ...more,
  });
  await carrier.start(events);
  t.after(() => carrier.stop());
  // Places are waited for on the carrier's clock, which moves while a test waits for results.
  const submit = async (...messages: readonly OutboundMessage[]) => {
    let results: readonly SubmitResult[] | null = null;
    const work = carrier.submit(messages).then((given) => (results = given));
    await until(
      "they are answered",
      () => results,
      () => clock.advance(1),
    );
    return work;
  };
  return { carrier, graph, clock, receipts, readyCount: () => ready, submit };
}

const referenceIn = (graph: GraphStub, nth: number) => String(graph.sent[nth]?.["biz_opaque_callback_data"]);

test("a message that was taken has WhatsApp's id", async (t) => {
  const { submit } = await start(t);
  assert.deepEqual(await submit(message("a")), [{ outcome: "submitted", carrierMessageId: "wamid.1" }]);
});

test("where the answer was lost the message is uncertain, under a name that its status will bring", async (t) => {
  const { graph, submit } = await start(t, { answerTimeoutMs: 300 });
  const losses = ["reset", "hang", {}, { messages: [] }, { error: { message: "no code" } }] as const;
  for (const [nth, reply] of losses.entries()) {
    graph.reply = () => reply;
    const [result] = await submit(message(`lost ${nth}`, { destination: `38598123456${nth}` }));
    assert.ok(result?.outcome === "uncertain");
    assert.equal(result.carrierMessageId, referenceIn(graph, nth));
  }
  graph.reply = () => (response) => response.writeHead(502, { "content-type": "text/html" }).end("<html>bad gateway");
  assert.equal((await submit(message("proxy")))[0]?.outcome, "uncertain");
  graph.reply = () => (response) => response.writeHead(200).end("x".repeat(100_000));
  assert.equal((await submit(message("long")))[0]?.outcome, "uncertain");
});

test("that nobody answers is shown and logged once a minute, until somebody does", async (t) => {
  const lines: string[] = [];
  const log = { ...silentLog, warn: (line: { event?: string }) => lines.push(String(line.event)) };
  const { carrier, submit, clock } = await start(t, { baseUrl: "http://127.0.0.1:1", log });
  assert.deepEqual(carrier.describe(), { numbers: "2/2" });
  for (let tries = 1; tries <= 3; tries += 1) {
    await submit(message(`down ${tries}`));
    clock.advance(10_000);
  }
  assert.match(String(carrier.describe()["problem"]), /ECONNREFUSED/);
  assert.deepEqual(lines, ["carrier.connect_failed"]);
  clock.advance(60_000);
  await submit(message("down still"));
  assert.equal(lines.length, 2);
});

test("an answer ends the problem, and a number that has to wait is not counted", async (t) => {
  const { carrier, graph, submit } = await start(t, { answerTimeoutMs: 300 });
  graph.reply = () => "reset";
  await submit(message("lost"));
  assert.ok("problem" in carrier.describe());
  graph.reply = () => graphError(190);
  await submit(message("token"));
  assert.deepEqual(carrier.describe(), { numbers: "1/2" });
});

test("what never left is tried again, and nothing is claimed for a moment", async (t) => {
  const { carrier, submit, clock, readyCount } = await start(t, { baseUrl: "http://127.0.0.1:1" });
  const [result] = await submit(message("a"));
  assert.equal(result?.outcome, "temporary");
  assert.equal(carrier.capacity(), 0);
  clock.advance(1_000);
  assert.equal(carrier.capacity(), 20);
  assert.equal(readyCount(), 1);
});

test("what is under way when the carrier stops is uncertain, and what has not left stays", async (t) => {
  const { carrier, graph, clock } = await start(t);
  graph.reply = () => "hang";
  const work = carrier.submit([message("a"), message("b")]);
  await until(
    "the first was sent",
    () => graph.sent.length === 1,
    () => clock.advance(1),
  );
  await carrier.stop();
  assert.deepEqual(
    (await work).map(({ outcome }) => outcome),
    ["uncertain", "temporary"],
  );
});

test("errors are told apart by their code, whatever the HTTP status says", async (t) => {
  const { graph, submit } = await start(t);
  const answered = async (code: number, httpStatus: number, destination: string) => {
    graph.reply = () => (response) => response.writeHead(httpStatus).end(JSON.stringify(graphError(code)));
    return (await submit(message("x", { destination })))[0];
  };
  for (const httpStatus of [200, 400, 401, 429, 500]) {
    const user = `385981230${httpStatus}`;
    const refused = await answered(131_026, httpStatus, user);
    assert.ok(refused?.outcome === "permanent" && refused.errorId === ERROR.EC_UNKNOWN_USER);
    assert.equal((await answered(131_016, httpStatus, user))?.outcome, "temporary");
  }
});

test("messages to one user leave one after the other, those to others beside them", async (t) => {
  const { graph, submit } = await start(t);
  let underWay = 0;
  let most = 0;
  const users = new Map<unknown, number>();
  graph.reply = async ({ body }, nth) => {
    const user = body["to"];
    users.set(user, (users.get(user) ?? 0) + 1);
    assert.equal(users.get(user), 1, "two to one user at once");
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setTimeout(resolve, 5));
    underWay -= 1;
    users.set(user, 0);
    return taken(`wamid.${nth}`);
  };
  const texts = ["1", "2", "3", "4", "5"];
  const messages = texts.flatMap((text) => [message(text), message(text, { destination: "385981234568" })]);
  const results = await submit(...messages);
  assert.ok(results.every(({ outcome }) => outcome === "submitted"));
  const toFirst = graph.sent.filter((body) => body["to"] === PHONE).map(({ text }) => (text as { body: string }).body);
  assert.deepEqual(toFirst, texts);
  assert.equal(most, 2);
});

test("a number sends no faster than it may, and each for itself", async (t) => {
  const { graph, clock, carrier } = await start(t, { messagesPerSecond: 2 });
  const send = (sender: string, nth: number) => message("x", { sender, destination: `38598123456${nth}` });
  const work = carrier.submit([
    ...[0, 1, 2].map((nth) => send(NUMBER, nth)),
    ...[3, 4].map((nth) => send(OTHER_NUMBER, nth)),
  ]);
  const sentWithin = async (ms: number, count: number) => {
    await clock.advanceAndSettle(ms);
    await until(`${count} were sent`, () => graph.sent.length >= count);
    assert.equal(graph.sent.length, count);
  };
  await sentWithin(0, 2);
  await sentWithin(499, 2);
  await sentWithin(1, 4);
  await sentWithin(500, 5);
  await work;
});

test("a number that sends too much is left alone, its messages wait, and the other goes on", async (t) => {
  const { carrier, graph, submit, clock, readyCount } = await start(t);
  graph.reply = ({ path }, nth) =>
    path.includes(`/${PHONE_NUMBER_ID}/`) ? graphError(130_429) : taken(`wamid.${nth}`);
  const throttled = { outcome: "temporary", errorId: ERROR.EC_TOO_MANY_REQUESTS, isThrottled: true } as const;
  const [first] = await submit(message("a"));
  assert.deepEqual(first, { ...throttled, retryAfterMs: 1_000 });
  const [second, third] = await submit(message("b"), message("c", { sender: OTHER_NUMBER }));
  assert.ok(second?.outcome === "temporary" && second.isThrottled === true && (second.retryAfterMs ?? 0) <= 1_000);
  assert.equal(third?.outcome, "submitted");
  assert.equal(graph.sent.length, 2, "what waits is not sent");
  assert.equal(carrier.capacity(), 20);
  clock.advance(1_000);
  assert.equal(readyCount(), 1);
});

test("a pair that is too fast is left alone, and the number goes on with everybody else", async (t) => {
  const { graph, submit, clock } = await start(t);
  graph.reply = ({ body }, nth) => (body["to"] === PHONE ? graphError(131_056) : taken(`wamid.${nth}`));
  const [first] = await submit(message("a"));
  assert.ok(first?.outcome === "temporary" && first.retryAfterMs === 6_000);
  const [second, other] = await submit(message("b"), message("c", { destination: "385981234568" }));
  assert.deepEqual([second?.outcome, other?.outcome, graph.sent.length], ["temporary", "submitted", 2]);
  clock.advance(6_000);
  graph.reply = (_call, nth) => taken(`wamid.${nth}`);
  assert.equal((await submit(message("b")))[0]?.outcome, "submitted");
});

test("a token that is not taken stops the sender and keeps its messages; with all senders stopped nothing is claimed", async (t) => {
  const { carrier, graph, submit, clock } = await start(t);
  graph.reply = () => graphError(190);
  const [first] = await submit(message("a"));
  assert.deepEqual(first, { outcome: "temporary", errorId: ERROR.EC_UNAUTHORIZED_ACCESS, retryAfterMs: 60_000 });
  await submit(message("b", { sender: OTHER_NUMBER }));
  assert.equal(carrier.capacity(), 0);
  clock.advance(60_000);
  graph.reply = (_call, nth) => taken(`wamid.${nth}`);
  assert.equal(carrier.capacity(), 20);
  assert.equal((await submit(message("a")))[0]?.outcome, "submitted");
});

test("what would outlast its lease behind a slow answer goes back to the queue unsent", async (t) => {
  const { carrier, graph, clock } = await start(t);
  const held = Promise.withResolvers<object>();
  graph.reply = () => held.promise;
  const work = carrier.submit([message("a"), message("b")]);
  await until(
    "the first was sent",
    () => graph.sent.length === 1,
    () => clock.advance(1),
  );
  clock.advance(10_001);
  held.resolve(taken("wamid.a"));
  assert.deepEqual(
    (await work).map(({ outcome }) => outcome),
    ["submitted", "temporary"],
  );
  assert.equal(graph.sent.length, 1);
});

const TYPING = JSON.stringify({ type: "TYPING_INDICATOR", content: { type: "TYPING_INDICATOR" } });

test("typing is shown as an answer to the user's last message, and ends as delivered", async (t) => {
  const { carrier, graph, submit, receipts } = await start(t);
  const typing = () => message("", { options: TYPING });
  const [before] = await submit(typing());
  assert.ok(before?.outcome === "permanent" && before.errorId === ERROR.EC_NO_SESSION);
  const { text, signature } = signed(
    notificationOf({
      messages: ["wamid.U1", "wamid.U2"].map((id) => ({ from: PHONE, id, type: "text", text: { body: "Hi" } })),
    }),
  );
  const call = { body: Buffer.from(text), headers: { "x-hub-signature-256": signature }, baseUrl: "https://x" };
  assert.equal(await carrier.webhook.take(call), "taken");
  graph.reply = () => ({ success: true });
  const [result] = await submit(typing());
  assert.deepEqual(graph.sent, [
    { messaging_product: "whatsapp", status: "read", message_id: "wamid.U2", typing_indicator: { type: "text" } },
  ]);
  assert.ok(result?.outcome === "submitted");
  assert.deepEqual(
    receipts.map(({ carrierMessageId, state }) => [carrierMessageId, state]),
    [[result.carrierMessageId, "delivered"]],
  );
});

test("a read mark reaches WhatsApp; one that it does not know is nobody's fault, and a silence is told", async (t) => {
  const { carrier, graph } = await start(t);
  const mark = (sender = NUMBER) => carrier.markRead({ accountId: 1, sender, messageId: "wamid.U" });
  graph.reply = () => ({ success: true });
  await mark();
  assert.deepEqual(graph.sent, [{ messaging_product: "whatsapp", status: "read", message_id: "wamid.U" }]);
  await mark("441134960009");
  assert.equal(graph.sent.length, 1, "the number is none of the carrier's");
  graph.reply = () => graphError(100);
  await mark();
  for (const reply of ["reset", graphError(130_429), graphError(190)] as const) {
    graph.reply = () => reply;
    await assert.rejects(mark(), (error) => isFault(error) && error.code === "CARRIER_UNREACHABLE");
  }
});

test("the capacity is what the window and the numbers allow, and nothing before the start and after the end", async (t) => {
  const { carrier } = await start(t, { messagesPerSecond: 3, windowSize: 100 });
  assert.equal(carrier.capacity(), 12);
  await carrier.stop();
  assert.equal(carrier.capacity(), 0);
});

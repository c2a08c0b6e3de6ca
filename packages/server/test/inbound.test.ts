import assert from "node:assert/strict";
import { test } from "node:test";
import { type SmsInboundReport, SmsInboundReports } from "@posthorn/contract";
import { Check } from "typebox/value";
import { type ApiClient, oneSms } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const CONFIGURATIONS = "/resource-management/1/inbound-message-configurations";
const PHONE = "385981234567";
const HOUR_MS = 3_600_000;

const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup);
const sink = await WebhookSink.start(cleanup);
const { client } = server;

/** Each test has a number of its own, so that none sees another's messages. */
let lastNumber = 447_860_000_000;
function newNumber(): string {
  lastNumber += 1;
  return String(lastNumber);
}

async function configure(configuration: object, of: ApiClient = client) {
  const answer = await of.call("POST", CONFIGURATIONS, { json: { channel: "SMS", ...configuration } });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

async function write(to: string, text: string, more: object = {}, of: ApiClient = client) {
  const answer = await of.call("POST", "/sandbox/inbound", { json: { from: PHONE, to, text, ...more } });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

async function pull(query = "", of: ApiClient = client): Promise<readonly SmsInboundReport[]> {
  const { status, body, text } = await of.call("GET", `/sms/1/inbox/reports?limit=1000${query}`);
  assert.equal(status, 200, text);
  assert.ok(Check(SmsInboundReports, body), text);
  assert.equal(body.messageCount, body.results?.length);
  return body.results ?? [];
}

/** What was taken out of the inbox for other tests: they share it. */
const taken: SmsInboundReport[] = [];
async function inboxOf(number: string): Promise<readonly SmsInboundReport[]> {
  taken.push(...(await pull()));
  return taken.filter(({ to }) => to === number);
}

async function firstInInbox(number: string): Promise<SmsInboundReport> {
  return until(`${number} has a message`, async () => (await inboxOf(number))[0]);
}

const pushed = (number: string) => sink.reports.filter(({ to }) => to === number);

test("a phone's answer makes the whole way: by keyword to the webhook, once, with the data of what it answers", async () => {
  const number = newNumber();
  await configure({ number, keyword: "QUIZ", forwarding: { type: "HTTP_FORWARD", url: sink.url } });
  await client.send(
    oneSms({ sender: number, webhooks: { callbackData: "round 7" } }, { to: PHONE, messageId: "question" }),
  );
  await server.untilState("question", ["delivered"]);
  const answer = await client.call("POST", "/sandbox/messages/question/reply", {
    json: { text: "quiz: Correct answer is Paris" },
  });
  assert.deepEqual([answer.status, answer.body], [200, { from: PHONE, to: number, partCount: 1 }]);
  const [report] = await until("it is pushed", () => (pushed(number).length > 0 ? pushed(number) : null));
  const { messageId, receivedAt, ...rest } = report as unknown as Required<SmsInboundReport>;
  assert.match(messageId, /^\d+$/);
  assert.match(receivedAt, /\+0000$/);
  assert.deepEqual(rest, {
    from: PHONE,
    to: number,
    text: "quiz: Correct answer is Paris",
    cleanText: "Correct answer is Paris",
    keyword: "QUIZ",
    smsCount: 1,
    price: { pricePerMessage: 0, currency: "EUR" },
    callbackData: "round 7",
  });
  const call = sink.calls.find(({ text }) => text.includes(messageId));
  const { messageCount, pendingMessageCount } = JSON.parse(call?.text ?? "{}");
  assert.deepEqual([messageCount, pendingMessageCount], [1, 0]);
  assert.deepEqual(await inboxOf(number), []);
  assert.equal(pushed(number).length, 1);
});

test("the longest keyword decides, a keyword is a whole word, and what has none goes to the rest", async () => {
  const number = newNumber();
  const entity = (entityId: string) => ({ number, platform: { entityId }, forwarding: { type: "PULL" } });
  await configure({ ...entity("rest") });
  await configure({ ...entity("join"), keyword: "JOIN" });
  await configure({ ...entity("join club"), keyword: "join club" });
  for (const text of ["Join us", "joining", "JOIN CLUB now", "join", "hello join"]) await write(number, text);
  const shown = (await inboxOf(number)).map(({ text, entityId, keyword, cleanText }) => [
    text,
    entityId,
    keyword,
    cleanText,
  ]);
  assert.deepEqual(shown, [
    ["Join us", "join", "JOIN", "us"],
    ["joining", "rest", undefined, "joining"],
    ["JOIN CLUB now", "join club", "join club", "now"],
    ["join", "join", "JOIN", ""],
    ["hello join", "rest", undefined, "hello join"],
  ]);
});

for (const [type, more] of [
  ["PULL", {}],
  ["FORWARD_TO_SUBSCRIPTION", {}],
  ["SMPP_FORWARD", {}],
  ["MAIL_FORWARD", { mail: "someone@example.com" }],
] as const) {
  test(`with ${type} a message waits to be pulled`, async () => {
    const number = newNumber();
    await configure({ number, forwarding: { type, ...more } });
    await write(number, "hello");
    assert.deepEqual(
      (await inboxOf(number)).map(({ text }) => text),
      ["hello"],
    );
  });
}

test("without a configuration a message waits to be pulled; with NO_ACTION it leads nowhere", async () => {
  const [known, unknown] = [newNumber(), newNumber()];
  await configure({ number: known, forwarding: { type: "NO_ACTION" } });
  await write(known, "nobody hears this");
  await write(unknown, "somebody does");
  assert.equal((await inboxOf(unknown)).length, 1);
  assert.deepEqual(await inboxOf(known), []);
});

test("the inbox gives each message once, the oldest first, by its filters, and counts what is left", async () => {
  const other = await server.addKey({ accountId: 2, scopes: ["sms:manage", "numbers:manage"] });
  const number = newNumber();
  const platform = (applicationId: string) => ({ applicationId, entityId: "e" });
  await configure({ number, platform: platform("a"), forwarding: { type: "PULL" } }, other.client);
  await configure({ number, keyword: "b", platform: platform("b") }, other.client);
  for (const text of ["1", "b 2", "3"]) await write(number, text, {}, other.client);
  const first = await other.client.call("GET", "/sms/1/inbox/reports?limit=1");
  assert.deepEqual([first.body.results[0].text, first.body.pendingMessageCount], ["1", 2]);
  const texts = async (query: string) => (await pull(query, other.client)).map(({ text }) => text);
  assert.deepEqual(await texts("&applicationId=nobody"), []);
  assert.deepEqual(await texts("&campaignReferenceId=none"), []);
  assert.deepEqual(await texts("&applicationId=b&entityId=e"), ["b 2"]);
  assert.deepEqual(await texts(""), ["3"]);
  assert.deepEqual(await texts(""), []);
  for (const limit of ["0", "1001", "x"]) {
    assert.equal((await client.call("GET", `/sms/1/inbox/reports?limit=${limit}`)).status, 400);
  }
  const sender = await server.addKey({ scopes: ["sms:message:send"] });
  assert.equal((await sender.client.call("GET", "/sms/1/inbox/reports")).status, 403);
});

test("the inbox reaches back 48 hours", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock });
  await write("447860000000", "old", {}, own.client);
  clock.jump(48 * HOUR_MS + 1);
  await write("447860000000", "new", {}, own.client);
  assert.deepEqual(
    (await pull("", own.client)).map(({ text }) => text),
    ["new"],
  );
});

test("a message that is handed over twice is one; the same id with another text is another message", async () => {
  const number = newNumber();
  for (const text of ["one", "one", "two"]) await write(number, text, { carrierMessageId: "0815" });
  await write(number, "one", { carrierMessageId: "0816" });
  assert.deepEqual(
    (await inboxOf(number)).map(({ text }) => text),
    ["one", "two", "one"],
  );
});

test("an auto-response is a message like others, comes back to the phone, and nobody is told of its end", async () => {
  const number = newNumber();
  await configure({ number, keyword: "INFO", autoResponse: { message: "We are open.", sender: "Shop" } });
  await write(number, "info", { from: "385990000001" });
  const messages = await until("the phone has it", async () => {
    const { body } = await client.call("GET", "/sandbox/messages?to=385990000001");
    return body.messages.length > 0 ? body.messages : null;
  });
  assert.deepEqual([messages.length, messages[0].from, messages[0].text], [1, "Shop", "We are open."]);
  await server.untilState(messages[0].messageId, ["delivered"]);
  const reports = await client.reports(`messageId=${messages[0].messageId}`);
  assert.deepEqual(reports, []);
  assert.equal((await inboxOf(number)).length, 1);
});

test("an auto-response waits for its hours", async (t) => {
  // A Tuesday, 12:00.
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock });
  const deliveryTimeWindow = { from: "08:30", to: "11:30", days: ["MONDAY", "TUESDAY", "WEDNESDAY"] };
  await configure({ number: "447860000000", autoResponse: { message: "Morning!", deliveryTimeWindow } }, own.client);
  await write("447860000000", "hi", {}, own.client);
  const { results = [] } = await own.client.logs();
  assert.equal(results.length, 1);
  const record = await own.message(results[0]?.messageId ?? "");
  assert.deepEqual([record?.state, record?.sentAt], ["held", Date.UTC(2026, 2, 11, 8, 30)]);
});

test("two machines that answer each other stop at the limit, and nobody answers its own number or another of ours", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock });
  const [one, two] = ["447860000001", "447860000002"];
  await configure({ number: one, autoResponse: { message: "thanks" } }, own.client);
  await configure({ number: two, autoResponse: { message: "thanks, too" } }, own.client);
  const answers = async () => (await own.client.logs("limit=100")).results?.length ?? 0;
  await write(one, "hi", { from: two }, own.client);
  await write(one, "hi", { from: one }, own.client);
  await write(one, "hi", { from: "Shop" }, own.client);
  assert.equal(await answers(), 0);
  for (let nth = 0; nth < 12; nth += 1) await write(one, `hi ${nth}`, {}, own.client);
  assert.equal(await answers(), 10);
  await write(one, "hi", { from: "385980000009" }, own.client);
  assert.equal(await answers(), 11);
  clock.jump(HOUR_MS + 1);
  await write(one, "hi again", {}, own.client);
  assert.equal(await answers(), 12);
  assert.equal((await own.ledger()).accepted, 12);
});

test("STOP and START write the blocklist that sends heed, for one number or for all; a repeat changes nothing", async () => {
  const number = newNumber();
  const level = "FROM_SENDER";
  await configure({ number, keyword: "STOP", blockListConfiguration: { type: "BLOCK", level } });
  await configure({ number, keyword: "START", blockListConfiguration: { type: "UNBLOCK", level } });
  await configure({ number, keyword: "STOPALL", blockListConfiguration: { type: "BLOCK", level: "FROM_ANY_SENDER" } });
  const blocked = async () => {
    const { entries } = await server.store.listBlocklist({ accountId: 1, limit: 10, offset: 0 });
    // The newest first.
    return entries
      .map(({ channel, destination, sender, sourceType }) => [channel, destination, sender, sourceType])
      .toReversed();
  };
  const sendFrom = async (sender: string) =>
    (await server.client.send(oneSms({ sender }, { to: PHONE }))).messages[0]?.status?.name;
  await write(number, "Stop!");
  await write(number, "stop");
  assert.deepEqual(await blocked(), [["SMS", PHONE, number, "MO"]]);
  assert.equal(await sendFrom(number), "REJECTED_DESTINATION_BLOCKLISTED");
  assert.equal(await sendFrom("Other"), "PENDING_ACCEPTED");
  await write(number, "STOPALL");
  assert.deepEqual(await blocked(), [
    ["SMS", PHONE, number, "MO"],
    ["SMS", PHONE, "", "MO"],
  ]);
  assert.equal(await sendFrom("Other"), "REJECTED_DESTINATION_BLOCKLISTED");
  await write(number, "start please");
  await write(number, "START");
  assert.deepEqual(await blocked(), [["SMS", PHONE, "", "MO"]]);
});

test("a STOP whose message the store does not take is not acknowledged, and is whole when it comes again", async (t) => {
  const carrier = new FakeCarrier({ name: "north" });
  const own = await startTestServer(t, { carriers: [carrier] });
  const stop = {
    channel: "SMS",
    sender: PHONE,
    destination: "447860000003",
    content: "STOP",
    receivedAt: Date.now(),
    carrierMessageId: "x",
  } as const;
  assert.deepEqual(await carrier.hand(stop), ["kept"]);
  assert.deepEqual(await carrier.hand(stop, { ...stop, carrierMessageId: null }), ["duplicate", "kept"]);
  await own.store.close();
  await assert.rejects(carrier.hand(stop), { code: "STORE_CLOSED" });
});

test("a reply long enough arrives in parts and is one message; without inParts it arrives whole", async () => {
  const number = newNumber();
  const text = `${"long ".repeat(60)}🐎 ${"tale ".repeat(30)}`.trim();
  assert.equal((await write(number, text, { inParts: true })).partCount, 7);
  const { text: got, smsCount } = await firstInInbox(number);
  assert.deepEqual([got, smsCount], [text, 7]);
  assert.equal((await write(number, `${text}!`)).partCount, 1);
  assert.deepEqual(
    (await inboxOf(number)).map((each) => [each.text, each.smsCount]),
    [
      [text, 7],
      [`${text}!`, 1],
    ],
  );
});

test("parts that do not come leave a mark when time is up", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock, settings: { "inbound.joinTimeoutMs": 60_000 } });
  const part = (number: number) => ({ part: { reference: 300, number, count: 4 } });
  await write("447860000000", "three, ", part(3), own.client);
  await write("447860000000", "one, ", part(1), own.client);
  clock.advance(59_000);
  assert.deepEqual(await pull("", own.client), []);
  const [message] = await until(
    "it is given up",
    async () => {
      const messages = await pull("", own.client);
      return messages.length > 0 ? messages : null;
    },
    () => clock.advance(1_000),
  );
  assert.deepEqual([message?.text, message?.smsCount], ["one, […]three, […]", 2]);
});

test("what cannot be on a phone is refused", async () => {
  const answers = await Promise.all([
    client.call("POST", "/sandbox/messages/nobody/reply", { json: { text: "hi" } }),
    client.call("POST", "/sandbox/inbound", { json: { from: PHONE, to: "Shop", text: "hi" } }),
    client.call("POST", "/sandbox/inbound", { json: { from: PHONE, to: "447860000000", text: "" } }),
    client.call("POST", "/sandbox/inbound", {
      json: { from: PHONE, to: "447860000000", text: "x".repeat(153 * 255 + 1), inParts: true },
    }),
    client.call("POST", "/sandbox/inbound", {
      json: { from: PHONE, to: "447860000000", text: "x", part: { reference: 1, number: 3, count: 2 } },
    }),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [404, 400, 400, 400, 400],
  );
});

/** What users of WhatsApp send, on its whole way: from the carrier to the webhook, and the answer back. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { WhatsAppInboundReports, WhatsAppSeenReports } from "@posthorn/contract";
import type { CarrierContactMessage } from "../src/carrier/carrier.ts";
import { carrierIdOf, FakeCarrier, receiptOf } from "./harness/fake-carrier.ts";
import { assertFits } from "./harness/infobip-schemas.ts";
import { ask, subscribe } from "./harness/subscribing.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const USER = "385919998888";
const NUMBER = "447860099300";
const INBOUND = ["webhooks", "receive-inbound-whatsapp-messages", "post", "requestBody"];
const SEEN = ["webhooks", "receive-whatsapp-seen-reports", "post", "requestBody"];
const PRICE = { pricePerMessage: 0, currency: "EUR" };

interface Result {
  readonly messageId: string;
  readonly [name: string]: unknown;
}

function sent(message: CarrierContactMessage["message"], more: Partial<CarrierContactMessage> = {}) {
  return {
    channel: "WHATSAPP",
    sender: USER,
    contact: { name: "Frank", phone: USER, userId: "HR.123123123" },
    destination: NUMBER,
    message,
    receivedAt: Date.now(),
    carrierMessageId: `wamid.${JSON.stringify(message).length}`,
    ...more,
  } satisfies CarrierContactMessage;
}

async function start(t: TestContext, events: readonly string[] = ["INBOUND_MESSAGE", "SEEN", "DELIVERY"]) {
  const carrier = new FakeCarrier();
  const settings = { "webhooks.allowPrivateTargets": "always" };
  const server = await startTestServer(t, { carriers: [carrier], settings });
  const sink = await WebhookSink.start(t);
  await subscribe(server.client, sink.url, { channel: "WHATSAPP", events });
  const results = () => sink.reports as unknown as readonly Result[];
  const told = (count: number) =>
    until(`${count} results came`, () => (results().length >= count ? results().slice(0, count) : null));
  return { carrier, server, sink, results, told };
}

const statusOf = (result: Result | undefined) => result?.["status"] as { name: string; groupName: string };

async function send(server: Awaited<ReturnType<typeof start>>["server"], more: object = {}): Promise<string> {
  const content = { text: "Your order has shipped" };
  const answer = await server.client.whatsApp({ from: NUMBER, to: USER, content, ...more });
  assert.equal(answer.status, 200, answer.text);
  const { messageId } = answer.body as { messageId: string };
  await server.untilState(messageId, ["submitted"]);
  return messageId;
}

test("a text from a user is told in the format MO_OTT_CONTACT, with WhatsApp's own id", async (t) => {
  const { carrier, sink, told } = await start(t);
  const message = { type: "TEXT", text: "Hello, World!" };
  const received = sent(message, { carrierMessageId: "wamid.1", receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6) });
  assert.deepEqual(await carrier.hand(received), ["kept"]);
  const [result] = await told(1);
  assert.deepEqual(result, {
    from: USER,
    to: NUMBER,
    integrationType: "WHATSAPP",
    receivedAt: "2026-01-02T03:04:05.006+0000",
    messageId: "wamid.1",
    message,
    price: PRICE,
    contact: { name: "Frank", phoneNumber: USER, userId: "HR.123123123" },
  });
  const body = JSON.parse(sink.calls[0]?.text ?? "") as Record<string, unknown>;
  assert.deepEqual([body["messageCount"], body["pendingMessageCount"]], [1, 0]);
  assertFits(body, WhatsAppInboundReports, "whatsapp", INBOUND);
});

test("a message that is handed over again is kept and told once, whatever else is said of it", async (t) => {
  const { carrier, server, results, told } = await start(t);
  const first = sent({ type: "TEXT", text: "once" }, { carrierMessageId: "wamid.1" });
  assert.deepEqual(await carrier.hand(first, first), ["kept", "duplicate"]);
  assert.deepEqual(await carrier.hand({ ...first, sender: "HR.123123123", contact: {} }), ["duplicate"]);
  assert.deepEqual(await carrier.hand({ ...first, carrierMessageId: "wamid.2" }), ["kept"]);
  await told(2);
  await server.settle();
  assert.deepEqual(
    results().map(({ messageId }) => messageId),
    ["wamid.1", "wamid.2"],
  );
});

test("a user without a phone is known by his user id, and is answered at it", async (t) => {
  const { carrier, server, told } = await start(t);
  const userId = "HR.AbC123";
  await carrier.hand(
    sent({ type: "TEXT", text: "hi" }, { sender: userId, contact: { userId }, carrierMessageId: "w" }),
  );
  const [result] = await told(1);
  assert.deepEqual([result?.["from"], result?.["contact"]], [userId, { userId }]);
  const messageId = await send(server, { to: userId });
  assert.equal(carrier.handed[0]?.destination, userId);
  await carrier.see({ carrierMessageId: carrierIdOf(messageId), seenAt: Date.now() });
  const seen = (await told(3))[2];
  assert.deepEqual([seen?.["from"], seen?.["contact"]], [userId, { userId }]);
});

test("an answer names the message that it answers by our id, and has its callback data and application", async (t) => {
  const { carrier, server, told } = await start(t, ["INBOUND_MESSAGE"]);
  const messageId = await send(server, { callbackData: "order 17", applicationId: "shop", entityId: "uk" });
  const context = { id: carrierIdOf(messageId), from: NUMBER };
  await carrier.hand(sent({ type: "INTERACTIVE_BUTTON_REPLY", id: "y", title: "Yes", context }));
  const [result] = await told(1);
  assert.equal(result?.["pairedMessageId"], messageId);
  assert.equal(result["callbackData"], "order 17");
  assert.deepEqual([result["applicationId"], result["entityId"]], ["shop", "uk"]);
  assert.deepEqual((result["message"] as { context?: unknown }).context, { id: messageId, from: NUMBER });
});

test("what it answers that is not ours stays as the carrier said it", async (t) => {
  const { carrier, told } = await start(t);
  const message = { type: "REACTION", emoji: "🤓", action: "ADDED", context: { id: "wamid.of-his-own" } };
  await carrier.hand(sent(message));
  const [result] = await told(1);
  assert.deepEqual([result?.["message"], result?.["pairedMessageId"]], [message, undefined]);
});

for (const user of [USER, "HR.AbC123"]) {
  test(`a number's own configuration decides of ${user}: keyword, URL, auto-response on WhatsApp, STOP`, (t) =>
    stopsAndIsAnswered(t, user));
}

async function stopsAndIsAnswered(t: TestContext, user: string) {
  const { carrier, server, sink, told } = await start(t);
  const configuration = {
    channel: "WHATSAPP",
    number: NUMBER,
    keyword: "STOP",
    forwarding: { type: "HTTP_FORWARD", url: `${sink.url}/own` },
    autoResponse: { message: "Goodbye ☕" },
    blockListConfiguration: { type: "BLOCK", level: "FROM_SENDER" },
  };
  await ask(server.client, "POST", "/resource-management/1/inbound-message-configurations", configuration);
  await carrier.hand(sent({ type: "BUTTON", text: "Stop", payload: "stop" }, { sender: user }));
  const [result] = await told(1);
  assert.equal(result?.["keyword"], "STOP");
  assert.equal(sink.calls[0]?.path, "/reports/own");
  const [reply] = await until("it is answered", () => (carrier.handed.length > 0 ? carrier.handed : null));
  assert.deepEqual(
    [reply?.channel, reply?.sender, reply?.destination, reply?.text, reply?.encoding],
    ["WHATSAPP", NUMBER, user, "Goodbye ☕", "UTF8"],
  );
  const answer = await server.client.whatsApp({ from: NUMBER, to: user, content: { text: "buy" } });
  assert.equal((answer.body as { status: { name: string } }).status.name, "REJECTED_DESTINATION_BLOCKLISTED");
}

test("without a webhook it waits to be pulled, and not among SMS", async (t) => {
  const { carrier, server, sink } = await start(t, ["DELIVERY"]);
  await carrier.hand(sent({ type: "TEXT", text: "anybody?" }, { carrierMessageId: "wamid.9" }));
  const inbox = (channel: "SMS" | "WHATSAPP") =>
    server.store.takeInbox({ accountId: 1, channel, since: 0, limit: 10 }).then(({ messages }) => messages);
  assert.deepEqual(await inbox("SMS"), []);
  assert.deepEqual(
    (await inbox("WHATSAPP")).map(({ messageId, text }) => [messageId, text]),
    [["wamid.9", "anybody?"]],
  );
  assert.equal(sink.calls.length, 0);
});

test("a message that was read is reported as seen once, after its delivery, and the log has it", async (t) => {
  const { carrier, server, sink, results, told } = await start(t);
  const messageId = await send(server, { applicationId: "shop" });
  const carrierMessageId = carrierIdOf(messageId);
  const doneAt = Date.now();
  await carrier.emit(receiptOf(carrierMessageId, "delivered", doneAt));
  await carrier.see({ carrierMessageId, seenAt: doneAt }, { carrierMessageId, seenAt: doneAt + 5 });
  await carrier.see({ carrierMessageId, seenAt: doneAt + 9 });
  const [delivered, seen] = await told(2);
  await server.settle();
  assert.equal(results().length, 2);
  assert.equal(statusOf(delivered).name, "DELIVERED_TO_HANDSET");
  assert.ok(seen !== undefined);
  const { sentAt, seenAt, ...rest } = seen;
  const contact = { phoneNumber: USER };
  assert.deepEqual(rest, { messageId, from: USER, to: NUMBER, applicationId: "shop", contact });
  assert.equal(sentAt, delivered?.["sentAt"]);
  const log = (await ask(server.client, "GET", `/posthorn/1/messages/${messageId}`)) as Record<string, unknown>;
  assert.equal(log["seenAt"], seenAt);
  assertFits(JSON.parse(sink.calls.at(-1)?.text ?? ""), WhatsAppSeenReports, "whatsapp", SEEN);
});

test("seen implies delivered, and goes to the message's own URL", async (t) => {
  const { carrier, server, sink, told } = await start(t, ["INBOUND_MESSAGE"]);
  const messageId = await send(server, { notifyUrl: `${sink.url}/mine` });
  await carrier.see({ carrierMessageId: carrierIdOf(messageId), seenAt: Date.now() });
  const [delivered, seen] = await told(2);
  assert.equal(statusOf(delivered).groupName, "DELIVERED");
  assert.ok(seen !== undefined && "seenAt" in seen);
  assert.deepEqual(
    sink.calls.map(({ path }) => path),
    ["/reports/mine", "/reports/mine"],
  );
  assert.equal((await server.ledger()).delivered, 1);
});

test("a word on reading that is there before the carrier's answer waits for it", async (t) => {
  const { carrier, server, told } = await start(t);
  const answered = Promise.withResolvers<void>();
  carrier.answer = async ({ messageId }) => {
    await answered.promise;
    return { outcome: "submitted", carrierMessageId: carrierIdOf(messageId) };
  };
  const answer = await server.client.whatsApp({ from: NUMBER, to: USER, content: { text: "hi" } });
  const { messageId } = answer.body as { messageId: string };
  await until("it was handed over", () => carrier.handed.length > 0);
  await carrier.see({ carrierMessageId: carrierIdOf(messageId), seenAt: Date.now() });
  answered.resolve();
  const [delivered, seen] = await told(2);
  assert.deepEqual([delivered?.messageId, seen?.messageId], [messageId, messageId]);
  assert.ok(seen !== undefined && "seenAt" in seen);
});

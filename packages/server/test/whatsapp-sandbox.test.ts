/** WhatsApp on the sandbox: what its phones send and read, and when they may be written to. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { messageError, messageStatus, WhatsAppInboundContent, WhatsAppInboundReports } from "@posthorn/contract";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { EXAMPLE_MEDIUM } from "../src/sandbox/sandbox-reference.ts";
import { WHATSAPP_DESTINATIONS } from "../src/sandbox/whatsapp-destinations.ts";
import { startPosthorn } from "../src/testing.ts";
import { oneSms, violationsOf } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { assertFits, documentOf, SKIP, validatorOf } from "./harness/infobip-schemas.ts";
import { ask, subscribe } from "./harness/subscribing.ts";
import { startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";
import { INBOUND_EXAMPLES } from "./harness/whatsapp-contents.ts";

const USER = "447700900000";
const CLOSED = "447700900913";
const NUMBER = "447860099300";
const HOUR_MS = 3_600_000;
const INBOUND = ["webhooks", "receive-inbound-whatsapp-messages", "post", "requestBody"];
const TEMPLATE_UPDATE = ["webhooks", "receive-whatsapp-message-template-update-events", "post", "requestBody"];
const IDENTITY_CHANGE = ["webhooks", "receive-whatsapp-identity-change-notification", "post", "requestBody"];

type Json = Readonly<Record<string, unknown>>;
/** Ours has no schema of what is told alone. */
const WHATEVER = Type.Object({});

async function start(t: TestContext, events: readonly string[] = ["INBOUND_MESSAGE", "SEEN", "DELIVERY"]) {
  const clock = new FakeClock();
  const settings = { "webhooks.allowPrivateTargets": "always", "sandbox.lateByMs": 1_000 };
  const server = await startTestServer(t, { clock, settings });
  const sink = await WebhookSink.start(t, clock);
  await subscribe(server.client, sink.url, { channel: "WHATSAPP", events });
  const tick = () => clock.advanceAndSettle(500);
  const told = (count: number) =>
    until(
      `${count} results came`,
      () => (sink.reports.length >= count ? (sink.reports as unknown as readonly Json[]) : null),
      tick,
    );
  const calls = (count: number) =>
    until(`${count} calls came`, () => (sink.calls.length >= count ? sink.calls : null), tick);
  const write = (json: object) =>
    ask(server.client, "POST", "/sandbox/inbound", { channel: "WHATSAPP", from: USER, to: NUMBER, ...json });
  return { clock, server, sink, tick, told, calls, write };
}

async function send(server: TestServer, to: string, more: object = {}): Promise<string> {
  const answer = await server.client.whatsApp({ from: NUMBER, to, content: { text: "Hi" }, ...more });
  assert.equal(answer.status, 200, answer.text);
  return (answer.body as { messageId: string }).messageId;
}

async function sendTemplate(server: TestServer, to: string): Promise<string> {
  const content = { templateName: "shipped", language: "en", templateData: { body: { placeholders: ["17"] } } };
  const json = { messages: [{ from: NUMBER, to, content }] };
  const body = (await ask(server.client, "POST", "/whatsapp/1/message/template", json)) as {
    messages: { messageId: string }[];
  };
  return body.messages[0]?.messageId ?? "";
}

async function onPhone(server: TestServer, messageId: string, tick: () => unknown) {
  await until("the phone has it", () => server.sandbox.phones.message(1, messageId), tick);
}

test("there is an example of every type that Infobip's document has", { skip: SKIP }, () => {
  const { components } = documentOf("whatsapp") as { components: { schemas: Readonly<Record<string, Json>> } };
  const [, type] =
    Object.entries(components.schemas).find(([name]) => name.endsWith("WhatsAppInboundContentType")) ?? [];
  const ours = INBOUND_EXAMPLES.map(({ message }) => message.type);
  assert.deepEqual(ours.toSorted(), ((type?.["enum"] ?? []) as string[]).toSorted());
});

test("whatever a phone sends is told as it was sent, in Infobip's shape", async (t) => {
  const { sink, told, write } = await start(t);
  for (const { message } of INBOUND_EXAMPLES) {
    assert.ok(Check(WhatsAppInboundContent, message), message.type);
    await write({ message });
  }
  const results = await told(INBOUND_EXAMPLES.length);
  assert.deepEqual(
    results.map(({ message }) => message),
    INBOUND_EXAMPLES.map(({ message }) => message),
  );
  for (const { text } of sink.calls) assertFits(JSON.parse(text), WhatsAppInboundReports, "whatsapp", INBOUND);
  for (const { schema, message } of INBOUND_EXAMPLES) {
    const theirs = SKIP === false ? validatorOf("whatsapp", schema) : null;
    assert.ok(theirs === null || theirs(message), `${schema}: ${JSON.stringify(theirs?.errors)}`);
  }
});

test("an answer to a message inside the window: from the phone to the webhook, and back to the phone", async (t) => {
  const { server, tick, told, write } = await start(t, ["INBOUND_MESSAGE"]);
  await write({ from: CLOSED, text: "Where is my order?", contact: { name: "Frank", phoneNumber: CLOSED } });
  const [question] = await told(1);
  const { messageId: replyToMessageId, from: to } = question as { messageId: string; from: string };
  const answerId = await send(server, to, { context: { replyToMessageId }, callbackData: "ticket 5" });
  await onPhone(server, answerId, tick);
  assert.deepEqual(server.sandbox.phones.message(1, answerId)?.context, { replyToMessageId });
  const thanks = { type: "INTERACTIVE_BUTTON_REPLY", id: "ok", title: "Thanks" };
  await ask(server.client, "POST", `/sandbox/messages/${answerId}/reply`, { message: thanks });
  const reply = (await told(2))[1];
  assert.deepEqual(reply?.["message"], { ...thanks, context: { from: NUMBER, id: answerId } });
  assert.deepEqual([reply?.["pairedMessageId"], reply?.["callbackData"]], [answerId, "ticket 5"]);
  await server.untilState(answerId, ["delivered"], tick);
});

test("a phone reads what it got when it is told to; an SMS is never read", async (t) => {
  const { server, tick, told } = await start(t, ["SEEN"]);
  const messageId = await send(server, USER);
  await onPhone(server, messageId, tick);
  const see = (id: string) => server.client.call("POST", `/sandbox/messages/${id}/seen`);
  const { body } = await see(messageId);
  const [seen] = await told(1);
  assert.deepEqual([seen?.["messageId"], seen?.["seenAt"]], [messageId, (body as Json)["seenAt"]]);
  assert.equal((await see("nobody")).status, 404);
  const { messages } = await server.client.send(oneSms());
  const smsId = messages[0]?.messageId ?? "";
  await onPhone(server, smsId, tick);
  assert.equal((await see(smsId)).status, 400);
});

test("a message that is handed over twice is one, and a user without a phone writes by his user id", async (t) => {
  const { server, told, write } = await start(t);
  await write({ text: "one", carrierMessageId: "wamid.7" });
  await write({ text: "one", carrierMessageId: "wamid.7" });
  await write({ from: "HR.AbC123", text: "two" });
  const results = await told(2);
  await server.settle();
  assert.deepEqual(
    results.map(({ from, contact }) => [from, contact]),
    [
      [USER, { name: "Virtual phone", phoneNumber: USER }],
      ["HR.AbC123", { name: "Virtual phone", userId: "HR.AbC123" }],
    ],
  );
  assert.equal(results[0]?.["messageId"], "wamid.7");
});

for (const { number, what, reports } of WHATSAPP_DESTINATIONS) {
  test(`WhatsApp to ${number}: ${what}; an SMS is delivered`, async (t) => {
    const { server, sink, tick, told } = await start(t);
    const messageId = await send(server, number);
    const results = await told(reports.length);
    await tick();
    await server.settle();
    assert.equal(sink.reports.length, reports.length);
    assert.deepEqual(
      results.map((result) => ("seenAt" in result ? "seen" : [idOf(result["status"]), idOf(result["error"])])),
      reports.map((report) => (report === "seen" ? report : [report.statusId, report.errorId])),
    );
    assert.ok(results.every((result) => result["messageId"] === messageId));
    const { messages } = await server.client.send(oneSms({ destinations: [{ to: number }] }));
    await server.untilState(messages[0]?.messageId ?? "", ["delivered"], tick);
  });
}

const idOf = (shown: unknown) => (shown as { id: number }).id;

test("outside of its window a user gets templates only, and anything for 24 hours after he wrote", async (t) => {
  const { clock, server, tick, write } = await start(t, ["INBOUND_MESSAGE"]);
  const endOf = async (messageId: string) => {
    const { state, errorId, statusId } = await server.untilState(messageId, ["delivered", "undeliverable"], tick);
    return [state, messageStatus(statusId).name, messageError(errorId).name];
  };
  const failed = ["undeliverable", "UNDELIVERABLE_NOT_DELIVERED", "EC_NO_SESSION"];
  const delivered = ["delivered", "DELIVERED_TO_HANDSET", "NO_ERROR"];
  assert.deepEqual(await endOf(await send(server, CLOSED)), failed);
  assert.deepEqual(await endOf(await sendTemplate(server, CLOSED)), delivered);
  await write({ from: CLOSED, text: "hello" });
  assert.deepEqual(await endOf(await send(server, CLOSED)), delivered);
  // It is this number's alone.
  assert.deepEqual(await endOf(await send(server, CLOSED, { from: "447860099301" })), failed);
  clock.set(clock.now() + 24 * HOUR_MS);
  assert.deepEqual(await endOf(await send(server, CLOSED)), failed);
  assert.deepEqual(await endOf(await send(server, USER)), delivered);
});

test("operators see whose windows are open, and until when", async (t) => {
  const { clock, server, write } = await start(t);
  const at = clock.now();
  await write({ from: CLOSED, text: "hello", contact: { userId: "GB.1" } });
  clock.set(at + 25 * HOUR_MS);
  await write({ text: "hi" });
  const list = async (query: string) =>
    ((await ask(server.client, "GET", `/posthorn/1/conversation-windows?${query}`)) as { windows: readonly Json[] })
      .windows;
  const closed = { openedAt: "2026-03-10T12:00:00.000+0000", closesAt: "2026-03-11T12:00:00.000+0000", isOpen: false };
  assert.deepEqual(await list(`sender=${NUMBER}&contact=${CLOSED}`), [{ sender: NUMBER, contact: CLOSED, ...closed }]);
  assert.deepEqual(await list("contact=GB.1"), [{ sender: NUMBER, contact: "GB.1", ...closed }]);
  const open = await list("open=true");
  assert.deepEqual(
    open.map(({ contact, isOpen }) => [contact, isOpen]),
    [[USER, true]],
  );
  assert.equal((await list("limit=2")).length, 2);
  const mistyped = await server.client.call("GET", "/posthorn/1/conversation-windows?contacts=1");
  assert.equal(mistyped.status, 400);
});

test("what WhatsApp decides about a template is told to who has subscribed to it", async (t) => {
  const { server, calls } = await start(t, ["TEMPLATE_UPDATE"]);
  const template = (name: string) => {
    const body = { text: "Hello {{1}}", examples: ["you"] };
    return { name, language: "en", category: "MARKETING", structure: { body } };
  };
  const path = `/whatsapp/2/senders/${NUMBER}/templates`;
  const names = ["fine", "reject_it", "pend_it", "flag_it"];
  const ids = new Map<string, string>();
  for (const name of names) {
    const { id } = (await ask(server.client, "POST", path, template(name))) as { id: string };
    ids.set(name, id);
  }
  await ask(server.client, "PATCH", `${path}/${ids.get("fine")}`, { category: "UTILITY" });
  const approved = { type: "TEMPLATE_STATUS_UPDATE", newStatus: "APPROVED", reason: "NONE" };
  const expected: readonly [string, object][] = [
    ["fine", approved],
    ["reject_it", { type: "TEMPLATE_STATUS_UPDATE", newStatus: "REJECTED", reason: "INVALID_FORMAT" }],
    ["flag_it", { type: "TEMPLATE_STATUS_UPDATE", newStatus: "FLAGGED" }],
    ["flag_it", { type: "TEMPLATE_QUALITY_UPDATE", previousQualityScore: "UNKNOWN", newQualityScore: "LOW" }],
    ["fine", approved],
    ["fine", { type: "TEMPLATE_CATEGORY_UPDATE", previousCategory: "MARKETING", newCategory: "UTILITY" }],
  ];
  const bodies = (await calls(expected.length)).map(({ text }) => JSON.parse(text) as Json);
  const shown = bodies.map((body) => [body["messageTemplateName"], body["change"]]);
  assert.deepEqual(shown, expected);
  for (const body of bodies) {
    assert.equal(body["messageTemplateId"], ids.get(String(body["messageTemplateName"])));
    assertFits(body, WHATEVER, "whatsapp", TEMPLATE_UPDATE);
  }
});

test("a user's new device is told, and his identity is acknowledged no more", async (t) => {
  const { server, calls } = await start(t, ["IDENTITY_CHANGE"]);
  const path = `/whatsapp/1/${NUMBER}/contacts/${USER}/identity`;
  const identity = async () => (await ask(server.client, "GET", path)) as { acknowledged: boolean; hash: string };
  const { hash } = await identity();
  await ask(server.client, "PUT", path, { hash });
  assert.equal((await identity()).acknowledged, true);
  for (const from of [USER, "HR.AbC123"]) {
    await ask(server.client, "POST", "/sandbox/identity-changes", { from, to: NUMBER });
  }
  assert.equal((await identity()).acknowledged, false);
  const bodies = (await calls(2)).map(({ text }) => JSON.parse(text) as { from: string; content: Json });
  assert.deepEqual(
    bodies.map(({ from, content }) => [
      from,
      content["type"],
      content["hash"],
      content["userNumber"],
      content["userId"],
    ]),
    [
      [NUMBER, "user_identity_changed", hash, USER, undefined],
      [NUMBER, "user_identity_changed", hash, undefined, "HR.AbC123"],
    ],
  );
  for (const body of bodies) assertFits(body, WHATEVER, "whatsapp", IDENTITY_CHANGE);
});

test("the picture that docs/sandbox.md names can be sent by a phone and fetched", async (t) => {
  const { server, told, write } = await start(t);
  const url = `${server.url}/whatsapp/1/senders/${NUMBER}/media/${EXAMPLE_MEDIUM}`;
  await write({ message: { type: "IMAGE", url } });
  const [result] = await told(1);
  const { pathname } = new URL((result?.["message"] as { url: string } | undefined)?.url ?? "");
  const { status, headers } = await server.client.call("GET", pathname);
  assert.deepEqual([status, headers.get("content-type")], [200, "image/png"]);
});

test("what a phone cannot send is refused, with the property in it", async (t) => {
  const { server } = await start(t);
  const refused = async (json: object) => {
    const body = { channel: "WHATSAPP", from: USER, to: NUMBER, ...json };
    const answer = await server.client.call("POST", "/sandbox/inbound", { json: body });
    assert.equal(answer.status, 400, answer.text);
    return Object.keys(violationsOf(answer));
  };
  assert.deepEqual(await refused({}), ["text"]);
  assert.deepEqual(await refused({ text: "a", message: { type: "TEXT", text: "b" } }), ["text"]);
  assert.deepEqual(await refused({ message: { type: "IMAGE" } }), ["message.url"]);
  assert.deepEqual(await refused({ message: { type: "FAX" } }), ["message.type"]);
  assert.deepEqual(await refused({ to: "Shop", text: "a" }), ["to"]);
  assert.deepEqual(await refused({ text: "a", inParts: true }), ["inParts"]);
  assert.deepEqual(await refused({ text: "a", part: { reference: 1, number: 1, count: 2 } }), ["part"]);
  assert.deepEqual(await refused({ channel: "SMS", message: { type: "TEXT", text: "b" } }), ["message"]);
  assert.deepEqual(await refused({ channel: "SMS", text: "a", contact: {} }), ["contact"]);
});

test("in a test of one's own: a phone answers by WhatsApp what came by it, and reads", async () => {
  await using posthorn = await startPosthorn({ "webhooks.allowPrivateTargets": "always" });
  const { url, key, phones } = posthorn;
  const headers = { authorization: `App ${key}`, "content-type": "application/json" };
  const body = JSON.stringify({ from: NUMBER, to: CLOSED, content: { text: "?" } });
  const text = () => fetch(`${url}/whatsapp/1/message/text`, { method: "POST", headers, body });
  await phones.write({ channel: "WHATSAPP", from: CLOSED, to: NUMBER, text: "hi" });
  await text();
  const message = await phones.waitFor({ to: CLOSED });
  await phones.reply(message, "yes");
  await phones.see(message);
  const shown = await fetch(`${url}/posthorn/1/messages/${message.messageId}`, { headers });
  assert.ok("seenAt" in ((await shown.json()) as object));
  const inbox = (await (await fetch(`${url}/sms/1/inbox/reports`, { headers })).json()) as {
    results: readonly object[];
  };
  assert.deepEqual(inbox.results, []);
});

/** An SMS stands in for a template that ended without delivery: exactly one of the two reaches the phone, and both are told of. */
import { STATUS } from "@posthorn/contract";
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pino } from "pino";
import { NOT_ON_WHATSAPP } from "../src/sandbox/magic-destinations.ts";
import { carrierIdOf, FakeCarrier, receiptOf } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { createFolder, startTestServer, type TestServer, type TestServerOptions } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const PATH = "/whatsapp/1/message/template";
const TO = "385981234567";
const POLL_MS = 1_000;
const HOUR_MS = 3_600_000;
const SMS_TEXT = "Order 17 has shipped";

type Message = Readonly<Record<string, unknown>>;

function template(messageId: string, changes: Message = {}): Message {
  return {
    from: "447796344125",
    to: TO,
    messageId,
    content: { templateName: "order_shipped", templateData: { body: { placeholders: [] } }, language: "en" },
    smsFailover: { from: "Shop", text: SMS_TEXT },
    ...changes,
  };
}

async function send(server: TestServer, ...messages: readonly Message[]) {
  const answer = await server.client.call("POST", PATH, { json: { messages } });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.messages as { status: { name: string } }[];
}

const shown = async (server: TestServer, messageId: string) =>
  (await server.client.call("GET", `/posthorn/1/messages/${messageId}`)).body;

/** A server whose only carrier of any channel says what the test tells it to, and its clock. */
async function startFake(t: TestContext, options: TestServerOptions = {}) {
  const clock = new FakeClock();
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { clock, carriers: [carrier], ...options });
  const tick = () => clock.advanceAndSettle(POLL_MS);
  const smsHanded = () => carrier.handed.filter(({ channel }) => channel === "SMS");
  /** Gives what would have come of it every chance to come. */
  const rest = async () => {
    for (let round = 0; round < 5; round += 1) {
      await tick();
      await server.settle();
    }
  };
  const endAs = async (messageId: string, state: Parameters<typeof receiptOf>[1]) => {
    await server.untilState(messageId, ["submitted", "undeliverable", "expired"], tick);
    await carrier.emit(receiptOf(carrierIdOf(messageId), state, clock.now()));
  };
  const untilSms = () => until("the SMS was handed over", () => smsHanded()[0], tick);
  return { clock, carrier, server, tick, rest, endAs, smsHanded, untilSms };
}

test("on the sandbox, a phone that is not on WhatsApp gets the SMS, and everybody is told of both", async (t) => {
  const server = await startTestServer(t);
  const sink = await WebhookSink.start(t);
  const facts = { callbackData: "order-17", notifyUrl: sink.url, applicationId: "shop", entityId: "e" };
  const [entry] = await send(server, template("m", { ...facts, to: NOT_ON_WHATSAPP.number }));
  assert.equal(entry?.status.name, "PENDING_ENROUTE");
  const found = await until("the SMS is on the phone", async () => {
    const { body } = await server.client.call("GET", `/sandbox/messages?to=${NOT_ON_WHATSAPP.number}`);
    return body.messages.length > 0 ? body.messages : null;
  });
  assert.deepEqual(
    found.map((message: Message) => [message["channel"], message["from"], message["text"]]),
    [["SMS", "Shop", SMS_TEXT]],
  );
  const [{ messageId: smsId }] = found;
  assert.notEqual(smsId, "m");

  const [failed, delivered] = await until("both reports came", () => (sink.reports.length === 2 ? sink.reports : null));
  assert.deepEqual([failed?.messageId, failed?.status.groupName], ["m", "UNDELIVERABLE"]);
  assert.deepEqual((failed?.["error"] as Message | undefined)?.["name"], "EC_UNKNOWN_USER");
  assert.deepEqual([delivered?.messageId, delivered?.status.name], [smsId, "DELIVERED_TO_HANDSET"]);
  assert.equal(failed?.["callbackData"], "order-17");
  assert.deepEqual((delivered?.["platform"] as Message) ?? {}, { applicationId: "shop", entityId: "e" });

  const whole = await shown(server, "m");
  assert.deepEqual(whole.failover, { messageId: smsId, madeAt: whole.failover.madeAt });
  assert.match(whole.failover.madeAt, /^\d{4}-/);
  assert.deepEqual([(await shown(server, smsId)).failoverOf, whole.failoverOf], ["m", undefined]);
  const logs = await server.client.call("GET", `/sms/3/logs?messageId=${smsId}`);
  assert.equal(logs.body.results[0].messageId, smsId);
  const ledger = await server.untilAllEnded();
  assert.deepEqual([ledger.accepted, ledger.undeliverable, ledger.delivered], [2, 1, 1]);
});

for (const state of ["undeliverable", "expired", "rejected"] as const) {
  test(`a template that ends as ${state} is followed by one SMS, which is no possible duplicate`, async (t) => {
    const { server, endAs, untilSms, rest, smsHanded } = await startFake(t);
    await send(server, template("m"));
    await endAs("m", state);
    const sms = await untilSms();
    assert.deepEqual([sms.sender, sms.destination, sms.text, sms.possibleDuplicate], ["Shop", TO, SMS_TEXT, false]);
    await rest();
    assert.equal(smsHanded().length, 1);
  });
}

test("a template that a carrier or we ourselves refuse at once is followed by its SMS", async (t) => {
  const { server, carrier, rest, smsHanded } = await startFake(t);
  const refused = { outcome: "permanent", state: "rejected", statusId: STATUS.REJECTED, errorId: 0 } as const;
  carrier.answer = ({ messageId, channel }) =>
    channel === "WHATSAPP" ? refused : { outcome: "submitted", carrierMessageId: carrierIdOf(messageId) };
  await server.client.call("POST", "/platform/1/blocklists", {
    json: { blocklist: [{ destinations: [{ to: "385980000001" }], channel: "WHATSAPP" }] },
  });
  await send(server, template("by the carrier"), template("by us", { to: "385980000001" }));
  await rest();
  const handed = smsHanded().map(({ destination }) => destination);
  assert.deepEqual(handed.toSorted(), ["385980000001", TO]);
});

test("a template that is delivered, or has no SMS to stand in for it, is followed by none", async (t) => {
  const { server, endAs, rest, smsHanded } = await startFake(t);
  await send(server, template("delivered"), template("plain", { smsFailover: undefined }));
  await endAs("delivered", "delivered");
  await endAs("plain", "undeliverable");
  await rest();
  assert.equal(smsHanded().length, 0);
  assert.deepEqual((await shown(server, "delivered")).failover, null);
  assert.ok(!("failover" in (await shown(server, "plain"))));
});

test("delivered after all before the SMS is made: there is none", async (t) => {
  const { server, carrier, clock, rest, smsHanded, tick } = await startFake(t);
  await send(server, template("m"));
  await server.untilState("m", ["submitted"], tick);
  await server.settle();
  // The clock stands still between the two, so nobody has looked for what is due.
  await carrier.emit(receiptOf(carrierIdOf("m"), "undeliverable", clock.now()));
  await carrier.emit(receiptOf(carrierIdOf("m"), "delivered", clock.now()));
  await rest();
  assert.equal(smsHanded().length, 0);
  assert.equal((await server.message("m"))?.state, "delivered");
});

test("delivered after all when the SMS is on its way: both are reported, and no other SMS is made", async (t) => {
  const { server, clock, endAs, untilSms, rest, smsHanded, carrier } = await startFake(t);
  const sink = await WebhookSink.start(t, clock);
  await send(server, template("m", { notifyUrl: sink.url }));
  await endAs("m", "undeliverable");
  const sms = await untilSms();
  await endAs("m", "delivered");
  await rest();
  await carrier.emit(receiptOf(carrierIdOf(sms.messageId), "delivered", clock.now()));
  await until("three reports came", () => sink.reports.length === 3, rest);
  assert.deepEqual(
    sink.reports.map(({ messageId, status }) => [messageId, status.groupName]),
    [
      ["m", "UNDELIVERABLE"],
      ["m", "DELIVERED"],
      [sms.messageId, "DELIVERED"],
    ],
  );
  assert.equal(smsHanded().length, 1);
});

test("when nobody knows what became of the template, the SMS says that it may be a duplicate", async (t) => {
  const { server, clock, untilSms, tick } = await startFake(t);
  await send(server, template("m"));
  await server.untilState("m", ["submitted"], tick);
  clock.advance(49 * HOUR_MS);
  const ended = await server.untilState("m", ["expired"], tick);
  assert.equal(ended.statusId, STATUS.EXPIRED_DLR_UNKNOWN);
  const sms = await untilSms();
  assert.equal(sms.possibleDuplicate, true);
  const { body } = await server.client.call("GET", `/sms/3/logs?messageId=${sms.messageId}`);
  assert.equal(body.results[0].possibleDuplicate, true);
});

test("blocklist, flooding filter and length hold for the SMS as for any other, and its report says so", async (t) => {
  const settings = { "flooding.enabled": true, "flooding.messagesPerHourMax": 2 };
  const { server, endAs, rest, smsHanded } = await startFake(t, { settings });
  await server.client.call("POST", "/platform/1/blocklists", {
    json: { blocklist: [{ destinations: [{ to: "385980000002" }], channel: "SMS" }] },
  });
  const long = { from: "Shop", text: "\u0416".repeat(4096) };
  await send(server, template("blocked", { to: "385980000002" }), template("long", { smsFailover: long }));
  await send(server, template("f1", { to: "385980000003" }), template("f2", { to: "385980000003" }));
  for (const messageId of ["blocked", "long", "f1", "f2"]) await endAs(messageId, "undeliverable");
  await rest();
  assert.equal(smsHanded().length, 0);
  const { body } = await server.client.call("GET", "/sms/3/reports");
  const names = body.results.map(({ status }: { status: { name: string } }) => status.name);
  assert.deepEqual(names.toSorted(), [
    "REJECTED_DESTINATION_BLOCKLISTED",
    "REJECTED_FLOODING_FILTER",
    "REJECTED_FLOODING_FILTER",
    "REJECTED_MESSAGE_TOO_LONG",
  ]);
});

test("where the template asks for short links, its SMS has them as every SMS has, and clicks are told", async (t) => {
  const settings = { "tracking.baseUrl": "https://go.example" };
  const { server, endAs, untilSms, clock } = await startFake(t, { settings });
  const sink = await WebhookSink.start(t, clock);
  const url = "https://shop.example/order?id=17";
  const text = `Order 17: ${url}.`;
  const urlOptions = { shortenUrl: true, trackClicks: true, trackingUrl: sink.url };
  await send(server, template("m", { urlOptions, smsFailover: { from: "Shop", text } }));
  await endAs("m", "undeliverable");
  const sms = await untilSms();
  const [, path = ""] = /^Order 17: https:\/\/go\.example(\/l\/[0-9A-Za-z]{10})\.$/.exec(sms.text) ?? [];
  assert.notEqual(path, "", sms.text);
  const kept = await server.message(sms.messageId);
  assert.equal((JSON.parse(kept?.options ?? "{}") as Message)["originalText"], text);
  const followed = await fetch(server.url + path, { redirect: "manual", headers: { "user-agent": "Mozilla/5.0" } });
  assert.deepEqual([followed.status, followed.headers.get("location")], [302, url]);
  const call = await until("the click is told", () => sink.calls[0]);
  assert.equal((JSON.parse(call.text) as Message)["messageId"], sms.messageId);
});

test("without a word on URLs, with shortening refused, or without a domain for it, the SMS stays as it is", async (t) => {
  const smsFailover = { from: "Shop", text: "Order 17: https://shop.example/order?id=17" };
  const textOf = async (settings: Record<string, string>, changes: Message) => {
    const { server, endAs, untilSms } = await startFake(t, { settings });
    await send(server, template("m", { smsFailover, ...changes }));
    await endAs("m", "undeliverable");
    const { messageId, text } = await untilSms();
    assert.ok(!(await server.message(messageId))?.options?.includes("originalText"));
    return text;
  };
  const settings = { "tracking.baseUrl": "https://go.example" };
  assert.equal(await textOf(settings, {}), smsFailover.text);
  assert.equal(await textOf(settings, { urlOptions: { shortenUrl: false } }), smsFailover.text);
  assert.equal(await textOf({}, { urlOptions: { shortenUrl: true } }), smsFailover.text);
});

test("an SMS that was due when the process died is made by the next one, once", async (t) => {
  const original = createFolder(t);
  const first = await startFake(t, { folder: original });
  await send(first.server, template("m"));
  await first.server.untilState("m", ["submitted"], first.tick);
  await first.server.settle();
  await first.carrier.emit(receiptOf(carrierIdOf("m"), "undeliverable", first.clock.now()));
  const copy = join(createFolder(t), "data");
  cpSync(original, copy, { recursive: true });
  assert.equal(first.smsHanded().length, 0);

  const second = await startFake(t, { folder: copy });
  const sms = await second.untilSms();
  await second.rest();
  assert.equal(second.smsHanded().length, 1);
  await second.server.stop();
  const third = await startFake(t, { folder: copy });
  await third.rest();
  assert.ok(third.smsHanded().every(({ messageId }) => messageId === sms.messageId));
  assert.equal((await third.server.ledger()).accepted, 2);
});

test("a log line names both messages", async (t) => {
  const lines: Message[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line) as Message) });
  const { server, endAs, untilSms } = await startFake(t, { log });
  await send(server, template("m"));
  await endAs("m", "undeliverable");
  const { messageId: smsMessageId } = await untilSms();
  const line = lines.find(({ event }) => event === "failover.sms_made");
  const { messageId, ended, smsMessageId: named, smsState } = line ?? {};
  assert.deepEqual([messageId, ended, named, smsState], ["m", "UNDELIVERABLE_NOT_DELIVERED", smsMessageId, "queued"]);
  assert.ok(!JSON.stringify(lines).includes(SMS_TEXT), "the log has the text");
});

test("templates of one request fall over each for itself, more of them than one round takes", async (t) => {
  const { server, carrier, tick, smsHanded } = await startFake(t);
  const count = 450;
  carrier.answer = ({ messageId, channel }) =>
    channel === "SMS"
      ? { outcome: "submitted", carrierMessageId: carrierIdOf(messageId) }
      : { outcome: "permanent", state: "undeliverable", statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED, errorId: 7002 };
  const numbers = Array.from({ length: count }, (_, index) => String(385_980_000_000 + index));
  await send(server, ...numbers.map((to, index) => template(`m${index}`, { to })));
  await until("all SMS were handed over", () => smsHanded().length >= count, tick);
  assert.deepEqual(
    smsHanded()
      .map(({ destination }) => destination)
      .toSorted(),
    numbers,
  );
});

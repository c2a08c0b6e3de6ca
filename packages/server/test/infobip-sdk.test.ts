import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS, type Operation } from "@posthorn/contract";
import { AuthType, Infobip } from "@infobip-api/sdk";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

/**
 * Infobip's own client for Node, as it is published, drives a running server over HTTP. It returns what it was answered,
 * and the error, rather than throwing it, where that was no 2xx.
 */
interface SdkAnswer {
  readonly status?: number;
  // Bodies of every shape; whether they fit their schema is tested elsewhere.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data?: any;
  readonly message?: string;
  readonly response?: { readonly status: number; readonly data: unknown };
}

interface SdkSms {
  send(message: object): Promise<SdkAnswer>;
  preview(message: object): Promise<SdkAnswer>;
  get(limit?: number): Promise<SdkAnswer>;
  readonly reports: { get(filter: object): Promise<SdkAnswer> };
  readonly logs: { get(filter: object): Promise<SdkAnswer> };
  readonly scheduled: {
    get(bulkId: string): Promise<SdkAnswer>;
    reschedule(bulkId: string, sendAt: string): Promise<SdkAnswer>;
  };
  readonly status: {
    get(bulkId: string): Promise<SdkAnswer>;
    update(bulkId: string, status: string): Promise<SdkAnswer>;
  };
}

const clock = new FakeClock();
const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup, { clock });
const sink = await WebhookSink.start(cleanup, clock);
const tick = () => clock.advanceAndSettle(1_000);

/** The client puts https:// before a base URL without a scheme; with one it takes it as it is. */
function sdkOf(apiKey: string): { sms: SdkSms; whatsapp: { send(message: object): Promise<SdkAnswer> } } {
  return new Infobip({ baseUrl: server.url, authType: AuthType.ApiKey, apiKey }).channels as ReturnType<typeof sdkOf>;
}

const { secret } = await server.addKey();
const { sms, whatsapp } = sdkOf(secret);

/** Its body, of an answer that must be good. */
function bodyOf({ status, data, message, response }: SdkAnswer): NonNullable<SdkAnswer["data"]> {
  assert.equal(status, 200, `${message} ${JSON.stringify(response?.data)}`);
  return data as NonNullable<SdkAnswer["data"]>;
}

const TO = "385981234567";

test("a text is sent, reported once, logged, and on the phone", async () => {
  const text = { from: "Shop", destinations: [{ to: TO, messageId: "sdk-text" }], text: "Order 17 has shipped" };
  const sent = bodyOf(await sms.send({ type: "text", bulkId: "sdk-bulk", messages: [text] }));
  assert.equal(sent.bulkId, "sdk-bulk");
  const [answer] = sent.messages as { to: string; messageId: string; status: { groupName: string } }[];
  assert.deepEqual([answer?.to, answer?.messageId, answer?.status.groupName], [TO, "sdk-text", "PENDING"]);
  await server.untilState("sdk-text", ["delivered"], tick);
  assert.equal(server.sandbox.phones.messages(1, { to: TO })[0]?.text, "Order 17 has shipped");

  const { results } = bodyOf(await sms.reports.get({ bulkId: "sdk-bulk", limit: 10 }));
  assert.equal(results.length, 1);
  const [report] = results as Record<string, { name?: string }>[];
  assert.deepEqual([report?.["messageId"], report?.["status"]?.name], ["sdk-text", "DELIVERED_TO_HANDSET"]);
  assert.deepEqual(bodyOf(await sms.reports.get({ bulkId: "sdk-bulk" })).results, []);

  const [log] = bodyOf(await sms.logs.get({ messageId: "sdk-text" })).results as Record<string, unknown>[];
  assert.deepEqual([log?.["to"], log?.["from"], log?.["text"]], [TO, "Shop", "Order 17 has shipped"]);
});

test("text is the type of a message that names none, and the options of a text are heeded", async () => {
  const message = {
    from: "Shop",
    destinations: [{ to: TO, messageId: "sdk-a" }, { to: "447700900509" }],
    text: "Hi",
    notifyUrl: sink.url,
    callbackData: "order 17",
    validityPeriod: 60,
    deliveryTimeWindow: {
      days: ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
    },
  };
  const sent = bodyOf(await sms.send({ messages: [message] }));
  assert.equal(sent.messages.length, 2);
  await until("both ends are pushed", () => sink.reports.length === 2, tick);
  const told = sink.reports.map(({ status, callbackData }) => `${status.groupName} ${String(callbackData)}`);
  assert.deepEqual(told.toSorted(), ["DELIVERED order 17", "UNDELIVERABLE order 17"]);
});

test("a binary message is sent", async () => {
  const binary = { hex: "41 42 43", dataCoding: 0, esmClass: 0 };
  const message = { from: "Shop", destinations: [{ to: TO, messageId: "sdk-binary" }], binary };
  bodyOf(await sms.send({ type: "binary", messages: [message] }));
  const record = await server.untilState("sdk-binary", ["delivered"], tick);
  assert.deepEqual([record.encoding, record.text], ["BINARY", "41 42 43"]);
});

test("a query, for which the client puts its user name and password into the URL", async () => {
  const { id: username, secret: password } = await server.addKey();
  // It sends an Authorization header as well, which is Basic and says the same.
  const basic = new Infobip({ baseUrl: server.url, authType: AuthType.Basic, username, password });
  const query = basic.channels as { sms: SdkSms };
  const answer = await query.sms.send({ type: "query", from: "Shop", to: [TO, "385981234568"], text: "Hi" });
  assert.equal(bodyOf(answer).messages.length, 2);
});

test("a text is previewed", async () => {
  const { originalText, previews } = bodyOf(await sms.preview({ text: "x".repeat(170), languageCode: "TR" }));
  assert.equal(originalText.length, 170);
  assert.equal((previews as { messageCount: number }[])[0]?.messageCount, 2);
});

test("a WhatsApp text is sent", async () => {
  const message = { from: "447700900001", to: TO, messageId: "sdk-whatsapp", content: { text: "Hi" } };
  const sent = bodyOf(await whatsapp.send({ type: "text", ...message }));
  assert.deepEqual([sent.to, sent.messageId, sent.status.groupName], [TO, "sdk-whatsapp", "PENDING"]);
  await server.untilState("sdk-whatsapp", ["delivered"], tick);
});

test("what is wrong comes back as the client gives it to its caller", async () => {
  const denied = await sdkOf("nobody").sms.send({ messages: [{ destinations: [{ to: TO }], text: "Hi" }] });
  assert.equal(denied.response?.status, 401);
  const answer = await sms.send({ messages: [{ destinations: [{ to: TO }], text: "Hi", validityPeriod: "soon" }] });
  assert.ok(answer.response !== undefined);
  assert.equal(answer.response.status, 400);
  const { requestError } = answer.response.data as { requestError: Record<string, Record<string, unknown>> };
  const { serviceException } = requestError;
  assert.equal(serviceException?.["messageId"], "BAD_REQUEST");
  assert.deepEqual(Object.keys(serviceException?.["validationErrors"] ?? {}), ["messages[0].validityPeriod"]);
});

/** False, or the plain reason to skip: the server does not have the operation. */
function missing(method: string, path: string): string | false {
  const isThere = (Object.values(OPERATIONS) as Operation[]).some((one) => one.method === method && one.path === path);
  return isThere ? false : `${method} ${path} is not served`;
}

const BULKS = missing("GET", "/sms/1/bulks") || missing("PUT", "/sms/1/bulks");
const BULK_STATUS = missing("GET", "/sms/1/bulks/status") || missing("PUT", "/sms/1/bulks/status");

/** Scheduled for `hours` from now, in a bulk of its own. */
async function schedule(bulkId: string, hours: number) {
  const sendAt = new Date(clock.now() + hours * 3_600_000).toISOString().replace("Z", "+0000");
  const message = { from: "Shop", destinations: [{ to: TO, messageId: `${bulkId}-message` }], text: "Later", sendAt };
  bodyOf(await sms.send({ bulkId, messages: [message] }));
  assert.equal((await server.message(`${bulkId}-message`))?.state, "held");
  return sendAt;
}

test("a scheduled text waits, and leaves at its time", async () => {
  await schedule("sdk-later", 2);
  clock.set(clock.now() + 2 * 3_600_000);
  await server.untilState("sdk-later-message", ["delivered"], tick);
});

test("a bulk's time is read and changed", { skip: BULKS }, async () => {
  const sendAt = await schedule("sdk-moved", 5);
  const before = bodyOf(await sms.scheduled.get("sdk-moved"));
  assert.deepEqual([before.bulkId, Date.parse(before.sendAt as string)], ["sdk-moved", Date.parse(sendAt)]);
  const later = new Date(clock.now() + 7 * 3_600_000).toISOString().replace("Z", "+0000");
  const after = bodyOf(await sms.scheduled.reschedule("sdk-moved", later));
  assert.deepEqual([after.bulkId, Date.parse(after.sendAt as string)], ["sdk-moved", Date.parse(later)]);
  assert.equal((await server.message("sdk-moved-message"))?.state, "held");
  assert.equal((await sms.scheduled.get("sdk-unknown")).response?.status, 404);
});

test("a bulk is paused, goes on, and is canceled", { skip: BULK_STATUS }, async () => {
  await schedule("sdk-canceled", 5);
  assert.equal(bodyOf(await sms.status.get("sdk-canceled")).status, "PENDING");
  for (const status of ["PAUSED", "PENDING", "CANCELED"]) {
    const answer = bodyOf(await sms.status.update("sdk-canceled", status));
    assert.deepEqual([answer.bulkId, answer.status], ["sdk-canceled", status]);
  }
  await server.untilState("sdk-canceled-message", ["canceled"], tick);
});

test("the inbox is read", { skip: missing("GET", "/sms/1/inbox/reports") }, async () => {
  const { results, messageCount } = bodyOf(await sms.get(10));
  assert.deepEqual([results, messageCount], [[], 0]);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  AccountBalance,
  DeliveryReports,
  parseDate,
  SingleMessageInfo,
  SmsLogs,
  SmsResponseEnvelope,
  WhatsAppDeliveryReports,
} from "@posthorn/contract";
import { oneSms } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { assertFits, SKIP } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, createFolder, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup, {
  settings: { "account.pricePerMessage": 0.05, "account.currency": "USD", "account.balance": 12.5 },
});
const { client } = server;
const sink = await WebhookSink.start(cleanup);

if (SKIP !== false) test("bodies are compared with Infobip's documents", { skip: SKIP }, () => undefined);

const ok = (path: string, method: string) => ["paths", path, method, "responses", "200"];

test("an SMS makes the whole way: accepted, delivered, reported once, and in the log as often as one asks", async () => {
  const answer = await client.send(
    oneSms(
      {
        options: { platform: { entityId: "e1", applicationId: "a1" }, campaignReferenceId: "spring" },
        webhooks: { callbackData: "my order 7" },
      },
      { messageId: "whole-way" },
    ),
  );
  assertFits(answer, SmsResponseEnvelope, "sms", ok("/sms/3/messages", "post"));
  await server.untilState("whole-way", ["delivered"]);

  const first = await client.call("GET", "/sms/3/reports?messageId=whole-way");
  assertFits(first.body, DeliveryReports, "sms", ok("/sms/3/reports", "get"));
  const [report, ...rest] = first.body.results;
  const { sentAt, doneAt, status, error, ...shown } = report;
  assert.deepEqual(rest, []);
  assert.deepEqual(shown, {
    bulkId: answer.bulkId,
    messageId: "whole-way",
    to: "385981234567",
    sender: "Posthorn",
    messageCount: 1,
    price: { pricePerMessage: 0.05, currency: "USD" },
    callbackData: "my order 7",
    platform: { entityId: "e1", applicationId: "a1" },
    campaignReferenceId: "spring",
  });
  assert.deepEqual([status.groupId, status.groupName, status.id], [3, "DELIVERED", 5]);
  assert.deepEqual([error.groupName, error.id, error.permanent], ["OK", 0, false]);
  for (const date of [sentAt, doneAt]) assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  assert.ok((parseDate(sentAt) ?? Infinity) <= (parseDate(doneAt) ?? 0));

  const second = await client.call("GET", "/sms/3/reports?messageId=whole-way");
  assert.deepEqual([second.status, second.body], [200, { results: [] }]);

  for (const _ of [1, 2]) {
    const log = await client.call("GET", "/sms/3/logs?messageId=whole-way");
    assertFits(log.body, SmsLogs, "sms", ok("/sms/3/logs", "get"));
    const [{ to, callbackData: __, ...common }] = [{ ...report }];
    assert.deepEqual(log.body.results, [
      { ...common, destination: to, content: { text: "Hi" }, platform: { entityId: "e1", applicationId: "a1" } },
    ]);
  }
});

test("what the request did not name is absent, and the application is the default one", async () => {
  await client.send(oneSms({}, { messageId: "plain" }));
  await server.untilState("plain", ["delivered"]);
  const [report] = await client.reports("messageId=plain");
  assert.deepEqual(report?.platform, { applicationId: "default" });
  for (const name of ["callbackData", "campaignReferenceId", "mccMnc"]) assert.ok(!(name in (report ?? {})), name);
});

test("a WhatsApp text makes the whole way and is reported to its webhook, in WhatsApp's shape", async () => {
  const answer = await client.whatsApp({
    from: "441134960000",
    to: "385981234567",
    messageId: "wa-1",
    content: { text: "Hi" },
    callbackData: "my chat",
    notifyUrl: sink.url,
  });
  assertFits(answer.body, SingleMessageInfo, "whatsapp", ok("/whatsapp/1/message/text", "post"));
  const call = await until("the report came", () =>
    sink.calls.find(({ reports }) => reports.some(({ messageId }) => messageId === "wa-1")),
  );
  const body = JSON.parse(call.text) as { results: Record<string, unknown>[] };
  assertFits(body, WhatsAppDeliveryReports, "whatsapp", [
    "webhooks",
    "receive-whatsapp-delivery-reports",
    "post",
    "requestBody",
  ]);
  const [report] = body.results;
  assert.deepEqual(
    [report?.["bulkId"], report?.["to"], report?.["messageCount"], report?.["callbackData"]],
    ["", "385981234567", 1, "my chat"],
  );
  assert.equal((report?.["status"] as { groupName: string } | undefined)?.groupName, "DELIVERED");
});

test("an SMS is reported to its webhook in the same words as to one who pulls, and then not to be pulled", async () => {
  await client.send(
    oneSms({ webhooks: { delivery: { url: sink.url }, callbackData: "pushed" } }, { messageId: "pushed" }),
  );
  await client.send(oneSms({ webhooks: { callbackData: "pushed" } }, { messageId: "pulled" }));
  const call = await until("the report came", () =>
    sink.calls.find(({ reports }) => reports.some(({ messageId }) => messageId === "pushed")),
  );
  assertFits(JSON.parse(call.text), DeliveryReports, "sms", [
    "webhooks",
    "receive-outbound-sms-message-reports-v3",
    "post",
    "requestBody",
  ]);
  assert.equal(call.headers["content-type"], "application/json");
  await server.untilState("pulled", ["delivered"]);
  const [pulled] = await client.reports("messageId=pulled");
  const pushed = call.reports.find(({ messageId }) => messageId === "pushed");
  const own = { messageId: "", bulkId: "", sentAt: "", doneAt: "" };
  assert.deepEqual({ ...pushed, ...own }, { ...pulled, ...own });
  assert.deepEqual(await client.reports("messageId=pushed"), []);
});

test("the balance is what the configuration says", async () => {
  const { body } = await client.call("GET", "/account/1/balance");
  assertFits(body, AccountBalance, "account-management", ok("/account/1/balance", "get"));
  assert.deepEqual(body, { balance: 12.5, currency: "USD" });
});

test("reports and logs are filtered by every name that a request gave", async (t) => {
  const own = await startTestServer(t);
  const options = (campaignReferenceId: string, applicationId: string, entityId: string) => ({
    options: { campaignReferenceId, platform: { applicationId, entityId } },
  });
  const bulk = (bulkId: string) => ({ options: { schedule: { bulkId } } });
  await own.client.send({ ...oneSms(options("c1", "a1", "e1"), { messageId: "f1" }), ...bulk("b1") });
  await own.client.send({ ...oneSms(options("c2", "a1", "e2"), { messageId: "f2" }), ...bulk("b2") });
  await own.client.send({
    ...oneSms({ ...options("c2", "a2", "e1"), sender: "Other" }, { messageId: "f3" }),
    ...bulk("b2"),
  });
  await own.client.send(oneSms({}, { messageId: "f4", to: "" }));
  await own.untilAllEnded();
  const logged = async (query: string) =>
    ((await own.client.logs(query)).results ?? []).map(({ messageId = "" }) => messageId).toSorted();
  assert.deepEqual(await logged("campaignReferenceId=c2"), ["f2", "f3"]);
  assert.deepEqual(await logged("campaignReferenceId=c1,c2"), ["f1", "f2", "f3"]);
  assert.deepEqual(await logged("applicationId=a1"), ["f1", "f2"]);
  assert.deepEqual(await logged("applicationId=a1&entityId=e2"), ["f2"]);
  assert.deepEqual(await logged("bulkId=b2&bulkId=b1"), ["f1", "f2", "f3"]);
  assert.deepEqual(await logged("messageId=f1, f3"), ["f1", "f3"]);
  assert.deepEqual(await logged("sender=Other"), ["f3"]);
  assert.deepEqual(await logged("destination=385981234567&sender=Posthorn"), ["f1", "f2"]);
  assert.deepEqual(await logged(`destination=${encodeURIComponent("+385981234567")}&bulkId=b1`), ["f1"]);
  assert.deepEqual(await logged("destination=+385981234567&bulkId=b1"), ["f1"]);
  assert.deepEqual(await logged("generalStatus=REJECTED"), ["f4"]);
  assert.deepEqual(await logged("generalStatus=DELIVERED"), ["f1", "f2", "f3"]);
  assert.deepEqual(await logged("generalStatus=PENDING"), []);
  assert.deepEqual(await logged("mcc=219"), []);
  const reported = async (query: string) =>
    (await own.client.reports(query)).map(({ messageId = "" }) => messageId).toSorted();
  assert.deepEqual(await reported("campaignReferenceId=c2"), ["f2", "f3"]);
  assert.deepEqual(await reported("applicationId=a1"), ["f1"]);
  assert.deepEqual(await reported("bulkId=b1"), []);
  assert.deepEqual(await reported(""), ["f4"]);
});

test("the log is walked with a cursor: newest first, every message once, although new ones come meanwhile", async (t) => {
  const own = await startTestServer(t);
  const ids = Array.from({ length: 25 }, (_, index) => `page-${String(index).padStart(2, "0")}`);
  for (const messageId of ids) await own.client.send(oneSms({}, { messageId }));
  await own.untilAllEnded();
  const [seen, sizes]: [string[], number[]] = [[], []];
  let cursor = "";
  for (let page = 0; page < 10; page += 1) {
    const { results = [], cursor: info } = await own.client.logs(`limit=10&useCursor=true${cursor}`);
    assert.equal(info?.limit, 10);
    sizes.push(results.length);
    seen.push(...results.map(({ messageId = "" }) => messageId));
    if (info?.nextCursor === undefined) break;
    cursor = `&cursor=${info.nextCursor}`;
    await own.client.send(oneSms());
  }
  assert.deepEqual(seen, ids.toReversed());
  assert.deepEqual(sizes, [10, 10, 5], "the last page has no cursor");
});

test("reports come a page at a time, the oldest first, each once", async (t) => {
  const own = await startTestServer(t);
  const destinations = Array.from({ length: 120 }, (_, index) => ({ to: "385981234567", messageId: `r${index}` }));
  await own.client.send(oneSms({ destinations }));
  await own.untilAllEnded();
  const sizes: number[] = [];
  const seen = new Set<string | undefined>();
  for (const query of ["", "limit=60", "limit=1000", ""]) {
    const reports = await own.client.reports(query);
    sizes.push(reports.length);
    for (const { messageId } of reports) seen.add(messageId);
  }
  assert.deepEqual(sizes, [50, 60, 10, 0]);
  assert.equal(seen.size, 120);
});

test("many who pull at the same time share the reports, and nobody gets one that another has", async (t) => {
  const own = await startTestServer(t);
  const destinations = Array.from({ length: 200 }, (_, index) => ({ to: "385981234567", messageId: `p${index}` }));
  await own.client.send(oneSms({ destinations }));
  await own.untilAllEnded();
  const pulled = await Promise.all(Array.from({ length: 30 }, () => own.client.reports("limit=10")));
  const ids = pulled.flat().map(({ messageId }) => messageId);
  assert.deepEqual([ids.length, new Set(ids).size], [200, 200]);
});

test("reports and logs reach back 48 hours", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock });
  await own.client.send(oneSms({}, { messageId: "old" }));
  await own.untilState("old", ["delivered"], () => clock.advanceAndSettle(1));
  clock.set(clock.now() + 48 * 3_600_000 + 1_000);
  assert.deepEqual(await own.client.reports(), []);
  assert.deepEqual((await own.client.logs()).results, []);
  assert.deepEqual((await own.client.logs("sentSince=2001-01-01T00:00:00.000%2B0000")).results, []);
});

test("the virtual phone gets every message once, with what was sent", async (t) => {
  const folder = createFolder(t);
  const journal = join(folder, "phone.jsonl");
  const own = await startTestServer(t, { folder, settings: { "sandbox.journal": journal } });
  await own.client.send(oneSms({ content: { text: "Grüße €" } }, { messageId: "j1" }));
  await own.untilState("j1", ["delivered"]);
  const lines = readFileSync(journal, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map(({ messageId, to, text, channel, parts }) => ({ messageId, to, text, channel, parts })),
    [{ messageId: "j1", to: "385981234567", text: "Grüße €", channel: "SMS", parts: 1 }],
  );
});

test("a paused sandbox keeps everything waiting until it is resumed", async (t) => {
  const own = await startTestServer(t, { settings: { "sandbox.paused": true } });
  await own.client.send(oneSms({}, { messageId: "waits" }));
  await own.settle();
  assert.equal((await own.message("waits"))?.state, "queued");
  assert.equal((await own.client.logs()).results?.[0]?.status?.groupName, "PENDING");
  own.sandbox.resume();
  await own.untilState("waits", ["delivered"]);
});

test("the operator sees one message with its state, route and carrier, and a ledger that closes", async () => {
  await client.send(oneSms({}, { messageId: "operated" }));
  await server.untilState("operated", ["delivered"]);
  const message = await client.call("GET", "/posthorn/1/messages/operated");
  assert.equal(message.status, 200);
  assert.deepEqual([message.body.state, message.body.carrier, message.body.status.id], ["delivered", "sandbox", 5]);
  assert.ok(!("text" in message.body) && !message.text.includes("Hi"), "the text is the customer's own");
  const ledger = await client.call("GET", "/posthorn/1/ledger");
  assert.equal(ledger.body.closes, true);
  assert.ok(ledger.body.rows.length > 0);
});

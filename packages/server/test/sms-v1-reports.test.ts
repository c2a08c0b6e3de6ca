import assert from "node:assert/strict";
import { test } from "node:test";
import { DeliveryReports, SmsLogsV1, SmsReportsV1 } from "@posthorn/contract";
import { oneSms } from "./harness/api-client.ts";
import { assertFits, SKIP } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const TO = "385981234567";

const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup, { settings: { "account.pricePerMessage": 0.05 } });
const { client } = server;
const sink = await WebhookSink.start(cleanup);

if (SKIP !== false) test("bodies are compared with Infobip's documents", { skip: SKIP }, () => undefined);

const ok = (path: string) => ["paths", path, "get", "responses", "200"];
const PUSH = ["webhooks", "receive-outbound-sms-message-reports", "post", "requestBody"];
const PUSH_V3 = ["webhooks", "receive-outbound-sms-message-reports-v3", "post", "requestBody"];

const oldSms = (messageId: string, message: object = {}) => ({
  messages: [{ from: "Posthorn", destinations: [{ to: TO, messageId }], text: "Hi", ...message }],
});

async function sendOld(messageId: string, message: object = {}): Promise<string> {
  const answer = await client.call("POST", "/sms/2/text/advanced", { json: oldSms(messageId, message) });
  assert.equal(answer.status, 200, answer.text);
  return (answer.body as { bulkId: string }).bulkId;
}

async function pullV1(query = ""): Promise<SmsReportsV1> {
  const answer = await client.call("GET", `/sms/1/reports?${query}`);
  assertFits(answer.body, SmsReportsV1, "sms", ok("/sms/1/reports"));
  return answer.body as SmsReportsV1;
}

async function logsV1(query = ""): Promise<SmsLogsV1> {
  const answer = await client.call("GET", `/sms/1/logs?${query}`);
  assertFits(answer.body, SmsLogsV1, "sms", ok("/sms/1/logs"));
  return answer.body as SmsLogsV1;
}

test("a message of version 2 is reported and logged in the older shape", async () => {
  const bulkId = await sendOld("old-1", {
    callbackData: "order 7",
    entityId: "e1",
    applicationId: "a1",
    campaignReferenceId: "spring",
  });
  await server.untilState("old-1", ["delivered"]);
  const { results: logs = [] } = await logsV1("messageId=old-1");
  const { results: reports = [] } = await pullV1("messageId=old-1");
  const [{ sentAt, doneAt, status, error, ...report } = {}, ...rest] = reports;
  const common = {
    bulkId,
    messageId: "old-1",
    to: TO,
    from: "Posthorn",
    smsCount: 1,
    price: { pricePerMessage: 0.05, currency: "EUR" },
    entityId: "e1",
    applicationId: "a1",
    campaignReferenceId: "spring",
  };
  assert.deepEqual([rest, report], [[], { ...common, callbackData: "order 7" }]);
  assert.deepEqual([status?.groupId, status?.groupName, status?.id], [3, "DELIVERED", 5]);
  assert.deepEqual([error?.groupId, error?.groupName, error?.name, error?.permanent], [0, "Ok", "NO_ERROR", false]);
  for (const date of [sentAt, doneAt]) assert.match(date ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  assert.deepEqual(logs, [{ ...common, sentAt, doneAt, status, error, text: "Hi" }]);
});

test("what the request did not name is absent, and the application is the default one", async () => {
  await sendOld("old-plain");
  await server.untilState("old-plain", ["delivered"]);
  const [report] = (await pullV1("messageId=old-plain")).results ?? [];
  assert.equal(report?.applicationId, "default");
  for (const name of ["entityId", "callbackData", "campaignReferenceId", "mccMnc", "platform", "sender"]) {
    assert.ok(!(name in (report ?? {})), name);
  }
});

test("either version gives a report of either version, in its own shape, and none of them twice", async (t) => {
  const own = await startTestServer(t);
  for (const messageId of ["n1", "n2"]) await own.client.send(oneSms({}, { messageId }));
  for (const messageId of ["o1", "o2"]) {
    const answer = await own.client.call("POST", "/sms/2/text/advanced", { json: oldSms(messageId) });
    assert.equal(answer.status, 200);
  }
  await own.untilAllEnded();
  const pull = async (version: 1 | 3, messageId: string) =>
    (await own.client.call("GET", `/sms/${version}/reports?messageId=${messageId}`)).body.results;
  for (const [messageId, first] of [
    ["n1", 1],
    ["n2", 3],
    ["o1", 1],
    ["o2", 3],
  ] as const) {
    const [report, ...rest] = await pull(first, messageId);
    assert.deepEqual([report.messageId, report.to, rest], [messageId, TO, []]);
    const [names, others] = [
      ["from", "smsCount", "applicationId"],
      ["sender", "messageCount", "platform"],
    ];
    for (const name of first === 1 ? (names ?? []) : (others ?? [])) assert.ok(name in report, name);
    for (const name of first === 1 ? (others ?? []) : (names ?? [])) assert.ok(!(name in report), name);
    for (const version of [1, 3] as const) assert.deepEqual(await pull(version, messageId), []);
  }
});

test("many who pull in both versions at once share the reports", async (t) => {
  const own = await startTestServer(t);
  const destinations = Array.from({ length: 100 }, (_, index) => ({ to: TO, messageId: `s${index}` }));
  await own.client.send(oneSms({ destinations }));
  await own.untilAllEnded();
  const calls = Array.from({ length: 20 }, (_, index) =>
    own.client.call("GET", `/sms/${index % 2 === 0 ? 1 : 3}/reports?limit=10`),
  );
  const ids = (await Promise.all(calls)).flatMap(({ body }) => body.results as { messageId: string }[]);
  assert.deepEqual([ids.length, new Set(ids.map(({ messageId }) => messageId)).size], [100, 100]);
});

test("the logs of version 1 filter by the names of version 1 and have at most as many as is asked", async (t) => {
  const own = await startTestServer(t);
  const send = async (json: object, path = "/sms/2/text/advanced") =>
    assert.equal((await own.client.call("POST", path, { json })).status, 200);
  await send({ ...oldSms("f1", { applicationId: "a1", campaignReferenceId: "c1" }), bulkId: "b1" });
  await send({ ...oldSms("f2", { from: "Other", entityId: "e2" }), bulkId: "b2" });
  await send(
    { messages: [{ destinations: [{ to: "385981234568", messageId: "f3" }], binary: { hex: "00ff" } }] },
    "/sms/2/binary/advanced",
  );
  await send(oldSms("f4", { destinations: [{ to: "nobody", messageId: "f4" }] }));
  await own.untilAllEnded();
  const logged = async (query: string) => {
    const { status, text, body } = await own.client.call("GET", `/sms/1/logs?${query}`);
    assert.equal(status, 200, text);
    return (body as SmsLogsV1).results?.map(({ messageId = "" }) => messageId).toSorted();
  };
  assert.deepEqual(await logged(""), ["f1", "f2", "f3", "f4"]);
  assert.deepEqual(await logged("from=Other"), ["f2"]);
  assert.deepEqual(await logged("to=385981234568"), ["f3"]);
  assert.deepEqual(await logged("to=+385981234568"), ["f3"]);
  assert.deepEqual(await logged("bulkId=b1,b2"), ["f1", "f2"]);
  assert.deepEqual(await logged("messageId=f1&messageId=f3"), ["f1", "f3"]);
  assert.deepEqual(await logged("applicationId=a1"), ["f1"]);
  assert.deepEqual(await logged("entityId=e2"), ["f2"]);
  assert.deepEqual(await logged("campaignReferenceId=c1"), ["f1"]);
  assert.deepEqual(await logged("generalStatus=REJECTED"), ["f4"]);
  assert.deepEqual(await logged("mcc=219"), []);
  assert.deepEqual((await logged("limit=3"))?.length, 3);
  for (const query of ["limit=0", "limit=1001", "mnc=1", "generalStatus=LOST", "sentSince=now"]) {
    assert.equal((await own.client.call("GET", `/sms/1/logs?${query}`)).status, 400, query);
  }
});

test("the push has the shape of the version that sent, to one receiver in requests of their own", async () => {
  const notifyUrl = sink.url;
  await sendOld("push-old", { notifyUrl, callbackData: "mine", entityId: "e1" });
  const single = await client.call(
    "GET",
    `/sms/1/text/query?to=${TO}&text=Hi&notifyUrl=${encodeURIComponent(notifyUrl)}`,
  );
  const query = await client.call(
    "GET",
    `/sms/3/text/query?to=${TO}&text=Hi&notifyUrl=${encodeURIComponent(notifyUrl)}`,
  );
  await client.send(oneSms({ webhooks: { delivery: { url: notifyUrl } } }, { messageId: "push-new" }));
  const old = ["push-old", single.body.messages[0].messageId as string];
  const recent = ["push-new", query.body.messages[0].messageId as string];
  const callOf = (id: string) => sink.calls.find(({ reports }) => reports.some(({ messageId }) => messageId === id));
  for (const id of [...old, ...recent]) {
    const call = await until(`${id} is pushed`, () => callOf(id));
    const body = JSON.parse(call.text) as unknown;
    if (old.includes(id)) assertFits(body, SmsReportsV1, "sms", PUSH);
    else assertFits(body, DeliveryReports, "sms", PUSH_V3);
    const report = call.reports.find(({ messageId }) => messageId === id);
    const names = ["from", "smsCount", "applicationId"];
    for (const name of names) assert.equal(name in (report ?? {}), old.includes(id), `${id} ${name}`);
  }
  const report = callOf("push-old")?.reports.find(({ messageId }) => messageId === "push-old");
  assert.deepEqual([report?.["callbackData"], report?.["entityId"], report?.["to"]], ["mine", "e1", TO]);
  assert.deepEqual((await pullV1("messageId=push-old")).results, [], "a pushed report is not pulled as well");
});

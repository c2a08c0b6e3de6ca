import { DeliveryReports, readXml, SmsReportsV1 } from "@posthorn/contract";
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseXml } from "../src/http/xml-parser.ts";
import { type Answer, oneSms, violationsOf } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { type ReceivedCall, WebhookSink } from "./harness/webhook-sink.ts";
import type { TestContext } from "node:test";

/** Rejected at once, so its report is there as soon as it is accepted. */
const NOBODY = "nobody";

async function start(t: TestContext) {
  const clock = new FakeClock();
  const server = await startTestServer(t, { clock });
  const sink = await WebhookSink.start(t, clock);
  return { server, sink, clock };
}

const typeOf = (call: ReceivedCall | undefined) => call?.headers["content-type"];

const v3 = (url: string | undefined, contentType: string, messageId: string) =>
  oneSms({
    destinations: [{ to: NOBODY, messageId }],
    webhooks: { delivery: url === undefined ? {} : { url }, contentType, callbackData: "<&>" },
  });

test("a message of version 3 that asks for XML has its report pushed in XML", async (t) => {
  const { server, sink } = await start(t);
  await server.client.send(v3(sink.url, "application/xml", "one"));
  await until("the report is pushed", () => sink.calls.length > 0);
  const [call] = sink.calls;
  assert.equal(typeOf(call), "application/xml; charset=utf-8");
  assert.match(call?.text ?? "", /^<\?xml version="1.0" encoding="UTF-8"\?><DeliveryReports><results><result>/);
  const { results } = readXml(DeliveryReports, parseXml(Buffer.from(call?.text ?? ""))) as DeliveryReports;
  assert.equal(results?.length, 1);
  const [report] = results;
  assert.deepEqual([report?.messageId, report?.callbackData, report?.to], ["one", "<&>", NOBODY]);
  assert.deepEqual([report?.sender, report?.error?.permanent], ["Posthorn", report?.error?.permanent]);
  await until("it is delivered", () => server.webhooks().every(({ deliveredAt }) => deliveredAt !== null));
});

test("a message below version 3 has it in the older shape", async (t) => {
  const { server, sink } = await start(t);
  const message = { destinations: [{ to: NOBODY, messageId: "v2" }], text: "Hi" };
  const asked = { notifyUrl: sink.url, notifyContentType: "application/xml" };
  await server.client.call("POST", "/sms/2/text/advanced", { json: { messages: [{ ...message, ...asked }] } });
  await until("the report is pushed", () => sink.calls.length === 1);
  const query = new URLSearchParams({ to: NOBODY, text: "Hi", ...asked }).toString();
  await server.client.call("GET", `/sms/1/text/query?${query}`);
  await until("the second report is pushed", () => sink.calls.length === 2);
  for (const call of sink.calls) {
    assert.equal(typeOf(call), "application/xml; charset=utf-8");
    assert.match(call.text, /<reportResponse><results><result>/);
    const { results } = readXml(SmsReportsV1, parseXml(Buffer.from(call.text))) as SmsReportsV1;
    assert.equal(results?.[0]?.smsCount, 1);
    assert.equal(results[0].to, NOBODY);
  }
});

test("reports of one receiver in both types go in requests of their own", async (t) => {
  const { server, sink } = await start(t);
  const [first, second] = ["application/json", "Application/XML "].map(
    (type) => (v3(sink.url, type, type.trim()) as { messages: object[] }).messages[0],
  );
  await server.client.send({ messages: [first, second, first] });
  await until("all are pushed", () => sink.calls.length >= 2);
  assert.deepEqual(new Set(sink.calls.map(typeOf)), new Set(["application/json", "application/xml; charset=utf-8"]));
});

test("a push in XML that was not taken is sent again in XML", async (t) => {
  const { server, sink, clock } = await start(t);
  sink.behaviour = 500;
  await server.client.send(v3(sink.url, "application/xml", "again"));
  await until("it was refused", () => server.webhooks().some(({ attempts }) => attempts === 1));
  sink.behaviour = 200;
  await until(
    "it is pushed again",
    () => (sink.calls.length > 1 ? true : null),
    () => clock.advanceAndSettle(10_000),
  );
  assert.deepEqual(sink.calls[1]?.text, sink.calls[0]?.text);
  assert.equal(typeOf(sink.calls[1]), "application/xml; charset=utf-8");
});

test("any other content type is a 400 that names the property, in every version", async (t) => {
  const { server } = await start(t);
  const { client } = server;
  const url = "http://127.0.0.1:9/";
  const violation = "must be one of [application/json, application/xml]";
  const expect = (answer: Answer, property: string) => {
    assert.equal(answer.status, 400, answer.text);
    assert.deepEqual(violationsOf(answer), { [property]: violation });
  };
  expect(await client.sms(v3(url, "text/csv", "x")), "messages[0].webhooks.contentType");
  expect(await client.sms(v3(undefined, "application/xml; charset=utf-16", "x")), "messages[0].webhooks.contentType");
  const message = { destinations: [{ to: NOBODY }], notifyUrl: url, notifyContentType: "xml" };
  const text = { messages: [{ ...message, text: "Hi" }] };
  const binary = { messages: [{ ...message, binary: { hex: "00" } }] };
  expect(await client.call("POST", "/sms/2/text/advanced", { json: text }), "messages[0].notifyContentType");
  expect(await client.call("POST", "/sms/2/binary/advanced", { json: binary }), "messages[0].notifyContentType");
  for (const path of ["/sms/1/text/query", "/sms/3/text/query"]) {
    expect(await client.call("GET", `${path}?to=1&text=Hi&notifyContentType=text/plain`), "notifyContentType");
  }
  assert.equal((await server.ledger()).accepted, 0);
});

test("an empty content type, and XML without a URL, are accepted and change nothing", async (t) => {
  const { server, sink } = await start(t);
  await server.client.send(v3(sink.url, "", "empty"));
  await until("the report is pushed", () => sink.calls.length === 1);
  assert.equal(typeOf(sink.calls[0]), "application/json");
  await server.client.send(v3(undefined, "application/xml", "pulled"));
  assert.deepEqual(
    (await server.client.reports()).map(({ messageId }) => messageId),
    ["pulled"],
  );
});

/** What a subscription is told beside the ends of messages: what phones write, who followed a link, reports in XML. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { ask, subscribe } from "./harness/subscribing.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const PHONE = "385981234567";
const NUMBER = "447860099299";

async function start(t: TestContext, subscription: Readonly<Record<string, unknown>>, contentType?: string) {
  const settings = { "webhooks.allowPrivateTargets": "always", "tracking.baseUrl": "https://posthorn.example" };
  const server = await startTestServer(t, { settings });
  const sink = await WebhookSink.start(t);
  const profile = contentType === undefined ? {} : { webhook: { notifyUrl: sink.url, contentType } };
  await subscribe(server.client, sink.url, { subscription, profile });
  const call = () => until("the receiver was called", () => sink.calls[0] ?? null);
  const inbox = async () => (await ask(server.client, "GET", "/sms/1/inbox/reports")) as { results: readonly object[] };
  const write = (text: string) => ask(server.client, "POST", "/sandbox/inbound", { from: PHONE, to: NUMBER, text });
  return { server, sink, call, inbox, write };
}

test("a subscription to INBOUND_MESSAGE is told what a phone writes, and nothing waits to be pulled", async (t) => {
  const { call, inbox, write } = await start(t, { events: ["INBOUND_MESSAGE"] });
  await write("hello there");
  const body = JSON.parse((await call()).text) as { results: readonly Record<string, unknown>[]; messageCount: number };
  assert.equal(body.messageCount, 1);
  assert.deepEqual([body.results[0]?.["from"], body.results[0]?.["to"]], [PHONE, NUMBER]);
  assert.equal(body.results[0]?.["text"], "hello there");
  assert.deepEqual((await inbox()).results, []);
});

test("a message that no subscription is for waits to be pulled", async (t) => {
  const { sink, inbox, write } = await start(t, { events: ["INBOUND_MESSAGE"], resources: ["447860000000"] });
  await write("hello there");
  assert.equal((await inbox()).results.length, 1);
  assert.equal(sink.calls.length, 0);
});

test("a number's own configuration is above the subscription", async (t) => {
  const { server, sink, inbox, write } = await start(t, { events: ["INBOUND_MESSAGE"] });
  const configuration = { channel: "SMS", number: NUMBER, forwarding: { type: "PULL" } };
  await ask(server.client, "POST", "/resource-management/1/inbound-message-configurations", configuration);
  await write("hello there");
  assert.equal((await inbox()).results.length, 1);
  assert.equal(sink.calls.length, 0);
});

test("a subscription to CLICK is told who followed a link, where the request names no URL for that", async (t) => {
  const { server, call } = await start(t, { events: ["CLICK"] });
  const { messages } = await server.client.send({
    ...oneSms({ content: { text: "See https://shop.example/order/17 now" } }),
    options: { tracking: { shortenUrl: true, trackClicks: true } },
  });
  const { text = "" } = (await server.message(messages[0]?.messageId ?? "")) ?? {};
  const path = /https:\/\/posthorn\.example(\/l\/\w+)/.exec(text)?.[1] ?? "";
  const answer = await fetch(server.url + path, { redirect: "manual", headers: { "user-agent": "Mozilla/5.0" } });
  assert.equal(answer.status, 302);
  const body = JSON.parse((await call()).text) as Record<string, unknown>;
  assert.deepEqual(
    [body["notificationType"], body["recipient"], body["url"]],
    ["CLICKED", PHONE, "https://shop.example/order/17"],
  );
});

test("a profile may ask for reports in XML", async (t) => {
  const { server, call } = await start(t, { events: ["DELIVERY"] }, "application/xml");
  await server.client.send(oneSms());
  const { text, headers } = await call();
  assert.match(headers["content-type"] ?? "", /^application\/xml/);
  assert.match(text, /^<\?xml .*<results><result>.*DELIVERED_TO_HANDSET/s);
});

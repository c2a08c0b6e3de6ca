import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { carrierIdOf, FakeCarrier, receiptOf, submitted, temporary } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { schemaOf, SKIP } from "./harness/infobip-schemas.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const POLL_MS = 1_000;

async function start(t: TestContext, carrier = new FakeCarrier()) {
  const clock = new FakeClock();
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  const sink = await WebhookSink.start(t, clock);
  const tick = () => clock.advanceAndSettle(POLL_MS);
  const told = () => sink.reports.map(({ messageId, status }) => `${messageId} ${status.name}`);
  return { clock, carrier, server, sink, tick, told };
}

const ASKS = {
  "version 3": {
    path: "/sms/3/messages",
    body: (url: string) => oneSms({ webhooks: { delivery: { url, intermediateReport: true } } }, { messageId: "m" }),
    hook: "receive-outbound-sms-message-reports-v3",
  },
  "version 2": {
    path: "/sms/2/text/advanced",
    body: (url: string) => {
      const destinations = [{ to: "385981234567", messageId: "m" }];
      return { messages: [{ from: "Shop", destinations, text: "Hi", notifyUrl: url, intermediateReport: true }] };
    },
    hook: "receive-outbound-sms-message-reports",
  },
} as const;

for (const [version, { path, body, hook }] of Object.entries(ASKS)) {
  test(`${version}: who asks is told that the carrier has it, and then how it ended`, async (t) => {
    const { clock, carrier, server, sink, tick, told } = await start(t);
    assert.equal((await server.client.call("POST", path, { json: body(sink.url) })).status, 200);
    await until("the first is told", () => sink.reports.length === 1, tick);
    await carrier.emit(receiptOf(carrierIdOf("m"), "delivered", clock.now()));
    await until("the end is told", () => sink.reports.length === 2, tick);
    assert.deepEqual(told(), ["m PENDING_WAITING_DELIVERY", "m DELIVERED_TO_HANDSET"]);
    assert.equal(sink.reports[0]?.status.groupName, "PENDING");
    if (SKIP !== false) return t.diagnostic(SKIP);
    const schema = schemaOf("sms", ["webhooks", hook, "post", "requestBody"]);
    for (const { text } of sink.calls) assert.ok(schema?.(JSON.parse(text)), JSON.stringify(schema?.errors));
  });
}

test("a carrier that takes a message at its third try: one word on the way, one that it is there, one at the end", async (t) => {
  const carrier = new FakeCarrier({ answer: (message, nth) => (nth < 3 ? temporary : submitted(message, nth)) });
  const { clock, server, sink, tick, told } = await start(t, carrier);
  await server.client.send(ASKS["version 3"].body(sink.url));
  await server.untilState("m", ["submitted"], tick);
  await carrier.emit(receiptOf(carrierIdOf("m", 3), "undeliverable", clock.now()));
  await until("all is told", () => sink.reports.length === 3, tick);
  assert.deepEqual(told(), ["m PENDING_ENROUTE", "m PENDING_WAITING_DELIVERY", "m UNDELIVERABLE_NOT_DELIVERED"]);
});

test("who does not ask, wants no reports or has no URL is told nothing more than before", async (t) => {
  const { clock, carrier, server, sink, tick, told } = await start(t);
  const url = sink.url;
  const webhooks = {
    plain: { delivery: { url } },
    "says no": { delivery: { url, intermediateReport: false } },
    silent: { delivery: { url, intermediateReport: true, notify: false } },
    pulls: { delivery: { intermediateReport: true } },
  };
  for (const [messageId, wish] of Object.entries(webhooks)) {
    await server.client.send(oneSms({ webhooks: wish }, { messageId }));
  }
  for (const messageId of Object.keys(webhooks)) await server.untilState(messageId, ["submitted"], tick);
  await tick();
  await server.settle();
  assert.deepEqual(server.webhooks(), []);
  assert.deepEqual(await server.client.reports(), []);
  const ids = Object.keys(webhooks);
  await carrier.emit(...ids.map((messageId) => receiptOf(carrierIdOf(messageId), "delivered", clock.now())));
  await until("the ends are told", () => sink.reports.length === 2, tick);
  assert.deepEqual(told().toSorted(), ["plain DELIVERED_TO_HANDSET", "says no DELIVERED_TO_HANDSET"]);
  assert.deepEqual(
    (await server.client.reports()).map(({ messageId }) => messageId),
    ["pulls"],
  );
});

test("a text that speaks of intermediate reports asks for none", async (t) => {
  const { server, sink, tick } = await start(t);
  const content = { text: 'Ж "intermediateReport":true', transliteration: "CYRILLIC" };
  await server.client.send(oneSms({ content, webhooks: { delivery: { url: sink.url } } }, { messageId: "m" }));
  await server.untilState("m", ["submitted"], tick);
  await server.settle();
  assert.deepEqual(server.webhooks(), []);
});

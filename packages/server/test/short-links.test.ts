import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { get, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { CLICKS_TOLD_MAX } from "../src/tracking/clicks.ts";
import { oneSms, violationsOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { schemaOf, SKIP } from "./harness/infobip-schemas.ts";
import { startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const BASE = "https://go.example";
const TARGET = "https://shop.example/order?id=17&name=ü";
const TEXT = `Your order: ${TARGET}.`;
const LINK = /https:\/\/go\.example(\/l\/[0-9A-Za-z]{10})/g;
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

async function start(t: TestContext, settings: Record<string, string | number> = { "tracking.baseUrl": BASE }) {
  const clock = new FakeClock();
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { clock, carriers: [carrier], settings });
  return { clock, carrier, server, sink: await WebhookSink.start(t, clock) };
}

interface Followed {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** As a browser that follows no redirect. */
function follow(
  server: TestServer,
  path: string,
  headers: Record<string, string> = { "user-agent": IPHONE },
  method = "GET",
): Promise<Followed> {
  return new Promise((resolve, reject) => {
    const send = method === "GET" ? get : request;
    const call = send(server.url + path, { method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    call.on("error", reject);
    call.end();
  });
}

async function textOf(server: TestServer, messageId: string): Promise<string> {
  const message = await server.message(messageId);
  assert.ok(message !== null, `${messageId} is not there`);
  return message.text;
}

async function linkOf(server: TestServer, messageId: string): Promise<string> {
  const [[, path] = []] = (await textOf(server, messageId)).matchAll(LINK);
  assert.ok(path !== undefined, `${messageId} has no link`);
  return path;
}

const clicksOf = async (server: TestServer, path: string) =>
  (await server.store.findShortLink(path.slice("/l/".length)))?.clickCount;

interface Version {
  readonly path: string;
  readonly method?: string;
  /** The request that sends TEXT with short links, and the one that sends it without a word on them. */
  readonly body: (url: string | null) => object;
  /** Where a bad `trackingUrl` is named; null where the version has none. */
  readonly property: string | null;
}

const v2 = { from: "Shop", destinations: [{ to: "385981234567", messageId: "m" }], text: TEXT };

const VERSIONS: readonly Version[] = [
  {
    path: "/sms/3/messages",
    body: (url) => ({
      ...oneSms({ content: { text: TEXT } }, { messageId: "m" }),
      ...(url === null ? {} : { options: { tracking: { trackingUrl: url } } }),
    }),
    property: "options.tracking.trackingUrl",
  },
  {
    path: "/sms/2/text/advanced",
    body: (url) => ({ messages: [v2], ...(url === null ? {} : { urlOptions: { trackingUrl: url } }) }),
    property: "urlOptions.trackingUrl",
  },
  {
    path: "/sms/2/text/advanced (track: URL)",
    body: (url) => ({ messages: [v2], ...(url === null ? {} : { tracking: { track: "URL" } }) }),
    property: null,
  },
  {
    path: "/sms/3/text/query",
    method: "GET",
    body: (url) => ({ from: "Shop", to: "385981234567", text: TEXT, ...(url === null ? {} : { trackingUrl: url }) }),
    property: "trackingUrl",
  },
  {
    path: "/sms/1/text/query",
    method: "GET",
    body: (url) => ({ from: "Shop", to: "385981234567", text: TEXT, ...(url === null ? {} : { track: "URL" }) }),
    property: null,
  },
  {
    path: "/whatsapp/1/message/text",
    body: (url) => ({
      from: "447700900001",
      to: "385981234567",
      messageId: "m",
      content: { text: TEXT },
      ...(url === null ? {} : { urlOptions: { trackingUrl: url } }),
    }),
    property: "urlOptions.trackingUrl",
  },
];

function send(server: TestServer, { path, method = "POST" }: Version, body: object) {
  const [url = ""] = path.split(" ");
  if (method === "POST") return server.client.call(method, url, { json: body });
  return server.client.call(method, `${url}?${new URLSearchParams(body as Record<string, string>).toString()}`);
}

for (const version of VERSIONS) {
  test(`${version.path}: what asks for short links has them on the phone, and what does not is untouched`, async (t) => {
    const { server, sink, carrier, clock } = await start(t);
    const answer = await send(server, version, version.body(sink.url));
    assert.equal(answer.status, 200, answer.text);
    const tick = () => clock.advanceAndSettle(1_000);
    await until("the carrier has it", () => carrier.handed.length === 1, tick);
    const [message] = carrier.handed;
    assert.match(message?.text ?? "", /^Your order: https:\/\/go\.example\/l\/[0-9A-Za-z]{10}\.$/);
    assert.equal((JSON.parse(message?.options ?? "{}") as { originalText?: string }).originalText, TEXT);
    const path = await linkOf(server, message?.messageId ?? "");
    const { status, headers } = await follow(server, path);
    assert.equal(status, 302);
    assert.equal(headers.location, "https://shop.example/order?id=17&name=%C3%BC");
    assert.equal(await clicksOf(server, path), 1);

    const plain = version.body(null);
    const replaced = JSON.parse(JSON.stringify(plain).replaceAll('"messageId":"m"', '"messageId":"n"')) as object;
    assert.equal((await send(server, version, replaced)).status, 200);
    await until("the carrier has the other", () => carrier.handed.length === 2, tick);
    assert.equal(carrier.handed[1]?.text, TEXT);
    assert.ok(!(carrier.handed[1]?.options ?? "").includes("originalText"));
  });

  if (version.property === null) continue;
  test(`${version.path}: a place for clicks that is no web address is refused by its name`, async (t) => {
    const { server } = await start(t);
    const answer = await send(server, version, version.body("javascript:alert(1)"));
    assert.equal(answer.status, 400);
    assert.deepEqual(Object.keys(violationsOf(answer)), [version.property]);
    assert.equal((await server.ledger()).accepted, 0);
  });

  test(`${version.path}: without an address of our own the text goes out as it was written`, async (t) => {
    const { server, carrier, clock } = await start(t, {});
    assert.equal((await send(server, version, version.body("https://a.example/clicks"))).status, 200);
    await until(
      "the carrier has it",
      () => carrier.handed.length === 1,
      () => clock.advanceAndSettle(1_000),
    );
    assert.equal(carrier.handed[0]?.text, TEXT);
  });
}

test("each destination has a link of its own, so that a click tells who it was", async (t) => {
  const { server, sink, clock } = await start(t);
  const destinations = ["385981234567", "385981234568"].map((to) => ({ to, messageId: `to-${to}` }));
  const platform = { applicationId: "shop", entityId: "orders" };
  await server.client.send({
    ...oneSms({
      content: { text: TEXT },
      destinations,
      options: { platform },
      webhooks: { callbackData: "order 17" },
    }),
    options: { tracking: { trackingUrl: sink.url }, schedule: { bulkId: "bulk" } },
  });
  const [one, other] = await Promise.all(destinations.map(({ messageId }) => linkOf(server, messageId)));
  assert.ok(one !== undefined && other !== undefined && one !== other);
  const at = clock.now();
  assert.equal((await follow(server, other)).status, 302);
  await until(
    "the click is told",
    () => sink.calls.length === 1,
    () => clock.advanceAndSettle(1_000),
  );
  const body = JSON.parse(sink.calls[0]?.text ?? "") as unknown;
  assert.deepEqual(body, {
    notificationType: "CLICKED",
    recipient: "385981234568",
    url: TARGET,
    sendDateTime: at,
    messageId: "to-385981234568",
    bulkId: "bulk",
    callbackData: "order 17",
    recipientInfo: { deviceType: "Phone", os: "iOS 17.5", deviceName: "Apple" },
    ...platform,
  });
  if (SKIP === false) {
    const schema = schemaOf("sms", ["webhooks", "receive-sms-tracking-notification", "post", "requestBody"]);
    assert.ok(schema !== null && schema(body), JSON.stringify(schema?.errors));
  } else t.diagnostic(SKIP);
  assert.deepEqual([await clicksOf(server, one), await clicksOf(server, other)], [0, 1]);
});

test("every click is told alone, and again when its receiver was away", async (t) => {
  const { server, sink, clock } = await start(t);
  sink.behave = () => (sink.calls.length <= 2 ? 503 : 200);
  const tracking = { trackingUrl: sink.url };
  await server.client.send({ ...oneSms({ content: { text: TEXT } }, { messageId: "m" }), options: { tracking } });
  const path = await linkOf(server, "m");
  await follow(server, path);
  await follow(server, path);
  assert.equal(await clicksOf(server, path), 2);
  await until("both have failed", () => sink.calls.length === 2);
  clock.set(clock.now() + 60_000);
  await until(
    "both are told",
    () => sink.calls.length === 4,
    () => clock.advanceAndSettle(1_000),
  );
  for (const { text } of sink.calls) {
    assert.equal((JSON.parse(text) as { notificationType: string }).notificationType, "CLICKED");
  }
});

test("trackClicks false and no place to tell: clicks are counted and nobody is told", async (t) => {
  const { server, sink, clock } = await start(t);
  const untold = { trackClicks: false, trackingUrl: sink.url };
  for (const [messageId, tracking] of [["untold", untold] as const, ["nowhere", {}] as const]) {
    await server.client.send({ ...oneSms({ content: { text: TEXT } }, { messageId }), options: { tracking } });
    const path = await linkOf(server, messageId);
    assert.equal((await follow(server, path)).status, 302);
    assert.equal(await clicksOf(server, path), 1);
  }
  await clock.advanceAndSettle(5_000);
  await server.settle();
  assert.deepEqual(sink.calls, []);
  assert.deepEqual(server.webhooks(), []);
});

test("a link that is followed for ever fills no disk: after a thousand clicks it only counts", async (t) => {
  const { server, sink } = await start(t);
  const options = { tracking: { trackingUrl: sink.url } };
  await server.client.send({ ...oneSms({ content: { text: TEXT } }, { messageId: "m" }), options });
  const path = await linkOf(server, "m");
  const click = { code: path.slice("/l/".length), event: null };
  await server.store.recordClicks(Array.from({ length: CLICKS_TOLD_MAX - 1 }, () => click));
  for (let nth = 0; nth < 3; nth += 1) assert.equal((await follow(server, path)).status, 302);
  assert.equal(await clicksOf(server, path), CLICKS_TOLD_MAX + 2);
  await until("the last of them is told", () => sink.calls.length > 0);
  await server.settle();
  assert.equal(sink.calls.length, 1);
});

test("programs, prefetches and HEAD are led on and are no clicks", async (t) => {
  const { server } = await start(t);
  await server.client.send({ ...oneSms({ content: { text: TEXT } }, { messageId: "m" }), options: { tracking: {} } });
  const path = await linkOf(server, "m");
  const quiet = [
    await follow(server, path, { "user-agent": "facebookexternalhit/1.1" }),
    await follow(server, path, { "user-agent": IPHONE, "sec-purpose": "prefetch" }),
    await follow(server, path, { "user-agent": IPHONE }, "HEAD"),
  ];
  for (const { status, headers, text } of quiet) {
    assert.equal(status, 302);
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(text, "");
  }
  assert.equal(await clicksOf(server, path), 0);
});

test("an unknown link is a page that says so, without a key and kept by nobody", async (t) => {
  const { server } = await start(t);
  for (const path of ["/l/0123456789", "/l/short", "/l/%00%00", `/l/${"a".repeat(200)}`]) {
    const { status, headers, text } = await follow(server, path);
    assert.equal(status, 404, path);
    assert.match(headers["content-type"] ?? "", /^text\/html/);
    assert.equal(headers["cache-control"], "no-store");
    assert.match(text, /Link not found/);
    assert.ok(!text.includes(path));
  }
  assert.equal((await follow(server, "/l/0123456789", {}, "HEAD")).status, 404);
  assert.equal((await follow(server, "/l/0123456789", {}, "POST")).status, 404);
});

test("parts are counted of what is sent: a long URL costs no part once it is short, and a bad character still does", async (t) => {
  const { server } = await start(t);
  const long = `https://shop.example/${"x".repeat(300)}ж`;
  const partsOf = async (text: string, options: object) => {
    const answer = await server.client.send({ ...oneSms({ content: { text } }), options });
    return answer.messages[0]?.details?.messageCount;
  };
  assert.equal(await partsOf(`Order ${long}`, {}), 5);
  assert.equal(await partsOf(`Order ${long}`, { tracking: {} }), 1);
  assert.equal(await partsOf(`Order ${long} ${"ж".repeat(70)}`, { tracking: {} }), 2);
});

test("a link is not touched by transliteration, and neither is where it leads", async (t) => {
  const { server } = await start(t);
  const content = { text: `Привет ${TARGET}`, transliteration: "CYRILLIC" };
  await server.client.send({ ...oneSms({ content }, { messageId: "m" }), options: { tracking: {} } });
  const path = await linkOf(server, "m");
  assert.equal(await textOf(server, "m"), `Privet ${BASE}${path}`);
  assert.match((await follow(server, path)).headers.location ?? "", /name=%C3%BC$/);
});

test("what is refused or there already makes no links, and a repeat is told the same without new ones", async (t) => {
  const { server } = await start(t);
  const request = {
    ...oneSms({
      content: { text: TEXT },
      destinations: [
        { to: "bad", messageId: "bad" },
        { to: "385981234567", messageId: "m" },
      ],
    }),
    options: { tracking: {} },
  };
  const headers = { "idempotency-key": "k" };
  const first = await server.client.call("POST", "/sms/3/messages", { json: request, headers });
  const path = await linkOf(server, "m");
  assert.equal((await follow(server, await linkOf(server, "bad"))).status, 404);
  const repeat = await server.client.call("POST", "/sms/3/messages", { json: request, headers });
  assert.equal(repeat.text, first.text);
  const duplicate = await server.client.send({
    ...oneSms({ content: { text: "Other https://b.example" } }, { messageId: "m" }),
    options: { tracking: {} },
  });
  assert.equal(duplicate.messages[0]?.status?.name, "REJECTED_DUPLICATE_MESSAGE_ID");
  assert.equal(await linkOf(server, "m"), path);
  assert.equal((await follow(server, path)).status, 302);
});

test("a request that would make more links than a commit should hold is refused whole", async (t) => {
  const { server } = await start(t);
  const urls = Array.from({ length: 201 }, (_, index) => `http://a.b/${index}`).join(" ");
  const destinations = Array.from({ length: 100 }, (_, index) => ({ to: `38598${1_000_000 + index}` }));
  const answer = await server.client.sms({
    ...oneSms({ content: { text: urls }, destinations }),
    options: { tracking: {} },
  });
  assert.equal(answer.status, 400);
  assert.match(violationsOf(answer)["messages"] ?? "", /at most 20000 short links/);
  assert.equal((await server.ledger()).accepted, 0);
});

test("links outlive a restart, also one that turns shortening off, and go with their message", async (t) => {
  const { server, clock } = await start(t);
  const options = { tracking: {}, schedule: { sendAt: new Date(clock.now() + 86_400_000).toISOString() } };
  const message = { content: { text: TEXT }, options: { validityPeriod: { amount: 1, timeUnit: "HOURS" } } };
  await server.client.send({ ...oneSms(message, { messageId: "m" }), options });
  const path = await linkOf(server, "m");
  await server.stop();
  const second = await startTestServer(t, { clock, folder: server.folder, settings: { "data.retentionHours": 48 } });
  assert.equal((await follow(second, path)).status, 302);
  clock.set(clock.now() + 25 * 3_600_000);
  await second.untilState("m", ["expired"], () => clock.advanceAndSettle(1_000));
  clock.set(clock.now() + 47 * 3_600_000);
  await clock.advanceAndSettle(61_000);
  assert.equal((await follow(second, path)).status, 302);
  clock.set(clock.now() + 2 * 3_600_000);
  // The report was never fetched; it is kept no longer either.
  await until(
    "it is purged",
    async () => (await second.message("m")) === null,
    () => clock.advanceAndSettle(61_000),
  );
  assert.equal((await follow(second, path)).status, 404);
});

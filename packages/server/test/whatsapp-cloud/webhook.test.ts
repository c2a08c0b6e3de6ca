/** From Meta's call to the customer's webhook, and what is refused at the door. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isConfigError } from "../../src/config/config.ts";
import { startCloudServer } from "../harness/cloud-server.ts";
import { NUMBER, notificationOf, PHONE_NUMBER_ID, signed, taken, TOKEN, VERIFY_TOKEN } from "../harness/graph-stub.ts";
import { subscribe } from "../harness/subscribing.ts";
import { cleanupAfterFile } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { WebhookSink } from "../harness/webhook-sink.ts";

const PHONE = "385981234567";
const cleanup = cleanupAfterFile();
const { graph, server, notify, webhookUrl } = await startCloudServer(cleanup);
const sink = await WebhookSink.start(cleanup);

async function send(messageId: string) {
  const content = { text: `words of ${messageId}` };
  const json = { from: NUMBER, to: PHONE, messageId, content, notifyUrl: `${sink.url}/${messageId}` };
  const { status, text } = await server.client.call("POST", "/whatsapp/1/message/text", { json });
  assert.equal(status, 200, text);
  const { carrierMessageId } = await server.untilState(messageId, ["submitted"]);
  return carrierMessageId ?? "";
}

const statusOf = (id: string, status: string, more: object = {}) =>
  notificationOf({
    statuses: [{ id, status, timestamp: String(Math.floor(Date.now() / 1_000)), recipient_id: PHONE, ...more }],
  });
const callsOf = (messageId: string) => sink.calls.filter(({ path }) => path.endsWith(`/${messageId}`));

test("the handshake gives back the challenge, for the right word alone", async () => {
  const ask = async (token: string, mode = "subscribe", challenge = "1158201444") => {
    const query = new URLSearchParams({ "hub.mode": mode, "hub.verify_token": token, "hub.challenge": challenge });
    const answer = await fetch(`${webhookUrl}?${query.toString()}`);
    return [answer.status, await answer.text()];
  };
  assert.deepEqual(await ask(VERIFY_TOKEN), [200, "1158201444"]);
  assert.deepEqual(await ask("another"), [403, ""]);
  assert.deepEqual(await ask(VERIFY_TOKEN, "unsubscribe"), [403, ""]);
  assert.deepEqual(await ask(VERIFY_TOKEN, "subscribe", "<script>"), [403, ""]);
  assert.equal((await fetch(webhookUrl)).status, 403);
});

test("what is not signed, was changed, is none of Meta's or too long is refused, and changes nothing", async () => {
  const id = await send("guarded");
  const payload = statusOf(id, "delivered");
  const post = async (body: string, signature?: string) => {
    const headers = {
      "content-type": "application/json",
      ...(signature === undefined ? {} : { "x-hub-signature-256": signature }),
    };
    return (await fetch(webhookUrl, { method: "POST", headers, body })).status;
  };
  const { text, signature } = signed(payload);
  assert.equal(await post(text), 401);
  assert.equal(await post(`${text} `, signature), 401);
  assert.equal((await notify(payload, signed(payload, "another secret").signature)).status, 401);
  const odd = signed({ object: "page" });
  assert.equal(await post(odd.text, odd.signature), 400);
  const long = signed({ object: "whatsapp_business_account", x: "x".repeat(5 * 1024 * 1024) });
  assert.equal(await post(long.text, long.signature), 413);
  assert.equal((await fetch(`${server.url}/carriers/nobody/webhook`, { method: "POST", body: "{}" })).status, 404);
  assert.equal((await server.message("guarded"))?.state, "submitted");
  assert.equal(await post(text, signature), 200);
  assert.equal((await server.message("guarded"))?.state, "delivered");
});

test("delivered and read become a delivery and a seen report, once each, however often and in whatever order they come", async () => {
  const id = await send("read");
  for (const status of ["read", "sent", "delivered", "read", "failed"]) {
    const errors = status === "failed" ? { errors: [{ code: 131_026 }] } : {};
    assert.equal((await notify(statusOf(id, status, errors))).status, 200);
  }
  assert.equal((await server.message("read"))?.state, "delivered");
  await until("both are told", () => callsOf("read").length >= 2);
  await server.settle();
  const reports = callsOf("read").flatMap((call) => call.reports as readonly Record<string, unknown>[]);
  const seen = reports.filter(({ seenAt }) => seenAt !== undefined);
  const ended = reports.filter(({ seenAt }) => seenAt === undefined);
  assert.deepEqual([seen.map(({ messageId }) => messageId), ended.length], [["read"], 1]);
  assert.equal((ended[0]?.["status"] as { name: string } | undefined)?.name, "DELIVERED_TO_HANDSET");
});

test("a failure is reported with Infobip's error", async () => {
  const id = await send("failed");
  await notify(statusOf(id, "failed", { errors: [{ code: 131_047, title: "Re-engagement message" }] }));
  await until("it is told", () => callsOf("failed").length > 0);
  const told = callsOf("failed").flatMap(({ reports }) => reports as readonly Record<string, unknown>[]);
  assert.deepEqual(
    told.map(({ status, error }) => [status, error].map((named) => (named as { name: string }).name)),
    [["UNDELIVERABLE_NOT_DELIVERED", "EC_NO_SESSION"]],
  );
});

test("a status that comes before the answer waits for it", async () => {
  const held = Promise.withResolvers<object>();
  const usual = graph.reply;
  graph.reply = async () => held.promise;
  const before = graph.sent.length;
  const json = { from: NUMBER, to: PHONE, messageId: "early", content: { text: "Hi" } };
  assert.equal((await server.client.call("POST", "/whatsapp/1/message/text", { json })).status, 200);
  await until("it was sent", () => graph.sent.length > before);
  assert.equal((await notify(statusOf("wamid.early", "delivered"))).status, 200);
  assert.equal((await server.message("early"))?.state, "claimed");
  held.resolve(taken("wamid.early"));
  await server.untilState("early", ["delivered"]);
  graph.reply = usual;
});

test("a user's message is kept, and told under WhatsApp's id", async () => {
  await subscribe(server.client, `${sink.url}/inbound`, { channel: "WHATSAPP", events: ["INBOUND_MESSAGE"] });
  const told = notificationOf({
    contacts: [{ profile: { name: "Ada" }, wa_id: PHONE }],
    messages: [
      { from: PHONE, id: "wamid.U1", timestamp: "1749416383", type: "text", text: { body: "Schön 👍" } },
      {
        from: PHONE,
        id: "wamid.U2",
        timestamp: "1749416384",
        type: "image",
        image: { id: "77", mime_type: "image/png" },
      },
    ],
  });
  assert.equal((await notify(told)).status, 200);
  assert.equal((await notify(told)).status, 200);
  const reports = () => callsOf("inbound").flatMap((call) => call.reports as readonly Record<string, unknown>[]);
  await until("both are told", () => reports().length >= 2);
  await server.settle();
  assert.deepEqual(
    reports().map(({ messageId, from, to, message }) => [messageId, from, to, message]),
    [
      ["wamid.U1", PHONE, NUMBER, { type: "TEXT", text: "Schön 👍" }],
      ["wamid.U2", PHONE, NUMBER, { type: "IMAGE", url: `${server.url}/whatsapp/1/senders/${NUMBER}/media/77` }],
    ],
  );
});

test("a medium is fetched with the token, by the customer's key, and one that is gone is not found", async () => {
  const octets = Buffer.from([1, 2, 3, 255]);
  graph.reply = ({ path }) => {
    if (path.startsWith("/v25.0/77?"))
      return { url: `${graph.url}/lookaside/77`, mime_type: "image/png", file_size: 4 };
    if (path === "/lookaside/77") return (response) => response.writeHead(200, { "content-length": "4" }).end(octets);
    return { error: { code: 100, message: "gone" } };
  };
  const fetchMedium = (id: string, key = "a-key-for-tests") =>
    fetch(`${server.url}/whatsapp/1/senders/${NUMBER}/media/${id}`, { headers: { authorization: `App ${key}` } });
  const answer = await fetchMedium("77");
  assert.equal(answer.status, 200);
  assert.deepEqual(
    ["content-type", "content-length", "x-content-type-options"].map((name) => answer.headers.get(name)),
    ["image/png", "4", "nosniff"],
  );
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), octets);
  const calls = graph.calls.slice(-2);
  assert.deepEqual(
    calls.map(({ headers }) => headers.authorization),
    [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`],
  );
  assert.equal(calls[0]?.path, `/v25.0/77?phone_number_id=${PHONE_NUMBER_ID}`);
  assert.equal((await fetchMedium("78")).status, 404);
  assert.equal((await fetchMedium("..%2F78")).status, 404);
  assert.equal((await fetchMedium("77", "no key")).status, 401);
});

test("the token goes nowhere else: a medium that Meta places on another plain host is not fetched", async () => {
  graph.reply = () => ({ url: "http://127.0.0.1:9/stolen", mime_type: "image/png" });
  const headers = { authorization: "App a-key-for-tests" };
  assert.equal((await fetch(`${server.url}/whatsapp/1/senders/${NUMBER}/media/77`, { headers })).status, 404);
});

test("what cannot be kept is not acknowledged", async () => {
  await server.stop();
  const { server: other, notify: notifyOther } = await startCloudServer(cleanup);
  await other.store.close();
  assert.equal((await notifyOther(statusOf("wamid.1", "delivered"))).status, 503);
});

test("a secret that is not there stops the start, and the fault says which", async () => {
  await assert.rejects(
    startCloudServer(cleanup, { entry: { appSecret: { env: "POSTHORN_TEST_NOWHERE" } } }),
    (error) => {
      assert.ok(isConfigError(error));
      assert.deepEqual(
        error.problems.map(({ path, message }) => [path, message]),
        [["carriers.meta.appSecret", "the environment variable POSTHORN_TEST_NOWHERE is not set"]],
      );
      return true;
    },
  );
});

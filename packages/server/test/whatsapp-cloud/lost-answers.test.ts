/**
 * Meta took the message and its answer was lost. A status brings WhatsApp's own id, and from then on what the user does
 * with the message finds it: answers, reactions, read marks.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { stringify } from "yaml";
import { type CloudServer, startCloudServer } from "../harness/cloud-server.ts";
import { startEmulatedCloud } from "../harness/cloud-emulator.ts";
import {
  CLOUD_SECRETS,
  cloudEntry,
  GraphStub,
  NUMBER,
  notificationOf,
  PHONE_NUMBER_ID,
  signed,
  taken,
} from "../harness/graph-stub.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { subscribe } from "../harness/subscribing.ts";
import { createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { WebhookSink } from "../harness/webhook-sink.ts";

const USER = "385981234567";
const KEY = "a-key-for-tests";
const secondsNow = () => String(Math.floor(Date.now() / 1_000));

const textOf = (messageId: string) => ({
  from: NUMBER,
  to: USER,
  messageId,
  content: { text: `words of ${messageId}` },
  callbackData: `data of ${messageId}`,
});

const statusOf = (id: string, status: string, reference?: unknown) =>
  notificationOf({
    statuses: [
      {
        id,
        status,
        timestamp: secondsNow(),
        recipient_id: USER,
        ...(reference === undefined ? {} : { biz_opaque_callback_data: reference }),
      },
    ],
  });

/** A user's message about one of ours. */
const about = (wamid: string, id: string, message: object = { type: "text", text: { body: "Yes" } }) =>
  notificationOf({
    contacts: [{ profile: { name: "Ada" }, wa_id: USER }],
    messages: [{ from: USER, id, timestamp: secondsNow(), context: { from: NUMBER, id: wamid }, ...message }],
  });

/** A server whose carrier takes every message and answers none. */
async function startDeaf(t: TestContext) {
  const cloud = await startCloudServer(t);
  cloud.graph.reply = () => "reset";
  const sink = await WebhookSink.start(t);
  await subscribe(cloud.server.client, sink.url, { channel: "WHATSAPP", events: ["SEEN", "INBOUND_MESSAGE"] });
  const told = async (id: string) => {
    const [report] = await until(`${id} is told`, () => {
      const found = sink.reports.filter(({ messageId }) => messageId === id);
      return found.length > 0 ? found : null;
    });
    return report;
  };
  return { ...cloud, told };
}

/** Our name for the message, as Meta has it. */
async function sendInDoubt({ server, graph }: Pick<CloudServer, "server" | "graph">, messageId: string) {
  const { status, text } = await server.client.call("POST", "/whatsapp/1/message/text", { json: textOf(messageId) });
  assert.equal(status, 200, text);
  const { carrierMessageId } = await server.untilState(messageId, ["uncertain"]);
  assert.match(carrierMessageId ?? "", /^posthorn1\./);
  const [sent] = graph.sent.filter(({ text: part }) => JSON.stringify(part).includes(`words of ${messageId}"`));
  assert.equal(sent?.["biz_opaque_callback_data"], carrierMessageId);
  return carrierMessageId ?? "";
}

test("a status settles the doubt and brings WhatsApp's id: an answer, a reaction and a read mark find the message", async (t) => {
  const { server, graph, notify, told } = await startDeaf(t);
  const reference = await sendInDoubt({ server, graph }, "m");
  assert.equal((await notify(statusOf("wamid.M", "delivered", reference))).status, 200);
  const { state, carrierMessageId } = (await server.message("m")) ?? {};
  assert.deepEqual([state, carrierMessageId], ["delivered", "wamid.M"]);
  await notify(about("wamid.M", "wamid.U1"));
  const answer = await told("wamid.U1");
  assert.deepEqual([answer?.["pairedMessageId"], answer?.["callbackData"]], ["m", "data of m"]);
  assert.deepEqual(answer?.["message"], { type: "TEXT", text: "Yes", context: { from: NUMBER, id: "m" } });
  await notify(about("wamid.M", "wamid.U2", { type: "reaction", reaction: { message_id: "wamid.M", emoji: "👍" } }));
  assert.equal((await told("wamid.U2"))?.["pairedMessageId"], "m");
  // A status need not repeat our name.
  await notify(statusOf("wamid.M", "read"));
  assert.equal(typeof (await told("m"))?.["seenAt"], "string");
  assert.equal(graph.sent.length, 1, "nothing was sent twice");

  // And our own message can be answered by us.
  graph.reply = (_call, nth) => taken(`wamid.${nth}`);
  const json = { ...textOf("n"), context: { replyToMessageId: "m" } };
  await server.client.call("POST", "/whatsapp/1/message/text", { json });
  await server.untilState("n", ["submitted"]);
  assert.deepEqual(graph.sent.at(-1)?.["context"], { message_id: "wamid.M" });
});

test("the word that it was sent ends the doubt, before anything is delivered", async (t) => {
  const { server, graph, notify, told } = await startDeaf(t);
  const reference = await sendInDoubt({ server, graph }, "m");
  assert.equal((await notify(statusOf("wamid.M", "sent", reference))).status, 200);
  const { state, carrierMessageId } = (await server.message("m")) ?? {};
  assert.deepEqual([state, carrierMessageId], ["submitted", "wamid.M"]);
  await notify(about("wamid.M", "wamid.U1"));
  assert.equal((await told("wamid.U1"))?.["pairedMessageId"], "m");
  await notify(statusOf("wamid.M", "delivered"));
  assert.equal((await server.message("m"))?.state, "delivered");
});

test("an answer that comes before any status is paired with the only message in doubt, and with none of two", async (t) => {
  const { server, graph, notify, told } = await startDeaf(t);
  const reference = await sendInDoubt({ server, graph }, "m");
  await notify(about("wamid.M", "wamid.U1"));
  const answer = await told("wamid.U1");
  assert.deepEqual([answer?.["pairedMessageId"], answer?.["callbackData"]], ["m", "data of m"]);
  assert.equal((await server.message("m"))?.state, "uncertain", "who it was is a guess, and ends nothing");
  await sendInDoubt({ server, graph }, "n");
  await notify(about("wamid.N", "wamid.U2"));
  assert.equal((await told("wamid.U2"))?.["pairedMessageId"], undefined);
  // The status that comes after all leaves one in doubt, and its own id to the other.
  await notify(statusOf("wamid.M", "delivered", reference));
  await notify(about("wamid.M", "wamid.U3"));
  assert.equal((await told("wamid.U3"))?.["pairedMessageId"], "m");
  await notify(about("wamid.N", "wamid.U4"));
  assert.equal((await told("wamid.U4"))?.["pairedMessageId"], "n");
});

test("a status that overtakes the loss of the answer brings the id, too", async (t) => {
  const { server, graph, notify } = await startDeaf(t);
  const held = Promise.withResolvers<"reset">();
  graph.reply = () => held.promise;
  await server.client.call("POST", "/whatsapp/1/message/text", { json: textOf("m") });
  await until("it was posted", () => graph.sent.length === 1);
  const reference = graph.sent[0]?.["biz_opaque_callback_data"];
  assert.equal((await notify(statusOf("wamid.M", "sent", reference))).status, 200);
  assert.equal((await server.message("m"))?.state, "claimed");
  held.resolve("reset");
  const { carrierMessageId } = await server.untilState("m", ["submitted"]);
  assert.equal(carrierMessageId, "wamid.M");
});

for (const status of ["sent", "delivered"]) {
  test(`after a kill before the answer was written, '${status}' brings the id`, { timeout: 60_000 }, async (t) => {
    Object.assign(process.env, CLOUD_SECRETS);
    const graph = await GraphStub.start(t);
    graph.reply = () => "hang";
    const sink = await WebhookSink.start(t);
    const folder = createFolder(t);
    const configFile = join(folder, "posthorn.yaml");
    writeFileSync(configFile, stringify({ carriers: { meta: cloudEntry(graph.url) } }));
    const flags = { "http.port": 0, "data.directory": join(folder, "data"), "auth.apiKey": KEY, "log.level": "error" };
    const begin = () => new ServerProcess({ configFile, flags });
    const headers = { authorization: `App ${KEY}`, "content-type": "application/json" };

    const first = begin();
    t.after(() => (first.isAlive ? first.kill() : undefined));
    const post = async (url: string, path: string, json: object) => {
      const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(json) });
      assert.ok(answer.ok, await answer.text());
    };
    const url = await first.ready;
    await post(url, "/subscriptions/1/subscription/WHATSAPP", {
      subscriptionId: "main",
      events: ["INBOUND_MESSAGE"],
      profile: { profileId: "main", webhook: { notifyUrl: sink.url } },
    });
    await post(url, "/whatsapp/1/message/text", textOf("m"));
    await until("it was posted", () => graph.sent.length === 1);
    assert.equal(await first.kill(), "SIGKILL", first.stderr);

    const second = begin();
    t.after(() => (second.isAlive ? second.kill() : undefined));
    const again = await second.ready;
    const notify = async (payload: unknown) => {
      const { text, signature } = signed(payload);
      const signedHeaders = { "content-type": "application/json", "x-hub-signature-256": signature };
      const answer = await fetch(`${again}/carriers/meta/webhook`, {
        method: "POST",
        headers: signedHeaders,
        body: text,
      });
      assert.equal(answer.status, 200);
    };
    const shown = async () => {
      const answer = await fetch(`${again}/posthorn/1/messages/m`, { headers });
      return (await answer.json()) as { readonly state: string; readonly carrierMessageId: string | null };
    };
    await until("it is in doubt", async () => (await shown()).state === "uncertain");
    await notify(statusOf("wamid.M", status, graph.sent[0]?.["biz_opaque_callback_data"]));
    const { state, carrierMessageId } = await shown();
    assert.deepEqual([state, carrierMessageId], [status === "sent" ? "submitted" : "delivered", "wamid.M"]);
    await notify(about("wamid.M", "wamid.U1"));
    const [answer] = await until("the answer is told", () => (sink.reports.length > 0 ? sink.reports : null));
    assert.equal(answer?.["pairedMessageId"], "m");
    assert.equal(graph.sent.length, 1);
    assert.equal(await second.stop(), "0");
  });
}

test("so it is with the emulator, whose connection breaks after it took the message", async (t) => {
  const { emulator, server, client, untilTold } = await startEmulatedCloud(t, { windowIsOpen: () => true });
  emulator.addRule({ to: USER, times: 1, behaviour: { answer: "reset", statuses: [{ status: "sent" }] } });
  const { messageId = "" } = await client.sendWhatsappTextMessage({ from: NUMBER, to: USER, text: "Hello" });
  const { carrierMessageId } = await server.untilState(messageId, ["submitted"]);
  assert.equal(carrierMessageId, emulator.messages()[0]?.id);
  const question = emulator.receive({
    from: USER,
    phoneNumberId: PHONE_NUMBER_ID,
    type: "text",
    text: { body: "Who is this?" },
    inReplyTo: emulator.messages()[0]?.id ?? "",
  });
  assert.equal((await untilTold(question.id))[0]?.["pairedMessageId"], messageId);
  assert.equal(emulator.messages().length, 1);
});

/** A token that is replaced where it is kept holds without a restart. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { startCloudEmulator } from "../harness/cloud-emulator.ts";
import { type CloudServer, startCloudServer } from "../harness/cloud-server.ts";
import { graphError, NUMBER, notificationOf, signed, taken } from "../harness/graph-stub.ts";
import { createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";

const USER = "385981234567";

interface Kept extends CloudServer {
  readonly keep: (name: "token" | "appSecret" | "verifyToken", secret: string | null) => void;
  readonly send: (messageId: string) => Promise<void>;
  /** The tokens of the calls so far. */
  readonly tokens: () => readonly string[];
}

/** A server whose secrets are in files; the Graph API takes one token alone. */
async function startKept(t: TestContext, right: () => string): Promise<Kept> {
  const folder = createFolder(t);
  const fileOf = (name: string) => join(folder, name);
  const keep: Kept["keep"] = (name, secret) =>
    secret === null ? rmSync(fileOf(name)) : writeFileSync(fileOf(name), `${secret}\n`);
  keep("token", "old-token");
  keep("appSecret", "old-app-secret");
  keep("verifyToken", "old-word");
  const entry = {
    token: { file: fileOf("token") },
    appSecret: { file: fileOf("appSecret") },
    verifyToken: { file: fileOf("verifyToken") },
  };
  const cloud = await startCloudServer(t, { entry });
  const { graph, server } = cloud;
  const tokenOf = (call: (typeof graph.calls)[number]) => (call.headers.authorization ?? "").slice("Bearer ".length);
  graph.reply = (call, nth) => (tokenOf(call) === right() ? taken(`wamid.${nth}`) : graphError(190));
  const send = async (messageId: string) => {
    const json = { from: NUMBER, to: USER, messageId, content: { text: "Hi" } };
    const { status, text } = await server.client.call("POST", "/whatsapp/1/message/text", { json });
    assert.equal(status, 200, text);
  };
  return { ...cloud, keep, send, tokens: () => graph.calls.map(tokenOf) };
}

test("a token that WhatsApp refuses is read again, and the message goes out by the new one", async (t) => {
  let right = "old-token";
  const { server, keep, send, tokens } = await startKept(t, () => right);
  await send("before");
  await server.untilState("before", ["submitted"]);
  right = "new-token";
  keep("token", right);
  await Promise.all(["a", "b", "c"].map(send));
  for (const id of ["a", "b", "c"]) await server.untilState(id, ["submitted"]);
  await send("after");
  await server.untilState("after", ["submitted"]);
  const used = tokens();
  assert.equal(used[0], "old-token");
  assert.equal(used.at(-1), "new-token");
  assert.equal(used.filter((token) => token === "new-token").length, 4, "each went out once");
});

test("a token that is still the old one stops the sender; the reload that follows its replacement lets it go on", async (t) => {
  const { server, graph, keep, send, tokens } = await startKept(t, () => "new-token");
  const untilStopped = async () => {
    const look = async () => {
      const { body } = await server.client.call("GET", "/posthorn/1/carriers");
      return JSON.stringify(body).includes('"numbers":"0/1"');
    };
    await until("the sender has stopped", look);
  };
  await send("first");
  await untilStopped();
  keep("token", null);
  await server.reload();
  const before = graph.calls.length;
  await send("second");
  await until("it was tried with what was read before", () => graph.calls.length > before);
  await untilStopped();
  keep("token", "new-token");
  await server.reload();
  await send("third");
  // Long before the minute is over after which it would be tried in any case.
  await server.untilState("third", ["submitted"]);
  assert.deepEqual([...new Set(tokens())], ["old-token", "new-token"]);
});

test("the app's secret and the verify token are read again with a reload", async (t) => {
  const { server, webhookUrl, notify, keep } = await startKept(t, () => "old-token");
  const payload = notificationOf({ statuses: [] });
  const statusBy = async (secret: string) => (await notify(payload, signed(payload, secret).signature)).status;
  const challenge = async (word: string) => {
    const query = new URLSearchParams({ "hub.mode": "subscribe", "hub.verify_token": word, "hub.challenge": "1" });
    return (await fetch(`${webhookUrl}?${query.toString()}`)).status;
  };
  assert.deepEqual([await statusBy("old-app-secret"), await challenge("old-word")], [200, 200]);
  keep("appSecret", "new-app-secret");
  keep("verifyToken", "new-word");
  assert.equal(await statusBy("new-app-secret"), 401);
  await server.reload();
  assert.deepEqual([await statusBy("new-app-secret"), await challenge("new-word")], [200, 200]);
  assert.deepEqual([await statusBy("old-app-secret"), await challenge("old-word")], [401, 403]);
});

test("a medium and a read mark use the new token, too", async (t) => {
  const { server, graph, keep, tokens } = await startKept(t, () => "new-token");
  const usual = graph.reply;
  graph.reply = async (call, nth) => {
    if (call.path.includes("/lookaside/")) return (response) => response.writeHead(200).end("octets");
    const reply = await usual(call, nth);
    if (typeof reply !== "object" || "error" in reply) return reply;
    return call.method === "GET" ? { url: `${graph.url}/lookaside/77`, mime_type: "text/plain" } : { success: true };
  };
  keep("token", "new-token");
  const headers = { authorization: "App a-key-for-tests" };
  const medium = await fetch(`${server.url}/whatsapp/1/senders/${NUMBER}/media/77`, { headers });
  assert.deepEqual([medium.status, await medium.text()], [200, "octets"]);
  const mark = await server.client.call("POST", `/whatsapp/1/senders/${NUMBER}/message/wamid.U/read`);
  assert.equal(mark.status, 204, mark.text);
  assert.deepEqual(tokens(), ["old-token", "new-token", "new-token", "new-token"]);
});

test("what administers a sender uses the new token, too, and shows it to nobody", async (t) => {
  const { server, graph, keep, tokens } = await startKept(t, () => "new-token");
  const rating = async () => {
    const { status, text, body } = await server.client.call("GET", `/whatsapp/1/senders/quality?senders=${NUMBER}`);
    return [status, status === 200 ? body.results[0].qualityRating : text];
  };
  const usual = graph.reply;
  graph.reply = async (call, nth) => {
    const reply = await usual(call, nth);
    if (typeof reply !== "object" || "error" in reply) return reply;
    return { quality_rating: "GREEN", status: "CONNECTED" };
  };
  const key = () => server.client.call("GET", `/whatsapp/1/senders/${NUMBER}/public-key`);
  assert.equal((await key()).status, 403, "there is no other yet");
  assert.deepEqual(tokens(), ["old-token"]);
  keep("token", "new-token");
  assert.deepEqual(await rating(), [200, "HIGH"]);
  assert.deepEqual(tokens(), ["old-token", "old-token", "new-token"]);
  graph.reply = ({ headers }) => graphError(100, { error_user_msg: `${headers.authorization} is wrong` });
  const refused = await key();
  assert.equal(refused.status, 400, refused.text);
  assert.match(refused.text, /Bearer \*\*\* is wrong/);
  graph.reply = () => graphError(190, { error_user_msg: "new-token, old-token, newest-token" });
  keep("token", "newest-token");
  const last = await key();
  assert.equal(last.status, 403);
  assert.doesNotMatch(last.text, /newest-token/);
  assert.equal(tokens().at(-1), "newest-token");
});

test("so it is with the emulator", async (t) => {
  const emulator = await startCloudEmulator(t, { token: "new-token", windowIsOpen: () => true });
  const folder = createFolder(t);
  const file = join(folder, "token");
  writeFileSync(file, "old-token");
  const { server } = await startCloudServer(t, { entry: { baseUrl: emulator.url, token: { file } } });
  writeFileSync(file, "new-token");
  const json = { from: NUMBER, to: USER, messageId: "m", content: { text: "Hi" } };
  await server.client.call("POST", "/whatsapp/1/message/text", { json });
  await server.untilState("m", ["submitted", "delivered"]);
  assert.equal(emulator.messages().length, 1);
});

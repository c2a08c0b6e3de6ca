import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiClient, oneSms } from "./harness/api-client.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile());

async function linked(platform: readonly object[]) {
  const answer = await server.client.call("POST", "/settings/2/api-keys", { json: { name: "linked", platform } });
  assert.equal(answer.status, 200, answer.text);
  return { key: answer.body, client: new ApiClient(server.url, answer.body.apiKeySecret) };
}

const sent = (platform?: object) => oneSms(platform === undefined ? {} : { options: { platform } });

/** Application and entity of the message that was stored, or the status of the refusal. */
async function ownerOf(client: ApiClient, platform?: object) {
  const answer = await client.sms(sent(platform));
  if (answer.status !== 200) return answer.status;
  const message = await server.message(answer.body.messages[0].messageId);
  return [message?.applicationId, message?.entityId];
}

test("a link without action lets through what names it and nothing else", async () => {
  const { client } = await linked([{ applicationId: "shop" }, { applicationId: "bank", entityId: "north" }]);
  assert.deepEqual(await ownerOf(client, { applicationId: "shop" }), ["shop", null]);
  assert.deepEqual(await ownerOf(client, { applicationId: "shop", entityId: "any" }), ["shop", "any"]);
  assert.deepEqual(await ownerOf(client, { applicationId: "bank", entityId: "north" }), ["bank", "north"]);
  assert.equal(await ownerOf(client, { applicationId: "bank", entityId: "south" }), 403);
  assert.equal(await ownerOf(client, { applicationId: "bank" }), 403);
  assert.equal(await ownerOf(client, { applicationId: "other" }), 403);
  assert.equal(await ownerOf(client), 403);
});

test("a link to the default application lets through what names none", async () => {
  const { client } = await linked([{ applicationId: "default" }]);
  assert.deepEqual(await ownerOf(client), [null, null]);
});

test("FILL gives what a message does not say", async () => {
  const { client } = await linked([{ applicationId: "shop", entityId: "north", action: "FILL" }]);
  assert.deepEqual(await ownerOf(client), ["shop", "north"]);
  assert.deepEqual(await ownerOf(client, { applicationId: "shop" }), ["shop", "north"]);
  assert.equal(await ownerOf(client, { applicationId: "shop", entityId: "south" }), 403);
  assert.equal(await ownerOf(client, { applicationId: "other" }), 403);
});

test("FORCE replaces what a message says, in every version of a send and in WhatsApp", async () => {
  const { client } = await linked([{ applicationId: "shop", action: "FORCE" }]);
  assert.deepEqual(await ownerOf(client, { applicationId: "other", entityId: "south" }), ["shop", null]);
  const old = await client.call("POST", "/sms/2/text/advanced", {
    json: { messages: [{ destinations: [{ to: "385981234567" }], text: "Hi", applicationId: "other" }] },
  });
  const query = await client.call("GET", "/sms/3/text/query?to=385981234567&text=Hi&applicationId=other");
  const chat = await client.whatsApp({ from: "1", to: "385981234567", content: { text: "Hi" }, entityId: "x" });
  for (const messageId of [old.body.messages[0], query.body.messages[0], chat.body].map((of) => of.messageId)) {
    const message = await server.message(messageId);
    assert.deepEqual([message?.applicationId, message?.entityId], ["shop", null]);
  }
});

test("nothing of a request is stored when one of its messages is not the key's", async () => {
  const { client } = await linked([{ applicationId: "shop" }]);
  const [good, bad] = [{ applicationId: "shop" }, { applicationId: "other" }].map((platform, index) => ({
    destinations: [{ to: "385981234567", messageId: `whole-${index}` }],
    content: { text: "Hi" },
    options: { platform },
  }));
  const answer = await client.sms({ messages: [good, bad] });
  assert.deepEqual([answer.status, answer.body.errorCode], [403, "E403"]);
  assert.match(answer.body.description, /application other/);
  assert.equal(await server.message("whole-0"), null);
});

test("what a key is linked to is made, and its links can be changed and taken away", async () => {
  const { key, client } = await linked([{ applicationId: "made-for-key", entityId: "made-too" }]);
  assert.equal((await server.client.call("GET", "/provisioning/1/applications/made-for-key")).status, 200);
  assert.equal((await server.client.call("GET", "/provisioning/1/entities/made-too")).status, 200);
  assert.equal(key.permissions, undefined);
  assert.match(key.platform[0].key, /^[0-9A-F]{32}$/);
  const update = (json: object) => server.client.call("PUT", `/settings/2/api-keys/${key.id}`, { json });
  const two = await update({
    platform: [{ applicationId: "more" }, { applicationId: "made-for-key", entityId: "made-too" }],
  });
  assert.equal(two.body.platform[1].key, key.platform[0].key);
  assert.equal((await update({ platform: [{ applicationId: "a" }], scopeGuids: ["sms:manage"] })).status, 400);
  const none = await update({ platform: [] });
  assert.deepEqual([none.body.platform, none.body.permissions], [undefined, ["PUBLIC_API"]]);
  assert.deepEqual(await ownerOf(client), [null, null]);
});

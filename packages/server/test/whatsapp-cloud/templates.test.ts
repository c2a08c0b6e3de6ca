/** Templates of a sender whose number is on the Cloud API, played by the emulator: Meta decides, and the store has a copy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Emulator, startEmulator } from "@posthorn/whatsapp-emulator";
import { startCloudServer } from "../harness/cloud-server.ts";
import { FakeClock } from "../harness/fake-clock.ts";
import { APP_SECRET, NUMBER, PHONE_NUMBER_ID, TOKEN, VERIFY_TOKEN } from "../harness/graph-stub.ts";
import { subscribe } from "../harness/subscribing.ts";
import { atEnd, cleanupAfterFile, type TestServer } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { WebhookSink } from "../harness/webhook-sink.ts";

const WABA = "419561257915477";
const SANDBOX_SENDER = "447796344125";
const cleanup = cleanupAfterFile();
const clock = new FakeClock();
const emulator: Emulator = await startEmulator({
  token: TOKEN,
  appSecret: APP_SECRET,
  verifyToken: VERIFY_TOKEN,
  numbers: [{ phoneNumberId: PHONE_NUMBER_ID, displayPhoneNumber: `+${NUMBER}`, wabaId: WABA }],
});
atEnd(cleanup, () => emulator.close());
const entry = { baseUrl: emulator.url, businessAccountId: WABA };
const { server, webhookUrl } = await startCloudServer(cleanup, {
  entry,
  clock,
  carriersBeside: { sandbox: { type: "sandbox" } },
});
emulator.setWebhook(webhookUrl);
const sink = await WebhookSink.start(cleanup);
await subscribe(server.client, sink.url, { channel: "WHATSAPP", events: ["TEMPLATE_UPDATE"] });

const call = (method: string, path: string, json?: unknown, at: TestServer = server) =>
  at.client.call(method, `/whatsapp/2/senders/${path}`, json === undefined ? {} : { json });
const create = (changes: object = {}) =>
  call("POST", `${NUMBER}/templates`, {
    name: "greeting",
    language: "en",
    category: "UTILITY",
    structure: { body: { text: "Hello {{1}}", examples: ["Ana"] } },
    ...changes,
  });
const graph = async (method: string, path: string) => {
  const answer = await fetch(`${emulator.url}/v25.0/${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return (await answer.json()) as { readonly data: readonly Record<string, unknown>[] };
};
const atMeta = async (name: string) => (await graph("GET", `${WABA}/message_templates?name=${name}`)).data;
/** What subscriptions were told of a template. */
const toldOf = (name: string) =>
  (sink.calls.map(({ text }) => JSON.parse(text)) as { messageTemplateName?: string; change?: object }[])
    .filter(({ messageTemplateName }) => messageTemplateName === name)
    .map(({ change }) => change);
const untilTold = (name: string, count: number) =>
  until(
    `${name} is told of`,
    () => (toldOf(name).length >= count ? toldOf(name) : null),
    () => clock.advance(100),
  );

test("a template is made at Meta, approved by its webhook, edited, and deleted in every language", async () => {
  const made = await create({ name: "whole_way" });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual([made.body.status, made.body.businessAccountId], ["PENDING", Number(WABA)]);
  assert.deepEqual(
    (await atMeta("whole_way")).map(({ id }) => id),
    [made.body.id],
  );
  assert.deepEqual(await untilTold("whole_way", 1), [{ type: "TEMPLATE_STATUS_UPDATE", newStatus: "APPROVED" }]);
  const shown = await call("GET", `${NUMBER}/templates/${made.body.id}`);
  assert.equal(shown.body.status, "APPROVED", shown.text);
  assert.deepEqual(shown.body.structure, made.body.structure);

  const edited = await call("PATCH", `${NUMBER}/templates/${made.body.id}`, {
    structure: { body: { text: "Good day {{1}}", examples: ["Ana"] } },
  });
  assert.deepEqual([edited.status, edited.body.status], [200, "PENDING"], edited.text);
  assert.match(JSON.stringify(await atMeta("whole_way")), /Good day/);
  await untilTold("whole_way", 2);

  await create({ name: "whole_way", language: "de" });
  assert.equal((await call("DELETE", `${NUMBER}/templates/whole_way`)).status, 204);
  assert.deepEqual(await atMeta("whole_way"), []);
  assert.equal((await call("GET", `${NUMBER}/templates/${made.body.id}`)).status, 404);
  assert.equal((await call("DELETE", `${NUMBER}/templates/whole_way`)).status, 404);
});

test("what Meta decides on a template is told once and shown, whatever it is", async () => {
  const outcomes = [
    ["reject_one", "REJECTED", "INVALID_FORMAT"],
    ["pause_one", "FIRST_PAUSED", undefined],
    ["flag_one", "FLAGGED", undefined],
    ["disable_one", "DISABLED", undefined],
  ] as const;
  for (const [name, status, reason] of outcomes) {
    const { body } = await create({ name });
    const change = { type: "TEMPLATE_STATUS_UPDATE", newStatus: status, ...(reason === undefined ? {} : { reason }) };
    assert.deepEqual(await untilTold(name, 1), [change]);
    clock.advance(120_000);
    assert.equal((await call("GET", `${NUMBER}/templates/${body.id}`)).body.status, status);
    assert.equal(toldOf(name).length, 1);
  }
  await create({ name: "pend_one" });
  await emulator.idle();
  assert.deepEqual(toldOf("pend_one"), []);
});

test("a refusal of Meta is a 400 in Infobip's envelope with Meta's words", async () => {
  const { status, body } = await create({ name: "taken_one" });
  assert.equal(status, 400);
  const { messageId, text } = body.requestError.serviceException;
  assert.equal(messageId, "BAD_REQUEST");
  assert.match(text, /already/);
  assert.equal((await create({ name: "Not A Name" })).status, 400);
});

test("templates that were made elsewhere are listed, and those that are gone are not", async () => {
  const list = async () => {
    clock.advance(10 * 60_000);
    const { body } = await call("GET", `${NUMBER}/templates`);
    return (body.templates as { name: string }[]).map(({ name }) => name);
  };
  const elsewhere = {
    name: "from_manager",
    language: "en",
    category: "MARKETING",
    components: [{ type: "BODY", text: "Hi" }],
  };
  assert.equal((await list()).includes("from_manager"), false);
  await fetch(`${emulator.url}/v25.0/${WABA}/message_templates`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(elsewhere),
  });
  await emulator.idle();
  assert.equal((await list()).includes("from_manager"), true);
  const account = await server.client.call("GET", "/whatsapp/1/templates?name=from_manager");
  assert.deepEqual(
    account.body.results.map((template: { status: string; category: string }) => [template.status, template.category]),
    [["APPROVED", "MARKETING"]],
  );
  await graph("DELETE", `${WABA}/message_templates?name=from_manager`);
  assert.equal((await list()).includes("from_manager"), false);
  assert.deepEqual(toldOf("from_manager"), []);
});

test("a change that no webhook brought is told when a list finds it", async () => {
  await create({ name: "unheard" });
  await untilTold("unheard", 1);
  emulator.setTemplateStatus({ name: "unheard", language: "en", status: "PAUSED" });
  clock.advance(120_000);
  await call("GET", `${NUMBER}/templates`);
  const told = await untilTold("unheard", 2);
  assert.deepEqual(told[1], { type: "TEMPLATE_STATUS_UPDATE", newStatus: "FIRST_PAUSED" });
});

test("a sandbox sender beside it is decided on by its rules, as without a carrier", async () => {
  const { status, body } = await call("POST", `${SANDBOX_SENDER}/templates`, {
    name: "beside",
    language: "en",
    category: "UTILITY",
    structure: { body: { text: "Hi" } },
  });
  assert.deepEqual([status, body.status], [201, "APPROVED"]);
  assert.deepEqual(await atMeta("beside"), []);
});

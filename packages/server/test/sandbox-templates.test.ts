/** Templates on the sandbox: one that is not there, or is filled in wrongly, fails as it does at WhatsApp. */
import { ERROR, STATUS } from "@posthorn/contract";
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLES } from "../src/whatsapp/rules.ts";
import { ApiClient } from "./harness/api-client.ts";
import { cleanupAfterFile, createFolder, startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const SENDER = "447796344125";
const TO = "385981234567";
const server = await startTestServer(cleanupAfterFile());

interface Sent {
  readonly templateName?: string;
  readonly language?: string;
  readonly placeholders?: readonly string[];
  readonly to?: string;
}

/** Sends one and waits for its end: the state and the error. */
async function endOf(of: TestServer, { templateName = "order", language = "en", placeholders = [], to = TO }: Sent) {
  const content = { templateName, templateData: { body: { placeholders } }, language };
  const answer = await of.client.call("POST", "/whatsapp/1/message/template", {
    json: { messages: [{ from: SENDER, to, content }] },
  });
  const [{ messageId, status }] = answer.body.messages;
  assert.equal(status.name, "PENDING_ENROUTE", "a send is answered before anybody looks for its template");
  const { state, statusId, errorId } = await of.untilState(messageId, ["delivered", "rejected", "undeliverable"]);
  return { state, statusId, errorId };
}

async function make(of: TestServer, changes: object = {}) {
  const json = { name: "order", language: "en", category: "UTILITY", structure: { body: { text: "Hi" } }, ...changes };
  const answer = await of.client.call("POST", `/whatsapp/2/senders/${SENDER}/templates`, { json });
  assert.equal(answer.status, 201, answer.text);
}

const DELIVERED = { state: "delivered", statusId: STATUS.DELIVERED_TO_HANDSET, errorId: ERROR.NO_ERROR };
const UNKNOWN = { state: "rejected", statusId: STATUS.REJECTED, errorId: ERROR.EC_INVALID_TEMPLATE };
const MISFILLED = { state: "rejected", statusId: STATUS.REJECTED, errorId: ERROR.EC_INVALID_TEMPLATE_ARGS };

test("a template is delivered from when it was made until it is deleted, in its own language", async () => {
  assert.deepEqual(await endOf(server, {}), UNKNOWN);
  await make(server);
  assert.deepEqual(await endOf(server, {}), DELIVERED);
  assert.deepEqual(await endOf(server, { language: "hr" }), UNKNOWN);
  assert.deepEqual(await endOf(server, { templateName: "ordr" }), UNKNOWN);
  await server.client.call("DELETE", `/whatsapp/2/senders/${SENDER}/templates/order`);
  assert.deepEqual(await endOf(server, {}), UNKNOWN);
});

test("a template that WhatsApp has not approved is not sent, and one that it has flagged is", async () => {
  for (const [templateName, end] of [
    ["pend_it", UNKNOWN],
    ["reject_it", UNKNOWN],
    ["pause_it", UNKNOWN],
    ["disable_it", UNKNOWN],
    ["flag_it", DELIVERED],
  ] as const) {
    await make(server, { name: templateName });
    assert.deepEqual(await endOf(server, { templateName }), end, templateName);
  }
});

test("a template that is filled in otherwise than it was made is refused", async () => {
  const structure = { body: { text: "Dear {{1}}", examples: ["Anna"] } };
  await make(server, { name: "dear", structure });
  assert.deepEqual(await endOf(server, { templateName: "dear" }), MISFILLED);
  assert.deepEqual(await endOf(server, { templateName: "dear", placeholders: ["Anna"] }), DELIVERED);
  assert.deepEqual(await endOf(server, { templateName: "dear", placeholders: ["Anna", "17"] }), MISFILLED);
});

test("an authentication template is sent with its code in the body and in the button", async () => {
  const structure = { body: {}, footer: {}, buttons: [{ otpType: "COPY_CODE" }] };
  await make(server, { name: "login", category: "AUTHENTICATION", structure });
  const buttons = [{ type: "URL", parameter: "123456" }];
  const templateData = { body: { placeholders: ["123456"] }, buttons };
  const content = { templateName: "login", templateData, language: "en" };
  const { body } = await server.client.call("POST", "/whatsapp/1/message/template", {
    json: { messages: [{ from: SENDER, to: TO, content }] },
  });
  await server.untilState(body.messages[0].messageId, ["delivered"]);
});

test("a magic number does what its table says, whatever the template, and its ordinary one looks for it", async () => {
  const absent = { state: "undeliverable", statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED, errorId: 27 };
  assert.deepEqual(await endOf(server, { templateName: "never", to: "447700900727" }), absent);
  assert.deepEqual(await endOf(server, { templateName: "never", to: "447700900000" }), UNKNOWN);
});

test("an SMS stands in for a template that is not there", async () => {
  const content = { templateName: "never", templateData: { body: { placeholders: [] } }, language: "en" };
  const smsFailover = { from: "Shop", text: "Order 17 has shipped" };
  const to = "385981234568";
  await server.client.call("POST", "/whatsapp/1/message/template", {
    json: { messages: [{ from: SENDER, to, content, smsFailover }] },
  });
  const sms = await until("the SMS is on the phone", async () => {
    const { body } = await server.client.call("GET", `/sandbox/messages?to=${to}`);
    return body.messages[0];
  });
  assert.deepEqual([sms.channel, sms.text], ["SMS", smsFailover.text]);
});

test("with sandbox.templates: any, every template is sent", async (t) => {
  const own = await startTestServer(t, { settings: { "sandbox.templates": "any" } });
  assert.deepEqual(await endOf(own, { templateName: "never" }), DELIVERED);
});

test("a new sandbox lists its examples, which can be sent as they are listed, and deleted for good", async (t) => {
  const folder = createFolder(t);
  const settings = { "sandbox.examples": true };
  const own = await startTestServer(t, { folder, settings });
  const templatesOf = async (client: ApiClient) =>
    (await client.call("GET", `/whatsapp/2/senders/${SENDER}/templates`)).body.templates as {
      readonly id: string;
      readonly name: string;
      readonly language: string;
    }[];
  const listed = await templatesOf(own.client);
  assert.deepEqual(
    listed.map(({ name, language }) => [name, language]),
    EXAMPLES.templates.map(({ name, language }) => [name, language]),
  );
  for (const { id, name: templateName, language } of listed) {
    const found = await own.client.call("GET", `/whatsapp/2/senders/${SENDER}/templates/${id}`);
    assert.equal(found.body.name, templateName);
    assert.deepEqual(await endOf(own, { templateName, language, placeholders: ["a", "b"] }), DELIVERED);
  }
  const [first, second] = EXAMPLES.templates;
  const gone = await own.client.call("DELETE", `/whatsapp/2/senders/${SENDER}/templates/${first.name}`);
  assert.equal(gone.status, 204);
  await own.stop();
  const again = await startTestServer(t, { folder, settings });
  assert.deepEqual(
    (await templatesOf(again.client)).map(({ name }) => name),
    [second.name],
  );
});

test("examples leave alone what is there under their names", async (t) => {
  const folder = createFolder(t);
  const [{ name, language }] = EXAMPLES.templates;
  const first = await startTestServer(t, { folder });
  await make(first, { name, language });
  await first.stop();
  const second = await startTestServer(t, { folder, settings: { "sandbox.examples": true } });
  assert.deepEqual(await endOf(second, { templateName: name, language }), DELIVERED);
});

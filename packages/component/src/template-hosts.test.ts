/** Send Whatsapp Template Message as its hosts offer it: the library, and workflow files with data pills. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listedTemplate, TEMPLATE_INPUT, TEMPLATE_SENT, templatesAnswer } from "../test/fake-runtime.ts";
import { infobip } from "./library.ts";
import { runWorkflow } from "./task-runner.ts";
import { validateWorkflow } from "./workflow.ts";

const LISTED = listedTemplate({
  structure: { body: { text: "Dear {{1}}, order {{2}} is on its way" }, header: { format: "IMAGE" } },
});

/** A client whose server lists the template and takes every send; and what it was asked. */
function stage() {
  const requests: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
  const fakeFetch = async (url: URL | string | Request, init: RequestInit = {}) => {
    const { method = "GET", body } = init;
    const { pathname } = new URL(url instanceof Request ? url.url : url);
    requests.push({ method, path: pathname, body: typeof body === "string" ? JSON.parse(body) : undefined });
    const { json } = method === "GET" ? templatesAnswer(LISTED) : TEMPLATE_SENT;
    return new Response(JSON.stringify(json), { headers: { "content-type": "application/json" } });
  };
  const client = infobip({ key: "k", baseUrl: "http://127.0.0.1:1" }, { fetch: fakeFetch });
  return { client, requests };
}

const ASKED = { method: "GET", path: "/whatsapp/2/senders/385000000009/templates", body: undefined };
const TASK = {
  name: "infobip_1",
  type: "infobip/v1/sendWhatsappTemplateMessage",
  parameters: {
    ...TEMPLATE_INPUT,
    to: "${phone}",
    placeholders: { _1: "${name}", _2: "No ${order}" },
    header: "${header}",
  },
};
const WORKFLOW = {
  inputs: [
    { name: "phone", type: "string", required: true },
    { name: "name", type: "string", required: true },
    { name: "order", type: "integer", required: true },
    { name: "header", type: "object", required: true },
  ],
  tasks: [TASK],
  outputs: [{ name: "id", value: "${infobip_1.messages[0].messageId}" }],
};
const INPUTS = { phone: "385000000001", name: "Anna", order: 17, header: { mediaUrl: "https://x.example/a.png" } };

test("the library sends it, and looks up what a form offers", async () => {
  const { client, requests } = stage();
  const placeholders = { _2: "17", _1: "Anna" };
  const header = { mediaUrl: "https://x.example/a.png" };
  const output = await client.sendWhatsappTemplateMessage({ ...TEMPLATE_INPUT, placeholders, header });
  assert.equal(output.messages[0]?.messageId, "a");
  assert.deepEqual(requests[0], ASKED);
  assert.deepEqual([requests[1]?.method, requests[1]?.path], ["POST", "/whatsapp/1/message/template"]);
  const call = { action: "sendWhatsappTemplateMessage", property: "placeholders", input: TEMPLATE_INPUT };
  const found = await client.lookUp(call);
  assert.deepEqual(found.kind === "properties" && found.properties.map(({ name }) => name), ["_1", "_2"]);
});

test("a workflow sends it, with data pills in placeholders and for the whole header", async () => {
  const { client, requests } = stage();
  assert.deepEqual(validateWorkflow(WORKFLOW), []);
  const { outputs } = await runWorkflow(WORKFLOW, { client, inputs: INPUTS, runId: "order-17" });
  assert.deepEqual(outputs, { id: "a" });
  assert.deepEqual(requests[0], ASKED);
  const body = requests[1]?.body as { messages: readonly { readonly content: object }[] } | undefined;
  assert.deepEqual(body?.messages[0]?.content, {
    templateName: "order_shipped",
    templateData: {
      body: { placeholders: ["Anna", "No 17"] },
      header: { type: "IMAGE", mediaUrl: "https://x.example/a.png" },
    },
    language: "en",
  });
});

test("what can be known of a template's parameters is said before the first task runs", async () => {
  const violationsOf = (parameters: object) =>
    validateWorkflow({ ...WORKFLOW, tasks: [{ ...TASK, parameters: { ...TASK.parameters, ...parameters } }] }).map(
      ({ property, violation }) => `${property} ${violation}`,
    );
  const at = "tasks[0].parameters";
  assert.deepEqual(violationsOf({ placeholders: { _1: "${name}", _3: "c" } }), [`${at}.placeholders._2 is required`]);
  assert.deepEqual(violationsOf({ header: { type: "DOCUMENT", mediaUrl: "${name}" } }), [
    `${at}.header.filename is required by a header of type DOCUMENT`,
  ]);
  assert.deepEqual(violationsOf({ buttons: [{ type: "CALL", parameter: "1" }] }), [
    `${at}.buttons[0].type must be one of QUICK_REPLY, URL, COPY_CODE, FLOW, CATALOG, MULTI_PRODUCT, ORDER_DETAILS, VOICE_CALL`,
  ]);
  assert.deepEqual(violationsOf({ cards: [{ header: { type: "IMAGE" }, buttons: [{ type: "FLOW" }] }] }), [
    `${at}.cards[0].buttons[0].type must be one of QUICK_REPLY, URL`,
  ]);
  assert.deepEqual(violationsOf({ cards: [{ header: { type: "IMAGE" }, buttons: "${header}" }] }), [
    `${at}.cards[0].header.mediaUrl is required by a header of type IMAGE`,
  ]);
  assert.deepEqual(violationsOf({ buttons: [{ type: "FLOW", data: { of: "${name}", all: "No ${order}" } }] }), []);
  const { client, requests } = stage();
  await assert.rejects(runWorkflow(WORKFLOW, { client, inputs: { ...INPUTS, header: { type: "TEXT" } } }), {
    code: "INVALID_INPUT",
  });
  assert.deepEqual(requests, []);
});

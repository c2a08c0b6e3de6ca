import assert from "node:assert/strict";
import test from "node:test";
import type { Emulator, ReceiveOptions } from "../src/index.ts";
import { assertAnswerFits, assertComponentFits, requestExamples, SKIP } from "./harness/meta-openapi.ts";
import { MAGIC_NUMBERS } from "../src/magic-numbers.ts";
import { PHONE, Setting, TOKEN, USER, WABA } from "./harness/setting.ts";

const MESSAGES = "{Phone-Number-ID}/messages";
const BODY = { type: "BODY", text: "One {{1}}, two {{2}}, three {{3}}." };
const IMAGE = { type: "HEADER", format: "IMAGE" };
const QUICK = (text: string) => ({ type: "QUICK_REPLY", text });

/** What has to be there for the examples: templates that fit what each gives. */
const TEMPLATES = [
  {
    name: "intro_catalog_offer",
    language: "en_US",
    components: [BODY, { type: "BUTTONS", buttons: [{ type: "CATALOG", text: "View" }] }],
  },
  {
    name: "flow_template",
    language: "en_US",
    components: [
      { type: "BODY", text: "Go" },
      { type: "BUTTONS", buttons: [{ type: "FLOW", text: "Go" }] },
    ],
  },
  {
    name: "template-interactive",
    language: "en_US",
    components: [IMAGE, BODY, { type: "BUTTONS", buttons: [QUICK("A"), QUICK("B")] }],
  },
  { name: "template-media", language: "en_US", components: [IMAGE, BODY] },
  { name: "template-text", language: "en_US", components: [BODY] },
  {
    name: "sample_issue_resolution",
    language: "en_US",
    components: [
      { type: "BODY", text: "Is it well, {{1}}?" },
      { type: "BUTTONS", buttons: [QUICK("Yes"), QUICK("No")] },
    ],
  },
];
const TEMPLATE_OF: Readonly<Record<string, string>> = {
  "Send Flow Template Message": "flow_template",
  "Send Message Template Interactive": "template-interactive",
  "Send Message Template Media": "template-media",
};

/** Gaps of an example that only its reader can fill. */
function filled(name: string, example: unknown, mediaId: string, wamid: string): Record<string, unknown> {
  const text = JSON.stringify(example)
    .replaceAll(/\{\{Recipient-[A-Za-z-]+\}\}/g, USER)
    .replaceAll(/"link":"[^"]*"/g, '"link":"https://example.com/file"')
    .replaceAll(/"<[A-Z_]*OBJECT_ID>"/g, JSON.stringify(mediaId))
    .replaceAll(/<MSGID[A-Z_]*>|wamid\.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUYzMjEzNDM2RTZGQ0MzMDJBRgA=/g, wamid)
    .replaceAll('"<HEADER_TYPE>"', '"text"')
    .replaceAll(/"template-name"|"<TEMPLATE_NAME>"/g, JSON.stringify(TEMPLATE_OF[name] ?? "template-text"))
    .replaceAll('"language-and-locale-code"', '"en_US"');
  return JSON.parse(text) as Record<string, unknown>;
}

async function uploadedId({ emulator }: { readonly emulator: Emulator }): Promise<string> {
  const form = new FormData();
  form.set("messaging_product", "whatsapp");
  form.set("file", new File(["x"], "file.jpg", { type: "image/jpeg" }));
  const response = await fetch(`${emulator.url}/v25.0/${PHONE}/media`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: form,
  });
  const answer = (await response.json()) as { readonly id: string };
  assertAnswerFits("{Phone-Number-ID}/media", "post", answer);
  return answer.id;
}

test("every example of a message is taken, and answered as the document says", { skip: SKIP }, async () => {
  await using setting = await Setting.start({ templates: TEMPLATES, pairBurst: 1000, windowIsOpen: () => true });
  const examples = requestExamples(MESSAGES, "post");
  assert.ok(examples.length >= 50, `${examples.length} examples`);
  const mediaId = await uploadedId(setting);
  const { id } = setting.emulator.receive({ from: USER, type: "text", text: { body: "Hi" } });
  for (const [name, example] of examples) {
    const message = filled(name, example, mediaId, id);
    const answer = await setting.ask("POST", `${PHONE}/messages`, message);
    assert.equal(answer.status, 200, `${name}: ${answer.error?.details} ${JSON.stringify(message)}`);
    if (message["status"] === undefined) assertAnswerFits(MESSAGES, "post", answer.body);
    else assertComponentFits("MarkMessageResponsePayload", answer.body);
  }
  await setting.emulator.idle();
  for (const { text } of setting.receiver.webhooks) assertComponentFits("WebhookPayload", JSON.parse(text));
  // One example is a read mark.
  assert.equal(setting.receiver.statuses.length, 2 * (examples.length - 1));
  assert.deepEqual(new Set(setting.receiver.statuses.map(({ status }) => status)), new Set(["sent", "delivered"]));
});

test("every example of a template can be made", { skip: SKIP }, async () => {
  await using setting = await Setting.start();
  const examples = requestExamples("{WABA-ID}/message_templates", "post");
  assert.ok(examples.length > 8);
  for (const [index, [name, example]] of examples.entries()) {
    const answer = await setting.ask("POST", `${WABA}/message_templates`, { ...example, name: `example_${index}` });
    assert.equal(answer.status, 200, `${name}: ${answer.error?.details}`);
    assertAnswerFits("{WABA-ID}/message_templates", "post", answer.body);
  }
  const listed = await setting.ask("GET", `${WABA}/message_templates?limit=100`);
  assertAnswerFits("{WABA-ID}/message_templates", "get", listed.body);
  const data = listed.body["data"] as readonly { readonly id: string }[];
  assert.equal(data.length, examples.length + 1);
  const one = await setting.ask("GET", data[0]?.id ?? "");
  assertAnswerFits("{TEMPLATE_ID}", "get", one.body);
  const removed = await setting.ask("DELETE", `${WABA}/message_templates?name=example_0`);
  assertAnswerFits("{WABA-ID}/message_templates", "delete", removed.body);
});

test("answers about numbers, profiles and subscriptions are as the document says", { skip: SKIP }, async () => {
  await using setting = await Setting.start();
  const url = setting.receiver.url;
  const profile = { messaging_product: "whatsapp", about: "Open", websites: ["https://example.com"] };
  const asked: readonly (readonly [string, string, unknown?])[] = [
    ["get", "{WABA-ID}/phone_numbers"],
    ["post", "{WABA-ID}/subscribed_apps", { override_callback_uri: url, verify_token: "verify" }],
    ["get", "{WABA-ID}/subscribed_apps"],
    ["delete", "{WABA-ID}/subscribed_apps"],
    ["post", "{Phone-Number-ID}/whatsapp_business_profile", profile],
    ["get", "{Phone-Number-ID}/whatsapp_business_profile"],
    ["post", "{Phone-Number-ID}/deregister"],
    ["post", "{Phone-Number-ID}/register", { messaging_product: "whatsapp", pin: "123456" }],
    ["post", "{Phone-Number-ID}/request_code", { code_method: "SMS", language: "en_US" }],
    ["post", "{Phone-Number-ID}", { new_display_name: "Shop" }],
  ];
  for (const [method, path, body] of asked) {
    const real = path.replace("{WABA-ID}", WABA).replace("{Phone-Number-ID}", PHONE);
    const answer = await setting.ask(method.toUpperCase(), real, body);
    assert.equal(answer.status, 200, `${method} ${path}: ${answer.error?.details}`);
    assertAnswerFits(path, method, answer.body);
  }
  const number = await setting.ask("GET", `${PHONE}?fields=display_phone_number,verified_name,quality_rating`);
  assertAnswerFits("{Phone-Number-ID}", "get", number.body);
  assert.equal(number.body["verified_name"], "Shop");
});

test("errors are as the document says", { skip: SKIP }, async () => {
  await using setting = await Setting.start();
  const wrong = [
    await setting.ask("GET", PHONE, undefined, "another-token"),
    await setting.ask("GET", "1234"),
    await setting.text("447700900104"),
    await setting.text("447700900401"),
    await setting.ask("POST", `${PHONE}/messages`, { messaging_product: "whatsapp" }),
  ];
  for (const { body, error } of wrong) {
    assert.ok(error !== null);
    assertComponentFits("GraphAPIError", body);
    assertComponentFits("ErrorResponse", body);
  }
});

const REPLIES = MAGIC_NUMBERS.filter(({ description }) => description.startsWith("the user"));

test("webhooks of everything that a user sends are as the document says", { skip: SKIP }, async () => {
  await using setting = await Setting.start();
  assert.ok(REPLIES.length > 14);
  const list = {
    type: "interactive",
    interactive: {
      type: "list",
      body: { text: "Which?" },
      action: { button: "Choose", sections: [{ rows: [{ id: "1", title: "One", description: "The first" }] }] },
    },
  };
  for (const { user } of REPLIES) await setting.send(user, list);
  const more: readonly ReceiveOptions[] = [
    { type: "button", button: { payload: "yes", text: "Yes" }, from: USER, inReplyTo: "wamid.x" },
    { type: "text", text: { body: "Quoting" }, from: USER, inReplyTo: "wamid.x" },
    { type: "image", image: { caption: "Look" }, from: USER, profileName: "Ana" },
  ];
  for (const message of more) setting.emulator.receive(message);
  await setting.emulator.idle();
  const types = new Set<unknown>();
  for (const { text, value } of setting.receiver.webhooks) {
    const [message] = (value["messages"] ?? []) as readonly Readonly<Record<string, unknown>>[];
    types.add(message?.["type"]);
    // The document is of v23, which knows neither flows nor users without a number.
    const isNewer = (message?.["interactive"] as { type?: string } | undefined)?.type === "nfm_reply";
    if (isNewer || (message !== undefined && message["from"] === undefined)) continue;
    assertComponentFits("WebhookPayload", JSON.parse(text));
  }
  for (const type of ["text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction"]) {
    assert.ok(types.has(type), type);
  }
  for (const type of ["interactive", "button", "order", "system", "unsupported"]) assert.ok(types.has(type), type);
});

test("a webhook that is not as the document says would be seen", { skip: SKIP }, () => {
  const value = { messaging_product: "whatsapp", metadata: {}, statuses: [{ id: "x", status: "sent" }] };
  const webhook = { object: "o", entry: [{ id: "1", changes: [{ field: "messages", value }] }] };
  assert.throws(() => assertComponentFits("WebhookPayload", webhook));
});

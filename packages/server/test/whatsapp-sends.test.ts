/** Every type of WhatsApp message makes the whole way, and what is wrong with one is said and not stored. */
import { OPERATIONS, SandboxMessages } from "@posthorn/contract";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Check } from "typebox/value";
import { type Answer, violationsOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";
import { WHATSAPP_BODIES, type WhatsAppSend } from "./harness/whatsapp-bodies.ts";

type Body = Record<string, unknown>;

const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup, {
  settings: { "sandbox.templates": "any", "tracking.baseUrl": "https://go.example" },
});
const sink = await WebhookSink.start(cleanup);
const { client } = server;

/** What the log shows of the full body, and what it is. */
const SHOWN: Readonly<
  Record<Exclude<WhatsAppSend, "sendWhatsappTemplateMessage" | "sendWhatsappEvents">, [string, string]>
> = {
  sendWhatsappTextMessage: ["TEXT", "See https://example.com/"],
  sendWhatsappDocumentMessage: ["DOCUMENT", "Bill"],
  sendWhatsappImageMessage: ["IMAGE", "Horn"],
  sendWhatsappAudioMessage: ["AUDIO", ""],
  sendWhatsappVideoMessage: ["VIDEO", "Film"],
  sendWhatsappStickerMessage: ["STICKER", ""],
  sendWhatsappLocationMessage: ["LOCATION", "Pole"],
  sendWhatsappContactMessage: ["CONTACT", "Ada L., Bob"],
  sendWhatsappInteractiveButtonsMessage: ["INTERACTIVE_BUTTONS", "Choose"],
  sendWhatsappInteractiveListMessage: ["INTERACTIVE_LIST", "Choose"],
  sendWhatsappInteractiveMediaCarouselMessage: ["INTERACTIVE_MEDIA_CAROUSEL", "Choose"],
  sendWhatsappInteractiveLocationRequestMessage: ["INTERACTIVE_LOCATION_REQUEST", "Choose"],
  sendWhatsappInteractiveProductMessage: ["INTERACTIVE_PRODUCT", "Choose"],
  sendWhatsappInteractiveMultiProductMessage: ["INTERACTIVE_MULTI_PRODUCT", "Choose"],
  sendWhatsappInteractiveOrderDetailsMessage: ["INTERACTIVE_ORDER_DETAILS", "Choose"],
  sendWhatsappInteractiveOrderStatusMessage: ["INTERACTIVE_ORDER_STATUS", "Choose"],
  sendWhatsappInteractiveFlowMessage: ["INTERACTIVE_FLOW", "Choose"],
  sendWhatsappInteractiveUrlButtonMessage: ["INTERACTIVE_URL_BUTTON", "Choose"],
  sendWhatsappInteractiveCallPermissionRequestMessage: ["INTERACTIVE_CALL_PERMISSION_REQUEST", ""],
  sendWhatsappInteractiveVoiceButtonMessage: ["INTERACTIVE_VOICE_BUTTON", "Choose"],
  sendWhatsappInteractiveInThreadAuthenticationRequestMessage: ["INTERACTIVE_IN_THREAD_AUTHENTICATION_REQUEST", ""],
  sendWhatsappInteractiveRequestContactInfoMessage: ["INTERACTIVE_REQUEST_CONTACT_INFO", "Choose"],
};

const post = (name: WhatsAppSend, json: unknown) => client.call("POST", OPERATIONS[name].path, { json });
const pathOf = (value: string) => value.split(".");

/** A copy with the value at a path of dots; numbers are places in lists. */
function withValue(body: object, path: string, value: unknown): Body {
  const result = JSON.parse(JSON.stringify(body)) as Body;
  const keys = pathOf(path);
  const last = String(keys.pop());
  let parent = result;
  for (const key of keys) parent = (parent[key] ??= {}) as Body;
  parent[last] = value;
  return result;
}

async function onPhone(messageId: string) {
  const { body } = await client.call("GET", `/sandbox/messages/${messageId}`);
  assert.ok(Check(SandboxMessages, { messages: [body] }), JSON.stringify(body));
  return body;
}

for (const [name, [type, text]] of Object.entries(SHOWN) as [keyof typeof SHOWN, [string, string]][]) {
  test(`${type}: accepted, delivered, shown by the phone with its content, and reported`, async () => {
    const [, full] = WHATSAPP_BODIES[name];
    const { content } = full as { content?: object };
    const { status, body } = await post(name, { ...full, messageId: type, notifyUrl: sink.url, unknown: 1 });
    assert.equal(status, 200);
    const { status: first, ...rest } = body;
    assert.deepEqual(rest, { to: "385981234567", messageCount: 1, messageId: type });
    assert.deepEqual([first.id, first.name, first.groupName], [7, "PENDING_ENROUTE", "PENDING"]);

    const record = await server.untilState(type, ["delivered"]);
    assert.deepEqual([record.channel, record.text, record.bulkId], ["WHATSAPP", text, ""]);
    assert.deepEqual([record.callbackData, record.entityId, record.applicationId], ["d", "e", "a"]);
    const options = JSON.parse(record.options ?? "null") as Body;
    if (type !== "TEXT") assert.deepEqual([options["type"], options["content"]], [type, content ?? {}]);
    if ("urlOptions" in OPERATIONS[name].body.properties) {
      assert.deepEqual(options["urlOptions"], (full as Body)["urlOptions"]);
    }
    const shown = await onPhone(type);
    assert.deepEqual([shown.text, shown.type, shown.content], [text, type, content ?? {}]);
    const hasContext = "context" in OPERATIONS[name].body.properties;
    assert.deepEqual(shown.context, hasContext ? { replyToMessageId: "r" } : undefined);

    const report = await until(`the report of ${type}`, () => sink.reports.find(({ messageId }) => messageId === type));
    assert.deepEqual([report.status.name, report.bulkId, report["to"]], ["DELIVERED_TO_HANDSET", "", "385981234567"]);
  });

  test(`${type}: an unknown member of its content is not kept`, async () => {
    const [, full] = WHATSAPP_BODIES[name];
    if (!("content" in full)) return;
    const id = `${type}-unknown`;
    await post(name, { ...withValue(full, "content.unknown", { deep: 1 }), messageId: id });
    const record = await server.untilState(id, ["delivered"]);
    assert.ok(!String(record.options).includes("unknown"), String(record.options));
  });
}

const TEMPLATE = "sendWhatsappTemplateMessage";

test("templates: one commit, one bulk, each with its own report and SMS to stand in for it", async () => {
  const [, { messages }] = WHATSAPP_BODIES[TEMPLATE] as unknown as [object, { messages: Body[] }];
  const named = messages.map((message, index) => ({ ...message, messageId: `template-${index}`, notifyUrl: sink.url }));
  const { status, body } = await post(TEMPLATE, { messages: named, bulkId: "of-templates" });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.bulkId, "of-templates");
  assert.deepEqual(
    body.messages.map((entry: Body) => [entry["messageId"], entry["to"], (entry["status"] as Body)["name"]]),
    [
      ["template-0", "385981234567", "PENDING_ENROUTE"],
      ["template-1", "385981234568", "PENDING_ENROUTE"],
    ],
  );
  const first = await server.untilState("template-0", ["delivered"]);
  assert.deepEqual([first.text, first.bulkId], ["order_shipped", "of-templates"]);
  const options = JSON.parse(first.options ?? "null") as Body;
  assert.equal(options["type"], "TEMPLATE");
  assert.deepEqual(options["content"], named[0]?.["content" as never]);
  assert.deepEqual(options["smsFailover"], { from: "Shop", text: "Order 17 has shipped" });
  await server.untilState("template-1", ["delivered"]);
  assert.deepEqual((await onPhone("template-1")).content, named[1]?.["content" as never]);
  const reports = await until("both reports", () => {
    const found = sink.reports.filter(({ messageId }) => messageId.startsWith("template-"));
    return found.length === 2 ? found : null;
  });
  for (const report of reports) assert.equal(report.bulkId, "of-templates");
});

test("templates: a bulkId is made for more than one message, and none for one alone", async () => {
  const [one] = WHATSAPP_BODIES[TEMPLATE] as unknown as [{ messages: [Body] }];
  assert.equal((await post(TEMPLATE, one)).body.bulkId, undefined);
  const { body } = await post(TEMPLATE, { messages: [one.messages[0], one.messages[0]] });
  assert.match(body.bulkId, /./);
  const record = await server.message(body.messages[0].messageId);
  assert.equal(record?.bulkId, body.bulkId);
});

test("templates: a bad destination, and a messageId that is there already, are statuses of those messages alone", async () => {
  const [one] = WHATSAPP_BODIES[TEMPLATE] as unknown as [{ messages: [Body] }];
  const [message] = one.messages;
  const messages = [
    { ...message, messageId: "again" },
    { ...message, to: "nobody" },
    { ...message, messageId: "again" },
  ];
  const { status, body } = await post(TEMPLATE, { messages });
  assert.equal(status, 200);
  assert.deepEqual(
    body.messages.map((entry: Body) => (entry["status"] as Body)["name"]),
    ["PENDING_ENROUTE", "REJECTED_DESTINATION", "REJECTED_DUPLICATE_MESSAGE_ID"],
  );
});

test("templates: more messages than a request may have destinations are refused, and none is stored", async (t) => {
  const small = await startTestServer(t, { settings: { "accept.destinationsPerRequestMax": 2 } });
  const [one] = WHATSAPP_BODIES[TEMPLATE] as unknown as [{ messages: [Body] }];
  const messages = Array.from({ length: 3 }, () => one.messages[0]);
  const answer = await small.client.call("POST", OPERATIONS[TEMPLATE].path, { json: { messages } });
  assert.equal(answer.status, 400);
  assert.deepEqual(Object.keys(violationsOf(answer)), ["messages[2]"]);
  assert.equal((await small.ledger()).accepted, 0);
});

const row = (id: string) => ({ id, title: "t" });
const rows = (count: number, start = 0) => Array.from({ length: count }, (_, index) => row(`r${start + index}`));
const LIST = "content.action.sections";
const BUTTONS = "messages.0.content.templateData.buttons";
const urlButton = { type: "URL", parameter: "x" };

/** The plain body of an operation with one thing wrong, and what is said to be wrong. */
const WRONG: readonly [name: WhatsAppSend, path: string, value: unknown, property: string, violation: RegExp][] = [
  ["sendWhatsappImageMessage", "content.mediaUrl", "nowhere", "content.mediaUrl", /valid http or https URL/],
  ["sendWhatsappImageMessage", "content", { caption: "a" }, "content.mediaUrl", /must not be null/],
  ["sendWhatsappAudioMessage", "content.voice", "yes", "content.voice", /must be a boolean/],
  ["sendWhatsappStickerMessage", "from", "", "from", /must not be blank/],
  ["sendWhatsappLocationMessage", "content.latitude", 91, "content.latitude", /less than or equal to 90/],
  ["sendWhatsappContactMessage", "content.contacts", [], "content.contacts", /must not be empty/],
  ["sendWhatsappDocumentMessage", "notifyUrl", "ftp://x", "notifyUrl", /valid http or https URL/],
  ["sendWhatsappVideoMessage", "urlOptions", { trackingUrl: "x" }, "urlOptions.trackingUrl", /valid http or https URL/],
  [
    "sendWhatsappInteractiveButtonsMessage",
    "content.action.buttons.0.type",
    "CALL",
    "content.action.buttons[0].type",
    /must be one of \[REPLY\]/,
  ],
  [
    "sendWhatsappInteractiveListMessage",
    LIST,
    [
      { title: "a", rows: rows(6) },
      { title: "b", rows: rows(5, 6) },
    ],
    `${LIST}[1].rows`,
    /at most 10 rows/,
  ],
  [
    "sendWhatsappInteractiveListMessage",
    LIST,
    [
      { title: "a", rows: rows(1) },
      { title: "b", rows: rows(1) },
    ],
    `${LIST}[1].rows[0].id`,
    /must be unique/,
  ],
  [
    "sendWhatsappInteractiveListMessage",
    LIST,
    [{ title: "a", rows: rows(1) }, { rows: rows(1, 1) }],
    `${LIST}[1].title`,
    /must not be blank/,
  ],
  [
    "sendWhatsappInteractiveMultiProductMessage",
    LIST,
    [{ productRetailerIds: ["p"] }, { title: "b", productRetailerIds: ["q"] }],
    `${LIST}[0].title`,
    /must not be blank/,
  ],
  [
    "sendWhatsappInteractiveFlowMessage",
    "content.action.flowId",
    undefined,
    "content.action.flowId",
    /must not be null/,
  ],
  [
    "sendWhatsappTemplateMessage",
    "messages.0.content.templateName",
    "Upper",
    "messages[0].content.templateName",
    /must match/,
  ],
  ["sendWhatsappTemplateMessage", "messages.0.notifyUrl", "x", "messages[0].notifyUrl", /valid http or https URL/],
  [
    "sendWhatsappTemplateMessage",
    BUTTONS,
    [urlButton, urlButton, urlButton],
    "messages[0].content.templateData.buttons",
    /at most 2 buttons of type URL/,
  ],
  [
    "sendWhatsappTemplateMessage",
    BUTTONS,
    [{ type: "FLOW" }, { type: "FLOW" }],
    "messages[0].content.templateData.buttons",
    /at most one button of type FLOW/,
  ],
  [
    "sendWhatsappTemplateMessage",
    BUTTONS,
    [{ type: "CATALOG" }, urlButton],
    "messages[0].content.templateData.buttons",
    /type CATALOG must be the only one/,
  ],
  ["sendWhatsappEvents", "events.0.content.type", "READ", "events[0].content.type", /must be one of/],
  ["sendWhatsappEvents", "events.0.destinations", [], "events[0].destinations", /must not be empty/],
  [
    "sendWhatsappEvents",
    "options",
    { schedule: { sendAt: "2999-01-01T00:00:00Z" } },
    "options.schedule.sendAt",
    /days ahead/,
  ],
];

for (const [name, path, value, property, violation] of WRONG) {
  test(`${name}: a wrong ${property} is named (${String(violation)}), and nothing is stored`, async () => {
    const { accepted } = await server.ledger();
    const answer = await post(name, withValue(WHATSAPP_BODIES[name][0], path, value));
    assert.equal(answer.status, 400, answer.text);
    assert.equal("requestError" in answer.body, name !== "sendWhatsappEvents");
    const violations = violationsOf(answer);
    assert.match(violations[property] ?? JSON.stringify(violations), violation);
    assert.equal((await server.ledger()).accepted, accepted);
  });
}

test("the limits over several members hold to the last one", async () => {
  const good: readonly [WhatsAppSend, string, unknown][] = [
    [
      "sendWhatsappInteractiveListMessage",
      LIST,
      [
        { title: "a", rows: rows(5) },
        { title: "b", rows: rows(5, 5) },
      ],
    ],
    [
      "sendWhatsappTemplateMessage",
      BUTTONS,
      [urlButton, urlButton, { type: "FLOW" }, { type: "COPY_CODE", parameter: "c" }],
    ],
    ["sendWhatsappTemplateMessage", BUTTONS, [{ type: "CATALOG" }]],
  ];
  for (const [name, path, value] of good) {
    const { status, text } = await post(name, withValue(WHATSAPP_BODIES[name][0], path, value));
    assert.equal(status, 200, text);
  }
});

test("a typing indicator goes its way and makes no report", async () => {
  const [, full] = WHATSAPP_BODIES.sendWhatsappEvents;
  const path = "events.0.destinations.0.messageId";
  const { status, body } = await post("sendWhatsappEvents", withValue(full, path, "typing-1"));
  assert.equal(status, 200);
  assert.equal(body.bulkId, "typing");
  const [entry] = body.messages;
  assert.deepEqual(
    [entry.messageId, entry.destination, entry.status.name],
    ["typing-1", "385981234567", "PENDING_ACCEPTED"],
  );
  const record = await server.untilState("typing-1", ["delivered"]);
  assert.deepEqual([record.text, record.entityId, record.expiresAt - record.acceptedAt], ["", "e", 20_000]);
  const shown = await onPhone("typing-1");
  // The id of the message that it answers is nobody's business but the carrier's.
  assert.deepEqual([shown.type, shown.content], ["TYPING_INDICATOR", { type: "TYPING_INDICATOR" }]);
  assert.ok(server.webhooks().every(({ messageId }) => messageId !== "typing-1"));
});

const readPath = (sender: string, messageId: string) => `/whatsapp/1/senders/${sender}/message/${messageId}/read`;

test("a read mark is answered when the phone was told, and needs the scope", async () => {
  const { status, text } = await client.call("POST", readPath("441134960000", "wamid.HBg%3D"));
  assert.deepEqual([status, text], [204, ""]);
  assert.equal(server.sandbox.phones.isRead(1, "wamid.HBg="), true);
  assert.equal(server.sandbox.phones.isRead(2, "wamid.HBg="), false);
  assert.equal(server.sandbox.phones.isRead(1, "another"), false);
  const other = await server.addKey({ scopes: ["sms:manage"] });
  const refused: Answer = await other.client.call("POST", readPath("441134960000", "no"));
  assert.deepEqual([refused.status, refused.body.requestError.serviceException.messageId], [403, "FORBIDDEN"]);
  assert.equal(server.sandbox.phones.isRead(1, "no"), false);
});

test("a read mark is answered where the carrier's phones cannot be told", async (t) => {
  const plain = await startTestServer(t, { carriers: [new FakeCarrier()] });
  assert.equal((await plain.client.call("POST", readPath("441134960000", "m"))).status, 204);
  assert.equal(plain.sandbox.phones.isRead(1, "m"), false);
});

test("a carrier gets the type and the whole content, and urlOptions without a base URL change nothing", async (t) => {
  const carrier = new FakeCarrier();
  const plain = await startTestServer(t, { carriers: [carrier] });
  const [, full] = WHATSAPP_BODIES.sendWhatsappImageMessage;
  const json = withValue(full, "content.caption", "See https://a.example/b");
  json["urlOptions"] = { shortenUrl: true };
  const { body } = await plain.client.call("POST", OPERATIONS.sendWhatsappImageMessage.path, { json });
  const message = await until("the carrier has it", () =>
    carrier.handed.find((one) => one.messageId === body.messageId),
  );
  assert.equal(message.text, "See https://a.example/b");
  const options = JSON.parse(message.options ?? "null") as Body;
  assert.deepEqual([options["type"], options["content"]], ["IMAGE", json["content"]]);
});

test("URLs become short links in captions, bodies and what is put into templates, each as far as it fits", async () => {
  const url = "https://shop.example/a/long/way";
  const urlOptions = { shortenUrl: true };
  const cases: readonly [WhatsAppSend, string][] = [
    ["sendWhatsappImageMessage", "content.caption"],
    ["sendWhatsappInteractiveUrlButtonMessage", "content.body.text"],
    ["sendWhatsappTemplateMessage", "messages.0.content.templateData.body.placeholders"],
  ];
  for (const [name, path] of cases) {
    const isTemplate = name === "sendWhatsappTemplateMessage";
    const value = isTemplate ? ["17", `at ${url}`] : `at ${url}`;
    const body = withValue(WHATSAPP_BODIES[name][0], path, value);
    const { body: answer } = await post(
      name,
      withValue(body, isTemplate ? "messages.0.urlOptions" : "urlOptions", urlOptions),
    );
    const { messageId } = isTemplate ? answer.messages[0] : answer;
    const record = await server.untilState(messageId, ["delivered"]);
    const options = JSON.parse(record.options ?? "null") as Body;
    const inner = path.replace("messages.0.", "");
    const changed = pathOf(inner).reduce<unknown>((node, key) => (node as Body)[key], options);
    assert.match(String(changed), /at https:\/\/go\.example\/l\/\w+$/);
    const code = /\/l\/(\w+)$/.exec(String(changed))?.[1] ?? "";
    const followed = await fetch(`${server.url}/l/${code}`, { redirect: "manual" });
    assert.equal(followed.headers.get("location"), url);
    if (!isTemplate) assert.deepEqual([options["originalText"], record.text], [`at ${url}`, String(changed)]);
  }
  // A short link is longer than this URL, and the text has no room for it.
  const short = "http://a.bc";
  const text = `${"x".repeat(1024 - short.length - 1)} ${short}`;
  const full = withValue(WHATSAPP_BODIES.sendWhatsappInteractiveUrlButtonMessage[0], "content.body.text", text);
  const { body } = await post("sendWhatsappInteractiveUrlButtonMessage", { ...full, urlOptions });
  assert.equal((await server.untilState(body.messageId, ["delivered"])).text, text);
});

test("the sandbox's senders play their faults for every type", async () => {
  const { accepted } = await server.ledger();
  for (const name of Object.keys(WHATSAPP_BODIES) as WhatsAppSend[]) {
    if (name === "sendWhatsappEvents") continue;
    const [plain] = WHATSAPP_BODIES[name];
    const path = name === "sendWhatsappTemplateMessage" ? "messages.0.from" : "from";
    assert.equal((await post(name, withValue(plain, path, "HTTP503"))).status, 503, name);
  }
  assert.equal((await server.ledger()).accepted, accepted);
});

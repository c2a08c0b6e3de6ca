/** Each member of WhatsApp's messages at its limits, and what of them belongs together. */
import { OPERATIONS, violationsOf } from "@posthorn/contract";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Compile } from "typebox/compile";
import { WHATSAPP_BODIES, type WhatsAppSend } from "./harness/whatsapp-bodies.ts";

type Body = Record<string, unknown>;

const NAMES = Object.keys(WHATSAPP_BODIES) as WhatsAppSend[];
const validators = new Map(NAMES.map((name) => [name, Compile(OPERATIONS[name].body)]));

/** Interactive ones by what follows the common part of their names. */
type Short = WhatsAppSend extends infer Name
  ? Name extends `sendWhatsappInteractive${infer Rest}Message`
    ? Rest
    : Name extends `sendWhatsapp${infer Rest}Message`
      ? Rest
      : never
  : never;

function nameOf(short: Short | "Events"): WhatsAppSend {
  const name = NAMES.find((one) =>
    ["sendWhatsapp", "sendWhatsappInteractive"].some(
      (start) => one === `${start}${short}Message` || one === start + short,
    ),
  );
  assert.ok(name !== undefined, short);
  return name;
}

/** A copy of the full body with the value at `path` (dots, numbers for places in lists); undefined takes it away. */
function withValue(name: WhatsAppSend, path: string, value: unknown): Body {
  // By way of JSON: what stands twice in the table must not be one object in the copy.
  const result = JSON.parse(JSON.stringify(WHATSAPP_BODIES[name][1])) as Body;
  const keys = path.split(".");
  const last = String(keys.pop());
  let parent = result;
  for (const key of keys) parent = (parent[key] ??= {}) as Body;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return result;
}

/** Whether the validator takes it; the explanation must say the same, and name the place. */
function takes(name: WhatsAppSend, path: string, value: unknown): boolean {
  const body = withValue(name, path, value);
  const isTaken = validators.get(name)?.Check(body) === true;
  const violations = violationsOf(OPERATIONS[name].body, body);
  assert.equal(violations.length === 0, isTaken, `${name} ${path} ${JSON.stringify(violations)}`);
  const property = path.replaceAll(/\.(\d+)/g, "[$1]");
  for (const found of violations) assert.ok(found.property.startsWith(property), `${found.property} for ${property}`);
  return isTaken;
}

test("every body of the table fits, plain and full", () => {
  assert.equal(NAMES.length, 24);
  for (const name of NAMES) {
    for (const body of WHATSAPP_BODIES[name]) assert.deepEqual(violationsOf(OPERATIONS[name].body, body), [], name);
  }
});

const ONE = NAMES.filter((name) => !["sendWhatsappTemplateMessage", "sendWhatsappEvents"].includes(name));
const COMMON: readonly [path: string, min: 0 | 1, max: number][] = [
  ["from", 1, 24],
  ["to", 1, 150],
  ["messageId", 0, 200],
  ["callbackData", 0, 4000],
  ["notifyUrl", 0, 2048],
  ["entityId", 0, 255],
  ["applicationId", 0, 255],
];

for (const [path, min, max] of COMMON) {
  test(`${path} has ${min} to ${max} characters in every message`, () => {
    for (const [name, at] of [
      ...ONE.map((one) => [one, path] as const),
      ["sendWhatsappTemplateMessage", `messages.0.${path}`] as const,
    ]) {
      assert.equal(takes(name, at, "a".repeat(max)), true);
      assert.equal(takes(name, at, "a".repeat(max + 1)), false);
      assert.equal(takes(name, at, ""), min === 0);
      assert.equal(takes(name, at, 1), false);
    }
  });
}

const T = "messages.0.content.templateData";
const ORDER = "content.action.order";

/** Written out, not read from the schemas: a limit that changes there has to change here. */
const LENGTHS: readonly [short: Short, path: string, min: 0 | 1, max: number][] = [
  ["Text", "content.text", 1, 4096],
  ["Text", "context.replyToMessageId", 0, 255],
  ["Document", "content.caption", 0, 3000],
  ["Document", "content.filename", 0, 240],
  ["Image", "content.caption", 0, 3000],
  ["Video", "content.caption", 0, 3000],
  ["Location", "content.name", 0, 1000],
  ["Location", "content.address", 0, 1000],
  ["Contact", "content.contacts.0.name.firstName", 0, 255],
  ["Contact", "content.contacts.0.addresses.0.street", 0, 255],
  ["Buttons", "content.body.text", 1, 1024],
  ["Buttons", "content.footer.text", 1, 60],
  ["Buttons", "content.action.buttons.0.id", 1, 256],
  ["Buttons", "content.action.buttons.0.title", 1, 20],
  ["Buttons", "content.header.filename", 0, 240],
  ["List", "content.header.text", 1, 60],
  ["List", "content.action.title", 1, 20],
  ["List", "content.action.sections.0.title", 0, 24],
  ["List", "content.action.sections.0.rows.0.id", 1, 200],
  ["List", "content.action.sections.0.rows.0.title", 1, 24],
  ["List", "content.action.sections.0.rows.0.description", 0, 72],
  ["MediaCarousel", "content.body.text", 0, 1024],
  ["MediaCarousel", "content.action.cards.0.body.text", 0, 160],
  ["MediaCarousel", "content.action.cards.0.header.url", 0, 2048],
  ["MediaCarousel", "content.action.cards.0.button.displayText", 0, 20],
  ["MediaCarousel", "content.action.cards.0.button.url", 0, 2048],
  ["LocationRequest", "content.body.text", 1, 1024],
  ["Product", "content.action.catalogId", 0, 255],
  ["MultiProduct", "content.header.text", 1, 60],
  ["MultiProduct", "content.action.sections.0.title", 0, 24],
  ["OrderDetails", "content.action.paymentConfiguration", 1, 60],
  ["OrderDetails", "content.action.payment.code", 0, 2048],
  ["OrderDetails", `${ORDER}.items.0.name`, 1, 60],
  ["OrderDetails", `${ORDER}.tax.description`, 0, 60],
  ["OrderDetails", `${ORDER}.discount.programName`, 0, 60],
  ["OrderDetails", `${ORDER}.orderExpiration.description`, 0, 120],
  ["OrderStatus", "content.action.description", 0, 120],
  ["Flow", "content.action.callToActionButton", 1, 20],
  ["Flow", "content.action.flowToken", 0, 255],
  ["UrlButton", "content.action.displayText", 1, 20],
  ["VoiceButton", "content.action.buttonDisplayText", 0, 20],
  ["VoiceButton", "content.action.callContextPayload", 1, 512],
  ["RequestContactInfo", "content.body.text", 1, 1024],
  ["Template", "bulkId", 0, 100],
  ["Template", "messages.0.content.language", 0, 255],
  ["Template", "messages.0.smsFailover.from", 1, 24],
  ["Template", "messages.0.smsFailover.text", 1, 4096],
  ["Template", `${T}.body.placeholders.0`, 1, 4096],
  ["Template", `${T}.header.filename`, 1, 240],
  ["Template", `${T}.buttons.0.parameter`, 1, 128],
  ["Template", `${T}.buttons.2.parameter`, 1, 15],
  ["Template", `${T}.buttons.3.flowToken`, 0, 3000],
  ["Template", `${T}.buttons.4.callContextPayload`, 1, 512],
];

for (const [short, path, min, max] of LENGTHS) {
  test(`${short}: ${path} has ${min} to ${max} characters`, () => {
    const name = nameOf(short);
    assert.equal(takes(name, path, "a".repeat(max)), true);
    assert.equal(takes(name, path, "a".repeat(max + 1)), false);
    assert.equal(takes(name, path, ""), min === 0);
    assert.equal(takes(name, path, 5), false);
  });
}

const COUNTS: readonly [short: Short | "Events", path: string, min: number, max: number][] = [
  ["Contact", "content.contacts", 1, 257],
  ["Contact", "content.contacts.0.phones", 0, 50],
  ["Buttons", "content.action.buttons", 1, 3],
  ["List", "content.action.sections", 1, 10],
  ["List", "content.action.sections.0.rows", 1, 10],
  ["MediaCarousel", "content.action.cards", 2, 10],
  ["MultiProduct", "content.action.sections", 1, 10],
  ["MultiProduct", "content.action.sections.0.productRetailerIds", 1, 30],
  ["OrderDetails", `${ORDER}.items`, 1, 999],
  ["Template", "messages", 1, 10_000],
  ["Template", `${T}.body.placeholders`, 0, 255],
  ["Template", `${T}.buttons`, 0, 10],
  ["Template", `${T}.carousel.cards`, 1, 10],
  ["Template", `${T}.carousel.cards.0.buttons`, 1, 2],
  ["Template", "messages.1.content.templateData.buttons.0.action.payment.payments", 1, 2],
  ["Events", "events", 1, 10_000],
  ["Events", "events.0.destinations", 1, 1],
];

for (const [short, path, min, max] of COUNTS) {
  test(`${short}: ${path} has ${min} to ${max} entries`, () => {
    const name = nameOf(short);
    const [first] = path.split(".").reduce<unknown>((node, key) => (node as Body)[key], WHATSAPP_BODIES[name][1]) as [
      unknown,
    ];
    const many = (length: number) =>
      takes(
        name,
        path,
        Array.from({ length }, () => first),
      );
    assert.deepEqual([many(min), many(max), many(max + 1)], [true, true, false]);
    if (min > 0) assert.equal(many(min - 1), false);
  });
}

const RANGES: readonly [short: Short, path: string, min: number, max: number][] = [
  ["VoiceButton", "content.action.callValidityPeriod", 1, 43_200],
  ["Template", `${T}.buttons.4.callValidityPeriod`, 1, 43_200],
  ["OrderDetails", `${ORDER}.orderExpiration.expirationSeconds`, 360, Number.MAX_SAFE_INTEGER],
  ["OrderDetails", "content.action.totalAmount.value", -(2 ** 31), 2 ** 31 - 1],
  ["Flow", "content.action.flowMessageVersion", -(2 ** 31), 2 ** 31 - 1],
];

for (const [short, path, min, max] of RANGES) {
  test(`${short}: ${path} is a whole number from ${min} to ${max}`, () => {
    const check = (value: number) => takes(nameOf(short), path, value);
    assert.deepEqual([min - 1, min, max, max + 1].map(check), [false, true, true, false]);
    assert.equal(check(min + 0.5), false);
  });
}

test("a place lies on the globe", () => {
  const check = (path: string, value: number) => takes("sendWhatsappLocationMessage", path, value);
  assert.deepEqual(
    [-90, 90, -90.1, 90.1].map((value) => check("content.latitude", value)),
    [true, true, false, false],
  );
  assert.deepEqual(
    [-180, 180, -180.1, 180.1].map((value) => check("content.longitude", value)),
    [true, true, false, false],
  );
});

const ENUMS: readonly [short: Short, path: string, values: readonly string[]][] = [
  ["Contact", "content.contacts.0.addresses.0.type", ["HOME", "WORK"]],
  ["Contact", "content.contacts.0.phones.0.type", ["CELL", "MAIN", "IPHONE", "HOME", "WORK"]],
  ["Flow", "content.action.mode", ["DRAFT", "PUBLISHED"]],
  ["Flow", "content.action.flowAction", ["NAVIGATE", "DATA_EXCHANGE"]],
  ["OrderDetails", "content.action.orderCurrency", ["INR", "BRL"]],
  ["OrderDetails", "content.action.orderType", ["PHYSICAL_GOODS", "DIGITAL_GOODS"]],
  ["OrderDetails", "content.action.payment.keyType", ["CPF", "CNPJ", "EMAIL", "PHONE", "EVP"]],
  ["OrderDetails", "content.action.payment.flowType", ["REDIRECT", "COPYPASTE", "APPSWITCH"]],
  [
    "OrderStatus",
    "content.action.status",
    ["PENDING", "PROCESSING", "PARTIALLY_SHIPPED", "SHIPPED", "COMPLETED", "CANCELED"],
  ],
];

for (const [short, path, values] of ENUMS) {
  test(`${short}: ${path} is one of ${values.length}`, () => {
    const name = nameOf(short);
    for (const value of values) assert.equal(takes(name, path, value), true, value);
    for (const value of ["", values[0]?.toLowerCase(), "OTHER", 1]) assert.equal(takes(name, path, value), false);
  });
}

const TEXTS: readonly [short: Short, path: string, good: readonly string[], bad: readonly string[]][] = [
  ["Image", "content.mediaUrl", ["http://a.example/b", "https://a.example"], ["", "a.example", "ftp://a.example/b"]],
  ["UrlButton", "content.action.url", ["https://a.example"], ["", "call:1"]],
  ["Contact", "content.contacts.0.birthday", ["2000-02-29"], ["2000-13-01", "29.02.2000", ""]],
  ["OrderDetails", "content.action.payment.id", ["a-_.Z9", "a".repeat(35)], ["", "a b", "a".repeat(36)]],
  ["Template", "messages.0.content.templateName", ["a_1", "a".repeat(512)], ["", "A", "a-b", "a".repeat(513)]],
  ["Template", `${T}.limitedTimeOffer.expirationTime`, ["2030-01-01T10:00:00.000Z"], ["", "tomorrow"]],
];

for (const [short, path, good, bad] of TEXTS) {
  test(`${short}: ${path} is a text of its kind`, () => {
    const name = nameOf(short);
    for (const value of good) assert.equal(takes(name, path, value), true, value);
    for (const value of bad) assert.equal(takes(name, path, value), false, value);
  });
}

test("a header, a button, a payment is judged by its type, and another type is named with those that there are", () => {
  const header = (value: unknown) =>
    violationsOf(OPERATIONS.sendWhatsappInteractiveButtonsMessage.body, {
      ...withValue("sendWhatsappInteractiveButtonsMessage", "content.header", value),
    });
  assert.deepEqual(header({ type: "TEXT" }), [{ property: "content.header.text", violation: "must not be null" }]);
  assert.deepEqual(header({ type: "IMAGE", text: "a" }), [
    { property: "content.header.mediaUrl", violation: "must not be null" },
  ]);
  assert.deepEqual(header({ type: "GIF" }), [
    { property: "content.header.type", violation: "must be one of [TEXT, VIDEO, IMAGE, DOCUMENT]" },
  ]);
  assert.deepEqual(header({}), [{ property: "content.header.type", violation: "must not be null" }]);
  assert.deepEqual(header("x"), [{ property: "content.header", violation: "must be an object" }]);
  for (const type of ["UPI_PAYU", "BRAZIL"]) {
    const payment = { type, id: "p", productDescription: "p", customerFirstName: "f", customerEmail: "e" };
    assert.equal(takes("sendWhatsappInteractiveOrderDetailsMessage", "content.action.payment", payment), true);
    const place = "messages.1.content.templateData.buttons.0.action.payment";
    assert.equal(takes("sendWhatsappTemplateMessage", place, payment), false);
  }
});

test("a flow's data is the client's own, but has members and is not endlessly deep or wide", () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
  const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, index]));
  for (const [short, path, takesNone] of [
    ["Flow", "content.action.flowActionPayload.data", false],
    ["Template", `${T}.buttons.3.data`, true],
  ] as const) {
    const check = (value: unknown) => takes(nameOf(short), path, value);
    assert.equal(check({ text: "a", number: 1.5, list: [null], object: {} }), true);
    assert.equal(check({}), takesNone);
    assert.deepEqual([check(deep(16)), check(deep(17)), check(deep(5000))], [true, false, false]);
    assert.deepEqual([check(wide(255)), check(wide(256))], [true, false]);
    assert.equal(check([]), false);
  }
});

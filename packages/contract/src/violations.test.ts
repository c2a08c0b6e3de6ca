import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Type, type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { ApiError, ApiException } from "./error-schemas.ts";
import { VIOLATION_LENGTH_MAX, VIOLATIONS_MAX } from "./limits.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { SmsLogsQuery } from "./sms/logs.ts";
import { SmsRequestEnvelope } from "./sms/send.ts";
import { CHECKED_KEYWORDS, violationsOf, withoutNulls } from "./violations.ts";
import { WhatsAppDeliveryReports } from "./whatsapp/reports.ts";
import { TextMessage } from "./whatsapp/text.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`violations.test seed ${SEED}\n`);

const sms = (content: unknown, more: object = {}): object => ({
  messages: [{ destinations: [{ to: "41793026727" }], content, ...more }],
});
const texts = (schema: TSchema, value: unknown): string[] =>
  violationsOf(schema, value).map(({ property, violation }) => `${property}: ${violation}`);

test("a body that fits has no violations", () => {
  assert.deepEqual(violationsOf(SmsRequestEnvelope, sms({ text: "Hi" })), []);
  assert.deepEqual(violationsOf(SmsRequestEnvelope, sms({ hex: "0A 0B" })), []);
});

for (const [name, value, expected] of [
  ["an empty body", {}, ["messages: must not be null"]],
  ["no message", { messages: [] }, ["messages: must not be empty"]],
  ["a message that is null", { messages: [null] }, ["messages[0]: must not be null"]],
  ["messages that are no array", { messages: {} }, ["messages: must be an array"]],
  [
    "a message without members",
    { messages: [{}] },
    ["messages[0].destinations: must not be null", "messages[0].content: must not be null"],
  ],
  ["empty content", sms({}), ["messages[0].content.text: must not be null"]],
  ["content without a known key", sms({ txt: "Hi" }), ["messages[0].content.text: must not be null"]],
  ["text that is null", sms({ text: null }), ["messages[0].content.text: must not be null"]],
  ["text that is a number", sms({ text: 5 }), ["messages[0].content.text: must be a string"]],
  ["hex that is a number", sms({ hex: 5 }), ["messages[0].content.hex: must be a string"]],
  ["both text and hex", sms({ text: "Hi", hex: "00" }), ["messages[0].content.text: must be null"]],
  [
    "a binary content's data coding",
    sms({ hex: "00", dataCoding: 256 }),
    ["messages[0].content.dataCoding: must be less than or equal to 255"],
  ],
  [
    "an empty text",
    sms({ text: "" }),
    ["messages[0].content.text: must not be blank", "messages[0].content.text: size must be between 1 and 40000"],
  ],
  [
    "an unknown language",
    sms({ text: "Hi", language: { languageCode: "DE" } }),
    ["messages[0].content.language.languageCode: must be one of [NONE, TR, ES, PT, AUTODETECT]"],
  ],
  [
    "the second destination",
    sms({ text: "Hi" }, { destinations: [{ to: "1" }, {}] }),
    ["messages[0].destinations[1].to: must not be null"],
  ],
  [
    "a fraction where an integer belongs",
    sms({ text: "Hi" }, { options: { validityPeriod: { amount: 1.5 } } }),
    ["messages[0].options.validityPeriod.amount: must be an integer"],
  ],
  [
    "a time of day that does not exist",
    sms({ text: "Hi" }, { options: { deliveryTimeWindow: { days: ["MONDAY"], from: { hour: 24, minute: -1 } } } }),
    [
      "messages[0].options.deliveryTimeWindow.from.hour: must be less than or equal to 23",
      "messages[0].options.deliveryTimeWindow.from.minute: must be greater than or equal to 0",
    ],
  ],
  [
    "a date that does not exist",
    { ...sms({ text: "Hi" }), options: { schedule: { sendAt: "2026-02-30T00:00:00Z" } } },
    ["options.schedule.sendAt: must be a date-time, for example 2026-01-31T13:45:00.000+0000"],
  ],
  [
    "a flag that is a text",
    { ...sms({ text: "Hi" }), options: { includeSmsCountInResponse: "true" } },
    ["options.includeSmsCountInResponse: must be a boolean"],
  ],
] as const) {
  test(`violations of ${name} name the property and the rule`, () => {
    assert.deepEqual(texts(SmsRequestEnvelope, value), expected);
  });
}

test("a body that is no object is a violation of the body itself", () => {
  assert.deepEqual(texts(SmsRequestEnvelope, [1]), [": must be an object"]);
  assert.deepEqual(texts(SmsRequestEnvelope, undefined), [": must not be null"]);
});

test("a WhatsApp text beyond its size says both limits", () => {
  const body = (text: string) => ({ from: "1", to: "2", content: { text } });
  assert.deepEqual(texts(TextMessage, body("a".repeat(4097))), ["content.text: size must be between 1 and 4096"]);
  assert.deepEqual(texts(TextMessage, body("")), [
    "content.text: must not be blank",
    "content.text: size must be between 1 and 4096",
  ]);
});

test("a query's list may be repeated, and its network code needs its country code", () => {
  assert.deepEqual(texts(SmsLogsQuery, { bulkId: ["a,b", "c"], messageId: "d,e" }), []);
  assert.deepEqual(texts(SmsLogsQuery, { bulkId: ["a".repeat(2049)] }), ["bulkId[0]: size must be between 0 and 2048"]);
  assert.deepEqual(texts(SmsLogsQuery, { mnc: "01" }), ["mcc: must not be null"]);
});

test("a thousand faults give the limit and no more", () => {
  const faults = sms({ text: "Hi" }, { destinations: Array.from({ length: 1000 }, () => ({})) });
  const found = violationsOf(SmsRequestEnvelope, faults);
  assert.equal(VIOLATIONS_MAX, 100);
  assert.equal(found.length, VIOLATIONS_MAX);
  assert.equal(found[99]?.property, "messages[0].destinations[99].to");
});

test("a violation never repeats what was sent", () => {
  const secret = "s3cret".repeat(50);
  const found = violationsOf(SmsRequestEnvelope, {
    messages: [{ sender: secret, destinations: secret, content: { text: 5, language: { languageCode: secret } } }],
    options: { schedule: { sendAt: secret } },
  });
  assert.equal(found.length, 5);
  for (const violation of found) {
    assert.ok(!JSON.stringify(violation).includes("s3cret"));
    assert.ok(violation.violation.length <= VIOLATION_LENGTH_MAX);
  }
});

test("a length counts code points, as the validator does", () => {
  const schema = Type.Object({ a: Type.String({ maxLength: 2 }) });
  assert.deepEqual(violationsOf(schema, { a: "😀😀" }), []);
  assert.equal(Compile(schema).Check({ a: "😀😀" }), true);
  assert.equal(violationsOf(schema, { a: "😀😀😀" }).length, 1);
});

test("no schema of the contract uses a keyword that the walk does not know", () => {
  const annotations = new Set(["title", "default", "description", "xml", "x-xml-item"]);
  let schemas = 0;
  const walk = (schema: unknown): void => {
    if (Array.isArray(schema)) return schema.forEach(walk);
    assert.ok(typeof schema === "object" && schema !== null);
    schemas += 1;
    // What TypeBox adds for its own types starts with `~` and is not enumerable, the refinement included.
    for (const [key, value] of Object.entries(schema)) {
      assert.ok(annotations.has(key) || CHECKED_KEYWORDS.includes(key), `${key} in ${JSON.stringify(schema)}`);
      if (key === "not") assert.deepEqual(Object.keys(value as object), ["required"]);
      if (key === "properties" || key === "patternProperties") Object.values(value as object).forEach(walk);
      if (key === "items" || key === "anyOf") walk(value);
    }
  };
  for (const { body, query, response } of Object.values(OPERATIONS) as Operation[]) {
    for (const schema of [body, query, response]) if (schema !== undefined) walk(schema);
  }
  walk([ApiError, ApiException, WhatsAppDeliveryReports]);
  assert.ok(schemas > 100);
});

/** A fitting request with one value somewhere replaced, so that most of it still fits. */
const fullRequest = {
  messages: [
    {
      sender: "InfoSMS",
      destinations: [{ to: "41793026727", messageId: "m-1", networkId: 5 }],
      content: { text: "Hi", transliteration: "ALL", language: { languageCode: "TR", singleShift: true } },
      options: {
        platform: { entityId: "e", applicationId: "a" },
        validityPeriod: { amount: 5, timeUnit: "HOURS" },
        deliveryTimeWindow: { days: ["MONDAY"], from: { hour: 1, minute: 2 }, to: { hour: 3, minute: 4 } },
        regional: { indiaDlt: { principalEntityId: "p" }, turkeyIys: { recipientType: "TACIR" } },
      },
      webhooks: { delivery: { url: "https://example.com", notify: true }, callbackData: "c" },
    },
    { destinations: [{ to: "1" }], content: { hex: "00", dataCoding: 8 } },
  ],
  options: {
    schedule: {
      bulkId: "b",
      sendAt: "2026-01-01T00:00:00.000+0000",
      sendingSpeedLimit: { amount: 1, timeUnit: "DAY" },
    },
    tracking: { shortenUrl: true, trackingUrl: "https://example.com" },
  },
};

function pathsOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  const here = path.length === 0 ? [] : [[...path]];
  if (typeof value !== "object" || value === null) return here;
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [...here, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))];
}

function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const result = structuredClone(value);
  let parent = result as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  parent[path.at(-1) as string | number] = by;
  return result;
}

test("violations are found exactly when the compiled validator refuses", () => {
  const validator = Compile(SmsRequestEnvelope);
  assert.ok(validator.Check(fullRequest));
  const paths = pathsOf(fullRequest);
  assert.ok(paths.length > 40);
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom("TR", "MONDAY", "HOURS", "2026-01-01T00:00:00Z", { text: "a" }, { hex: "00", text: "a" }, [], {}),
    fc.constantFrom(256, 256.5, -1, 24, 60, 2 ** 31, "a".repeat(256), "a".repeat(4001)),
  );
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...paths), anything, (path, value) => {
      const request = replaced(fullRequest, path, value);
      const fits = validator.Check(request);
      if (!fits) refused += 1;
      assert.equal(violationsOf(SmsRequestEnvelope, request).length === 0, fits, JSON.stringify(request));
    }),
    { seed: SEED, numRuns: 3000 },
  );
  assert.ok(refused > 500, `${refused} refused`);
});

test("a body whose absent properties are written as null fits without its nulls", () => {
  const body = { ...sms({ text: "Hi", transliteration: null }, { sender: null }), options: null };
  assert.ok(violationsOf(SmsRequestEnvelope, body).length > 0);
  assert.deepEqual(withoutNulls(body), sms({ text: "Hi" }));
  assert.deepEqual(withoutNulls([null, 1, { a: null }]), [null, 1, {}]);
  const named = JSON.parse('{"__proto__": {"a": null, "b": 1}}') as object;
  assert.deepEqual(Object.keys(withoutNulls(named) as object), ["__proto__"]);
});

test("removing nulls from a very deep body does not exhaust the stack", () => {
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`) as unknown;
  assert.ok(Array.isArray(withoutNulls(deep)));
});

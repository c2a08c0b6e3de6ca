import assert from "node:assert/strict";
import { test } from "node:test";
import type { TObject, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { testLengths, testRanges, withValue } from "../test/schema-limits.ts";
import { DESTINATIONS_PER_MESSAGE_MAX, MESSAGES_PER_REQUEST_MAX } from "./limits.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { KNOWN_SCOPES } from "./scopes.ts";
import { SmsLogsQuery } from "./sms/logs.ts";
import { PreviewRequest } from "./sms/preview.ts";
import { SmsReportsQuery } from "./sms/reports.ts";
import { SmsRequestEnvelope } from "./sms/send.ts";
import { TextMessage } from "./whatsapp/text.ts";

const textSms = () => ({ messages: [{ destinations: [{ to: "41793026727" }], content: { text: "Hi" } }] });
const binarySms = () => ({ messages: [{ destinations: [{ to: "41793026727" }], content: { hex: "00" } }] });
const whatsApp = () => ({ from: "441134960000", to: "441134960001", content: { text: "Hi" } });

/** Written out, not read from the schemas: a limit that changes there has to change here. */
testLengths([
  [SmsRequestEnvelope, textSms, "messages.0.sender", 255],
  [SmsRequestEnvelope, textSms, "messages.0.destinations.0.to", 64],
  [SmsRequestEnvelope, textSms, "messages.0.destinations.0.messageId", 200],
  [SmsRequestEnvelope, textSms, "messages.0.content.text", 40_000],
  [SmsRequestEnvelope, binarySms, "messages.0.content.hex", 40_000],
  [SmsRequestEnvelope, textSms, "messages.0.options.platform.entityId", 255],
  [SmsRequestEnvelope, textSms, "messages.0.options.platform.applicationId", 255],
  [SmsRequestEnvelope, textSms, "messages.0.options.campaignReferenceId", 255],
  [SmsRequestEnvelope, textSms, "messages.0.options.regional.indiaDlt.principalEntityId", 255],
  [SmsRequestEnvelope, textSms, "messages.0.options.regional.southKorea.title", 66],
  [SmsRequestEnvelope, textSms, "messages.0.webhooks.delivery.url", 2048],
  [SmsRequestEnvelope, textSms, "messages.0.webhooks.contentType", 255],
  [SmsRequestEnvelope, textSms, "messages.0.webhooks.callbackData", 4000],
  [SmsRequestEnvelope, textSms, "options.schedule.bulkId", 100],
  [SmsRequestEnvelope, textSms, "options.tracking.trackingUrl", 2048],
  [SmsRequestEnvelope, textSms, "options.tracking.customDomain", 255],
  [SmsRequestEnvelope, textSms, "options.conversionTracking.conversionTrackingName", 255],
  [PreviewRequest, () => ({ text: "Hi" }), "text", 40_000],
  [TextMessage, whatsApp, "from", 24],
  [TextMessage, whatsApp, "to", 150],
  [TextMessage, whatsApp, "messageId", 200],
  [TextMessage, whatsApp, "content.text", 4096],
  [TextMessage, whatsApp, "callbackData", 4000],
  [TextMessage, whatsApp, "notifyUrl", 2048],
  [TextMessage, whatsApp, "entityId", 255],
  [TextMessage, whatsApp, "applicationId", 255],
  [TextMessage, whatsApp, "context.replyToMessageId", 255],
  [SmsReportsQuery, () => ({}), "bulkId", 255],
  [SmsReportsQuery, () => ({}), "messageId", 255],
  [SmsLogsQuery, () => ({}), "bulkId", 2048],
  [SmsLogsQuery, () => ({}), "messageId", 2048],
  [SmsLogsQuery, () => ({}), "campaignReferenceId", 2048],
  [SmsLogsQuery, () => ({}), "cursor", 2048],
  [SmsLogsQuery, () => ({}), "mcc", 255],
]);

const BLANKS: readonly [schema: TSchema, body: () => object, path: string][] = [
  [SmsRequestEnvelope, textSms, "messages.0.content.text"],
  [SmsRequestEnvelope, binarySms, "messages.0.content.hex"],
  [TextMessage, whatsApp, "from"],
  [TextMessage, whatsApp, "to"],
  [TextMessage, whatsApp, "content.text"],
];

for (const [schema, body, path] of BLANKS) {
  test(`${path} may not be empty`, () => {
    assert.equal(Compile(schema).Check(withValue(body(), path, "")), false);
    assert.equal(Compile(schema).Check(withValue(body(), path, "a")), true);
  });
}

test("an empty destination is no fault of the request", () => {
  assert.equal(Compile(SmsRequestEnvelope).Check(withValue(textSms(), "messages.0.destinations.0.to", "")), true);
});

testRanges([
  [SmsRequestEnvelope, textSms, "messages.0.options.validityPeriod.amount", 1, 2 ** 31 - 1],
  [SmsRequestEnvelope, textSms, "messages.0.destinations.0.networkId", -(2 ** 31), 2 ** 31 - 1],
  [SmsRequestEnvelope, binarySms, "messages.0.content.dataCoding", 0, 255],
  [SmsRequestEnvelope, binarySms, "messages.0.content.esmClass", 0, 255],
  [SmsRequestEnvelope, textSms, "options.schedule.sendingSpeedLimit.amount", 1, 2 ** 31 - 1],
  [SmsReportsQuery, () => ({}), "limit", 1, 1000],
  [SmsLogsQuery, () => ({}), "limit", 1, 1000],
]);

test("a delivery window has a day at least and hours and minutes of a day", () => {
  const validator = Compile(SmsRequestEnvelope);
  const check = (window: unknown) =>
    validator.Check(withValue(textSms(), "messages.0.options.deliveryTimeWindow", window));
  assert.equal(check({ days: ["SUNDAY"] }), true);
  assert.equal(check({ days: ["SUNDAY"], from: { hour: 0, minute: 0 }, to: { hour: 23, minute: 59 } }), true);
  assert.equal(check({ days: [] }), false);
  assert.equal(check({ days: Array.from({ length: 8 }, () => "SUNDAY") }), false);
  assert.equal(check({ days: ["SUNDAY"], from: { hour: 24, minute: 0 } }), false);
  assert.equal(check({ days: ["SUNDAY"], from: { hour: 0, minute: 60 } }), false);
  assert.equal(check({ days: ["SUNDAY"], from: { hour: 0 } }), false);
  assert.equal(check({ days: ["sunday"] }), false);
});

test("a request has one message and one destination at least, and a bounded number of each", () => {
  const validator = Compile(SmsRequestEnvelope);
  const [message] = textSms().messages;
  const messages = (length: number) => validator.Check({ messages: Array.from({ length }, () => message) });
  const destinations = (length: number) =>
    validator.Check(
      withValue(
        textSms(),
        "messages.0.destinations",
        Array.from({ length }, () => ({ to: "1" })),
      ),
    );
  assert.deepEqual([0, 1, MESSAGES_PER_REQUEST_MAX, MESSAGES_PER_REQUEST_MAX + 1].map(messages), [
    false,
    true,
    true,
    false,
  ]);
  assert.deepEqual([0, 1, DESTINATIONS_PER_MESSAGE_MAX, DESTINATIONS_PER_MESSAGE_MAX + 1].map(destinations), [
    false,
    true,
    true,
    false,
  ]);
});

test("properties that the contract does not know are accepted at every level", () => {
  const body = {
    x: 1,
    messages: [
      {
        x: 1,
        destinations: [{ to: "1", x: 1 }],
        content: { text: "Hi", x: 1 },
        options: { x: {} },
        webhooks: { x: [] },
      },
    ],
    options: { x: 1, schedule: { x: 1 } },
  };
  assert.equal(Compile(SmsRequestEnvelope).Check(body), true);
  assert.equal(Compile(TextMessage).Check({ ...whatsApp(), x: 1, content: { text: "Hi", x: 1 } }), true);
});

test("query texts become the schema's types, as the server's validator converts them", () => {
  const validator = Compile(SmsLogsQuery);
  const converted = validator.Convert({ limit: "10", useCursor: "true", bulkId: ["1", "2"], messageId: "3,4" });
  assert.deepEqual(converted, { limit: 10, useCursor: true, bulkId: ["1", "2"], messageId: "3,4" });
  assert.equal(validator.Check(converted), true);
  assert.equal(validator.Check(validator.Convert({ limit: "ten" })), false);
});

test("each validator is compiled, not interpreted", () => {
  for (const { params, body, query, response } of Object.values(OPERATIONS) as Operation[]) {
    for (const schema of [params, body, query, response]) {
      if (schema !== undefined) assert.equal(Compile(schema).IsAccelerated(), true);
    }
  }
});

test("each operation asks for scopes that exist and knows its path's parameters, and no two share a method and path", () => {
  const operations = Object.values(OPERATIONS) as Operation[];
  assert.ok(operations.length >= 15, `${operations.length} operations`);
  assert.equal(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size, operations.length);
  for (const { scopes, path, params } of operations) {
    assert.ok(scopes.length > 0);
    for (const scope of scopes) assert.ok(KNOWN_SCOPES.includes(scope), scope);
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(Object.keys((params as TObject | undefined)?.properties ?? {}), names);
  }
});

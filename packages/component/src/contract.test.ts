import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS } from "@posthorn/contract";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fc } from "../test/seed.ts";
import { checkInput } from "./core/check-input.ts";
import { COMPONENT } from "./core/component.ts";
import { TEST_REQUEST } from "./core/connection.ts";
import { deriveMessageIds } from "./core/message-ids.ts";
import type { HttpRequest } from "./core/runtime.ts";
import { templatesRequest } from "./core/templates.ts";

const ajv = new Ajv2020({ strict: false });

/** The contract is open, because servers must be; a client sends nothing that the contract does not know. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return "properties" in copy && copy["type"] === "object" ? { ...copy, additionalProperties: false } : copy;
}

const word = (maxLength: number) =>
  fc.string({ unit: "binary", minLength: 1, maxLength }).filter((text) => text.trim() !== "");

test("every SMS request fits the contract and holds nothing beside it", () => {
  const { method, path, body } = OPERATIONS.sendSmsMessages;
  const validate = ajv.compile(closed(body) as object);
  assert.ok(
    !validate({ messages: [{ destinations: [{ to: "1", extra: 1 }], content: { text: "x" } }] }),
    "the schema is not closed",
  );
  const input = fc.record({
    sender: word(20),
    to: fc.array(word(20), { minLength: 1, maxLength: 20 }),
    text: word(300),
  });
  fc.assert(
    fc.property(input, fc.string({ minLength: 1 }), (given, key) => {
      const request: HttpRequest = COMPONENT.actions.sendSMS.buildRequest(given, {
        messageIds: deriveMessageIds(key, "sendSMS", given.to),
      });
      assert.deepEqual([request.method, request.path, request.query], [method, path, {}]);
      assert.ok(validate(JSON.parse(JSON.stringify(request.body))), JSON.stringify(validate.errors));
    }),
  );
});

test("every WhatsApp request fits the contract and holds nothing beside it", () => {
  const { method, path, body } = OPERATIONS.sendWhatsappTextMessage;
  const validate = ajv.compile(closed(body) as object);
  const input = fc.record({ from: word(24), to: word(24), text: word(4096) });
  fc.assert(
    fc.property(input, (given) => {
      const request = COMPONENT.actions.sendWhatsappTextMessage.buildRequest(given, { messageIds: ["id-1"] });
      assert.deepEqual([request.method, request.path, request.query], [method, path, {}]);
      assert.ok(validate(JSON.parse(JSON.stringify(request.body))), JSON.stringify(validate.errors));
    }),
  );
});

/** An order of one thing, as Infobip's contract has it in a template's button. */
const ORDER = {
  payment: { type: "BRAZIL_LINK", id: "17", paymentLink: "https://pay.example/17" },
  orderCurrency: "BRL",
  orderType: "DIGITAL_GOODS",
  totalAmount: { value: 100 },
  order: {
    catalogId: "1",
    items: [{ retailerId: "1", name: "thing", amount: { value: 100 }, quantity: 1 }],
    subtotal: { value: 100 },
    tax: { value: 0 },
  },
};

test("every WhatsApp template request fits the contract and holds nothing beside it", () => {
  const { method, path, body } = OPERATIONS.sendWhatsappTemplateMessage;
  const validate = ajv.compile(closed(body) as object);
  const mediaUrl = fc.constant("https://x.example/a");
  const header = fc.oneof(
    fc.record({ type: fc.constant("TEXT" as const), placeholder: word(20) }),
    fc.record({ type: fc.constantFrom("IMAGE" as const, "VIDEO" as const, "GIF" as const), mediaUrl }),
    fc.record({ type: fc.constant("DOCUMENT" as const), mediaUrl, filename: word(20) }),
    fc.record({
      type: fc.constant("LOCATION" as const),
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    }),
  );
  const cardButton = fc.record({
    type: fc.constantFrom("QUICK_REPLY" as const, "URL" as const),
    parameter: word(5),
  });
  const parameterButton = fc.record({
    type: fc.constantFrom("QUICK_REPLY" as const, "URL" as const, "COPY_CODE" as const),
    parameter: word(5),
  });
  const section = fc.record({
    title: word(24),
    productRetailerIds: fc.array(word(20), { minLength: 1, maxLength: 30 }),
  });
  const button = fc.oneof(
    parameterButton,
    fc.record(
      {
        type: fc.constant("FLOW" as const),
        flowToken: word(20),
        data: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }),
      },
      { requiredKeys: ["type"] },
    ),
    fc.record(
      { type: fc.constant("CATALOG" as const), thumbnailProductRetailerId: word(20) },
      { requiredKeys: ["type"] },
    ),
    fc.record(
      {
        type: fc.constant("MULTI_PRODUCT" as const),
        thumbnailProductRetailerId: word(20),
        sections: fc.array(section, { minLength: 1, maxLength: 10 }),
      },
      { requiredKeys: ["type", "sections"] },
    ),
    fc.record({ type: fc.constant("ORDER_DETAILS" as const), action: fc.constant(ORDER) }),
    fc.record(
      {
        type: fc.constant("VOICE_CALL" as const),
        callValidityPeriod: fc.integer({ min: 1440, max: 43_200 }),
        callContextPayload: word(20),
      },
      { requiredKeys: ["type"] },
    ),
  );
  const input = fc.record(
    {
      from: word(24),
      to: word(24),
      templateName: fc.stringMatching(/^[a-z0-9_]{1,20}$/),
      language: fc.constantFrom("en", "pt_BR"),
      placeholders: fc
        .array(word(20), { maxLength: 12 })
        .map((values) => Object.fromEntries(values.map((value, index) => [`_${index + 1}`, value]))),
      header,
      buttons: fc.oneof(fc.array(button, { maxLength: 10 }), fc.array(parameterButton, { maxLength: 10 })),
      cards: fc.array(
        fc.record(
          { header, placeholders: fc.array(word(20)), buttons: fc.array(cardButton, { maxLength: 2 }) },
          { requiredKeys: ["header"] },
        ),
        { maxLength: 10 },
      ),
      limitedTimeOffer: fc.constant({ expirationTime: "2030-01-01T10:00:00.000Z" }),
      orderStatuses: fc.constant([
        { type: "ORDER_STATUS", payment: { type: "UPI_INTENT", id: "17" }, status: "PROCESSING" },
      ]),
      callbackData: word(20),
      notifyUrl: mediaUrl,
      bulkId: word(20),
      smsFailover: fc.record({ from: word(24), text: word(50) }),
    },
    { requiredKeys: ["from", "to", "templateName", "language"] },
  );
  fc.assert(
    fc.property(input, (given) => {
      const action = COMPONENT.actions.sendWhatsappTemplateMessage;
      assert.deepEqual(checkInput("sendWhatsappTemplateMessage", given), []);
      const request = action.buildRequest(given, { messageIds: ["id-1"] });
      assert.equal(action.prepare?.(given), undefined, "asks although nothing was left out");
      assert.deepEqual([request.method, request.path, request.query], [method, path, {}]);
      assert.ok(validate(JSON.parse(JSON.stringify(request.body))), JSON.stringify(validate.errors));
    }),
  );
});

test("the templates are asked of an operation of the contract", () => {
  const { method, path } = OPERATIONS.getWhatsappTemplates;
  const asked = templatesRequest("1");
  assert.deepEqual([asked.method, asked.path.replace("/1/", "/{sender}/")], [method, path]);
});

test("the connection test asks an operation of the contract", () => {
  const { method, path } = OPERATIONS.getAccountBalance;
  assert.deepEqual([TEST_REQUEST.method, TEST_REQUEST.path], [method, path]);
});

test("every answer of the contract's shape fits the declared output", () => {
  for (const [name, operation] of [
    ["sendSMS", OPERATIONS.sendSmsMessages],
    ["sendWhatsappTextMessage", OPERATIONS.sendWhatsappTextMessage],
    ["sendWhatsappTemplateMessage", OPERATIONS.sendWhatsappTemplateMessage],
  ] as const) {
    const validate = ajv.compile(operation.response);
    assert.ok(validate(COMPONENT.actions[name].sampleOutput), JSON.stringify(validate.errors));
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS } from "@posthorn/contract";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fc } from "../test/seed.ts";
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

test("every WhatsApp template request fits the contract and holds nothing beside it", () => {
  const { method, path, body } = OPERATIONS.sendWhatsappTemplateMessage;
  const validate = ajv.compile(closed(body) as object);
  const mediaUrl = fc.constant("https://x.example/a");
  const input = fc.record(
    {
      from: word(24),
      to: word(24),
      templateName: fc.stringMatching(/^[a-z0-9_]{1,20}$/),
      language: fc.constantFrom("en", "pt_BR"),
      placeholders: fc
        .array(word(20), { maxLength: 12 })
        .map((values) => Object.fromEntries(values.map((value, index) => [`_${index + 1}`, value]))),
      header: fc.oneof(
        fc.record({ type: fc.constant("TEXT" as const), placeholder: word(20) }),
        fc.record({ type: fc.constantFrom("IMAGE" as const, "VIDEO" as const), mediaUrl }),
        fc.record({ type: fc.constant("DOCUMENT" as const), mediaUrl, filename: word(20) }),
        fc.record({
          type: fc.constant("LOCATION" as const),
          latitude: fc.double({ min: -90, max: 90, noNaN: true }),
          longitude: fc.double({ min: -180, max: 180, noNaN: true }),
        }),
      ),
      buttons: fc.array(
        fc.record({
          type: fc.constantFrom("QUICK_REPLY" as const, "URL" as const, "COPY_CODE" as const),
          parameter: word(5),
        }),
        { maxLength: 10 },
      ),
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

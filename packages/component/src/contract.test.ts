import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS } from "@posthorn/contract";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fc } from "../test/seed.ts";
import { COMPONENT } from "./core/component.ts";
import { TEST_REQUEST } from "./core/connection.ts";
import { deriveMessageIds } from "./core/message-ids.ts";
import type { HttpRequest } from "./core/runtime.ts";

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

test("the connection test asks an operation of the contract", () => {
  const { method, path } = OPERATIONS.getAccountBalance;
  assert.deepEqual([TEST_REQUEST.method, TEST_REQUEST.path], [method, path]);
});

test("every answer of the contract's shape fits the declared output", () => {
  for (const [name, operation] of [
    ["sendSMS", OPERATIONS.sendSmsMessages],
    ["sendWhatsappTextMessage", OPERATIONS.sendWhatsappTextMessage],
  ] as const) {
    const validate = ajv.compile(operation.response);
    assert.ok(validate(COMPONENT.actions[name].sampleOutput), JSON.stringify(validate.errors));
  }
});

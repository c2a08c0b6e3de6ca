import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { SMS_INPUT, TEMPLATE_INPUT, WHATSAPP_INPUT } from "../test/fake-runtime.ts";
import { fc } from "../test/seed.ts";
import { type ActionName, COMPONENT } from "./core/component.ts";
import { checkProperties } from "./core/input.ts";
import { connectionSchema, inputSchema, outputSchema } from "./json-schema.ts";

const NAMES = Object.keys(COMPONENT.actions) as ActionName[];
const ajv = new Ajv2020({ strict: true });

test("is the schema of Send SMS, in full", () => {
  assert.deepEqual(inputSchema("sendSMS"), {
    type: "object",
    properties: {
      sender: {
        type: "string",
        title: "From",
        description: "The sender ID. It can be alphanumeric or numeric (e.g., CompanyName).",
        minLength: 1,
        pattern: "\\S",
      },
      to: {
        type: "array",
        title: "To",
        description: "Message recipient numbers.",
        items: { type: "string", minLength: 1, pattern: "\\S" },
        minItems: 1,
        maxItems: 10_000,
      },
      text: {
        type: "string",
        title: "Text",
        description: "Content of the message being sent.",
        minLength: 1,
        pattern: "\\S",
      },
    },
    required: ["sender", "to", "text"],
    additionalProperties: false,
  });
});

test("every sample output fits its output schema, which refuses no unknown field", () => {
  assert.ok(NAMES.length > 0);
  for (const name of NAMES) {
    const validate = ajv.compile(outputSchema(name));
    assert.ok(validate(COMPONENT.actions[name].sampleOutput), JSON.stringify(validate.errors));
    assert.ok(validate({ ...COMPONENT.actions[name].sampleOutput, later: 1 }));
    assert.ok(!validate([]));
  }
});

test("the connection's schema asks for both properties", () => {
  const validate = ajv.compile(connectionSchema());
  assert.ok(validate({ key: "k", baseUrl: "x.example" }));
  assert.ok(!validate({ key: "k" }));
});

test("accepts exactly what the validation accepts", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom("", " ", "\t\n", "\u00a0", "x".repeat(4097), "\u{1F600}".repeat(4096)),
  );
  const value = fc.oneof(text, fc.integer(), fc.constant(null), fc.array(fc.oneof(text, fc.integer())));
  const broken = fc.dictionary(fc.constantFrom("sender", "from", "to", "text", "other"), value);
  const inner = fc.dictionary(
    fc.constantFrom("type", "placeholder", "latitude", "parameter", "from", "text", "_1", "2", "_0", "_1000", "data"),
    fc.oneof(value, fc.constantFrom("TEXT", "URL", -90, 90, 90.5, 1.5)),
  );
  const template = {
    ...TEMPLATE_INPUT,
    placeholders: { _1: "a", 2: "b" },
    header: { type: "LOCATION", latitude: 1.5, longitude: 2 },
    buttons: [
      { type: "URL", parameter: "17" },
      { type: "FLOW", data: { any: [{ thing: 1 }] } },
    ],
    cards: [{ header: { mediaUrl: "https://x.example/a.png" }, placeholders: ["a"] }],
    orderStatuses: [{ type: "ORDER_STATUS" }],
    smsFailover: { from: "Shop", text: "Hello" },
  };
  for (const [name, example] of [
    ["sendSMS", SMS_INPUT],
    ["sendWhatsappTextMessage", WHATSAPP_INPUT],
    ["sendWhatsappTemplateMessage", template],
  ] as const) {
    const validate = ajv.compile(inputSchema(name));
    const { properties } = COMPONENT.actions[name];
    const input = fc.oneof(
      broken,
      broken.map((change) => ({ ...example, ...change })),
      fc
        .dictionary(fc.constantFrom("placeholders", "header", "smsFailover"), inner)
        .map((change) => ({ ...example, ...change })),
      fc.array(inner, { maxLength: 11 }).map((buttons) => ({ ...example, buttons })),
      fc.array(inner, { maxLength: 11 }).map((orderStatuses) => ({ ...example, orderStatuses })),
      fc
        .array(fc.dictionary(fc.constantFrom("header", "buttons", "other"), inner))
        .map((cards) => ({ ...example, cards })),
      fc.jsonValue(),
    );
    assert.ok(validate(example));
    fc.assert(
      fc.property(input, (given) =>
        assert.equal(validate(given), checkProperties(properties, given).length === 0, JSON.stringify(validate.errors)),
      ),
    );
  }
});

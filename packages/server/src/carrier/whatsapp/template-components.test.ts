import assert from "node:assert/strict";
import { test } from "node:test";
import { type TemplateStructure, templateViolations } from "@posthorn/contract";
import fc from "fast-check";
import { randomFromEnvironment } from "../../../test/harness/seed.ts";
import { componentsOf, exampleFilesOf, lifetimeOf } from "./template-components.ts";
import { structureOf, templateIn } from "./template-structure.ts";

const word = fc.stringMatching(/^[A-Za-z][a-z ]{0,20}[a-z]$/);
const FILE = "https://files.example/a.png";

const header = fc.oneof(
  fc.record({ format: fc.constant("TEXT"), text: word }),
  word.map((example) => ({ format: "TEXT", text: "Dear {{1}}", example })),
  fc.constantFrom("IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION").map((format) => ({ format })),
);
const body = fc.oneof(
  word.map((text) => ({ text })),
  fc.array(word, { minLength: 1, maxLength: 5 }).map((examples) => ({
    text: examples.map((_, index) => `{{${index + 1}}}`).join(" and "),
    examples,
  })),
);
const callToAction = fc.oneof(
  fc.record({ type: fc.constant("URL"), text: word, url: fc.constant("https://shop.example/orders") }),
  word.map((example) => ({ type: "URL", text: "See", url: "https://shop.example/{{1}}", example })),
  word.map((text) => ({ type: "VOICE_CALL", text, callValidityPeriod: 1440 })),
);
const buttons = fc
  .tuple(
    fc.array(fc.record({ type: fc.constant("QUICK_REPLY"), text: word }), { maxLength: 3 }),
    fc.option(callToAction, { nil: undefined }),
    fc.option(fc.constant({ type: "PHONE_NUMBER", text: "Call", phoneNumber: "447700900000" }), { nil: undefined }),
    fc.option(
      fc.constantFrom(
        { type: "FLOW", text: "Fill in", flowId: 17, flowAction: "NAVIGATE", navigateScreen: "ONE" },
        { type: "COPY_CODE", example: "X17" },
      ),
      { nil: undefined },
    ),
  )
  .map(([replies, ...others]) => [...replies, ...others.filter((button) => button !== undefined)])
  .filter(({ length }) => length > 0);
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const structures = fc
  .record({
    header: optional(header),
    body,
    footer: optional(word.map((text) => ({ text }))),
    buttons: optional(buttons),
    limitedTimeOffer: optional(word.map((text) => ({ text: text.slice(0, 16), hasExpiration: false }))),
    carousel: optional(
      fc
        .array(fc.record({ header: fc.constant({ format: "IMAGE" }), body, buttons: fc.tuple(callToAction) }), {
          minLength: 1,
          maxLength: 4,
        })
        .map((cards) => ({ cards })),
    ),
  })
  .map((members) => JSON.parse(JSON.stringify(members)) as object);

test("a structure comes back from Meta's components as it was", () => {
  fc.assert(
    fc.property(structures, (structure) => {
      assert.deepEqual(templateViolations("MARKETING", structure), []);
      const { type, ...back } = structureOf(componentsOf("MARKETING", structure, new Map()));
      assert.deepEqual(back, structure);
      assert.equal(type, Object.keys(structure).length === 1 ? "TEXT" : "MEDIA");
    }),
    { seed: randomFromEnvironment("FC_SEED").seed },
  );
});

test("an authentication template goes without its words, and has Meta's when it comes back", () => {
  const structure = {
    body: { addSecurityRecommendation: true },
    footer: { codeExpirationMinutes: 10 },
    buttons: [
      {
        otpType: "ONE_TAP",
        text: "Copy",
        autofillText: "Fill in",
        packageName: "com.example.shop",
        signatureHash: "K8a%2FAINcGX7",
      },
    ],
  };
  assert.deepEqual(componentsOf("AUTHENTICATION", structure, new Map()), [
    { type: "BODY", add_security_recommendation: true },
    { type: "FOOTER", code_expiration_minutes: 10 },
    {
      type: "BUTTONS",
      buttons: [
        {
          type: "OTP",
          otp_type: "ONE_TAP",
          text: "Copy",
          autofill_text: "Fill in",
          package_name: "com.example.shop",
          signature_hash: "K8a%2FAINcGX7",
        },
      ],
    },
  ]);
  const shown = structureOf([
    { type: "BODY", text: "*{{1}}* is your code.", example: { body_text: [["123456"]] } },
    { type: "BUTTONS", buttons: [{ type: "URL", text: "Copy", url: "https://a.b/?code=otp{{1}}", example: ["x"] }] },
  ]);
  assert.deepEqual(shown.body, { text: "*{{1}}* is your code.", examples: ["123456"] });
});

test("a header's file is named by the handle of its upload", () => {
  const structure = { header: { format: "IMAGE", example: FILE }, body: { text: "Look" } };
  assert.deepEqual(exampleFilesOf(structure), [{ url: FILE, format: "IMAGE", property: "structure.header.example" }]);
  const [first] = componentsOf("MARKETING", structure, new Map([[FILE, "4::handle"]]));
  assert.deepEqual(first, { type: "HEADER", format: "IMAGE", example: { header_handle: ["4::handle"] } });
});

test("named gaps have their examples in the order of the text", () => {
  const named = [
    { param_name: "order", example: "17" },
    { param_name: "name", example: "Ana" },
  ];
  const body = { type: "BODY", text: "{{name}}, your order {{order}}", example: { body_text_named_params: named } };
  assert.deepEqual(structureOf([body]).body, { text: "{{name}}, your order {{order}}", examples: ["Ana", "17"] });
});

test("what Infobip has no name for is left out, and the type says so", () => {
  const structure = structureOf([
    { type: "HEADER", format: "PRODUCT" },
    { type: "BODY", text: "Hi" },
    {
      type: "BUTTONS",
      buttons: [
        { type: "APP", text: "Open" },
        { type: "QUICK_REPLY", text: "Yes" },
      ],
    },
    { type: "TAP_TARGET_CONFIGURATION" },
  ]);
  const wanted = { body: { text: "Hi" }, buttons: [{ type: "QUICK_REPLY", text: "Yes" }], type: "UNSUPPORTED" };
  assert.deepEqual(structure, wanted as unknown as TemplateStructure);
});

test("a template of Meta's is read member by member, and one without a name or status is none", () => {
  const whole = {
    id: "17",
    name: "shipped",
    language: "en",
    status: "PAUSED",
    category: "TRANSACTIONAL",
    quality_score: { score: "YELLOW" },
    rejected_reason: "TAG_CONTENT_MISMATCH",
    message_send_ttl_seconds: 600,
    sub_category: "ORDER_STATUS",
    components: [{ type: "BODY", text: "Hi" }],
  };
  assert.deepEqual(templateIn(whole), {
    id: "17",
    name: "shipped",
    language: "en",
    status: "FIRST_PAUSED",
    reason: "UNKNOWN",
    category: "UTILITY",
    quality: "MEDIUM",
    structure: { body: { text: "Hi" }, type: "TEXT" },
    subCategory: "ORDER_STATUS",
    validityPeriod: { amount: 600, timeUnit: "SECONDS" },
  });
  for (const name of ["id", "name", "language", "status"]) assert.equal(templateIn({ ...whole, [name]: null }), null);
  assert.deepEqual(
    [{ amount: 10 }, { amount: 45, timeUnit: "SECONDS" as const }, { amount: -1 }].map(lifetimeOf),
    [600, 45, -1],
  );
});

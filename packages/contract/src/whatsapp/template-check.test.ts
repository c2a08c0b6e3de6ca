import assert from "node:assert/strict";
import { test } from "node:test";
import { templateViolations, validityViolations } from "./template-check.ts";
import type { TemplateCategory } from "./templates.ts";

const BODY = { text: "Hi {{1}}", examples: ["you"] };
const URL_BUTTON = { type: "URL", text: "Go", url: "https://example.com/{{1}}" };
const REPLY = { type: "QUICK_REPLY", text: "Yes" };
const PHONE = { type: "PHONE_NUMBER", text: "Call", phoneNumber: "007" };
const CARD = { header: { format: "IMAGE" }, body: BODY, buttons: [REPLY] };
const times = (count: number, button: object) => Array.from({ length: count }, () => button);

const RIGHT: readonly object[] = [
  {},
  { header: { format: "TEXT", text: "{{1}}", example: "you" } },
  { header: { format: "IMAGE", example: "https://example.com/a.png" } },
  { header: { format: "LOCATION" } },
  { buttons: [URL_BUTTON, URL_BUTTON, PHONE, REPLY, REPLY] },
  { buttons: times(10, REPLY) },
  { buttons: [{ type: "CATALOG" }] },
  { carousel: { cards: times(10, CARD) } },
  { body: { text: "{{1}} {{2}} {{1}}", examples: ["a", "b"] } },
  {
    buttons: [{ type: "COPY_CODE", example: "X" }, URL_BUTTON],
    limitedTimeOffer: { hasExpiration: true, text: "Now" },
  },
];

for (const part of RIGHT) {
  test(`a template may have ${JSON.stringify(part).slice(0, 70)}`, () => {
    assert.deepEqual(templateViolations("MARKETING", { body: BODY, ...part }), []);
  });
}

const WRONG: readonly [part: object, property: string, category?: TemplateCategory][] = [
  [{ body: {} }, "body.text"],
  [{ body: { text: "" } }, "body.text"],
  [{ body: { text: "x".repeat(1025) } }, "body.text"],
  [{ body: { text: "{{2}}" } }, "body.text"],
  [{ body: { text: "{{2}} {{1}}" } }, "body.text"],
  [{ body: { text: "{{1}}", examples: [] } }, "body.examples"],
  [{ body: { text: "{{1}}", examples: ["{{1}}"] } }, "body.examples[0]"],
  [{ header: {} }, "header.format"],
  [{ header: { format: "SOUND" } }, "header.format"],
  [{ header: { format: "TEXT" } }, "header.text"],
  [{ header: { format: "TEXT", text: "x".repeat(61) } }, "header.text"],
  [{ header: { format: "TEXT", text: "{{2}}" } }, "header.text"],
  [{ header: { format: "TEXT", text: "{{1}}", example: "{{1}}" } }, "header.example"],
  [{ header: { format: "IMAGE", example: "a.png" } }, "header.example"],
  [{ footer: { text: "x".repeat(61) } }, "footer.text"],
  [{ buttons: [] }, "buttons"],
  [{ buttons: times(11, REPLY) }, "buttons"],
  [{ buttons: times(3, URL_BUTTON) }, "buttons"],
  [{ buttons: times(2, PHONE) }, "buttons"],
  [{ buttons: [REPLY, PHONE, REPLY] }, "buttons"],
  [{ buttons: [{}] }, "buttons[0].type"],
  [{ buttons: [{ type: "constructor" }] }, "buttons[0].type"],
  [{ buttons: [{ ...REPLY, text: "x".repeat(26) }] }, "buttons[0].text"],
  [{ buttons: [{ ...URL_BUTTON, url: "example.com" }] }, "buttons[0].url"],
  [{ buttons: [{ ...URL_BUTTON, url: "https://{{1}}.com" }] }, "buttons[0].url"],
  [{ buttons: [{ type: "COPY_CODE", example: "x".repeat(16) }] }, "buttons[0].example"],
  [{ buttons: [{ type: "FLOW", text: "Go", flowId: 1, flowAction: "NAVIGATE" }] }, "buttons[0].navigateScreen"],
  [{ buttons: [{ type: "ORDER_DETAILS", variant: "PERU" }] }, "buttons[0].variant"],
  [{ buttons: [{ type: "VOICE_CALL", callValidityPeriod: 1 }] }, "buttons[0].callValidityPeriod"],
  [{ carousel: { cards: [] } }, "carousel.cards"],
  [{ carousel: { cards: [{ ...CARD, buttons: times(3, REPLY) }] } }, "carousel.cards[0].buttons"],
  [{ carousel: { cards: [{ ...CARD, body: { text: "" } }] } }, "carousel.cards[0].body.text"],
  [{ carousel: { cards: [CARD] } }, "carousel", "UTILITY"],
  [{ limitedTimeOffer: { text: "x".repeat(17) } }, "limitedTimeOffer.text"],
  [{ buttons: [REPLY], limitedTimeOffer: { hasExpiration: true, text: "Now" } }, "buttons"],
  [
    { body: {}, footer: { codeExpirationMinutes: 91 }, buttons: [{ otpType: "COPY_CODE" }] },
    "footer.codeExpirationMinutes",
    "AUTHENTICATION",
  ],
  [{ body: {}, footer: {}, buttons: [{ otpType: "NONE" }] }, "buttons[0].otpType", "AUTHENTICATION"],
  [{ body: {}, footer: {}, buttons: [] }, "buttons", "AUTHENTICATION"],
];

for (const [part, property, category = "MARKETING"] of WRONG) {
  test(`a template of ${category} may not have ${JSON.stringify(part).slice(0, 70)}`, () => {
    const found = templateViolations(category, { body: BODY, ...part });
    assert.deepEqual([...new Set(found.map((violation) => violation.property))], [`structure.${property}`]);
  });
}

test("a validity is 30 seconds to 15 minutes, or WhatsApp's own", () => {
  const isRight = (amount: number, timeUnit?: "SECONDS") =>
    validityViolations({ amount, ...(timeUnit === undefined ? {} : { timeUnit }) }).length === 0;
  assert.deepEqual(
    [-1, 0, 1, 15, 16].map((amount) => isRight(amount)),
    [true, false, true, true, false],
  );
  assert.deepEqual(
    [29, 30, 900, 901].map((amount) => isRight(amount, "SECONDS")),
    [false, true, true, false],
  );
});

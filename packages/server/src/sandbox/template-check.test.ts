import type { TemplateMessage, TemplateStructure } from "@posthorn/contract";
import assert from "node:assert/strict";
import { test } from "node:test";
import { isFilledIn } from "./template-check.ts";

type Data = TemplateMessage["content"]["templateData"];

const body = { text: "Dear {{1}}, order {{2}}, once more: {{1}}" };
const filledBody = { placeholders: ["Anna", "17"] };
const mediaUrl = "https://shop.example/17.png";

const isFilled = (structure: object, data: object): boolean =>
  isFilledIn(
    { body: { text: "Hi" }, ...structure } as TemplateStructure,
    { body: { placeholders: [] }, ...data } as Data,
  );

test("a body wants a value for each of its placeholders, by number or by name", () => {
  assert.ok(isFilled({ body }, { body: filledBody }));
  assert.ok(isFilled({ body: { text: "{{first_name}} and {{ other }}" } }, { body: filledBody }));
  for (const placeholders of [[], ["Anna"], ["Anna", "17", "more"]]) {
    assert.ok(!isFilled({ body }, { body: { placeholders } }));
  }
});

test("a header wants what its format has, and a text without a placeholder wants none", () => {
  const placed = { format: "TEXT", text: "Order {{1}}" };
  assert.ok(isFilled({ header: placed }, { header: { type: "TEXT", placeholder: "17" } }));
  assert.ok(!isFilled({ header: placed }, {}));
  assert.ok(isFilled({ header: { format: "TEXT", text: "Order" } }, {}));
  assert.ok(!isFilled({ header: { format: "TEXT", text: "Order" } }, { header: { type: "TEXT", placeholder: "17" } }));
  assert.ok(isFilled({ header: { format: "IMAGE" } }, { header: { type: "IMAGE", mediaUrl } }));
  assert.ok(!isFilled({ header: { format: "IMAGE" } }, { header: { type: "VIDEO", mediaUrl } }));
  assert.ok(!isFilled({}, { header: { type: "IMAGE", mediaUrl } }));
});

test("buttons that need a value are all there, those that need none may be, and no others are", () => {
  const buttons = [
    { type: "QUICK_REPLY", text: "Stop" },
    { type: "URL", text: "Home", url: "https://shop.example" },
    { type: "URL", text: "Order", url: "https://shop.example/{{1}}" },
    { type: "FLOW", text: "Form" },
  ];
  const url = { type: "URL", parameter: "17" };
  const reply = { type: "QUICK_REPLY", parameter: "stop" };
  for (const given of [[url], [reply, url], [reply, url, { type: "FLOW" }]]) {
    assert.ok(isFilled({ buttons }, { buttons: given }), JSON.stringify(given));
  }
  for (const given of [[], [reply], [url, url], [reply, reply, url], [url, { type: "COPY_CODE", parameter: "5" }]]) {
    assert.ok(!isFilled({ buttons }, { buttons: given }), JSON.stringify(given));
  }
});

test("cards are as many as the template has, each filled in", () => {
  const card = {
    header: { format: "IMAGE" },
    body: { text: "{{1}}" },
    buttons: [{ type: "QUICK_REPLY", text: "Yes" }],
  };
  const carousel = { cards: [card, card] };
  const filled = { header: { type: "IMAGE", mediaUrl }, body: { placeholders: ["Boot"] } };
  assert.ok(isFilled({ carousel }, { carousel: { cards: [filled, filled] } }));
  assert.ok(!isFilled({ carousel }, { carousel: { cards: [filled] } }));
  assert.ok(!isFilled({ carousel }, { carousel: { cards: [filled, { header: filled.header }] } }));
  assert.ok(!isFilled({ carousel }, {}));
  assert.ok(!isFilled({}, { carousel: { cards: [filled] } }));
});

test("an offer that ends wants to know when", () => {
  const limitedTimeOffer = { expirationTime: "2030-01-01T10:00:00.000Z" };
  const ends = { limitedTimeOffer: { text: "Now!", hasExpiration: true } };
  assert.ok(isFilled(ends, { limitedTimeOffer }));
  assert.ok(!isFilled(ends, {}));
  assert.ok(!isFilled({ limitedTimeOffer: { text: "Now!" } }, { limitedTimeOffer }));
});

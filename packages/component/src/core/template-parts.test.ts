/** The parts of a template beside its words: buttons of every type, cards, offers; and names in the place of numbers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fakeRuntime,
  listedTemplate,
  TEMPLATE_INPUT,
  TEMPLATE_SENT,
  templatesAnswer,
} from "../../test/fake-runtime.ts";
import { isComponentError } from "./error.ts";
import { lookUpProperty } from "./lookup.ts";
import { perform } from "./perform.ts";

const NAME = "sendWhatsappTemplateMessage";
const IN_ENGLISH = { ...TEMPLATE_INPUT, language: "en" };
const mediaUrl = "https://x.example/a.png";

/** What was sent of a template's parts; the template is asked for where it is given. */
async function sentData(input: object, structure?: object): Promise<Record<string, unknown>> {
  const replies = structure === undefined ? [] : [templatesAnswer(listedTemplate({ structure }))];
  const runtime = fakeRuntime([...replies, TEMPLATE_SENT]);
  await perform(NAME, input, runtime, { messageIds: ["a"] });
  assert.equal(runtime.requests.length, replies.length + 1, "asked more, or less, than was expected");
  const body = runtime.requests.at(-1)?.body as
    | { messages: [{ content: { templateData: Record<string, unknown> } }] }
    | undefined;
  assert.ok(body !== undefined);
  return body.messages[0].content.templateData;
}

async function refusedAt(input: object, structure?: object): Promise<readonly string[]> {
  const replies = structure === undefined ? [] : [templatesAnswer(listedTemplate({ structure }))];
  const runtime = fakeRuntime([...replies, TEMPLATE_SENT]);
  let places: readonly string[] = [];
  await assert.rejects(perform(NAME, input, runtime), (error) => {
    assert.ok(isComponentError(error));
    assert.deepEqual([error.code, error.outcome], ["INVALID_INPUT", "not-sent"]);
    places = error.violations.map(({ property, violation }) => `${property} ${violation}`);
    return true;
  });
  assert.equal(runtime.requests.length, replies.length);
  return places;
}

const SECTIONS = [{ title: "Shoes", productRetailerIds: ["1", "2"] }];
const BUTTONS = [
  { type: "QUICK_REPLY", parameter: "stop" },
  { type: "URL", parameter: "17" },
  { type: "COPY_CODE", parameter: "SAVE5" },
  { type: "FLOW", flowToken: "t", data: { screen: { name: "Anna", ages: [1, 2] } } },
  { type: "CATALOG", thumbnailProductRetailerId: "1" },
  { type: "MULTI_PRODUCT", thumbnailProductRetailerId: "1", sections: SECTIONS },
  { type: "ORDER_DETAILS", action: { orderType: "DIGITAL_GOODS", totalAmount: { value: 100 } } },
  { type: "VOICE_CALL", callValidityPeriod: 1440, callContextPayload: "p" },
];

test("a button of every type is sent with what it takes, its type looked up or written", async () => {
  for (const { type, ...members } of BUTTONS) {
    const written = await sentData({ ...IN_ENGLISH, buttons: [{ type, ...members }] });
    assert.deepEqual(written["buttons"], [{ type, ...members }]);
    const structure = { buttons: [{ type, url: "https://x.example/{{1}}" }] };
    const lookedUp = await sentData({ ...TEMPLATE_INPUT, buttons: [members] }, structure);
    assert.deepEqual(lookedUp["buttons"], [{ type, ...members }]);
  }
});

test("a button with what belongs to another type, or without what its own needs, is refused", async () => {
  const button = (members: object) => ({ ...IN_ENGLISH, buttons: [members] });
  assert.deepEqual(await refusedAt(button({ type: "FLOW", parameter: "x" })), [
    "buttons[0].parameter does not belong to a button of type FLOW",
  ]);
  assert.deepEqual(await refusedAt(button({ type: "MULTI_PRODUCT" })), [
    "buttons[0].sections is required by a button of type MULTI_PRODUCT",
  ]);
  assert.deepEqual(await refusedAt(button({ type: "COPY_CODE", parameter: "1234567890123456" })), [
    "buttons[0].parameter must be at most 15 characters in a button of type COPY_CODE",
  ]);
  assert.deepEqual(await refusedAt(button({ type: "URL" })), [
    "buttons[0].parameter is required by a button of type URL",
  ]);
  const bare = { ...TEMPLATE_INPUT, buttons: [{}] };
  assert.deepEqual(await refusedAt(bare, { buttons: [{ type: "COPY_CODE" }] }), [
    "buttons[0].parameter is required by a button of type COPY_CODE",
  ]);
});

test("buttons that need nothing are filled in at their place, and quick replies stay out", async () => {
  const structure = {
    buttons: [
      { type: "QUICK_REPLY" },
      { type: "FLOW" },
      { type: "PHONE_NUMBER" },
      { type: "URL", url: "https://x.example/{{1}}" },
    ],
  };
  const filled = [{ type: "FLOW" }, { type: "URL", parameter: "17" }];
  const { buttons: shortest } = await sentData({ ...TEMPLATE_INPUT, buttons: [{ parameter: "17" }] }, structure);
  assert.deepEqual(shortest, filled);
  const { buttons: tokened } = await sentData(
    { ...TEMPLATE_INPUT, buttons: [{ flowToken: "t" }, { parameter: "17" }] },
    structure,
  );
  assert.deepEqual(tokened, [{ type: "FLOW", flowToken: "t" }, filled[1]]);
  const { buttons: replied } = await sentData(
    { ...TEMPLATE_INPUT, buttons: [{ parameter: "stop" }, { parameter: "17" }] },
    structure,
  );
  assert.deepEqual(replied, [{ type: "QUICK_REPLY", parameter: "stop" }, ...filled]);
  assert.deepEqual((await sentData(TEMPLATE_INPUT, { buttons: [{ type: "CATALOG" }] }))["buttons"], [
    { type: "CATALOG" },
  ]);
  assert.deepEqual(await refusedAt(TEMPLATE_INPUT, structure), [
    "buttons must be 3, in the template's order: QUICK_REPLY, FLOW, URL",
  ]);
});

const CAROUSEL = {
  carousel: {
    cards: [
      { header: { format: "IMAGE" }, body: { text: "A shoe" }, buttons: [{ type: "QUICK_REPLY" }] },
      {
        header: { format: "VIDEO" },
        body: { text: "{{1}} for {{2}}" },
        buttons: [{ type: "URL", url: "https://x.example/{{1}}" }, { type: "PHONE_NUMBER" }],
      },
    ],
  },
};

test("the cards of a carousel are filled in like templates of their own", async () => {
  const cards = [
    { header: { mediaUrl } },
    { header: { mediaUrl }, placeholders: ["Boot", "9.90"], buttons: [{ parameter: "boot" }] },
  ];
  const data = await sentData({ ...TEMPLATE_INPUT, cards }, CAROUSEL);
  assert.deepEqual(data, {
    body: { placeholders: [] },
    carousel: {
      cards: [
        { header: { type: "IMAGE", mediaUrl } },
        {
          header: { type: "VIDEO", mediaUrl },
          body: { placeholders: ["Boot", "9.90"] },
          buttons: [{ type: "URL", parameter: "boot" }],
        },
      ],
    },
  });
  const written = [{ header: { type: "IMAGE", mediaUrl }, buttons: [{ type: "QUICK_REPLY", parameter: "y" }] }];
  assert.deepEqual((await sentData({ ...IN_ENGLISH, cards: written }))["carousel"], { cards: written });
});

test("cards that do not fit the template are refused before they are sent", async () => {
  const header = { mediaUrl };
  assert.deepEqual(await refusedAt(TEMPLATE_INPUT, CAROUSEL), ["cards must be 2, as in the template"]);
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, cards: [{ header }] }, {}), ["cards are not in the template"]);
  const cards = [
    { header: { placeholder: "x" } },
    { header, placeholders: ["Boot"], buttons: [{ type: "QUICK_REPLY" }] },
  ];
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, cards }), [
    "cards[1].buttons[0].parameter is required by a button of type QUICK_REPLY",
  ]);
  const typed = [cards[0], { ...cards[1], buttons: [{ type: "QUICK_REPLY", parameter: "y" }] }];
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, cards: typed }, CAROUSEL), [
    "cards[0].header.mediaUrl is required by a header of type IMAGE",
    "cards[0].header.placeholder does not belong to a header of type IMAGE",
    "cards[1].placeholders must be 2, as in the template",
    "cards[1].buttons[0].type must be URL, as in the template",
  ]);
  assert.deepEqual(await refusedAt({ ...IN_ENGLISH, cards: Array.from({ length: 11 }, () => ({ header })) }), [
    "cards must have at most 10 items",
  ]);
});

test("the end of an offer is sent where the template has one, and asked for", async () => {
  const limitedTimeOffer = { expirationTime: "2030-01-01T10:00:00.000Z" };
  const expires = { limitedTimeOffer: { text: "Now!", hasExpiration: true } };
  const data = await sentData({ ...TEMPLATE_INPUT, limitedTimeOffer }, expires);
  assert.deepEqual(data["limitedTimeOffer"], limitedTimeOffer);
  assert.deepEqual(await refusedAt(TEMPLATE_INPUT, expires), [
    "limitedTimeOffer is required: the template's offer ends at a time",
  ]);
  const lasts = { limitedTimeOffer: { text: "Now!" } };
  assert.equal((await sentData(TEMPLATE_INPUT, lasts))["limitedTimeOffer"], undefined);
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, limitedTimeOffer }, lasts), [
    "limitedTimeOffer has no end in the template",
  ]);
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, limitedTimeOffer }, {}), [
    "limitedTimeOffer is not in the template",
  ]);
});

test("order statuses go as they are", async () => {
  const orderStatuses = [{ type: "ORDER_STATUS", payment: { type: "UPI_INTENT", id: "17" }, status: "SHIPPED" }];
  assert.deepEqual((await sentData({ ...IN_ENGLISH, orderStatuses }))["orderStatus"], { orderStatuses });
});

test("an object of the caller's own is JSON within limits", async () => {
  const flow = (data: unknown) => ({ ...IN_ENGLISH, buttons: [{ type: "FLOW", data }] });
  const cyclic: Record<string, unknown> = {};
  cyclic["itself"] = cyclic;
  const refusal = ["buttons[0].data must be JSON of 1000 values at most, 10 levels deep"];
  for (const data of [cyclic, { big: 1n }, { not: Number.NaN }, { many: Array.from({ length: 1000 }, () => 1) }]) {
    assert.deepEqual(await refusedAt(flow(data)), refusal);
  }
  assert.deepEqual(await refusedAt(flow([1])), ["buttons[0].data must be an object, not an array"]);
});

test("placeholders with names are filled in the order in which they stand, and offered by their names", async () => {
  const structure = { body: { text: "Dear {{first_name}}, order {{order}} is for {{first_name}}" } };
  const placeholders = { _2: "17", _1: "Anna" };
  const data = await sentData({ ...TEMPLATE_INPUT, placeholders }, structure);
  assert.deepEqual(data["body"], { placeholders: ["Anna", "17"] });
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, placeholders: { _1: "Anna" } }, structure), [
    "placeholders._2 is required",
  ]);
  const found = await lookUpProperty(
    { action: NAME, property: "placeholders", input: TEMPLATE_INPUT },
    fakeRuntime([templatesAnswer(listedTemplate({ structure }))]),
  );
  assert.deepEqual(found.kind === "properties" && found.properties.map(({ name, label }) => [name, label]), [
    ["_1", "first_name"],
    ["_2", "order"],
  ]);
});

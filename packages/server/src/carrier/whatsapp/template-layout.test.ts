import assert from "node:assert/strict";
import { test } from "node:test";
import type { TemplateMessage } from "@posthorn/contract";
import fc from "fast-check";
import { randomFromEnvironment } from "../../../test/harness/seed.ts";
import { gapsOf, structureOf } from "./template-structure.ts";
import { layoutOf, needsLayout, NO_LAYOUT, placesOf } from "./template-layout.ts";
import { templateOf } from "./template.ts";

type TemplateData = TemplateMessage["content"]["templateData"];
type Given = readonly { readonly type: string; readonly parameter: string }[];

const BODY = { type: "BODY", text: "Well?" };
const QUICK_REPLY = { type: "QUICK_REPLY", text: "Yes" };
const PHONE = { type: "PHONE_NUMBER", text: "Call", phone_number: "+447700900000" };
const HOME = { type: "URL", text: "Home", url: "https://shop.example/" };
const TRACK = { type: "URL", text: "Track", url: "https://shop.example/{{1}}" };
const COPY_CODE = { type: "COPY_CODE", example: "SAVE5" };
const OTP = { type: "OTP", text: "Copy", otp_type: "COPY_CODE" };
const MPM = { type: "MPM", text: "View items" };

const buttonsOf = (...buttons: readonly object[]) => ({ type: "BUTTONS", buttons });
/** The layout of a template as Meta has it. */
const layoutIn = (...components: readonly object[]) =>
  layoutOf(structureOf(components as Parameters<typeof structureOf>[0]));
const given = (...types: readonly string[]): Given => types.map((type) => ({ type, parameter: type }));

interface Posted {
  readonly type: string;
  readonly index?: string;
  readonly parameters: readonly Readonly<Record<string, unknown>>[];
  readonly cards?: readonly { readonly components: readonly Posted[] }[];
}

/** The components that are posted. */
function posted(layout: typeof NO_LAYOUT, templateData: object): readonly Posted[] {
  const data = { body: { placeholders: [] }, ...templateData } as unknown as TemplateData;
  const template = templateOf({ templateName: "t", language: "en", templateData: data }, { layout, now: 0 });
  return (template["components"] ?? []) as readonly Posted[];
}

const PLACES: readonly (readonly [
  what: string,
  buttons: readonly object[],
  given: Given,
  places: readonly number[],
])[] = [
  ["a phone number before it", [PHONE, TRACK], given("URL"), [1]],
  ["a URL that always leads to the same place before it", [HOME, TRACK], given("URL"), [1]],
  ["several before it", [PHONE, HOME, COPY_CODE], given("COPY_CODE"), [2]],
  ["quick replies that are not given", [QUICK_REPLY, QUICK_REPLY, TRACK], given("URL"), [2]],
  [
    "quick replies after others",
    [TRACK, QUICK_REPLY, QUICK_REPLY],
    given("URL", "QUICK_REPLY", "QUICK_REPLY"),
    [0, 1, 2],
  ],
  ["another order than the template's", [QUICK_REPLY, PHONE, TRACK], given("URL", "QUICK_REPLY"), [2, 0]],
  ["two of a type", [PHONE, TRACK, HOME, TRACK], given("URL", "URL"), [1, 3]],
  ["the button of a code", [OTP], given("URL"), [0]],
  ["products", [PHONE, MPM], given("MULTI_PRODUCT"), [1]],
  ["more than the template has: the list's places", [PHONE, TRACK], given("URL", "URL"), [0, 1]],
  ["a type that the template has not: the list's places", [PHONE, TRACK], given("URL", "COPY_CODE"), [0, 1]],
];

for (const [what, buttons, list, places] of PLACES) {
  test(`a button is at its place in the template: ${what}`, () => {
    assert.deepEqual(placesOf(list, layoutIn(BODY, buttonsOf(...buttons))), places);
  });
}

test("without a definition buttons are where the list has them, and values have no names", () => {
  const data = {
    header: { type: "TEXT", placeholder: "Ana" },
    body: { placeholders: ["17"] },
    buttons: given("COPY_CODE", "URL"),
  };
  const components = posted(NO_LAYOUT, data);
  assert.deepEqual(
    components.map(({ type, index }) => [type, index]),
    [
      ["header", undefined],
      ["body", undefined],
      ["button", "0"],
      ["button", "1"],
    ],
  );
  assert.deepEqual(components[0]?.parameters, [{ type: "text", text: "Ana" }]);
  assert.deepEqual(components[1]?.parameters, [{ type: "text", text: "17" }]);
});

test("whatever buttons a template has, those that are listed are at their places", () => {
  const button = fc.constantFrom(QUICK_REPLY, PHONE, HOME, TRACK, COPY_CODE, OTP, MPM);
  const property = fc.property(fc.array(button, { maxLength: 10 }), (buttons) => {
    const takers = buttons.flatMap((one, place) => (one === PHONE || one === HOME ? [] : [{ one, place }]));
    const types = new Map<object, string>([
      [TRACK, "URL"],
      [OTP, "URL"],
      [MPM, "MULTI_PRODUCT"],
    ]);
    const list = takers.map(({ one }) => ({ type: types.get(one) ?? one.type }));
    const expected = takers.map(({ place }) => place);
    assert.deepEqual(placesOf(list, layoutIn(BODY, buttonsOf(...buttons))), expected);
  });
  fc.assert(property, { seed: randomFromEnvironment("FC_SEED").seed });
});

test("values of named gaps have the names, in the order in which they appear, each once", () => {
  const layout = layoutIn(
    { type: "HEADER", format: "TEXT", text: "Dear {{who}}" },
    { type: "BODY", text: "{{item}} is on its way, {{who}}. Track {{ item }}." },
  );
  const data = { header: { type: "TEXT", placeholder: "Ana" }, body: { placeholders: ["Lamp", "Ana"] } };
  const [header, body] = posted(layout, data);
  assert.deepEqual(header?.parameters, [{ type: "text", parameter_name: "who", text: "Ana" }]);
  assert.deepEqual(body?.parameters, [
    { type: "text", parameter_name: "item", text: "Lamp" },
    { type: "text", parameter_name: "who", text: "Ana" },
  ]);
});

test("values of numbered gaps have no names, and neither have more or fewer values than there are names", () => {
  const numbered = layoutIn(
    { type: "HEADER", format: "TEXT", text: "Dear {{1}}" },
    { type: "BODY", text: "{{2}} {{1}}" },
  );
  const named = layoutIn({ type: "BODY", text: "{{a}} {{b}}" });
  for (const [layout, values] of [
    [numbered, ["x", "y"]],
    [named, ["x"]],
    [named, ["x", "y", "z"]],
  ] as const) {
    const header = { type: "TEXT", placeholder: "Ana" };
    const names = posted(layout, { header, body: { placeholders: values } }).flatMap(({ parameters }) =>
      parameters.map(({ parameter_name: name }) => name),
    );
    assert.deepEqual(new Set(names), new Set([undefined]));
    assert.equal(names.length, values.length + 1);
  }
});

test("each card of a carousel has its own names and places", () => {
  const card = (text: string, ...buttons: readonly object[]) => ({
    components: [{ type: "HEADER", format: "IMAGE" }, { type: "BODY", text }, buttonsOf(...buttons)],
  });
  const layout = layoutIn(BODY, {
    type: "CAROUSEL",
    cards: [card("{{price}}", HOME, TRACK), card("{{1}}", TRACK, HOME)],
  });
  const filled = {
    header: { type: "IMAGE", mediaUrl: "https://shop.example/a.png" },
    body: { placeholders: ["17"] },
    buttons: given("URL"),
  };
  const carousel = posted(layout, { carousel: { cards: [filled, filled, filled] } }).find(
    ({ type }) => type === "carousel",
  );
  const cards = carousel?.cards?.map(({ components }) => [
    components.find(({ type }) => type === "body")?.parameters[0]?.["parameter_name"],
    components.find(({ type }) => type === "button")?.index,
  ]);
  assert.deepEqual(cards, [
    ["price", "1"],
    [undefined, "0"],
    [undefined, "0"],
  ]);
});

test("of a template with a button that Infobip has no words for only the names are known", () => {
  const layout = layoutIn({ type: "BODY", text: "{{a}}" }, buttonsOf({ type: "SPM", text: "View" }, PHONE, TRACK));
  assert.deepEqual([layout.bodyNames, layout.buttonTypes], [["a"], []]);
  assert.deepEqual(placesOf(given("URL"), layout), [0]);
});

test("a definition is asked for where it could change what is sent", () => {
  const data = (more: object) => ({ body: { placeholders: [] }, ...more }) as unknown as TemplateData;
  const image = { type: "IMAGE", mediaUrl: "https://shop.example/a.png" };
  assert.deepEqual(
    [
      {},
      { header: image },
      { header: { type: "TEXT", placeholder: "Ana" } },
      { body: { placeholders: ["17"] } },
      { buttons: given("URL") },
      { carousel: { cards: [] } },
    ].map((more) => needsLayout(data(more))),
    [false, false, true, true, true, true],
  );
});

test("gaps are read in the order of the text, each once", () => {
  assert.deepEqual(gapsOf("{{b}} and {{ a }} and {{b}}"), ["b", "a"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeRuntime, listedTemplate, templatesAnswer } from "../../test/fake-runtime.ts";
import { COMPONENT } from "./component.ts";
import { isComponentError } from "./error.ts";
import { lookupsOf, lookUpProperty } from "./lookup.ts";
import type { NamedProperty } from "./properties.ts";

const ACTION = "sendWhatsappTemplateMessage";
const FROM = { from: "385000000009" };
const ORDER = { ...FROM, templateName: "order_shipped" };
const TEMPLATES = templatesAnswer(
  listedTemplate({ structure: { body: { text: "{{10}} {{2}} {{1}} {{2}} {{ 3 }}" } } }),
  listedTemplate({ language: "hr", structure: { body: { text: "{{1}} {{11}}" } } }),
  listedTemplate({ name: "welcome", language: "de" }),
  listedTemplate({ name: "draft", status: "PENDING" }),
  listedTemplate({ name: "refused", status: "REJECTED" }),
);

const ask = (property: string, input: object) =>
  lookUpProperty({ action: ACTION, property, input: { ...input } }, fakeRuntime([TEMPLATES]));

test("every property that depends on others has its lookup, and every lookup its property", () => {
  let count = 0;
  for (const action of Object.values(COMPONENT.actions)) {
    const dependent = (action.properties as readonly NamedProperty[]).flatMap((property) => {
      const dependsOn =
        property.type === "DYNAMIC_PROPERTIES"
          ? property.propertiesDependOn
          : property.type === "STRING"
            ? property.optionsDependOn
            : undefined;
      return dependsOn === undefined ? [] : [{ name: property.name, dependsOn }];
    });
    const lookups = lookupsOf(action.name);
    assert.deepEqual(dependent.map(({ name }) => name).toSorted(), Object.keys(lookups).toSorted());
    for (const { name, dependsOn } of dependent) {
      for (const other of dependsOn) assert.ok(lookups[name]?.dependsOn.includes(other), `${name} needs ${other}`);
      count += 1;
    }
  }
  assert.equal(count, 3);
});

test("templates are offered by name, once each and with their languages, without those that cannot be sent", async () => {
  const runtime = fakeRuntime([TEMPLATES]);
  const found = await lookUpProperty({ action: ACTION, property: "templateName", input: FROM }, runtime);
  assert.deepEqual(found, {
    kind: "options",
    options: [
      { value: "order_shipped", label: "order_shipped (en, hr)" },
      { value: "welcome", label: "welcome (de)" },
    ],
  });
  assert.deepEqual(runtime.requests, [
    {
      method: "GET",
      path: "/whatsapp/2/senders/385000000009/templates",
      query: {},
      headers: { accept: "application/json" },
    },
  ]);
});

test("languages are those of the chosen template", async () => {
  const found = await ask("language", ORDER);
  assert.deepEqual(found.kind === "options" && found.options.map(({ value }) => value), ["en", "hr"]);
});

test("placeholders are properties in the order of their numbers, each once", async () => {
  const namesOf = async (input: object) => {
    const found = await ask("placeholders", input);
    assert.ok(found.kind === "properties");
    return found.properties.map(({ name }) => name);
  };
  assert.deepEqual(await namesOf({ ...ORDER, language: "en" }), ["_1", "_2", "_3", "_10"]);
  assert.deepEqual(await namesOf({ ...ORDER, language: "hr" }), ["_1", "_11"]);
  assert.deepEqual(await namesOf(ORDER), ["_1", "_2", "_3", "_10", "_11"]);
  assert.deepEqual(await namesOf({ ...FROM, templateName: "welcome" }), []);
});

test("nothing is asked before what the question needs is there, or where there is nothing to ask", async () => {
  const refused = [
    ["placeholders", { from: " ", templateName: 5 }, ["from", "templateName"]],
    ["language", FROM, ["templateName"]],
    ["to", ORDER, ["to"]],
  ] as const;
  for (const [property, input, places] of refused) {
    await assert.rejects(ask(property, input), (error) => {
      assert.ok(isComponentError(error));
      assert.equal(error.code, "INVALID_INPUT");
      assert.deepEqual(
        error.violations.map((violation) => violation.property),
        places,
      );
      return true;
    });
  }
  assert.deepEqual(lookupsOf("constructor"), {});
});

test("a question is asked twice at most, and says that nothing was sent", async () => {
  const runtime = fakeRuntime([{ status: 503 }]);
  await assert.rejects(lookUpProperty({ action: ACTION, property: "templateName", input: FROM }, runtime), (error) => {
    assert.ok(isComponentError(error));
    assert.deepEqual([error.code, error.outcome, error.attempts], ["SERVER_ERROR", "not-sent", 2]);
    return true;
  });
});

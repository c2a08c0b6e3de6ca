import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ABSENT, readShared } from "../test/shared.ts";
import { COMPONENT } from "./core/component.ts";
import { definition } from "./definition.ts";

const GOLDEN = new URL("../test/definition.golden.json", import.meta.url);

test("is the golden definition: a change of the public contract shows in review", () => {
  const golden = JSON.parse(readFileSync(GOLDEN, "utf8")) as unknown;
  assert.deepEqual(
    JSON.parse(JSON.stringify(definition())),
    golden,
    "if the change is meant: node packages/component/src/write-generated.ts",
  );
});

/** Every difference from the reference definition that is meant, with its reason. Any other one fails. */
const MEANT: Readonly<Record<string, string>> = {
  "actions.sendSMS.description": "the reference page is the authority; the definition was reworded after it",
  "actions.sendSMS.help.learnMoreUrl": "our own reference page explains our component",
  "actions.sendWhatsappTextMessage.description": "the definition has two spaces in a row by mistake",
  "actions.sendWhatsappTextMessage.title":
    "the reference page writes Whatsapp, in the title and in the example's label",
  "actions.sendWhatsappTextMessage.help.learnMoreUrl": "our own reference page explains our component",
  "actions.sendWhatsappTemplateMessage.help.learnMoreUrl": "our own reference page explains our component",
  ...Object.fromEntries(
    [
      "language",
      "header",
      "buttons",
      "cards",
      "limitedTimeOffer",
      "orderStatuses",
      "callbackData",
      "notifyUrl",
      "bulkId",
      "smsFailover",
    ].map((name, index) => [
      `actions.sendWhatsappTemplateMessage.properties.${index + 4}`,
      `${name}: theirs fills in the body only, and takes the first language that it finds`,
    ]),
  ),
  "connection.help.learnMoreUrl": "our own reference page explains our component",
  "connection.test": "ours has a connection test, theirs has none",
  customAction: "ours has no free HTTP call",
  customActionHelp: "ours has no free HTTP call",
  "triggers.newSMS": "not ours yet",
  "triggers.newWhatsappMessage": "not ours yet",
};

type Tree = Readonly<Record<string, unknown>>;

/** Actions and triggers by name, so that one more on either side does not shift the rest. */
function byName(value: Tree): Tree {
  const index = (list: unknown) => Object.fromEntries((list as { name: string }[]).map((entry) => [entry.name, entry]));
  return { ...value, actions: index(value["actions"]), triggers: index(value["triggers"]) };
}

function compare(
  ours: unknown,
  theirs: unknown,
  path: string,
  differences: string[],
  counter: { leaves: number },
): void {
  const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;
  if (isTree(ours) && isTree(theirs) && Array.isArray(ours) === Array.isArray(theirs)) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const hasBoth = Object.hasOwn(ours, key) && Object.hasOwn(theirs, key);
      const at = path === "" ? key : `${path}.${key}`;
      if (hasBoth) compare(ours[key], theirs[key], at, differences, counter);
      else differences.push(at);
    }
    return;
  }
  counter.leaves += 1;
  if (ours !== theirs) differences.push(path);
}

test("equals the reference definition field by field, but for the differences that are meant", (t) => {
  const text = readShared("bytechef/infobip_v1.definition.json");
  if (text === undefined) return t.skip(ABSENT);
  const differences: string[] = [];
  const counter = { leaves: 0 };
  compare(
    byName(JSON.parse(JSON.stringify(definition())) as Tree),
    byName(JSON.parse(text) as Tree),
    "",
    differences,
    counter,
  );
  assert.deepEqual(differences.toSorted(), Object.keys(MEANT).toSorted());
  assert.ok(counter.leaves > 900, `only ${counter.leaves} fields were compared`);
});

test("the icon that it names is there", () => {
  const icon = readFileSync(new URL(`../${COMPONENT.icon.replace("path:", "")}`, import.meta.url), "utf8");
  assert.match(icon, /^<svg /);
});

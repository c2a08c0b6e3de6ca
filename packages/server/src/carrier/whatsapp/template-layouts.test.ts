import assert from "node:assert/strict";
import { test } from "node:test";
import type { TemplateMessage, TemplateStructure } from "@posthorn/contract";
import { FakeClock } from "../../../test/harness/fake-clock.ts";
import type { OutboundMessage } from "../../store/store.ts";
import { NO_LAYOUT } from "./template-layout.ts";
import { type TemplateName, TemplateLayouts } from "./template-layouts.ts";

const STRUCTURE = { body: { text: "{{a}}" }, type: "TEXT" } as TemplateStructure;

function setting() {
  const clock = new FakeClock();
  const asked: TemplateName[] = [];
  const kept = { structure: STRUCTURE as TemplateStructure | null, error: null as Error | null };
  const find = async (template: TemplateName) => {
    asked.push(template);
    if (kept.error !== null) throw kept.error;
    return kept.structure;
  };
  const layouts = new TemplateLayouts(find, clock);
  const layoutOf = (templateName: string, { accountId = 1, language = "en", placeholders = ["17"] } = {}) => {
    const content: TemplateMessage["content"] = { templateName, language, templateData: { body: { placeholders } } };
    return layouts.of({ accountId } as OutboundMessage, content);
  };
  return { clock, asked, kept, layoutOf };
}

test("a bulk of one template asks the store once, and again when ten seconds have passed", async () => {
  const { clock, asked, layoutOf } = setting();
  const layouts = await Promise.all(Array.from({ length: 50 }, () => layoutOf("shipped")));
  assert.deepEqual(new Set(layouts.map(({ bodyNames }) => bodyNames[0])), new Set(["a"]));
  assert.deepEqual(asked, [{ accountId: 1, name: "shipped", language: "en" }]);
  clock.advance(9_999);
  await layoutOf("shipped");
  assert.equal(asked.length, 1);
  clock.advance(1);
  await layoutOf("shipped");
  assert.equal(asked.length, 2);
});

test("a template that was not known is looked for again after a second", async () => {
  const { clock, asked, kept, layoutOf } = setting();
  kept.structure = null;
  assert.equal(await layoutOf("new"), NO_LAYOUT);
  kept.structure = STRUCTURE;
  clock.advance(999);
  assert.equal(await layoutOf("new"), NO_LAYOUT);
  clock.advance(1);
  assert.deepEqual((await layoutOf("new")).bodyNames, ["a"]);
  assert.equal(asked.length, 2);
});

test("templates of another account or language are others", async () => {
  const { asked, layoutOf } = setting();
  await layoutOf("shipped");
  await layoutOf("shipped", { accountId: 2 });
  await layoutOf("shipped", { language: "de" });
  assert.equal(asked.length, 3);
});

test("a template with nothing to fill in is not looked for", async () => {
  const { asked, layoutOf } = setting();
  assert.equal(await layoutOf("plain", { placeholders: [] }), NO_LAYOUT);
  assert.deepEqual(asked, []);
});

test("while the store does not answer nothing is known, and the next message asks again", async () => {
  const { kept, layoutOf } = setting();
  kept.error = new Error("closed");
  await assert.rejects(layoutOf("shipped"), /closed/);
  kept.error = null;
  assert.deepEqual((await layoutOf("shipped")).bodyNames, ["a"]);
});

test("the 200 that were asked for last are remembered", async () => {
  const { asked, layoutOf } = setting();
  for (let nth = 0; nth <= 200; nth += 1) await layoutOf(`t${nth}`);
  await layoutOf("t1");
  assert.equal(asked.length, 201);
  await layoutOf("t0");
  assert.equal(asked.length, 202);
});

test("a clock that was set back keeps nothing for longer", async () => {
  const { clock, asked, layoutOf } = setting();
  await layoutOf("shipped");
  clock.jump(-3_600_000);
  await layoutOf("shipped");
  assert.equal(asked.length, 2);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ABSENT, readSeedPage } from "../test/shared.ts";
import { referencePage } from "./reference-page.ts";

const FILE = new URL("../../../docs/reference/infobip_v1.md", import.meta.url);

test("docs/reference/infobip_v1.md is the generated page", () => {
  assert.equal(
    readFileSync(FILE, "utf8"),
    referencePage(),
    "write the page anew: node packages/component/src/write-generated.ts",
  );
});

interface Page {
  readonly frontMatter: string;
  readonly headings: readonly string[];
  readonly tables: readonly (readonly (readonly string[])[])[];
  readonly examples: readonly unknown[];
  /** Lines that are none of these, in order. */
  readonly prose: readonly string[];
}

function readPage(text: string): Page {
  const [, frontMatter = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const examples = [...body.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json]) => JSON.parse(json as string) as unknown,
  );
  const lines = body
    .replace(/```json\n[\s\S]*?```/g, "")
    .split("\n")
    .map((line) => line.trim());
  const tables: string[][][] = [];
  let isInTable = false;
  for (const line of lines) {
    const isRow = line.startsWith("|");
    if (isRow && !isInTable) tables.push([]);
    if (isRow)
      tables.at(-1)?.push(
        line
          .slice(1, -1)
          .split("|")
          .map((cell) => cell.trim().replaceAll(/\s+/g, " ")),
      );
    isInTable = isRow;
  }
  return {
    frontMatter,
    headings: lines.filter((line) => line.startsWith("#")),
    tables,
    examples,
    prose: lines.filter((line) => line !== "" && line !== "<hr />" && !line.startsWith("#") && !line.startsWith("|")),
  };
}

/** Our page without the action that the seed does not have: one section before the rule. */
function withoutNewerActions(page: string): string {
  const newer = /\n### Send Whatsapp Template Message\n[\s\S]*?(?=\n<hr \/>\n)/;
  assert.match(page, newer);
  return page.replace(newer, "");
}

test("has the seed page's headings, tables, examples and lines", (t) => {
  const text = readSeedPage();
  if (text === undefined) return t.skip(ABSENT);
  const seed = readPage(text);
  const ours = readPage(withoutNewerActions(referencePage()));
  assert.equal(seed.headings.length, 16, "the seed's headings were not read");
  assert.equal(seed.tables.length, 5, "the seed's tables were not read");
  assert.equal(seed.examples.length, 2, "the seed's examples were not read");
  assert.equal(ours.frontMatter, seed.frontMatter);
  assert.deepEqual(ours.headings, seed.headings);
  assert.deepEqual(ours.tables, seed.tables);
  assert.deepEqual(ours.examples, seed.examples);
  assert.deepEqual(
    ours.examples.map((example) => JSON.stringify(example)),
    seed.examples.map((example) => JSON.stringify(example)),
    "in another order",
  );

  // Meant: the seed ends with another project's advertising; ours says how to make a connection.
  assert.match(seed.prose.at(-1) ?? "", /iframe/);
  assert.doesNotMatch(referencePage(), /iframe|guidejar/);
  // Meant: the seed describes the WhatsApp action as "Send a new SMS message", copied from the action above it. People
  // and language models choose an action by this line, so ours says what the action does.
  const expected = seed.prose.slice(0, -1);
  const differing = expected.flatMap((line, index) => (line === ours.prose[index] ? [] : [[line, ours.prose[index]]]));
  assert.deepEqual(differing, [["Send a new SMS message", "Send a WhatsApp text message to a single recipient."]]);
  assert.equal(ours.prose.filter((line) => line === "Send a new SMS message").length, 1);
  assert.equal(expected.length, 10, "the seed's lines were not read");
});

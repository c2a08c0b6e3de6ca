/** docs/smpp-robustness.md names tests; they must be there. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const PAGE = "docs/smpp-robustness.md";
const CASES = 62;
/** A name in double quotes, or a template's text as it stands in the source. */
const NAMES = /\btest\(\s*(["`])((?:[^"`\\]|\\.)*)\1/g;

interface Case {
  readonly number: number;
  /** As `file: "name"`. */
  readonly held: readonly string[];
}

function casesOf(page: string): readonly Case[] {
  return [...page.matchAll(/^\| (\d+) \|.*\| (.+) \|$/gm)].map(([, number, held = ""]) => ({
    number: Number(number),
    held: held.split("<br>"),
  }));
}

function namesIn(file: string): ReadonlySet<string> {
  const path = join(ROOT, file);
  if (!existsSync(path)) return new Set();
  return new Set([...readFileSync(path, "utf8").matchAll(NAMES)].map(([, , name = ""]) => name));
}

/** What the page says that is not so. */
function faultsOf(cases: readonly Case[], namesOf: (file: string) => ReadonlySet<string>): readonly string[] {
  const faults: string[] = [];
  for (const { number, held } of cases) {
    for (const entry of held) {
      const [, file = "", name = ""] = /^`([^`]+)`: "(.+)"$/.exec(entry) ?? [];
      if (!namesOf(file).has(name)) faults.push(`${number}: there is no test ${entry}`);
    }
  }
  return faults;
}

test("every case of the robustness list is there once, and every test that it names exists", () => {
  const cases = casesOf(readFileSync(join(ROOT, PAGE), "utf8"));
  assert.deepEqual(
    cases.map(({ number }) => number),
    Array.from({ length: CASES }, (_, index) => index + 1),
  );
  const read = new Map<string, ReadonlySet<string>>();
  const namesOf = (file: string) => {
    const names = read.get(file) ?? namesIn(file);
    read.set(file, names);
    return names;
  };
  assert.deepEqual(faultsOf(cases, namesOf), []);
  // A check that reads nothing passes everything.
  assert.ok(read.size > 10, `${read.size} files were read`);
  for (const [file, names] of read) assert.ok(names.size > 0, `${file} has no tests`);
});

test("the check finds a test that is not there, and a case that still waits for its test", () => {
  const page =
    '| 1 | a | b | `some.test.ts`: "1 is there"<br>`some.test.ts`: "1 is not" |\n| 2 | a | b | the carrier: pending |';
  const faults = faultsOf(casesOf(page), () => new Set(["1 is there"]));
  assert.deepEqual(faults, [
    '1: there is no test `some.test.ts`: "1 is not"',
    "2: there is no test the carrier: pending",
  ]);
});

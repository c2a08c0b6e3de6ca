import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePrefixTable, parsePriceTable, type Table } from "./tables.ts";

function problemsOf(table: Table<unknown>): readonly string[] {
  return "problems" in table ? table.problems.map(({ line, message }) => `${line}: ${message}`) : [];
}

test("prefixes are read from CSV and from JSON, with columns in any order", () => {
  const expected = {
    rows: [
      { prefix: "38598", country: "HR", mcc: "219", mnc: "01" },
      { prefix: "385", country: null, mcc: null, mnc: null },
    ],
  };
  assert.deepEqual(
    parsePrefixTable('\uFEFFmnc,prefix,country,mcc\r\n"01",38598,HR,219\r\n# a comment\r\n\r\n,385,,\r\n'),
    expected,
  );
  assert.deepEqual(
    parsePrefixTable('[{"prefix":38598,"country":"HR","mcc":219,"mnc":"01"},{"prefix":"385","mcc":null}]'),
    expected,
  );
});

test("prices are read, and what is wrong is told with its line", () => {
  assert.deepEqual(parsePriceTable("carrier,country,price\nnorth,HR,0.0125\n"), {
    rows: [{ carrier: "north", country: "HR", mcc: null, mnc: null, price: 0.0125 }],
  });
  const wrong = parsePriceTable(
    "carrier,country,mcc,mnc,price\nnorth,hr,,,1\n,,,,1\nnorth,,,01,1\nnorth,,,,-1\nnorth,,,,\n",
  );
  assert.deepEqual(
    problemsOf(wrong).map((text) => text.replace(/:.*?(expected|missing|together).*/, ": $1")),
    ["2: expected", "3: missing", "4: together", "5: expected", "6: missing"],
  );
});

test("a file that is something else is refused", () => {
  for (const text of [
    "prefx\n385\n",
    "prefix\n385,HR\n",
    "[1]",
    "[",
    '[{"prefix":"385","network":"x"}]',
    "prefix\n+385\n",
  ]) {
    assert.equal(problemsOf(parsePrefixTable(text)).length, 1, text);
  }
  assert.ok(problemsOf(parsePrefixTable(`prefix\n${"x\n".repeat(1_000)}`)).length <= 20);
});

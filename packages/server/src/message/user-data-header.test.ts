import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUserDataHeader } from "./user-data-header.ts";

const parse = (...octets: number[]) => parseUserDataHeader(Uint8Array.from(octets));
const NOTHING = { part: null, nationalTables: {} };

test("both widths of reference are read, and national tables beside them, in any order", () => {
  assert.deepEqual(parse(0, 3, 7, 3, 2), {
    part: { kind: "udh8", reference: 7, number: 2, count: 3 },
    nationalTables: {},
  });
  assert.deepEqual(parse(0x24, 1, 1, 8, 4, 1, 2, 3, 1, 0x25, 1, 3), {
    part: { kind: "udh16", reference: 258, number: 1, count: 3 },
    nationalTables: { singleShift: 1, lockingShift: 3 },
  });
});

test("other elements are passed over, and an element of the wrong length counts as another", () => {
  assert.deepEqual(parse(5, 4, 0, 1, 0, 2, 0, 3, 9, 2, 1).part, { kind: "udh8", reference: 9, number: 1, count: 2 });
  assert.deepEqual(parse(0, 2, 7, 3), NOTHING);
});

for (const octets of [[], [0], [0, 3], [0, 3, 7, 3], [8, 4, 1, 2, 3]]) {
  test(`a header cut off after ${octets.length} octets (${octets.join(" ")}) says nothing`, () => {
    assert.deepEqual(parse(...octets), NOTHING);
  });
}

for (const [count, number] of [
  [0, 1],
  [1, 1],
  [3, 0],
  [3, 4],
] as const) {
  test(`part ${number} of ${count} makes no sense: the message is taken as it came`, () => {
    assert.deepEqual(parse(0, 3, 7, count, number), NOTHING);
  });
}

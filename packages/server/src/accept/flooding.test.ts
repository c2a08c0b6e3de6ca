import assert from "node:assert/strict";
import { test } from "node:test";
import { FloodingFilter, type FloodingOptions } from "./flooding.ts";

const HOUR_MS = 3_600_000;
const T0 = 1_700_000_000_000;

function filterOf(options: Partial<FloodingOptions> = {}): FloodingFilter {
  return new FloodingFilter({
    messagesPerHourMax: 3,
    identicalPerHourMax: 2,
    isExempt: (carrier) => carrier === "sandbox",
    ...options,
  });
}

const message = (text: string, changes: object = {}) => ({
  accountId: 1,
  destination: "385981234567",
  carrier: "north",
  text,
  ...changes,
});

const VARIED = { statusId: 20, errorId: 4103 };
const IDENTICAL = { statusId: 20, errorId: 4104 };

test("a phone gets so many messages within an hour, so many of them alike, and after the hour again", () => {
  const filter = filterOf();
  assert.deepEqual([filter.take(message("a"), T0), filter.take(message("a"), T0 + 1)], [null, null]);
  assert.deepEqual(filter.take(message("a"), T0 + 2), IDENTICAL);
  assert.equal(filter.take(message("b"), T0 + 3), null);
  assert.deepEqual(filter.take(message("c"), T0 + 4), VARIED);
  assert.deepEqual(filter.take(message("c"), T0 + HOUR_MS - 1), VARIED);
  assert.equal(filter.take(message("c"), T0 + HOUR_MS), null);
  assert.deepEqual(filter.take(message("d"), T0 + HOUR_MS), VARIED, "only the first of them is an hour old");
});

test("other phones, other accounts and the sandbox have their own share", () => {
  const filter = filterOf({ identicalPerHourMax: 1 });
  assert.equal(filter.take(message("a"), T0), null);
  assert.deepEqual(filter.take(message("a"), T0), IDENTICAL);
  assert.equal(filter.take(message("a", { destination: "385981234568" }), T0), null);
  assert.equal(filter.take(message("a", { accountId: 2 }), T0), null);
  for (let count = 0; count < 50; count += 1) {
    assert.equal(filter.take(message("a", { carrier: "sandbox" }), T0), null);
  }
});

test("what was counted and not stored is given back", () => {
  const filter = filterOf({ identicalPerHourMax: 1 });
  filter.take(message("a"), T0);
  filter.giveBack(message("a"));
  filter.giveBack(message("a"));
  assert.equal(filter.take(message("a"), T0), null);
  filter.giveBack(message("a", { carrier: "sandbox" }));
  assert.deepEqual(filter.take(message("a"), T0), IDENTICAL, "what was never counted gives nothing back");
});

test("it remembers a limited number of messages; at the limit the oldest is forgotten, and nothing is refused", () => {
  const filter = filterOf({ identicalPerHourMax: 1, memoryMax: 10 });
  for (let number = 0; number < 1_000; number += 1) {
    assert.equal(filter.take(message("a", { destination: `38598${number}` }), T0 + number), null);
    assert.ok(filter.size <= 10);
  }
  assert.equal(filter.take(message("a", { destination: "385980" }), T0 + 1_000), null, "forgotten");
  assert.deepEqual(filter.take(message("a", { destination: "38598999" }), T0 + 1_000), IDENTICAL, "remembered");
});

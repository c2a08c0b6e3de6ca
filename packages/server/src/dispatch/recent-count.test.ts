import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentCount } from "./recent-count.ts";

const T0 = 1_700_000_000_000;

test("what is recent is of the last whole tenth of a second, or of this one where that is more", () => {
  const count = new RecentCount();
  assert.equal(count.at(T0), 0);
  for (let ms = 0; ms < 100; ms += 10) count.add(7, T0 + ms);
  assert.deepEqual([count.at(T0 + 99), count.at(T0 + 100), count.at(T0 + 199)], [70, 70, 70]);
  count.add(71, T0 + 199);
  assert.equal(count.at(T0 + 199), 71);
  assert.deepEqual([count.at(T0 + 299), count.at(T0 + 300)], [71, 0]);
});

test("after a clock that jumps, in either direction, it begins anew", () => {
  const count = new RecentCount();
  count.add(5, T0);
  assert.equal(count.at(T0 - 3_600_000), 0);
  count.add(6, T0 - 3_600_000);
  assert.deepEqual([count.at(T0 - 3_600_000), count.at(T0)], [6, 0]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "./pace.ts";

const T0 = 1_700_000_000_000;
const error = (action: "slow" | "slow-pair" | "stop" | "retry") => ({ code: 1, action, errorId: 7017, details: "" });

test("places are as far apart as the number may send, and none is given twice", () => {
  const pace = new Pace(4);
  assert.deepEqual(
    [0, 0, 0].map(() => pace.take(T0)),
    [0, 250, 500],
  );
  assert.equal(pace.take(T0 + 600), 150);
  assert.equal(pace.take(T0 + 5_000), 0);
});

test("a clock that was set back makes nobody wait for the time that it had shown", () => {
  const pace = new Pace(1);
  pace.take(T0);
  assert.equal(pace.take(T0 - 3_600_000), 0);
  pace.failed(error("stop"), "u", T0);
  assert.equal(pace.pauseOf(T0 - 3_600_000), null);
});

test("a number that sends too much is slowed down for longer and longer, until a message goes through", () => {
  const pace = new Pace(80);
  let now = T0;
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
    const pause = pace.failed(error("slow"), "u", now);
    const pauseMs = (pause?.until ?? 0) - now;
    now = pause?.until ?? 0;
    return pauseMs;
  });
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  pace.succeeded();
  assert.equal(pace.failed(error("slow"), "u", now)?.until, now + 1_000);
});

test("several that were under way when the limit was met are one reason to slow down", () => {
  const pace = new Pace(80);
  for (const _ of [1, 2, 3]) assert.equal(pace.failed(error("slow"), "u", T0)?.until, T0 + 1_000);
  assert.equal(pace.pauseOf(T0 + 1_000), null);
  assert.equal(pace.failed(error("slow"), "u", T0 + 1_000)?.until, T0 + 3_000);
});

test("a pair is slowed down alone, for six seconds", () => {
  const pace = new Pace(80);
  pace.failed(error("slow-pair"), "385981234567", T0);
  assert.equal(pace.pauseOf(T0), null);
  assert.equal(pace.pauseFor("385981234568", T0), null);
  assert.equal(pace.pauseFor("385981234567", T0 + 5_999)?.kind, "slow-pair");
  assert.equal(pace.pauseFor("385981234567", T0 + 6_000), null);
});

test("as many pairs are remembered as the limit says, the newest", () => {
  const pace = new Pace(80);
  for (let user = 0; user <= 10_000; user += 1) pace.failed(error("slow-pair"), String(user), T0);
  assert.equal(pace.pauseFor("0", T0), null);
  assert.notEqual(pace.pauseFor("1", T0), null);
});

test("a sender that nothing is let through of is stopped for a minute, and any other error stops nothing", () => {
  const pace = new Pace(80);
  assert.equal(pace.failed(error("retry"), "u", T0), null);
  assert.equal(pace.pauseFor("u", T0), null);
  pace.failed(error("stop"), "u", T0);
  assert.equal(pace.pauseFor("v", T0 + 59_999)?.kind, "stop");
  assert.equal(pace.pauseFor("v", T0 + 60_000), null);
});

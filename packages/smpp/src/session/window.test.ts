import assert from "node:assert/strict";
import { test } from "node:test";
import { Window } from "./window.ts";

const windowOf = (first: number) => new Window(first, (error) => assert.fail(String(error)));
const PENDING = { response: "submit_sm_resp", settle: () => {}, subject: null, deadlineTick: 9, batch: 0 } as const;

test("31 sequence wrap: numbers that a request still waits with are left out, at the wrap and elsewhere", () => {
  const window = windowOf(0x7fffffff);
  for (const sequenceNumber of [1, 2, 4]) window.add(sequenceNumber, PENDING);
  const numbers = Array.from({ length: 4 }, () => window.nextSequenceNumber());
  assert.deepEqual(numbers, [0x7fffffff, 3, 5, 6]);
});

test("only requests whose time is over are given up", () => {
  const window = windowOf(1);
  const given: number[] = [];
  for (const deadlineTick of [5, 6, 7]) {
    window.add(deadlineTick, { ...PENDING, deadlineTick, settle: () => given.push(deadlineTick) });
  }
  assert.equal(window.expire(6), 2);
  assert.deepEqual(given, [5, 6]);
  assert.equal(window.size, 1);
});

test("one function settles all requests, and is told which one each time", () => {
  const window = windowOf(1);
  const settled: unknown[] = [];
  const settle = (error: unknown, _response: unknown, subject: unknown) => settled.push([subject, error === null]);
  for (const subject of ["answered", "given up", "late", "lost"]) {
    window.add(window.nextSequenceNumber(), { ...PENDING, settle, subject });
  }
  window.answer({ command: "submit_sm_resp", commandStatus: 0, sequenceNumber: 1, messageId: "", tlvs: [] });
  window.giveUp(2, null);
  window.clear(1, "closed");
  assert.deepEqual(settled, [
    ["answered", true],
    ["given up", false],
    ["late", false],
    ["lost", false],
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type BulkCounts, type BulkStatus, bulkActionFor, bulkStatusOf, canReschedule } from "./bulk.ts";

const counts = (changes: Partial<BulkCounts>): BulkCounts => ({
  total: 10,
  open: 10,
  waiting: 10,
  begun: 0,
  rejected: 0,
  canceled: 0,
  ...changes,
});

test("a bulk's status follows from its messages and from its customer's wish", () => {
  assert.equal(bulkStatusOf(counts({}), null), "PENDING");
  assert.equal(bulkStatusOf(counts({ begun: 1 }), null), "PROCESSING");
  assert.equal(bulkStatusOf(counts({}), "paused"), "PAUSED");
  assert.equal(bulkStatusOf(counts({ open: 1, waiting: 0, begun: 10 }), "paused"), "PAUSED");
  assert.equal(bulkStatusOf(counts({ open: 1, waiting: 0, begun: 1, canceled: 9 }), "canceled"), "CANCELED");
  assert.equal(bulkStatusOf(counts({ open: 2, waiting: 1, begun: 1 }), "canceled"), "PROCESSING");
  assert.equal(bulkStatusOf(counts({ open: 0, waiting: 0, begun: 9, canceled: 1 }), "canceled"), "CANCELED");
  assert.equal(bulkStatusOf(counts({ open: 0, waiting: 0, begun: 10 }), "paused"), "FINISHED");
  assert.equal(bulkStatusOf(counts({ open: 0, waiting: 0, begun: 1, rejected: 9 }), null), "FINISHED");
  assert.equal(bulkStatusOf(counts({ open: 0, waiting: 0, rejected: 10 }), null), "FAILED");
});

const ALL: readonly BulkStatus[] = ["PENDING", "PAUSED", "PROCESSING", "CANCELED", "FINISHED", "FAILED"];

test("what a customer may ask of a bulk in each status is this and nothing else", () => {
  const table = Object.fromEntries(
    ALL.map((from) => [from, Object.fromEntries(ALL.map((to) => [to, bulkActionFor(from, to)]))]),
  );
  const never = { PENDING: null, PAUSED: null, PROCESSING: null, CANCELED: null, FINISHED: null, FAILED: null };
  const open = { ...never, PAUSED: "pause", CANCELED: "cancel" };
  assert.deepEqual(table, {
    PENDING: { ...open, PENDING: "resume" },
    PAUSED: { ...open, PENDING: "resume", PROCESSING: "resume" },
    PROCESSING: { ...open, PROCESSING: "resume" },
    CANCELED: { ...never, CANCELED: "nothing" },
    FINISHED: { ...never, FINISHED: "nothing" },
    FAILED: { ...never, FAILED: "nothing" },
  });
  assert.deepEqual(ALL.filter(canReschedule), ["PENDING", "PAUSED", "PROCESSING"]);
});

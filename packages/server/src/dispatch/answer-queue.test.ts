import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/harness/fake-clock.ts";
import type { CarrierReceipt } from "../carrier/carrier.ts";
import type { OutboundMessage } from "../store/store.ts";
import { AnswerPatience, TRY_AGAIN_MAX_MS, TRY_AGAIN_MIN_MS } from "./answer-patience.ts";
import { AnswerQueue, type Answered, WAITING_ANSWERS_MAX } from "./answer-queue.ts";

const DESTINATION = "447700900001";

const answeredAs = (seq: number, carrierMessageId = `id${seq}`): Answered => ({
  message: { seq, destination: DESTINATION, options: null } as OutboundMessage,
  result: { outcome: "submitted", carrierMessageId },
  answeredAt: 0,
});

const receiptOf = (carrierMessageId: string): CarrierReceipt => ({
  carrierMessageId,
  state: "delivered",
  statusId: 5,
  errorId: 0,
  doneAt: 0,
});

function start() {
  const clock = new FakeClock();
  const patience = new AnswerPatience(clock);
  const queue = new AnswerQueue(patience);
  const due = () => queue.takeDue().map(({ message }) => message.seq);
  const take = (seq: number) => queue.take(receiptOf(`id${seq}`))?.message.seq ?? null;
  return { clock, patience, queue, due, take };
}

/** As many as give their room back: the older half of them has stepped aside. */
function fill(queue: AnswerQueue) {
  for (let seq = 1; seq <= WAITING_ANSWERS_MAX; seq += 1) queue.add(answeredAs(seq));
}

test("of many answers the older half no longer waits once enough receipts of the younger ones have come", () => {
  const { queue, due, take } = start();
  fill(queue);
  const half = WAITING_ANSWERS_MAX / 2;
  for (let seq = half + 1; seq < half + 64; seq += 1) assert.equal(take(seq), seq);
  assert.deepEqual(due(), []);
  assert.equal(take(half + 64), half + 64);
  assert.deepEqual(
    due(),
    Array.from({ length: half }, (_, index) => index + 1),
  );
  assert.deepEqual([take(1), take(WAITING_ANSWERS_MAX)], [null, WAITING_ANSWERS_MAX]);
});

test("answers whose receipts come in their order are never overtaken, however many wait", () => {
  const { queue, due, take } = start();
  fill(queue);
  for (let seq = WAITING_ANSWERS_MAX + 1; seq <= 4 * WAITING_ANSWERS_MAX; seq += 1) {
    queue.add(answeredAs(seq));
    assert.equal(take(seq - WAITING_ANSWERS_MAX), seq - WAITING_ANSWERS_MAX);
  }
  assert.deepEqual(due(), []);
});

test("the older half of this turn's answers waits as long as the younger one", () => {
  const { queue, due, patience } = start();
  for (let count = 0; count < WAITING_ANSWERS_MAX; count += 1) patience.taken();
  fill(queue);
  queue.turn();
  assert.deepEqual(due(), []);
  queue.add(answeredAs(WAITING_ANSWERS_MAX + 1));
  queue.turn();
  assert.equal(due().length, WAITING_ANSWERS_MAX);
  queue.turn();
  assert.deepEqual(due(), [WAITING_ANSWERS_MAX + 1]);
});

test("an id that two answers had is nobody's through the next turn, and then free again", () => {
  const { queue, due, take } = start();
  queue.add(answeredAs(1, "id1"));
  queue.turn();
  queue.add(answeredAs(2, "id1"));
  assert.deepEqual([due(), take(1)], [[1, 2], null]);
  queue.turn();
  queue.add(answeredAs(3, "id1"));
  assert.deepEqual([due(), take(1), queue.needsTurns], [[3], null, true]);
  queue.turn();
  assert.equal(queue.needsTurns, false);
  queue.add(answeredAs(4, "id1"));
  assert.equal(take(1), 4);
});

/** Lets one answer after the other wait in vain, until nothing waits any more. */
function loseAll({ queue, patience }: ReturnType<typeof start>, from: number): number {
  let seq = from;
  for (; patience.isPatient; seq += 1) {
    queue.add(answeredAs(seq));
    queue.turn();
    queue.turn();
    queue.takeDue();
    assert.equal(seq - from < 10_000, true, "it never learns");
  }
  return seq;
}

test("with a carrier whose receipts come later nothing waits, and it is tried again ever more rarely", () => {
  const started = start();
  const { clock, patience, queue, due, take } = started;
  let seq = loseAll(started, 1);
  queue.add(answeredAs(seq));
  assert.equal(queue.isAnyDue, true);
  assert.equal(take(seq), seq, "a receipt in the same turn takes it along all the same");
  queue.add(answeredAs((seq += 1)));
  assert.deepEqual(due(), [seq]);
  for (let pauseMs = TRY_AGAIN_MIN_MS; pauseMs <= TRY_AGAIN_MAX_MS; pauseMs *= 2) {
    clock.advance(pauseMs - 1);
    assert.equal(patience.isPatient, false);
    clock.advance(1);
    assert.equal(patience.isPatient, true);
    seq = loseAll(started, seq + 1);
  }
  clock.advance(TRY_AGAIN_MAX_MS);
  assert.equal(patience.isPatient, true, "but not more rarely than that");
});

test("when it pays again, the pauses are short again", () => {
  const started = start();
  const { clock, patience, queue, take } = started;
  let seq = loseAll(started, 1);
  clock.advance(TRY_AGAIN_MIN_MS);
  seq = loseAll(started, seq);
  clock.advance(2 * TRY_AGAIN_MIN_MS);
  for (let count = 0; count < 4_000; count += 1) {
    queue.add(answeredAs((seq += 1)));
    assert.equal(take(seq), seq);
  }
  loseAll(started, seq + 1);
  clock.advance(TRY_AGAIN_MIN_MS);
  assert.equal(patience.isPatient, true);
});

test("a carrier is waited for as long as it reports on a part of its messages at once, and judged by its last answers", () => {
  const { patience, queue, take } = start();
  for (let seq = 1; seq <= 3_000; seq += 1) {
    queue.add(answeredAs(seq));
    if (seq % 4 === 0) take(seq);
    queue.turn();
    queue.takeDue();
  }
  assert.equal(patience.isPatient, true);
  patience.missed(100);
  assert.equal(patience.isPatient, true, "one stall");
  patience.missed(8_192);
  assert.equal(patience.isPatient, false);
});

test("after the end of patience nothing waits, and no time brings it back", () => {
  const { clock, patience, queue, due } = start();
  queue.add(answeredAs(1));
  patience.end();
  assert.deepEqual(due(), [1]);
  clock.advance(60_000);
  queue.add(answeredAs(2));
  assert.deepEqual(due(), [2]);
});

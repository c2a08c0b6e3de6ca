import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FakeClock } from "../../test/harness/fake-clock.ts";
import type { Carrier, CarrierReceipt, SettleMessage, SubmitResult } from "../carrier/carrier.ts";
import { silentLog } from "../kernel/log.ts";
import { seededRandom } from "../kernel/random.ts";
import type { Move, OutboundMessage } from "../store/store.ts";
import { type AnsweredReceipt, Submissions } from "./submissions.ts";

/** More than it takes until what nobody claims is written. */
const TURNS = 4;

async function turns(count = TURNS) {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

const messageOf = (seq: number, changes: Partial<OutboundMessage> = {}) =>
  ({
    seq,
    attempts: 1,
    destination: `4477009000${seq}`,
    options: null,
    expiresAt: 1e15,
    ...changes,
  }) as OutboundMessage;

const taken = (carrierMessageId: string): SubmitResult => ({ outcome: "submitted", carrierMessageId });

const receiptOf = (carrierMessageId: string, changes: Partial<CarrierReceipt> = {}): CarrierReceipt => ({
  carrierMessageId,
  state: "delivered",
  statusId: 5,
  errorId: 0,
  doneAt: 0,
  ...changes,
});

/** A carrier that answers when it is told to, and what is written of it. */
function underWay(messages: readonly OutboundMessage[]) {
  let answer: SettleMessage = () => assert.fail("nothing was handed over");
  const moved: Move[][] = [];
  const released: number[] = [];
  const carrier = {
    name: "north",
    uncertainPolicy: "hold",
    submitEach: (_: readonly OutboundMessage[], settle: SettleMessage) => {
      answer = settle;
    },
  } as unknown as Carrier;
  const subject = new Submissions({
    store: {
      moveMessages: async (moves) => {
        moved.push([...moves]);
        return moves.map(() => true);
      },
    },
    carrier,
    clock: new FakeClock(),
    random: seededRandom(1),
    log: silentLog,
    leaseMs: 60_000,
    retryBaseMs: 1,
    retryMaxMs: 1,
    onAnswered: () => {},
    release: (those) => released.push(...those.map(({ seq }) => seq)),
    onRoom: () => {},
    onDue: () => {},
  });
  const done = subject.submit(messages);
  return { subject, moved, released, done, answer: (...given: Parameters<SettleMessage>) => answer(...given) };
}

const answeredIn = (receipts: readonly AnsweredReceipt[]) => receipts.map(({ answered }) => answered?.seq);

test("a receipt that comes right behind its answer takes it along, and nothing else is written of it", async () => {
  const [one, other] = [messageOf(1), messageOf(2)];
  const { subject, moved, released, done, answer } = underWay([one, other]);
  answer(one, taken("a"));
  answer(other, taken("b"));
  const seen: (number | undefined)[] = [];
  await subject.withAnswers([receiptOf("a")], async (receipts) => {
    seen.push(...answeredIn(receipts));
    assert.deepEqual(released, [], "it is under way until it is written");
  });
  assert.deepEqual(seen, [1]);
  assert.deepEqual(released, [1]);
  await turns();
  assert.deepEqual(
    moved.map((moves) => moves.map(({ seq }) => seq)),
    [[2]],
  );
  await done;
});

test("an answer without a receipt is written soon, and with receipts under way by the second call at latest", async () => {
  const messages = [messageOf(1), messageOf(2)];
  const { subject, moved, done, answer } = underWay(messages);
  answer(messages[0] as OutboundMessage, taken("a"));
  await turns();
  assert.equal(moved.length, 1);
  answer(messages[1] as OutboundMessage, taken("b"));
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = subject.withAnswers([receiptOf("x")], () => promise);
  await turns();
  assert.equal(moved.length, 1, "its receipt may be among those that come next");
  await subject.withAnswers([receiptOf("y")], async () => {});
  assert.equal(moved.length, 2);
  resolve();
  await first;
  await done;
});

test("when receipts cannot be written, the answers that they took are written by themselves", async () => {
  const message = messageOf(1);
  const { subject, moved, released, done, answer } = underWay([message]);
  answer(message, taken("a"));
  const writing = subject.withAnswers([receiptOf("a")], async () => {
    throw new Error("the disk is full");
  });
  await assert.rejects(writing, /the disk is full/);
  assert.deepEqual(
    moved.map((moves) => moves.map(({ seq, to, carrierMessageId }) => [seq, to, carrierMessageId])),
    [[[1, "submitted", "a"]]],
  );
  assert.deepEqual(released, [1]);
  await done;
});

test("a receipt takes an answer by any of its ids, and says which it was", async () => {
  const message = messageOf(1);
  const { subject, done, answer } = underWay([message]);
  answer(message, taken("2a"));
  await subject.withAnswers([receiptOf("42", { otherIds: ["x", "2a"] })], async ([receipt]) => {
    assert.equal(receipt?.carrierMessageId, "2a");
    assert.equal(receipt?.answered?.seq, 1);
  });
  await done;
});

const LEFT_ALONE: Record<string, [OutboundMessage, SubmitResult, CarrierReceipt]> = {
  "to another phone": [messageOf(1), taken("a"), receiptOf("a", { destination: "447700900999" })],
  "of another id": [messageOf(1), taken("a"), receiptOf("b")],
  "of a message in several parts": [
    messageOf(1),
    { outcome: "submitted", carrierMessageId: "a", partIds: ["a", "b"] },
    receiptOf("a"),
  ],
  "of a message whose customer hears of every step": [
    messageOf(1, { options: '{"intermediateReport":true}' }),
    taken("a"),
    receiptOf("a"),
  ],
  "that says that its user has read it": [messageOf(1), taken("a"), receiptOf("a", { seenAt: 1 })],
  "that says only that the carrier took it": [messageOf(1), taken("a"), receiptOf("a", { state: "submitted" })],
  "of a message that was refused": [
    messageOf(1),
    { outcome: "permanent", state: "rejected", statusId: 1, errorId: 1 },
    receiptOf("a"),
  ],
};

for (const [name, [message, result, receipt]] of Object.entries(LEFT_ALONE)) {
  test(`a receipt ${name} takes no answer along`, async () => {
    const { subject, moved, done, answer } = underWay([message]);
    answer(message, result);
    await subject.withAnswers([receipt], async (receipts) => assert.deepEqual(answeredIn(receipts), [undefined]));
    await done;
    assert.equal(moved.flat().length, 1);
  });
}

test("where two answers bring the same id, no receipt takes either", async () => {
  const messages = [messageOf(1), messageOf(2)];
  const { subject, moved, done, answer } = underWay(messages);
  for (const message of messages) answer(message, taken("a"));
  await subject.withAnswers([receiptOf("a")], async (receipts) => assert.deepEqual(answeredIn(receipts), [undefined]));
  await done;
  assert.equal(moved.flat().length, 2);
});

test("an id that two answers brought stays nobody's until both are written", async () => {
  const messages = [messageOf(1), messageOf(2), messageOf(3)];
  const { subject, done, answer } = underWay(messages);
  const { promise, resolve } = Promise.withResolvers<void>();
  answer(messages[0] as OutboundMessage, taken("a"));
  const first = subject.withAnswers([receiptOf("x")], () => promise);
  answer(messages[1] as OutboundMessage, taken("a"));
  // The first answer leaves with these receipts, and the second is still here.
  await subject.withAnswers([receiptOf("y")], async () => {});
  answer(messages[2] as OutboundMessage, taken("a"));
  await subject.withAnswers([receiptOf("a")], async (receipts) => assert.deepEqual(answeredIn(receipts), [undefined]));
  resolve();
  await first;
  await done;
});

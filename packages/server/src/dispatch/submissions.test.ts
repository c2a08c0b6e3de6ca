import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FakeClock } from "../../test/harness/fake-clock.ts";
import type { Carrier, CarrierReceipt, SettleMessage, SubmitResult } from "../carrier/carrier.ts";
import type { AnswerCounts } from "../carrier/health.ts";
import { silentLog } from "../kernel/log.ts";
import { seededRandom } from "../kernel/random.ts";
import type { Move, OutboundMessage, Receipt } from "../store/store.ts";
import { ANSWER_TURN_MS, TURNS_WITH_RECEIPTS, WAITING_ANSWERS_MAX } from "./answer-queue.ts";
import { Submissions } from "./submissions.ts";

/** More than it takes until what waits for no receipt is written. */
const TURNS = 4;
/** Where receipts come, and none is its own. */
const LONGEST_WAIT_MS = 2 * TURNS_WITH_RECEIPTS * ANSWER_TURN_MS;

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
function underWay(messages: readonly OutboundMessage[], uncertainPolicy: "hold" | "resend" = "hold") {
  let answer: SettleMessage = () => assert.fail("nothing was handed over");
  const moved: Move[][] = [];
  const counts: AnswerCounts[] = [];
  const store = { isBroken: false };
  let rooms = 0;
  const clock = new FakeClock();
  const carrier = {
    name: "north",
    uncertainPolicy,
    submitEach: (_: readonly OutboundMessage[], settle: SettleMessage) => {
      answer = settle;
    },
  } as unknown as Carrier;
  const subject = new Submissions({
    store: {
      moveMessages: async (moves) => {
        if (store.isBroken) throw new Error("the disk is full");
        moved.push([...moves]);
        return moves.map(() => true);
      },
    },
    carrier,
    clock,
    random: seededRandom(1),
    log: silentLog,
    leaseMs: 60_000,
    retryBaseMs: 1,
    retryMaxMs: 1,
    onAnswered: (answered) => counts.push(answered),
    onRoom: () => {
      rooms += 1;
    },
    onIdle: () => ended.resolve(),
    onDue: () => {},
  });
  const ended = Promise.withResolvers<void>();
  subject.submit(messages);
  return {
    subject,
    moved,
    /** Whose results are on disk. */
    released: () => messages.map(({ seq }) => seq).filter((seq) => !subject.holds(seq)),
    done: ended.promise,
    answer: (...given: Parameters<SettleMessage>) => answer(...given),
    counts,
    store,
    clock,
    rooms: () => rooms,
    pass: (ms: number) => clock.advanceAndSettle(ms),
  };
}

const answeredIn = (receipts: readonly Receipt[]) => receipts.map(({ answered }) => answered?.seq);

test("a receipt that comes right behind its answer takes it along, and nothing else is written of it", async () => {
  const [one, other] = [messageOf(1), messageOf(2)];
  const { subject, moved, released, done, answer, pass } = underWay([one, other]);
  answer(one, taken("a"));
  answer(other, taken("b"));
  const seen: (number | undefined)[] = [];
  await subject.withAnswers([receiptOf("a")], async (receipts) => {
    seen.push(...answeredIn(receipts));
    assert.deepEqual(released(), [], "it is under way until it is written");
  });
  assert.deepEqual(seen, [1]);
  assert.deepEqual(released(), [1]);
  await pass(LONGEST_WAIT_MS);
  assert.deepEqual(
    moved.map((moves) => moves.map(({ seq }) => seq)),
    [[2]],
  );
  await done;
});

test("an answer waits for its receipt through one turn and at most two", async () => {
  const messages = [messageOf(1), messageOf(2), messageOf(3)];
  const { subject, moved, done, answer, pass } = underWay(messages);
  const written = () => moved.map((moves) => moves.map(({ seq }) => seq));
  // Receipts of before say nothing of this turn.
  await subject.withAnswers([receiptOf("x")], async () => {});
  answer(messages[0] as OutboundMessage, taken("a"));
  await pass(ANSWER_TURN_MS - 1);
  answer(messages[1] as OutboundMessage, taken("b"));
  await pass(1);
  answer(messages[2] as OutboundMessage, taken("c"));
  await pass(ANSWER_TURN_MS - 1);
  assert.deepEqual(written(), []);
  await pass(1);
  assert.deepEqual(written(), [[1, 2]]);
  await pass(ANSWER_TURN_MS);
  assert.deepEqual(written(), [[1, 2], [3]]);
  await done;
});

test("where doubt means sending again no answer waits, and a receipt right behind it takes it along all the same", async () => {
  const messages = [messageOf(1), messageOf(2)];
  const { subject, moved, done, answer } = underWay(messages, "resend");
  answer(messages[0] as OutboundMessage, taken("a"));
  await subject.withAnswers([receiptOf("a")], async (receipts) => assert.deepEqual(answeredIn(receipts), [1]));
  answer(messages[1] as OutboundMessage, taken("b"));
  await turns();
  assert.deepEqual(
    moved.flat().map(({ seq }) => seq),
    [2],
  );
  await done;
});

test("while receipts come or are being written, turns are longer, and end all the same", async () => {
  const messages = [messageOf(1), messageOf(2)];
  const { subject, moved, done, answer, pass } = underWay(messages);
  const { promise, resolve } = Promise.withResolvers<void>();
  const slowCall = subject.withAnswers([receiptOf("x")], () => promise);
  answer(messages[0] as OutboundMessage, taken("a"));
  await pass(LONGEST_WAIT_MS / 2 - 1);
  resolve();
  await slowCall;
  for (let waitedMs = LONGEST_WAIT_MS / 2; waitedMs < LONGEST_WAIT_MS; waitedMs += ANSWER_TURN_MS) {
    assert.equal(moved.length, 0);
    await subject.withAnswers([receiptOf("y")], async () => {});
    await pass(ANSWER_TURN_MS);
  }
  await pass(1);
  assert.equal(moved.length, 1);
  answer(messages[1] as OutboundMessage, taken("b"));
  await pass(3 * ANSWER_TURN_MS);
  assert.equal(moved.length, 2, "no receipts come any more");
  await done;
});

test("what no receipt may take along is written in the same turn, and what waits goes on waiting", async () => {
  const [waiting, ...others] = [1, 2, 3, 4].map((seq) => messageOf(seq)) as [OutboundMessage, ...OutboundMessage[]];
  const { moved, answer, pass, done } = underWay([waiting, ...others]);
  const results: SubmitResult[] = [
    { outcome: "temporary", errorId: 1 },
    { outcome: "permanent", state: "rejected", statusId: 1, errorId: 1 },
    { outcome: "uncertain", reason: "no answer" },
  ];
  answer(waiting, taken("a"));
  for (const [index, message] of others.entries()) answer(message, results[index] as SubmitResult);
  await turns();
  assert.deepEqual(
    moved.map((moves) => moves.map(({ seq, to }) => [seq, to])),
    [
      [
        [2, "queued"],
        [3, "rejected"],
        [4, "uncertain"],
      ],
    ],
  );
  await pass(LONGEST_WAIT_MS);
  await done;
});

test("a message was submitted when its carrier answered, however long the answer waited, alone or with its receipt", async () => {
  const messages = [messageOf(1), messageOf(2)];
  const { subject, moved, done, answer, pass, clock } = underWay(messages);
  const answeredAt = clock.now();
  answer(messages[0] as OutboundMessage, taken("a"));
  answer(messages[1] as OutboundMessage, taken("b"));
  await pass(ANSWER_TURN_MS);
  await subject.withAnswers([receiptOf("a")], async ([receipt]) =>
    assert.deepEqual(receipt?.answered, { seq: 1, attempts: 1, submittedAt: answeredAt }),
  );
  await pass(LONGEST_WAIT_MS);
  assert.deepEqual(
    moved.flat().map(({ seq, at, submittedAt }) => [seq, at, submittedAt]),
    [[2, answeredAt, answeredAt]],
  );
  await done;
});

test("whoever is in a hurry has everything written that waits, and nothing waits any more", async () => {
  const messages = [messageOf(1), messageOf(2)];
  const { subject, moved, done, answer } = underWay(messages);
  answer(messages[0] as OutboundMessage, taken("a"));
  await turns();
  assert.equal(moved.length, 0);
  subject.hurry();
  await turns();
  assert.equal(moved.length, 1);
  answer(messages[1] as OutboundMessage, taken("b"));
  await turns();
  assert.equal(moved.length, 2);
  await done;
});

test("answers that wait take no room of their carrier's, up to the limit, also while the store cannot write", async () => {
  const messages = Array.from({ length: WAITING_ANSWERS_MAX + 10 }, (_, index) => messageOf(index + 1));
  const { subject, answer, pass, released, rooms, done, store } = underWay(messages);
  store.isBroken = true;
  for (const message of messages.slice(0, 3)) answer(message, taken(`id${message.seq}`));
  assert.equal(subject.roomlessCount, 3);
  await turns();
  assert.equal(rooms(), 1, "it was said once that there is room");
  for (const message of messages.slice(3)) answer(message, taken(`id${message.seq}`));
  await pass(LONGEST_WAIT_MS);
  assert.equal(subject.roomlessCount, WAITING_ANSWERS_MAX);
  assert.deepEqual(released(), []);
  const before = rooms();
  store.isBroken = false;
  await pass(10_000);
  assert.deepEqual([subject.roomlessCount, released().length], [0, messages.length]);
  assert.equal(rooms() > before, true, "what kept its room gave it back");
  await done;
});

test("the carrier's answers are told as they come, in the time that they took", async () => {
  const messages = [messageOf(1), messageOf(2)];
  const { subject, counts, answer, pass, done, clock } = underWay(messages);
  assert.equal(subject.oldestSubmittedAt, clock.now());
  await pass(20);
  answer(messages[0] as OutboundMessage, taken("a"));
  await turns();
  assert.deepEqual(counts.splice(0), [{ good: 1, throttled: 0, failed: 0, unsent: 0, answerMs: 20 }]);
  await pass(10);
  answer(messages[1] as OutboundMessage, { outcome: "uncertain", reason: "no answer" });
  assert.equal(subject.oldestSubmittedAt, null, "all are answered, if not written");
  await turns();
  assert.deepEqual(counts.splice(0), [{ good: 0, throttled: 0, failed: 1, unsent: 0, answerMs: 30 }]);
  await pass(LONGEST_WAIT_MS);
  await done;
  assert.deepEqual(counts, []);
});

test("an answer that a receipt names and must not take along is on disk before the receipt", async () => {
  const message = messageOf(1);
  const { subject, moved, done, answer } = underWay([message]);
  answer(message, taken("2a"));
  const receipt = receiptOf("42", { otherIds: ["2a"], destination: "07700900999" });
  await subject.withAnswers([receipt], async (receipts) => {
    assert.deepEqual(answeredIn(receipts), [undefined]);
    assert.deepEqual(
      moved.flat().map(({ seq }) => seq),
      [1],
    );
  });
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
  assert.deepEqual(released(), [1]);
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
    const { subject, moved, done, answer, pass } = underWay([message]);
    answer(message, result);
    await subject.withAnswers([receipt], async (receipts) => assert.deepEqual(answeredIn(receipts), [undefined]));
    await pass(LONGEST_WAIT_MS);
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

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { FakeCarrier } from "../../test/harness/fake-carrier.ts";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import type { SettleMessage } from "../carrier/carrier.ts";
import { silentLog } from "../kernel/log.ts";
import { seededRandom } from "../kernel/random.ts";
import type { OutboundMessage } from "../store/store.ts";
import { ANSWER_TURN_MS, WAITING_ANSWERS_MAX } from "./answer-queue.ts";
import { Dispatcher } from "./dispatcher.ts";

const WINDOW_SIZE = 10;
const LANES = [{ name: "a", isProbe: false }];

/** Answers each message when it is told to. */
class PromptCarrier extends FakeCarrier {
  readonly unanswered: (() => void)[] = [];

  submitEach(messages: readonly OutboundMessage[], settleMessage: SettleMessage) {
    for (const message of messages) {
      this.handed.push(message);
      const carrierMessageId = `c${message.seq}`;
      this.unanswered.push(() => settleMessage(message, { outcome: "submitted", carrierMessageId }));
    }
  }

  answerAll() {
    for (const answer of this.unanswered.splice(0)) answer();
  }
}

/** A dispatcher with more due than it ever takes. */
async function start(t: TestContext) {
  const clock = new FakeClock();
  const carrier = new PromptCarrier({ windowSize: WINDOW_SIZE, uncertainPolicy: "hold" });
  const state = { isBroken: false, moved: 0, seq: 0 };
  const dispatcher = new Dispatcher({
    store: {
      claimDue: async ({ limit }) =>
        Array.from({ length: limit }, () => {
          state.seq += 1;
          return { seq: state.seq, attempts: 1, options: null, expiresAt: 1e15 } as OutboundMessage;
        }),
      moveMessages: async (moves) => {
        if (state.isBroken) throw new Error("the disk is full");
        state.moved += moves.length;
        return moves.map(() => true);
      },
    },
    lanes: () => LANES,
    probeRoom: () => 0,
    onClaimed: () => {},
    onHeldBack: () => {},
    onAnswered: () => {},
    carrier,
    clock,
    random: seededRandom(1),
    log: silentLog,
    claimSize: 1_000,
    pollIntervalMs: 1e9,
    leaseMs: 60_000,
    retryBaseMs: 1,
    retryMaxMs: 1,
  });
  t.after(async () => {
    const stopping = dispatcher.stop(0);
    await clock.advanceAndSettle(0);
    await stopping;
  });
  await clock.advanceAndSettle(0);
  await settle();
  return { clock, carrier, state, dispatcher };
}

test("a message that its carrier has answered makes room for another, and is held until its answer is on disk", async (t) => {
  const { clock, carrier, state, dispatcher } = await start(t);
  assert.equal(carrier.handed.length, WINDOW_SIZE);
  carrier.answerAll();
  await settle();
  assert.equal(carrier.handed.length, 2 * WINDOW_SIZE);
  assert.deepEqual([state.moved, dispatcher.holds(1), dispatcher.inFlightCount], [0, true, 2 * WINDOW_SIZE]);
  await clock.advanceAndSettle(2 * ANSWER_TURN_MS);
  assert.deepEqual([state.moved, dispatcher.holds(1), dispatcher.inFlightCount], [WINDOW_SIZE, false, WINDOW_SIZE]);
});

test("while the store cannot write, no more is handed over than may wait, and a window", async (t) => {
  const { clock, carrier, state, dispatcher } = await start(t);
  state.isBroken = true;
  for (let round = 0; round < (2 * WAITING_ANSWERS_MAX) / WINDOW_SIZE; round += 1) {
    carrier.answerAll();
    await settle();
  }
  assert.equal(dispatcher.inFlightCount, WAITING_ANSWERS_MAX + WINDOW_SIZE);
  assert.equal(state.seq, WAITING_ANSWERS_MAX + WINDOW_SIZE, "no more was claimed, either");
  state.isBroken = false;
  await clock.advanceAndSettle(10_000);
  assert.equal(dispatcher.inFlightCount, WINDOW_SIZE, "what could not be written is, and there is room again");
  assert.ok(state.seq > WAITING_ANSWERS_MAX + WINDOW_SIZE);
});

const ENDS: Record<string, (dispatcher: Dispatcher) => Promise<void>> = {
  drain: (dispatcher) => dispatcher.drain(),
  stop: (dispatcher) => dispatcher.stop(60_000),
};

for (const [name, end] of Object.entries(ENDS)) {
  test(`a ${name} writes at once what waits for its receipt, and what is answered after it`, async (t) => {
    const { carrier, state, dispatcher } = await start(t);
    const [first, ...others] = carrier.unanswered.splice(0);
    first?.();
    await settle();
    assert.equal(state.moved, 0);
    const ending = end(dispatcher);
    await settle();
    assert.equal(state.moved, 1);
    for (const answer of others) answer();
    carrier.answerAll();
    await ending;
    assert.deepEqual([state.moved, dispatcher.isIdle], [state.seq, true]);
  });
}

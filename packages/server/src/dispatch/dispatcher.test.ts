import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeCarrier } from "../../test/harness/fake-carrier.ts";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import { silentLog } from "../kernel/log.ts";
import { seededRandom } from "../kernel/random.ts";
import type { OutboundMessage } from "../store/store.ts";
import { Dispatcher, type LaneTurn } from "./dispatcher.ts";

const POLL_MS = 1_000;

/** A dispatcher over lanes that hold so many messages each; `claims` are the lanes that it asked for. */
async function start(
  t: { after(work: () => Promise<void>): void },
  waiting: Record<string, number>,
  windowSize: number,
) {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ windowSize });
  const claims: string[] = [];
  const handed: string[] = [];
  let seq = 0;
  const state = { turns: Object.keys(waiting).map((name): LaneTurn => ({ name, isProbe: false })), onClaim: () => {} };
  const dispatcher = new Dispatcher({
    store: {
      claimDue: async ({ route, limit }) => {
        claims.push(route);
        const count = Math.min(limit, waiting[route] ?? 0);
        waiting[route] = (waiting[route] ?? 0) - count;
        state.onClaim();
        return Array.from({ length: count }, () => {
          seq += 1;
          handed.push(route);
          return {
            seq,
            attempts: 1,
            messageId: `m${seq}`,
            options: null,
            expiresAt: clock.now() + 1_000_000,
          } as OutboundMessage;
        });
      },
      moveMessages: async (moves) => moves.map(() => true),
    },
    lanes: () => state.turns,
    probeRoom: () => 0,
    onClaimed: () => {},
    onHeldBack: () => {},
    onAnswered: () => {},
    carrier,
    clock,
    random: seededRandom(1),
    log: silentLog,
    claimSize: 100,
    pollIntervalMs: POLL_MS,
    leaseMs: 60_000,
    retryBaseMs: 1,
    retryMaxMs: 1,
  });
  t.after(() => dispatcher.stop(0));
  await clock.advanceAndSettle(0);
  await settle();
  return { clock, claims, handed, state, dispatcher };
}

test("a nudge about one of many lanes asks for that one, and a poll for all", async (t) => {
  const { clock, claims, dispatcher } = await start(t, { a: 0, b: 0, c: 0 }, 10);
  assert.deepEqual(claims.splice(0), ["a", "b", "c"]);
  dispatcher.nudge("b");
  await settle();
  assert.deepEqual(claims.splice(0), ["b"]);
  await clock.advanceAndSettle(POLL_MS);
  assert.deepEqual(claims.splice(0).toSorted(), ["a", "b", "c"]);
});

test("lanes share a carrier's room: none waits until another one is empty", async (t) => {
  const { handed } = await start(t, { a: 40, b: 40 }, 10);
  await settle();
  const first = handed.slice(0, 40);
  for (const lane of ["a", "b"]) assert.equal(first.filter((name) => name === lane).length, 20, first.join(""));
});

test("a carrier whose lanes have changed while it claimed asks for no lane that it had", async (t) => {
  const { claims, state, dispatcher } = await start(t, { a: 0, b: 0, c: 0 }, 10);
  claims.splice(0);
  state.onClaim = () => {
    state.turns = [{ name: "c", isProbe: false }];
    state.onClaim = () => {};
  };
  dispatcher.nudge();
  await settle();
  assert.deepEqual(claims, ["a", "c"]);
});

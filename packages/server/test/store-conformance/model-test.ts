import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Command, COMMANDS, EVENTS, type ModelState, type RealState } from "./commands.ts";
import { DIRECTED } from "./directed.ts";
import { type OpenHome, T0 } from "./fixtures.ts";
import { StoreModel } from "./model.ts";

const USUAL_RUNS = 15;
const RUNS = Number(process.env["FC_RUNS"] ?? USUAL_RUNS);
/**
 * Dozens in the usual number of runs, by chance alone; were one missing, the drawn commands would not reach what they
 * are for. All others are certain by the directed commands only.
 */
const COMMON_EVENTS = ["duplicate", "key kept", "claimed", "moved", "not moved", "parked"] as const;
const COMMANDS_MAX = 150;
const SHRINK_MS_MAX = 90_000;

/** Random commands, one after the other, on the store and on a model of it; both must say the same after each. */
export function describeModel(open: OpenHome) {
  test("whatever is asked in whatever order, the store answers as its model does, and the ledger closes", async (t) => {
    const seed = Number(process.env["FC_SEED"] ?? Date.now());
    t.diagnostic(`FC_SEED=${seed}`);
    const seenAt = { directed: new Map(), random: new Map() } satisfies Record<string, ModelState["seen"]>;
    const limits = { maxLength: COMMANDS_MAX, size: "max" } as const;
    const runs = fc.array(fc.oneof(...COMMANDS), limits);
    const property = fc.asyncProperty(runs, async (commands: readonly Command[]) => {
      const home = await open();
      const real: RealState = { store: home.store, reopen: () => home.reopen() };
      const seen = commands === DIRECTED ? seenAt.directed : seenAt.random;
      const state: ModelState = { model: new StoreModel(), now: T0, claimedWebhooks: [], seen };
      try {
        for (const command of commands) await command.run(state, real);
      } finally {
        await home.destroy();
      }
    });
    // Without a limit in time, shrinking a failure could go on for an hour on a real store.
    const interruptAfterTimeLimit = SHRINK_MS_MAX;
    const limit = { interruptAfterTimeLimit, markInterruptAsFailure: true };
    await fc.assert(property, { seed, numRuns: RUNS + 1, examples: [[DIRECTED]], ...limit });
    for (const event of EVENTS) assert.ok((seenAt.directed.get(event) ?? 0) > 0, `no command made "${event}" happen`);
    t.diagnostic(`seen: ${[...seenAt.random].map(([event, count]) => `${event} ${count}`).join(", ")}`);
    if (RUNS < USUAL_RUNS) return;
    for (const event of COMMON_EVENTS) {
      assert.ok((seenAt.random.get(event) ?? 0) > 0, `in ${RUNS} runs nothing was "${event}"`);
    }
  });
}

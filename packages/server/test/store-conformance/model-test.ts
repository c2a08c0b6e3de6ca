import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { COMMANDS, type ModelState, type RealState } from "./commands.ts";
import { type OpenHome, T0 } from "./fixtures.ts";
import { StoreModel } from "./model.ts";

const RUNS = Number(process.env["FC_RUNS"] ?? 15);
/** Dozens in every run; were one missing, the commands would not reach what they are for. */
const COMMON_EVENTS = [
  "duplicate",
  "key taken",
  "key kept",
  "claimed",
  "moved",
  "parked",
  "ignored",
  "report",
  "webhook",
  "rescheduled",
  "purged",
] as const;
/** Seen a few times in fifteen runs, and by chance in none of them: asked for where there are many runs. */
const RARE_EVENTS = ["id given up", "paused", "freed"] as const;
const MANY_RUNS = 100;
const COMMANDS_MAX = 150;
const SHRINK_MS_MAX = 90_000;

/** Random commands, one after the other, on the store and on a model of it; both must say the same after each. */
export function describeModel(open: OpenHome) {
  test("whatever is asked in whatever order, the store answers as its model does, and the ledger closes", async (t) => {
    const seed = Number(process.env["FC_SEED"] ?? Date.now());
    t.diagnostic(`FC_SEED=${seed}`);
    const seen: ModelState["seen"] = new Map();
    const limits = { maxLength: COMMANDS_MAX, size: "max" } as const;
    const runs = fc.array(fc.oneof(...COMMANDS), limits);
    const property = fc.asyncProperty(runs, async (commands) => {
      const home = await open();
      const real: RealState = { store: home.store, reopen: () => home.reopen() };
      const state: ModelState = { model: new StoreModel(), now: T0, claimedWebhooks: [], seen };
      try {
        for (const command of commands) await command.run(state, real);
      } finally {
        await home.destroy();
      }
    });
    // Without a limit in time, shrinking a failure could go on for an hour on a real store.
    const interruptAfterTimeLimit = SHRINK_MS_MAX;
    await fc.assert(property, { seed, numRuns: RUNS, interruptAfterTimeLimit, markInterruptAsFailure: true });
    t.diagnostic(`seen: ${[...seen].map(([event, count]) => `${event} ${count}`).join(", ")}`);
    const wanted = RUNS < MANY_RUNS ? COMMON_EVENTS : [...COMMON_EVENTS, ...RARE_EVENTS];
    for (const event of wanted) assert.ok((seen.get(event) ?? 0) > 0, `in ${RUNS} runs nothing was "${event}"`);
  });
}

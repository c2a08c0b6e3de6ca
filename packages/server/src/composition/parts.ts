import type { Config } from "../config/config.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import type { Store } from "../store/store.ts";

/** What every stage is given. */
export interface Parts {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
}

/** How messages look from outside, as far as the configuration says it. */
export function viewOf(config: Config) {
  return { price: { pricePerMessage: config.account.pricePerMessage, currency: config.account.currency } };
}

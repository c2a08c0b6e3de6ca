/** The model's counters: of each channel and carrier. */
import { isFinal } from "../../src/message/state.ts";
import type { LedgerRow } from "../../src/store/store.ts";
import { compare, type Counters, type ModelMessage, noCounters } from "./model-message.ts";

export function ledgerOf(counted: ReadonlyMap<string, Counters>, messages: readonly ModelMessage[]): LedgerRow[] {
  return [...counted]
    .map(([key, counters]) => {
      const [channel, carrier] = JSON.parse(key) as [LedgerRow["channel"], string];
      const open = messages.filter(
        (message) => message.accepted.channel === channel && message.carrier === carrier && !isFinal(message.state),
      ).length;
      return { channel, carrier, ...counters, open };
    })
    .toSorted((one, other) => compare(one.channel, other.channel) || compare(one.carrier, other.carrier));
}

/** Those that the message counts in, made where there are none yet. */
export function countersOf(counted: Map<string, Counters>, { accepted, carrier }: ModelMessage): Counters {
  const key = JSON.stringify([accepted.channel, carrier]);
  const counters = counted.get(key) ?? noCounters();
  counted.set(key, counters);
  return counters;
}

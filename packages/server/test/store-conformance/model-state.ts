import assert from "node:assert/strict";
import fc from "fast-check";
import type { Channel, Store } from "../../src/store/store.ts";
import { T0 } from "./fixtures.ts";
import type { StoreModel } from "./model.ts";
import { recordOf } from "./model-message.ts";

/** What may happen in a run. */
export const EVENTS = [
  "duplicate",
  "id given up",
  "key taken",
  "key kept",
  "claimed",
  "claimed at once",
  "not at once",
  "taken over",
  "moved",
  "not moved",
  "applied",
  "ignored",
  "noted",
  "other id",
  "doubt ended",
  "rematched",
  "parked",
  "stray",
  "matched",
  "corrected",
  "check",
  "lease ended",
  "report",
  "webhook",
  "webhook again",
  "paused",
  "freed",
  "canceled",
  "rescheduled",
  "purged",
] as const;
type Event = (typeof EVENTS)[number];

export interface ModelState {
  readonly model: StoreModel;
  now: number;
  readonly claimedWebhooks: number[];
  /** How often something of note happened, in all runs: a run in which nothing happens proves nothing. */
  readonly seen: Map<Event, number>;
}

export interface RealState {
  store: Store;
  reopen(): Promise<Store>;
}

export interface Command {
  run(state: ModelState, real: RealState): Promise<void>;
  /** What fast-check prints when a run fails. */
  readonly [fc.toStringMethod]: () => string;
}

export const ACCOUNTS = [1, 2];
const CHANNELS: readonly Channel[] = ["SMS", "WHATSAPP"];

/** After every command the whole store is what the model says. */
export async function compareAll({ model, now }: ModelState, { store }: RealState) {
  assert.deepEqual(plain(await store.ledger()), model.ledger());
  for (const row of model.ledger()) {
    const ended = row.delivered + row.undeliverable + row.expired + row.rejected + row.canceled;
    assert.equal(row.accepted, ended + row.open, "the ledger closes");
  }
  for (const request of model.requests) {
    assert.deepEqual(plain(await store.findRequest(request.accountId, request.key)), request);
  }
  const unmatched = plain(await store.listUnmatchedReceipts({ limit: 10_000 })).toReversed();
  assert.deepEqual(
    unmatched.map(({ id: _, ...receipt }) => receipt),
    model.parked.map(({ isStray: _, ...receipt }) => ({
      ...receipt,
      otherIds: receipt.otherIds ?? [],
      destination: receipt.destination ?? null,
      reference: receipt.reference ?? null,
      seenAt: receipt.seenAt ?? null,
    })),
  );
  for (const { accepted, parts, isSuperseded } of model.messages) {
    if (parts.length === 0 || isSuperseded) continue;
    const found = await store.findMessage(accepted.accountId, accepted.messageId);
    assert.deepEqual(
      found?.parts,
      parts.map(({ id, state, doneAt }, index) => ({ partNumber: index + 1, carrierMessageId: id, state, doneAt })),
    );
  }
  for (const accountId of ACCOUNTS) {
    for (const bulkId of ["b1", "b2", "b3"]) {
      assert.deepEqual(plain(await store.findBulk(accountId, bulkId, now)), model.findBulk(accountId, bulkId, now));
    }
    for (const channel of CHANNELS) {
      const filter = { accountId, channel, sentSince: 0, sentUntil: T0 * 2, limit: 10_000 };
      const expected = model.messages
        .filter(({ accepted }) => accepted.accountId === accountId && accepted.channel === channel)
        .map(recordOf)
        .toSorted((one, other) => other.sentAt - one.sentAt || other.seq - one.seq);
      assert.deepEqual(plain(await store.findLogs(filter)), expected);
    }
  }
}

export function saw(seen: Map<Event, number>, event: Event, count: number) {
  seen.set(event, (seen.get(event) ?? 0) + count);
}

/** Rows of a driver may have another prototype. */
export function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

export function defined<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };
}

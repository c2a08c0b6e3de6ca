/**
 * The states of a message.
 *
 * A message begins `held` when it must not go yet (scheduled, its bulk paused, outside its delivery window), `queued`
 * when it may, and `rejected` when accept refuses it: refused destinations have a row and a report like all others.
 *
 * A dispatcher takes a message whose time has come under a lease (`claimed`) and hands it to a carrier. The carrier took it:
 * `submitted`. It refused for now, or the lease ran out: `queued` again, or `held` when the next try falls outside the
 * window. It refused for good: `undeliverable`. Its answer was lost: `uncertain`, which the carrier's policy makes
 * `queued` again or leaves for a receipt to settle.
 *
 * A receipt may come before the answer to its submit, or after a lease ran out or an uncertain message was queued
 * again. So every state from `queued` on can end by receipt. A message that was `held` was never handed over, or it was
 * and is waiting for its next try: then a receipt ends it too.
 *
 * `canceled` is the customer's wish and reaches what no dispatcher holds, so not `claimed`. It reaches a submitted
 * message when the carrier took it back.
 *
 * A final state is final for the customer's report, but a carrier may know better later: a message that ran out of
 * time was delivered or refused after all, one that failed was delivered by the carrier's own retry. Success beats
 * failure and knowledge beats a clock. `delivered` stays. `rejected` and `canceled` stay: we never sent those, or the
 * carrier confirmed it.
 */
export type MessageState =
  | "held"
  | "queued"
  | "claimed"
  | "submitted"
  | "uncertain"
  | "delivered"
  | "undeliverable"
  | "expired"
  | "rejected"
  | "canceled";

const NEXT: Readonly<Record<MessageState, readonly MessageState[]>> = {
  held: ["queued", "claimed", "delivered", "undeliverable", "expired", "rejected", "canceled"],
  queued: ["held", "claimed", "delivered", "undeliverable", "expired", "rejected", "canceled"],
  claimed: ["held", "queued", "submitted", "uncertain", "delivered", "undeliverable", "expired", "rejected"],
  submitted: ["delivered", "undeliverable", "expired", "rejected", "canceled"],
  uncertain: ["queued", "submitted", "delivered", "undeliverable", "expired", "rejected", "canceled"],
  delivered: [],
  undeliverable: ["delivered"],
  expired: ["delivered", "undeliverable"],
  rejected: [],
  canceled: [],
};

export const MESSAGE_STATES = Object.keys(NEXT) as readonly MessageState[];

export const INITIAL_STATES = ["held", "queued", "rejected"] as const satisfies readonly MessageState[];

export const FINAL_STATES = [
  "delivered",
  "undeliverable",
  "expired",
  "rejected",
  "canceled",
] as const satisfies readonly MessageState[];

export type FinalState = (typeof FINAL_STATES)[number];

const FINAL: ReadonlySet<MessageState> = new Set(FINAL_STATES);

export function isFinal(state: MessageState): state is FinalState {
  return FINAL.has(state);
}

/** Whether a message in `from` may go to `to`. Staying is no move: a repeated receipt changes and reports nothing. */
export function canMove(from: MessageState, to: MessageState): boolean {
  return NEXT[from].includes(to);
}

/** Infobip's status groups by id: ACCEPTED, PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED. */
const STATE_OF_STATUS_GROUP: readonly MessageState[] = [
  "submitted",
  "submitted",
  "undeliverable",
  "delivered",
  "expired",
  "rejected",
];

/**
 * The state of a message whose carrier speaks of it in Infobip's status groups. ACCEPTED and PENDING mean that the
 * carrier has it, thus `submitted`. `undefined` for a group that does not exist.
 */
export function stateOfStatusGroup(groupId: number): MessageState | undefined {
  return STATE_OF_STATUS_GROUP[groupId];
}

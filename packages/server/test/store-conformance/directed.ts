/** Every event of the model once, in one sequence: chance brings some of them too rarely to ask for them. */
import type { MessageState } from "../../src/message/state.ts";
import {
  changeBulk,
  checks,
  claim,
  expireLeases,
  insert,
  move,
  nextStates,
  pull,
  purge,
  push,
  receive,
  rematch,
  reopen,
  rescheduleBulk,
  settle,
  wait,
} from "./commands.ts";
import { HOUR_MS } from "./fixtures.ts";
import type { Command } from "./model-state.ts";

const VALIDITY_MS = 200 * HOUR_MS;
const DRAFT = {
  accountId: 1,
  channel: "SMS",
  route: "r1",
  carrier: "north",
  destination: "41793026727",
  state: "queued",
  dueInMs: 0,
  validityMs: VALIDITY_MS,
  bulkId: "b1",
  webhookUrl: null,
  wantsReport: true,
  options: null,
} as const;
const MOVE = {
  isStale: false,
  isSent: true,
  carrierMessageId: undefined,
  partIds: undefined,
  dueInMs: undefined,
  checkInMs: undefined,
  expiresInMs: undefined,
  doneMs: undefined,
  doubt: undefined,
} as const;
const FIRST_BULK = { accountId: 1, bulkId: "b1" } as const;
const PULL = { accountId: 1, channel: "SMS", reachMs: 48 * HOUR_MS, limit: 100, bulkId: undefined } as const;
const PUSH: Parameters<typeof push.with>[0] = { busy: [], originsMax: 10, bucketSize: 100, leaseMs: 1 };

const plainInsert = (...drafts: readonly object[]) =>
  insert.with({
    drafts: drafts.map((draft, index) => ({ ...DRAFT, number: index, ...draft })),
    keyed: [],
    lookBackMs: undefined,
    offers: null,
  });

type MoveChanges = Partial<Parameters<typeof move.with>[0][number]>;

/** Moves one of those that a dispatcher or the checks have, counted from 0. */
const moveNth = (pick: number, from: MessageState, to: MessageState, changes: MoveChanges) =>
  move.with([{ ...MOVE, pick, next: nextStates(from).indexOf(to), ...changes }]);

const moveFirst = (from: MessageState, to: MessageState, changes: MoveChanges) => moveNth(0, from, to, changes);

type ReceiptValues = Parameters<typeof receive.with>[0]["receipts"][number];

const receiveOne = (
  carrierMessageId: string,
  state: "delivered" | "expired",
  { otherIds, phone, referenced }: Partial<Pick<ReceiptValues, "otherIds" | "phone" | "referenced">> = {},
) =>
  receive.with({
    parkedMax: 100,
    receipts: [{ carrier: "south", carrierMessageId, state, doneMs: 0, otherIds, phone, referenced }],
  });

export const DIRECTED: readonly Command[] = [
  // A request with its key, the request again, and its messages without a key.
  insert.with({
    drafts: [
      { ...DRAFT, number: 0 },
      { ...DRAFT, number: 1, webhookUrl: "https://a/reports" },
      { ...DRAFT, number: 2 },
    ],
    keyed: [{ accountId: 1, key: 0, messageCount: 3 }],
    lookBackMs: undefined,
    offers: null,
  }),
  insert.with({
    drafts: [{ ...DRAFT, number: 9 }],
    keyed: [{ accountId: 1, key: 0, messageCount: 1 }],
    lookBackMs: undefined,
    offers: null,
  }),
  plainInsert({}),
  // Their bulk is paused, freed and moved.
  wait.with(1_000),
  changeBulk.with({ place: FIRST_BULK, to: "PAUSED" }),
  changeBulk.with({ place: FIRST_BULK, to: "PROCESSING" }),
  rescheduleBulk.with({ place: FIRST_BULK, inMs: 1 }),
  wait.with(1_000),
  // Another carrier takes them over; the first has its receipt before its answer, then twice.
  claim.with({ route: "r1", carrier: "south", limit: 100, leaseMs: 120_000 }),
  receiveOne("c0", "delivered"),
  moveFirst("claimed", "submitted", { isStale: true }),
  moveFirst("claimed", "submitted", { carrierMessageId: "c0" }),
  receiveOne("c0", "delivered"),
  // The second expires, and was delivered after all.
  moveFirst("claimed", "submitted", { carrierMessageId: "c1" }),
  receiveOne("c1", "expired"),
  receiveOne("c1", "delivered"),
  // The third has not been answered yet, and may have got the second one's id.
  receiveOne("c1", "expired", { phone: "41793026727" }),
  // It is in doubt once its lease is over.
  expireLeases.with(null),
  checks.with(100),
  pull.with(PULL),
  // Both reports of the second; their receiver fails once.
  push.with(PUSH),
  settle.with([{ pick: 0, outcome: "retry", dueInMs: 1 }]),
  wait.with(5_000),
  push.with(PUSH),
  settle.with([
    { pick: 0, outcome: "delivered", dueInMs: 0 },
    { pick: 1, outcome: "delivered", dueInMs: 0 },
  ]),
  // The first one's id may be used again after its time; a bulk is canceled.
  insert.with({ drafts: [{ ...DRAFT, number: 0, bulkId: "b2" }], keyed: [], lookBackMs: 0, offers: null }),
  changeBulk.with({ place: { accountId: 1, bulkId: "b2" }, to: "CANCELED" }),
  // One of two parts, then both; the second is named by another notation of its id.
  plainInsert({ number: 3, bulkId: "b3" }, { number: 4, bulkId: "b3" }, { number: 5, bulkId: "b3" }),
  claim.with({ route: "r1", carrier: "south", limit: 100, leaseMs: 120_000 }),
  moveNth(1, "claimed", "submitted", { partIds: ["c2", "c3"] }),
  receiveOne("c2", "delivered"),
  receiveOne("x1", "delivered", { otherIds: ["c3"], phone: "3026727" }),
  // Two in doubt: one ends by its reference, the other because it is the only one left to that phone.
  moveNth(1, "claimed", "uncertain", { isSent: false }),
  moveNth(2, "claimed", "uncertain", { isSent: false }),
  receiveOne("c1", "delivered", { phone: "385981234567" }),
  receiveOne("x2", "delivered", { phone: "3026727", referenced: 0 }),
  receiveOne("x9", "delivered", { phone: "3026727" }),
  rematch.with({ carrier: undefined, isForDoubtOnly: true, settledMs: -1 }),
  // With room for one, and then behind the one that waits.
  ...[6, 8].map((number) =>
    insert.with({
      drafts: [number, number + 1].map((own) => ({ ...DRAFT, number: own, route: "r2" })),
      keyed: [],
      lookBackMs: undefined,
      offers: [{ route: "r2", carrier: "south", limit: 1 }],
    }),
  ),
  reopen.with(null),
  wait.with(30 * HOUR_MS),
  purge.with({ ageMs: HOUR_MS, requestAgeMs: undefined }),
];

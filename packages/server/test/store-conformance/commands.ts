import assert from "node:assert/strict";
import fc from "fast-check";
import { canMove, isFinal, MESSAGE_STATES, type MessageState } from "../../src/message/state.ts";
import type { DueWebhook, Move, NewKeyedRequest, NewMessage, Receipt, WebhookResult } from "../../src/store/store.ts";
import { HOUR_MS, newMessage, reportOf } from "./fixtures.ts";
import type { StoreModel } from "./model.ts";
import { type ModelMessage, type ModelWebhook, recordOf } from "./model-message.ts";
import {
  ACCOUNTS,
  type Command,
  compareAll,
  defined,
  type ModelState,
  plain,
  type RealState,
  saw,
} from "./model-state.ts";

/** One thing that can be asked of a store: with values of one's choice, or with drawn ones. */
interface CommandKind<Values> {
  with(values: Values): Command;
  readonly drawn: fc.Arbitrary<Command>;
}

function command<Values>(
  name: string,
  values: fc.Arbitrary<Values>,
  run: (state: ModelState, real: RealState, values: Values) => Promise<void>,
): CommandKind<Values> {
  const commandWith = (given: Values): Command => ({
    async run(state, real) {
      await run(state, real, given);
      await compareAll(state, real);
    },
    [fc.toStringMethod]: () => `${name}(${JSON.stringify(given)})`,
  });
  return { with: commandWith, drawn: values.map(commandWith) };
}

const CARRIERS = ["north", "south"];
const ORIGINS = ["https://a", "https://b:8443", "http://c"];
/** Few, so that carriers use them again. */
const carrierMessageId = fc.integer({ min: 0, max: 3 }).map((number) => `c${number}`);
const CARRIER_IDS = ["c0", "c1", "c2", "c3"];
const PHONES = ["41793026727", "41793026728", "385981234567"];
const carrier = fc.constantFrom(...CARRIERS);
/** One is used more than the other, so that something is found there. */
const route = fc.constantFrom("r1", "r1", "r1", "r2");
const small = fc.integer({ min: 0, max: 8 });

const draft = fc.record({
  accountId: fc.constantFrom(...ACCOUNTS),
  number: fc.integer({ min: 0, max: 60 }),
  channel: fc.constantFrom("SMS", "SMS", "SMS", "WHATSAPP"),
  route,
  carrier,
  destination: fc.constantFrom(...PHONES),
  state: fc.constantFrom("queued", "queued", "queued", "held", "rejected"),
  dueInMs: fc.integer({ min: -20_000, max: 5_000 }),
  validityMs: fc.constantFrom(1_000, 60_000, 48 * HOUR_MS, 100 * HOUR_MS, 200 * HOUR_MS),
  bulkId: fc.constantFrom("b1", "b2"),
  webhookUrl: fc.option(fc.constantFrom(...ORIGINS.map((origin) => `${origin}/reports`)), { freq: 2 }),
  wantsReport: fc.constantFrom(true, true, true, false),
  options: fc.option(fc.constant({ content: { a: 1 } })),
});

/** The first messages of a call, in requests of up to three; few keys, so that some are taken. */
const keyedRequests = fc.array(
  fc.record({
    accountId: fc.constantFrom(...ACCOUNTS),
    key: fc.integer({ min: 0, max: 5 }),
    messageCount: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 2 },
);

function requestsOf(
  drawn: readonly { accountId: number; key: number; messageCount: number }[],
  messageCount: number,
  now: number,
): NewKeyedRequest[] {
  let from = 0;
  return drawn.flatMap(({ accountId, key, messageCount: count }) => {
    const range = { from, until: Math.min(from + count, messageCount) };
    from = range.until;
    const request = { accountId, key: `k${key}`, operation: "send", bodyHash: `${count}`, answer: `at ${now}` };
    return range.from === range.until ? [] : [{ ...request, createdAt: now, ...range }];
  });
}

const offer = fc.record({ route: fc.constantFrom("r1", "r2"), carrier, limit: fc.constantFrom<number>(1, 2, 100) });

export const insert = command(
  "insert",
  fc.record({
    drafts: fc.array(draft, { minLength: 1, maxLength: 6, size: "max" }),
    keyed: keyedRequests,
    lookBackMs: fc.constantFrom(undefined, undefined, 0, 5_000, HOUR_MS),
    /** Room that a carrier offers. */
    offers: fc.option(fc.uniqueArray(offer, { selector: ({ route: name }) => name, minLength: 1 }), { freq: 1 }),
  }),
  async ({ model, now, seen }, { store }, { drafts, keyed, lookBackMs, offers }) => {
    const messages = drafts.map(({ number, dueInMs, validityMs, ...rest }): NewMessage => {
      const times = { acceptedAt: now, dueAt: now + dueInMs, expiresAt: now + validityMs };
      return newMessage(`m${number}`, { ...rest, ...times });
    });
    const requests = requestsOf(keyed, messages.length, now);
    const claims = offers?.map((one) => ({ ...one, now, leaseUntil: now + 1_000 }));
    const options = { requests, ...defined({ duplicateLookBackMs: lookBackMs, claims }) };
    const supersededCount = () => model.messages.filter(({ isSuperseded }) => isSuperseded).length;
    const before = supersededCount();
    const result = await store.insertMessages(messages, options);
    const { inserted, keysFree, claimed } = model.insertAll(messages, options);
    saw(seen, "id given up", supersededCount() - before);
    const { claimed: claimedSeqs, ...rest } = result;
    assert.deepEqual(rest, {
      inserted: inserted.map((message) => message !== null),
      openCount: model.openCount,
      ...(requests.length === 0 ? {} : { keysFree }),
    });
    saw(seen, "duplicate", inserted.filter((message) => message === null).length);
    saw(seen, "key kept", keysFree.filter(Boolean).length);
    saw(seen, "key taken", keysFree.filter((isFree) => !isFree).length);
    let lastSeq = Math.max(0, ...model.messages.map(({ seq }) => seq));
    for (const message of inserted) {
      if (message === null) continue;
      const found = await store.findMessage(message.accepted.accountId, message.accepted.messageId);
      message.seq = found?.seq ?? 0;
      assert.ok(message.seq > lastSeq, "seq follows the order of acceptance");
      lastSeq = message.seq;
    }
    const expected = inserted.map((message) => (message !== null && claimed.includes(message) ? message.seq : null));
    assert.deepEqual(claimedSeqs, claims === undefined ? undefined : expected);
    saw(seen, "claimed at once", claimed.length);
    if (claims !== undefined) saw(seen, "not at once", expected.filter((seq) => seq === null).length);
  },
);

/** Many that are alike, as a bulk's are: a store may write them otherwise than few. */
export const insertBulk = command(
  "insertBulk",
  fc.record({
    draft,
    /** Of few ids, some of which are taken, or of many, none of which is. */
    numbers: fc.oneof(
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 10, maxLength: 14 }),
      fc.uniqueArray(fc.integer({ min: 100, max: 9_999 }), { minLength: 10, maxLength: 25 }),
      fc.integer({ min: 100, max: 9_900 }).map((first) => Array.from({ length: 63 }, (_, nth) => first + nth)),
    ),
    offers: fc.option(fc.tuple(offer.map((one) => ({ ...one, limit: one.limit * 7 }))), { freq: 1 }),
    lookBackMs: fc.constantFrom(undefined, 0),
  }),
  async (state, real, { draft: alike, numbers, offers, lookBackMs }) => {
    const drafts = numbers.map((number) => ({ ...alike, number }));
    await insert.with({ drafts, keyed: [], lookBackMs, offers }).run(state, real);
  },
);

export const wait = command(
  "wait",
  fc.constantFrom(1, 1_000, 1_000, 5_000, 5_000, 20_000, HOUR_MS, 30 * HOUR_MS),
  async (state, _real, ms) => {
    state.now += ms;
  },
);

const claimValues = fc.record({
  route,
  carrier,
  limit: fc.constantFrom(1, 5, 100),
  leaseMs: fc.constantFrom(1_000, 120_000),
});

export const claim = command("claim", claimValues, async ({ model, now, seen }, { store }, { leaseMs, ...values }) => {
  const request = { ...values, now, leaseUntil: now + leaseMs };
  const carriers = new Map(model.messages.map(({ seq, carrier: before }) => [seq, before]));
  const expected = model.claim(request).map(({ accepted, seq, attempts, doubt, expiresAt }) => {
    const { accountId, messageId, channel, sender, destination, text, encoding, partCount, options } = accepted;
    const kept = { accountId, messageId, channel, sender, destination, text, encoding, partCount, expiresAt };
    return { ...kept, seq, attempts, options, possibleDuplicate: doubt !== null };
  });
  assert.deepEqual(plain(await store.claimDue(request)), expected);
  saw(seen, "claimed", expected.length);
  saw(seen, "taken over", expected.filter(({ seq }) => carriers.get(seq) !== values.carrier).length);
});

const moveValues = fc.array(
  fc.record({
    pick: fc.nat(),
    next: fc.nat(),
    isStale: fc.integer({ min: 0, max: 7 }).map((number) => number === 0),
    carrierMessageId: fc.option(carrierMessageId, { nil: undefined }),
    /** They take the place of `carrierMessageId`. */
    partIds: fc.option(fc.shuffledSubarray(CARRIER_IDS, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 1 }),
    isSent: fc.boolean(),
    dueInMs: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
    checkInMs: fc.option(fc.integer({ min: 0, max: 90_000 }), { nil: undefined }),
    expiresInMs: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined, freq: 1 }),
    doneMs: fc.option(fc.integer({ min: -10_000, max: 10_000 }), { nil: undefined }),
    doubt: fc.constantFrom(undefined, undefined, "held", "resent"),
  }),
  { minLength: 1, maxLength: 6, size: "max" },
);

/** The messages that a dispatcher or the checks would move come first: those are the moves that happen. */
function movable(model: StoreModel): ModelMessage[] {
  const order: readonly MessageState[] = ["claimed", "uncertain", "submitted"];
  const busy = model.messages.filter(({ state }) => order.includes(state));
  // Nobody but its customer moves a paused message.
  return busy.length > 0 ? busy : model.messages.filter(({ pause }) => pause === null);
}

const partsOf = (ids: readonly string[] | undefined) =>
  ids?.[0] === undefined ? {} : { carrierMessageId: ids[0], partIds: ids };

/** Where `next` of a move chooses from. */
export function nextStates(from: MessageState): readonly MessageState[] {
  return MESSAGE_STATES.filter((to) => to !== "claimed" && canMove(from, to));
}

export const move = command("move", moveValues, async ({ model, now, seen }, { store }, values) => {
  const candidates = movable(model);
  const moves = values.flatMap(
    ({ pick, next, isStale, isSent, dueInMs, checkInMs, expiresInMs, doneMs, partIds, ...rest }): Move[] => {
      const message = candidates[pick % Math.max(1, candidates.length)];
      if (message === undefined) return [];
      const choices = nextStates(message.state);
      const to = choices[next % Math.max(1, choices.length)] ?? message.state;
      const base = {
        seq: message.seq,
        from: message.state,
        attempts: message.attempts + (isStale ? 1 : 0),
        to,
        at: now,
      };
      const times = {
        ...(isSent ? { submittedAt: now } : {}),
        ...(dueInMs === undefined ? {} : { dueAt: now + dueInMs }),
        ...(checkInMs === undefined ? {} : { checkAt: now + checkInMs }),
        ...(expiresInMs === undefined || isFinal(to) ? {} : { expiresAt: now + expiresInMs }),
        ...(doneMs === undefined ? {} : { doneAt: now + doneMs }),
      };
      return [{ ...base, statusId: 3, errorId: next % 9, ...times, ...defined(rest), ...partsOf(partIds) }];
    },
  );
  const parked = model.parked.length;
  const expected = moves.map((one) => model.move(one));
  assert.deepEqual(await store.moveMessages(moves), expected);
  saw(seen, "moved", expected.filter(Boolean).length);
  saw(seen, "not moved", expected.filter((moved) => !moved).length);
  saw(seen, "matched", parked - model.parked.length);
});

const receiptValues = fc.record({
  parkedMax: fc.constantFrom(0, 2, 100),
  receipts: fc.array(
    fc.record({
      carrier,
      carrierMessageId,
      otherIds: fc.option(fc.subarray(CARRIER_IDS, { maxLength: 2 }), { nil: undefined, freq: 1 }),
      phone: fc.option(fc.constantFrom(...PHONES, "3026727"), { nil: undefined }),
      /** Of which message the reference is, counted from the last. */
      referenced: fc.option(small, { nil: undefined, freq: 1 }),
      state: fc.constantFrom("delivered", "undeliverable", "expired", "rejected", "submitted"),
      doneMs: fc.constantFrom(-100 * HOUR_MS, -10, 0, 100 * HOUR_MS),
    }),
    { minLength: 1, maxLength: 6, size: "max" },
  ),
});

export const receive = command(
  "receive",
  receiptValues,
  async ({ model, now, seen }, { store }, { receipts, parkedMax }) => {
    const given = receipts.map(
      ({ doneMs, phone, referenced, otherIds, ...rest }): Receipt => ({
        ...rest,
        ...(otherIds === undefined ? {} : { otherIds: otherIds.filter((id) => id !== rest.carrierMessageId) }),
        ...(phone === undefined ? {} : { destination: phone }),
        ...(referenced === undefined ? {} : { reference: (model.messages.at(-1 - referenced)?.seq ?? 0) & 0xffff }),
        statusId: 5,
        errorId: 0,
        doneAt: now + doneMs,
      }),
    );
    const ended = model.messages.length - model.openCount;
    const expected = model.applyReceipts(given, now, parkedMax);
    assert.deepEqual(await store.applyReceipts(given, now, parkedMax), expected);
    const { outcomes, matchedIds } = expected;
    for (const [index, outcome] of outcomes.entries()) {
      saw(seen, outcome, 1);
      const matchedId = matchedIds[index];
      if (outcome === "applied" && matchedId === null) saw(seen, "doubt ended", 1);
      if (outcome === "parked" && matchedId !== null) saw(seen, "stray", 1);
      if (typeof matchedId === "string" && matchedId !== given[index]?.carrierMessageId) saw(seen, "other id", 1);
    }
    const applied = outcomes.filter((outcome) => outcome === "applied").length;
    saw(seen, "corrected", applied - (model.messages.length - model.openCount - ended));
  },
);

export const checks = command("checks", fc.constantFrom(1, 3, 100), async ({ model, now, seen }, { store }, limit) => {
  const expected = model.dueChecks(now, limit);
  assert.deepEqual(plain(await store.dueChecks(now, limit)), expected);
  saw(seen, "check", expected.length);
});

export const expireLeases = command("expireLeases", fc.constant(null), async ({ model, now, seen }, { store }) => {
  const expected = model.expireLeases(now);
  assert.equal(await store.expireLeases(now), expected);
  saw(seen, "lease ended", expected);
});

const pullValues = fc.record({
  accountId: fc.constantFrom(...ACCOUNTS),
  channel: fc.constantFrom("SMS", "SMS", "SMS", "WHATSAPP"),
  reachMs: fc.constantFrom(1_000, 48 * HOUR_MS, 48 * HOUR_MS),
  limit: fc.constantFrom(1, 3, 100),
  bulkId: fc.option(fc.constantFrom("b1", "b2"), { nil: undefined }),
});

export const pull = command("pull", pullValues, async ({ model, now, seen }, { store }, { reachMs, ...values }) => {
  const filter = { ...values, since: now - reachMs };
  const { bulkId, ...rest } = filter;
  const given = bulkId === undefined ? rest : { ...rest, bulkId };
  const taken = plain(await store.takeReports(given));
  const expected = model.takeReports(given).map(recordOf);
  const byEnd = expected.toSorted((one, other) => (one.doneAt ?? 0) - (other.doneAt ?? 0) || one.seq - other.seq);
  assert.deepEqual(taken, byEnd);
  saw(seen, "report", taken.length);
});

const claimWebhookValues = fc.record({
  busy: fc.subarray(ORIGINS, { maxLength: 1 }),
  originsMax: fc.constantFrom(1, 2, 10),
  bucketSize: fc.constantFrom(1, 3, 100),
  leaseMs: fc.constantFrom(1, 1, 60_000),
});

export const push = command(
  "push",
  claimWebhookValues,
  async (state, { store }, { busy, originsMax, bucketSize, leaseMs }) => {
    const { model, now, claimedWebhooks } = state;
    const leaseUntil = now + leaseMs;
    const claimed = await store.claimWebhooks({ now, leaseUntil, originsBusy: busy, originsMax, bucketSize });
    const byOrigin = Map.groupBy(claimed, ({ origin }) => origin);
    const ready = ORIGINS.filter((origin) => !busy.includes(origin) && model.dueWebhooks(origin, now, 1).length > 0);
    assert.equal(byOrigin.size, Math.min(originsMax, ready.length));
    for (const [origin, webhooks] of byOrigin) {
      assert.ok(ready.includes(origin), origin);
      const expected = model.dueWebhooks(origin, now, bucketSize);
      assert.equal(webhooks.length, expected.length);
      for (const [index, webhook] of webhooks.entries()) claimWebhook(expected[index], webhook, leaseUntil);
    }
    saw(state.seen, "webhook", claimed.length);
    saw(state.seen, "webhook again", claimed.filter(({ attempts }) => attempts > 0).length);
    claimedWebhooks.push(...claimed.map(({ id }) => id));
  },
);

function claimWebhook(expected: ModelWebhook | undefined, claimed: DueWebhook, leaseUntil: number) {
  assert.ok(expected !== undefined);
  expected.id ??= claimed.id;
  const { message, url, attempts, outcome } = expected;
  assert.deepEqual(plain(claimed), {
    id: expected.id,
    accountId: message.accepted.accountId,
    url,
    origin: new URL(url).origin,
    kind: message.accepted.webhookKind,
    attempts,
    subscription: null,
    receiverFailures: 0,
    message: { ...reportOf(recordOf(message)), ...outcome },
  });
  expected.dueAt = leaseUntil;
}

const settleValues = fc.array(
  fc.record({ pick: fc.nat(), outcome: fc.constantFrom("retry", "retry", "delivered", "failed"), dueInMs: small }),
  { minLength: 1, maxLength: 5, size: "max" },
);

export const settle = command("settle", settleValues, async ({ model, now, claimedWebhooks }, { store }, values) => {
  if (claimedWebhooks.length === 0) return;
  const results = values.map(({ pick, outcome, dueInMs }): WebhookResult => {
    const id = claimedWebhooks[pick % claimedWebhooks.length] ?? 0;
    if (outcome === "delivered") return { id, outcome, at: now };
    const failure = { id, at: now, error: "HTTP 500" };
    return outcome === "failed" ? { ...failure, outcome } : { ...failure, outcome, dueAt: now + dueInMs * 1_000 };
  });
  await store.settleWebhooks(results);
  for (const result of results) model.settle(result);
});

export const purge = command(
  "purge",
  fc.record({
    ageMs: fc.constantFrom(0, HOUR_MS, 30 * HOUR_MS, 60 * HOUR_MS),
    requestAgeMs: fc.constantFrom(undefined, 0, HOUR_MS, 24 * HOUR_MS),
  }),
  async (state, { store }, { ageMs, requestAgeMs }) => {
    const { model, now, claimedWebhooks } = state;
    const before = now - ageMs;
    const request = requestAgeMs === undefined ? { before } : { before, requestsBefore: now - requestAgeMs };
    const expected = model.purge(request);
    assert.equal(await store.purge({ ...request, limit: 1_000_000 }), expected);
    saw(state.seen, "purged", expected);
    // Ids of webhooks that are gone may be given again: nobody settles those.
    const left = claimedWebhooks.filter((id) => model.webhooks.some((webhook) => webhook.id === id));
    claimedWebhooks.splice(0, claimedWebhooks.length, ...left);
  },
);

const place = fc.record({ accountId: fc.constantFrom(...ACCOUNTS), bulkId: fc.constantFrom("b1", "b2", "b3") });
const CANCELED = { statusId: 98, errorId: 4100 } as const;

/** Pausing and freeing several times as often as canceling, or a run would soon be about ended messages only. */
const bulkStatus = fc.constantFrom(
  ...([
    "PAUSED",
    "PAUSED",
    "PAUSED",
    "PENDING",
    "PENDING",
    "PENDING",
    "PROCESSING",
    "PROCESSING",
    "PROCESSING",
    "CANCELED",
    "FINISHED",
  ] as const),
);

export const changeBulk = command(
  "changeBulk",
  fc.record({ place, to: bulkStatus }),
  async ({ model, now, seen }, { store }, drawn) => {
    const { to } = drawn;
    const bulk = { ...drawn.place, now };
    const expected = model.changeBulkStatus(bulk, to, CANCELED);
    assert.deepEqual(plain(await store.changeBulkStatus({ ...bulk, to, canceled: CANCELED })), expected);
    saw(seen, to === "PAUSED" ? "paused" : to === "CANCELED" ? "canceled" : "freed", expected.changedCount);
  },
);

export const rescheduleBulk = command(
  "rescheduleBulk",
  fc.record({ place, inMs: fc.constantFrom(-5_000, 1, 3_000, 20_000, HOUR_MS) }),
  async ({ model, now, seen }, { store }, drawn) => {
    const bulk = { ...drawn.place, now };
    const expected = model.rescheduleBulk(bulk, now + drawn.inMs);
    assert.deepEqual(plain(await store.rescheduleBulk({ ...bulk, sendAt: now + drawn.inMs })), expected);
    saw(seen, "rescheduled", expected.changedCount);
  },
);

export const reopen = command("reopen", fc.constant(null), async (_state, real) => {
  real.store = await real.reopen();
});

export const rematch = command(
  "rematch",
  fc.record({
    carrier: fc.option(carrier, { nil: undefined }),
    isForDoubtOnly: fc.boolean(),
    settledMs: fc.constantFrom(-1, 0, 5_000),
  }),
  async ({ model, now, seen }, { store }, { carrier: chosen, isForDoubtOnly, settledMs }) => {
    const request = {
      now,
      isForDoubtOnly,
      settledBefore: now - settledMs,
      ...(chosen === undefined ? {} : { carrier: chosen }),
    };
    const expected = model.rematch(request);
    assert.deepEqual(plain(await store.rematchReceipts({ ...request, limit: 10_000 })), { ...expected, next: null });
    saw(seen, "rematched", expected.matched);
  },
);

/** The usual ones several times, so that a run gets far. */
export const COMMANDS: readonly fc.Arbitrary<Command>[] = [
  [insert, insert, insert, insertBulk, claim, claim, claim, move, move, move, receive, receive, wait, wait],
  [checks, expireLeases, pull, pull, push, push, push, settle, settle, settle, purge, reopen],
  [changeBulk, changeBulk, changeBulk, changeBulk, rescheduleBulk, rescheduleBulk, rematch],
]
  .flat()
  .map(({ drawn }) => drawn);

import type { DatabaseSync } from "node:sqlite";
import type { MessageState } from "../../message/state.ts";
import type {
  BornReports,
  DueEvent,
  DueReport,
  DueWebhook,
  NewEvent,
  PushOffer,
  ReceiverState,
  ReportRecord,
  WebhookClaim,
  WebhookReplay,
  WebhookResult,
} from "../store.ts";
import { BirthLeases } from "./birth-leases.ts";
import { type Reported, type ReportedFacts, reportedOf, type ReportedRow } from "./carried-row.ts";
import { prepareForArrays } from "./prepare-for-arrays.ts";
import { type DueReceiver, Receivers } from "./receivers.ts";
import { dueWebhooks } from "./statements/due-webhooks.ts";
import { expireWebhookLeases } from "./statements/expire-leases.ts";
import { prepareAlike, ROWS_AT_ONCE_MAX, rowsAtOnce } from "./statements/alike-rows.ts";
import { findReported, insertEvent, insertWebhooks } from "./statements/insert-webhook.ts";
import { leaseWebhook } from "./statements/lease-webhook.ts";
import { replayWebhook, replayWebhooks } from "./statements/list-webhooks.ts";
import type { Subscriber } from "./subscription-index.ts";
import { WebhookSettler } from "./webhook-settler.ts";

/** Receivers without anything to send, whose time is put right, at most in one claim. */
const VISITS_IN_VAIN_MAX = 1000;

/**
 * What a report is leased with at its birth: as long as an attempt that succeeds and the time of the delivery, which take
 * its place in the row. SQLite moves rows that grow to other pages.
 */
const ROOM_FOR_ATTEMPT = " ".repeat(68);

/** What an open receiver is given to be tried. */
const PROBE_SIZE = 1;

interface Outcome {
  readonly state: MessageState;
  readonly statusId: number;
  readonly errorId: number;
  readonly doneAt: number;
}

/** A report as it is born. */
interface Birth {
  readonly accountId: number;
  readonly seq: number;
  readonly url: string;
  readonly origin: string;
  readonly kind: string;
  readonly outcome: Outcome;
  readonly createdAt: number;
  readonly subscription: string | null;
}

/** A report that is leased at its birth. */
interface Newborn extends Birth {
  readonly facts: ReportedFacts;
}

/** An offer, and what was given for it. */
interface Lending extends Omit<PushOffer, "originsBusy"> {
  readonly now: number;
  readonly originsBusy: ReadonlySet<string>;
  readonly leased: DueReport[];
  waiting: number;
}

/** The part of the writer that keeps webhooks: born with their event, claimed by receiver, settled by their answer. */
export class WebhookWriter {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #receivers: Receivers;
  readonly #births: BirthLeases;
  readonly #settler: WebhookSettler;
  /** While an operation runs that had an offer. */
  #lending: Lending | null = null;
  /** Born in it, leased and not written. All are alike. */
  readonly #newborns: Newborn[] = [];

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database);
    this.#receivers = new Receivers(database);
    this.#births = new BirthLeases(database);
    this.#settler = new WebhookSettler(database, this.#receivers, this.#births);
  }

  /**
   * @param to a URL of its own, or the subscriber that it is for
   * @param reported the message as it is now; it is read where that is not known
   */
  insert(
    accountId: number,
    seq: number,
    to: string | Subscriber,
    kind: string,
    outcome: Outcome,
    createdAt: number,
    reported?: Reported,
  ) {
    const { url, origin, subscription } = typeof to === "string" ? ownUrl(to) : to;
    const birth = { accountId, seq, url, origin, kind, outcome, createdAt, subscription };
    const lending = this.#lending;
    const facts = lending === null ? null : this.#leasable(lending, seq, origin, reported);
    if (facts !== null) return this.#keepNewborn({ ...birth, facts });
    this.#writeNewborns();
    this.#statements.insert(1).run(...sharedValues(birth, createdAt, null), seq, outcome.doneAt);
    this.#receivers.wake(origin, createdAt);
    this.noticeWaiting();
  }

  /** Those that are alike are written together. */
  #keepNewborn(newborn: Newborn) {
    const [first] = this.#newborns;
    if (first !== undefined && !areAlike(newborn, first)) this.#writeNewborns();
    this.#newborns.push(newborn);
    if (this.#newborns.length === ROWS_AT_ONCE_MAX) this.#writeNewborns();
  }

  #writeNewborns() {
    const [first] = this.#newborns;
    const lending = this.#lending;
    if (first === undefined || lending === null) return;
    const shared = sharedValues(first, null, ROOM_FOR_ATTEMPT);
    while (this.#newborns.length > 0) {
      const newborns = this.#newborns.splice(0, rowsAtOnce(this.#newborns.length));
      const values = [...shared];
      for (const { seq, outcome } of newborns) values.push(seq, outcome.doneAt);
      const { lastInsertRowid } = this.#statements.insert(newborns.length).run(...values);
      // Each id is one more than that before it.
      const firstId = Number(lastInsertRowid) - newborns.length + 1;
      for (const [nth, newborn] of newborns.entries()) this.#lease(lending, firstId + nth, newborn);
    }
  }

  #lease({ leased, leaseUntil }: Lending, id: number, newborn: Newborn) {
    const { accountId, url, origin, kind, subscription, facts, outcome } = newborn;
    this.#births.add(id, { origin, leaseUntil });
    leased.push({
      id,
      accountId,
      url,
      origin,
      attempts: 0,
      subscription,
      receiverFailures: 0,
      kind: kind as DueReport["kind"],
      message: reportOf(facts, outcome),
    });
  }

  /** From now to `lent`, what is born may be leased. */
  lend({ leaseUntil, limit, originsBusy }: PushOffer, now: number) {
    this.#lending = { now, leaseUntil, limit, originsBusy: new Set(originsBusy), leased: [], waiting: 0 };
  }

  lent(): BornReports {
    this.#writeNewborns();
    const { leased = [], waiting = 0 } = this.#lending ?? {};
    this.#lending = null;
    return { leased, waiting };
  }

  /** A report was born that somebody must come for. */
  noticeWaiting() {
    if (this.#lending !== null) this.#lending.waiting += 1;
  }

  /**
   * What a report tells of its message, where it may be leased: a later word on a message never overtakes an earlier
   * one, nor what waits for the receiver.
   */
  #leasable(
    { now, limit, leased, originsBusy }: Lending,
    seq: number,
    origin: string,
    known: Reported | undefined,
  ): ReportedFacts | null {
    const waiting = this.#newborns.length;
    if (leased.length + waiting >= limit || !this.#births.hasRoomFor(waiting + 1)) return null;
    // An earlier word on it.
    if (this.#newborns.some((newborn) => newborn.seq === seq)) return null;
    if (originsBusy.has(origin) || !this.#receivers.isFree(origin, now)) return null;
    const { facts, hasEarlierWord } = known ?? this.#findReported(seq);
    return hasEarlierWord ? null : facts;
  }

  #findReported(seq: number): Reported {
    return reportedOf(this.#statements.findReported.get(seq) as unknown as ReportedRow);
  }

  insertEvent({ accountId, body, kind, createdAt }: NewEvent, to: string | Subscriber) {
    const { url, origin, subscription } = typeof to === "string" ? ownUrl(to) : to;
    this.#writeNewborns();
    this.#statements.insertEvent.run({ accountId, body, url, origin, kind, createdAt, subscription });
    this.#receivers.wake(origin, createdAt);
  }

  claim(claim: WebhookClaim): readonly DueWebhook[] {
    this.#endBirthLeases(claim.now, claim.now);
    const passed = new Set(claim.originsBusy);
    const claimed: DueWebhook[] = [];
    let taken = 0;
    let inVain = 0;
    while (taken < claim.originsMax && inVain < VISITS_IN_VAIN_MAX) {
      const due = this.#receivers.due(claim.now, claim.originsMax + passed.size);
      const next = due.filter(({ origin }) => !passed.has(origin));
      if (next.length === 0) break;
      for (const receiver of next) {
        if (taken === claim.originsMax) break;
        passed.add(receiver.origin);
        const webhooks = this.#claimFrom(receiver, claim);
        claimed.push(...webhooks);
        if (webhooks.length > 0) taken += 1;
        else inVain += 1;
      }
    }
    return claimed;
  }

  #endBirthLeases(until: number, now: number) {
    for (const origin of this.#births.end(until, now)) this.#receivers.wake(origin, now);
  }

  #claimFrom(
    { origin, failures, openUntil }: DueReceiver,
    { now, leaseUntil, bucketSize, bucketsMax = 1 }: WebhookClaim,
  ) {
    // One that fails is asked with one call, and one that is open with a single webhook.
    const limit = openUntil !== null ? PROBE_SIZE : failures > 0 ? bucketSize : bucketSize * bucketsMax;
    const rows = this.#statements.due.all({ origin, now, limit });
    const webhooks = rows.map((row) => toDueWebhook(row, failures));
    for (const { id } of webhooks) this.#statements.lease.run(leaseUntil, id);
    this.#receivers.schedule(origin, now, null);
    return webhooks;
  }

  settle(results: readonly WebhookResult[], receiver?: ReceiverState) {
    this.#settler.settle(results, receiver);
  }

  replay({ accountId, now, limit, id, origin, createdSince, createdUntil }: WebhookReplay): number {
    const range = { createdSince: createdSince ?? 0, createdUntil: createdUntil ?? Number.MAX_SAFE_INTEGER };
    const rows =
      id === undefined
        ? this.#statements.replayAll.all({ accountId, now, limit, origin: origin ?? null, ...range })
        : this.#statements.replay.all({ accountId, now, id });
    for (const woken of new Set(rows.map((row) => row["origin"] as string))) this.#receivers.close(woken, now);
    return rows.length;
  }

  expireLeases(now: number) {
    this.#statements.expireLeases.run({ now });
    this.#receivers.wakeAll(now);
    this.#endBirthLeases(Number.POSITIVE_INFINITY, now);
  }

  /** What was written last may be undone. */
  forget() {
    this.#lending = null;
    this.#newborns.length = 0;
    this.#receivers.forget();
    this.#births.forget();
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    insert: prepareAlike(database, insertWebhooks),
    findReported: prepareForArrays(database, findReported),
    insertEvent: database.prepare(insertEvent),
    due: database.prepare(dueWebhooks),
    lease: database.prepare(leaseWebhook),
    replay: database.prepare(replayWebhook),
    replayAll: database.prepare(replayWebhooks),
    expireLeases: database.prepare(expireWebhookLeases),
  };
}

/** What a report's row begins with, but for its message and its time, in the order of `insertWebhooks`. */
function sharedValues(
  { accountId, url, origin, kind, outcome, createdAt, subscription }: Birth,
  dueAt: number | null,
  room: string | null,
): (string | number | null)[] {
  const { state, statusId, errorId } = outcome;
  return [accountId, url, origin, kind, state, statusId, errorId, createdAt, dueAt, subscription, room];
}

/** They differ in their message and their time at most. */
function areAlike(one: Birth, other: Birth): boolean {
  return (
    one.url === other.url &&
    one.kind === other.kind &&
    one.subscription === other.subscription &&
    one.accountId === other.accountId &&
    one.createdAt === other.createdAt &&
    one.outcome.state === other.outcome.state &&
    one.outcome.statusId === other.outcome.statusId &&
    one.outcome.errorId === other.outcome.errorId
  );
}

/** Written out, as `toReportRecord`. */
function reportOf(facts: ReportedFacts, { state, statusId, errorId, doneAt }: Outcome): ReportRecord {
  return {
    messageId: facts.messageId,
    bulkId: facts.bulkId,
    sender: facts.sender,
    destination: facts.destination,
    partCount: facts.partCount,
    state,
    statusId,
    errorId,
    doubt: facts.doubt,
    sentAt: facts.sentAt,
    doneAt,
    callbackData: facts.callbackData,
    applicationId: facts.applicationId,
    entityId: facts.entityId,
    campaignReferenceId: facts.campaignReferenceId,
  };
}

function toDueWebhook(row: Record<string, unknown>, receiverFailures: number): DueWebhook {
  const facts = {
    id: row["webhookId"] as number,
    accountId: row["webhookAccountId"] as number,
    url: row["webhookUrl"] as string,
    origin: row["webhookOrigin"] as string,
    attempts: row["webhookAttempts"] as number,
    subscription: row["webhookSubscription"] as string | null,
    receiverFailures,
  };
  const body = row["webhookBody"] as string | null;
  if (body !== null) return { ...facts, kind: row["webhookKind"] as DueEvent["kind"], body };
  return { ...facts, kind: row["webhookKind"] as DueReport["kind"], message: toReportRecord(row) };
}

/** Written out: an object that is made of the rest of another costs several times as much, for every report. */
function toReportRecord(row: Record<string, unknown>): ReportRecord {
  return {
    messageId: row["messageId"] as string,
    bulkId: row["bulkId"] as string,
    sender: row["sender"] as string,
    destination: row["destination"] as string,
    partCount: row["partCount"] as number,
    state: row["webhookState"] as MessageState,
    statusId: row["webhookStatusId"] as number,
    errorId: row["webhookErrorId"] as number,
    doubt: row["doubt"] as ReportRecord["doubt"],
    sentAt: row["sentAt"] as number,
    doneAt: row["webhookDoneAt"] as number,
    callbackData: row["callbackData"] as string | null,
    applicationId: row["applicationId"] as string | null,
    entityId: row["entityId"] as string | null,
    campaignReferenceId: row["campaignReferenceId"] as string | null,
  };
}

/** The last one: the reports of a request, or of a customer, go one after the other to the same URL. */
let ownUrlLast: Pick<Subscriber, "url" | "origin"> & { readonly subscription: null } = {
  url: "",
  origin: "",
  subscription: null,
};

/** Receivers are kept apart by scheme, host and port. The URL was checked when the request was accepted. */
function ownUrl(url: string) {
  if (ownUrlLast.url === url) return ownUrlLast;
  ownUrlLast = { url, origin: URL.canParse(url) ? new URL(url).origin : url, subscription: null };
  return ownUrlLast;
}

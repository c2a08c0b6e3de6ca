import { type BulkStatus, bulkActionFor, bulkStatusOf, canReschedule } from "../../src/message/bulk.ts";
import { PAUSE_MAX_MS } from "../../src/message/limits.ts";
import { canMove, isFinal } from "../../src/message/state.ts";
import {
  type AppliedReceipts,
  type BulkChanged,
  type BulkPlace,
  type BulkRecord,
  type CanceledOutcome,
  type CheckRow,
  type ClaimRequest,
  type KeptRequest,
  type InsertOptions,
  type LedgerRow,
  type Move,
  type NewMessage,
  type PurgeRequest,
  RECEIPT_CLOCK_STEP_MS,
  RECEIPT_GRACE_MS,
  type Receipt,
  type ReceiptOutcome,
  type Rematch,
  type Rematched,
  type ReportFilter,
  type WebhookResult,
} from "../../src/store/store.ts";
import { flatOf } from "./fixtures.ts";
import { countersOf, ledgerOf } from "./model-ledger.ts";
import {
  checkRowOf,
  type Counters,
  idsOf,
  isDue,
  isOf,
  isStray,
  isTo,
  isToDoubt,
  isWaiting,
  type Match,
  type ModelMessage,
  type ModelWebhook,
  type ModelWish,
} from "./model-message.ts";

/** The store's port in the plainest words: arrays in memory, searched from end to end. It is the oracle. */
export class StoreModel {
  messages: ModelMessage[] = [];
  webhooks: ModelWebhook[] = [];
  parked: (Receipt & { readonly receivedAt: number; readonly isStray: boolean })[] = [];
  requests: KeptRequest[] = [];
  wishes: ModelWish[] = [];
  readonly counters = new Map<string, Counters>();

  get openCount(): number {
    return this.messages.filter(({ state }) => !isFinal(state)).length;
  }

  find(accountId: number, messageId: string): ModelMessage | undefined {
    return this.messages
      .filter(({ isSuperseded }) => !isSuperseded)
      .find(({ accepted }) => accepted.accountId === accountId && accepted.messageId === messageId);
  }

  findRequest(accountId: number, key: string): KeptRequest | null {
    return this.requests.find((request) => request.accountId === accountId && request.key === key) ?? null;
  }

  /**
   * One call: the messages that were stored, null for the others, those of them that are claimed, and for each request
   * whether its key was free.
   */
  insertAll(
    messages: readonly NewMessage[],
    { requests = [], duplicateLookBackMs = Infinity, claims = [] }: InsertOptions,
  ) {
    const before = this.requests;
    const openClaims = claims.filter((claim) => this.#due(claim).length === 0);
    const keysFree = requests.map((request) => {
      const isFree = this.findRequest(request.accountId, request.key) === null;
      const { from: _, until: _u, ...kept } = request;
      if (isFree) this.requests = [...this.requests, { ...kept, refused: [] }];
      return isFree;
    });
    const inserted = messages.map((message, index) => {
      const nth = requests.findIndex(({ from, until }) => index >= from && index < until);
      return nth !== -1 && keysFree[nth] === false ? null : this.#insert(flatOf(message), duplicateLookBackMs);
    });
    const fresh = requests.filter((_, nth) => keysFree[nth]);
    const kept = fresh.map(({ from, until, ...request }): KeptRequest => {
      const own = inserted.slice(from, until).map((message, index) => (message === null ? index : -1));
      return { ...request, refused: own.filter((index) => index !== -1) };
    });
    this.requests = [...before, ...kept];
    const claimed = openClaims.flatMap((claim) => {
      const due = this.#due(claim);
      const taken = inserted.filter((message) => message !== null && due.includes(message)).slice(0, claim.limit);
      return taken.map((message) => this.#claim(message as ModelMessage, claim));
    });
    return { inserted, keysFree, claimed };
  }

  #insert(accepted: ModelMessage["accepted"], lookBackMs: number): ModelMessage | null {
    const earlier = this.find(accepted.accountId, accepted.messageId);
    if (earlier !== undefined && earlier.accepted.acceptedAt >= accepted.acceptedAt - lookBackMs) return null;
    if (earlier !== undefined) earlier.isSuperseded = true;
    const message: ModelMessage = {
      accepted,
      isSuperseded: false,
      seq: 0,
      state: accepted.state,
      statusId: accepted.statusId,
      errorId: accepted.errorId,
      carrier: accepted.carrier,
      carrierMessageId: null,
      attempts: 0,
      doubt: null,
      submittedAt: null,
      doneAt: null,
      dueAt: accepted.dueAt,
      checkAt: accepted.expiresAt,
      reportAt: null,
      expiresAt: accepted.expiresAt,
      sentAt: accepted.state === "held" ? accepted.dueAt : accepted.acceptedAt,
      parts: [],
      pause: null,
    };
    this.messages.push(message);
    countersOf(this.counters, message).accepted += 1;
    if (isFinal(message.state)) this.#end(message, accepted.acceptedAt, accepted.acceptedAt);
    else if (this.#wishOf(message)?.wish === "paused") this.#pause(message, accepted.acceptedAt);
    return message;
  }

  claim(request: ClaimRequest): ModelMessage[] {
    const due = this.#due(request)
      .toSorted((one, other) => (one.dueAt ?? 0) - (other.dueAt ?? 0) || one.seq - other.seq)
      .slice(0, request.limit);
    for (const message of due) this.#claim(message, request);
    return due.toSorted((one, other) => one.seq - other.seq);
  }

  #due(claim: ClaimRequest): ModelMessage[] {
    return this.messages.filter((message) => isDue(message, claim));
  }

  #claim(message: ModelMessage, { carrier, leaseUntil }: ClaimRequest): ModelMessage {
    countersOf(this.counters, message).accepted -= 1;
    Object.assign(message, { state: "claimed", carrier, dueAt: null, checkAt: leaseUntil });
    countersOf(this.counters, message).accepted += 1;
    message.attempts += 1;
    return message;
  }

  move(move: Move): boolean {
    const message = this.messages.find(({ seq }) => seq === move.seq);
    if (message === undefined || message.state !== move.from || message.attempts !== move.attempts) return false;
    const wish = this.#wishOf(message);
    const isReturning = isWaiting(move.to) && !isWaiting(move.from);
    const isCanceled = isReturning && wish?.wish === "canceled" && message.seq <= wish.lastSeq;
    if (isCanceled && move.doubt === "resent") this.#apply(message, { ...move, to: "uncertain", doubt: "held" });
    else this.#apply(message, move);
    const matches = this.#match(message, move);
    if (!isReturning || !isWaiting(message.state)) return matches;
    if (wish?.wish === "paused") this.#pause(message, move.at);
    if (isCanceled) this.#cancel(message, wish.outcome, move.at);
    return matches;
  }

  #match(message: ModelMessage, move: Move): boolean {
    if (move.carrierMessageId === undefined) return true;
    const ids = [...new Set(move.partIds ?? [])];
    message.parts = ids.length > 1 ? ids.map((id) => ({ id, state: null, doneAt: null })) : [];
    const own = ids.length > 1 ? ids : [move.carrierMessageId];
    for (const receipt of this.parked) {
      const id = own.findLast((one) => idsOf(receipt).includes(one));
      const isEarlier = receipt.receivedAt < message.accepted.acceptedAt - RECEIPT_CLOCK_STEP_MS;
      if (id === undefined || receipt.carrier !== message.carrier || isEarlier || !isTo(message, receipt)) continue;
      this.parked = this.parked.filter((one) => one !== receipt);
      const isWhatsApp = message.accepted.channel === "WHATSAPP";
      this.#applyReceipt(isWhatsApp ? receipt : { ...receipt, carrierMessageId: id }, move.at, Infinity, false);
    }
    return true;
  }

  #apply(message: ModelMessage, move: Move) {
    const isSame = move.from === move.to;
    message.dueAt = isWaiting(move.to) ? (move.dueAt ?? (isSame ? message.dueAt : move.at)) : null;
    message.carrierMessageId = move.carrierMessageId ?? message.carrierMessageId;
    message.submittedAt = move.submittedAt ?? message.submittedAt;
    message.doubt = move.doubt ?? message.doubt;
    const counters = countersOf(this.counters, message);
    if (isFinal(message.state)) counters[message.state] -= 1;
    Object.assign(message, { state: move.to, statusId: move.statusId, errorId: move.errorId });
    message.expiresAt = move.expiresAt ?? message.expiresAt;
    message.checkAt = move.checkAt ?? message.expiresAt;
    if (isFinal(move.to)) this.#end(message, move.doneAt ?? move.at, move.at);
  }

  #end(message: ModelMessage, doneAt: number, bornAt: number) {
    const { state, statusId, errorId, accepted } = message;
    if (!isFinal(state)) throw new Error(`${state} is no end`);
    countersOf(this.counters, message)[state] += 1;
    Object.assign(message, { doneAt, dueAt: null, checkAt: null });
    if (!accepted.wantsReport) return;
    if (accepted.webhookUrl === null) {
      message.reportAt = bornAt;
      return;
    }
    const outcome = { state, statusId, errorId, doneAt };
    const fresh = { id: null, attempts: 0, isDelivered: false, createdAt: bornAt, dueAt: bornAt };
    this.webhooks.push({ ...fresh, message, url: accepted.webhookUrl, outcome });
  }

  applyReceipts(receipts: readonly Receipt[], now: number, parkedMax: number): AppliedReceipts {
    const matches = receipts.map((receipt) => {
      const match = this.#applyReceipt(receipt, now, Infinity, this.parked.length < parkedMax);
      if (match.outcome === "parked") {
        this.parked.push({ ...receipt, receivedAt: now, isStray: match.matchedId !== null });
      }
      return match;
    });
    this.parked.splice(0, Math.max(0, this.parked.length - parkedMax));
    return {
      outcomes: matches.map(({ outcome }) => outcome),
      matchedIds: matches.map(({ matchedId }) => matchedId),
    };
  }

  /** Without a limit: all of them at once. */
  rematch({ now, settledBefore, carrier, isForDoubtOnly }: Omit<Rematch, "limit">): Omit<Rematched, "next"> {
    const looked = this.parked.filter(
      (receipt) =>
        receipt.carrier === (carrier ?? receipt.carrier) &&
        (!isForDoubtOnly || receipt.isStray || isToDoubt(this.messages, receipt)),
    );
    const before = this.parked.length;
    for (const receipt of looked) {
      const until = receipt.receivedAt + RECEIPT_CLOCK_STEP_MS;
      const isSettled = receipt.receivedAt < settledBefore;
      const isMatched =
        this.#applyReceipt(receipt, now, until, !isSettled).outcome !== "parked" ||
        (isSettled && receipt.reference === undefined && this.#endDoubt(receipt, now, until) !== null);
      if (isMatched) this.parked = this.parked.filter((one) => one !== receipt);
    }
    return { looked: looked.length, matched: before - this.parked.length };
  }

  #applyReceipt(receipt: Receipt, now: number, acceptedUntil: number, canWait: boolean): Match {
    const bearers = this.messages.filter(
      (message) =>
        message.carrier === receipt.carrier &&
        message.expiresAt >= now - RECEIPT_GRACE_MS &&
        message.accepted.acceptedAt <= acceptedUntil &&
        isTo(message, receipt),
    );
    for (const id of idsOf(receipt)) {
      const [message] = bearers
        .filter(({ carrierMessageId, parts }) => carrierMessageId === id || parts.some((part) => part.id === id))
        .toSorted((one, other) => (other.submittedAt ?? 0) - (one.submittedAt ?? 0) || other.seq - one.seq);
      if (message === undefined) continue;
      if (!canWait || !isStray(this.messages, message, id, receipt, { now, acceptedUntil })) {
        return { outcome: this.#receive(message, id, receipt, now), matchedId: id };
      }
      const ended = receipt.reference === undefined ? null : this.#endDoubt(receipt, now, acceptedUntil);
      return ended === null ? { outcome: "parked", matchedId: id } : { outcome: ended, matchedId: null };
    }
    const ended = receipt.reference === undefined ? null : this.#endDoubt(receipt, now, acceptedUntil);
    return { outcome: ended ?? "parked", matchedId: null };
  }

  #endDoubt(receipt: Receipt, now: number, acceptedUntil: number): ReceiptOutcome | null {
    const doubtful = this.messages.filter(
      (message) =>
        message.state === "uncertain" &&
        message.carrier === receipt.carrier &&
        message.carrierMessageId === null &&
        message.accepted.acceptedAt <= acceptedUntil &&
        (receipt.reference === undefined || (message.seq & 0xffff) === receipt.reference) &&
        receipt.destination !== undefined &&
        isTo(message, receipt),
    );
    const [only] = doubtful;
    if (only === undefined || doubtful.length > 1) return null;
    only.carrierMessageId = receipt.carrierMessageId;
    return this.#moveBy(only, receipt, now);
  }

  #receive(message: ModelMessage, id: string, receipt: Receipt, now: number): ReceiptOutcome {
    const part = message.parts.find((one) => one.id === id);
    if (part === undefined) {
      if (message.accepted.channel === "WHATSAPP") message.carrierMessageId = receipt.carrierMessageId;
      return this.#moveBy(message, receipt, now);
    }
    if (receipt.state === "submitted") return "ignored";
    if (part.state !== null && !canMove(part.state, receipt.state)) return "ignored";
    Object.assign(part, { state: receipt.state, doneAt: receipt.doneAt });
    if (receipt.state !== "delivered") return this.#moveBy(message, receipt, now) === "applied" ? "applied" : "noted";
    if (message.parts.some(({ state }) => state !== "delivered")) return "noted";
    const doneAt = Math.max(...message.parts.map((one) => one.doneAt ?? 0));
    return this.#moveBy(message, { ...receipt, doneAt }, now) === "applied" ? "applied" : "noted";
  }

  #moveBy(message: ModelMessage, receipt: Receipt, now: number): ReceiptOutcome {
    const { seq, attempts, state: from } = message;
    const { state: to, statusId, errorId } = receipt;
    if (to === "submitted" ? from !== "uncertain" : !canMove(from, to)) return "ignored";
    const doneAt = Math.min(Math.max(receipt.doneAt, message.accepted.acceptedAt), now);
    const times = to === "submitted" ? { submittedAt: message.submittedAt ?? doneAt } : { doneAt };
    this.#apply(message, { seq, attempts, from, to, statusId, errorId, at: now, ...times });
    return "applied";
  }

  dueChecks(now: number, limit: number): CheckRow[] {
    return this.messages
      .filter(({ checkAt }) => checkAt !== null && checkAt <= now)
      .toSorted((one, other) => (one.checkAt ?? 0) - (other.checkAt ?? 0) || one.seq - other.seq)
      .slice(0, limit)
      .map(checkRowOf);
  }

  expireLeases(now: number): number {
    const leased = this.messages.filter(({ state, checkAt }) => state === "claimed" && (checkAt ?? 0) > now);
    for (const message of leased) message.checkAt = now;
    for (const webhook of this.webhooks) {
      if (webhook.attempts === 0 && (webhook.dueAt ?? 0) > now) webhook.dueAt = now;
    }
    return leased.length;
  }

  takeReports({ accountId, channel, since, limit, bulkId }: ReportFilter): ModelMessage[] {
    const taken = this.messages
      .filter(({ accepted }) => accepted.accountId === accountId && accepted.channel === channel)
      .filter(
        ({ accepted, reportAt }) =>
          reportAt !== null && reportAt >= since && accepted.bulkId === (bulkId ?? accepted.bulkId),
      )
      .toSorted((one, other) => (one.reportAt ?? 0) - (other.reportAt ?? 0) || one.seq - other.seq)
      .slice(0, limit);
    for (const message of taken) message.reportAt = null;
    return taken;
  }

  /** What a receiver would be given at `now`. */
  dueWebhooks(origin: string, now: number, limit: number): ModelWebhook[] {
    return this.webhooks
      .filter(({ url, dueAt }) => new URL(url).origin === origin && dueAt !== null && dueAt <= now)
      .filter((webhook) => !this.#hasEarlier(webhook))
      .map((webhook, order) => ({ webhook, order }))
      .toSorted((one, other) => (one.webhook.dueAt ?? 0) - (other.webhook.dueAt ?? 0) || one.order - other.order)
      .slice(0, limit)
      .map(({ webhook }) => webhook);
  }

  /** An earlier word on the same message still waits for the same receiver. */
  #hasEarlier(later: ModelWebhook): boolean {
    const earlier = this.webhooks.slice(0, this.webhooks.indexOf(later));
    const originOf = ({ url }: ModelWebhook) => new URL(url).origin;
    return earlier.some(
      (webhook) => webhook.message === later.message && webhook.dueAt !== null && originOf(webhook) === originOf(later),
    );
  }

  settle(result: WebhookResult) {
    if (result.outcome === "unsent") return;
    const webhook = this.webhooks.find(({ id }) => id === result.id);
    if (webhook === undefined) return;
    if (result.outcome === "delivered") {
      webhook.isDelivered = true;
      webhook.dueAt = null;
    } else if (!webhook.isDelivered) {
      webhook.dueAt = result.outcome === "retry" ? result.dueAt : null;
    } else {
      return;
    }
    webhook.attempts += 1;
  }

  /** With no limit: a limit divides the work and changes nothing of the result. */
  purge({ before, requestsBefore = before }: Omit<PurgeRequest, "limit">): number {
    const count = () => this.messages.length + this.webhooks.length + this.parked.length + this.requests.length;
    const whole = count() + this.wishes.length;
    this.webhooks = this.webhooks.filter(({ dueAt, createdAt }) => dueAt !== null || createdAt >= before);
    const held = new Set(this.webhooks.map(({ message }) => message));
    const isOld = (message: ModelMessage) =>
      isFinal(message.state) &&
      message.accepted.acceptedAt < before &&
      (message.doneAt ?? 0) < before &&
      (message.reportAt ?? 0) < before &&
      !held.has(message);
    this.messages = this.messages.filter((message) => !isOld(message));
    this.parked = this.parked.filter(({ receivedAt }) => receivedAt >= before);
    this.requests = this.requests.filter(({ createdAt }) => createdAt >= requestsBefore);
    this.wishes = this.wishes.filter((wish) => wish.changedAt >= before || this.#ofBulk(wish).length > 0);
    return whole - count() - this.wishes.length;
  }

  findBulk(accountId: number, bulkId: string, now: number): BulkRecord | null {
    const messages = this.#ofBulk({ accountId, bulkId });
    if (messages.length === 0) return null;
    const countOf = (fits: (message: ModelMessage) => boolean) => messages.filter(fits).length;
    const counts = {
      total: messages.length,
      open: countOf(({ state }) => !isFinal(state)),
      waiting: countOf(({ state }) => isWaiting(state)),
      begun: countOf(
        ({ attempts, dueAt, state }) =>
          attempts > 0 || (dueAt !== null && dueAt <= now) || ["delivered", "undeliverable", "expired"].includes(state),
      ),
      rejected: countOf(({ state }) => state === "rejected"),
      canceled: countOf(({ state }) => state === "canceled"),
    };
    const wish = this.wishes.find((one) => one.accountId === accountId && one.bulkId === bulkId);
    const status = bulkStatusOf(counts, wish?.wish ?? null);
    return { bulkId, status, sendAt: wish?.sendAt ?? Math.min(...messages.map(({ sentAt }) => sentAt)) };
  }

  /** Without a limit: all of the bulk at once. */
  changeBulkStatus(place: BulkPlace, to: BulkStatus, outcome: CanceledOutcome): BulkChanged {
    const { accountId, bulkId, now } = place;
    const bulk = this.findBulk(accountId, bulkId, now);
    const action = bulk === null ? null : bulkActionFor(bulk.status, to);
    if (action === null) return { bulk, isAllowed: false, changedCount: 0, next: null };
    const messages = this.#ofBulk(place);
    const waiting = action === "nothing" ? [] : messages.filter(({ state }) => isWaiting(state));
    const alive = waiting.filter(({ checkAt }) => (checkAt ?? 0) > now);
    const changed =
      action === "cancel" ? waiting : alive.filter(({ pause }) => (pause === null) === (action === "pause"));
    for (const message of changed) {
      if (action === "pause") this.#pause(message, now);
      else if (action === "cancel") this.#cancel(message, outcome, now);
      else this.#setTimes(message, Math.max(message.pause?.dueAt ?? 0, now), now, true);
    }
    const lastSeq = Math.max(...messages.map(({ seq }) => seq));
    if (action === "pause") this.#wish(place, { wish: "paused" });
    if (action === "cancel") this.#wish(place, { wish: "canceled", lastSeq, outcome });
    if (action === "resume" && this.wishes.some((wish) => isOf(wish, place) && wish.wish === "paused")) {
      this.#wish(place, { wish: null });
    }
    return {
      bulk: this.findBulk(accountId, bulkId, now),
      isAllowed: true,
      changedCount: changed.length,
      next: null,
    };
  }

  rescheduleBulk(place: BulkPlace, sendAt: number): BulkChanged {
    const { accountId, bulkId, now } = place;
    const bulk = this.findBulk(accountId, bulkId, now);
    if (bulk === null || !canReschedule(bulk.status)) return { bulk, isAllowed: false, changedCount: 0, next: null };
    const alive = this.#ofBulk(place).filter(({ state, checkAt }) => isWaiting(state) && (checkAt ?? 0) > now);
    const from = Math.max(sendAt, now);
    for (const message of alive) {
      this.#setTimes(message, from, now, message.pause === null);
      message.sentAt = from;
    }
    if (alive.length > 0) this.#wish(place, { sendAt: from });
    return { bulk: this.findBulk(accountId, bulkId, now), isAllowed: true, changedCount: alive.length, next: null };
  }

  #ofBulk({ accountId, bulkId }: Pick<BulkPlace, "accountId" | "bulkId">): ModelMessage[] {
    return this.messages.filter(({ accepted }) => accepted.accountId === accountId && accepted.bulkId === bulkId);
  }

  #wishOf({ accepted }: ModelMessage): ModelWish | undefined {
    return this.wishes.find((wish) => isOf(wish, accepted));
  }

  #wish(place: BulkPlace, changes: Partial<ModelWish>) {
    const { accountId, bulkId, now: changedAt } = place;
    const former = this.wishes.find((wish) => isOf(wish, place));
    const fresh = { wish: null, sendAt: null, lastSeq: 0, outcome: { statusId: 0, errorId: 0 } };
    const wish: ModelWish = { ...fresh, ...former, ...changes, accountId, bulkId, changedAt };
    const others = this.wishes.filter((one) => one !== former);
    this.wishes = wish.wish === null && wish.sendAt === null ? others : [...others, wish];
  }

  #pause(message: ModelMessage, now: number) {
    Object.assign(message, { state: "held", pause: { since: now, dueAt: message.dueAt ?? 0 } });
    Object.assign(message, { dueAt: null, checkAt: now + PAUSE_MAX_MS });
  }

  /** Only the time in which it could have left counts for its validity. */
  #setTimes(message: ModelMessage, dueAt: number, now: number, isFree: boolean) {
    const formerDueAt = message.pause?.dueAt ?? message.dueAt ?? now;
    message.expiresAt += dueAt - Math.max(formerDueAt, message.pause?.since ?? now);
    if (!isFree && message.pause !== null) {
      message.pause = { ...message.pause, dueAt };
      return;
    }
    Object.assign(message, { state: dueAt > now ? "held" : "queued", dueAt, pause: null });
    message.checkAt = message.expiresAt;
  }

  #cancel(message: ModelMessage, { statusId, errorId }: CanceledOutcome, at: number) {
    const { seq, attempts, state: from } = message;
    this.#apply(message, { seq, attempts, from, to: "canceled", statusId, errorId, at });
    message.pause = null;
  }

  ledger(): LedgerRow[] {
    return ledgerOf(this.counters, this.messages);
  }
}

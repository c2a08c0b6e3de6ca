import type { DatabaseSync } from "node:sqlite";
import type {
  Inbox,
  InboxFilter,
  InboundRecord,
  InboundResult,
  KeepPartsOptions,
  NewInbound,
  NewInboundPart,
  PartOutcome,
} from "../inbound.ts";
import type { NewEvent, NewMessage } from "../store.ts";
import * as windows from "./statements/conversation-windows.ts";
import * as groups from "./statements/inbound-groups.ts";
import * as messages from "./statements/inbound-messages.ts";

/** What follows from a message, and is stored by other parts of the writer in the same transaction. */
interface Consequences {
  /** @returns to how many it is told */
  insertEvent(event: NewEvent): number;
  insertSmppDelivery(message: NewInbound["message"]): void;
  insertMessages(messages: readonly NewMessage[]): void;
  /** Messages without a final state. */
  openCount(): number;
}

interface FoundGroup {
  readonly groupId: number;
  readonly isOpen: number;
  readonly digest: string | null;
  readonly carrierMessageId: string | null;
}

/** The part of the writer that keeps what phones write. */
export class InboundWriter {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #consequences: Consequences;

  constructor(database: DatabaseSync, consequences: Consequences) {
    this.#statements = prepareAll(database);
    this.#consequences = consequences;
  }

  store(inbound: readonly NewInbound[]): readonly InboundResult[] {
    const replies: NewMessage[] = [];
    const results = inbound.map((item) => this.#storeOne(item, replies));
    if (replies.length > 0) this.#consequences.insertMessages(replies);
    return results;
  }

  #storeOne(inbound: NewInbound, replies: NewMessage[]): InboundResult {
    const { message, event, reply, groupId, isForSmpp, window } = inbound;
    const { storedAt, isForInbox, ...facts } = message;
    if (this.#isKnown(message) || (groupId !== null && !this.#close(groupId, storedAt))) {
      return { outcome: "duplicate", isAnswered: false };
    }
    const isAnswered =
      reply !== null &&
      this.#consequences.openCount() + replies.length < reply.openMessagesMax &&
      this.#answeredSince(message, reply.since) < reply.max;
    const answeredAt = isAnswered ? storedAt : null;
    // What a subscription is told does not wait to be pulled.
    const toldCount = event === null ? 0 : this.#consequences.insertEvent(event);
    const pullAt = isForInbox && toldCount === 0 ? storedAt : null;
    this.#statements.insert.run({ ...facts, storedAt, pullAt, answeredAt });
    for (const contact of window?.contacts ?? []) this.#openWindow(message, contact, window);
    if (isForSmpp === true) this.#consequences.insertSmppDelivery(message);
    if (isAnswered) replies.push(reply.message);
    return { outcome: "stored", isAnswered };
  }

  #openWindow(
    { accountId, destination: sender }: NewInbound["message"],
    contact: string,
    window: NewInbound["window"],
  ) {
    if (window === undefined) return;
    const { openedAt, closesAt } = window;
    this.#statements.openWindow.run({ accountId, sender, contact, openedAt, closesAt });
  }

  #isKnown({ accountId, carrier, carrierMessageId, sender, destination, text }: NewInbound["message"]): boolean {
    if (carrierMessageId === null) return false;
    const values = { accountId, carrier, carrierMessageId, sender, destination, text };
    return this.#statements.findDuplicate.get(values) !== undefined;
  }

  #answeredSince({ accountId, sender, destination }: NewInbound["message"], since: number): number {
    return Number(this.#statements.countAnswered.get({ accountId, sender, destination, since })?.["count"] ?? 0);
  }

  #close(groupId: number, now: number): boolean {
    if (this.#statements.close.run({ groupId, now }).changes === 0) return false;
    this.#statements.emptyParts.run(groupId);
    return true;
  }

  takeInbox(filter: InboxFilter): Inbox {
    const { limit, ...asked } = { applicationId: null, entityId: null, campaignReferenceId: null, ...filter };
    const taken = this.#statements.takeInbox.all({ ...asked, limit }) as unknown as InboundRecord[];
    const pendingCount = Number(this.#statements.countInbox.get(asked)?.["count"] ?? 0);
    // `returning` gives no order.
    return { messages: taken.sort((a, b) => a.seq - b.seq), pendingCount };
  }

  keepParts(parts: readonly NewInboundPart[], options: KeepPartsOptions): readonly PartOutcome[] {
    let waiting = Number(this.#statements.countWaiting.get()?.["count"] ?? 0);
    return parts.map((part) => {
      const outcome = this.#keepPart(part, options, waiting);
      if (outcome === "kept") waiting += 1;
      return outcome;
    });
  }

  #keepPart(part: NewInboundPart, options: KeepPartsOptions, waiting: number): PartOutcome {
    const { accountId, channel, carrier, sender, destination, kind, reference, partCount } = part;
    const { number, carrierMessageId, digest, encoding, octets, receivedAt, inReplyTo } = part;
    const key = { accountId, channel, carrier, sender, destination, kind, reference, partCount };
    const { now, dueAt, duplicateSince } = options;
    const found = this.#statements.findGroups.all({ ...key, number, duplicateSince }) as unknown as FoundGroup[];
    if (found.some((group) => isSamePart(group, part))) return "duplicate";
    if (!this.#hasRoom(sender, options, waiting)) return "full";
    const open = found.find((group) => group.isOpen === 1 && group.digest === null);
    const groupId =
      open?.groupId ?? Number(this.#statements.insertGroup.run({ ...key, inReplyTo, dueAt }).lastInsertRowid);
    const { singleShift = null, lockingShift = null } = part.nationalTables;
    const kept = { number, carrierMessageId, digest, encoding, octets, receivedAt, singleShift, lockingShift };
    this.#statements.insertPart.run({ ...kept, groupId });
    this.#statements.countPartIn.run({ groupId, now });
    return "kept";
  }

  /** Where there is none, the oldest that stands in the way is given up, so that there will be. */
  #hasRoom(sender: string, { now, partsMax, partsPerSenderMax }: KeepPartsOptions, waiting: number): boolean {
    if (waiting >= partsMax) {
      this.#statements.hurryOldest.run({ now, sender: null });
      return false;
    }
    if (Number(this.#statements.countWaitingOf.get({ sender })?.["count"] ?? 0) < partsPerSenderMax) return true;
    this.#statements.hurryOldest.run({ now, sender });
    return false;
  }

  /** @returns number of messages, windows and groups removed */
  purge(before: number, limit: number): number {
    const messagesGone = Number(this.#statements.purge.run({ before, limit }).changes);
    const removed = messagesGone + Number(this.#statements.purgeWindows.run({ before, limit }).changes);
    const old = this.#statements.oldGroups.all({ before, limit }) as unknown as { groupId: number }[];
    for (const { groupId } of old) {
      this.#statements.deleteParts.run(groupId);
      this.#statements.deleteGroup.run(groupId);
    }
    return removed + old.length;
  }
}

/** A phone that sends the same twice gives it another reference, a carrier another id. */
function isSamePart(group: FoundGroup, part: NewInboundPart): boolean {
  if (group.digest !== part.digest) return false;
  if (group.isOpen === 1 || group.carrierMessageId === null || part.carrierMessageId === null) return true;
  return group.carrierMessageId === part.carrierMessageId;
}

function prepareAll(database: DatabaseSync) {
  return {
    insert: database.prepare(messages.insertInbound),
    findDuplicate: database.prepare(messages.findInboundDuplicate),
    countAnswered: database.prepare(messages.countAnswered),
    takeInbox: database.prepare(messages.takeInbox),
    countInbox: database.prepare(messages.countInbox),
    purge: database.prepare(messages.purgeInbound),
    openWindow: database.prepare(windows.openWindow),
    purgeWindows: database.prepare(windows.purgeWindows),
    findGroups: database.prepare(groups.findInboundGroups),
    insertGroup: database.prepare(groups.insertInboundGroup),
    insertPart: database.prepare(groups.insertInboundPart),
    countPartIn: database.prepare(groups.countPartIn),
    countWaiting: database.prepare(groups.countWaitingParts),
    countWaitingOf: database.prepare(groups.countWaitingPartsOf),
    hurryOldest: database.prepare(groups.hurryOldestGroup),
    close: database.prepare(groups.closeInboundGroup),
    emptyParts: database.prepare(groups.emptyInboundParts),
    oldGroups: database.prepare(groups.oldInboundGroups),
    deleteParts: database.prepare(groups.deleteInboundParts),
    deleteGroup: database.prepare(groups.deleteInboundGroup),
  };
}

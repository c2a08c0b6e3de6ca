import { createHash } from "node:crypto";
import type { CarrierContactMessage, CarrierInbound, InboundOutcome } from "../carrier/carrier.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import { decodeParts, type ReceivedContent, ucs2Octets } from "../message/decode-text.ts";
import { inboundAddress } from "../message/inbound-address.ts";
import { parseUserDataHeader, type PartReference, partOf } from "../message/user-data-header.ts";
import type { DueInboundGroup, InboundResult, NewInboundPart } from "../store/inbound.ts";
import type { Store } from "../store/store.ts";
import type { Blocklist } from "./blocklist.ts";
import { wholeOfContact } from "./contact-messages.ts";
import {
  GROUPS_PER_ROUND_MAX,
  REPEATED_PART_WINDOW_MS,
  WAITING_PARTS_MAX,
  WAITING_PARTS_PER_PHONE_MAX,
} from "./limits.ts";
import { type InboundPlan, type PlanContext, planInbound, type WholeInbound } from "./plan.ts";

export interface InboundOptions extends PlanContext {
  readonly store: Pick<
    Store,
    "findMessage" | "findByCarrierId" | "findInDoubt" | "storeInbound" | "keepInboundParts" | "dueInboundGroups"
  >;
  readonly blocklist: Blocklist;
  /** Whose a number is that nobody has set up. */
  readonly defaultAccountId: number;
  /** What of a long message came within this is delivered as far as it came. */
  readonly joinTimeoutMs: number;
  readonly pollIntervalMs: number;
  /** Webhooks were born. */
  readonly onEvents: () => void;
  /** Auto-responses were accepted. */
  readonly onReplies: () => void;
}

/** A part as it came in, read as far as can be without the others. */
interface Arrived {
  readonly received: CarrierInbound;
  readonly content: ReceivedContent;
  readonly part: PartReference;
  readonly accountId: number;
  readonly sender: string;
  readonly destination: string;
}

/**
 * Takes what phones write. A whole message is stored with all that follows from it in one commit; a part of a longer
 * one is stored as it is, and put together by the loop when the last one has come or time is up, so that the way after
 * a restart is the same as without one.
 */
export class Inbound {
  readonly #options: InboundOptions;
  readonly #join: WorkLoop;

  constructor(options: InboundOptions) {
    this.#options = options;
    this.#join = startWorkLoop({
      name: "inbound",
      clock: options.clock,
      log: options.log,
      pollIntervalMs: options.pollIntervalMs,
      round: () => this.#joinDue(),
    });
  }

  stop(): Promise<void> {
    return this.#join.stop();
  }

  /** One outcome for each, in order. Resolves after the commit; rejects when something of it is not on disk. */
  async receive(
    carrier: string,
    messages: readonly (CarrierInbound | CarrierContactMessage)[],
  ): Promise<readonly InboundOutcome[]> {
    try {
      await this.#options.index.refresh();
      const arrived = messages.map((message) => this.#arrivedOf(carrier, message));
      const outcomes = new Map<Arrived | WholeInbound, InboundOutcome>();
      const parts = arrived.filter((each) => "part" in each);
      const wholes = arrived.filter((each): each is WholeInbound => !("part" in each));
      for (const [index, outcome] of (await this.#keepParts(carrier, parts)).entries()) {
        outcomes.set(parts[index] as Arrived, outcome);
      }
      for (const [index, { outcome }] of (await this.#store(wholes)).entries()) {
        outcomes.set(wholes[index] as WholeInbound, outcome === "stored" ? "kept" : "duplicate");
      }
      return arrived.map((each) => outcomes.get(each) ?? "refused");
    } catch (error) {
      this.#options.log.error(
        { event: "inbound.failed", carrier, count: messages.length, err: error },
        "inbound messages were not written",
      );
      throw error;
    }
  }

  /** What is whole is read here; a part waits for the others. */
  #arrivedOf(carrier: string, received: CarrierInbound | CarrierContactMessage): Arrived | WholeInbound {
    if (received.channel === "WHATSAPP") {
      const { index, defaultAccountId } = this.#options;
      const { channel, destination, accountId } = received;
      const owner = accountId ?? index.ownerOf(channel, inboundAddress(destination, channel), defaultAccountId);
      return wholeOfContact(carrier, received, owner);
    }
    const { part, ...read } = this.#read(received);
    return part === null ? wholeOf(carrier, read) : { ...read, part };
  }

  #read(received: CarrierInbound): Omit<Arrived, "part"> & { readonly part: PartReference | null } {
    const { udh, sar, content, channel, accountId } = received;
    const header = parseUserDataHeader(udh ?? new Uint8Array());
    const octets = typeof content === "string" ? ucs2Octets(content) : content.octets;
    const encoding = typeof content === "string" ? "UCS2" : content.encoding;
    const destination = inboundAddress(received.destination);
    const { index, defaultAccountId } = this.#options;
    return {
      received,
      content: { encoding, octets, nationalTables: header.nationalTables },
      part: header.part ?? (sar === undefined ? null : partOf("sar", sar.reference, sar.count, sar.number)),
      accountId: accountId ?? index.ownerOf(channel, destination, defaultAccountId),
      sender: inboundAddress(received.sender),
      destination,
    };
  }

  async #keepParts(carrier: string, arrived: readonly Arrived[]): Promise<readonly InboundOutcome[]> {
    const parts = arrived.map((each) => newPartOf(carrier, each));
    if (parts.length === 0) return [];
    const { store, clock, log, joinTimeoutMs } = this.#options;
    const now = clock.now();
    const outcomes = await store.keepInboundParts(parts, {
      now,
      dueAt: now + joinTimeoutMs,
      duplicateSince: now - REPEATED_PART_WINDOW_MS,
      partsPerSenderMax: WAITING_PARTS_PER_PHONE_MAX,
      partsMax: WAITING_PARTS_MAX,
    });
    const refused = outcomes.filter((outcome) => outcome === "full").length;
    if (refused > 0) {
      log.warn({ event: "inbound.parts_full", carrier, count: refused }, "too many parts wait for others");
    }
    this.#join.nudge();
    return outcomes.map((outcome) => (outcome === "full" ? "refused" : outcome));
  }

  /** Groups that are complete or out of time. */
  async #joinDue(): Promise<boolean> {
    const { store, clock, index, log } = this.#options;
    const due = await store.dueInboundGroups(clock.now(), GROUPS_PER_ROUND_MAX);
    if (due.length === 0) return false;
    await index.refresh();
    for (const { groupId, parts, partCount, destination } of due) {
      if (parts.length === partCount) continue;
      log.warn(
        { event: "inbound.incomplete", groupId, destination, partCount, partsKept: parts.length },
        "parts of an inbound message did not come",
      );
    }
    await this.#storeAsFarAsPossible(due.map(joined));
    return due.length === GROUPS_PER_ROUND_MAX;
  }

  /** One that cannot be stored must not keep the others; it stays due, and the loop pauses before it tries again. */
  async #storeAsFarAsPossible(wholes: readonly WholeInbound[]) {
    try {
      await this.#store(wholes);
    } catch (error) {
      if (wholes.length === 1) throw error;
      const settled = await Promise.allSettled(wholes.map((whole) => this.#store([whole])));
      if (settled.some(({ status }) => status === "rejected")) throw error;
    }
  }

  async #store(wholes: readonly WholeInbound[]): Promise<readonly InboundResult[]> {
    if (wholes.length === 0) return [];
    const { store, blocklist, log, onEvents, onReplies } = this.#options;
    const plans: InboundPlan[] = [];
    for (const whole of wholes) plans.push(await planInbound(this.#options, whole));
    // Before the message itself: when what follows fails, the carrier hands it over again, and this is done again. The
    // other way round a STOP could be lost. One by one, since one phone may say STOP and then START.
    for (const { block, unblock } of plans) {
      if (block !== null) await blocklist.add([{ ...block, campaign: null }]);
      if (unblock !== null) await blocklist.remove([unblock]);
    }
    const results = await store.storeInbound(plans.map(({ inbound }) => inbound));
    const isStored = (index: number) => results[index]?.outcome === "stored";
    if (plans.some(({ inbound }, index) => inbound.event !== null && isStored(index))) onEvents();
    if (results.some(({ isAnswered }) => isAnswered)) onReplies();
    for (const [index, { inbound }] of plans.entries()) {
      if (inbound.reply === null || !isStored(index) || results[index]?.isAnswered === true) continue;
      const { messageId, destination } = inbound.message;
      log.warn({ event: "inbound.not_answered", messageId, destination }, "an auto-response was left out at a limit");
    }
    return results;
  }
}

function wholeOf(carrier: string, arrived: Omit<Arrived, "part">): WholeInbound {
  const { received, content, accountId, sender, destination } = arrived;
  const decoded = decodeParts([content]);
  const { channel, carrierMessageId, receivedAt, inReplyTo = null } = received;
  const facts = { channel, carrier, carrierMessageId, receivedAt, inReplyTo, accountId, sender, destination };
  return { ...facts, ...decoded, partCount: 1, groupId: null, contactMessage: null };
}

function newPartOf(carrier: string, arrived: Arrived): NewInboundPart {
  const { received, content, part, accountId, sender, destination } = arrived;
  const { channel, carrierMessageId, receivedAt, inReplyTo = null } = received;
  const { kind, reference, number, count } = part;
  return {
    ...content,
    accountId,
    channel,
    carrier,
    sender,
    destination,
    kind,
    reference,
    partCount: count,
    number,
    carrierMessageId,
    receivedAt,
    inReplyTo,
    digest: digestOf(content),
  };
}

function digestOf({ encoding, octets, nationalTables }: ReceivedContent): string {
  const { singleShift = 0, lockingShift = 0 } = nationalTables;
  return createHash("sha256").update(`${encoding} ${singleShift} ${lockingShift} `).update(octets).digest("base64url");
}

/** The message of a group; where parts are missing, a mark stands in their place. */
function joined(group: DueInboundGroup): WholeInbound {
  const { groupId, accountId, channel, carrier, sender, destination, inReplyTo, parts, partCount } = group;
  const byNumber = new Map(parts.map((part) => [part.number, part]));
  const inOrder = Array.from({ length: partCount }, (_, index) => byNumber.get(index + 1) ?? null);
  const receivedAt = Math.min(...parts.map((part) => part.receivedAt));
  const facts = { accountId, channel, carrier, sender, destination, inReplyTo, groupId, receivedAt };
  return { ...facts, ...decodeParts(inOrder), partCount: parts.length, carrierMessageId: null, contactMessage: null };
}

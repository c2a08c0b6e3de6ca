import { type Violation } from "@posthorn/contract";
import type { SenderAdministration } from "../carrier/sender-administration.ts";
import type { Clock } from "../kernel/clock.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import type { Log } from "../kernel/log.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { DocumentChange, NewEvent, Store } from "../store/store.ts";

export type DocumentStore = Pick<Store, "changeDocuments" | "findDocument" | "listDocuments">;

export interface WhatsAppContext {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** Whether the sandbox plays what only WhatsApp decides (rules.ts). Without it nothing is approved, rated or paid. */
  readonly isPlayed: boolean;
  readonly log: Log;
  /** Who administers the sender; null: nobody but us, what is set up for it is only kept. */
  readonly administrationOf: (accountId: number, sender: string) => SenderAdministration | null;
  /** All that there are now. */
  readonly administrations: () => readonly SenderAdministration[];
  /** Webhooks were born. */
  readonly onEvents: () => void;
}

export const KIND = {
  template: "whatsapp-template",
  templateId: "whatsapp-template-id",
  flow: "whatsapp-flow",
  flowJson: "whatsapp-flow-json",
  sender: "whatsapp-sender",
  rating: "whatsapp-sender-rating",
  businessInfo: "whatsapp-business-info",
  publicKey: "whatsapp-public-key",
  identity: "whatsapp-identity",
  conversions: "whatsapp-conversions",
  /** Says that the examples were made. */
  examples: "whatsapp-examples",
} as const;

/** A sender as it was added to a business account. */
export interface StoredSender {
  readonly businessAccountId: number;
  readonly displayName: string;
  readonly isVerified: boolean;
  /** What its carrier calls it; absent: no carrier has it. */
  readonly numberId?: string;
}

/** Every account has a business account that its senders belong to, but for those that were added to another. */
const BUSINESS_ACCOUNT_BASE = 900_000_000_000;

/** Several properties are wrong at once. */
export class InvalidProperties extends InvalidRequest {
  override readonly violations: readonly Violation[];

  constructor(first: Violation, violations: readonly Violation[]) {
    super(first.property, first.violation);
    this.violations = violations;
  }
}

/** @throws InvalidProperties where there is a violation */
export function mustHaveNone(violations: readonly Violation[]) {
  const [first] = violations;
  if (first !== undefined) throw new InvalidProperties(first, violations);
}

export async function find<Body>({ store }: { store: DocumentStore }, accountId: number, kind: string, id: string) {
  const record = await store.findDocument(accountId, kind, id);
  return record === null ? null : (JSON.parse(record.body) as Body);
}

/** In the order of their creation. */
export async function list<Body>({ store }: { store: DocumentStore }, accountId: number, kind: string) {
  const records = await store.listDocuments(accountId, kind);
  return records.map(({ body }) => JSON.parse(body) as Body);
}

/** @throws RequestRefused 403 where the account has as many of them as it may have */
export async function put(context: WhatsAppContext, accountId: number, kind: string, id: string, body: unknown) {
  await change(context, [putting(context, accountId, kind, id, body)]);
}

export function putting(
  { clock }: Pick<WhatsAppContext, "clock">,
  accountId: number,
  kind: string,
  id: string,
  body: unknown,
): DocumentChange {
  return { action: "put", accountId, kind, id, body: JSON.stringify(body), at: clock.now() };
}

/** All of them and the events that tell of them, or none. What is deleted may be gone already. @throws RequestRefused 403, as `put` */
export async function change(
  { store, onEvents }: WhatsAppContext,
  changes: readonly DocumentChange[],
  events: readonly NewEvent[] = [],
) {
  const changed = await store.changeDocuments(changes, events);
  if (changed.isDone && events.length > 0) onEvents();
  if (changed.isDone || changed.refusal === "missing") return;
  throw new RequestRefused(403, "The account has as many of them as it may have.");
}

/** Whether there may be such a number: no country code begins with 0. */
export function isNumber(text: string): boolean {
  return /^[1-9][0-9]{3,14}$/.test(text);
}

/** @throws RequestRefused 404: WhatsApp senders are numbers */
export function mustBeSender(sender: string) {
  if (!isNumber(sender)) throw new RequestRefused(404, "Sender not found");
}

/** Whether the sandbox decides for this sender: not where a carrier can be asked. */
export function isPlayedFor({ isPlayed, administrationOf }: WhatsAppContext, accountId: number, sender: string) {
  return isPlayed && administrationOf(accountId, sender) === null;
}

/** The business account that a sender belongs to. @throws RequestRefused 404; 400 where a carrier's is not configured */
export async function businessAccountOf(
  context: Pick<WhatsAppContext, "store" | "administrationOf">,
  accountId: number,
  sender: string,
): Promise<number> {
  mustBeSender(sender);
  const administration = context.administrationOf(accountId, sender);
  return administration?.businessAccountId ?? ownBusinessAccountOf(context, accountId, sender);
}

/** The one that it belongs to where no carrier has it. */
export async function ownBusinessAccountOf(
  context: Pick<WhatsAppContext, "store">,
  accountId: number,
  sender: string,
): Promise<number> {
  const added = await find<StoredSender>(context, accountId, KIND.sender, sender);
  return added?.businessAccountId ?? businessAccountBase(accountId);
}

export function businessAccountBase(accountId: number): number {
  return BUSINESS_ACCOUNT_BASE + accountId;
}

/** The document of a template: what a send that names it asks for. */
export function templateKey(template: {
  readonly businessAccountId: number;
  readonly language?: string | undefined;
  readonly name: string;
}): string {
  return `${template.businessAccountId}/${template.language ?? ""}/${template.name}`;
}

/** First of the ids that count up: of templates, and of flows. */
const ID_FIRST = 1_000_001;
/** Ids above it were given by carriers; they may be longer than a number can tell apart. */
const ID_LAST = 999_999_999_999;

/** Ids that count up for each account; kept nowhere but in what has them. */
export class CountingIds {
  readonly #next = new Map<number, number>();

  async next(accountId: number, usedIds: () => Promise<readonly string[]>): Promise<string> {
    if (!this.#next.has(accountId)) {
      const used = (await usedIds()).map(Number).filter((id) => id <= ID_LAST);
      const last = used.reduce((max, id) => Math.max(max, id), ID_FIRST - 1);
      // Somebody else may have looked at the same time, and taken one since.
      this.#next.set(accountId, Math.max(last + 1, this.#next.get(accountId) ?? 0));
    }
    const id = this.#next.get(accountId) ?? ID_FIRST;
    this.#next.set(accountId, id + 1);
    return String(id);
  }
}

/**
 * Templates that a carrier decides on. The store has a copy, so that lists have one shape and one order whoever decides,
 * and are there while the carrier does not answer. What a read asks for is compared with the carrier first, unless that
 * was done a moment ago; what the carrier tells by itself is written at once. All changes of one business account go one
 * after the other: news of a template must not be written before the answer that made it.
 */
import { type TemplateStatus } from "@posthorn/contract";
import type {
  AnyTemplateNotice,
  CarrierTemplate,
  SenderAdministration,
  TemplateChanges,
  TemplateDraft,
} from "../carrier/sender-administration.ts";
import { isFault } from "../kernel/faults.ts";
import type { DocumentChange, NewEvent } from "../store/store.ts";
import { carriedUpdates } from "./notices.ts";
import { change, find, KIND, list, putting, templateKey, type WhatsAppContext } from "./records.ts";
import type { StoredTemplate } from "./template-view.ts";
import { Turns } from "./turns.ts";

/** What was compared so lately is not compared again. */
const FRESH_MS = 60_000;
/** Nobody answered: what is kept is shown for so long, without asking again. */
const UNREACHABLE_MS = 5_000;
/** The carrier's lists may be behind its answers: what was changed so lately is not missing yet. */
const SETTLE_MS = 5 * 60_000;
/** Templates of one commit. */
const COMMIT_MAX = 200;

/** What the carrier's lists do not tell apart from their plain names. */
const FINER: Readonly<Partial<Record<TemplateStatus, readonly TemplateStatus[]>>> = {
  APPROVED: ["FLAGGED", "REINSTATED"],
  FIRST_PAUSED: ["SECOND_PAUSED"],
};

/** Of one template. */
interface Difference {
  readonly changes: readonly DocumentChange[];
  readonly events: readonly NewEvent[];
}

export class CarriedTemplates {
  readonly #context: WhatsAppContext;
  readonly #turns = new Turns();
  /** Until when the copies of a business account are good enough, by the account that has them and its id. */
  readonly #freshUntil = new Map<string, number>();

  constructor(context: WhatsAppContext) {
    this.#context = context;
  }

  /**
   * Compares with the carrier, unless that was done lately. Nobody answering is no reason to show nothing.
   *
   * @throws RequestRefused with the carrier's words
   */
  async refresh(accountId: number, administration: SenderAdministration) {
    const { businessAccountId } = administration;
    const key = freshKey(accountId, businessAccountId);
    if (this.#isFresh(key)) return;
    await this.#turns.take(businessAccountId, async () => {
      if (this.#isFresh(key)) return;
      const { clock, log } = this.#context;
      try {
        const templates = await administration.listTemplates();
        await this.#compare(accountId, administration, templates);
        this.#freshUntil.set(key, clock.now() + FRESH_MS);
      } catch (error) {
        if (!isFault(error) || error.code !== "CARRIER_UNREACHABLE") throw error;
        this.#freshUntil.set(key, clock.now() + UNREACHABLE_MS);
        const line = { event: "whatsapp.templates_not_compared", businessAccountId, reason: error.message };
        log.warn(line, "templates are shown as they are kept here");
      }
    });
  }

  /** @param keep writes the template as the carrier made it */
  async create(
    administration: SenderAdministration,
    draft: TemplateDraft,
    keep: (made: Pick<CarrierTemplate, "id" | "status" | "category">) => Promise<StoredTemplate>,
  ): Promise<StoredTemplate> {
    return this.#changing(administration, async () => keep(await administration.createTemplate(draft)));
  }

  /** Pending from then on, until the carrier tells. */
  async edit(
    administration: SenderAdministration,
    { id, changes }: { readonly id: string; readonly changes: TemplateChanges },
    keep: () => Promise<StoredTemplate>,
  ): Promise<StoredTemplate> {
    return this.#changing(administration, async () => {
      await administration.editTemplate(id, changes);
      return keep();
    });
  }

  async delete(administration: SenderAdministration, name: string, forget: () => Promise<void>) {
    await this.#changing(administration, async () => {
      await administration.deleteTemplate(name);
      await forget();
    });
  }

  /** Resolves after the commit. What says nothing new, or comes too late, is passed over. */
  async take(accountId: number, notices: readonly AnyTemplateNotice[]) {
    for (const notice of notices) {
      await this.#turns.take(notice.businessAccountId, () => this.#take(accountId, notice));
    }
  }

  /** Whatever becomes of it, the next read asks the carrier: an answer that was lost may have been a yes. */
  async #changing<Result>(administration: SenderAdministration, work: () => Promise<Result>): Promise<Result> {
    const { businessAccountId } = administration;
    try {
      return await this.#turns.take(businessAccountId, work);
    } finally {
      this.#freshUntil.clear();
    }
  }

  #isFresh(key: string): boolean {
    const until = this.#freshUntil.get(key) ?? 0;
    const now = this.#context.clock.now();
    // A clock that was set back must not make it last longer.
    return until > now && until - now <= FRESH_MS;
  }

  async #stored(accountId: number, businessAccountId: number): Promise<Map<string, StoredTemplate>> {
    const templates = await list<StoredTemplate>(this.#context, accountId, KIND.template);
    const own = templates.filter((template) => template.businessAccountId === businessAccountId);
    return new Map(own.map((template) => [templateKey(template), template]));
  }

  async #compare(
    accountId: number,
    { businessAccountId, senders }: SenderAdministration,
    templates: readonly CarrierTemplate[],
  ) {
    const kept = await this.#stored(accountId, businessAccountId);
    const now = this.#context.clock.now();
    const found: Difference[] = [];
    const place = { accountId, sender: senders[0] ?? "", at: now };
    for (const template of templates) {
      const key = templateKey({ ...template, businessAccountId });
      const old = kept.get(key);
      kept.delete(key);
      const next = mergedTemplate(old, template, { businessAccountId, now });
      if (old !== undefined && isSame(old, next)) continue;
      // What is seen for the first time is no change.
      const events = old === undefined ? [] : carriedUpdates(place, next, old, template.reason);
      found.push({ changes: this.#putting(accountId, key, next, old), events });
    }
    for (const [key, template] of kept) {
      if (now - template.updatedAt < SETTLE_MS && now >= template.updatedAt) continue;
      found.push({ changes: this.#deleting(accountId, key, template), events: [] });
    }
    for (let first = 0; first < found.length; first += COMMIT_MAX) {
      const some = found.slice(first, first + COMMIT_MAX);
      await change(
        this.#context,
        some.flatMap(({ changes }) => changes),
        some.flatMap(({ events }) => events),
      );
    }
  }

  async #take(accountId: number, notice: AnyTemplateNotice) {
    const { businessAccountId, name, language, at } = notice;
    const { clock } = this.#context;
    const key = templateKey({ businessAccountId, name, language });
    const old = await find<StoredTemplate>(this.#context, accountId, KIND.template, key);
    if (old === null) {
      // It was made elsewhere, or is gone: the next read finds out.
      this.#freshUntil.delete(freshKey(accountId, businessAccountId));
      return;
    }
    if (at !== null && at < (old.noticedAt ?? 0)) return;
    if (notice.kind === "template-words") this.#freshUntil.delete(freshKey(accountId, businessAccountId));
    const now = clock.now();
    const next = { ...old, ...newsOf(notice), ...(at === null ? {} : { noticedAt: at }) };
    const [sender = ""] = this.#sendersOf(businessAccountId);
    const reason = notice.kind === "template-status" ? notice.reason : "NONE";
    const events = carriedUpdates({ accountId, sender, at: now }, next, old, reason);
    const stored = isSame(old, next) ? next : { ...next, updatedAt: now };
    const isGone = next.status === "DELETED";
    const changes = isGone ? this.#deleting(accountId, key, old) : this.#putting(accountId, key, stored, old);
    await change(this.#context, changes, events);
  }

  #sendersOf(businessAccountId: number): readonly string[] {
    for (const administration of this.#context.administrations()) {
      if (accountOf(administration) === businessAccountId) return administration.senders;
    }
    return [];
  }

  #putting(accountId: number, key: string, next: StoredTemplate, old: StoredTemplate | undefined): DocumentChange[] {
    const leading = putting(this.#context, accountId, KIND.templateId, next.id, key);
    const whole = putting(this.#context, accountId, KIND.template, key, next);
    if (old === undefined || old.id === next.id) return [whole, leading];
    return [whole, leading, { action: "delete", accountId, kind: KIND.templateId, id: old.id }];
  }

  #deleting(accountId: number, key: string, { id }: StoredTemplate): DocumentChange[] {
    return [
      { action: "delete", accountId, kind: KIND.template, id: key },
      { action: "delete", accountId, kind: KIND.templateId, id },
    ];
  }
}

const freshKey = (accountId: number, businessAccountId: number) => `${accountId}/${businessAccountId}`;

/** The business account that it is about; null: none is configured. */
export function accountOf(administration: SenderAdministration): number | null {
  try {
    return administration.businessAccountId;
  } catch {
    return null;
  }
}

function newsOf(notice: AnyTemplateNotice): Partial<StoredTemplate> {
  switch (notice.kind) {
    case "template-status":
      return { status: notice.status };
    case "template-quality":
      return { quality: notice.quality };
    case "template-category":
      return { category: notice.category };
    case "template-words":
      return {};
  }
}

/** What only we know of it stays: whose it is, the first version's category, its links. */
function mergedTemplate(
  old: StoredTemplate | undefined,
  { reason: _, ...template }: CarrierTemplate,
  { businessAccountId, now }: { readonly businessAccountId: number; readonly now: number },
): StoredTemplate {
  const { language, structure, status, ...others } = template;
  const shorteningOptions = old?.structure.shorteningOptions;
  const isFiner = old !== undefined && (FINER[status]?.includes(old.status) ?? false);
  const { subCategory: _sub, validityPeriod: _validity, ...kept } = old ?? { createdAt: now };
  return {
    ...kept,
    ...others,
    businessAccountId,
    language: language as NonNullable<StoredTemplate["language"]>,
    status: isFiner ? old.status : status,
    structure: { ...structure, ...(shorteningOptions === undefined ? {} : { shorteningOptions }) },
    updatedAt: now,
  };
}

/** Whatever the order of their members, and when it was. */
function isSame(a: StoredTemplate, b: StoredTemplate): boolean {
  return plain(a) === plain(b);
}

function plain({ updatedAt: _updated, noticedAt: _noticed, ...template }: StoredTemplate): string {
  return JSON.stringify(template, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

import {
  type CreateTemplate,
  type CreateTemplateV1,
  type EditTemplate,
  type Template,
  TEMPLATE_CATEGORIES,
  TEMPLATE_NAME,
  TEMPLATE_STATUSES,
  TemplateLanguage,
  type TemplatesQuery,
  type TemplateStatus,
  type TemplateV1,
  validityViolations,
} from "@posthorn/contract";
import type { AnyTemplateNotice } from "../carrier/sender-administration.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { NewEvent } from "../store/store.ts";
import {
  businessAccountOf,
  change,
  CountingIds,
  find,
  isNumber,
  isPlayedFor,
  KIND,
  list,
  mustHaveNone,
  putting,
  templateKey,
  type WhatsAppContext,
} from "./records.ts";
import { templateUpdates } from "./notices.ts";
import { byPrefix, TEMPLATE_RULES } from "./rules.ts";
import { accountOf, CarriedTemplates } from "./carried-templates.ts";
import { checkedStructure, nameInvalid, orderOf, splitList, validityOf, valuesOf } from "./template-request.ts";
import { type StoredTemplate, structureOfV1, toTemplate, toTemplateV1 } from "./template-view.ts";

const EDITABLE: readonly TemplateStatus[] = ["APPROVED", "REJECTED", "FIRST_PAUSED", "SECOND_PAUSED"];
const PAGE_SIZE_DEFAULT = 10;
type Draft = Omit<StoredTemplate, "id" | "createdAt" | "updatedAt" | "status" | "structure"> & {
  readonly structure: object;
};
type Made = Omit<StoredTemplate, "createdAt" | "updatedAt">;

/**
 * Templates of a business account, which all of its senders share. A template has one document for each language, under
 * its name and language, so that a send finds it by what it names; and one under its id, which leads to the first.
 */
export class TemplateDesk {
  readonly #context: WhatsAppContext;
  readonly #ids = new CountingIds();
  readonly #carried: CarriedTemplates;

  constructor(context: WhatsAppContext) {
    this.#context = context;
    this.#carried = new CarriedTemplates(context);
  }

  /** News of a carrier, of templates that it decides on. Resolves after the commit. */
  takeNotices(accountId: number, notices: readonly AnyTemplateNotice[]): Promise<void> {
    return this.#carried.take(accountId, notices);
  }

  async list(accountId: number, sender: string): Promise<{ templates: readonly Template[] }> {
    return { templates: (await this.#ofSender(accountId, sender)).map(toTemplate) };
  }

  async listV1(accountId: number, sender: string): Promise<{ templates: readonly TemplateV1[] }> {
    return { templates: (await this.#ofSender(accountId, sender)).map(toTemplateV1) };
  }

  /** Filters of several values take any of them. @throws InvalidRequest where a value is none of the documented */
  async listAccount(accountId: number, query: TemplatesQuery) {
    const { page = 0, size = PAGE_SIZE_DEFAULT, name, applicationId, entityId } = query;
    const statuses = valuesOf("status", query.status, TEMPLATE_STATUSES);
    const categories = valuesOf("category", query.category, TEMPLATE_CATEGORIES);
    const languages = valuesOf("language", query.language, TemplateLanguage.enum);
    const senders = splitList(query.sender).filter(isNumber);
    const owners = new Set<number>();
    for (const sender of senders) owners.add(await businessAccountOf(this.#context, accountId, sender));
    const isAsked = (template: StoredTemplate) =>
      (query.sender === undefined || owners.has(template.businessAccountId)) &&
      (statuses === null || statuses.has(template.status)) &&
      (categories === null || categories.has(template.category)) &&
      (languages === null || languages.has(template.language ?? "")) &&
      (name === undefined || template.name === name) &&
      (applicationId === undefined || template.platform?.applicationId === applicationId) &&
      (entityId === undefined || template.platform?.entityId === entityId);
    const order = orderOf(query.orderBy ?? "templateId,ASC");
    await this.#refreshAll(accountId, query.sender === undefined ? null : owners);
    const found = (await list<StoredTemplate>(this.#context, accountId, KIND.template)).filter(isAsked).toSorted(order);
    return {
      results: found.slice(page * size, (page + 1) * size).map(toTemplate),
      paging: { page, size, totalPages: Math.ceil(found.length / size), totalResults: found.length },
    };
  }

  /** Made again, a template replaces the one of its name and language, and keeps its id. @throws InvalidRequest */
  async create(accountId: number, sender: string, request: CreateTemplate): Promise<Template> {
    const businessAccountId = await businessAccountOf(this.#context, accountId, sender);
    return toTemplate(await this.#create(accountId, sender, { ...request, businessAccountId }));
  }

  async createV1(accountId: number, sender: string, request: CreateTemplateV1): Promise<TemplateV1> {
    const businessAccountId = await businessAccountOf(this.#context, accountId, sender);
    const { name, language, category: categoryV1 } = request;
    const structure = structureOfV1(request.structure);
    const draft: Draft = { name, language, category: "UTILITY", categoryV1, structure, businessAccountId };
    return toTemplateV1(await this.#create(accountId, sender, draft));
  }

  /** @throws InvalidRequest where the id is no number; RequestRefused 404 */
  async get(accountId: number, sender: string, id: string): Promise<Template> {
    return toTemplate(await this.#find(accountId, sender, id));
  }

  /** Looked at again afterwards, as a new one. @throws InvalidRequest; RequestRefused 404 */
  async edit(accountId: number, sender: string, id: string, changes: EditTemplate): Promise<Template> {
    const old = await this.#find(accountId, sender, id);
    if (!EDITABLE.includes(old.status)) {
      throw new InvalidRequest("id", `is of a template that is ${old.status} and cannot be edited`);
    }
    const { structure, validityPeriod, ...others } = changes;
    const category = changes.category ?? old.category;
    if (validityPeriod !== undefined) mustHaveNone(validityViolations(validityPeriod));
    const { categoryV1, ...kept } = old;
    const isCategoryChanged = category !== old.category;
    const shown = structure === undefined ? old.structure : checkedStructure(category, structure);
    const edited: StoredTemplate = {
      ...kept,
      // The first version's category holds until another one is chosen.
      ...(categoryV1 === undefined || changes.category !== undefined ? {} : { categoryV1 }),
      ...others,
      ...(validityPeriod === undefined ? {} : { validityPeriod }),
      category,
      structure: shown,
      status: this.#statusOf(accountId, sender, old.name),
      updatedAt: this.#context.clock.now(),
    };
    const keep = async (updates: readonly NewEvent[]) => {
      await change(
        this.#context,
        [putting(this.#context, accountId, KIND.template, templateKey(edited), edited)],
        updates,
      );
      return edited;
    };
    const administration = this.#context.administrationOf(accountId, sender);
    if (administration === null) {
      return toTemplate(await keep(templateUpdates({ accountId, sender, at: edited.updatedAt }, edited, old)));
    }
    const sent = {
      category,
      isCategoryChanged,
      ...(structure === undefined ? {} : { structure }),
      ...(validityPeriod === undefined ? {} : { validityPeriod }),
    };
    return toTemplate(await this.#carried.edit(administration, { id, changes: sent }, () => keep([])));
  }

  /** In every language. @throws InvalidRequest; RequestRefused 404 */
  async delete(accountId: number, sender: string, name: string) {
    if (!TEMPLATE_NAME.test(name)) throw nameInvalid("templateName");
    const administration = this.#context.administrationOf(accountId, sender);
    if (administration !== null) {
      return this.#carried.delete(administration, name, async () => {
        await this.#forget(accountId, await this.#kept(accountId, administration.businessAccountId, name));
      });
    }
    const templates = (await this.#ofSender(accountId, sender)).filter((template) => template.name === name);
    if (templates.length === 0) throw new RequestRefused(404, "Template not found");
    await this.#forget(accountId, templates);
  }

  async #forget(accountId: number, templates: readonly StoredTemplate[]) {
    await change(
      this.#context,
      templates.flatMap((template) => [
        { action: "delete", accountId, kind: KIND.template, id: templateKey(template) } as const,
        { action: "delete", accountId, kind: KIND.templateId, id: template.id } as const,
      ]),
    );
  }

  async #create(accountId: number, sender: string, draft: Draft): Promise<StoredTemplate> {
    const { name, category, validityPeriod, subCategory } = draft;
    if (!TEMPLATE_NAME.test(name)) throw nameInvalid("name");
    const outcome = byPrefix(TEMPLATE_RULES, name);
    if (isPlayedFor(this.#context, accountId, sender) && outcome === "taken") {
      throw new InvalidRequest("name", "is the name of a template that exists in this language");
    }
    if (validityPeriod !== undefined) mustHaveNone(validityOf(category, validityPeriod));
    if (subCategory !== undefined && category !== "UTILITY") {
      throw new InvalidRequest("subCategory", "is only for templates of the category UTILITY");
    }
    const structure = checkedStructure(category, draft.structure);
    const administration = this.#context.administrationOf(accountId, sender);
    if (administration !== null) {
      const { language = "", structure: asked } = draft;
      const sent = {
        name,
        language,
        category,
        structure: asked,
        ...(subCategory === undefined ? {} : { subCategory }),
        ...(validityPeriod === undefined ? {} : { validityPeriod }),
      };
      return this.#carried.create(administration, sent, (made) =>
        this.#put(accountId, sender, { ...draft, structure, ...made }),
      );
    }
    const old = await find<StoredTemplate>(this.#context, accountId, KIND.template, templateKey(draft));
    const id = old?.id ?? (await this.#nextId(accountId));
    const made = { ...draft, structure, id, status: this.#statusOf(accountId, sender, name) };
    return this.#put(accountId, sender, made);
  }

  async #put(accountId: number, sender: string, made: Made): Promise<StoredTemplate> {
    const now = this.#context.clock.now();
    const { id, businessAccountId, name, language, status, category, categoryV1, structure } = made;
    const { platform, subCategory, validityPeriod } = made;
    const key = templateKey(made);
    const old = await find<StoredTemplate>(this.#context, accountId, KIND.template, key);
    const template: StoredTemplate = {
      id,
      businessAccountId,
      name,
      ...(language === undefined ? {} : { language }),
      status,
      category,
      ...(categoryV1 === undefined ? {} : { categoryV1 }),
      structure,
      ...(platform === undefined ? {} : { platform }),
      ...(subCategory === undefined ? {} : { subCategory }),
      ...(validityPeriod === undefined ? {} : { validityPeriod }),
      createdAt: old?.createdAt ?? now,
      updatedAt: now,
    };
    await change(
      this.#context,
      [
        putting(this.#context, accountId, KIND.template, key, template),
        putting(this.#context, accountId, KIND.templateId, template.id, key),
      ],
      templateUpdates({ accountId, sender, at: now }, template),
    );
    return template;
  }

  #statusOf(accountId: number, sender: string, name: string): TemplateStatus {
    if (!isPlayedFor(this.#context, accountId, sender)) return "PENDING";
    const outcome = byPrefix(TEMPLATE_RULES, name) ?? "APPROVED";
    return outcome === "taken" ? "APPROVED" : outcome;
  }

  #nextId(accountId: number): Promise<string> {
    return this.#ids.next(accountId, async () => {
      const records = await this.#context.store.listDocuments(accountId, KIND.templateId);
      return records.map(({ id }) => id);
    });
  }

  async #ofSender(accountId: number, sender: string): Promise<readonly StoredTemplate[]> {
    const owner = await this.#owner(accountId, sender);
    return this.#kept(accountId, owner);
  }

  async #kept(accountId: number, owner: number, name?: string): Promise<readonly StoredTemplate[]> {
    const templates = await list<StoredTemplate>(this.#context, accountId, KIND.template);
    return templates.filter(
      (template) => template.businessAccountId === owner && (name === undefined || template.name === name),
    );
  }

  /** The business account, whose templates are as its carrier has them, where it has one. */
  async #owner(accountId: number, sender: string): Promise<number> {
    const owner = await businessAccountOf(this.#context, accountId, sender);
    const administration = this.#context.administrationOf(accountId, sender);
    if (administration !== null) await this.#carried.refresh(accountId, administration);
    return owner;
  }

  /** @param owners the business accounts that are asked for; null: all */
  async #refreshAll(accountId: number, owners: ReadonlySet<number> | null) {
    const administrations = this.#context.administrations();
    const wanted = owners ?? new Set(administrations.flatMap((each) => accountOf(each) ?? []));
    for (const owner of wanted) {
      const administration = administrations.find((each) => accountOf(each) === owner);
      if (administration !== undefined) await this.#carried.refresh(accountId, administration);
    }
  }

  async #find(accountId: number, sender: string, id: string): Promise<StoredTemplate> {
    if (!/^\d+$/.test(id)) throw new InvalidRequest("id", "must be a number");
    const owner = await this.#owner(accountId, sender);
    const key = await find<string>(this.#context, accountId, KIND.templateId, id);
    const found = key === null ? null : await find<StoredTemplate>(this.#context, accountId, KIND.template, key);
    if (found === null || found.businessAccountId !== owner) throw new RequestRefused(404, "Template not found");
    return found;
  }
}

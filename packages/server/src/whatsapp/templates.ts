import {
  type AuthenticationStructure,
  type CreateTemplate,
  type CreateTemplateV1,
  type EditTemplate,
  isAuthentication,
  type Template,
  TEMPLATE_CATEGORIES,
  TEMPLATE_NAME,
  TEMPLATE_STATUSES,
  type TemplateCategory,
  TemplateLanguage,
  type TemplatesQuery,
  type TemplateStatus,
  type TemplateStructure,
  templateViolations,
  type TemplateV1,
  validityViolations,
} from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import {
  businessAccountOf,
  change,
  CountingIds,
  find,
  isNumber,
  KIND,
  list,
  mustHaveNone,
  putting,
  templateKey,
} from "./records.ts";
import type { WhatsAppContext } from "./records.ts";
import { templateUpdates } from "./notices.ts";
import { byPrefix, TEMPLATE_RULES } from "./rules.ts";
import { authenticationStructure, shownStructure, type StoredTemplate } from "./template-view.ts";
import { structureOfV1, toTemplate, toTemplateV1 } from "./template-view.ts";

/** Octets of a template's structure: ten cards with two buttons each and short texts have a fifth of it. */
const STRUCTURE_BYTES_MAX = 32 * 1024;
const EDITABLE: readonly TemplateStatus[] = ["APPROVED", "REJECTED", "FIRST_PAUSED", "SECOND_PAUSED"];
const PAGE_SIZE_DEFAULT = 10;
const ORDERS: Readonly<Record<string, (template: StoredTemplate) => string>> = {
  category: ({ category }) => category,
  language: ({ language }) => language ?? "",
  name: ({ name }) => name,
  status: ({ status }) => status,
  templateId: ({ id }) => id.padStart(20, "0"),
};
type Draft = Omit<StoredTemplate, "id" | "createdAt" | "updatedAt" | "status" | "structure"> & {
  readonly structure: object;
};

/**
 * Templates of a business account, which all of its senders share. A template has one document for each language, under
 * its name and language, so that a send finds it by what it names; and one under its id, which leads to the first.
 */
export class TemplateDesk {
  readonly #context: WhatsAppContext;
  readonly #ids = new CountingIds();

  constructor(context: WhatsAppContext) {
    this.#context = context;
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
    const edited: StoredTemplate = {
      ...kept,
      // The first version's category holds until another one is chosen.
      ...(categoryV1 === undefined || changes.category !== undefined ? {} : { categoryV1 }),
      ...others,
      ...(validityPeriod === undefined ? {} : { validityPeriod }),
      category,
      structure: structure === undefined ? old.structure : checkedStructure(category, structure),
      status: this.#statusOf(old.name),
      updatedAt: this.#context.clock.now(),
    };
    const updates = templateUpdates({ accountId, sender, at: edited.updatedAt }, edited, old);
    await change(
      this.#context,
      [putting(this.#context, accountId, KIND.template, templateKey(edited), edited)],
      updates,
    );
    return toTemplate(edited);
  }

  /** In every language. @throws InvalidRequest; RequestRefused 404 */
  async delete(accountId: number, sender: string, name: string) {
    if (!TEMPLATE_NAME.test(name)) throw nameInvalid("templateName");
    const templates = (await this.#ofSender(accountId, sender)).filter((template) => template.name === name);
    if (templates.length === 0) throw new RequestRefused(404, "Template not found");
    await change(
      this.#context,
      templates.flatMap((template) => [
        { action: "delete", accountId, kind: KIND.template, id: templateKey(template) } as const,
        { action: "delete", accountId, kind: KIND.templateId, id: template.id } as const,
      ]),
    );
  }

  async #create(accountId: number, sender: string, draft: Draft): Promise<StoredTemplate> {
    const { name, category, validityPeriod, platform, subCategory } = draft;
    if (!TEMPLATE_NAME.test(name)) throw nameInvalid("name");
    const outcome = byPrefix(TEMPLATE_RULES, name);
    if (this.#context.isPlayed && outcome === "taken") {
      throw new InvalidRequest("name", "is the name of a template that exists in this language");
    }
    if (validityPeriod !== undefined) mustHaveNone(validityOf(category, validityPeriod));
    if (subCategory !== undefined && category !== "UTILITY") {
      throw new InvalidRequest("subCategory", "is only for templates of the category UTILITY");
    }
    const structure = checkedStructure(category, draft.structure);
    const now = this.#context.clock.now();
    const key = templateKey(draft);
    const old = await find<StoredTemplate>(this.#context, accountId, KIND.template, key);
    const { businessAccountId, language, categoryV1 } = draft;
    const template: StoredTemplate = {
      id: old?.id ?? (await this.#nextId(accountId)),
      businessAccountId,
      name,
      ...(language === undefined ? {} : { language }),
      status: this.#statusOf(name),
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

  #statusOf(name: string): TemplateStatus {
    if (!this.#context.isPlayed) return "PENDING";
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
    const owner = await businessAccountOf(this.#context, accountId, sender);
    const templates = await list<StoredTemplate>(this.#context, accountId, KIND.template);
    return templates.filter(({ businessAccountId }) => businessAccountId === owner);
  }

  async #find(accountId: number, sender: string, id: string): Promise<StoredTemplate> {
    if (!/^\d+$/.test(id)) throw new InvalidRequest("id", "must be a number");
    const owner = await businessAccountOf(this.#context, accountId, sender);
    const key = await find<string>(this.#context, accountId, KIND.templateId, id);
    const found = key === null ? null : await find<StoredTemplate>(this.#context, accountId, KIND.template, key);
    if (found === null || found.businessAccountId !== owner) throw new RequestRefused(404, "Template not found");
    return found;
  }
}

function nameInvalid(property: string): InvalidRequest {
  return new InvalidRequest(property, 'must match "[a-z0-9_]{1,512}"');
}

/** As it is kept and shown. @throws InvalidProperties */
function checkedStructure(category: TemplateCategory, structure: object): TemplateStructure {
  if (Buffer.byteLength(JSON.stringify(structure)) > STRUCTURE_BYTES_MAX) {
    throw new InvalidRequest("structure", `must not have more than ${STRUCTURE_BYTES_MAX} bytes`);
  }
  mustHaveNone(templateViolations(category, structure));
  if (isAuthentication(category, structure)) return authenticationStructure(structure as AuthenticationStructure);
  return shownStructure(structure as TemplateStructure);
}

function validityOf(category: TemplateCategory, period: NonNullable<StoredTemplate["validityPeriod"]>) {
  if (category === "AUTHENTICATION") return validityViolations(period);
  return [{ property: "validityPeriod", violation: "is only for templates of the category AUTHENTICATION" }];
}

function splitList(value: string | readonly string[] | undefined): readonly string[] {
  return [value ?? []].flat().flatMap((text) => text.split(",").map((item) => item.trim()));
}

function valuesOf(property: string, value: string | readonly string[] | undefined, known: readonly string[]) {
  if (value === undefined) return null;
  const values = splitList(value);
  if (values.some((each) => !known.includes(each))) {
    throw new InvalidRequest(property, `must be one of [${known.join(", ")}]`);
  }
  return new Set(values);
}

function orderOf(text: string) {
  const [property = "", direction = "ASC"] = text.split(",").map((part) => part.trim());
  const by = Object.hasOwn(ORDERS, property) ? ORDERS[property] : undefined;
  if (by === undefined || (direction !== "ASC" && direction !== "DESC")) {
    throw new InvalidRequest("orderBy", `must be one of [${Object.keys(ORDERS).join(", ")}], with ,ASC or ,DESC`);
  }
  const sign = direction === "ASC" ? 1 : -1;
  return (a: StoredTemplate, b: StoredTemplate) => sign * (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0);
}

/** Administers senders over the Graph API: templates of the business account, and its numbers. */
import { RequestRefused } from "../../kernel/request-refused.ts";
import type { FetchFile } from "../file-fetcher.ts";
import type {
  CarrierTemplate,
  FlowAdministration,
  NumberAdministration,
  SenderAdministration,
  TemplateChanges,
  TemplateDraft,
  TemplateMade,
} from "../sender-administration.ts";
import { Fault } from "../../kernel/faults.ts";
import { CloudFlows } from "./flow-administration.ts";
import { GraphAdmin, type GraphAdminOptions } from "./graph-admin.ts";
import { type Json, known, objectIn, textIn } from "./json.ts";
import { CloudNumbers } from "./number-administration.ts";
import type { CloudSecrets } from "./secrets.ts";
import { componentsOf, exampleFilesOf, lifetimeOf } from "./template-components.ts";
import { categoryOf, statusOf, templatesIn } from "./template-structure.ts";
import { CloudUploads } from "./uploads.ts";

const TEMPLATE_FIELDS =
  "id,name,language,status,category,sub_category,components,quality_score,rejected_reason,message_send_ttl_seconds";
const TEMPLATES_PAGE = 100;
/** A business account has 6000 templates at most; what comes after twice as many is not read. */
const PAGES_MAX = 120;

export interface AdministrationOptions extends GraphAdminOptions {
  /** Null: the configuration does not say. */
  readonly businessAccountId: string | null;
  /** What files are uploaded to; null: the configuration does not say. */
  readonly appId: string | null;
  readonly fetchFile: FetchFile;
  readonly senders: readonly { readonly number: string; readonly phoneNumberId: string }[];
  readonly secrets: Pick<CloudSecrets, "token" | "isReplaced" | "registrationPin">;
}

export class CloudAdministration implements SenderAdministration {
  readonly senders: readonly string[];
  readonly numbers: NumberAdministration;
  readonly flows: FlowAdministration;
  readonly #options: AdministrationOptions;
  readonly #graph: GraphAdmin;
  readonly #uploads: CloudUploads;

  constructor(options: AdministrationOptions) {
    this.#options = options;
    this.#graph = new GraphAdmin(options);
    this.senders = options.senders.map(({ number }) => number);
    this.#uploads = new CloudUploads({ ...options, graph: this.#graph });
    const parts = { ...options, graph: this.#graph, uploads: this.#uploads, account: () => this.#account() };
    this.numbers = new CloudNumbers(parts);
    this.flows = new CloudFlows(parts);
  }

  get businessAccountId(): number {
    return Number(this.#account());
  }

  async listTemplates(): Promise<readonly CarrierTemplate[]> {
    const templates: CarrierTemplate[] = [];
    let after: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const answer = await this.#graph.ask({
        method: "GET",
        path: `${this.#account()}/message_templates`,
        query: { fields: TEMPLATE_FIELDS, limit: String(TEMPLATES_PAGE), ...(after === undefined ? {} : { after }) },
      });
      const found = templatesIn(answer);
      templates.push(...found);
      const paging = objectIn(answer["paging"]);
      const next = textIn(objectIn(paging["cursors"])["after"]);
      // The last page has cursors, too: it is known by being short, or by nothing behind it.
      if (next === undefined || next === after || !Array.isArray(answer["data"]) || answer["data"].length === 0) break;
      after = next;
    }
    return templates;
  }

  async createTemplate({ name, language, category, ...draft }: TemplateDraft): Promise<TemplateMade> {
    const { structure, subCategory, validityPeriod } = draft;
    const answer = await this.#graph.ask({
      method: "POST",
      path: `${this.#account()}/message_templates`,
      json: known({
        name,
        language,
        category,
        sub_category: subCategory,
        message_send_ttl_seconds: validityPeriod === undefined ? undefined : lifetimeOf(validityPeriod),
        components: await this.#componentsOf(category, structure),
      }),
    });
    const id = textIn(answer["id"]);
    if (id === undefined) throw new Fault("CARRIER_UNREACHABLE", { detail: "the answer has no id" });
    const status = statusOf(answer["status"]) ?? "PENDING";
    return { id, status, category: answer["category"] === undefined ? category : categoryOf(answer["category"]) };
  }

  async editTemplate(id: string, changes: TemplateChanges): Promise<void> {
    const { category, isCategoryChanged, structure, validityPeriod } = changes;
    await this.#graph.succeed({
      method: "POST",
      path: id,
      json: known({
        // Meta refuses to be told the category that an approved template has.
        category: isCategoryChanged ? category : undefined,
        message_send_ttl_seconds: validityPeriod === undefined ? undefined : lifetimeOf(validityPeriod),
        components: structure === undefined ? undefined : await this.#componentsOf(category, structure),
      }),
    });
  }

  async deleteTemplate(name: string): Promise<void> {
    await this.#graph.succeed({ method: "DELETE", path: `${this.#account()}/message_templates`, query: { name } });
  }

  async close() {
    await this.#graph.close();
  }

  async #componentsOf(category: TemplateDraft["category"], structure: object): Promise<readonly Json[]> {
    return componentsOf(category, structure, await this.#uploads.handlesOf(exampleFilesOf(structure)));
  }

  #account(): string {
    const { businessAccountId, name } = this.#options;
    if (businessAccountId !== null) return businessAccountId;
    const path = `carriers.${name}.businessAccountId`;
    throw new RequestRefused(400, `The sender's WhatsApp Business Account is not configured: set ${path}.`);
  }
}

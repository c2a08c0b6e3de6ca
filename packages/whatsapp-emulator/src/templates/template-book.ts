import { optionError } from "../errors.ts";
import type { Ids } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import { BoundedMap } from "../memory.ts";
import type { TemplateOptions, TemplateQuality, TemplateStatus } from "../options.ts";

export interface Template {
  readonly id: string;
  readonly wabaId: string;
  readonly name: string;
  readonly language: string;
  category: string;
  status: TemplateStatus;
  quality: TemplateQuality;
  components: readonly JsonObject[];
}

/** Which every new business account has. */
const HELLO_WORLD = {
  name: "hello_world",
  language: "en_US",
  category: "UTILITY",
  components: [
    { type: "HEADER", format: "TEXT", text: "Hello World" },
    { type: "BODY", text: "This is how a first message from a business looks." },
    { type: "FOOTER", text: "Posthorn" },
  ],
};

/** One template for each business account, name and language. */
export class TemplateBook {
  readonly #byId: BoundedMap<string, Template>;
  readonly #byKey = new Map<string, Template>();
  readonly #ids: Ids;

  constructor(ids: Ids, templatesMax: number) {
    this.#ids = ids;
    this.#byId = new BoundedMap(templatesMax, (template) => this.#byKey.delete(keyOf(template)));
  }

  addHelloWorld(wabaId: string): void {
    this.add({ ...HELLO_WORLD, wabaId });
  }

  add({ name, language, status, category, components, wabaId }: TemplateOptions & { wabaId: string }): Template {
    const known = this.find(wabaId, name, language);
    if (known !== undefined) this.#byId.delete(known.id);
    const template: Template = {
      id: this.#ids.object(),
      wabaId,
      name,
      language,
      category: category ?? "UTILITY",
      status: status ?? "APPROVED",
      quality: "UNKNOWN",
      components: components.map((component) => ({ ...component, type: String(component["type"]).toUpperCase() })),
    };
    this.#byKey.set(keyOf(template), template);
    this.#byId.set(template.id, template);
    return template;
  }

  find(wabaId: string, name: string, language: string): Template | undefined {
    return this.#byKey.get(keyOf({ wabaId, name, language }));
  }

  byId(id: string): Template | undefined {
    return this.#byId.get(id);
  }

  /** Of one business account, the oldest first. */
  list(wabaId: string): readonly Template[] {
    return this.#byId.values().filter((template) => template.wabaId === wabaId);
  }

  remove(template: Template): void {
    this.#byId.delete(template.id);
  }

  /** @throws EmulatorOptionError when there is none of that name and language */
  require(wabaId: string, name: string, language: string): Template {
    const template = this.find(wabaId, name, language);
    if (template === undefined) throw optionError(`${name} in ${language}`, "is no template");
    return template;
  }
}

function keyOf({ wabaId, name, language }: Pick<Template, "wabaId" | "name" | "language">): string {
  return `${wabaId} ${name} ${language}`;
}

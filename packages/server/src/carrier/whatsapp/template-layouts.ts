/** The layouts of the templates that were sent lately, so that a bulk of one template asks the store once. */
import type { TemplateMessage, TemplateStructure } from "@posthorn/contract";
import type { Clock } from "../../kernel/clock.ts";
import type { OutboundMessage } from "../../store/store.ts";
import { layoutOf, needsLayout, NO_LAYOUT, type TemplateLayout } from "./template-layout.ts";

const LAYOUTS_MAX = 200;
/** A template is reviewed for longer after each change. */
const KNOWN_MS = 10_000;
/** What was not known may have been listed since. */
const UNKNOWN_MS = 1_000;

export interface TemplateName {
  readonly accountId: number;
  readonly name: string;
  readonly language: string;
}

/** The definition that is kept here; null: none. Asks nobody else. */
export type FindStructure = (template: TemplateName) => Promise<TemplateStructure | null>;

interface Entry {
  readonly askedAt: number;
  readonly layout: Promise<TemplateLayout>;
  /** Until it is known, those who ask meanwhile wait for the same answer. */
  freshMs: number;
}

export class TemplateLayouts {
  readonly #find: FindStructure;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(find: FindStructure, clock: Clock) {
    this.#find = find;
    this.#clock = clock;
  }

  /** @throws whatever the store does: nothing is sent by guess while it does not answer */
  async of({ accountId }: OutboundMessage, content: TemplateMessage["content"]): Promise<TemplateLayout> {
    const { templateName: name, language, templateData } = content;
    if (!needsLayout(templateData)) return NO_LAYOUT;
    const key = `${accountId}/${language}/${name}`;
    const known = this.#entries.get(key);
    const sinceMs = known === undefined ? 0 : this.#clock.now() - known.askedAt;
    if (known !== undefined && sinceMs >= 0 && sinceMs < known.freshMs) return known.layout;
    return this.#ask(key, { accountId, name, language });
  }

  async #ask(key: string, template: TemplateName): Promise<TemplateLayout> {
    const layout = this.#find(template).then((structure) => (structure === null ? NO_LAYOUT : layoutOf(structure)));
    const entry: Entry = { askedAt: this.#clock.now(), layout, freshMs: KNOWN_MS };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > LAYOUTS_MAX && oldest !== undefined) this.#entries.delete(oldest);
    try {
      if ((await layout) === NO_LAYOUT) entry.freshMs = UNKNOWN_MS;
      return await layout;
    } catch (error) {
      entry.freshMs = 0;
      throw error;
    }
  }
}

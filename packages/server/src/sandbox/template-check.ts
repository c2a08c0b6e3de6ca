/**
 * What WhatsApp finds out when a template is sent: whether there is one, and whether it is filled in as it was made.
 * docs/whatsapp-senders.md tells of it.
 */
import { ERROR, STATUS, type TemplateMessage, type TemplateStructure } from "@posthorn/contract";
import type { SubmitResult } from "../carrier/carrier.ts";
import type { OutboundMessage } from "../store/store.ts";
import { magicDestination, ORDINARY_STEPS } from "./magic-destinations.ts";
import { whatsAppDestination } from "./whatsapp-destinations.ts";

export interface TemplateName {
  readonly accountId: number;
  readonly sender: string;
  readonly templateName: string;
  readonly language: string;
}

/** The template of that name and language that the sender can send now; null: none. */
export type FindTemplate = (name: TemplateName) => Promise<TemplateStructure | null>;

type Content = TemplateMessage["content"];
type TemplateData = Content["templateData"];

/** As the Cloud API refuses it, at once: 132001 and its like. */
const UNKNOWN: SubmitResult = refusal(ERROR.EC_INVALID_TEMPLATE);
/** 132000 and its like. */
const MISFILLED: SubmitResult = refusal(ERROR.EC_INVALID_TEMPLATE_ARGS);

function refusal(errorId: number): SubmitResult {
  return { outcome: "permanent", state: "rejected", statusId: STATUS.REJECTED, errorId };
}

/**
 * The templates that WhatsApp would refuse; null: none, as nearly always. Not those to magic numbers, which do what
 * their table says whatever they are sent.
 */
export async function refusedTemplates(
  messages: readonly OutboundMessage[],
  find: FindTemplate,
): Promise<ReadonlyMap<OutboundMessage, SubmitResult> | null> {
  const refused = new Map<OutboundMessage, SubmitResult>();
  const found = new Map<string, Promise<TemplateStructure | null>>();
  for (const message of messages) {
    const content = isOrdinary(message) ? templateOf(message) : null;
    if (content === null) continue;
    const { accountId, sender } = message;
    const { templateName, language, templateData } = content;
    // Messages of one request nearly always have one template.
    const key = JSON.stringify([accountId, sender, templateName, language]);
    const asked = found.get(key) ?? find({ accountId, sender, templateName, language });
    found.set(key, asked);
    const structure = await asked;
    if (structure === null) refused.set(message, UNKNOWN);
    else if (!isFilledIn(structure, templateData)) refused.set(message, MISFILLED);
  }
  return refused.size === 0 ? null : refused;
}

function isOrdinary(message: OutboundMessage): boolean {
  if (message.channel !== "WHATSAPP" || whatsAppDestination(message) !== undefined) return false;
  const magic = magicDestination(message.destination, message.channel);
  return magic === undefined || (magic.answer === "submitted" && magic.steps === ORDINARY_STEPS);
}

/** Null: it is no template. */
function templateOf({ options }: OutboundMessage): Content | null {
  if (options === null) return null;
  const { type, content } = JSON.parse(options) as { readonly type?: string; readonly content?: Content };
  return type === "TEMPLATE" && content !== undefined ? content : null;
}

/** Whether each place of the template is filled in, and nothing else. */
export function isFilledIn(structure: TemplateStructure, data: TemplateData): boolean {
  const { header, body, buttons, carousel, limitedTimeOffer } = structure;
  const cards = carousel?.cards ?? [];
  const filledCards = data.carousel?.cards ?? [];
  return (
    countPlaceholders(body.text) === data.body.placeholders.length &&
    isHeaderFilledIn(header, data.header) &&
    areButtonsFilledIn(buttons, data.buttons) &&
    (limitedTimeOffer?.hasExpiration === true) === (data.limitedTimeOffer !== undefined) &&
    cards.length === filledCards.length &&
    cards.every((card, index) => {
      const filled = filledCards[index];
      return (
        countPlaceholders(card.body.text) === (filled?.body?.placeholders.length ?? 0) &&
        isHeaderFilledIn(card.header, filled?.header) &&
        areButtonsFilledIn(card.buttons, filled?.buttons)
      );
    })
  );
}

function countPlaceholders(text: string): number {
  return new Set(Array.from(text.matchAll(/\{\{\s*(\w+)\s*\}\}/g), ([, name]) => name)).size;
}

/** A text has its placeholder, or is WhatsApp's to write. */
function isHeaderFilledIn(header: TemplateStructure["header"], filled: TemplateData["header"]): boolean {
  const { format, text = "" } = (header ?? {}) as { readonly format?: string; readonly text?: string };
  const wanted = format === "TEXT" && countPlaceholders(text) === 0 ? undefined : format;
  return wanted === filled?.type;
}

/** Those that cannot go without. A flow or a catalog may be there and need nothing, and a quick reply has no need. */
const NEEDED: ReadonlySet<string> = new Set(["URL", "COPY_CODE", "MULTI_PRODUCT", "ORDER_DETAILS"]);

function areButtonsFilledIn(buttons: TemplateStructure["buttons"] = [], filled: TemplateData["buttons"] = []): boolean {
  const had = countTypes(
    (buttons as readonly { readonly type?: string; readonly url?: string }[]).filter(
      // A URL without a placeholder always leads to the same place.
      ({ type, url = "" }) => type !== "URL" || countPlaceholders(url) > 0,
    ),
  );
  const given = countTypes(filled);
  const areKnown = [...given].every(([type, count]) => count <= (had.get(type) ?? 0));
  return areKnown && [...had].every(([type, count]) => !NEEDED.has(type) || given.get(type) === count);
}

function countTypes(buttons: readonly { readonly type?: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type = "" } of buttons) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

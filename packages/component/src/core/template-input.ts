import type { Violation } from "./error.ts";
import { checkButtons, completeButtons, type TemplateButtonInput } from "./template-buttons.ts";
import { checkCards, completeCards, type TemplateCardInput } from "./template-cards.ts";
import { checkHeader, completeHeader, type TemplateHeaderInput } from "./template-header.ts";
import { checkBody, checkPlaceholders } from "./template-placeholders.ts";
import type { Template } from "./templates.ts";

export interface SendWhatsappTemplateMessageInput {
  readonly from: string;
  readonly to: string;
  readonly templateName: string;
  /** `{ _1: "Anna", _2: "17" }`: the values of the body's `{{1}}` and `{{2}}`. */
  readonly placeholders?: Readonly<Record<string, string>>;
  /** Left out, it is looked up; it cannot be when the template has several. */
  readonly language?: string;
  readonly header?: TemplateHeaderInput;
  readonly buttons?: readonly TemplateButtonInput[];
  /** Of a carousel, in the template's order. */
  readonly cards?: readonly TemplateCardInput[];
  /** `2030-01-01T10:00:00.000Z`: until when the offer is good. */
  readonly limitedTimeOffer?: { readonly expirationTime: string };
  /** What became of the user's order, as Infobip has it. */
  readonly orderStatuses?: readonly Readonly<Record<string, unknown>>[];
  readonly callbackData?: string;
  readonly notifyUrl?: string;
  readonly bulkId?: string;
  readonly smsFailover?: { readonly from: string; readonly text: string };
}

/**
 * What the properties cannot say each for itself. A value may still be a data pill; only what is there, and belongs to
 * a type that is there, is judged.
 */
export function checkTemplateInput(input: Readonly<Record<string, unknown>>): readonly Violation[] {
  return [
    ...checkPlaceholders(input["placeholders"]),
    ...checkHeader(input["header"], "header"),
    ...checkButtons(input["buttons"], "buttons"),
    ...checkCards(input["cards"]),
  ];
}

/** Whether a template has to be asked for: something that only it knows was left out. */
export function isTemplateNeeded(input: SendWhatsappTemplateMessageInput): boolean {
  const { language, header, buttons = [], cards = [] } = input;
  const isUntyped = (part: { readonly type?: unknown } | undefined) => part !== undefined && part.type === undefined;
  return (
    language === undefined ||
    isUntyped(header) ||
    buttons.some(isUntyped) ||
    cards.some((card) => isUntyped(card.header) || (card.buttons ?? []).some(isUntyped))
  );
}

export type Completed =
  | { readonly input: SendWhatsappTemplateMessageInput; readonly violations?: undefined }
  | { readonly violations: readonly Violation[]; readonly input?: undefined };

/** What was left out, from the sender's templates; and every way in which the input does not fit its template. */
export function completeInput(input: SendWhatsappTemplateMessageInput, templates: readonly Template[]): Completed {
  const named = templates.filter(({ name }) => name === input.templateName);
  const found = input.language === undefined ? named : named.filter(({ language }) => language === input.language);
  const [template] = found;
  if (template === undefined) {
    const [property, of] = named.length === 0 ? ["templateName", "this sender"] : ["language", "this name"];
    return { violations: [{ property, violation: `names no template of ${of} that can be sent` }] };
  }
  if (found.length > 1) {
    const languages = found.map(({ language }) => language).join(", ");
    return { violations: [{ property: "language", violation: `is required: the template has ${languages}` }] };
  }
  return completeParts(input, template);
}

function completeParts(input: SendWhatsappTemplateMessageInput, template: Template): Completed {
  const header = completeHeader(input.header, template.header, "header");
  const buttons = completeButtons(input.buttons ?? [], template.buttons, "buttons");
  const cards = completeCards(input.cards ?? [], template.cards);
  const violations = [
    ...checkBody(input.placeholders ?? {}, template.bodyText),
    ...checkOffer(input.limitedTimeOffer, template.offer),
    ...(header.violations ?? []),
    ...(buttons.violations ?? []),
    ...(cards.violations ?? []),
  ];
  if (
    violations.length > 0 ||
    header.violations !== undefined ||
    buttons.violations !== undefined ||
    cards.violations !== undefined
  ) {
    return { violations };
  }
  return {
    input: {
      ...input,
      language: template.language,
      ...(header.header === undefined ? {} : { header: header.header }),
      ...(buttons.buttons.length === 0 ? {} : { buttons: buttons.buttons }),
      ...(cards.cards.length === 0 ? {} : { cards: cards.cards }),
    },
  };
}

function checkOffer(given: object | undefined, offer: Template["offer"]): readonly Violation[] {
  const property = "limitedTimeOffer";
  if (given === undefined) {
    return offer === "expires" ? [{ property, violation: "is required: the template's offer ends at a time" }] : [];
  }
  if (offer === "expires") return [];
  const violation = offer === "lasts" ? "has no end in the template" : "is not in the template";
  return [{ property, violation }];
}

import type { Violation } from "./error.ts";
import { type ButtonType, checkButtons, completeButtons, type TemplateButtonInput } from "./template-buttons.ts";
import { checkHeader, completeHeader, type TemplateHeader, type TemplateHeaderInput } from "./template-header.ts";
import { readPlaceholders } from "./template-placeholders.ts";

/** One card of a carousel. */
export interface TemplateCardInput {
  readonly header: TemplateHeaderInput;
  /** The values of the card's `{{1}}`, `{{2}}` in this order. */
  readonly placeholders?: readonly string[];
  readonly buttons?: readonly (TemplateButtonInput & { readonly type?: "QUICK_REPLY" | "URL" })[];
}

/** A card of a template's carousel, as far as sending it needs. */
export interface TemplateCard {
  readonly header: TemplateHeader;
  readonly bodyText: string;
  readonly buttons: readonly ButtonType[];
}

/** What the properties of cards cannot say each for itself. */
export function checkCards(value: unknown): readonly Violation[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).flatMap((card, index) => {
    if (typeof card !== "object" || card === null) return [];
    const { header, buttons } = card as { readonly header?: unknown; readonly buttons?: unknown };
    return [...checkHeader(header, `cards[${index}].header`), ...checkButtons(buttons, `cards[${index}].buttons`)];
  });
}

type CompletedCards =
  | { readonly cards: readonly TemplateCardInput[]; readonly violations?: undefined }
  | { readonly violations: readonly Violation[]; readonly cards?: undefined };

/** The cards with the types of their headers and buttons, or every way in which they do not fit the template's. */
export function completeCards(
  cards: readonly TemplateCardInput[],
  wanted: readonly TemplateCard[] | undefined,
): CompletedCards {
  const property = "cards";
  if (wanted === undefined) {
    return cards.length === 0 ? { cards } : { violations: [{ property, violation: "are not in the template" }] };
  }
  if (cards.length !== wanted.length) {
    return { violations: [{ property, violation: `must be ${wanted.length}, as in the template` }] };
  }
  const completed = cards.map((card, index) => completeCard(card, wanted[index] as TemplateCard, `cards[${index}]`));
  const violations = completed.flatMap((card) => card.violations ?? []);
  if (violations.length > 0) return { violations };
  return { cards: completed.flatMap(({ card }) => card ?? []) };
}

type CompletedCard =
  | { readonly card: TemplateCardInput; readonly violations?: undefined }
  | { readonly violations: readonly Violation[]; readonly card?: undefined };

function completeCard(card: TemplateCardInput, wanted: TemplateCard, path: string): CompletedCard {
  const header = completeHeader(card.header, wanted.header, `${path}.header`);
  const buttons = completeButtons(card.buttons ?? [], wanted.buttons, `${path}.buttons`);
  const count = readPlaceholders(wanted.bodyText).length;
  const violations = [
    ...(header.violations ?? []),
    ...((card.placeholders ?? []).length === count
      ? []
      : [{ property: `${path}.placeholders`, violation: `must be ${count}, as in the template` }]),
    ...(buttons.violations ?? []),
  ];
  if (violations.length > 0 || header.violations !== undefined || buttons.violations !== undefined) {
    return { violations };
  }
  return {
    card: {
      ...card,
      header: header.header ?? card.header,
      ...(buttons.buttons.length === 0
        ? {}
        : { buttons: buttons.buttons as NonNullable<TemplateCardInput["buttons"]> }),
    },
  };
}

/** `templateData.carousel` of a request. */
export function carouselOf(cards: readonly TemplateCardInput[]): object {
  return {
    cards: cards.map(({ header, placeholders = [], buttons = [] }) => ({
      header,
      ...(placeholders.length === 0 ? {} : { body: { placeholders } }),
      ...(buttons.length === 0 ? {} : { buttons }),
    })),
  };
}

/**
 * What a template's definition says of its parameters: the names of its gaps and the places of its buttons. Infobip's
 * requests have neither: values stand in the order of the template, and buttons that take nothing are not listed.
 */
import type { TemplateMessage, TemplateStructure } from "@posthorn/contract";
import type { Json } from "./json.ts";
import { gapsOf } from "./template-structure.ts";

type TemplateData = TemplateMessage["content"]["templateData"];

/** Of a template, or of one card of its carousel. */
export interface PartLayout {
  /** Null: its gap is numbered, or there is none. */
  readonly headerName: string | null;
  /** Empty: its gaps are numbered, or there are none. */
  readonly bodyNames: readonly string[];
  /** Infobip's type of each button, at its place; null for one that takes no parameter. */
  readonly buttonTypes: readonly (string | null)[];
}

export interface TemplateLayout extends PartLayout {
  readonly cards: readonly PartLayout[];
}

/** Where no definition is known. */
export const NO_LAYOUT: TemplateLayout = { headerName: null, bodyNames: [], buttonTypes: [], cards: [] };

/**
 * Names in the order in which they appear. Infobip's list has the values in the order of the template, and a text has
 * either numbers or names; with both the numbers count, and nothing has a name.
 */
function namesIn(text: string): readonly string[] {
  const gaps = gapsOf(text);
  return gaps.some((gap) => /^\d+$/.test(gap)) ? [] : gaps;
}

function buttonTypeOf({ type, url }: Json): string | null {
  // A URL without a gap always leads to the same place.
  if (type === "URL" && gapsOf(String(url)).length === 0) return null;
  return String(type);
}

type Part = Pick<TemplateStructure, "header" | "buttons"> & { readonly body?: TemplateStructure["body"] };

function partLayoutOf({ header, body, buttons = [] }: Part): PartLayout {
  const { format, text = "" } = (header ?? {}) as { readonly format?: string; readonly text?: string };
  const [headerName = null] = format === "TEXT" ? namesIn(text) : [];
  return {
    headerName,
    bodyNames: namesIn(body?.text ?? ""),
    buttonTypes: buttons.map((button) => buttonTypeOf(button as Json)),
  };
}

export function layoutOf(structure: TemplateStructure): TemplateLayout {
  const { cards = [] } = structure.carousel ?? {};
  const layout = { ...partLayoutOf(structure), cards: cards.map((card) => partLayoutOf(card)) };
  // Buttons and cards that Infobip has no words for are left out of the copy: the places of the others are not known.
  return structure.type === "UNSUPPORTED" ? { ...layout, buttonTypes: [], cards: [] } : layout;
}

/** Whether the definition could change what is sent. */
export function needsLayout({ header, body, buttons = [], carousel }: TemplateData): boolean {
  return header?.type === "TEXT" || body.placeholders.length > 0 || buttons.length > 0 || carousel !== undefined;
}

/**
 * The names of so many values. None where the template has another number of names: then it was changed since it was
 * read, or the request does not fit it, and WhatsApp says so.
 */
export function namesOf({ bodyNames }: PartLayout, count: number): readonly string[] {
  return bodyNames.length === count ? bodyNames : [];
}

/**
 * The place of each button among the template's: the second of a type is the template's second of it. Where the template
 * has not as many of a type, the places of the list.
 */
export function placesOf(
  buttons: readonly { readonly type: string }[],
  { buttonTypes }: PartLayout,
): readonly number[] {
  const next = new Map<string, number>();
  const places = buttons.map(({ type }) => {
    const place = buttonTypes.indexOf(type, next.get(type) ?? 0);
    next.set(type, place + 1);
    return place;
  });
  return places.includes(-1) ? buttons.map((_button, index) => index) : places;
}

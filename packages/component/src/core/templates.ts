import { asObject, type Parsed, parseAnswer } from "./answer.ts";
import { ACCEPT_JSON } from "./json-headers.ts";
import type { HttpRequest, HttpResponse } from "./runtime.ts";
import { type ButtonType, readButtons } from "./template-buttons.ts";
import type { TemplateCard } from "./template-cards.ts";
import type { TemplateHeader } from "./template-header.ts";

type Loose = Readonly<Record<string, unknown>>;

/** A template as far as sending it needs; read with tolerance, because Infobip adds values to its lists. */
export interface Template {
  readonly name: string;
  readonly language: string;
  readonly bodyText: string;
  readonly header: TemplateHeader;
  /** The buttons that stand in a send, in order. */
  readonly buttons: readonly ButtonType[];
  /** Undefined: no carousel. */
  readonly cards: readonly TemplateCard[] | undefined;
  /** An offer for a limited time, whose end is in the send or nowhere. */
  readonly offer: "expires" | "lasts" | undefined;
}

/** Statuses in which WhatsApp sends a template: approved, and approved with a warning or after one. */
const SENDABLE: ReadonlySet<unknown> = new Set(["APPROVED", "REINSTATED", "FLAGGED"]);

/** Templates of a sender's account: `GET /whatsapp/2/senders/{sender}/templates`. Needs the scope `whatsapp:manage`. */
export function templatesRequest(sender: string): HttpRequest {
  // A half of a surrogate pair cannot be written in a URL.
  const path = `/whatsapp/2/senders/${encodeURIComponent(sender.toWellFormed())}/templates`;
  return { method: "GET", path, query: {}, headers: ACCEPT_JSON };
}

/** The templates of an answer that can be sent now. */
export function readTemplates(response: HttpResponse): Parsed<readonly Template[]> {
  const parsed = parseAnswer<{ readonly templates: readonly unknown[] }>(response, ({ templates }) =>
    Array.isArray(templates),
  );
  if (!parsed.ok) return parsed;
  const templates = parsed.output.templates.map(asObject).filter(({ status }) => SENDABLE.has(status));
  return {
    ok: true,
    output: templates.map(readTemplate).filter(({ name, language }) => name !== "" && language !== ""),
  };
}

function readTemplate(value: Loose): Template {
  const structure = asObject(value["structure"]);
  const { limitedTimeOffer, carousel } = structure;
  const { cards } = asObject(carousel);
  return {
    name: text(value["name"]),
    language: text(value["language"]),
    ...readParts(structure),
    cards: Array.isArray(cards) ? cards.map(asObject).map(readParts) : undefined,
    offer:
      limitedTimeOffer === undefined || limitedTimeOffer === null
        ? undefined
        : asObject(limitedTimeOffer)["hasExpiration"] === true
          ? "expires"
          : "lasts",
  };
}

/** What a template and each card of a carousel have. */
function readParts({ header, body, buttons }: Loose): TemplateCard {
  const { format, text: headerText } = asObject(header);
  return {
    header: { format: typeof format === "string" ? format : undefined, text: text(headerText) },
    bodyText: text(asObject(body)["text"]),
    buttons: readButtons((Array.isArray(buttons) ? buttons : []).map(asObject)),
  };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

import { asObject, type Parsed, parseAnswer } from "./answer.ts";
import { ACCEPT_JSON } from "./json-headers.ts";
import type { HttpRequest, HttpResponse } from "./runtime.ts";

/** A template as far as sending it needs; read with tolerance, because Infobip adds values to its lists. */
export interface Template {
  readonly name: string;
  readonly language: string;
  readonly bodyText: string;
  /** Undefined: no header. TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, or one that is not known yet. */
  readonly headerFormat: string | undefined;
  readonly headerText: string;
  /** The buttons that take a parameter, in order. */
  readonly buttons: readonly ParameterButton[];
}

export interface ParameterButton {
  readonly type: "QUICK_REPLY" | "URL" | "COPY_CODE";
  /** A quick reply goes without a payload; the end of a URL and a code have to be there. */
  readonly isRequired: boolean;
}

/** Statuses in which WhatsApp sends a template: approved, and approved with a warning or after one. */
const SENDABLE: ReadonlySet<unknown> = new Set(["APPROVED", "REINSTATED", "FLAGGED"]);
const PLACEHOLDER = /\{\{\s*([1-9][0-9]{0,2})\s*\}\}/g;

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

function readTemplate(value: Readonly<Record<string, unknown>>): Template {
  const { header: headerValue, body, buttons } = asObject(value["structure"]);
  const header = asObject(headerValue);
  return {
    name: text(value["name"]),
    language: text(value["language"]),
    bodyText: text(asObject(body)["text"]),
    headerFormat: typeof header["format"] === "string" ? header["format"] : undefined,
    headerText: text(header["text"]),
    buttons: (Array.isArray(buttons) ? buttons : []).map(asObject).flatMap(parameterButton),
  };
}

function parameterButton({ type, url }: Readonly<Record<string, unknown>>): readonly ParameterButton[] {
  if (type === "QUICK_REPLY") return [{ type, isRequired: false }];
  if (type === "COPY_CODE") return [{ type, isRequired: true }];
  // A URL without a placeholder always leads to the same place, and takes no parameter.
  if (type === "URL" && /\{\{/.test(text(url))) return [{ type, isRequired: true }];
  return [];
}

/** The numbers of a text's placeholders, each once, as numbers: 2 comes before 10. */
export function placeholderNumbers(templateText: string): readonly number[] {
  const numbers = Array.from(templateText.matchAll(PLACEHOLDER), ([, digits]) => Number(digits));
  return [...new Set(numbers)].toSorted((left, right) => left - right);
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

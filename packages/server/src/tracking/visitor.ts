/** The part of a request to a short link that says who follows it. Header names in lower case. */
export interface Visitor {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What browsers and mail programs say when they fetch a page that nobody has asked to see yet. */
const PREFETCH_HEADERS = ["purpose", "sec-purpose", "x-purpose", "x-moz"];
const PREFETCH = /prefetch|prerender|preview/i;

/**
 * Programs that fetch a link to show a preview of it, to search it or to test it. Messengers' own browsers name the
 * messenger behind a browser's `Mozilla/5.0`, and are people; a messenger that fetches a preview names itself first.
 * Cubot makes phones.
 */
const PROGRAM =
  /(?<!cu)bot\b|crawler|spider|preview|externalhit|facebookcatalog|^whatsapp\/|^viber|^signal|skypeuri|slack-imgproxy|embedly|^(?:curl|wget|python|go-http-client|java|okhttp|node|axios)\b/i;

export function userAgentOf({ headers }: Pick<Visitor, "headers">): string {
  return firstOf(headers["user-agent"]);
}

/** A person's click, as far as a request tells. A program that calls itself a browser is taken for a person. */
export function isPerson({ method, headers }: Visitor): boolean {
  if (method === "HEAD") return false;
  if (PREFETCH_HEADERS.some((name) => PREFETCH.test(firstOf(headers[name])))) return false;
  return !PROGRAM.test(userAgentOf({ headers }).slice(0, 512));
}

function firstOf(value: string | readonly string[] | undefined): string {
  return (typeof value === "string" ? value : value?.[0]) ?? "";
}

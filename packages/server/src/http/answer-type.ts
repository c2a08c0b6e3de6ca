/** The type of an answer: JSON or XML. */
import type { IncomingHttpHeaders } from "node:http";

/** What the path's ending says; null where it has none. */
export type PathSuffix = "json" | "xml" | null;

export const XML_TYPE = "application/xml; charset=utf-8";

const NAMES_XML = /xml/i;
/** Ranges of an Accept header that are read. Whoever writes more has lost its way. */
const RANGES_MAX = 32;

/**
 * True when an answer of an operation that has XML is to be XML. The path's suffix decides; then what Accept likes
 * better; then, where that says nothing or likes both, the type of the request. JSON where Accept likes neither: an
 * answer that can be read is more use than a 406, above all once messages are stored.
 */
export function wantsXml(headers: IncomingHttpHeaders, suffix: PathSuffix): boolean {
  if (suffix !== null) return suffix === "xml";
  const { accept = "", "content-type": contentType = "" } = headers;
  // The usual request names no XML anywhere and is done here.
  if (!NAMES_XML.test(accept) && !NAMES_XML.test(contentType)) return false;
  const likesJson = likingOf(accept, ["application/json"]);
  const likesXml = likingOf(accept, ["application/xml", "text/xml"]);
  return likesJson === likesXml ? likesXml > 0 && isXml(contentType) : likesXml > likesJson;
}

export function isXml(contentType: string): boolean {
  const [type = ""] = contentType.split(";", 1);
  return /^(?:application|text)\/xml$/i.test(type.trim());
}

/** The quality (RFC 9110, 12.5.1) of the most specific range that has one of the types; 1 without a header. */
function likingOf(accept: string, types: readonly string[]): number {
  if (accept.trim() === "") return 1;
  let [found, specificity] = [0, -1];
  for (const range of accept.split(",", RANGES_MAX)) {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const howSpecific = specificityOf(name, types);
    if (howSpecific < 0 || howSpecific < specificity) continue;
    const quality = qualityOf(parameters);
    found = howSpecific === specificity ? Math.max(found, quality) : quality;
    specificity = howSpecific;
  }
  return found;
}

function specificityOf(range: string, types: readonly string[]): number {
  if (types.includes(range)) return 2;
  if (range === "*/*") return 0;
  return types.some((type) => range === `${type.split("/", 1)[0] ?? ""}/*`) ? 1 : -1;
}

function qualityOf(parameters: readonly string[]): number {
  const written = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = written === undefined ? 1 : Number(written.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}

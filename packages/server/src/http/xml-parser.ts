/** The only file that knows the XML library: octets of a request in, a tree of elements out. */
import type { XmlElement } from "@posthorn/contract";
import { XMLParser } from "fast-xml-parser";
import { InvalidRequest } from "../kernel/invalid-request.ts";

/** The contract's bodies are less than ten deep. */
const DEPTH_MAX = 32;
/** The largest request has 10 000 messages; twenty elements for each are more than they usually have. */
const ELEMENTS_MAX = 200_000;
/** Characters of one tag: room for a root with the namespaces that generated clients write there. Bounds attributes. */
const TAG_LENGTH_MAX = 2048;

const NAME = String.raw`[\p{L}_:][\p{L}\p{M}\p{N}_:.\-]*`;
const ATTRIBUTE = String.raw`\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*')`;
const START_TAG = new RegExp(String.raw`^<(${NAME})(?:${ATTRIBUTE})*\s*(/?)>`, "u");
const END_TAG = new RegExp(String.raw`^</(${NAME})\s*>`, "u");
const DECLARATION =
  /^<\?xml\s+version\s*=\s*["']1\.\d["'](?:\s+encoding\s*=\s*["']([A-Za-z][\w.-]*)["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>/;
/** What production Char of XML 1.0 leaves out. */
// oxlint-disable-next-line no-control-regex
const NO_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/;
const REFERENCE = /&(?:#x([\da-fA-F]+)|#(\d+)|(\w+));/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Attributes, declaration and comments are dropped; entities and types are our own, so that nothing is guessed. */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: "#cdata",
  maxNestedTags: DEPTH_MAX + 1,
});

/**
 * @throws InvalidRequest naming the body, for whatever is not well-formed XML 1.0 in UTF-8; for document types and
 *   processing instructions, which no request needs and attacks live of; and at the limits above
 */
export function parseXml(body: Uint8Array): XmlElement {
  const text = decode(body).trimStart();
  const declaration = DECLARATION.exec(text);
  const encoding = declaration?.[1]?.toLowerCase() ?? "utf-8";
  if (encoding !== "utf-8" && encoding !== "us-ascii") throw refused("must be in UTF-8");
  const markup = text.slice(declaration?.[0].length ?? 0);
  checkMarkup(markup);
  const [root] = elementsOf(parse(markup));
  if (root === undefined) throw notWellFormed();
  return root;
}

function refused(violation: string): InvalidRequest {
  return new InvalidRequest("body", violation);
}

function notWellFormed(): InvalidRequest {
  return refused("must be well-formed XML");
}

function decode(body: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw refused("must be in UTF-8");
  }
  if (NO_CHARACTER.test(text)) throw refused("must not hold characters that XML 1.0 forbids");
  return text;
}

/**
 * Walks the markup once, before the library sees it: the library is lenient about what is well-formed, and building its
 * tree costs many times the text.
 */
function checkMarkup(markup: string) {
  const open: string[] = [];
  let elementCount = 0;
  let place = 0;
  while (place < markup.length) {
    const at = markup.indexOf("<", place);
    checkText(markup.slice(place, at === -1 ? undefined : at), open.length > 0);
    if (at === -1) break;
    place = endOfSpecial(markup, at, open.length > 0);
    if (place > at) continue;
    const window = markup.slice(at, at + TAG_LENGTH_MAX);
    const end = END_TAG.exec(window);
    const tag = end ?? START_TAG.exec(window);
    if (tag === null) {
      throw refused(`must be well-formed XML, in tags of at most ${TAG_LENGTH_MAX} characters`);
    }
    place = at + tag[0].length;
    const [, name = "", slash] = tag;
    if (end !== null) {
      if (open.pop() !== name) throw notWellFormed();
      continue;
    }
    elementCount += 1;
    if (elementCount > ELEMENTS_MAX) throw refused(`must have at most ${ELEMENTS_MAX} elements`);
    // A second root.
    if (open.length === 0 && elementCount > 1) throw notWellFormed();
    if (slash === "/") continue;
    open.push(name);
    if (open.length > DEPTH_MAX) throw refused(`must be at most ${DEPTH_MAX} levels deep`);
  }
  if (open.length > 0 || elementCount === 0) throw notWellFormed();
}

function checkText(text: string, isInside: boolean) {
  if (isInside ? BARE_AMPERSAND.test(text) || text.includes("]]>") : text.trim() !== "") throw notWellFormed();
}

/** The place behind a comment or a CDATA section at `at`; `at` itself where a tag begins there. */
function endOfSpecial(markup: string, at: number, isInside: boolean): number {
  if (markup.startsWith("<!--", at)) return behind(markup, "-->", at + 4);
  if (markup.startsWith("<![CDATA[", at) && isInside) return behind(markup, "]]>", at + 9);
  if (markup.startsWith("<!", at)) throw refused("must not have a document type");
  if (markup.startsWith("<?", at)) throw refused("must not have processing instructions");
  return at;
}

function behind(markup: string, end: string, from: number): number {
  const at = markup.indexOf(end, from);
  if (at === -1) throw notWellFormed();
  return at + end.length;
}

/** As the library gives them: an object with one member, the element's name or the kind of its text. */
type Node = Readonly<Record<string, string | readonly Node[]>>;

function parse(markup: string): readonly Node[] {
  try {
    return parser.parse(markup) as readonly Node[];
  } catch {
    throw notWellFormed();
  }
}

function elementsOf(nodes: readonly Node[]): XmlElement[] {
  const elements: XmlElement[] = [];
  for (const node of nodes) {
    const [name, inner] = Object.entries(node)[0] ?? [];
    if (name === undefined || name.startsWith("#") || typeof inner !== "object") continue;
    elements.push({ name, text: textOf(inner), children: elementsOf(inner) });
  }
  return elements;
}

function textOf(nodes: readonly Node[]): string {
  let text = "";
  for (const node of nodes) {
    const { "#text": characters, "#cdata": section } = node;
    if (typeof characters === "string") text += characters.replace(REFERENCE, characterOf);
    else if (typeof section === "object") text += charactersOf(section);
  }
  return text;
}

/** Of a CDATA section: nothing in it is a reference. */
function charactersOf(section: readonly Node[]): string {
  return section.map(({ "#text": characters }) => (typeof characters === "string" ? characters : "")).join("");
}

function characterOf(_reference: string, hexadecimal?: string, decimal?: string, entity = ""): string {
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  if (Number.isNaN(code)) return ENTITIES[entity] ?? "";
  const character = code > 0x10ffff ? "\0" : String.fromCodePoint(code);
  if (NO_CHARACTER.test(character) || !character.isWellFormed()) {
    throw refused("must not hold characters that XML 1.0 forbids");
  }
  return character;
}

import type { TSchema } from "typebox";

/** A parsed element: what is between its tags, attributes and comments left out. */
export interface XmlElement {
  /** Without a namespace's prefix. */
  readonly name: string;
  /** Its own character data, decoded; that of its children is theirs. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** The keywords of our schemas that say how a value looks in XML. */
interface Shape {
  readonly title?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly anyOf?: readonly Shape[];
  /** OpenAPI's own. `name`: the root element, where it is not the schema's title. */
  readonly xml?: { readonly name?: string };
  /** Of a list: the name of its items, where it is not the list's own in the singular. */
  readonly "x-xml-item"?: string;
  readonly "~refine"?: unknown;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** The name of the element that holds a whole body: `SmsRequestEnvelope`, `smsResponse`. */
export function xmlRootOf(schema: TSchema): string {
  const { xml, title } = schema as Shape;
  const name = xml?.name ?? title;
  if (name === undefined) throw new Error("a schema without a title has no root element");
  return name;
}

/** In `messages` each item is a `message`. Lists of other words repeat their own name, as Infobip's `to` does. */
function itemNameOf(name: string, list: Shape | undefined): string {
  return list?.["x-xml-item"] ?? (name.endsWith("s") ? name.slice(0, -1) : name);
}

/** The schema of a property; of a union, the first that any of its branches has. */
function propertyOf(shape: Shape | undefined, name: string): Shape | undefined {
  if (shape?.properties !== undefined && Object.hasOwn(shape.properties, name)) return shape.properties[name];
  for (const branch of shape?.anyOf ?? []) {
    const found = propertyOf(branch, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The schema as a list; of a union, its branch that is one. Undefined where it can be no list. */
function listOf(shape: Shape | undefined): Shape | undefined {
  return shape?.type === "array" ? shape : shape?.anyOf?.find(({ type }) => type === "array");
}

/**
 * `value` as an XML document, in the notation of Infobip's examples: members are elements in their order, a list is an
 * element with one child for each item, a member that is null or absent is not written. Always well-formed: characters
 * that XML 1.0 cannot carry (production Char) become U+FFFD.
 */
export function writeXml(schema: TSchema, value: unknown): string {
  return DECLARATION + elementOf(xmlRootOf(schema), schema as Shape, value);
}

function elementOf(name: string, shape: Shape | undefined, value: unknown): string {
  if (value === undefined || value === null) return "";
  const inner = contentOf(name, shape, value);
  return inner === "" ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

function contentOf(name: string, shape: Shape | undefined, value: unknown): string {
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  let inner = "";
  if (Array.isArray(value)) {
    const list = listOf(shape);
    const itemName = itemNameOf(name, list);
    for (const item of value) inner += elementOf(itemName, list?.items, item);
    return inner;
  }
  for (const [key, member] of Object.entries(value as object)) {
    const property = propertyOf(shape, key);
    // The keys of a map are no names of elements: `messages[0].content` could not be one.
    if (property === undefined && !ELEMENT_NAME.test(key)) inner += entryOf(key, member);
    else inner += elementOf(key, property, member);
  }
  return inner;
}

const ELEMENT_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** A map's entry as Java's XML binding writes it. */
function entryOf(key: string, value: unknown): string {
  return `<entry>${elementOf("key", undefined, key)}${elementOf("value", undefined, value)}</entry>`;
}

const MARKUP = /[&<>\r]/g;
const REFERENCES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };
/** What production Char of XML 1.0 leaves out, but for surrogates. */
// oxlint-disable-next-line no-control-regex
const NO_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(NO_CHARACTER, "\uFFFD")
    .replace(MARKUP, (character) => REFERENCES[character] ?? character);
}

/**
 * What a request in XML says, as the JSON of the same request would: text becomes what the schema names, a list stays a
 * list with one child or none, and elements that the schema does not have are left out, as are attributes. The name of
 * the root is not looked at: old clients write `request`. What does not fit is handed on as it came, so that the
 * schema's validator refuses it with the property's name.
 */
export function readXml(schema: TSchema, root: XmlElement): unknown {
  return valueOf(schema as Shape, root);
}

function valueOf(shape: Shape, element: XmlElement): unknown {
  const list = listOf(shape);
  if (list !== undefined && (shape === list || element.children.length > 0)) return itemsOf(list, element);
  const plain = shape.anyOf?.find(({ type }) => type !== "array" && type !== "object") ?? shape;
  if (plain.type === "object" || plain.anyOf !== undefined) return objectOf(plain, element);
  return element.children.length > 0 ? {} : scalarOf(plain, element.text);
}

/** Every child is an item, whatever its name: none is lost because it was spelled otherwise. */
function itemsOf(list: Shape, element: XmlElement): unknown[] {
  const { items = {} } = list;
  if (element.children.length > 0) return element.children.map((child) => valueOf(items, child));
  // A list without its wrapper: one element for each item.
  return element.text.trim() === "" ? [] : [valueOf(items, element)];
}

function objectOf(shape: Shape, element: XmlElement): unknown {
  if (element.children.length === 0 && element.text.trim() !== "") return element.text;
  const result: Record<string, unknown> = {};
  for (const child of element.children) {
    const property = propertyOf(shape, child.name);
    if (property === undefined) continue;
    const list = listOf(property);
    if (list === undefined || !Object.hasOwn(result, child.name)) {
      result[child.name] = valueOf(property, child);
      continue;
    }
    // Said again, a list goes on.
    const before = result[child.name];
    const items: unknown[] = Array.isArray(before) ? before : [before];
    for (const item of itemsOf(list, child)) items.push(item);
    result[child.name] = items;
  }
  return result;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** Space around text is the client's; around everything else it is only layout. */
function scalarOf(shape: Shape, text: string): unknown {
  if (shape.type === "string") {
    return shape.enum === undefined && shape["~refine"] === undefined ? text : text.trim();
  }
  const word = text.trim();
  // As a JSON null is: absent where the property may be.
  if (word === "") return null;
  if (shape.type === "boolean") return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : word;
  if (shape.type === "integer" || shape.type === "number") return NUMBER.test(word) ? Number(word) : word;
  return text;
}

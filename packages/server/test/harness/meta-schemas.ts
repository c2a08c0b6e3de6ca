import { existsSync, readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";

/** Meta's own document, beside the repository where it is at hand. */
const FILE = new URL("../../../../../shared/whatsapp-cloud-api/business-messaging-api_v23.0.yaml", import.meta.url);

export const SKIP: string | false = existsSync(FILE) ? false : "Meta's document is not beside the repository";

type Json = Record<string, unknown>;

interface Schemas {
  readonly root: Json;
  readonly ajv: Ajv2020;
}

let loaded: Schemas | null = null;

/**
 * The document as a validator can use it. Its message schemas close an object and add to it in the same breath, so that
 * nothing would fit: they are read as one object. Where it contradicts its own examples, the examples are right.
 */
function load(): Schemas {
  if (loaded !== null) return loaded;
  const root = parse(readFileSync(FILE, "utf8"), { maxAliasCount: -1 }) as Json;
  const schemas = (root["components"] as Json)["schemas"] as Record<string, Json>;
  for (const [name, schema] of Object.entries(schemas)) {
    const parts = schema["allOf"];
    if (Array.isArray(parts)) schemas[name] = merged(parts as Json[], schemas);
  }
  const place = at(schemas, "LocationMessage", "properties", "location", "properties");
  for (const name of ["latitude", "longitude"]) place[name] = { type: "number" };
  // Closed in one place and with a caption, a file's name and the like in others.
  schemas["MediaObject"] = schemas["MediaObject_1"] = { type: "object", required: ["link"] };
  // Its pattern has the places of a guide's headings in it, and its list of kinds is older than most of them.
  for (const name of ["TemplateComponent", "ButtonComponent"]) {
    at(schemas, name, "properties")["index"] = { type: "string", pattern: "^[0-9]$" };
  }
  at(schemas, "PhoneObject", "properties")["type"] = { enum: ["CELL", "MAIN", "IPHONE", "HOME", "WORK"] };
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, logger: false });
  ajv.addSchema({ ...root, $id: "meta" });
  loaded = { root, ajv };
  return loaded;
}

function at(schemas: Record<string, Json>, ...names: readonly string[]): Json {
  const found = names.reduce<Json | undefined>((node, name) => node?.[name] as Json | undefined, schemas);
  if (found === undefined) throw new Error(`Meta's document has nothing at ${names.join(" ")}`);
  return found;
}

function merged(parts: readonly Json[], schemas: Record<string, Json>): Json {
  const whole: { properties: Json; required: unknown[]; [name: string]: unknown } = { properties: {}, required: [] };
  for (const part of parts) {
    const reference = part["$ref"];
    const source = typeof reference === "string" ? (schemas[reference.split("/").at(-1) ?? ""] ?? {}) : part;
    const plain = Array.isArray(source["allOf"]) ? merged(source["allOf"] as Json[], schemas) : source;
    Object.assign(whole.properties, plain["properties"]);
    whole.required.push(...((plain["required"] as unknown[] | undefined) ?? []));
    if (plain["additionalProperties"] === false) whole["additionalProperties"] = false;
  }
  return { type: "object", ...whole };
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(name: string): ValidateFunction {
  let validator = validators.get(name);
  if (validator === undefined) {
    validator = load().ajv.compile({ $ref: `meta#/components/schemas/${name}` });
    validators.set(name, validator);
  }
  return validator;
}

const SCHEMA_OF: Readonly<Record<string, string>> = {
  text: "TextMessage",
  audio: "AudioMessage",
  document: "DocumentMessage",
  image: "ImageMessage",
  video: "VideoMessage",
  sticker: "StickerMessage",
  location: "LocationMessage",
  contacts: "ContactsMessage",
  interactive: "InteractiveMessage",
  template: "TemplateMessage",
};

/** Interactive kinds that the document has only examples of, or nothing. */
const UNDESCRIBED: ReadonlySet<string> = new Set([
  "cta_url",
  "carousel",
  "location_request_message",
  "order_details",
  "order_status",
  "voice_call",
]);

/** What of a message does not fit the document; null where it does not describe its kind. */
export function faultsOf(body: Readonly<Record<string, unknown>>): readonly string[] | null {
  const type = String(body["type"]);
  const kind = (body["interactive"] as { type?: string } | undefined)?.type;
  if (kind !== undefined && UNDESCRIBED.has(kind)) return null;
  const validator = validatorOf(SCHEMA_OF[type] ?? "");
  if (validator(type === "template" ? withDescribedComponents(body) : body)) return [];
  return (validator.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const COMPONENTS: ReadonlySet<string> = new Set(["header", "body", "button"]);
const BUTTONS: ReadonlySet<string> = new Set(["quick_reply", "url", "catalog"]);

/** A template with those of its components that the document describes. */
function withDescribedComponents(body: Readonly<Record<string, unknown>>): object {
  const template = body["template"] as { components?: readonly { type: string; sub_type?: string }[] };
  const components = template.components?.filter(
    ({ type, sub_type: kind }) => COMPONENTS.has(type) && (kind === undefined || BUTTONS.has(kind)),
  );
  return { ...body, template: { ...template, ...(components === undefined ? {} : { components }) } };
}

/** The examples of users' messages and other events that the webhook brings. */
export function webhookExamples(): readonly (readonly [name: string, payload: Json])[] {
  const { root } = load();
  const path = ["paths", "/whatsapp/webhooks", "post", "requestBody", "content", "application/json", "examples"];
  const examples = at(root as Record<string, Json>, ...path) as Record<string, { value: Json }>;
  return Object.entries(examples).map(([name, { value }]) => [name, value]);
}

interface MediaType {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, { readonly value: Json }>>;
}

/** The body that an operation takes, by its path without the version; null where it takes none. */
function bodyOf(path: string, method: string): MediaType | null {
  const paths = load().root["paths"] as Readonly<Record<string, Readonly<Record<string, Json>>>>;
  const operation = paths[`/{Version}/${path}`]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`Meta's document has no ${method} ${path}`);
  const { content = {} } = (operation["requestBody"] ?? {}) as { content?: Readonly<Record<string, MediaType>> };
  return Object.values(content)[0] ?? null;
}

/** What of a request does not fit the document. @param path as the document has it: `{WABA-ID}/flows` */
export function requestFaults(path: string, method: string, body: object): readonly string[] {
  const described = bodyOf(path, method);
  if (described === null) return Object.keys(body).length === 0 ? [] : ["a body where none is described"];
  // References lead into the document.
  const text = JSON.stringify(described.schema).replaceAll('"#/components/', '"meta#/components/');
  const validator = load().ajv.compile(JSON.parse(text) as object);
  if (validator(body)) return [];
  return (validator.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The examples of requests that make a template. */
export function templateExamples(): readonly (readonly [name: string, template: Json])[] {
  const { examples = {} } = bodyOf("{WABA-ID}/message_templates", "POST") ?? {};
  return Object.entries(examples).map(([name, { value }]) => [name, value]);
}

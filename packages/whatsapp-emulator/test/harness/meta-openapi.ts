import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";

/** Meta's own document, beside the repository where it is at hand. */
const FILE = new URL("../../../../../shared/whatsapp-cloud-api/business-messaging-api_v23.0.yaml", import.meta.url);

export const SKIP: string | false = existsSync(FILE) ? false : "Meta's OpenAPI document is not beside the repository";

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, MediaType>> }>>;
}
interface MediaType {
  readonly schema?: Json;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

/**
 * Where the document cannot mean what it says. Inbound messages refer to the schemas of outbound ones of the same name;
 * every quoted message would need a product; errors of what is not supported and interactive replies point nowhere or
 * leave types out that came later.
 */
function mended(document: Document): Document {
  const { schemas } = document.components;
  const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const inbound = [
    "TextMessage_2",
    "ReactionMessage_1",
    "AudioMessage_1",
    "DocumentMessage_1",
    "ImageMessage_1",
    "StickerMessage_1",
    "VideoMessage_1",
    "LocationMessage_1",
    "ContactSharingMessage",
    "UnsupportedMessage",
    "ButtonMessage",
    "InteractiveMessageReply",
    "OrderMessage",
  ];
  for (const name of inbound) {
    // Their base is the outbound one's too, which has `to`.
    const text = JSON.stringify(schemas[name]).replaceAll('/BaseMessageProperties"', '/BaseMessageProperties_1"');
    schemas[name] = JSON.parse(
      text.replaceAll('/ErrorObject"', '/ErrorObject_2"').replaceAll('/ContactObject"', '/ContactObject_1"'),
    ) as Json;
  }
  schemas["SystemMessage"] = JSON.parse(
    JSON.stringify(schemas["SystemMessage"]).replaceAll('/BaseMessageProperties"', '/BaseMessageProperties_1"'),
  ) as Json;
  schemas["IncomingMessage"] = { oneOf: inbound.map(reference) };
  schemas["ContextObject"] = { ...schemas["ContextObject"], required: ["from", "id"] };
  return document;
}

/** OpenAPI 3.1 is JSON Schema 2020-12, but for `nullable`, which the document still has. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, logger: false });

let loaded: Document | null = null;

function load(): Document {
  if (loaded === null) {
    loaded = mended(parse(readFileSync(FILE, "utf8")) as Document);
    ajv.addSchema({ $id: "meta", ...loaded });
  }
  return loaded;
}

function compile(schema: Json): ValidateFunction {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"meta#/')) as Json);
}

export function operationOf(path: string, method: string): Operation {
  const operation = load().paths[`/{Version}/${path}`]?.[method];
  assert.ok(operation !== undefined, `${method} ${path} is not in the document`);
  return operation;
}

/** The request examples of an operation, by their names. */
export function requestExamples(path: string, method: string): readonly (readonly [string, Json])[] {
  const { examples = {} } = operationOf(path, method).requestBody?.content["application/json"] ?? {};
  return Object.entries(examples).map(([name, { value }]) => [name, value as Json]);
}

/** @throws AssertionError when the answer is not as the document has it */
export function assertAnswerFits(path: string, method: string, answer: unknown): void {
  const schema = operationOf(path, method).responses["200"]?.content?.["application/json"]?.schema;
  assert.ok(schema !== undefined, `${method} ${path} has no answer in the document`);
  assertFits(compile(schema), answer);
}

/** @throws AssertionError when it is not as the component has it */
export function assertComponentFits(name: string, value: unknown): void {
  assert.ok(load().components.schemas[name] !== undefined, `${name} is not in the document`);
  assertFits(compile({ $ref: `#/components/schemas/${name}` }), value);
}

function assertFits(validate: ValidateFunction, value: unknown): void {
  assert.ok(validate(value), `${JSON.stringify(validate.errors?.slice(0, 5))} in ${JSON.stringify(value)}`);
}

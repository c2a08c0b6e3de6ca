import { existsSync, readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";

/** Infobip's own documents, beside the repository where they are at hand. */
const FOLDER = new URL("../../../../../shared/infobip-api/", import.meta.url);

export const SKIP: string | false = existsSync(FOLDER) ? false : "Infobip's documents are not beside the repository";

export type Json = Record<string, unknown>;

const documents = new Map<string, { root: Json; ajv: Ajv2020 }>();

function load(file: string): { root: Json; ajv: Ajv2020 } {
  let loaded = documents.get(file);
  if (loaded === undefined) {
    const root = JSON.parse(readFileSync(new URL(`${file}.json`, FOLDER), "utf8")) as Json;
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, logger: false });
    ajv.addSchema({ ...root, $id: `spec:${file}` });
    loaded = { root, ajv };
    documents.set(file, loaded);
  }
  return loaded;
}

export function documentOf(file: string): Json {
  return load(file).root;
}

/** What a chain of names leads to in a document, looking through references; with the pointer to it. */
export function lookUp(file: string, names: readonly string[]): { value: Json; pointer: string } | null {
  const { root } = load(file);
  let [value, parts]: [Json, string[]] = [root, []];
  for (const name of names) {
    const next = value[name] as Json | undefined;
    if (next === undefined) return null;
    const reference = next["$ref"];
    if (typeof reference === "string") {
      parts = reference.slice(2).split("/");
      value = parts.reduce<Json>((node, part) => node[decode(part)] as Json, root);
    } else {
      parts = [...parts, encode(name)];
      value = next;
    }
  }
  return { value, pointer: parts.join("/") };
}

const encode = (name: string) => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
const decode = (part: string) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");

/** The schema of a media type under `names`, compiled; null where the document has none there. */
export function schemaOf(file: string, names: readonly string[]): ValidateFunction | null {
  for (const type of ["application/json", "*/*"]) {
    const found = lookUp(file, [...names, "content", type]);
    if (found?.value["schema"] === undefined) continue;
    return load(file).ajv.compile({ $ref: `spec:${file}#/${found.pointer}/schema` });
  }
  return null;
}

/** Fits our own schema, and Infobip's where its documents are at hand. */
export function assertFits(value: unknown, ours: TSchema, file: string, names: readonly string[]) {
  assert.ok(Compile(ours).Check(value), `${JSON.stringify(value)} does not fit our schema`);
  if (SKIP !== false) return;
  const theirs = schemaOf(file, names);
  assert.ok(theirs !== null, `${file} has no schema at ${names.join(" ")}`);
  assert.ok(theirs(value), `${JSON.stringify(theirs.errors)} in ${JSON.stringify(value)}`);
}

/** A schema of a document by the last part of its name. */
export function validatorOf(file: string, name: string): ValidateFunction {
  const { root, ajv } = load(file);
  const schemas = (root["components"] as { schemas: Json }).schemas;
  const found = Object.keys(schemas).find((key) => key.split(".").at(-1) === name);
  assert.ok(found !== undefined, `${file} has no schema ${name}`);
  return ajv.compile({ $ref: `spec:${file}#/components/schemas/${encode(found)}` });
}

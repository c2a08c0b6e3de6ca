import { existsSync, readFileSync } from "node:fs";

/**
 * Infobip's own documents, which lie beside the repository where they are at hand and are no part of it. Tests that
 * compare with them say so and skip where they are absent.
 */
const FOLDER = new URL("../../../../shared/infobip-api/", import.meta.url);

export const SKIP: string | false = existsSync(FOLDER) ? false : "Infobip's documents are not beside the repository";

export function readText(file: string): string {
  return readFileSync(new URL(file, FOLDER), "utf8");
}

/** A JSON schema or any other object of a document. */
export type Json = Record<string, unknown>;

/** Two documents say of a list what they mean of its items, which also say it; their own examples break it so. */
function withoutListEnum(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("enum" in value) || !("items" in value)) return value;
  const { enum: _, ...rest } = value;
  return rest;
}

export class InfobipDocument {
  readonly root: Json;

  constructor(file: string) {
    this.root = JSON.parse(readText(file), withoutListEnum) as Json;
  }

  /** What a JSON pointer of this document leads to. */
  at(pointer: string): Json {
    let value: unknown = this.root;
    for (const part of pointer.replace(/^#/, "").split("/").slice(1)) {
      value = (value as Json)[part.replaceAll("~1", "/").replaceAll("~0", "~")];
    }
    if (typeof value !== "object" || value === null) throw new Error(`Nothing at ${pointer}`);
    return value as Json;
  }

  resolve(value: Json): Json {
    return typeof value["$ref"] === "string" ? this.resolve(this.at(value["$ref"])) : value;
  }

  operation(method: string, path: string): Json {
    return ((this.root["paths"] as Json)[path] as Json)[method.toLowerCase()] as Json;
  }

  webhook(name: string): Json {
    return ((this.root["webhooks"] as Json)[name] as Json)["post"] as Json;
  }
}

/** `application/json` (or any type, where the document says any, or a form with files) of a body or response. */
export function jsonOf(body: Json): Json {
  const content = body["content"] as Record<string, Json>;
  return (content["application/json"] ?? content["*/*"] ?? content["multipart/form-data"]) as Json;
}

/** Name and value of each example of a media type. */
export function examplesOf(media: Json): [name: string, value: unknown][] {
  if ("example" in media) return [["example", media["example"]]];
  return Object.entries((media["examples"] ?? {}) as Record<string, Json>).map(([name, { value }]) => [name, value]);
}

/** Refs and `allOf` resolved at this level: what an object schema says in one piece. */
export function flatten(document: InfobipDocument, schema: Json): Json {
  const { allOf, ...own } = document.resolve(schema);
  const result: Json = { ...own };
  for (const part of (allOf ?? []) as Json[]) {
    const flat = flatten(document, part);
    result["properties"] = { ...(flat["properties"] as Json), ...(result["properties"] as Json) };
    result["required"] = [...((flat["required"] ?? []) as string[]), ...((result["required"] ?? []) as string[])];
    result["type"] ??= flat["type"];
    if (flat["enum"] !== undefined) result["enum"] = flat["enum"];
  }
  return result;
}

import {
  ApiError,
  ApiException,
  DeliveryReports,
  OPERATIONS,
  type Operation,
  readXml,
  writeXml,
  type XmlElement,
} from "@posthorn/contract";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { parseXml } from "../src/http/xml-parser.ts";
import { type Json, lookUp, SKIP } from "./harness/infobip-schemas.ts";

const served = Object.values(OPERATIONS) as readonly Operation[];
const parse = (text: string) => parseXml(Buffer.from(text));

/** Names and values of the examples of a media type. */
function examplesOf(media: Json | undefined): readonly [name: string, value: unknown][] {
  if (media === undefined) return [];
  if ("example" in media) return [["example", media["example"]]];
  return Object.entries((media["examples"] ?? {}) as Record<string, Json>).map(([name, { value }]) => [name, value]);
}

interface Pair {
  readonly name: string;
  readonly xml: string;
  /** The example in JSON of the same name. */
  readonly json: unknown;
}

function pairsOf(file: string, names: readonly string[]): readonly Pair[] {
  const json = new Map(examplesOf(lookUp(file, [...names, "content", "application/json"])?.value));
  return examplesOf(lookUp(file, [...names, "content", "application/xml"])?.value).flatMap(([name, xml]) =>
    typeof xml === "string" ? [{ name, xml, json: json.get(name) }] : [],
  );
}

/** Elements only: layout is not compared. */
function shapeOf({ name, text, children }: XmlElement): unknown {
  return children.length === 0 ? [name, text.trim()] : [name, children.map(shapeOf)];
}

function compare(schema: TSchema, { name, xml, json }: Pair, what: string, isRequest: boolean) {
  const value = readXml(schema, parse(xml));
  assert.ok(Compile(schema).Check(value), `${what} ${name}: ${JSON.stringify(value)}`);
  if (json !== undefined) assert.deepEqual(value, json, `${what} ${name}`);
  const written = shapeOf(parse(writeXml(schema, value)));
  assert.deepEqual(written, shapeOf(parse(xml)), `${what} ${name}`);
  assert.ok(isRequest || writeXml(schema, value).startsWith('<?xml version="1.0" encoding="UTF-8"?><'));
}

test("an operation has XML where Infobip's document gives it an answer in XML, and nowhere else", {
  skip: SKIP,
}, () => {
  let compared = 0;
  for (const { document, method, path, hasXml, operationId } of served) {
    // The documents have lost the oldest sends; their manual had XML.
    if (document === null) {
      assert.equal(hasXml, true, operationId);
      continue;
    }
    const answer = lookUp(document, ["paths", path, method.toLowerCase(), "responses", "200", "content"])?.value ?? {};
    assert.equal(hasXml === true, "application/xml" in answer, operationId);
    compared += 1;
  }
  assert.ok(compared > 10);
});

test("Infobip's examples in XML are read as their JSON says, and written as they are", { skip: SKIP }, () => {
  let compared = 0;
  for (const { document, method, path, body, response, envelope, hasXml, operationId } of served) {
    if (document === null || hasXml !== true) continue;
    const names = ["paths", path, method.toLowerCase()];
    const parts: readonly [string, TSchema | undefined, readonly string[]][] = [
      ["request", body, ["requestBody"]],
      ["answer", response, ["responses", "200"]],
      ["400", envelope === "ApiError" ? ApiError : ApiException, ["responses", "400"]],
    ];
    for (const [part, schema, rest] of parts) {
      if (schema === undefined) continue;
      for (const pair of pairsOf(document, [...names, ...rest])) {
        compare(schema, pair, `${operationId} ${part}`, part === "request");
        compared += 1;
      }
    }
  }
  assert.ok(compared > 40, String(compared));
});

test("Infobip's errors and its webhook in XML are written as they are", { skip: SKIP }, () => {
  for (const [name, schema] of [["ApiError", ApiError] as const, ["ApiException", ApiException] as const]) {
    for (const status of [401, 403, 429, 500]) {
      const pairs = pairsOf("sms", ["components", "responses", `${name}${status}`]);
      assert.equal(pairs.length, 1, `${name}${status}`);
      for (const pair of pairs) compare(schema, pair, name, false);
    }
  }
  const webhook = ["webhooks", "receive-outbound-sms-message-reports-v3", "post", "requestBody"];
  const pairs = pairsOf("sms", webhook);
  assert.ok(pairs.length > 0);
  for (const pair of pairs) compare(DeliveryReports, pair, "webhook", false);
});

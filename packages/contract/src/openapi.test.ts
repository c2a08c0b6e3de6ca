import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { openApi } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Record<string, unknown>>>;
  components: { schemas: Record<string, Record<string, unknown>>; securitySchemes: object };
}
const document = openApi({ version: "1.2.3" }) as Document;

test("the document holds every served operation and nothing else", () => {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${String(operationId)}`,
    ),
  );
  const served = (Object.values(OPERATIONS) as Operation[]).flatMap(({ method, path, operationId, takesForm }) => [
    `${method} ${path} ${operationId}`,
    ...(takesForm === true ? [`POST ${path} ${operationId}-as-form`] : []),
  ]);
  assert.deepEqual(listed.toSorted(), served.toSorted());
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(document.info, { title: "Posthorn", version: "1.2.3" });
});

test("each operation says its scopes, its bodies and its errors", () => {
  for (const operation of Object.values(OPERATIONS) as Operation[]) {
    const said = document.paths[operation.path]?.[operation.method.toLowerCase()];
    assert.deepEqual(said?.["x-scopes"], operation.scopes);
    assert.deepEqual(Object.keys(said?.["responses"] as object), [
      String(operation.status ?? 200),
      "400",
      "401",
      "403",
      ...(operation.isSend === true ? ["409"] : []),
      "413",
      "429",
      "500",
      "503",
    ]);
    assert.equal(said?.["requestBody"] !== undefined, operation.body !== undefined);
    const parameters = (said?.["parameters"] ?? []) as { name: string; in: string }[];
    assert.equal(
      parameters.some((parameter) => parameter.in === "query"),
      operation.query !== undefined,
    );
    assert.equal(
      parameters.some((parameter) => parameter.in === "header" && parameter.name === "Idempotency-Key"),
      operation.isSend === true,
    );
    const errors = JSON.stringify(said?.["responses"]);
    assert.ok(errors.includes(`"#/components/schemas/${operation.envelope}"`));
  }
});

const contentTypesOf = (part: unknown): string[] => Object.keys((part as { content: object }).content);

test("what speaks XML says so for its request, its answer and its errors", () => {
  const both = ["application/json", "application/xml"];
  const send = document.paths["/sms/3/messages"]?.["post"] as Record<string, Record<string, unknown>>;
  assert.deepEqual(contentTypesOf(send["requestBody"]), both);
  assert.deepEqual(contentTypesOf(send["responses"]?.["200"]), both);
  assert.deepEqual(contentTypesOf(send["responses"]?.["400"]), both);
  const whatsApp = document.paths["/whatsapp/1/message/text"]?.["post"] as Record<string, Record<string, unknown>>;
  assert.deepEqual(contentTypesOf(whatsApp["requestBody"]), ["application/json"]);
  assert.deepEqual(contentTypesOf(whatsApp["responses"]?.["400"]), ["application/json"]);
});

test("a query that may be a form is there a second time, without parameters in the URL", () => {
  const form = document.paths["/sms/3/text/query"]?.["post"] as Record<string, Record<string, unknown>>;
  assert.deepEqual(contentTypesOf(form["requestBody"]), ["application/x-www-form-urlencoded"]);
  const parameters = form["parameters"] as unknown as { in: string }[];
  assert.deepEqual(
    parameters.map((parameter) => parameter.in),
    ["header"],
  );
});

test("every reference leads to a component, and every component is referred to", () => {
  const references = new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => String(match[1])),
  );
  const components = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  assert.ok(components.length > 40);
  assert.deepEqual([...references].toSorted(), components.toSorted());
});

test("a component is the schema, refinement and TypeBox's own marks left out", () => {
  const { DateTime, SouthKoreaOptions, SmsMessageContent } = document.components.schemas;
  assert.deepEqual(DateTime, { type: "string", title: "DateTime", maxLength: 64, format: "date-time" });
  assert.deepEqual(Object.keys(SouthKoreaOptions?.["properties"] as object), ["title", "resellerCode"]);
  assert.deepEqual(SmsMessageContent?.["anyOf"], [
    { $ref: "#/components/schemas/SmsTextMessageContent" },
    { $ref: "#/components/schemas/SmsBinaryMessageContent" },
  ]);
  assert.ok(!JSON.stringify(document).includes('"~'));
});

test("every component compiles with another validator and judges as ours does", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...document, $id: "posthorn" });
  for (const name of Object.keys(document.components.schemas)) {
    assert.ok(ajv.getSchema(`posthorn#/components/schemas/${name}`), name);
  }
  const check = ajv.getSchema("posthorn#/components/schemas/SmsRequestEnvelope");
  assert.ok(check);
  const message = (content: object) => ({ messages: [{ destinations: [{ to: "1" }], content }] });
  assert.equal(check(message({ text: "Hi" })), true);
  assert.equal(check(message({ hex: "00" })), true);
  assert.equal(check(message({})), false);
  assert.equal(check(message({ text: "Hi", hex: "00" })), false);
});

test("no two different schemas share a title, of which the document would hold the first alone", () => {
  const seen = new Map<string, string>();
  const clashes = new Set<string>();
  const look = (schema: unknown): void => {
    if (typeof schema !== "object" || schema === null) return;
    const { title } = schema as { title?: unknown };
    if (typeof title === "string") {
      const text = JSON.stringify(schema);
      if ((seen.get(title) ?? text) !== text) clashes.add(title);
      seen.set(title, text);
    }
    for (const inner of Object.values(schema)) look(inner);
  };
  for (const { params, query, body, response } of Object.values(OPERATIONS) as Operation[]) {
    look([params, query, body, response]);
  }
  assert.ok(seen.size > 40);
  assert.deepEqual([...clashes], []);
});

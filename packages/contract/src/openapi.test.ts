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
  const served = Object.values(OPERATIONS).map(({ method, path, operationId }) => `${method} ${path} ${operationId}`);
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

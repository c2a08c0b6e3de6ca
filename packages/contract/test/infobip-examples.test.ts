import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { ApiError, ApiException } from "../src/error-schemas.ts";
import { envelopeOfPath } from "../src/envelope.ts";
import { errorBody, type ErrorBodyOptions, type HttpErrorStatus } from "../src/http-errors.ts";
import type { Operation } from "../src/operation.ts";
import { OPERATIONS } from "../src/operations.ts";
import { violationsOf } from "../src/violations.ts";
import { examplesOf, InfobipDocument, type Json, jsonOf, readText, SKIP } from "./infobip-documents.ts";
import { WEBHOOKS } from "./infobip-webhooks.ts";

interface Sample {
  readonly label: string;
  readonly ours: TSchema;
  readonly theirs: ValidateFunction;
  readonly value: unknown;
}

/** Infobip's own schema of a media type, compiled from its document. */
function theirSchema(file: string, document: InfobipDocument, schema: Json): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...document.root, $id: file });
  // Its references, wherever they stand, are to the document.
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', `"$ref":"${file}#`)) as Json);
}

function samples(): Sample[] {
  const result: Sample[] = [];
  const collect = (label: string, file: string, ours: TSchema, media: Json, document: InfobipDocument): void => {
    if (examplesOf(media).length === 0) return;
    const theirs = theirSchema(file, document, media["schema"] as Json);
    for (const [name, value] of examplesOf(media)) result.push({ label: `${label}: ${name}`, ours, theirs, value });
  };
  for (const [name, operation] of Object.entries(OPERATIONS) as [keyof typeof OPERATIONS, Operation][]) {
    if (operation.document === null) continue;
    const file = `${operation.document}.json`;
    const document = new InfobipDocument(file);
    const theirs = document.operation(operation.method, operation.path);
    // An upload's example is a command line.
    if (operation.body !== undefined && operation.takesUpload !== true) {
      collect(`${name} request`, file, operation.body, jsonOf(theirs["requestBody"] as Json), document);
    }
    for (const [status, response] of Object.entries(theirs["responses"] as Record<string, Json>)) {
      const error = operation.envelope === "ApiError" ? ApiError : ApiException;
      const ours = status === String(operation.status ?? 200) ? operation.response : error;
      if (ours === undefined || document.resolve(response)["content"] === undefined) continue;
      collect(`${name} ${status}`, file, ours, jsonOf(document.resolve(response)), document);
    }
  }
  for (const [file, webhook, ours] of WEBHOOKS) {
    const document = new InfobipDocument(file);
    collect(webhook, file, ours, jsonOf(document.webhook(webhook)["requestBody"] as Json), document);
  }
  return result;
}

const ALL_SAMPLES = SKIP === false ? samples() : [];

/**
 * What their own document forbids: a body fits several branches of a `oneOf` that are alike; a text or a number stands
 * where the schema has an object.
 */
const BREAKING_THEIR_SCHEMA: ReadonlySet<string> = new Set([
  "createSubscription request: Request example",
  "updateSubscription request: Request example",
  "addWhatsappFlowJson request: Exemplary Flow JSON body request",
  "submitWhatsappConversions request: Submit Conversion Event",
  "submitWhatsappConversions request: Submit Conversion Events",
  // Data of a flow that are no objects.
  "sendWhatsappInteractiveFlowMessage request: Interactive flow message",
  "sendWhatsappInteractiveFlowMessage request: Header and footer interactive flow message",
]);

/** Answers of theirs that have a list where their document has an object; ours never do. */
const NEVER_ANSWERED = /^getWhatsapp\w+Payment 200: Success response with callbackData$/;

const SAMPLES = ALL_SAMPLES.filter(({ label }) => !BREAKING_THEIR_SCHEMA.has(label) && !NEVER_ANSWERED.test(label));

for (const { label, ours, theirs, value } of ALL_SAMPLES.filter((sample) => BREAKING_THEIR_SCHEMA.has(sample.label))) {
  test(`our schema takes Infobip's example of ${label}, which its own document does not`, () => {
    assert.equal(Compile(ours).Check(value), true);
    assert.equal(theirs(value), false);
    assert.ok(violationsOf(ours, { events: 7, profile: 7, webhook: 7 }).length > 0);
  });
}

test("Infobip's examples were found", { skip: SKIP }, () => {
  assert.ok(SAMPLES.length >= 35, `${SAMPLES.length} examples`);
});

for (const { label, ours, theirs, value } of SAMPLES) {
  test(`our schema takes Infobip's example of ${label}`, () => {
    assert.deepEqual(violationsOf(ours, value), []);
    assert.equal(Compile(ours).Check(value), true);
    assert.equal(theirs(value), true, JSON.stringify(theirs.errors));
  });
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  const here = path.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return here;
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [...here, ...keys.flatMap((key) => pathsOf((value as Json)[key], [...path, key]))];
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const result = structuredClone(value);
  let parent = result as Json;
  for (const key of path.slice(0, -1)) parent = parent[key] as Json;
  const last = path.at(-1) as string;
  if (by !== undefined) parent[last] = by;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return result;
}

test("an example broken at any place is refused by our schema where Infobip's refuses it", { skip: SKIP }, () => {
  const wrong = [undefined, null, 1.5, true, "?", "?".repeat(5000), [], {}, ["?"], { hex: 1 }];
  let refused = 0;
  for (const { label, ours, theirs, value } of SAMPLES) {
    const validator = Compile(ours);
    for (const path of pathsOf(value)) {
      for (const by of wrong) {
        const broken = replaced(value, path, by);
        if (theirs(broken) === true) continue;
        refused += 1;
        assert.equal(validator.Check(broken), false, `${label} ${path.join(".")} ${JSON.stringify(by)?.slice(0, 50)}`);
        assert.ok(violationsOf(ours, broken).length > 0);
      }
    }
  }
  assert.ok(refused > 3000, `${refused} broken bodies`);
});

test("our error bodies are Infobip's examples to the letter", { skip: SKIP }, () => {
  let compared = 0;
  for (const { label, ours, value } of SAMPLES) {
    const status = Number(label.match(/ (4\d\d|500):/)?.[1]);
    if (Number.isNaN(status)) continue;
    const envelope = ours === ApiError ? "ApiError" : "ApiException";
    const expected = structuredClone(value) as Json;
    const { errorCode, description, action } = expected as Record<string, string>;
    // The one error whose text names what is missing, and the endpoints with words of their own.
    const named = label.endsWith(": Bulk not found") ? { description: "Bulk not found" } : {};
    const own = /WhatsappFlow/.test(label) ? { errorCode, description, action } : named;
    const body = errorBody(envelope, status as HttpErrorStatus, own as ErrorBodyOptions) as Json;
    // The examples of 400 show made-up violations.
    if (envelope === "ApiError") expected["violations"] = [];
    else delete ((expected["requestError"] as Json)["serviceException"] as Json)["validationErrors"];
    assert.deepEqual(body, expected, label);
    compared += 1;
  }
  assert.ok(compared >= 15, `${compared} error examples`);
});

const DOCUMENTS =
  "2fa account-management application-entity blocklist messages-api mms number-lookup omni-failover rcs resources sms subscriptions-api viber whatsapp".split(
    " ",
  );

/** What the error answers of an operation refer to: one envelope, or none when they are mixed or of another shape. */
function envelopeIn(document: InfobipDocument, operation: Json): string | undefined {
  const found = new Set<string | undefined>();
  for (const [status, response] of Object.entries((operation["responses"] ?? {}) as Record<string, Json>)) {
    if (!/^[45]/.test(status)) continue;
    const content = (document.resolve(response)["content"] ?? {}) as Record<string, Json>;
    for (const media of Object.values(content)) {
      const title = document.resolve(media["schema"] as Json)["title"];
      found.add(typeof title === "string" ? title : undefined);
    }
  }
  const [envelope] = found;
  return found.size === 1 && (envelope === "ApiError" || envelope === "ApiException") ? envelope : undefined;
}

test("a path's envelope is what Infobip's documents say, over all messaging products", { skip: SKIP }, () => {
  const counts = { ApiError: 0, ApiException: 0 };
  for (const name of DOCUMENTS) {
    const document = new InfobipDocument(`${name}.json`);
    for (const [path, methods] of Object.entries(document.root["paths"] as Record<string, Json>)) {
      for (const operation of Object.values(methods) as Json[]) {
        const envelope = envelopeIn(document, operation);
        if (envelope === undefined) continue;
        assert.equal(envelopeOfPath(path), envelope, `${name} ${path}`);
        counts[envelope as keyof typeof counts] += 1;
      }
    }
  }
  assert.ok(counts.ApiError > 60 && counts.ApiException > 100, JSON.stringify(counts));
});

test("the known scopes are those of Infobip's authorization reference", { skip: SKIP }, async () => {
  const { KNOWN_SCOPES } = await import("../src/scopes.ts");
  const text = readText("scopes.yml");
  const listed = [...text.slice(text.indexOf("\nscopes:")).matchAll(/^- scope: (\S+)/gm)].map(([, scope]) =>
    String(scope),
  );
  assert.ok(listed.length > 100);
  assert.deepEqual(new Set(KNOWN_SCOPES), new Set(listed));
});

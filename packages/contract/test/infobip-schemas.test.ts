import assert from "node:assert/strict";
import { test } from "node:test";
import type { TSchema } from "typebox";
import type { Operation } from "../src/operation.ts";
import { OPERATIONS } from "../src/operations.ts";
import { ApiError, ApiException } from "../src/error-schemas.ts";
import { flatten, InfobipDocument, type Json, jsonOf, SKIP } from "./infobip-documents.ts";
import { WEBHOOKS } from "./infobip-webhooks.ts";
import { MEANT_INBOUND } from "./meant-inbound.ts";
import { MEANT_ACCOUNT } from "./meant-account.ts";
import { MEANT_OLDER_SMS } from "./meant-older-sms.ts";
import { MEANT_SUBSCRIPTIONS } from "./meant-subscriptions.ts";
import { MEANT_WHATSAPP_SENDERS } from "./meant-whatsapp-senders.ts";
import { MEANT_WHATSAPP } from "./meant-whatsapp.ts";

/** Differences that are meant. A difference that is not here fails, and one here that no longer exists fails too. */
const OPEN_LENGTH = "the contract leaves the length open; src/limits.ts says why ours";
const NOT_BLANK = "an empty text or list can only be a mistake";
const MEANT: Record<string, string> = {
  ...MEANT_INBOUND,
  ...MEANT_ACCOUNT,
  ...MEANT_OLDER_SMS,
  ...MEANT_SUBSCRIPTIONS,
  ...MEANT_WHATSAPP_SENDERS,
  ...MEANT_WHATSAPP,
  "SmsRequestEnvelope.messages minItems: none, ours 1": NOT_BLANK,
  "SmsRequestEnvelope.messages maxItems: none, ours 10000": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].sender maxLength: none, ours 255": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].destinations minItems: none, ours 1": NOT_BLANK,
  "SmsRequestEnvelope.messages[].destinations maxItems: none, ours 10000": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].content<0>.text minLength: none, ours 1": NOT_BLANK,
  "SmsRequestEnvelope.messages[].content<0>.text maxLength: none, ours 40000": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].content<1>.hex minLength: none, ours 1": NOT_BLANK,
  "SmsRequestEnvelope.messages[].content<1>.hex maxLength: none, ours 40000": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].content<1>.dataCoding minimum: none, ours 0": "one octet in SMPP",
  "SmsRequestEnvelope.messages[].content<1>.dataCoding maximum: none, ours 255": "one octet in SMPP",
  "SmsRequestEnvelope.messages[].content<1>.esmClass minimum: none, ours 0": "one octet in SMPP",
  "SmsRequestEnvelope.messages[].content<1>.esmClass maximum: none, ours 255": "one octet in SMPP",
  "SmsRequestEnvelope.messages[].options.validityPeriod.amount minimum: none, ours 1":
    "a validity of nothing sends nothing",
  "SmsRequestEnvelope.messages[].options.deliveryTimeWindow.days minItems: none, ours 1": "its description says so",
  "SmsRequestEnvelope.messages[].options.deliveryTimeWindow.days maxItems: none, ours 7": "a week has seven days",
  "SmsRequestEnvelope.messages[].options.regional.indiaDlt.contentTemplateId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].options.regional.indiaDlt.principalEntityId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].options.regional.indiaDlt.telemarketerId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].webhooks.delivery.url maxLength: none, ours 2048": OPEN_LENGTH,
  "SmsRequestEnvelope.messages[].webhooks.contentType maxLength: none, ours 255": OPEN_LENGTH,
  "SmsRequestEnvelope.options.schedule.sendAt maxLength: none, ours 64": OPEN_LENGTH,
  "SmsRequestEnvelope.options.schedule.sendingSpeedLimit.amount minimum: none, ours 1":
    "a speed of nothing sends nothing",
  "SmsRequestEnvelope.options.tracking.trackingUrl maxLength: none, ours 2048": OPEN_LENGTH,
  "SmsRequestEnvelope.options.tracking.customDomain maxLength: none, ours 255": OPEN_LENGTH,
  "SmsRequestEnvelope.options.conversionTracking.conversionTrackingName maxLength: none, ours 255": OPEN_LENGTH,
  "TextMessage.urlOptions.trackingUrl maxLength: none, ours 2048": OPEN_LENGTH,
  "TextMessage.urlOptions.customDomain maxLength: none, ours 255": OPEN_LENGTH,
  "TextMessage.context.replyToMessageId maxLength: none, ours 255": OPEN_LENGTH,
  "DeliveryReports.results[].sentAt maxLength: none, ours 64": OPEN_LENGTH,
  "DeliveryReports.results[].doneAt maxLength: none, ours 64": OPEN_LENGTH,
  "SmsLogs.results[].sentAt maxLength: none, ours 64": OPEN_LENGTH,
  "SmsLogs.results[].doneAt maxLength: none, ours 64": OPEN_LENGTH,
  "SmsLogs.results[].content<0>.text minLength: none, ours 1": NOT_BLANK,
  "SmsLogs.results[].content<0>.text maxLength: none, ours 40000": OPEN_LENGTH,
  "SmsLogs.results[].content<1>.hex minLength: none, ours 1": NOT_BLANK,
  "SmsLogs.results[].content<1>.hex maxLength: none, ours 40000": OPEN_LENGTH,
  "SmsLogs.results[].content<1>.dataCoding minimum: none, ours 0": "one octet in SMPP",
  "SmsLogs.results[].content<1>.dataCoding maximum: none, ours 255": "one octet in SMPP",
  "SmsLogs.results[].content<1>.esmClass minimum: none, ours 0": "one octet in SMPP",
  "SmsLogs.results[].content<1>.esmClass maximum: none, ours 255": "one octet in SMPP",
  "PreviewRequest.text minLength: none, ours 1": NOT_BLANK,
  "PreviewRequest.text maxLength: none, ours 40000": OPEN_LENGTH,
  "PreviewResponse.previews[] properties: charactersRemaining,configuration,messageCount,textPreview, ours charactersRemaining,configuration,forcedBy,messageCount,textPreview":
    "forcedBy is ours and says why a text needs UCS-2",
  "PreviewRequest.transliteration enum: , ours ALL,BALTIC,BULGARIAN_CYRILLIC,CENTRAL_EUROPEAN,COLOMBIAN,CYRILLIC,GREEK,NONE,NON_UNICODE,PORTUGUESE,SERBIAN_CYRILLIC,TURKISH":
    "its pattern says so",
  "PreviewRequest.languageCode enum: , ours AUTODETECT,ES,PT,TR": "its pattern says so",
  "WhatsAppDeliveryReports.results[].sentAt maxLength: none, ours 64": OPEN_LENGTH,
  "WhatsAppDeliveryReports.results[].doneAt maxLength: none, ours 64": OPEN_LENGTH,
  "BulkQuery.bulkId minLength: none, ours 1": NOT_BLANK,
  "BulkQuery.bulkId maxLength: none, ours 255": OPEN_LENGTH,
  "BulkRequest.sendAt maxLength: none, ours 64": OPEN_LENGTH,
  "BulkResponse.sendAt maxLength: none, ours 64": OPEN_LENGTH,
  "ApiException.requestError.serviceException properties: messageId,text, ours messageId,text,validationErrors":
    "an operation without a body shows none, and has none",
  "SmsReportsQuery.bulkId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsReportsQuery.messageId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsReportsQuery.limit minimum: none, ours 1": "a page of nothing would never advance",
  "SmsReportsQuery.entityId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsReportsQuery.applicationId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsReportsQuery.campaignReferenceId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsLogsQuery.mcc maxLength: none, ours 255": OPEN_LENGTH,
  "SmsLogsQuery.mnc maxLength: none, ours 255": OPEN_LENGTH,
  "SmsLogsQuery.sender maxLength: none, ours 255": OPEN_LENGTH,
  "SmsLogsQuery.destination maxLength: none, ours 255": OPEN_LENGTH,
  "SmsLogsQuery.bulkId maxItems: none, ours 100": OPEN_LENGTH,
  "SmsLogsQuery.bulkId[] maxLength: none, ours 2048": "its description says so",
  "SmsLogsQuery.messageId maxItems: none, ours 100": OPEN_LENGTH,
  "SmsLogsQuery.messageId[] maxLength: none, ours 2048": "its description says so",
  "SmsLogsQuery.campaignReferenceId maxItems: none, ours 100": OPEN_LENGTH,
  "SmsLogsQuery.campaignReferenceId[] maxLength: none, ours 2048": "as the other lists",
  "SmsLogsQuery.sentSince maxLength: none, ours 64": OPEN_LENGTH,
  "SmsLogsQuery.sentUntil maxLength: none, ours 64": OPEN_LENGTH,
  "SmsLogsQuery.limit minimum: none, ours 1": "a page of nothing would never advance",
  "SmsLogsQuery.entityId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsLogsQuery.applicationId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsLogsQuery.cursor maxLength: none, ours 2048": OPEN_LENGTH,
};

const INT32_LIMITS: Record<string, unknown> = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const SCALARS = ["type", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"];

const show = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value).replaceAll('"', ""));

/** The values that a schema's property `type` may have; none where it has no such property. */
function typesOf(schema: Json): string[] {
  const properties = (schema["properties"] ?? {}) as Record<string, Json>;
  return (properties["type"]?.["enum"] ?? []) as string[];
}

/** Walks both schemas side by side and lists what they do not share; counts the schemas compared. */
class Comparison {
  readonly differences: string[] = [];
  compared = 0;
  readonly #document: InfobipDocument;

  constructor(document: InfobipDocument) {
    this.#document = document;
  }

  compare(ours: Json, theirsRaw: Json, path: string): void {
    this.compared += 1;
    const theirs = flatten(this.#document, theirsRaw);
    const branches = theirs["oneOf"] as Json[] | undefined;
    if (branches !== undefined) return this.#branches(ours["anyOf"] as Json[], branches, path);
    const mapping = (theirs["discriminator"] as { mapping?: Record<string, string> } | undefined)?.mapping;
    const variants = (ours["anyOf"] as Json[] | undefined) ?? [ours];
    if (mapping !== undefined && variants.every((one) => typesOf(one).length === 1)) {
      return this.#variants(variants, mapping, path);
    }
    // A list parameter may also come as one text; the document's side of it is the array.
    const list = (ours["anyOf"] as Json[] | undefined)?.find((branch) => branch["type"] === "array");
    if (list !== undefined) return this.compare(list, theirs, path);
    for (const key of SCALARS) this.#scalar(key, ours, theirs, path);
    this.#set("enum", ours["enum"], theirs["enum"], path);
    this.#set("required", ours["required"], theirs["required"], path);
    this.#default(ours, theirs, path);
    this.#properties(ours, theirs, path);
    if (theirs["items"] !== undefined) this.compare(ours["items"] as Json, theirs["items"] as Json, `${path}[]`);
    if (typeof theirs["additionalProperties"] === "object") {
      const [pattern] = Object.values((ours["patternProperties"] ?? {}) as Json);
      this.compare(pattern as Json, theirs["additionalProperties"] as Json, `${path}{}`);
    }
  }

  #branches(ours: readonly Json[], theirs: readonly Json[], path: string): void {
    assert.equal(ours.length, theirs.length, path);
    for (const [index, branch] of theirs.entries()) this.compare(ours[index] as Json, branch, `${path}<${index}>`);
  }

  /** A base with a `type` that names one of several schemas, ours in the same order. */
  #variants(branches: readonly Json[], mapping: Readonly<Record<string, string>>, path: string): void {
    this.#set("types", branches.flatMap(typesOf), Object.keys(mapping), path);
    for (const branch of branches) {
      const [type = ""] = typesOf(branch);
      const theirs = flatten(this.#document, { $ref: mapping[type] });
      const { type: theirType, ...properties } = theirs["properties"] as Json;
      const { type: ourType, ...ourProperties } = branch["properties"] as Json;
      assert.ok(theirType !== undefined && ourType !== undefined, path);
      this.compare({ ...branch, properties: ourProperties }, { ...theirs, properties }, `${path}<${type}>`);
    }
  }

  #scalar(key: string, ours: Json, theirs: Json, path: string): void {
    const said = theirs[key] === 0 && (key === "minLength" || key === "minItems") ? undefined : theirs[key];
    if (ours[key] === said) return;
    if (said === undefined && theirs["format"] === "int32" && ours[key] === INT32_LIMITS[key]) return;
    this.differences.push(`${path} ${key}: ${show(said)}, ours ${show(ours[key])}`);
  }

  #set(key: string, ours: unknown, theirs: unknown, path: string): void {
    const sorted = (list: unknown) => [...new Set((list ?? []) as string[])].toSorted((x, y) => (x < y ? -1 : 1));
    const [a, b] = [ours, theirs].map((list) => sorted(list).join());
    if (a !== b) this.differences.push(`${path} ${key}: ${b}, ours ${a}`);
  }

  #default(ours: Json, theirs: Json, path: string): void {
    if (ours["default"] === theirs["default"]) return;
    this.differences.push(`${path} default: ${String(theirs["default"])}, ours ${String(ours["default"])}`);
  }

  #properties(ours: Json, theirs: Json, path: string): void {
    const [a, b] = [(ours["properties"] ?? {}) as Json, (theirs["properties"] ?? {}) as Json];
    this.#set("properties", Object.keys(a), Object.keys(b), path);
    for (const [name, property] of Object.entries(b)) {
      if (a[name] !== undefined) this.compare(a[name] as Json, property as Json, `${path}.${name}`);
    }
  }
}

/** The parameters of an operation as one object schema. */
function queryOf(operation: Json): Json {
  const parameters = (operation["parameters"] ?? []) as Json[];
  const inQuery = parameters.filter((parameter) => parameter["in"] === "query");
  return {
    type: "object",
    properties: Object.fromEntries(inQuery.map(({ name, schema }) => [name, schema])),
    required: inQuery.filter(({ required }) => required === true).map(({ name }) => name),
  };
}

function compareAll(): Comparison[] {
  const documents = new Map<string, InfobipDocument>();
  const documentOf = (file: string): InfobipDocument => {
    const document = documents.get(file) ?? new InfobipDocument(file);
    documents.set(file, document);
    return document;
  };
  const comparisons: Comparison[] = [];
  const compare = (file: string, ours: TSchema, theirs: Json): void => {
    const comparison = new Comparison(documentOf(file));
    comparison.compare(ours as Json, theirs, (ours as { title: string }).title);
    comparisons.push(comparison);
  };
  for (const operation of Object.values(OPERATIONS) as Operation[]) {
    if (operation.document === null) continue;
    const file = `${operation.document}.json`;
    const theirs = documentOf(file).operation(operation.method, operation.path);
    const responses = theirs["responses"] as Record<string, Json>;
    if (operation.body !== undefined)
      compare(file, operation.body, jsonOf(theirs["requestBody"] as Json)["schema"] as Json);
    if (operation.query !== undefined) compare(file, operation.query, queryOf(theirs));
    const good = String(operation.status ?? 200);
    if (operation.response !== undefined)
      compare(file, operation.response, jsonOf(responses[good] as Json)["schema"] as Json);
    for (const [status, response] of Object.entries(responses)) {
      if (status === good) continue;
      const { content } = documentOf(file).resolve(response);
      if (content === undefined) continue;
      const schema = jsonOf({ content })["schema"] as Json;
      compare(file, operation.envelope === "ApiError" ? ApiError : ApiException, schema);
    }
  }
  for (const [file, name, ours] of WEBHOOKS) {
    compare(file, ours, jsonOf(documentOf(file).webhook(name)["requestBody"] as Json)["schema"] as Json);
  }
  return comparisons;
}

test("names, required, enums, limits and defaults are Infobip's, but for the differences that are meant", {
  skip: SKIP,
}, () => {
  const comparisons = compareAll();
  const compared = comparisons.reduce((sum, comparison) => sum + comparison.compared, 0);
  assert.ok(compared > 250, `${compared} schemas compared`);
  const differences = new Set(comparisons.flatMap((comparison) => comparison.differences));
  assert.deepEqual(
    [...differences].filter((difference) => MEANT[difference] === undefined),
    [],
  );
  assert.deepEqual(
    Object.keys(MEANT).filter((meant) => !differences.has(meant)),
    [],
  );
});

test("ids and scopes of the operations are Infobip's", { skip: SKIP }, () => {
  for (const operation of Object.values(OPERATIONS) as Operation[]) {
    if (operation.document === null) continue;
    const theirs = new InfobipDocument(`${operation.document}.json`).operation(operation.method, operation.path);
    assert.equal(operation.operationId, theirs["operationId"]);
    assert.deepEqual(operation.scopes, theirs["x-scopes"]);
  }
});

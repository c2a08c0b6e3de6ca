import type { TSchema } from "typebox";
import { ApiError, ApiException } from "./error-schemas.ts";
import { HTTP_ERRORS, errorBody, type HttpErrorStatus } from "./http-errors.ts";
import { IDEMPOTENCY_KEY_LENGTH_MAX } from "./limits.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

type Json = Record<string, unknown>;

const ERROR_STATUSES: readonly HttpErrorStatus[] = [400, 401, 403, 413, 429, 500, 503];

const IDEMPOTENCY_KEY: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "A name for this request: sent again with the same body, it is given the same answer and sends nothing.",
  schema: { type: "string", minLength: 1, maxLength: IDEMPOTENCY_KEY_LENGTH_MAX, pattern: "^[!-~]+$" },
};

const DESCRIPTIONS = { 200: "OK", 201: "Created", 202: "Accepted", 204: "No content" } as const;

const SECURITY_SCHEMES: Json = {
  APIKeyHeader: { type: "apiKey", in: "header", name: "Authorization", description: "`App` and the API key." },
  Basic: { type: "http", scheme: "basic" },
  IBSSOTokenHeader: { type: "apiKey", in: "header", name: "Authorization", description: "`IBSSO` and the token." },
  OAuth2: { type: "oauth2", flows: { clientCredentials: { tokenUrl: "/auth/1/oauth2/token", scopes: {} } } },
};

/** An OpenAPI 3.1 document of every served operation. `version` is the platform's own. */
export function openApi(options: { title?: string; version: string }): object {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const operation of Object.values(OPERATIONS) as Operation[]) {
    const methods = (paths[operation.path] ??= {});
    methods[operation.method.toLowerCase()] = describe(operation, schemas);
    if (operation.takesForm === true) methods["post"] = describeForm(operation, schemas);
  }
  return {
    openapi: "3.1.0",
    info: { title: options.title ?? "Posthorn", version: options.version },
    paths,
    components: { schemas, securitySchemes: SECURITY_SCHEMES },
  };
}

function describe(operation: Operation, schemas: Json): Json {
  const result: Json = { operationId: operation.operationId };
  if (operation.document === null) result["deprecated"] = true;
  const parameters = [
    ...(operation.params === undefined ? [] : parametersOf("path", operation.params, schemas)),
    ...(operation.query === undefined ? [] : parametersOf("query", operation.query, schemas)),
    ...(operation.isSend === true ? [IDEMPOTENCY_KEY] : []),
  ];
  if (parameters.length > 0) result["parameters"] = parameters;
  if (operation.body !== undefined) {
    const schema = reference(operation.body, schemas);
    const content =
      operation.takesUpload === true ? { "multipart/form-data": { schema } } : contentOf(operation, schema);
    result["requestBody"] = { required: true, content };
  }
  const { status: good = 200, response } = operation;
  const responses: Json = {
    [good]: {
      description: DESCRIPTIONS[good],
      ...(response === undefined ? {} : { content: goodContentOf(operation, reference(response, schemas)) }),
    },
  };
  const envelope = reference(operation.envelope === "ApiError" ? ApiError : ApiException, schemas);
  for (const status of operation.isSend === true ? [...ERROR_STATUSES, 409 as const] : ERROR_STATUSES) {
    responses[status] = {
      description: HTTP_ERRORS[status].text,
      content: contentOf(operation, envelope, errorBody(operation.envelope, status)),
    };
  }
  result["responses"] = responses;
  result["security"] = Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] }));
  result["x-scopes"] = operation.scopes;
  return result;
}

/** The same operation, with a form for its query. */
function describeForm(operation: Operation, schemas: Json): Json {
  const { query, ...rest } = operation;
  const schema = query === undefined ? {} : copy(query, schemas);
  return {
    ...describe(rest, schemas),
    operationId: `${operation.operationId}-as-form`,
    requestBody: { required: true, content: { "application/x-www-form-urlencoded": { schema } } },
  };
}

/** The media types of a body; an example is JSON's. */
function contentOf({ hasXml }: Operation, schema: unknown, example?: unknown): Json {
  const json = example === undefined ? { schema } : { schema, example };
  return { "application/json": json, ...(hasXml === true ? { "application/xml": { schema } } : {}) };
}

function goodContentOf(operation: Operation, schema: unknown): Json {
  return operation.answersOctets === true ? { "*/*": { schema } } : contentOf(operation, schema);
}

function parametersOf(place: "path" | "query", fields: TSchema, schemas: Json): unknown[] {
  const { properties, required = [] } = fields as { properties: Record<string, TSchema>; required?: readonly string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: reference(schema, schemas),
  }));
}

/** The schema for the document: a titled one goes to the components once and is referred to. */
function reference(schema: unknown, schemas: Json): unknown {
  if (Array.isArray(schema)) return schema.map((item) => reference(item, schemas));
  if (typeof schema !== "object" || schema === null) return schema;
  const title = (schema as { title?: unknown }).title;
  if (typeof title !== "string") return copy(schema, schemas);
  if (!Object.hasOwn(schemas, title)) {
    schemas[title] = {};
    schemas[title] = copy(schema, schemas);
  }
  return { $ref: `#/components/schemas/${title}` };
}

function copy(schema: object, schemas: Json): Json {
  const result: Json = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith("~")) continue;
    result[key] = key === "properties" ? copyProperties(value as Json, schemas) : reference(value, schemas);
  }
  // Said only here: as a keyword a validator would hold it against RFC 3339, which refuses `+0000`.
  if (result["title"] === "DateTime") result["format"] = "date-time";
  return result;
}

/** Apart from `copy`, since a property may be called `title`. */
function copyProperties(properties: Json, schemas: Json): Json {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, reference(schema, schemas)]));
}

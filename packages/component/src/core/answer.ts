import {
  ComponentError,
  type ComponentErrorCode,
  type ComponentErrorFields,
  type Outcome,
  shorten,
  type Violation,
} from "./error.ts";
import { RESPONSE_BYTES_MAX, VIOLATION_COUNT_MAX } from "./limits.ts";
import type { HttpResponse } from "./runtime.ts";

export type Parsed<Output> =
  | { readonly ok: true; readonly output: Output }
  | { readonly ok: false; readonly error: ComponentError };

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The body of a 2xx as it came, or the error that the answer means. `isExpected` asks for the least that shows the
 * answer to be the right one; unknown fields are kept, missing ones are not invented.
 */
export function parseAnswer<Output>(response: HttpResponse, isExpected: (body: JsonObject) => boolean): Parsed<Output> {
  const { status } = response;
  if (status < 200 || status > 299) return { ok: false, error: errorOfAnswer(response) };
  if (response.bodyText.length > RESPONSE_BYTES_MAX) return bad(status, `is longer than ${RESPONSE_BYTES_MAX} bytes`);
  const body = parseObject(response.bodyText);
  if (body === undefined) return bad(status, "is not a JSON object");
  if (!isExpected(body)) return bad(status, "does not have the expected fields");
  return { ok: true, output: body as Output };
}

function bad(status: number, fault: string): { ok: false; error: ComponentError } {
  const message = `the answer (HTTP ${status}) ${fault}; does baseUrl point to an Infobip API?`;
  return {
    ok: false,
    error: new ComponentError({ code: "BAD_RESPONSE", message, httpStatus: status, outcome: "unknown" }),
  };
}

/** The class of a status that is not 2xx. A 4xx answers before anything is sent; of a 408 or 5xx that is not certain. */
function classify(status: number): { code: ComponentErrorCode; outcome: Outcome } {
  if (status === 401) return { code: "UNAUTHORIZED", outcome: "not-sent" };
  if (status === 403) return { code: "FORBIDDEN", outcome: "not-sent" };
  if (status === 408) return { code: "TIMEOUT", outcome: "unknown" };
  if (status === 429) return { code: "THROTTLED", outcome: "not-sent" };
  if (status >= 400 && status <= 499) return { code: "REJECTED", outcome: "not-sent" };
  if (status >= 500 && status <= 599) return { code: "SERVER_ERROR", outcome: "unknown" };
  return { code: "BAD_RESPONSE", outcome: "unknown" };
}

function errorOfAnswer(response: HttpResponse): ComponentError {
  const { status } = response;
  const envelope = readEnvelope(parseObject(response.bodyText) ?? {});
  const isRedirect = status >= 300 && status <= 399;
  const { infobipCode, description, action, violations } = envelope;
  const said = [
    `HTTP ${status}`,
    infobipCode === undefined ? "" : ` ${infobipCode}`,
    isRedirect ? ": a redirect, which is not followed; write the final address as baseUrl" : "",
    description === undefined ? "" : `: ${description}`,
    ...violations.map(({ property, violation }, index) => `${index === 0 ? " " : "; "}${property}: ${violation}`),
  ];
  return new ComponentError({
    ...classify(status),
    message: shorten(said.join("")),
    httpStatus: status,
    infobipCode,
    description,
    action,
    violations,
  });
}

interface Envelope extends Pick<ComponentErrorFields, "infobipCode" | "description" | "action"> {
  readonly violations: readonly Violation[];
}

/** Both envelopes at once: ApiError (v3) and ApiException (`requestError.serviceException`, all older endpoints). */
function readEnvelope(body: JsonObject): Envelope {
  const legacy = asObject(asObject(body["requestError"])["serviceException"]);
  return {
    infobipCode: asText(body["errorCode"]) ?? asText(legacy["messageId"]),
    description: asText(body["description"]) ?? asText(legacy["text"]),
    action: asText(body["action"]),
    violations: [...readViolations(body["violations"]), ...readValidationErrors(legacy["validationErrors"])].slice(
      0,
      VIOLATION_COUNT_MAX,
    ),
  };
}

function readViolations(value: unknown): readonly Violation[] {
  if (!Array.isArray(value)) return [];
  return value.map(asObject).map((entry) => ({
    property: asText(entry["property"]) ?? "",
    violation: asText(entry["violation"]) ?? "",
  }));
}

/** `{"content.text": ["must not be blank"]}` becomes a list of the newer form. */
function readValidationErrors(value: unknown): readonly Violation[] {
  return Object.entries(asObject(value)).flatMap(([property, violations]) =>
    (Array.isArray(violations) ? violations : [violations]).map((violation) => ({
      property: shorten(property),
      violation: asText(violation) ?? "",
    })),
  );
}

export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? shorten(value) : undefined;
}

/**
 * `Retry-After` as milliseconds from now: seconds or an HTTP date (RFC 9110 §10.2.3), undefined when absent or unreadable.
 */
export function readRetryAfterMs(response: HttpResponse, nowMs: number): number | undefined {
  const entry = Object.entries(response.headers).find(([name]) => name.toLowerCase() === "retry-after");
  const value = entry?.[1]?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  // Only a value that starts like an HTTP date: Date.parse would read "-5" and "1.5x" as years.
  const at = /^[A-Z][a-z]{2,8},? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/**
 * The errors of the Graph API that the emulator answers, or sends in statuses: code, title, HTTP status. Programs should
 * decide by `code`; of HTTP statuses, Meta's own pages and what is seen of them differ (429 or 400 for limits).
 */
import type { JsonObject } from "./json.ts";

/** Two copies of this package in one program are normal, so an error is known by its mark and not by its class. */
const MARK = Symbol.for("posthorn.whatsapp-emulator.error");

interface GraphErrorKind {
  readonly title: string;
  readonly http: number;
  readonly isTransient?: true;
}

export const GRAPH_ERRORS = {
  1: { title: "API Unknown", http: 400, isTransient: true },
  2: { title: "API Service", http: 500, isTransient: true },
  3: { title: "API Method", http: 400 },
  4: { title: "API Too Many Calls", http: 429, isTransient: true },
  10: { title: "Permission Denied", http: 403 },
  33: { title: "Parameter value is not valid", http: 400 },
  100: { title: "Invalid parameter", http: 400 },
  190: { title: "Invalid OAuth access token", http: 401 },
  200: { title: "API Permission", http: 403 },
  368: { title: "Temporarily blocked for policies violations", http: 403 },
  80007: { title: "Rate limit issues", http: 429, isTransient: true },
  130429: { title: "Rate limit hit", http: 429 },
  130472: { title: "User's number is part of an experiment", http: 400 },
  130497: { title: "Business account is restricted from messaging users in this country", http: 403 },
  131000: { title: "Something went wrong", http: 500 },
  131005: { title: "Access denied", http: 403 },
  131008: { title: "Required parameter is missing", http: 400 },
  131009: { title: "Parameter value is not valid", http: 400 },
  131016: { title: "Service unavailable", http: 500 },
  131021: { title: "Recipient cannot be sender", http: 400 },
  131026: { title: "Message undeliverable", http: 400 },
  131030: { title: "Recipient phone number not in allowed list", http: 400 },
  131031: { title: "Account has been locked", http: 403 },
  131037: { title: "WhatsApp provided number needs display name approval", http: 400 },
  131042: { title: "Business eligibility payment issue", http: 400 },
  131045: { title: "Incorrect certificate", http: 500 },
  131047: { title: "Re-engagement message", http: 400 },
  131048: { title: "Spam rate limit hit", http: 429 },
  131049: { title: "Meta chose not to deliver", http: 400 },
  131050: { title: "User has stopped marketing messages", http: 400 },
  131051: { title: "Unsupported message type", http: 400 },
  131052: { title: "Media download error", http: 400 },
  131053: { title: "Media upload error", http: 400 },
  131056: { title: "Pair rate limit hit", http: 429 },
  131057: { title: "Account in maintenance mode", http: 500 },
  131062: { title: "Business-scoped user ID not supported", http: 400 },
  132000: { title: "Number of parameters does not match the expected number of params", http: 400 },
  132001: { title: "Template name does not exist in the translation", http: 404 },
  132005: { title: "Translated text too long", http: 400 },
  132007: { title: "Template format character policy violated", http: 400 },
  132012: { title: "Parameter format does not match format in the created template", http: 400 },
  132015: { title: "Template is paused", http: 400 },
  132016: { title: "Template is disabled", http: 400 },
  132068: { title: "Flow is blocked", http: 400 },
  132069: { title: "Flow is throttled", http: 400 },
  133010: { title: "Phone number not registered", http: 400 },
  135000: { title: "Generic user error", http: 400 },
} as const satisfies Readonly<Record<number, GraphErrorKind>>;

export type GraphErrorCode = keyof typeof GRAPH_ERRORS;

export function isGraphErrorCode(code: number): code is GraphErrorCode {
  return Object.hasOwn(GRAPH_ERRORS, code);
}

export interface GraphErrorExtras {
  readonly subcode?: number;
  /** Where it differs from the table's. */
  readonly http?: number;
  readonly type?: "OAuthException" | "GraphMethodException";
}

/** An error answer of the Graph API. `details` say in words what is wrong, with the property's path. */
export class GraphError extends Error {
  readonly [MARK] = true;
  override readonly name = "GraphError";
  readonly code: GraphErrorCode;
  readonly details: string;
  readonly http: number;
  readonly #extras: GraphErrorExtras;

  constructor(code: GraphErrorCode, details: string, extras: GraphErrorExtras = {}) {
    super(`(#${code}) ${GRAPH_ERRORS[code].title}`);
    this.code = code;
    this.details = details;
    this.http = extras.http ?? GRAPH_ERRORS[code].http;
    this.#extras = extras;
  }

  /** As the body of an answer. */
  body(traceId: string): JsonObject {
    const kind: GraphErrorKind = GRAPH_ERRORS[this.code];
    const { subcode, type = "OAuthException" } = this.#extras;
    return {
      error: {
        message: this.message,
        type,
        code: this.code,
        error_data: { messaging_product: "whatsapp", details: this.details },
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(kind.isTransient === true ? { is_transient: true } : {}),
        fbtrace_id: traceId,
      },
    };
  }
}

export function isGraphError(error: unknown): error is GraphError {
  return typeof error === "object" && error !== null && MARK in error;
}

const ERROR_CODES_PAGE = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/";

const DETAILS: Readonly<Partial<Record<GraphErrorCode, string>>> = {
  131026: "The user cannot be reached: no WhatsApp, an old version, or its terms not accepted.",
  131047: "More than 24 hours have passed since the user last wrote to this number.",
  131049: "Not delivered, to keep the number of marketing messages of this user low.",
  131050: "The user wants no marketing messages of this business.",
};

/** What a status says of a failure, where nothing else is known of it. */
export function failureDetailsOf(code: GraphErrorCode): string {
  return DETAILS[code] ?? `The message was not delivered: ${GRAPH_ERRORS[code].title}.`;
}

/** As an element of `errors` in a status or an inbound message. */
export function statusErrorOf(code: GraphErrorCode, details: string): JsonObject {
  const { title } = GRAPH_ERRORS[code];
  return { code, title, message: title, error_data: { details }, href: ERROR_CODES_PAGE };
}

const OPTION_MARK = Symbol.for("posthorn.whatsapp-emulator.option-error");

/** An option or a call of the emulator's own that cannot be. */
export class EmulatorOptionError extends Error {
  override readonly name = "EmulatorOptionError";
  readonly [OPTION_MARK] = true;
}

export function optionError(name: string, expectation: string): EmulatorOptionError {
  return new EmulatorOptionError(`${name} ${expectation}`);
}

export function isOptionError(error: unknown): error is EmulatorOptionError {
  return typeof error === "object" && error !== null && OPTION_MARK in error;
}

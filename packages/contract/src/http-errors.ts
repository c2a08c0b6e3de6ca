import type { ApiError, ApiErrorResource, ApiException } from "./error-schemas.ts";
import type { Envelope } from "./operation.ts";
import type { Violation } from "./violations.ts";

interface HttpError {
  /** `messageId` of the older envelope. */
  readonly messageId: string;
  /** `text` of the older envelope. */
  readonly text: string;
  readonly description: string;
  readonly action: string;
  readonly resources: readonly ApiErrorResource[];
}

const DOCS = "https://www.infobip.com/docs/essentials";

/**
 * What each HTTP status says in either envelope. 400 to 500 as Infobip's documents give them; 413, 415 and 503 are
 * ours in the same manner, since no document of theirs shows one.
 */
export const HTTP_ERRORS = {
  400: {
    messageId: "BAD_REQUEST",
    text: "Bad request",
    description: "Request cannot be processed.",
    action: "Check the syntax, violations and adjust the request.",
    resources: [],
  },
  401: {
    messageId: "UNAUTHORIZED",
    text: "Unauthorized",
    description: "The request lacks valid authentication credentials for the requested resource.",
    action: "Check the resources and adjust authentication credentials.",
    resources: [{ name: "API Authentication", url: `${DOCS}/api-authentication` }],
  },
  403: {
    messageId: "FORBIDDEN",
    text: "Forbidden",
    description: "Insufficient permissions to access the requested resource.",
    action: "Repeat the request with new or different credentials.",
    resources: [{ name: "API Scopes", url: `${DOCS}/api-essentials/api-authorization#api-scopes` }],
  },
  404: {
    messageId: "NOT_FOUND",
    text: "Not found",
    description: "Not found - request URL doesn't exist on the API server or resource is not found.",
    action: "Check the resources and adjust your request.",
    resources: [],
  },
  409: {
    messageId: "CONFLICT",
    text: "Conflict",
    description: "Request cannot be processed due to conflicts with existing resources.",
    action: "Check the state of the resource and adjust the request.",
    resources: [],
  },
  413: {
    messageId: "PAYLOAD_TOO_LARGE",
    text: "Payload too large",
    description: "The request body is larger than the server accepts.",
    action: "Split the request into several smaller ones.",
    resources: [],
  },
  415: {
    messageId: "UNSUPPORTED_MEDIA_TYPE",
    text: "Unsupported media type",
    description: "The content type of the request is not supported.",
    action: "Send the body as application/json.",
    resources: [],
  },
  429: {
    messageId: "TOO_MANY_REQUESTS",
    text: "Too many requests",
    description: "Too many requests sent.",
    action: "Check request rate limit specified in the API endpoint documentation resource.",
    resources: [
      {
        name: "Throttling handling errors",
        url: `${DOCS}/integration-best-practices#throttling-handling-errors`,
      },
    ],
  },
  500: {
    messageId: "GENERAL_ERROR",
    text: "Something went wrong. Please contact support.",
    description: "Something went wrong.",
    action: "Contact the support.",
    resources: [],
  },
  503: {
    messageId: "SERVICE_UNAVAILABLE",
    text: "Service unavailable",
    description: "The service is not available at the moment.",
    action: "Repeat the request later.",
    resources: [],
  },
} as const satisfies Record<number, HttpError>;

export type HttpErrorStatus = keyof typeof HTTP_ERRORS;

export interface ErrorBodyOptions {
  readonly violations?: readonly Violation[];
  /** Replaces `description` of the newer envelope and `text` of the older one. */
  readonly description?: string;
  /** Replace the status's own of the newer envelope; the older one has neither. */
  readonly errorCode?: string;
  readonly action?: string;
}

/** The body of an error answer. A status outside the table is a programmer error and throws. */
export function errorBody(envelope: "ApiError", httpStatus: HttpErrorStatus, options?: ErrorBodyOptions): ApiError;
export function errorBody(
  envelope: "ApiException",
  httpStatus: HttpErrorStatus,
  options?: ErrorBodyOptions,
): ApiException;
export function errorBody(
  envelope: Envelope,
  httpStatus: HttpErrorStatus,
  options?: ErrorBodyOptions,
): ApiError | ApiException;
export function errorBody(
  envelope: Envelope,
  httpStatus: HttpErrorStatus,
  options: ErrorBodyOptions = {},
): ApiError | ApiException {
  const error: HttpError | undefined = HTTP_ERRORS[httpStatus];
  if (error === undefined) throw new RangeError(`No error body for HTTP status ${String(httpStatus)}`);
  const violations = options.violations ?? [];
  return envelope === "ApiError"
    ? apiError(httpStatus, error, violations, options)
    : apiException(error, violations, options.description);
}

function apiError(
  httpStatus: HttpErrorStatus,
  error: HttpError,
  violations: readonly Violation[],
  { description = error.description, errorCode = `E${httpStatus}`, action = error.action }: ErrorBodyOptions,
): ApiError {
  return {
    errorCode,
    description,
    action,
    violations: violations.map(({ property, violation }) => ({ property, violation })),
    resources: error.resources.map((resource) => ({ ...resource })),
  };
}

function apiException(error: HttpError, violations: readonly Violation[], text = error.text): ApiException {
  const details = { messageId: error.messageId, text };
  if (violations.length === 0) return { requestError: { serviceException: details } };
  // A Map, since a property of the client's naming may be called `__proto__`.
  const validationErrors = new Map<string, string[]>();
  for (const { property, violation } of violations) {
    const texts = validationErrors.get(property);
    if (texts === undefined) validationErrors.set(property, [violation]);
    else texts.push(violation);
  }
  return { requestError: { serviceException: { ...details, validationErrors: Object.fromEntries(validationErrors) } } };
}

import { ERROR_TEXT_LENGTH_MAX } from "./limits.ts";

/** Errors are recognised by this mark: two copies of a package in one host are normal, and `instanceof` fails there. */
export const COMPONENT_ERROR_MARK: unique symbol = Symbol.for("posthorn.component.error");

/**
 * Every way a call can fail. `isRetryable`: the same call may succeed later; repeat it with the same idempotency key.
 * The README's table is held equal to this one by a test.
 */
export const ERRORS = {
  INVALID_INPUT: {
    isRetryable: false,
    meaning:
      "The input or a call option breaks a rule; `violations` names the property. Nothing was sent, but by a workflow's earlier tasks.",
  },
  INVALID_CONNECTION: { isRetryable: false, meaning: "`key` or `baseUrl` cannot be used. Nothing was sent." },
  INVALID_WORKFLOW: {
    isRetryable: false,
    meaning: "The workflow or task cannot be run; `violations` names the places. No task was run.",
  },
  UNAUTHORIZED: {
    isRetryable: false,
    meaning: "401: the key is wrong, expired, disabled or not allowed from this address.",
  },
  FORBIDDEN: { isRetryable: false, meaning: "403: the key lacks the scope for this request." },
  REJECTED: { isRetryable: false, meaning: "Another 4xx: the request was refused as a whole; `violations` says why." },
  THROTTLED: {
    isRetryable: true,
    meaning: "429 until the attempts were used up; `retryAfterMs` when the server named a time.",
  },
  SERVER_ERROR: { isRetryable: true, meaning: "5xx until the attempts were used up." },
  NETWORK: {
    isRetryable: true,
    meaning: "No answer: name, connection, TLS or a connection reset. A refused certificate is not retryable.",
  },
  TIMEOUT: { isRetryable: true, meaning: "No answer in time (also 408) until the attempts were used up." },
  DEADLINE: {
    isRetryable: true,
    meaning: "The next attempt would have come after the call's deadline; `cause` is the last attempt's error.",
  },
  BAD_RESPONSE: {
    isRetryable: false,
    meaning: "An answer that is not Infobip's: a redirect, not JSON, too long or without the expected fields.",
  },
  ABORTED: { isRetryable: false, meaning: "The caller's signal ended the call." },
} as const satisfies Record<string, { isRetryable: boolean; meaning: string }>;

export type ComponentErrorCode = keyof typeof ERRORS;

/**
 * Whether the messages of the failed call may have been accepted.
 * `unknown`: at least one attempt got no clear answer. Repeat with the same idempotency key to find out without sending twice.
 */
export type Outcome = "not-sent" | "unknown";

/** One broken rule. `property` is a path such as `to[1]`, or Infobip's own path when the server found it. */
export interface Violation {
  readonly property: string;
  readonly violation: string;
}

export interface ComponentErrorFields {
  readonly code: ComponentErrorCode;
  readonly message: string;
  readonly httpStatus?: number | undefined;
  /** `errorCode` of an ApiError (`E400`) or `messageId` of the legacy envelope (`BAD_REQUEST`). */
  readonly infobipCode?: string | undefined;
  /** `description` of an ApiError or `text` of the legacy envelope. */
  readonly description?: string | undefined;
  /** `action` of an ApiError: what to do about it. */
  readonly action?: string | undefined;
  readonly violations?: readonly Violation[] | undefined;
  readonly isRetryable?: boolean | undefined;
  /** HTTP requests made by this call. */
  readonly attempts?: number | undefined;
  readonly outcome?: Outcome | undefined;
  /** The server's wish, counted from its last answer. */
  readonly retryAfterMs?: number | undefined;
  /** Name of the workflow task that failed. */
  readonly task?: string | undefined;
  /** Outputs of the workflow's earlier tasks, by name: what was already sent. */
  readonly completedSteps?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

export class ComponentError extends Error {
  readonly [COMPONENT_ERROR_MARK] = true;
  readonly code: ComponentErrorCode;
  readonly httpStatus: number | undefined;
  readonly infobipCode: string | undefined;
  readonly description: string | undefined;
  readonly action: string | undefined;
  readonly violations: readonly Violation[];
  readonly isRetryable: boolean;
  readonly attempts: number;
  readonly outcome: Outcome;
  readonly retryAfterMs: number | undefined;
  readonly task: string | undefined;
  readonly completedSteps: Readonly<Record<string, unknown>> | undefined;

  constructor(fields: ComponentErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "ComponentError";
    this.code = fields.code;
    this.httpStatus = fields.httpStatus;
    this.infobipCode = fields.infobipCode;
    this.description = fields.description;
    this.action = fields.action;
    this.violations = fields.violations ?? [];
    this.isRetryable = fields.isRetryable ?? ERRORS[fields.code].isRetryable;
    this.attempts = fields.attempts ?? 0;
    this.outcome = fields.outcome ?? "not-sent";
    this.retryAfterMs = fields.retryAfterMs;
    this.task = fields.task;
    this.completedSteps = fields.completedSteps;
  }

  /** Plain data for logs and `--json` output: no stack, no cause's stack. */
  toJSON(): Record<string, unknown> {
    const { name, message, cause, ...fields } = this;
    return { name, message, ...fields, ...(cause === undefined ? {} : { cause: causeToJson(cause) }) };
  }
}

function causeToJson(cause: unknown): unknown {
  return isComponentError(cause) ? cause.toJSON() : cause;
}

/** True for a ComponentError of any copy of this package. */
export function isComponentError(error: unknown): error is ComponentError {
  return (
    typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[COMPONENT_ERROR_MARK] === true
  );
}

/** A copy of an error with some fields replaced; the copy keeps the original's place in the code. */
export function amendError(error: ComponentError, changes: Partial<ComponentErrorFields>): ComponentError {
  const { code, message, httpStatus, infobipCode, description, action, violations } = error;
  const { isRetryable, attempts, outcome, retryAfterMs, task, completedSteps, cause } = error;
  const amended = new ComponentError({
    code,
    message,
    httpStatus,
    infobipCode,
    description,
    action,
    violations,
    isRetryable,
    attempts,
    outcome,
    retryAfterMs,
    task,
    completedSteps,
    cause,
    ...changes,
  });
  if (error.stack !== undefined && amended.message === message) amended.stack = error.stack;
  return amended;
}

/** An error that names the broken properties; they are repeated in the message for hosts that show nothing else. */
export function violationError(
  code: "INVALID_INPUT" | "INVALID_CONNECTION" | "INVALID_WORKFLOW",
  violations: readonly Violation[],
): ComponentError {
  const list = violations.map(({ property, violation }) => `${property} ${violation}`).join("; ");
  return new ComponentError({ code, message: shorten(list), violations });
}

/** Cuts text of unknown length that goes into an error. */
export function shorten(text: string): string {
  return text.length <= ERROR_TEXT_LENGTH_MAX ? text : `${text.slice(0, ERROR_TEXT_LENGTH_MAX - 3)}...`;
}

import { type Parsed, readRetryAfterMs } from "./answer.ts";
import { amendError, ComponentError, type Outcome } from "./error.ts";
import { ATTEMPT_TIMEOUT_MS, ATTEMPTS_MAX, BACKOFF_BASE_MS, BACKOFF_CAP_MS, DEADLINE_MS } from "./limits.ts";
import { errorOfTransport } from "./transport-error.ts";
import type { HttpRequest, HttpResponse, Runtime } from "./runtime.ts";

export interface RetryLimits {
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly attemptsMax: number;
}

export const RETRY_LIMITS: RetryLimits = {
  attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
  deadlineMs: DEADLINE_MS,
  attemptsMax: ATTEMPTS_MAX,
};

export interface Exchange<Output> {
  /** For the log. */
  readonly action: string;
  readonly request: HttpRequest;
  readonly limits: RetryLimits;
  readonly signal?: AbortSignal | undefined;
  /** `attempt` counts from 1. */
  parse(response: HttpResponse, attempt: number): Parsed<Output>;
}

/**
 * Sends the same request until it is answered for good, the attempts are used up or the deadline would pass.
 *
 * attempt → answer → 2xx: output
 *                  → 4xx except 408 and 429, redirect, unreadable: error, at once
 *                  → 408, 429, 5xx; or no answer: pause → attempt
 *
 * The pause is full jitter (a random part of base · 2^(attempt-1), capped), and at least the server's `Retry-After`.
 * The error's `outcome` is `unknown` once any attempt may have been accepted, even if the last one certainly was not.
 */
export async function exchange<Output>(plan: Exchange<Output>, runtime: Runtime): Promise<Output> {
  const { limits, signal } = plan;
  const deadlineAt = runtime.now() + limits.deadlineMs;
  let outcome: Outcome = "not-sent";
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted === true) throw abortedError(attempt - 1, outcome);
    const timeoutMs = Math.max(1, Math.min(limits.attemptTimeoutMs, deadlineAt - runtime.now()));
    const result = await attemptOnce(plan, runtime, attempt, timeoutMs);
    if (result.ok) return result.output;
    if (result.error.outcome === "unknown") outcome = "unknown";
    const error = amendError(result.error, { attempts: attempt, outcome });
    if (!error.isRetryable || attempt >= limits.attemptsMax) throw error;
    const waitMs = pauseMs(attempt, error.retryAfterMs, runtime);
    if (runtime.now() + waitMs >= deadlineAt) throw deadlineError(error, waitMs, limits.deadlineMs);
    runtime.log?.({
      event: "component.retry",
      action: plan.action,
      attempt,
      waitMs,
      code: error.code,
      ...(error.httpStatus === undefined ? {} : { httpStatus: error.httpStatus }),
    });
    await pause(runtime, waitMs, signal, () => abortedError(attempt, outcome));
  }
}

async function attemptOnce<Output>(
  plan: Exchange<Output>,
  runtime: Runtime,
  attempt: number,
  timeoutMs: number,
): Promise<Parsed<Output>> {
  let response: HttpResponse;
  try {
    response = await runtime.http(plan.request, { signal: plan.signal, timeoutMs });
  } catch (cause) {
    const isAborted = plan.signal?.aborted === true;
    return {
      ok: false,
      error: isAborted ? abortedError(attempt, "unknown") : errorOfTransport(cause, timeoutMs, runtime.redact),
    };
  }
  const parsed = plan.parse(response, attempt);
  if (parsed.ok) return parsed;
  const retryAfterMs = parsed.error.isRetryable ? readRetryAfterMs(response, runtime.now()) : undefined;
  return { ok: false, error: amendError(redactError(parsed.error, runtime.redact), { retryAfterMs }) };
}

/** Full jitter spreads callers that failed together over the whole interval, so they do not come back together. */
function pauseMs(attempt: number, retryAfterMs: number | undefined, runtime: Runtime): number {
  const ceilingMs = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (attempt - 1));
  return Math.max(Math.round(runtime.random() * ceilingMs), retryAfterMs ?? 0);
}

async function pause(
  runtime: Runtime,
  waitMs: number,
  signal: AbortSignal | undefined,
  aborted: () => ComponentError,
): Promise<void> {
  try {
    await (signal === undefined ? runtime.sleep(waitMs) : runtime.sleep(waitMs, signal));
  } catch (cause) {
    if (signal?.aborted === true) throw aborted();
    throw cause;
  }
}

function deadlineError(last: ComponentError, waitMs: number, deadlineMs: number): ComponentError {
  const reason =
    last.retryAfterMs === undefined ? "the next attempt" : `the server's Retry-After of ${last.retryAfterMs} ms`;
  const said = `${reason} (in ${waitMs} ms) would pass the deadline of ${deadlineMs} ms after ${last.attempts} attempt(s)`;
  return amendError(last, { code: "DEADLINE", message: `${said}; last: ${last.message}`, cause: last });
}

function abortedError(attempts: number, outcome: Outcome): ComponentError {
  return new ComponentError({ code: "ABORTED", message: "the call was aborted by its signal", attempts, outcome });
}

/** An answer may echo what was sent to it. */
function redactError(error: ComponentError, redact: ((text: string) => string) | undefined): ComponentError {
  if (redact === undefined) return error;
  const maybe = (text: string | undefined) => (text === undefined ? undefined : redact(text));
  return amendError(error, {
    message: redact(error.message),
    infobipCode: maybe(error.infobipCode),
    description: maybe(error.description),
    action: maybe(error.action),
    violations: error.violations.map(({ property, violation }) => ({
      property: redact(property),
      violation: redact(violation),
    })),
  });
}

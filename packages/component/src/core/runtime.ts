/**
 * What the core asks of its host, and all it asks: no fetch, timer, environment or import of its own. Verified n8n
 * nodes forbid those, and tests want a clock that they turn themselves.
 */

/** A request without host and key: the host adds its base URL and `Authorization: App <key>`, so the core never sees the key. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Starts with `/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON value; absent on GET. */
  readonly body?: unknown;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bodyText: string;
}

export interface HttpOptions {
  readonly signal?: AbortSignal | undefined;
  /** From the start to the last byte of the answer. */
  readonly timeoutMs: number;
}

/** For the host's log. Holds neither key, nor text, nor phone number. */
export interface LogEvent {
  readonly event: "component.retry";
  readonly action: string;
  readonly attempt: number;
  readonly code?: string;
  readonly httpStatus?: number;
  readonly waitMs?: number;
}

export interface Runtime {
  /**
   * Resolves with every answer, whatever its status; follows no redirect. Rejects when there is none: an error named
   * `TimeoutError` when `timeoutMs` passed, else any error, best with the system's `code` (`ECONNREFUSED`).
   */
  http(request: HttpRequest, options: HttpOptions): Promise<HttpResponse>;
  /** Rejects when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to, but not including, 1. */
  random(): number;
  log?(event: LogEvent): void;
  /** Removes the host's secrets from text that came from outside before it goes into an error. */
  readonly redact?: (text: string) => string;
  /** The host's own stable name for this call (execution + step). A call's own option comes first. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * Faults: what may go wrong between Posthorn and its operator or client, each with a code that can be searched for,
 * the HTTP status that a client sees, and what to do about it. docs/faults.md prints this table; a test compares.
 */
export const FAULTS = {
  ACCEPT_QUEUE_FULL: {
    http: 429,
    text: "Too many messages are waiting to be written to disk; try again in a moment",
    remedy: "The disk is slower than the clients. Raise accept.pendingMessagesMax only if memory allows.",
  },
  OPEN_MESSAGES_FULL: {
    http: 429,
    text: "The store holds as many messages without a final state as it may",
    remedy: "A carrier is down or too slow: see `posthorn ledger`. Raise accept.openMessagesMax if the disk allows.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    http: 409,
    text: "The Idempotency-Key was used for another request: its body or its operation was not the same",
    remedy:
      "Nothing was stored. The client takes a key of its own for each request, and repeats it only with the same body.",
  },
  IDEMPOTENCY_KEY_BUSY: {
    http: 409,
    text: "The first request with this Idempotency-Key has not been answered yet",
    remedy: "Send again in a moment: the answer of the first request is given then. The disk is slow.",
  },
  STORE_FULL: {
    http: 503,
    text: "The disk or the database is full; nothing was stored",
    remedy: "Free disk space. Posthorn accepts again by itself as soon as a write succeeds.",
  },
  STORE_FAILED: {
    http: 503,
    text: "The store could not write; nothing was stored",
    remedy:
      "What the disk or the database said is in the message, and in the log under err. If every request fails so, restart.",
  },
  STORE_CLOSED: {
    http: 503,
    text: "The server is shutting down",
    remedy: "Send again: the client's retry reaches the next process.",
  },
  DATA_IN_USE: {
    http: 503,
    text: "Another Posthorn process is serving this data folder",
    remedy: "Stop the other process, or give this one another folder with --data.",
  },
  DATA_TOO_NEW: {
    http: 503,
    text: "The data folder was written by a newer version of Posthorn",
    remedy: "Use that version or a newer one. Nothing was changed.",
  },
  CONFIGURED_KEY_ENDED: {
    http: 503,
    text: "The API key of the configuration is one that was revoked, or whose time is over",
    remedy: "Give another one as POSTHORN_API_KEY or auth.apiKey, or none: `posthorn key list` shows which ones work.",
  },
  CARRIER_UNKNOWN: {
    http: 500,
    text: "A stored message belongs to a carrier that the configuration does not name",
    remedy: "Configure the carrier again; its messages wait until then.",
  },
  CARRIER_UNREACHABLE: {
    http: 503,
    text: "The carrier does not answer, or not now",
    remedy: "Ask again in a moment. If it stays so, the log and `GET /posthorn/1/carriers` say how the carrier does.",
  },
  INBOUND_PARTS_FULL: {
    http: 429,
    text: "Too many parts of long inbound messages wait for the others",
    remedy:
      "Nothing of this one was stored; the carrier hands it over again. The oldest are delivered as far as they came, which makes room.",
  },
  SANDBOX_WAITERS_FULL: {
    http: 429,
    text: "Too many requests are waiting for a message on the sandbox's phones",
    remedy: "A test waits in parallel without end: end its waits, or look without `wait`.",
  },
} as const satisfies Record<string, { http: number; text: string; remedy: string }>;

export type FaultCode = keyof typeof FAULTS;

const MARK = Symbol.for("posthorn.fault");

/** An error of the table above. Recognised by its marker, because it also crosses from the store's thread. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly http: number;
  readonly [MARK] = true;

  constructor(code: FaultCode, options: { readonly detail?: string; readonly cause?: unknown } = {}) {
    super(options.detail === undefined ? FAULTS[code].text : `${FAULTS[code].text}: ${options.detail}`, {
      cause: options.cause,
    });
    this.name = "Fault";
    this.code = code;
    this.http = FAULTS[code].http;
  }
}

export function isFault(error: unknown): error is Fault {
  return typeof error === "object" && error !== null && MARK in error;
}

export function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === "string" && Object.hasOwn(FAULTS, code);
}

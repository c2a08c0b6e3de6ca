import type { PduHeader } from "./codec/header.ts";

/** Two copies of this package in one program are normal, so an error is known by its mark and not by its class. */
const MARK = Symbol.for("posthorn.smpp.error");

/**
 * What went wrong, by what is to be done about it.
 *
 * - `SMPP_FRAME_INVALID`: nobody knows where the next PDU begins. Close the connection.
 * - `SMPP_PDU_INVALID`: one PDU is wrong, the next one begins where it should. Answer `commandStatus`, go on.
 * - `SMPP_FIELD_INVALID`: our own PDU or text cannot be written; nothing was sent.
 * - `SMPP_BUSY`: the window or the socket is full; nothing was sent. Wait for `onReady`.
 * - `SMPP_STATE_INVALID`: the session's state does not allow it; nothing was sent.
 * - `SMPP_OUTCOME_UNKNOWN`: the request was written and its answer will not come. The peer may have acted on it.
 * - `SMPP_BIND_REFUSED`: the peer answered the bind with `commandStatus`.
 * - `SMPP_CONNECT_FAILED`: there was no connection; `cause` says why.
 */
export type SmppErrorCode =
  | "SMPP_FRAME_INVALID"
  | "SMPP_PDU_INVALID"
  | "SMPP_FIELD_INVALID"
  | "SMPP_BUSY"
  | "SMPP_STATE_INVALID"
  | "SMPP_OUTCOME_UNKNOWN"
  | "SMPP_BIND_REFUSED"
  | "SMPP_CONNECT_FAILED";

export interface SmppErrorDetails {
  readonly commandStatus?: number;
  /** The header of the PDU that could not be read: who is to be answered. */
  readonly header?: PduHeader;
  readonly cause?: unknown;
}

export class SmppError extends Error {
  readonly [MARK] = true;
  override readonly name = "SmppError";
  readonly code: SmppErrorCode;
  readonly commandStatus: number | undefined;
  readonly header: PduHeader | undefined;

  constructor(code: SmppErrorCode, message: string, details: SmppErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.commandStatus = details.commandStatus;
    this.header = details.header;
  }
}

export function isSmppError(error: unknown): error is SmppError {
  return typeof error === "object" && error !== null && MARK in error;
}

export function fieldError(name: string, expectation: string): SmppError {
  return new SmppError("SMPP_FIELD_INVALID", `${name} ${expectation}`);
}

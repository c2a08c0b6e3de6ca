/**
 * What Meta's error codes mean for a message and for what may be sent after it. They are told apart by `error.code`
 * alone: the HTTP status beside one is not the same everywhere (facts: Cloud API, 4.4), and titles are to go away.
 */
import { ERROR, STATUS } from "@posthorn/contract";
import { type Json, numberIn, objectIn, textIn } from "./json.ts";

/**
 * `retry`: this message, later. `slow`: everything from this number, later. `slow-pair`: everything from this number to
 * this user, later. `stop`: nothing of this number goes out until somebody mends it; the message stays.
 * `undeliverable`, `reject`: for good, because of the user, or because of what was to be sent.
 */
export type ErrorAction = "retry" | "slow" | "slow-pair" | "stop" | "undeliverable" | "reject";

export interface GraphError {
  readonly code: number;
  readonly action: ErrorAction;
  /** Of Infobip's catalogue. */
  readonly errorId: number;
  /** For the log: Meta's words. */
  readonly details: string;
}

type Row = readonly [codes: readonly number[], action: ErrorAction, errorId: number];

const TABLE: readonly Row[] = [
  // The token or its permissions: the operator's to mend.
  [[0, 3, 190], "stop", ERROR.EC_UNAUTHORIZED_ACCESS],
  [[10, 131005], "stop", ERROR.EC_FORBIDDEN_ACCESS],
  [[368, 131031], "stop", ERROR.EC_ACCOUNT_ISSUE],
  [[4, 80007, 130429, 131064, 133016], "slow", ERROR.EC_TOO_MANY_REQUESTS],
  [[131056], "slow-pair", ERROR.EC_TOO_MANY_REQUESTS],
  [[1, 2, 131000, 131016, 131057, 133004], "retry", ERROR.EC_PROVIDER_INTERNAL_ERROR],
  // The user.
  [[131026], "undeliverable", ERROR.EC_UNKNOWN_USER],
  [[131047], "undeliverable", ERROR.EC_NO_SESSION],
  [[131048], "undeliverable", ERROR.EC_SPAM_RATE],
  [[131049, 130472], "undeliverable", ERROR.EC_FREQUENCY_CAPPING],
  [[131050], "undeliverable", ERROR.EC_MARKETING_OPT_OUT],
  // The message.
  [[33, 100, 131008, 131009, 131021, 131062, 131063, 135000, 137000], "reject", ERROR.EC_BAD_REQUEST],
  [[131051], "reject", ERROR.EC_MEDIA_UNSUPPORTED],
  [[131052], "reject", ERROR.EC_MEDIA_HOSTING_ERROR],
  [[131053], "reject", ERROR.EC_MEDIA_UPLOAD_ERROR],
  [[132000, 132005, 132008, 132012, 132018], "reject", ERROR.EC_INVALID_TEMPLATE_ARGS],
  [[132001, 132007, 132015, 132016], "reject", ERROR.EC_INVALID_TEMPLATE],
  [[132068, 132069], "reject", ERROR.EC_INVALID_WA_FLOW],
  // The sender.
  [[130497, 131030], "reject", ERROR.EC_FORBIDDEN_ACCESS],
  [[131037], "reject", ERROR.EC_ACCOUNT_ISSUE],
  [[131042], "reject", ERROR.EC_PROVIDER_BILLING_ERROR],
  [[131045, 133010], "reject", ERROR.EC_SENDER_NOT_REGISTERED],
];

const BY_CODE = new Map(TABLE.flatMap(([codes, action, errorId]) => codes.map((code) => [code, { action, errorId }])));

/** Permissions that the app lacks are a range of codes. */
const PERMISSION_MIN = 200;
const PERMISSION_MAX = 299;
/** Calling has a range, too; what we send of it are requests for permission. */
const CALLING_MIN = 138_000;
const CALLING_MAX = 138_999;
const DETAILS_LENGTH_MAX = 500;

function meaningOf(code: number, isTransient: boolean): Pick<GraphError, "action" | "errorId"> {
  const row = BY_CODE.get(code);
  if (row !== undefined) return row;
  if (code >= PERMISSION_MIN && code <= PERMISSION_MAX) return { action: "stop", errorId: ERROR.EC_FORBIDDEN_ACCESS };
  if (isTransient) return { action: "retry", errorId: ERROR.EC_PROVIDER_INTERNAL_ERROR };
  if (code >= CALLING_MIN && code <= CALLING_MAX) {
    return { action: "reject", errorId: ERROR.EC_CALL_PERMISSION_REQUEST_FAILED };
  }
  // New codes come with every version of the API; nearly all of them are about one message.
  return { action: "reject", errorId: ERROR.EC_BAD_REQUEST };
}

/** Null: it has no code, so it is no error of Meta's, whatever it is. */
export function readError(error: Json): GraphError | null {
  const code = numberIn(error["code"]);
  if (code === undefined) return null;
  const details = textIn(objectIn(error["error_data"])["details"]) ?? textIn(error["message"]) ?? "";
  return { code, ...meaningOf(code, error["is_transient"] === true), details: details.slice(0, DETAILS_LENGTH_MAX) };
}

/** How a message ends that this error is the end of. */
export function endOf({ action, errorId }: Pick<GraphError, "action" | "errorId">) {
  return action === "reject"
    ? ({ state: "rejected", statusId: STATUS.REJECTED, errorId } as const)
    : ({ state: "undeliverable", statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED, errorId } as const);
}

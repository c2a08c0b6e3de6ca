import { CHAT_CLIENT_ERRORS, CHAT_PROVIDER_ERRORS, CHAT_SYSTEM_ERRORS } from "./catalogue/chat-errors.ts";
import { DLT_OPERATOR_ERRORS, DLT_USER_ERRORS } from "./catalogue/dlt-errors.ts";
import { HANDSET_ERRORS } from "./catalogue/handset-errors.ts";
import { OPERATOR_ERRORS } from "./catalogue/operator-errors.ts";
import { type ErrorRow, type IdByName, idByName } from "./catalogue/row.ts";
import { USER_ERRORS } from "./catalogue/user-errors.ts";
import type { MessageError } from "./sms/status.ts";

export type ErrorGroupName =
  | "OK"
  | "HANDSET_ERRORS"
  | "USER_ERRORS"
  | "OPERATOR_ERRORS"
  | "CLIENT_ERRORS"
  | "PROVIDER_ERRORS"
  | "SYSTEM_ERRORS";

export interface ErrorEntry {
  readonly groupId: number;
  readonly groupName: ErrorGroupName;
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** No repeat of the message can succeed. */
  readonly permanent: boolean;
}

/** The description is what Infobip's own answers print. */
const OK = [[0, "NO_ERROR", false, "No Error"]] as const;

function entries(groupId: number, groupName: ErrorGroupName, rows: readonly ErrorRow[]): readonly ErrorEntry[] {
  return rows.map(([id, name, permanent, description]) =>
    Object.freeze({ groupId, groupName, id, name, description, permanent }),
  );
}

/** Every message error of SMS and chat channels. Key on (groupId, id): id 4102 is in groups 2 and 3. */
export const ERRORS: readonly ErrorEntry[] = Object.freeze([
  ...entries(0, "OK", OK),
  ...entries(1, "HANDSET_ERRORS", HANDSET_ERRORS),
  ...entries(2, "USER_ERRORS", USER_ERRORS),
  ...entries(3, "OPERATOR_ERRORS", OPERATOR_ERRORS),
  ...entries(2, "USER_ERRORS", DLT_USER_ERRORS),
  ...entries(3, "OPERATOR_ERRORS", DLT_OPERATOR_ERRORS),
  ...entries(1, "CLIENT_ERRORS", CHAT_CLIENT_ERRORS),
  ...entries(2, "PROVIDER_ERRORS", CHAT_PROVIDER_ERRORS),
  ...entries(3, "SYSTEM_ERRORS", CHAT_SYSTEM_ERRORS),
]);

type Row = (
  | typeof OK
  | typeof HANDSET_ERRORS
  | typeof USER_ERRORS
  | typeof OPERATOR_ERRORS
  | typeof DLT_USER_ERRORS
  | typeof DLT_OPERATOR_ERRORS
  | typeof CHAT_CLIENT_ERRORS
  | typeof CHAT_PROVIDER_ERRORS
  | typeof CHAT_SYSTEM_ERRORS
)[number];

/** Name to id of every error. */
export const ERROR: IdByName<Row> = idByName<Row>([
  ...OK,
  ...HANDSET_ERRORS,
  ...USER_ERRORS,
  ...OPERATOR_ERRORS,
  ...DLT_USER_ERRORS,
  ...DLT_OPERATOR_ERRORS,
  ...CHAT_CLIENT_ERRORS,
  ...CHAT_PROVIDER_ERRORS,
  ...CHAT_SYSTEM_ERRORS,
]);

const BY_ID = new Map<number, readonly ErrorEntry[]>();
for (const entry of ERRORS) BY_ID.set(entry.id, [...(BY_ID.get(entry.id) ?? []), entry]);

/**
 * The error as it goes on the wire. The object is shared and frozen. Without `groupId` an id of two groups gives the
 * first. An id outside the catalogue is a programmer error and throws.
 *
 * The type is that of SMS. Chat errors (ids from 7000) carry the group names of chat channels, which only WhatsApp's
 * report allows: `WhatsAppError` has a free `groupName`. Never put one into an SMS report.
 */
export function messageError(id: number, groupId?: number): MessageError {
  const found = BY_ID.get(id)?.find((entry) => groupId === undefined || entry.groupId === groupId);
  if (found === undefined) throw new RangeError(`No error ${id}${groupId === undefined ? "" : ` in group ${groupId}`}`);
  return found as MessageError;
}

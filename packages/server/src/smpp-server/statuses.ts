/** What a customer's program is answered, by what became of its request. docs/operating.md has the same table. */
import { messageStatus, STATUS } from "@posthorn/contract";
import { COMMAND_STATUS as S } from "@posthorn/smpp";
import { isFault } from "../kernel/faults.ts";

const GROUP_REJECTED = messageStatus(STATUS.REJECTED).groupId;

/** A message that accept refused, by its status. Any other status of the group REJECTED is ESME_RSUBMITFAIL. */
export const COMMAND_STATUS_OF_STATUS: Readonly<Record<number, number>> = {
  [STATUS.MISSING_TO]: S.RINVDSTADR,
  [STATUS.REJECTED_NETWORK]: S.RINVDSTADR,
  [STATUS.REJECTED_PREFIX_MISSING]: S.RINVDSTADR,
  [STATUS.REJECTED_DND]: S.RINVDSTADR,
  [STATUS.REJECTED_DESTINATION]: S.RINVDSTADR,
  [STATUS.REJECTED_DESTINATION_BLOCKLISTED]: S.RINVDSTADR,
  [STATUS.REJECTED_DESTINATION_NOT_REGISTERED]: S.RINVDSTADR,
  [STATUS.REJECTED_SOURCE]: S.RINVSRCADR,
  [STATUS.REJECTED_SENDER]: S.RINVSRCADR,
  [STATUS.REJECTED_INVALID_UDH]: S.RINVESMCLASS,
  [STATUS.REJECTED_MESSAGE_TOO_LONG]: S.RINVMSGLEN,
  [STATUS.REJECTED_NOT_ENOUGH_CREDITS]: S.RUNKNOWNERR,
  [STATUS.REJECTED_PREPAID_PACKAGE_EXPIRED]: S.RUNKNOWNERR,
  [STATUS.REJECTED_SYSTEM_ERROR]: S.RSYSERR,
};

/** A fault of ours, by its code. Any other is ESME_RSYSERR. */
export const COMMAND_STATUS_OF_FAULT: Readonly<Record<string, number>> = {
  ACCEPT_QUEUE_FULL: S.RTHROTTLED,
  OPEN_MESSAGES_FULL: S.RMSGQFUL,
};

/** 0: it was accepted. */
export function commandStatusOf({ id = 0, groupId = 0 }: { readonly id?: number; readonly groupId?: number }): number {
  if (groupId !== GROUP_REJECTED) return S.ROK;
  return COMMAND_STATUS_OF_STATUS[id] ?? S.RSUBMITFAIL;
}

/** The request as a whole came to nothing. */
export function commandStatusOfError(error: unknown): number {
  if (isFault(error)) return COMMAND_STATUS_OF_FAULT[error.code] ?? S.RSYSERR;
  // Marked by their names: what the request asks for cannot be, or the key may not do it.
  const name = error instanceof Error ? error.name : "";
  return name === "RequestRefused" || name === "InvalidRequest" ? S.RSUBMITFAIL : S.RSYSERR;
}

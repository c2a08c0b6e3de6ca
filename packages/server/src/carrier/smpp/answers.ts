/** What a carrier's answer to a submit_sm means: SMPP 3.4 §5.1.3, sorted by what is to be done about it. */
import { ERROR, STATUS, STATUSES } from "@posthorn/contract";
import { COMMAND_STATUS as S } from "@posthorn/smpp";

export type AnswerVerdict =
  | { readonly kind: "taken" }
  /** Slow down, the same message again. */
  | { readonly kind: "throttled" }
  | { readonly kind: "temporary"; readonly errorId: number }
  /** Nothing is wrong with the message: stop the bind, say so, keep the message. */
  | { readonly kind: "bind-fault" }
  | {
      readonly kind: "permanent";
      readonly state: "undeliverable" | "rejected";
      readonly statusId: number;
      readonly errorId: number;
    };

/** What a carrier means by a command_status, where that differs from the table here. */
export type ErrorTable = ReadonlyMap<number, AnswerVerdict>;

/** A status that nobody knows may pass; a carrier that repeats it so often means it. */
const UNKNOWN_STATUS_TRIES_MAX = 3;

const temporary = (errorId: number): AnswerVerdict => ({ kind: "temporary", errorId });
/** The carrier refused it, not we: group UNDELIVERABLE. */
const permanent = (errorId: number): AnswerVerdict => ({
  kind: "permanent",
  state: "undeliverable",
  statusId: STATUS.UNDELIVERABLE_REJECTED_OPERATOR,
  errorId,
});
const verdicts = (verdict: AnswerVerdict, statuses: readonly number[]): readonly [number, AnswerVerdict][] =>
  statuses.map((status) => [status, verdict]);

const VERDICTS: ErrorTable = new Map([
  ...verdicts({ kind: "taken" }, [S.ROK]),
  ...verdicts({ kind: "throttled" }, [S.RTHROTTLED, S.RMSGQFUL]),
  ...verdicts({ kind: "bind-fault" }, [
    S.RINVCMDLEN,
    S.RINVCMDID,
    S.RINVBNDSTS,
    S.RALYBND,
    S.RBINDFAIL,
    S.RINVPASWD,
    S.RINVSYSID,
    S.RINVSYSTYP,
  ]),
  ...verdicts(temporary(ERROR.EC_SYSTEM_FAILURE), [S.RSYSERR, S.RX_T_APPN]),
  // Some carriers say it of numbers that they block; those name it in their own table.
  ...verdicts(temporary(ERROR.EC_NOTSUBMITTEDTOSMPPCHANNEL), [S.RSUBMITFAIL]),
  ...verdicts(temporary(ERROR.EC_FAILED_MESSAGE_DELIVERY), [S.RDELIVERYFAILURE]),
  ...verdicts(temporary(ERROR.EC_UNKNOWN_ERROR), [S.RUNKNOWNERR]),
  ...verdicts(temporary(ERROR.EC_RESOURCE_LIMITATION), [S.RSERTYPUNAVAIL]),
  ...verdicts(permanent(ERROR.EC_MSG_TEXT_TOO_LONG), [S.RINVMSGLEN]),
  ...verdicts(permanent(ERROR.EC_INVALID_SOURCE_ADDRESS), [
    S.RINVSRCADR,
    S.RINVSRCTON,
    S.RINVSRCNPI,
    S.RINVSRCADDRSUBUNIT,
  ]),
  ...verdicts(permanent(ERROR.EC_INVALID_DESTINATION_ADDRESS), [
    S.RINVDSTADR,
    S.RINVDSTTON,
    S.RINVDSTNPI,
    S.RINVDSTADDRSUBUNIT,
    S.RINVNUMDESTS,
    S.RINVDLNAME,
    S.RINVDESTFLAG,
  ]),
  ...verdicts(permanent(ERROR.EC_UNKNOWN_ALPHABET), [S.RINVDCS]),
  ...verdicts(permanent(ERROR.EC_SMS_REJECTED_BY_MOBILE_OPERATOR), [S.RX_P_APPN, S.RX_R_APPN, S.RPROHIBITED]),
  ...verdicts(permanent(ERROR.EC_ACCOUNT_ACCESS_DENIED), [S.RSERTYPUNAUTH, S.RSERTYPDENIED]),
  ...verdicts(permanent(ERROR.EC_DUPLICATE_MESSAGE), [S.RINVMSGID]),
  ...verdicts(permanent(ERROR.EC_INVALID_PDU_FORMAT), [
    S.RINVPRTFLG,
    S.RINVREGDLVFLG,
    S.RINVSERTYP,
    S.RINVSUBREP,
    S.RINVESMCLASS,
    S.RCNTSUBDL,
    S.RINVREPFLAG,
    S.RINVNUMMSGS,
    S.RINVSCHED,
    S.RINVEXPIRY,
    S.RINVDFTMSGID,
    S.RINVOPTPARSTREAM,
    S.ROPTPARNOTALLWD,
    S.RINVPARLEN,
    S.RMISSINGOPTPARAM,
    S.RINVOPTPARAMVAL,
  ]),
]);

/**
 * @param attempts how often the message was tried, this time included: what nobody knows is temporary a few times only
 */
export function verdictOfStatus(commandStatus: number, errors: ErrorTable, attempts = 1): AnswerVerdict {
  const known = errors.get(commandStatus) ?? VERDICTS.get(commandStatus);
  if (known !== undefined) return known;
  return (attempts < UNKNOWN_STATUS_TRIES_MAX ? temporary : permanent)(ERROR.EC_UNKNOWN_ERROR);
}

/** A line of a carrier's own table, as the configuration has it. */
interface ErrorEntry {
  readonly commandStatus: string;
  readonly as: "throttled" | "temporary" | "permanent" | "bind-fault";
  readonly statusId?: number;
  readonly errorId?: number;
}

/** The lines are known to be right; of several for one status the first counts. */
export function errorTableOf(entries: readonly ErrorEntry[]): ErrorTable {
  return new Map(entries.toReversed().map((entry) => [commandStatusOf(entry.commandStatus), verdictOf(entry)]));
}

/** Decimal as YAML gives it, hexadecimal, or a name with or without ESME_. */
function commandStatusOf(text: string): number {
  const names: Readonly<Record<string, number>> = S;
  return names[text.replace(/^ESME_/, "")] ?? Number(text);
}

function verdictOf({ commandStatus, as, statusId, errorId }: ErrorEntry): AnswerVerdict {
  if (as === "throttled" || as === "bind-fault") return { kind: as };
  const usual = VERDICTS.get(commandStatusOf(commandStatus));
  const usualErrorId = usual !== undefined && "errorId" in usual ? usual.errorId : ERROR.EC_UNKNOWN_ERROR;
  if (as === "temporary") return temporary(errorId ?? usualErrorId);
  const id = statusId ?? STATUS.UNDELIVERABLE_REJECTED_OPERATOR;
  const isOurs = STATUSES.some(({ groupName, id: known }) => groupName === "REJECTED" && known === id);
  return {
    kind: "permanent",
    state: isOurs ? "rejected" : "undeliverable",
    statusId: id,
    errorId: errorId ?? usualErrorId,
  };
}

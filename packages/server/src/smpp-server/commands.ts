/** query_sm and cancel_sm: what became of a message, and that it shall not go. */
import { ERROR, STATUS } from "@posthorn/contract";
import { type AnswerFields, COMMAND_STATUS as S, formatAbsoluteTime, MESSAGE_STATE, type PduOf } from "@posthorn/smpp";
import type { Clock } from "../kernel/clock.ts";
import { isFinal } from "../message/state.ts";
import type { FoundMessage, Store } from "../store/store.ts";
import { stateNameOf } from "./deliver-pdu.ts";
import { commandStatusOfError } from "./statuses.ts";

export interface CommandContext {
  readonly store: Pick<Store, "findMessage" | "moveMessages">;
  readonly clock: Clock;
  /** A receipt was born. */
  readonly onReports: () => void;
}

const ERROR_CODE_MAX = 255;

/** Never rejects. */
export async function query(context: CommandContext, accountId: number, pdu: PduOf<"query_sm">): Promise<AnswerFields> {
  try {
    const message = await find(context, accountId, pdu);
    if (message === null) return { commandStatus: S.RQUERYFAIL };
    const { state, doneAt, errorId } = message;
    return {
      messageId: message.messageId,
      finalDate: isFinal(state) && doneAt !== null ? formatAbsoluteTime(doneAt) : "",
      messageState: MESSAGE_STATE[stateNameOf(state)],
      errorCode: Math.min(errorId, ERROR_CODE_MAX),
    };
  } catch (error) {
    return { commandStatus: commandStatusOfError(error) };
  }
}

/** Reaches what no dispatcher holds, as a bulk's cancellation does. Never rejects. */
export async function cancel(
  context: CommandContext,
  accountId: number,
  pdu: PduOf<"cancel_sm">,
): Promise<AnswerFields> {
  try {
    const message = await find(context, accountId, pdu);
    if (message === null || (message.state !== "queued" && message.state !== "held")) {
      return { commandStatus: S.RCANCELFAIL };
    }
    const { seq, state: from, attempts } = message;
    const at = context.clock.now();
    const end = { to: "canceled", statusId: STATUS.CANCELLED, errorId: ERROR.EC_MESSAGE_CANCELED } as const;
    const [isDone] = await context.store.moveMessages([{ seq, from, attempts, at, ...end }]);
    if (isDone !== true) return { commandStatus: S.RCANCELFAIL };
    context.onReports();
    return {};
  } catch (error) {
    return { commandStatus: commandStatusOfError(error) };
  }
}

/** An address that is given must be the message's own. Without an id there is nothing that we could mean for sure. */
async function find(
  { store }: CommandContext,
  accountId: number,
  pdu: PduOf<"query_sm"> | PduOf<"cancel_sm">,
): Promise<FoundMessage | null> {
  if (pdu.messageId === "") return null;
  const message = await store.findMessage(accountId, pdu.messageId);
  if (message === null || message.channel !== "SMS") return null;
  return pdu.sourceAddr === "" || pdu.sourceAddr === message.sender ? message : null;
}

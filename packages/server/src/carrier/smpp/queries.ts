import {
  COMMAND_STATUS,
  isSmppError,
  MESSAGE_STATE,
  type MessageStateName,
  parseReceiptDate,
  type Pdu,
  type SmppSession,
} from "@posthorn/smpp";
import type { CarrierReceipt, SubmittedMessage } from "../carrier.ts";
import type { AnswerIds } from "./answer-ids.ts";
import { ENDS } from "./deliveries.ts";
import type { MessageForm } from "./form.ts";
import { sourceOf } from "./senders.ts";
import { ERROR } from "@posthorn/contract";

/** Of one round; the others are asked about in the next. */
const QUERIES_MAX = 500;
/** Questions under way together, so that messages have the rest of the window. */
const QUERIES_TOGETHER_MAX = 4;

const NAME_OF_STATE = new Map<number, MessageStateName>(
  Object.entries(MESSAGE_STATE).map(([name, value]) => [value, name as MessageStateName]),
);

/** The carrier knows no message of this id: it may write it in another way. */
const UNKNOWN_ID: ReadonlySet<number> = new Set([COMMAND_STATUS.RINVMSGID, COMMAND_STATUS.RQUERYFAIL]);

/** Asks with query_sm (SMPP 3.4 §4.8). Null for a message that has not ended, and where no answer could be had. */
export async function queryMessages(
  session: SmppSession,
  form: MessageForm,
  answerIds: AnswerIds,
  messages: readonly SubmittedMessage[],
  now: () => number,
): Promise<readonly (CarrierReceipt | null)[]> {
  const receipts: (CarrierReceipt | null)[] = messages.map(() => null);
  const asked = messages.slice(0, QUERIES_MAX).entries();
  const askInTurn = async (): Promise<void> => {
    for (const [index, message] of asked) {
      try {
        receipts[index] = await query(session, form, answerIds, message, now);
      } catch (error) {
        // The window is for messages first; and a session that ended has no answers for the others.
        if (isSmppError(error)) return;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: QUERIES_TOGETHER_MAX }, askInTurn));
  return receipts;
}

async function query(
  session: SmppSession,
  form: MessageForm,
  answerIds: AnswerIds,
  { carrierMessageId, spelledId, sender }: SubmittedMessage,
  now: () => number,
): Promise<CarrierReceipt | null> {
  // Whose message it is must be said as it was when it was sent.
  const source = sourceOf(sender, form.senders);
  let response: Pdu | null = null;
  for (const messageId of answerIds.formsOf(carrierMessageId, spelledId)) {
    response = await session.send({
      command: "query_sm",
      messageId,
      sourceAddrTon: source?.ton ?? 0,
      sourceAddrNpi: source?.npi ?? 0,
      sourceAddr: source?.address ?? "",
    });
    if (!UNKNOWN_ID.has(response.commandStatus)) break;
  }
  if (response?.command !== "query_sm_resp" || response.commandStatus !== 0) return null;
  const end = ENDS[NAME_OF_STATE.get(response.messageState) ?? "ENROUTE"];
  if (end === undefined) return null;
  const finalAt = parseReceiptDate(response.finalDate.slice(0, 12), form.receiptOffsetMinutes);
  const doneAt = finalAt === null ? now() : Math.min(finalAt, now());
  const errorId = end.state === "delivered" ? ERROR.NO_ERROR : ERROR.EC_UNKNOWN_ERROR;
  return { carrierMessageId, ...end, errorId, doneAt };
}

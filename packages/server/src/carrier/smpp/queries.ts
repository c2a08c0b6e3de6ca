import { isSmppError, MESSAGE_STATE, type MessageStateName, parseReceiptDate, type SmppSession } from "@posthorn/smpp";
import type { CarrierReceipt, SubmittedMessage } from "../carrier.ts";
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

/** Asks with query_sm (SMPP 3.4 §4.8). Null for a message that has not ended, and where no answer could be had. */
export async function queryMessages(
  session: SmppSession,
  form: MessageForm,
  messages: readonly SubmittedMessage[],
  now: () => number,
): Promise<readonly (CarrierReceipt | null)[]> {
  const receipts: (CarrierReceipt | null)[] = messages.map(() => null);
  const asked = messages.slice(0, QUERIES_MAX).entries();
  const askInTurn = async (): Promise<void> => {
    for (const [index, message] of asked) {
      try {
        receipts[index] = await query(session, form, message, now);
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
  { carrierMessageId, sender }: SubmittedMessage,
  now: () => number,
): Promise<CarrierReceipt | null> {
  const messageId = idAsAnswered(carrierMessageId, form);
  // Whose message it is must be said as it was when it was sent.
  const source = sourceOf(sender, form.senders);
  const response = await session.send({
    command: "query_sm",
    messageId,
    sourceAddrTon: source?.ton ?? 0,
    sourceAddrNpi: source?.npi ?? 0,
    sourceAddr: source?.address ?? "",
  });
  if (response.command !== "query_sm_resp" || response.commandStatus !== 0) return null;
  const end = ENDS[NAME_OF_STATE.get(response.messageState) ?? "ENROUTE"];
  if (end === undefined) return null;
  const finalAt = parseReceiptDate(response.finalDate.slice(0, 12), form.receiptOffsetMinutes);
  const doneAt = finalAt === null ? now() : Math.min(finalAt, now());
  const errorId = end.state === "delivered" ? ERROR.NO_ERROR : ERROR.EC_UNKNOWN_ERROR;
  return { carrierMessageId, ...end, errorId, doneAt };
}

/** Hexadecimal ids are kept as decimal numbers where the configuration says that they are. */
function idAsAnswered(id: string, { messageIds }: MessageForm): string {
  return messageIds.answers === "hex" && /^\d+$/.test(id) ? BigInt(id).toString(16) : id;
}

/** submit_sm, data_sm and submit_multi: translated for accept, and answered after its commit. */
import {
  type AnswerFields,
  COMMAND_STATUS as S,
  ESM_CLASS,
  type PduOf,
  type TextEncoding,
  tlvValue,
  type UnsuccessSme,
} from "@posthorn/smpp";
import type { AcceptContext } from "../accept/acceptance.ts";
import { envelopeOf } from "../accept/sms-messages.ts";
import { acceptSms, type SmsSource } from "../accept/sms-request.ts";
import { type ReceiptTarget, type ReceiptWish, writeReceiptTarget } from "../store/smpp-deliveries.ts";
import { type ContentPdu, contentOf, type PduContent } from "./content.ts";
import type { Customer } from "./customers.ts";
import type { PartBulks } from "./part-bulks.ts";
import { commandStatusOf, commandStatusOfError } from "./statuses.ts";
import { type AskedTimes, timesOf } from "./times.ts";

export type SubmitPdu = PduOf<"submit_sm"> | PduOf<"data_sm"> | PduOf<"submit_multi">;

export interface SubmitContext {
  readonly accept: AcceptContext;
  readonly customer: Customer;
  readonly partBulks: PartBulks;
  readonly alphabet: TextEncoding;
}

interface Destination {
  readonly address: string;
  readonly type: readonly [ton: number, npi: number];
}

/** The lowest two bits of registered_delivery; 0 asks for nothing. 3 is SMPP 5.0's. */
const WISHES: readonly (ReceiptWish | null)[] = [null, "all", "failures", "successes"];
const WISH_MASK = 0x03;
const INTERMEDIATE = 0x10;

/** Accepts what a PDU asks for, and says what it is answered with. Never rejects. */
export async function submit(context: SubmitContext, pdu: SubmitPdu): Promise<AnswerFields> {
  const now = context.accept.clock.now();
  const times =
    pdu.command === "data_sm" ? dataTimesOf(pdu, now) : timesOf(pdu.scheduleDeliveryTime, pdu.validityPeriod, now);
  if (typeof times === "number") return { commandStatus: times };
  const fault = faultOf(pdu);
  if (fault !== null) return { commandStatus: fault };
  const content = contentOf(pdu as ContentPdu, context.alphabet);
  if (typeof content === "number") return { commandStatus: content };
  try {
    return pdu.command === "submit_multi"
      ? await submitMany(context, pdu, content, times)
      : await submitOne(context, pdu, content, times);
  } catch (error) {
    return { commandStatus: commandStatusOfError(error) };
  }
}

async function submitOne(
  context: SubmitContext,
  pdu: PduOf<"submit_sm"> | PduOf<"data_sm">,
  content: PduContent,
  times: AskedTimes,
): Promise<AnswerFields> {
  const { accept, customer } = context;
  const destination = { address: pdu.destinationAddr, type: [pdu.destAddrTon, pdu.destAddrNpi] } as const;
  const source = sourceOf(context, pdu, content, times, [{ ...destination, messageId: undefined }]);
  const { accountId } = customer;
  const bulkId = bulkIdOf(context, pdu.sourceAddr, destination.address, content);
  const answer = await acceptSms(accept, { accountId, bulkId, messages: [source] }, null, envelopeOf);
  const [message] = answer.messages;
  if (message === undefined) return { commandStatus: S.RSYSERR };
  const commandStatus = commandStatusOf(message.status);
  return commandStatus === S.ROK ? { messageId: message.messageId } : { commandStatus };
}

/** All destinations are answered with one id, which their receipts have; each message has an id of its own in the log. */
async function submitMany(
  context: SubmitContext,
  pdu: PduOf<"submit_multi">,
  content: PduContent,
  times: AskedTimes,
): Promise<AnswerFields> {
  const { accept, customer } = context;
  const receiptId = accept.ids.next();
  const destinations: Destination[] = [];
  const unsuccessSmes: UnsuccessSme[] = [];
  for (const asked of pdu.destAddresses) {
    // There are no distribution lists.
    if (asked.destFlag === 2) unsuccessSmes.push(unsuccessOf({ address: asked.dlName, type: [0, 0] }, S.RINVDLNAME));
    else destinations.push({ address: asked.destinationAddr, type: [asked.destAddrTon, asked.destAddrNpi] });
  }
  // Types may differ from destination to destination, and receipts repeat them.
  const messages = [...Map.groupBy(destinations, ({ type }) => type.join("."))].map(([, alike]) =>
    sourceOf(context, pdu, content, times, alike, receiptId),
  );
  const asked = messages.flatMap((message) => message.destinations);
  if (asked.length > 0) {
    const request = { accountId: customer.accountId, bulkId: receiptId, messages };
    const answer = await acceptSms(accept, request, null, envelopeOf);
    for (const [index, { status }] of answer.messages.entries()) {
      const errorStatusCode = commandStatusOf(status);
      const address = asked[index]?.to ?? "";
      const type = destinations.find((destination) => destination.address === address)?.type ?? [0, 0];
      if (errorStatusCode !== S.ROK) unsuccessSmes.push(unsuccessOf({ address, type }, errorStatusCode));
    }
  }
  return { messageId: receiptId, unsuccessSmes };
}

function unsuccessOf({ address, type }: Destination, errorStatusCode: number): UnsuccessSme {
  return { destAddrTon: type[0], destAddrNpi: type[1], destinationAddr: address, errorStatusCode };
}

/** What no message may ask for, whatever it says. */
function faultOf(pdu: SubmitPdu): number | null {
  if ((pdu.esmClass & ESM_CLASS.typeMask) !== 0) return S.RINVESMCLASS;
  if (pdu.command === "data_sm") return null;
  if (pdu.replaceIfPresentFlag !== 0) return S.RINVREPFLAG;
  if (pdu.smDefaultMsgId !== 0) return S.RINVDFTMSGID;
  if (pdu.command === "submit_multi" && pdu.destAddresses.length === 0) return S.RINVNUMDESTS;
  return null;
}

/** data_sm has seconds in place of validity_period, and no schedule. */
function dataTimesOf(pdu: PduOf<"data_sm">, now: number): AskedTimes | number {
  const validityS = tlvValue(pdu.tlvs, "qosTimeToLive");
  return validityS === 0 ? S.RINVEXPIRY : { sendAt: now, validityS };
}

/** @param receiptId what receipts call the message, where it is not its messageId */
function sourceOf(
  { customer }: SubmitContext,
  pdu: SubmitPdu,
  { content, encoded, options }: PduContent,
  { sendAt, validityS }: AskedTimes,
  destinations: readonly (Destination & { readonly messageId?: string | undefined })[],
  receiptId?: string,
): SmsSource {
  const wish = WISHES[pdu.registeredDelivery & WISH_MASK] ?? null;
  const intermediateReport = wish !== null && (pdu.registeredDelivery & INTERMEDIATE) !== 0;
  const target: ReceiptTarget | null =
    wish === null
      ? null
      : {
          systemId: customer.systemId,
          wish,
          source: [pdu.sourceAddrTon, pdu.sourceAddrNpi],
          destination: destinations[0]?.type ?? [0, 0],
          ...(receiptId === undefined ? {} : { receiptId }),
        };
  return {
    sender: pdu.sourceAddr,
    destinations: destinations.map(({ address, messageId }) => ({ to: address, messageId })),
    content,
    ...(encoded === undefined ? {} : { encoded }),
    sendAt,
    validityPeriod: validityS === undefined ? undefined : { amount: validityS, timeUnit: "SECONDS" },
    window: null,
    callbackData: undefined,
    applicationId: undefined,
    entityId: undefined,
    campaignReferenceId: undefined,
    webhookUrl: target === null ? null : writeReceiptTarget(target),
    webhookKind: "SMPP",
    wantsReport: target !== null,
    options: intermediateReport ? { ...options, intermediateReport } : options,
  };
}

function bulkIdOf(
  { accept, customer, partBulks }: SubmitContext,
  sender: string,
  destination: string,
  { part }: PduContent,
) {
  if (part === null || part.partCount < 2) return undefined;
  const { reference, partCount, partNumber } = part;
  const key = { systemId: customer.systemId, sender, destination, reference, partCount, partNumber };
  return partBulks.bulkIdOf(key, () => accept.ids.next());
}

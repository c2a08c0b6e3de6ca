/** What WhatsApp has beside reports, in the shapes of the contract: what users wrote, and that they have read. */
import { formatDate, type WhatsAppInboundReport, type WhatsAppSeenReport } from "@posthorn/contract";
import { isNumber } from "../message/destination.ts";
import type { ContactContent, ContactProfile, InboundRecord } from "../store/inbound.ts";
import type { ReportRecord } from "../store/store.ts";
import type { ViewOptions } from "./view.ts";

/**
 * MO_OTT_CONTACT. Absent members where there is nothing.
 *
 * @throws SyntaxError for a message that did not come by WhatsApp
 */
export function toWhatsAppInboundReport(
  record: Omit<InboundRecord, "seq">,
  options: ViewOptions,
): WhatsAppInboundReport {
  const { messageId, sender, destination, keyword, receivedAt, callbackData, applicationId, entityId } = record;
  const { message, contact, pairedMessageId } = JSON.parse(record.content ?? "") as ContactContent;
  return {
    from: sender,
    to: destination,
    integrationType: "WHATSAPP",
    receivedAt: formatDate(receivedAt),
    messageId,
    ...(pairedMessageId === undefined ? {} : { pairedMessageId }),
    ...(keyword === null ? {} : { keyword }),
    ...(callbackData === null ? {} : { callbackData }),
    ...(applicationId === null ? {} : { applicationId }),
    ...(entityId === null ? {} : { entityId }),
    message,
    price: options.price,
    contact: toContact(contact),
  } as WhatsAppInboundReport;
}

/**
 * `from` is whoever read it and `to` the sender, as the document's words have it. Its example has them the other way
 * round.
 */
export function toWhatsAppSeenReport(record: ReportRecord): WhatsAppSeenReport {
  const { messageId, sender, destination, sentAt, applicationId, entityId } = record;
  return {
    messageId,
    from: destination,
    to: sender,
    sentAt: formatDate(sentAt),
    // Of a webhook the row's own time, as with every outcome.
    seenAt: formatDate(record.doneAt ?? sentAt),
    ...(applicationId === null ? {} : { applicationId }),
    ...(entityId === null ? {} : { entityId }),
    contact: isNumber(destination) ? { phoneNumber: destination } : { userId: destination },
  };
}

function toContact({ phone, ...contact }: ContactProfile): WhatsAppInboundReport["contact"] {
  return phone === undefined ? contact : { ...contact, phoneNumber: phone };
}

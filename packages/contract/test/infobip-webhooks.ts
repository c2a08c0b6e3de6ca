import type { TSchema } from "typebox";
import { SmsInboundReports } from "../src/sms/inbound.ts";
import { DeliveryReports } from "../src/sms/reports.ts";
import { SmsReportsV1 } from "../src/sms/reports-v1.ts";
import { WhatsAppDeliveryReports } from "../src/whatsapp/reports.ts";

/** What is pushed: the name of the webhook in one of Infobip's documents, and our schema of its body. */
export const WEBHOOKS: readonly (readonly [file: string, name: string, ours: TSchema])[] = [
  ["sms.json", "receive-outbound-sms-message-reports-v3", DeliveryReports],
  ["sms.json", "receive-outbound-sms-message-reports", SmsReportsV1],
  ["sms.json", "receive-inbound-sms-messages", SmsInboundReports],
  ["whatsapp.json", "receive-whatsapp-delivery-reports", WhatsAppDeliveryReports],
];

import { ACCOUNT_OPERATIONS } from "./operations/account.ts";
import { SMS_BULK_OPERATIONS } from "./operations/sms-bulks.ts";
import { INBOUND_OPERATIONS } from "./operations/inbound.ts";
import { BLOCKLIST_OPERATIONS } from "./operations/blocklist.ts";
import { NUMBER_LOOKUP_OPERATIONS } from "./operations/number-lookup.ts";
import { PROVISIONING_OPERATIONS } from "./operations/provisioning.ts";
import { SMS_OPERATIONS } from "./operations/sms.ts";
import { SUBSCRIPTION_OPERATIONS } from "./operations/subscriptions.ts";
import { WHATSAPP_SENDER_OPERATIONS } from "./operations/whatsapp-senders.ts";
import { WHATSAPP_TEMPLATE_OPERATIONS } from "./operations/whatsapp-templates.ts";
import { WHATSAPP_OPERATIONS } from "./operations/whatsapp.ts";

/** Every operation that the platform serves, by our name. */
export const OPERATIONS = {
  ...SMS_OPERATIONS,
  ...SMS_BULK_OPERATIONS,
  ...WHATSAPP_OPERATIONS,
  ...WHATSAPP_TEMPLATE_OPERATIONS,
  ...WHATSAPP_SENDER_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...INBOUND_OPERATIONS,
  ...BLOCKLIST_OPERATIONS,
  ...PROVISIONING_OPERATIONS,
  ...NUMBER_LOOKUP_OPERATIONS,
  ...SUBSCRIPTION_OPERATIONS,
} as const;

export type OperationName = keyof typeof OPERATIONS;

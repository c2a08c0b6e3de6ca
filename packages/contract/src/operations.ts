import { ACCOUNT_OPERATIONS } from "./operations/account.ts";
import { SMS_OPERATIONS } from "./operations/sms.ts";
import { SUBSCRIPTION_OPERATIONS } from "./operations/subscriptions.ts";
import { WHATSAPP_OPERATIONS } from "./operations/whatsapp.ts";

/** Every operation that the platform serves, by our name. */
export const OPERATIONS = {
  ...SMS_OPERATIONS,
  ...WHATSAPP_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...SUBSCRIPTION_OPERATIONS,
} as const;

export type OperationName = keyof typeof OPERATIONS;

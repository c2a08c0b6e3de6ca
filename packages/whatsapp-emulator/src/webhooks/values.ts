/** `value` of webhooks, as in Meta's OpenAPI (WebhookPayload) and, for user ids, its changelog of 2026. */
import { seconds } from "../clock.ts";
import { failureDetailsOf, type GraphErrorCode, statusErrorOf } from "../errors.ts";
import { userIdOf } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { StatusName } from "../behaviour.ts";
import type { BusinessNumber } from "../numbers.ts";

export function metadataOf({ digits, phoneNumberId }: BusinessNumber): JsonObject {
  return { display_phone_number: digits, phone_number_id: phoneNumberId };
}

export interface StatusFacts {
  readonly id: string;
  readonly status: StatusName;
  readonly timestamp: string;
  /** Digits, or the user id where the user was addressed so. */
  readonly to: string;
  readonly isUserId: boolean;
  readonly callbackData: string | null;
  /** `service`, or the template's. */
  readonly category: string;
  readonly errorCode?: GraphErrorCode | undefined;
}

export function statusOf(facts: StatusFacts): JsonObject {
  const { id, status, timestamp, to, isUserId, callbackData, category, errorCode = 131000 } = facts;
  const isService = category === "service";
  return {
    id,
    status,
    timestamp,
    ...(isUserId ? { recipient_user_id: to } : { recipient_id: to, recipient_user_id: userIdOf(to) }),
    ...(callbackData === null ? {} : { biz_opaque_callback_data: callbackData }),
    ...(status === "failed"
      ? { errors: [statusErrorOf(errorCode, failureDetailsOf(errorCode))] }
      : {
          pricing: {
            billable: !isService,
            pricing_model: "PMP",
            type: isService ? "free_customer_service" : "regular",
            category,
          },
        }),
  };
}

export function statusesValue(number: BusinessNumber, statuses: readonly JsonObject[], facts: StatusFacts): JsonObject {
  const { to, isUserId } = facts;
  return {
    messaging_product: "whatsapp",
    metadata: metadataOf(number),
    contacts: [isUserId ? { user_id: to } : { wa_id: to, user_id: userIdOf(to) }],
    statuses,
  };
}

export interface TemplateEvent {
  readonly event: string;
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly reason: string | null;
}

export function templateStatusValue({ event, id, name, language, category, reason }: TemplateEvent): JsonObject {
  return {
    event,
    message_template_id: Number(id),
    message_template_name: name,
    message_template_language: language,
    message_template_category: category,
    reason: reason ?? "NONE",
  };
}

export const timestampOf = (nowMs: number): string => seconds(nowMs);

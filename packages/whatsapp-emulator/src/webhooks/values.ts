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

type ChangedTemplate = Pick<TemplateEvent, "id" | "name" | "language">;

const namesOf = ({ id, name, language }: ChangedTemplate): JsonObject => ({
  message_template_id: Number(id),
  message_template_name: name,
  message_template_language: language,
});

export function templateQualityValue(template: ChangedTemplate, previous: string, next: string): JsonObject {
  return { ...namesOf(template), previous_quality_score: previous, new_quality_score: next };
}

export function templateCategoryValue(template: ChangedTemplate, previous: string, next: string): JsonObject {
  return { ...namesOf(template), previous_category: previous, new_category: next };
}

/** @param event FLAGGED, UNFLAGGED, UPGRADE or DOWNGRADE */
export function numberQualityValue({ digits, limit }: BusinessNumber, event: string): JsonObject {
  return { display_phone_number: digits, event, current_limit: limit };
}

export const timestampOf = (nowMs: number): string => seconds(nowMs);

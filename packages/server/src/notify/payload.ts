import type { WebhookKind, DueWebhook } from "../store/store.ts";
import { toSmsReport, toSmsReportV1, toWhatsAppReport, type ViewOptions } from "../view/view.ts";

const TO_REPORT = {
  SMS_V1: toSmsReportV1,
  SMS_V3: toSmsReport,
  WHATSAPP: toWhatsAppReport,
} as const satisfies Record<WebhookKind, unknown>;

/** The body of one push: `{"results":[...]}`, in the shape of the API that the messages came by. */
export function payloadOf(webhooks: readonly DueWebhook[], options: ViewOptions): string {
  return JSON.stringify({ results: webhooks.map((webhook) => TO_REPORT[webhook.kind](webhook.message, options)) });
}

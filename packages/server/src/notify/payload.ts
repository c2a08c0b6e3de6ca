import type { WebhookKind, DueWebhook } from "../store/store.ts";
import { toSmsReport, toSmsReportV1, toWhatsAppReport, type ViewOptions } from "../view/view.ts";

const TO_REPORT = {
  SMS_V1: toSmsReportV1,
  SMS_V3: toSmsReport,
  WHATSAPP: toWhatsAppReport,
} as const satisfies Record<WebhookKind, unknown>;

/**
 * The body of one push, of webhooks of one kind. Reports: `{"results":[...]}`, in the shape of the API that the messages
 * came by; number lookups in the same. Inbound messages: the same with their numbers. A click is a body of its own.
 */
export function payloadOf(webhooks: readonly DueWebhook[], options: ViewOptions): string {
  const [first] = webhooks;
  if (first?.kind === "SMS_CLICK") return first.body;
  const results = webhooks.map((webhook) =>
    "body" in webhook ? (JSON.parse(webhook.body) as object) : TO_REPORT[webhook.kind](webhook.message, options),
  );
  if (first?.kind !== "SMS_INBOUND") return JSON.stringify({ results });
  // Nothing is pending: what is due goes out, a bucket at a time.
  return JSON.stringify({ results, messageCount: results.length, pendingMessageCount: 0 });
}

/** Infobip sends clicks one by one, whatever the bucket's size. */
export function isAlone({ kind }: DueWebhook): boolean {
  return kind === "SMS_CLICK";
}

import { DeliveryReports, SmsReportsV1, writeXml } from "@posthorn/contract";
import type { DueReport, DueWebhook, EventKind, ReportWebhookKind } from "../store/store.ts";
import { createSmsReportText } from "../view/sms-report-text.ts";
import { toWhatsAppSeenReport } from "../view/whatsapp-view.ts";
import { toSmsReport, toSmsReportV1, toWhatsAppReport, type ViewOptions } from "../view/view.ts";

interface Shape {
  readonly toReport: (message: DueReport["message"], options: ViewOptions) => object;
  /** Where there is such a body in XML: its schema. */
  readonly schema?: typeof DeliveryReports | typeof SmsReportsV1;
  /** The message itself asked for XML. */
  readonly isXml?: boolean;
}

export const JSON_TYPE = "application/json";

const SHAPES: Readonly<Record<ReportWebhookKind, Shape>> = {
  SMS_V1: { toReport: toSmsReportV1, schema: SmsReportsV1 },
  SMS_V1_XML: { toReport: toSmsReportV1, schema: SmsReportsV1, isXml: true },
  SMS_V3: { toReport: toSmsReport, schema: DeliveryReports },
  SMS_V3_XML: { toReport: toSmsReport, schema: DeliveryReports, isXml: true },
  WHATSAPP: { toReport: toWhatsAppReport },
  WHATSAPP_SEEN: { toReport: toWhatsAppSeenReport },
};

export interface Payload {
  readonly body: string;
  readonly contentType: string;
}

/** Makes the body of one push. */
export type PayloadOf = (webhooks: readonly DueWebhook[], wantsXml?: boolean) => Payload;

/**
 * The body of one push, of webhooks of one kind. Reports: `{"results":[...]}`, in the shape of the API that the messages
 * came by, in XML where they have one and it is asked for; number lookups in the same. Inbound messages: the same with
 * their numbers. A click, or a word of WhatsApp on a template or a user, is a body of its own.
 */
export function createPayloadOf(options: ViewOptions): PayloadOf {
  const smsReportText = createSmsReportText(options);
  const textOf = (webhook: DueWebhook): string => {
    // The report that most pushes are made of has a writer of its own.
    if (webhook.kind === "SMS_V3") return smsReportText(webhook.message);
    return JSON.stringify(resultOf(webhook, options));
  };
  return (webhooks, wantsXml = false) => {
    const [first] = webhooks;
    if (first !== undefined && "body" in first && ALONE.has(first.kind)) return jsonOf(first.body);
    const { schema, isXml = wantsXml }: Partial<Shape> =
      first === undefined || "body" in first ? {} : SHAPES[first.kind];
    if (schema !== undefined && isXml) {
      const results = webhooks.map((webhook) => resultOf(webhook, options));
      return { body: writeXml(schema, { results }), contentType: "application/xml; charset=utf-8" };
    }
    let results = "";
    for (const webhook of webhooks) results += results === "" ? textOf(webhook) : `,${textOf(webhook)}`;
    const isInbound = first?.kind === "SMS_INBOUND" || first?.kind === "WHATSAPP_INBOUND";
    // Nothing is pending: what is due goes out, a bucket at a time.
    const counts = isInbound ? `,"messageCount":${webhooks.length},"pendingMessageCount":0` : "";
    return jsonOf(`{"results":[${results}]${counts}}`);
  };
}

function resultOf(webhook: DueWebhook, options: ViewOptions): object {
  if ("body" in webhook) return JSON.parse(webhook.body) as object;
  return SHAPES[webhook.kind].toReport(webhook.message, options);
}

function jsonOf(body: string): Payload {
  return { body, contentType: JSON_TYPE };
}

/** Infobip sends these one by one, whatever the bucket's size. */
const ALONE: ReadonlySet<string> = new Set<EventKind>([
  "SMS_CLICK",
  "WHATSAPP_TEMPLATE_UPDATE",
  "WHATSAPP_IDENTITY_CHANGE",
]);

/** Whether each of these, which are of one kind, has a call of its own. */
export function isAlone([first]: readonly DueWebhook[]): boolean {
  return first !== undefined && ALONE.has(first.kind);
}

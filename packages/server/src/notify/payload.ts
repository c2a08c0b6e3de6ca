import { DeliveryReports, SmsReportsV1, writeXml } from "@posthorn/contract";
import type { WebhookKind, DueWebhook } from "../store/store.ts";
import { toSmsReport, toSmsReportV1, toWhatsAppReport, type ViewOptions } from "../view/view.ts";

interface Shape {
  readonly toReport: (message: DueWebhook["message"], options: ViewOptions) => object;
  /** Where the body is XML: its schema. */
  readonly xml?: typeof DeliveryReports | typeof SmsReportsV1;
}

const SHAPES: Readonly<Record<WebhookKind, Shape>> = {
  SMS_V1: { toReport: toSmsReportV1 },
  SMS_V1_XML: { toReport: toSmsReportV1, xml: SmsReportsV1 },
  SMS_V3: { toReport: toSmsReport },
  SMS_V3_XML: { toReport: toSmsReport, xml: DeliveryReports },
  WHATSAPP: { toReport: toWhatsAppReport },
};

export interface Payload {
  readonly body: string;
  readonly contentType: string;
}

/**
 * The body of one push: `{"results":[...]}`, in the shape of the API that the messages came by. All of `webhooks` are of
 * one kind.
 */
export function payloadOf(webhooks: readonly DueWebhook[], options: ViewOptions): Payload {
  const results = webhooks.map(({ kind, message }) => SHAPES[kind].toReport(message, options));
  const [first] = webhooks;
  const schema = first === undefined ? undefined : SHAPES[first.kind].xml;
  return schema === undefined
    ? { body: JSON.stringify({ results }), contentType: "application/json" }
    : { body: writeXml(schema, { results }), contentType: "application/xml; charset=utf-8" };
}

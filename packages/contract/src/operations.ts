import type { TSchema } from "typebox";
import { AccountBalance } from "./account/balance.ts";
import { SmsLogs, SmsLogsQuery } from "./sms/logs.ts";
import { PreviewRequest, PreviewResponse } from "./sms/preview.ts";
import { DeliveryReports, SmsReportsQuery } from "./sms/reports.ts";
import { SmsRequestEnvelope, SmsResponseEnvelope } from "./sms/send.ts";
import { SingleMessageInfo, TextMessage } from "./whatsapp/text.ts";

/** Which of Infobip's two error bodies an endpoint answers with, for all its errors. */
export type Envelope = "ApiError" | "ApiException";

export interface Operation {
  /** Infobip's own id of the operation. */
  readonly operationId: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Any one of them allows the call (`x-scopes`). */
  readonly scopes: readonly string[];
  readonly envelope: Envelope;
  /** It sends messages, so it heeds the header `Idempotency-Key`. */
  readonly isSend?: true;
  readonly body?: TSchema;
  readonly query?: TSchema;
  /** Body of the 200 answer. */
  readonly response: TSchema;
}

/** Every operation that the platform serves, by our name. */
export const OPERATIONS = {
  sendSmsMessages: {
    operationId: "send-sms-messages",
    method: "POST",
    path: "/sms/3/messages",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    envelope: "ApiError",
    isSend: true,
    body: SmsRequestEnvelope,
    response: SmsResponseEnvelope,
  },
  getSmsReports: {
    operationId: "get-outbound-sms-message-delivery-reports-v3",
    method: "GET",
    path: "/sms/3/reports",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    envelope: "ApiError",
    query: SmsReportsQuery,
    response: DeliveryReports,
  },
  getSmsLogs: {
    operationId: "get-outbound-sms-message-logs-v3",
    method: "GET",
    path: "/sms/3/logs",
    scopes: ["sms:manage", "sms:logs:read"],
    envelope: "ApiError",
    query: SmsLogsQuery,
    response: SmsLogs,
  },
  previewSmsMessage: {
    operationId: "preview-sms-message",
    method: "POST",
    path: "/sms/1/preview",
    scopes: ["sms:manage"],
    envelope: "ApiException",
    body: PreviewRequest,
    response: PreviewResponse,
  },
  sendWhatsappTextMessage: {
    operationId: "send-whatsapp-text-message",
    method: "POST",
    path: "/whatsapp/1/message/text",
    scopes: ["message:send", "whatsapp:message:send", "whatsapp:manage"],
    envelope: "ApiException",
    isSend: true,
    body: TextMessage,
    response: SingleMessageInfo,
  },
  getAccountBalance: {
    operationId: "get-account-balance",
    method: "GET",
    path: "/account/1/balance",
    scopes: ["account-management:manage"],
    envelope: "ApiException",
    response: AccountBalance,
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

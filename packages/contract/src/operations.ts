import type { TSchema } from "typebox";
import { AccountBalance } from "./account/balance.ts";
import { SmsLogs, SmsLogsQuery } from "./sms/logs.ts";
import { PreviewRequest, PreviewResponse } from "./sms/preview.ts";
import { DeliveryReports, SmsReportsQuery } from "./sms/reports.ts";
import { SmsLogsQueryV1, SmsLogsV1, SmsReportsV1 } from "./sms/reports-v1.ts";
import { SmsRequestEnvelope, SmsResponseEnvelope } from "./sms/send.ts";
import { QuerySmsResponse, SmsTextQueryV1, SmsTextQueryV3 } from "./sms/send-query.ts";
import { SmsBinaryRequest, SmsMultiText, SmsResponse, SmsSingleText, SmsTextualRequest } from "./sms/send-v2.ts";
import { SingleMessageInfo, TextMessage } from "./whatsapp/text.ts";

/** Which of Infobip's two error bodies an endpoint answers with, for all its errors. */
export type Envelope = "ApiError" | "ApiException";

export interface Operation {
  /** Infobip's own id of the operation; ours where no document has it. */
  readonly operationId: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Any one of them allows the call (`x-scopes`). */
  readonly scopes: readonly string[];
  readonly envelope: Envelope;
  /** It sends messages, so it heeds the header `Idempotency-Key`. */
  readonly isSend?: true;
  /** Infobip's documents have it no more, and old clients still call it. */
  readonly isUndocumented?: true;
  /** The credentials may also come as the parameters `username` and `password`. */
  readonly credentialsIn?: "query";
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
  sendSmsAdvancedText: {
    operationId: "send-sms-message",
    method: "POST",
    path: "/sms/2/text/advanced",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    isSend: true,
    envelope: "ApiException",
    body: SmsTextualRequest,
    response: SmsResponse,
  },
  sendSmsAdvancedBinary: {
    operationId: "send-binary-sms-message",
    method: "POST",
    path: "/sms/2/binary/advanced",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    isSend: true,
    envelope: "ApiException",
    body: SmsBinaryRequest,
    response: SmsResponse,
  },
  sendSmsSingleV2: {
    operationId: "send-single-sms-message-v2",
    method: "POST",
    path: "/sms/2/text/single",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    isSend: true,
    envelope: "ApiException",
    isUndocumented: true,
    body: SmsSingleText,
    response: SmsResponse,
  },
  sendSmsSingle: {
    operationId: "send-single-sms-message",
    method: "POST",
    path: "/sms/1/text/single",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    isSend: true,
    envelope: "ApiException",
    isUndocumented: true,
    body: SmsSingleText,
    response: SmsResponse,
  },
  sendSmsMulti: {
    operationId: "send-multiple-sms-messages",
    method: "POST",
    path: "/sms/1/text/multi",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    isSend: true,
    envelope: "ApiException",
    isUndocumented: true,
    body: SmsMultiText,
    response: SmsResponse,
  },
  sendSmsByQuery: {
    operationId: "send-sms-messages-over-query-parameters",
    method: "GET",
    path: "/sms/3/text/query",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    isSend: true,
    envelope: "ApiError",
    query: SmsTextQueryV3,
    response: SmsResponseEnvelope,
  },
  sendSmsByQueryV1: {
    operationId: "send-sms-message-over-query-parameters",
    method: "GET",
    path: "/sms/1/text/query",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    isSend: true,
    envelope: "ApiException",
    credentialsIn: "query",
    query: SmsTextQueryV1,
    response: QuerySmsResponse,
  },
  getSmsReportsV1: {
    operationId: "get-outbound-sms-message-delivery-reports",
    method: "GET",
    path: "/sms/1/reports",
    scopes: ["message:send", "sms:message:send", "sms:manage"],
    envelope: "ApiException",
    query: SmsReportsQuery,
    response: SmsReportsV1,
  },
  getSmsLogsV1: {
    operationId: "get-outbound-sms-message-logs",
    method: "GET",
    path: "/sms/1/logs",
    scopes: ["sms:logs:read", "sms:manage"],
    envelope: "ApiException",
    query: SmsLogsQueryV1,
    response: SmsLogsV1,
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

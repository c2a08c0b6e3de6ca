import type { Operation } from "../operation.ts";
import { BulkQuery, BulkRequest, BulkResponse, BulkStatusResponse, UpdateStatusRequest } from "../sms/bulks.ts";
import { EndTagParams, EndTagResponse } from "../sms/conversion.ts";

/** What can still be done to SMS that were accepted: when they leave, whether they leave, that they were of use. */
export const SMS_BULK_OPERATIONS = {
  getBulk: {
    operationId: "get-scheduled-sms-messages",
    document: "sms",
    method: "GET",
    path: "/sms/1/bulks",
    scopes: ["sms:message:send", "sms:manage"],
    envelope: "ApiException",
    query: BulkQuery,
    hasXml: true,
    response: BulkResponse,
  },
  rescheduleBulk: {
    operationId: "reschedule-sms-messages",
    document: "sms",
    method: "PUT",
    path: "/sms/1/bulks",
    scopes: ["sms:manage"],
    envelope: "ApiException",
    query: BulkQuery,
    body: BulkRequest,
    hasXml: true,
    response: BulkResponse,
  },
  getBulkStatus: {
    operationId: "get-scheduled-sms-messages-status",
    document: "sms",
    method: "GET",
    path: "/sms/1/bulks/status",
    scopes: ["sms:message:send", "sms:manage"],
    envelope: "ApiException",
    query: BulkQuery,
    hasXml: true,
    response: BulkStatusResponse,
  },
  updateBulkStatus: {
    operationId: "update-scheduled-sms-messages-status",
    document: "sms",
    method: "PUT",
    path: "/sms/1/bulks/status",
    scopes: ["sms:manage"],
    envelope: "ApiException",
    query: BulkQuery,
    body: UpdateStatusRequest,
    hasXml: true,
    response: BulkStatusResponse,
  },
  confirmConversion: {
    operationId: "log-end-tag",
    document: "sms",
    method: "POST",
    path: "/ct/1/log/end/{messageId}",
    scopes: ["sms:manage"],
    envelope: "ApiException",
    params: EndTagParams,
    hasXml: true,
    response: EndTagResponse,
  },
} as const satisfies Record<string, Operation>;

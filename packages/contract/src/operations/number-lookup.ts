import {
  NcLogResponse,
  NcLogsQuery,
  NcNotifyRequest,
  NcQueryRequest,
  NcResponse,
  NcResponseAsync,
} from "../lookup/number-lookup.ts";
import type { Operation } from "../operation.ts";

/** What a number's form says of it. */
export const NUMBER_LOOKUP_OPERATIONS = {
  queryNumbers: {
    operationId: "number-context-lookup",
    document: "number-lookup",
    method: "POST",
    path: "/number/1/query",
    scopes: ["number-lookup:manage", "number-lookup:send"],
    envelope: "ApiException",
    body: NcQueryRequest,
    hasXml: true,
    response: NcResponse,
  },
  notifyNumbers: {
    operationId: "number-context-lookup-async",
    document: "number-lookup",
    method: "POST",
    path: "/number/1/notify",
    scopes: ["number-lookup:manage", "number-lookup:send"],
    envelope: "ApiException",
    body: NcNotifyRequest,
    hasXml: true,
    response: NcResponseAsync,
  },
  getNumberLogs: {
    operationId: "get-number-context-logs",
    document: "number-lookup",
    method: "GET",
    path: "/number/1/logs",
    scopes: ["number-lookup:logs:read", "number-lookup:manage"],
    envelope: "ApiException",
    query: NcLogsQuery,
    hasXml: true,
    response: NcLogResponse,
  },
} as const satisfies Record<string, Operation>;

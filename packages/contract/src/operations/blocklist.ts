import {
  BlocklistCreateRequest,
  BlocklistDeleteRequest,
  BlocklistGetResponse,
  BlocklistQuery,
} from "../blocklist/blocklists.ts";
import type { Operation } from "../operation.ts";

/** Destinations that nothing is sent to. */
export const BLOCKLIST_OPERATIONS = {
  getBlocklists: {
    operationId: "get-all-blocklists",
    document: "blocklist",
    method: "GET",
    path: "/platform/1/blocklists",
    scopes: ["blocklist:manage"],
    envelope: "ApiException",
    query: BlocklistQuery,
    response: BlocklistGetResponse,
  },
  createBlocklists: {
    operationId: "create-blocklists",
    document: "blocklist",
    method: "POST",
    path: "/platform/1/blocklists",
    scopes: ["blocklist:manage"],
    envelope: "ApiException",
    body: BlocklistCreateRequest,
    status: 202,
  },
  deleteBlocklists: {
    operationId: "delete-blocklists",
    document: "blocklist",
    method: "DELETE",
    path: "/platform/1/blocklists",
    scopes: ["blocklist:manage"],
    envelope: "ApiException",
    body: BlocklistDeleteRequest,
    status: 202,
  },
} as const satisfies Record<string, Operation>;

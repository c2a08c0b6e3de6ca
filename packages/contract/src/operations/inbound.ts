import type { Operation } from "../operation.ts";
import {
  InboundConfiguration,
  InboundConfigurationPath,
  InboundConfigurationQuery,
  InboundConfigurationRequest,
  InboundConfigurations,
} from "../resources/inbound-configurations.ts";
import { SmsInboundQuery, SmsInboundReports } from "../sms/inbound.ts";

const CONFIGURATIONS = "/resource-management/1/inbound-message-configurations";

/** What comes from phones: the inbox, and what is to be done with a message. */
export const INBOUND_OPERATIONS = {
  getSmsInbox: {
    operationId: "get-inbound-sms-messages",
    document: "sms",
    method: "GET",
    path: "/sms/1/inbox/reports",
    scopes: ["inbound-message:read", "sms:inbound-message:read", "sms:manage"],
    envelope: "ApiException",
    query: SmsInboundQuery,
    hasXml: true,
    response: SmsInboundReports,
  },
  saveInboundConfiguration: {
    operationId: "manage-inbound-configuration",
    document: "resources",
    method: "POST",
    path: CONFIGURATIONS,
    scopes: ["numbers:manage"],
    envelope: "ApiException",
    body: InboundConfigurationRequest,
    response: InboundConfiguration,
  },
  getInboundConfigurations: {
    operationId: "get-inbound-configurations",
    document: "resources",
    method: "GET",
    path: CONFIGURATIONS,
    scopes: ["numbers:manage"],
    envelope: "ApiException",
    query: InboundConfigurationQuery,
    response: InboundConfigurations,
  },
  deleteInboundConfiguration: {
    operationId: "delete-inbound-configuration",
    document: "resources",
    method: "DELETE",
    path: `${CONFIGURATIONS}/{configurationKey}`,
    scopes: ["numbers:manage"],
    envelope: "ApiException",
    params: InboundConfigurationPath,
    status: 204,
  },
} as const satisfies Record<string, Operation>;

/** The operations of the contract, each given to whoever answers it. */
import type { AcceptContext } from "../accept/acceptance.ts";
import { rescheduleBulk, showBulk, showBulkStatus, updateBulkStatus } from "../accept/bulks.ts";
import { confirmConversion } from "../accept/conversion.ts";
import { acceptSmsMessages } from "../accept/sms-messages.ts";
import { acceptSmsQueryV1, acceptSmsQueryV3 } from "../accept/sms-query.ts";
import { acceptSmsAdvancedBinary, acceptSmsAdvancedText, acceptSmsMulti, acceptSmsSingle } from "../accept/sms-v2.ts";
import type { OperationHandlers, RequestOf } from "../http/routes.ts";
import {
  deleteInboundConfiguration,
  findInboundConfigurations,
  saveInboundConfiguration,
} from "../inbound/save-configuration.ts";
import { findNumberLogs, notifyNumbers, queryNumbers } from "../lookup/number-lookup.ts";
import { pullSmsInbox } from "../query/sms-inbox.ts";
import { previewSms } from "../query/sms-preview.ts";
import { findSmsLogs, findSmsLogsV1, pullSmsReports, pullSmsReportsV1 } from "../query/sms-queries.ts";
import type { IdempotencyClaim, KeyPlatform } from "../store/store.ts";
import { whatsAppSendHandlers } from "./whatsapp-sends.ts";

/** What sending needs of a request, beside its body or query. */
type Sending = Pick<RequestOf<unknown>, "accountId" | "claim" | "platform">;
type Take<Input> = (
  context: AcceptContext,
  accountId: number,
  input: Input,
  claim: IdempotencyClaim | null,
) => Promise<unknown>;

/** Everything that sends. */
export function sendHandlers(contextOf: (platform: readonly KeyPlatform[]) => AcceptContext) {
  const byBody =
    <Body>(take: Take<Body>) =>
    ({ accountId, body, claim, platform }: Sending & { readonly body: Body }) =>
      take(contextOf(platform), accountId, body, claim);
  const byQuery =
    <Query>(take: Take<Query>) =>
    ({ accountId, query, claim, platform }: Sending & { readonly query: Query }) =>
      take(contextOf(platform), accountId, query, claim);
  return {
    sendSmsMessages: byBody(acceptSmsMessages),
    sendSmsAdvancedText: byBody(acceptSmsAdvancedText),
    sendSmsAdvancedBinary: byBody(acceptSmsAdvancedBinary),
    sendSmsSingleV2: byBody(acceptSmsSingle),
    sendSmsSingle: byBody(acceptSmsSingle),
    sendSmsMulti: byBody(acceptSmsMulti),
    sendSmsByQuery: byQuery(acceptSmsQueryV3),
    sendSmsByQueryV1: byQuery(acceptSmsQueryV1),
    ...whatsAppSendHandlers(byBody),
  } satisfies Partial<OperationHandlers>;
}

/** What became of messages, what phones wrote, and what a text would become. */
export function queryHandlers(context: Parameters<typeof pullSmsReports>[0] & Parameters<typeof pullSmsInbox>[0]) {
  return {
    getSmsReports: ({ accountId, query }) => pullSmsReports(context, accountId, query),
    getSmsLogs: ({ accountId, query }) => findSmsLogs(context, accountId, query),
    getSmsReportsV1: ({ accountId, query }) => pullSmsReportsV1(context, accountId, query),
    getSmsLogsV1: ({ accountId, query }) => findSmsLogsV1(context, accountId, query),
    getSmsInbox: ({ accountId, query }) => pullSmsInbox(context, accountId, query),
    previewSmsMessage: async ({ body }) => previewSms(body),
  } satisfies Partial<OperationHandlers>;
}

/** What can still be done to messages that were accepted. */
export function bulkHandlers(
  context: Parameters<typeof updateBulkStatus>[0] & Parameters<typeof confirmConversion>[0],
) {
  return {
    getBulk: ({ accountId, query: { bulkId } }) => showBulk(context, accountId, bulkId),
    rescheduleBulk: ({ accountId, query: { bulkId }, body }) => rescheduleBulk(context, accountId, bulkId, body),
    getBulkStatus: ({ accountId, query: { bulkId } }) => showBulkStatus(context, accountId, bulkId),
    updateBulkStatus: ({ accountId, query: { bulkId }, body }) => updateBulkStatus(context, accountId, bulkId, body),
    confirmConversion: ({ accountId, params: { messageId } }) => confirmConversion(context, accountId, messageId),
  } satisfies Partial<OperationHandlers>;
}

/** What is to be done with what phones write. */
export function inboundHandlers(context: Parameters<typeof saveInboundConfiguration>[0]) {
  return {
    saveInboundConfiguration: ({ accountId, body }) => saveInboundConfiguration(context, accountId, body),
    getInboundConfigurations: ({ accountId, query }) => findInboundConfigurations(context, accountId, query),
    deleteInboundConfiguration: ({ accountId, params }) =>
      deleteInboundConfiguration(context, accountId, params.configurationKey),
  } satisfies Partial<OperationHandlers>;
}

/** What numbering plans say of a number. */
export function lookupHandlers(context: Parameters<typeof notifyNumbers>[0]) {
  return {
    queryNumbers: ({ accountId, body }) => queryNumbers(context, accountId, body),
    notifyNumbers: ({ accountId, body }) => notifyNumbers(context, accountId, body),
    getNumberLogs: ({ accountId, query }) => findNumberLogs(context, accountId, query),
  } satisfies Partial<OperationHandlers>;
}

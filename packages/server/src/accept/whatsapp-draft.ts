import {
  type MessageContext,
  messageStatus,
  type SingleMessageInfo,
  STATUS,
  type UrlOptions,
} from "@posthorn/contract";
import { VALIDITY_MAX_MS } from "../message/limits.ts";
import type { MessageOptions, ShortLink } from "../store/store.ts";
import { type Accepted, type AcceptContext, requireUrl } from "./acceptance.ts";
import type { Draft, SharedDraft } from "./judge.ts";

/** What every message to one destination on WhatsApp has, whatever it holds. */
export interface WhatsAppRequest {
  readonly from: string;
  readonly to: string;
  readonly messageId?: string;
  readonly callbackData?: string;
  readonly notifyUrl?: string;
  readonly entityId?: string;
  readonly applicationId?: string;
  readonly urlOptions?: UrlOptions;
  readonly context?: MessageContext;
}

/** A content as it is stored. */
export interface WhatsAppContent {
  /** What a log shows of it. */
  readonly text: string;
  readonly options: MessageOptions | null;
  readonly shortLinks?: readonly ShortLink[];
}

/**
 * @param path where the request's members stand, for violations: empty, or with a dot at its end
 * @throws InvalidRequest
 */
export function whatsAppDraft(
  { ids }: AcceptContext,
  accountId: number,
  request: WhatsAppRequest,
  { text, options, shortLinks }: WhatsAppContent,
  { bulkId = "", path = "" }: { readonly bulkId?: string; readonly path?: string } = {},
): Draft {
  const shared: SharedDraft = {
    accountId,
    bulkId,
    channel: "WHATSAPP",
    sender: request.from,
    text,
    encoding: "UTF8",
    partCount: 1,
    options,
    ...(shortLinks === undefined ? {} : { shortLinks }),
    sendAt: 0,
    validityMs: VALIDITY_MAX_MS,
    window: null,
    spread: null,
    refusal: null,
    acceptedStatusId: STATUS.PENDING_ENROUTE,
    callbackData: request.callbackData ?? null,
    applicationId: request.applicationId ?? null,
    entityId: request.entityId ?? null,
    campaignReferenceId: null,
    webhookUrl: requireUrl(request.notifyUrl, `${path}notifyUrl`),
    webhookKind: "WHATSAPP",
    wantsReport: true,
  };
  return { shared, messageId: request.messageId || ids.next(), to: request.to };
}

/** The flat entry that every WhatsApp message is answered with. */
export function singleInfoOf({ destination, common, messageId, statusId }: Accepted) {
  return {
    to: destination,
    messageCount: common.partCount,
    messageId,
    status: messageStatus(statusId),
  } satisfies SingleMessageInfo;
}

/** The only message of a request. */
export function onlyOf(accepted: readonly Accepted[]): Accepted {
  const [only] = accepted;
  if (only === undefined) throw new Error("one message was given and none came back");
  return only;
}

import type { NewInbound, NewReply } from "../inbound.ts";
import type { NewFailover, NewMessage } from "../store.ts";

/** What a message does not share with its neighbours. */
type Own = "messageId" | "destination" | "state" | "statusId" | "errorId" | "dueAt";

export interface MessageCommon extends Omit<NewMessage, Own | "options"> {
  readonly optionsJson: string | null;
}

export interface PackedMessage extends Pick<NewMessage, Own> {
  readonly common: MessageCommon;
}

/** The port's `NewInbound`, with its auto-response packed for its way between the threads. */
export interface PackedInbound extends Omit<NewInbound, "reply"> {
  readonly reply: (Omit<NewReply, "message"> & { readonly message: PackedMessage }) | null;
}

/** The port's `NewFailover`, likewise. */
export interface PackedFailover extends Omit<NewFailover, "sms"> {
  readonly sms: PackedMessage;
}

/** An inbound message, with its auto-response packed likewise. */
export function packInbound({ reply, ...inbound }: NewInbound): PackedInbound {
  const [message] = reply === null ? [] : packMessages([reply.message]);
  if (reply === null || message === undefined) return { ...inbound, reply: null };
  return { ...inbound, reply: { ...reply, message } };
}

/** The SMS of failovers, packed likewise. */
export function packFailovers(failovers: readonly NewFailover[]): readonly PackedFailover[] {
  const packed = packMessages(failovers.map(({ sms }) => sms));
  return packed.map((sms, index) => ({ ...(failovers[index] as NewFailover), sms }));
}

/**
 * The destinations of one message differ in six members of twenty-five: what they share is one object, which crosses
 * once (crossing.ts), is compared by identity, and leaves little garbage in both heaps.
 */
export function packMessages(messages: readonly NewMessage[]): readonly PackedMessage[] {
  let previous: NewMessage | null = null;
  let common: MessageCommon | null = null;
  return messages.map((message) => {
    if (common === null || previous === null || !isAlike(message, previous)) common = commonOf(message);
    previous = message;
    const { messageId, destination, state, statusId, errorId, dueAt } = message;
    return { common, messageId, destination, state, statusId, errorId, dueAt };
  });
}

/**
 * Written out: asking for members by name costs more than all the rest of packing. Options are compared by identity: the
 * destinations of a message have the same object.
 */
function isAlike(one: NewMessage, other: NewMessage): boolean {
  return (
    one.options === other.options &&
    one.bulkId === other.bulkId &&
    one.text === other.text &&
    one.sender === other.sender &&
    one.accountId === other.accountId &&
    one.channel === other.channel &&
    one.encoding === other.encoding &&
    one.partCount === other.partCount &&
    one.route === other.route &&
    one.carrier === other.carrier &&
    one.acceptedAt === other.acceptedAt &&
    one.expiresAt === other.expiresAt &&
    one.callbackData === other.callbackData &&
    one.applicationId === other.applicationId &&
    one.entityId === other.entityId &&
    one.campaignReferenceId === other.campaignReferenceId &&
    one.webhookUrl === other.webhookUrl &&
    one.webhookKind === other.webhookKind &&
    one.wantsReport === other.wantsReport
  );
}

/** Written out: an object that is made of the rest of another costs several times as much, for every message. */
function commonOf(message: NewMessage): MessageCommon {
  const { options } = message;
  return {
    accountId: message.accountId,
    bulkId: message.bulkId,
    channel: message.channel,
    sender: message.sender,
    text: message.text,
    encoding: message.encoding,
    partCount: message.partCount,
    route: message.route,
    carrier: message.carrier,
    acceptedAt: message.acceptedAt,
    expiresAt: message.expiresAt,
    callbackData: message.callbackData,
    applicationId: message.applicationId,
    entityId: message.entityId,
    campaignReferenceId: message.campaignReferenceId,
    webhookUrl: message.webhookUrl,
    webhookKind: message.webhookKind,
    wantsReport: message.wantsReport,
    optionsJson: options === null ? null : JSON.stringify(options),
  };
}

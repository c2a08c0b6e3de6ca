import type { CarrierContactMessage } from "../carrier/carrier.ts";
import type { Clock } from "../kernel/clock.ts";
import type { IdGenerator } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { canBeAnswered } from "../message/inbound-address.ts";
import { DAYS, type DeliveryTimeWindow, type TimeOfDay } from "../message/schedule.ts";
import type { NewInbound, NewInboundMessage } from "../store/inbound.ts";
import type { Channel, FoundMessage, NewMessage, Store } from "../store/store.ts";
import type { AskedByPhone } from "./blocklist.ts";
import type { ConfigurationIndex, OwnedConfiguration } from "./configurations.ts";
import { contentOf, contextOf, openedWindow } from "./contact-messages.ts";
import { ANSWER_CLOCK_STEP_MS, AUTO_RESPONSE_WINDOW_MS, AUTO_RESPONSES_PER_PHONE_MAX } from "./limits.ts";

/** A message that is whole: as it came, or put together from its parts. */
export interface WholeInbound
  extends Pick<
    NewInboundMessage,
    | "accountId"
    | "channel"
    | "carrier"
    | "carrierMessageId"
    | "sender"
    | "destination"
    | "text"
    | "encoding"
    | "partCount"
    | "receivedAt"
  > {
  readonly inReplyTo: string | null;
  readonly groupId: number | null;
  /** What a user of WhatsApp sent; null for SMS. */
  readonly contactMessage: Pick<CarrierContactMessage, "message" | "contact"> | null;
}

/** What an auto-response is made of; `window` null: it may leave at once. */
export interface AutoReply {
  readonly accountId: number;
  readonly channel: Channel;
  readonly sender: string;
  readonly to: string;
  readonly text: string;
  readonly window: DeliveryTimeWindow | null;
  readonly applicationId: string | null;
  readonly entityId: string | null;
}

export interface PlanContext {
  readonly store: Pick<Store, "findMessage" | "findByCarrierId" | "findInDoubt">;
  readonly clock: Clock;
  readonly log: Log;
  readonly ids: IdGenerator;
  readonly index: ConfigurationIndex;
  /** Beyond this many open messages nothing is answered. */
  readonly openMessagesMax: number;
  /** SMPP sessions of customers are taken, so messages can be forwarded to them. */
  readonly isSmppServed: boolean;
  /** The auto-response as every message that is accepted. */
  readonly composeReply: (reply: AutoReply) => NewMessage;
  /** The message as a webhook tells of it: JSON. */
  readonly bodyOf: (message: NewInboundMessage) => string;
}

export interface InboundPlan {
  readonly inbound: NewInbound;
  readonly block: AskedByPhone | null;
  readonly unblock: AskedByPhone | null;
}

/** What follows from a message, by its configuration. Nothing is done yet. The index has been refreshed. */
export async function planInbound(context: PlanContext, whole: WholeInbound): Promise<InboundPlan> {
  const { inReplyTo, groupId, contactMessage, ...received } = whole;
  const { accountId, channel, destination, text, encoding } = received;
  const readable = encoding === "BINARY" || (contactMessage !== null && text === "") ? null : text;
  const { configuration, keyword, cleanText } = context.index.match(accountId, channel, destination, readable);
  const answered = await answeredBy(context.store, whole);
  const type = configuration?.forwarding?.type ?? "FORWARD_TO_SUBSCRIPTION";
  const isForSmpp = type === "SMPP_FORWARD" && context.isSmppServed && channel === "SMS";
  const message: NewInboundMessage = {
    ...received,
    // What customers name when they answer or mark it as read is WhatsApp's own id.
    messageId: (channel === "WHATSAPP" ? received.carrierMessageId : null) ?? context.ids.next(),
    cleanText: readable === null ? text : cleanText,
    keyword,
    storedAt: context.clock.now(),
    isForInbox: type !== "HTTP_FORWARD" && type !== "NO_ACTION" && !isForSmpp,
    callbackData: answered?.callbackData ?? null,
    applicationId: configuration?.platform?.applicationId ?? answered?.applicationId ?? null,
    entityId: configuration?.platform?.entityId ?? answered?.entityId ?? null,
    campaignReferenceId: answered?.campaignReferenceId ?? null,
    content: contactMessage === null ? null : contentOf(contactMessage, answered?.messageId),
  };
  if (!isForSmpp) explain(context.log, message, type);
  const entry = configuration === null ? null : blocklistEntryOf(message, configuration);
  return {
    inbound: {
      message,
      event: eventOf(context, message, configuration),
      reply: replyOf(context, message, configuration),
      groupId,
      ...(contactMessage === null ? {} : { window: openedWindow(message, contactMessage.contact) }),
      ...(isForSmpp ? { isForSmpp } : {}),
    },
    block: configuration?.blockListConfiguration?.type === "BLOCK" ? entry : null,
    unblock: configuration?.blockListConfiguration?.type === "UNBLOCK" ? entry : null,
  };
}

/**
 * The carrier's own id first leads to ours. One that leads nowhere may be of a message whose answer was lost, and that
 * no status has named yet: where there is exactly one of those to this user, that is taken to be meant.
 */
async function answeredBy(
  store: PlanContext["store"],
  { accountId, carrier, inReplyTo, contactMessage, sender: user, destination, receivedAt }: WholeInbound,
): Promise<FoundMessage | null> {
  if (inReplyTo !== null) return store.findMessage(accountId, inReplyTo);
  const id = contactMessage === null ? undefined : contextOf(contactMessage.message)?.["id"];
  if (contactMessage === null || typeof id !== "string" || id === "") return null;
  const found = await store.findByCarrierId(accountId, carrier, id);
  if (found !== null) return found;
  const { phone = user, userId = user } = contactMessage.contact;
  const destinations = [...new Set([user, phone, userId])];
  const acceptedUntil = receivedAt + ANSWER_CLOCK_STEP_MS;
  return store.findInDoubt({ accountId, carrier, sender: destination, destinations, acceptedUntil });
}

function explain(log: Log, { messageId, accountId, destination }: NewInboundMessage, type: string) {
  if (type === "NO_ACTION") {
    log.info({ event: "inbound.no_action", messageId, accountId, destination }, "an inbound message leads nowhere");
  }
  if (type === "SMPP_FORWARD" || type === "MAIL_FORWARD") {
    log.warn(
      { event: "inbound.not_forwarded", messageId, accountId, destination, forwarding: type },
      "this way of forwarding is not served: the message waits to be pulled",
    );
  }
}

function eventOf(
  context: PlanContext,
  message: NewInboundMessage,
  configuration: OwnedConfiguration | null,
): NewInbound["event"] {
  const { type, url } = configuration?.forwarding ?? {};
  const { accountId, channel, storedAt, applicationId, entityId, destination: resource } = message;
  const kind = channel === "WHATSAPP" ? "WHATSAPP_INBOUND" : "SMS_INBOUND";
  const event = () => ({ accountId, kind, body: context.bodyOf(message), createdAt: storedAt }) as const;
  if (type === "HTTP_FORWARD" && url !== undefined) return { ...event(), url };
  if (type !== undefined && type !== "FORWARD_TO_SUBSCRIPTION") return null;
  return { ...event(), url: null, channel, event: "INBOUND_MESSAGE", applicationId, entityId, resource };
}

function replyOf(
  context: PlanContext,
  message: NewInboundMessage,
  configuration: OwnedConfiguration | null,
): NewInbound["reply"] {
  const { autoResponse } = configuration ?? {};
  if (autoResponse === undefined || autoResponse.message.trim() === "") return null;
  const { accountId, channel, sender: phone, destination, applicationId, entityId } = message;
  const sender = autoResponse.sender ?? destination;
  // Whatever answers by itself is not answered: our own numbers first, and names cannot be.
  const answersItself = context.index.of(channel, phone).some((other) => other.autoResponse !== undefined);
  if (phone === sender || phone === destination || answersItself || !canBeAnswered(phone, channel)) return null;
  const window = windowOf(autoResponse.deliveryTimeWindow);
  const reply = { accountId, channel, sender, to: phone, text: autoResponse.message, window, applicationId, entityId };
  return {
    message: context.composeReply(reply),
    since: message.storedAt - AUTO_RESPONSE_WINDOW_MS,
    max: AUTO_RESPONSES_PER_PHONE_MAX,
    openMessagesMax: context.openMessagesMax,
  };
}

type AskedWindow = NonNullable<OwnedConfiguration["autoResponse"]>["deliveryTimeWindow"];

function windowOf(window: AskedWindow): DeliveryTimeWindow | null {
  if (window === undefined) return null;
  return { days: DAYS.filter((day) => window.days.includes(day)), from: timeOf(window.from), to: timeOf(window.to) };
}

/** HH:mm, as the schema demands. */
function timeOf(text: string): TimeOfDay {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return { hour, minute };
}

function blocklistEntryOf(
  { accountId, channel, sender, destination }: NewInboundMessage,
  { blockListConfiguration }: OwnedConfiguration,
): AskedByPhone | null {
  if (blockListConfiguration === undefined) return null;
  return {
    accountId,
    channel,
    destination: sender,
    sender: blockListConfiguration.level === "FROM_SENDER" ? destination : "",
    sourceType: "MO",
  };
}

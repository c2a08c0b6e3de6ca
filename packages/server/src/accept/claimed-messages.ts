import type { NewMessage, OutboundMessage, RoomOffer } from "../store/store.ts";

/**
 * Gives each offer the messages of its lane that the insert has claimed. Without what the store said, nothing was
 * claimed: the insert failed.
 *
 * @param claimed the store's word: for each message its seq where it is claimed
 */
export function settleOffers(
  offers: readonly RoomOffer[],
  messages: readonly NewMessage[],
  claimed: readonly (number | null)[] = [],
) {
  const [only] = offers;
  if (only === undefined) return;
  // Of one lane all of them are its own; only with several somebody has to look.
  if (offers.length === 1) return only.settle(outboundOf(messages, claimed, null));
  for (const offer of offers) offer.settle(outboundOf(messages, claimed, offer.claim.route));
}

/**
 * Claimed messages as the store would give them.
 *
 * @param route the lane that they are asked for; null: all of them
 */
function outboundOf(
  messages: readonly NewMessage[],
  claimed: readonly (number | null)[],
  route: string | null,
): OutboundMessage[] {
  const outbound: OutboundMessage[] = [];
  // Over places: a list of pairs would be an object for each message.
  for (let index = 0; index < claimed.length; index += 1) {
    const seq = claimed[index] ?? null;
    const message = messages[index];
    if (seq === null || message === undefined || (route !== null && message.common.route !== route)) continue;
    outbound.push(claimedMessage(message, seq));
  }
  return outbound;
}

function claimedMessage(message: NewMessage, seq: number): OutboundMessage {
  const { common } = message;
  return {
    seq,
    accountId: common.accountId,
    attempts: 1,
    messageId: message.messageId,
    channel: common.channel,
    sender: common.sender,
    destination: message.destination,
    text: common.text,
    encoding: common.encoding,
    partCount: common.partCount,
    options: common.options,
    expiresAt: common.expiresAt,
    possibleDuplicate: false,
  };
}

import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { isShortCode } from "../kernel/short-code.ts";
import { isWebUrl } from "../message/urls.ts";
import type { NewEvent, ShortLinkRecord, Store } from "../store/store.ts";
import { recipientInfoOf } from "./device.ts";
import { isPerson, userAgentOf, type Visitor } from "./visitor.ts";

/**
 * Of one link. No key is needed to follow a link, so whoever has one could otherwise fill the disk with webhooks; clicks
 * after these are counted only. A person follows the link of a message a few times.
 */
export const CLICKS_TOLD_MAX = 1_000;

export interface ClickContext {
  readonly store: Pick<Store, "findShortLink" | "recordClicks">;
  readonly clock: Clock;
  readonly log: Log;
  /** An event was born: whoever pushes it should look. */
  readonly onEvent: () => void;
}

/**
 * Where a short link leads, as a URL that fits a header; null when there is none. A person's click is counted, and told
 * where the message asked for it, before the answer: a click that was answered is kept. A store that cannot write it
 * keeps nobody from the page.
 */
export async function followShortLink(context: ClickContext, code: string, visitor: Visitor): Promise<string | null> {
  if (!isShortCode(code)) return null;
  const link = await context.store.findShortLink(code);
  // Nothing else was ever stored; a database that somebody has edited must still send nobody to javascript:.
  if (link === null || !isWebUrl(link.url)) return null;
  if (isPerson(visitor)) await recordClick(context, link, userAgentOf(visitor));
  return new URL(link.url).href;
}

async function recordClick({ store, clock, log, onEvent }: ClickContext, link: ShortLinkRecord, userAgent: string) {
  const event = clickEventOf(link, userAgent, clock.now());
  try {
    await store.recordClicks([{ code: link.code, event }]);
    if (event !== null) onEvent();
  } catch (error) {
    log.error({ event: "click.record_failed", messageId: link.messageId, err: error }, "a click was not written");
  }
}

/**
 * Infobip's body of a click. It has no place (`geoLocationInfo`): an address would have to be given to somebody who
 * knows where it is.
 */
export function clickEventOf(link: ShortLinkRecord, userAgent: string, at: number): NewEvent | null {
  if (!link.tracksClicks || link.clickCount >= CLICKS_TOLD_MAX) return null;
  const { destination, url, messageId, bulkId, callbackData, applicationId, entityId } = link;
  const body = {
    notificationType: "CLICKED",
    recipient: destination,
    url,
    sendDateTime: at,
    messageId,
    bulkId,
    ...(callbackData === null ? {} : { callbackData }),
    recipientInfo: recipientInfoOf(userAgent),
    ...(applicationId === null ? {} : { applicationId }),
    ...(entityId === null ? {} : { entityId }),
  };
  const { accountId, channel, sender: resource, trackingUrl } = link;
  const event = { accountId, kind: "SMS_CLICK", body: JSON.stringify(body), createdAt: at } as const;
  if (trackingUrl !== null) return { ...event, url: trackingUrl };
  return { ...event, url: null, channel, event: "CLICK", applicationId, entityId, resource };
}

/** The port's words for short links. store.ts has the calls. */
import type { Channel } from "./messages.ts";
import type { NewEvent } from "./webhooks.ts";

/** Where a short link leads, and who is told of a click on it. */
export interface ShortLinkTarget {
  readonly url: string;
  /** Null: no URL of its own; what the account has set up applies. */
  readonly trackingUrl: string | null;
  /** False: clicks are counted, and nobody is told. */
  readonly tracksClicks: boolean;
}

export interface ShortLink {
  readonly code: string;
  readonly target: ShortLinkTarget;
}

export interface NewShortLink extends ShortLink {
  /** Which message of the call it stands in, counted from 0. It is stored with that message or not at all. */
  readonly message: number;
}

/** A short link, with what a click tells of the message that it came by. */
export interface ShortLinkRecord extends ShortLinkTarget {
  readonly code: string;
  readonly clickCount: number;
  readonly accountId: number;
  readonly channel: Channel;
  readonly messageId: string;
  readonly bulkId: string;
  readonly sender: string;
  readonly destination: string;
  readonly callbackData: string | null;
  readonly applicationId: string | null;
  readonly entityId: string | null;
}

export interface ShortLinkClick {
  readonly code: string;
  /** Inserted in the same commit, unless the link is gone. Null: it is only counted. */
  readonly event: NewEvent | null;
}

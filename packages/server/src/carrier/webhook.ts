import type { Readable } from "node:stream";

/** What a carrier's peer calls us with over HTTP, on `/carriers/{name}/webhook`. */
export interface CarrierWebhook {
  /** Octets of a call; a longer one is refused unread. */
  readonly bytesMax: number;
  /** The answer to the call that asks whether somebody listens here; null: it is not for us. */
  challenge(query: Readonly<Record<string, unknown>>): string | null;
  /**
   * Resolves after the commit of all that the call tells. `unsigned`: it is not from the peer, or was changed on its way.
   * `unreadable`: it would be so the next time, too. `later`: not all of it can be taken now. A rejection means the same.
   */
  take(call: WebhookCall): Promise<"taken" | "unsigned" | "unreadable" | "later">;
}

export interface WebhookCall {
  /** As it came: it is what was signed. */
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What the peer reached us by: `https://host:port`. */
  readonly baseUrl: string;
}

/** A medium that somebody sent, as its carrier has it. */
export interface CarrierMedia {
  readonly contentType: string;
  /** Absent: not known before the end. */
  readonly contentLength?: number;
  /** Whoever asked for it reads it to its end, or destroys it. */
  readonly body: Readable;
}

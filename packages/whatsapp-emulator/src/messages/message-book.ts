import type { StatusName } from "../behaviour.ts";
import type { GraphErrorCode } from "../errors.ts";
import { BoundedMap } from "../memory.ts";
import type { ReceivedMessage, SentMessage } from "../options.ts";
import type { Send } from "./read-send.ts";

export interface SentRecord extends SentMessage {
  readonly statuses: { readonly status: StatusName; readonly errorCode?: GraphErrorCode }[];
  readonly send: Send;
  /** `service`, or the template's. */
  readonly category: string;
}

export interface ReceivedRecord extends ReceivedMessage {
  isRead: boolean;
  isTypingShown: boolean;
}

/** What went in both directions: the newest of each. */
export class MessageBook {
  readonly sent: BoundedMap<string, SentRecord>;
  readonly received: BoundedMap<string, ReceivedRecord>;

  constructor(messagesMax: number) {
    this.sent = new BoundedMap(messagesMax);
    this.received = new BoundedMap(messagesMax);
  }

  clear(): void {
    this.sent.clear();
    this.received.clear();
  }
}

/** As others may see it, and as it was then. */
export function sentMessageOf({ id, phoneNumberId, wabaId, to, type, body, acceptedAtMs, statuses }: SentRecord) {
  return { id, phoneNumberId, wabaId, to, type, body, acceptedAtMs, statuses: [...statuses] };
}

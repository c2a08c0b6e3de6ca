/** What a user can send to a business, as the webhook has it; media by its bytes instead of an id. */

export interface MediaContent {
  /** Kept as media of the emulator; a few bytes of the right kind unless given. */
  readonly data?: Uint8Array;
  readonly mime_type?: string;
  readonly caption?: string;
  readonly filename?: string;
  /** Of audio: recorded in the chat. */
  readonly voice?: boolean;
  /** Of a sticker. */
  readonly animated?: boolean;
}

export type InboundContent =
  | { readonly type: "text"; readonly text: { readonly body: string } }
  | { readonly type: "image"; readonly image?: MediaContent }
  | { readonly type: "audio"; readonly audio?: MediaContent }
  | { readonly type: "video"; readonly video?: MediaContent }
  | { readonly type: "document"; readonly document?: MediaContent }
  | { readonly type: "sticker"; readonly sticker?: MediaContent }
  | {
      readonly type: "location";
      readonly location: {
        readonly latitude: number;
        readonly longitude: number;
        readonly name?: string;
        readonly address?: string;
        readonly url?: string;
      };
    }
  | { readonly type: "contacts"; readonly contacts: readonly Readonly<Record<string, unknown>>[] }
  | { readonly type: "reaction"; readonly reaction: { readonly message_id: string; readonly emoji?: string } }
  | { readonly type: "button"; readonly button: { readonly payload: string; readonly text: string } }
  | {
      readonly type: "interactive";
      readonly interactive:
        | { readonly type: "button_reply"; readonly button_reply: { readonly id: string; readonly title: string } }
        | {
            readonly type: "list_reply";
            readonly list_reply: { readonly id: string; readonly title: string; readonly description?: string };
          }
        | {
            readonly type: "nfm_reply";
            readonly nfm_reply: {
              readonly name?: string;
              readonly body?: string;
              readonly response_json: string;
            };
          };
    }
  | {
      readonly type: "order";
      readonly order: {
        readonly catalog_id: string;
        readonly text?: string;
        readonly product_items: readonly {
          readonly product_retailer_id: string;
          readonly quantity: number;
          readonly item_price: number;
          readonly currency: string;
        }[];
      };
    }
  /** The user has a new number, or another device: then `identity` is the hash of the new one. */
  | {
      readonly type: "system";
      readonly system:
        | { readonly wa_id: string; readonly body?: string }
        | { readonly identity: string; readonly body?: string };
    }
  | { readonly type: "unsupported" };

export type MediaType = "image" | "audio" | "video" | "document" | "sticker";

/** One message of a user. */
export type ReceiveOptions = InboundContent & {
  /** Digits. Left out, `userId` is needed: a user that shows no number. */
  readonly from?: string;
  /** Made of `from` unless given. */
  readonly userId?: string;
  readonly profileName?: string;
  /** The business number it is written to; the first of the emulator unless given. */
  readonly phoneNumberId?: string;
  /** The id of the message that is answered. */
  readonly inReplyTo?: string;
  /** The message's own time; now unless given. */
  readonly timestampMs?: number;
  /** How often the webhook is sent; 1 unless given. */
  readonly copies?: number;
};

import { Type, type Static } from "typebox";
import { int32, shortText, statusObject, UrlOptions } from "../common.ts";

export const MessageContext = Type.Object({ replyToMessageId: shortText() }, { title: "MessageContext" });
export type MessageContext = Static<typeof MessageContext>;

/** What every message to one destination has, whatever it holds. */
export const messageFields = () => ({
  from: Type.String({ minLength: 1, maxLength: 24 }),
  to: Type.String({ minLength: 1, maxLength: 150 }),
  messageId: Type.Optional(Type.String({ maxLength: 200 })),
  callbackData: Type.Optional(Type.String({ maxLength: 4000 })),
  notifyUrl: Type.Optional(Type.String({ maxLength: 2048 })),
  entityId: Type.Optional(Type.String({ maxLength: 255 })),
  applicationId: Type.Optional(Type.String({ maxLength: 255 })),
});

/** The message that it answers. */
export const contextField = () => ({ context: Type.Optional(MessageContext) });
/** What becomes of the URLs in its text. */
export const urlField = () => ({ urlOptions: Type.Optional(UrlOptions) });

/** Like the SMS status, with a free group name. */
export const SingleMessageStatus = statusObject(Type.String(), "SingleMessageStatus");
export type SingleMessageStatus = Static<typeof SingleMessageStatus>;

/** Answer of every operation under `/whatsapp/1/message/` but templates: flat, without `messages` and `bulkId`. */
export const SingleMessageInfo = Type.Object(
  {
    to: Type.Optional(Type.String()),
    messageCount: Type.Optional(int32()),
    messageId: Type.Optional(Type.String()),
    status: Type.Optional(SingleMessageStatus),
  },
  { title: "SingleMessageInfo" },
);
export type SingleMessageInfo = Static<typeof SingleMessageInfo>;

import { Type, type Static } from "typebox";
import { int32, shortText, UrlOptions } from "../common.ts";

export const TextContent = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 4096 }),
    previewUrl: Type.Optional(Type.Boolean({ default: false })),
  },
  { title: "TextContent" },
);
export type TextContent = Static<typeof TextContent>;

export const MessageContext = Type.Object({ replyToMessageId: shortText() }, { title: "MessageContext" });
export type MessageContext = Static<typeof MessageContext>;

/** Body of `POST /whatsapp/1/message/text`: one message to one destination. */
export const TextMessage = Type.Object(
  {
    from: Type.String({ minLength: 1, maxLength: 24 }),
    to: Type.String({ minLength: 1, maxLength: 150 }),
    messageId: Type.Optional(Type.String({ maxLength: 200 })),
    content: TextContent,
    callbackData: Type.Optional(Type.String({ maxLength: 4000 })),
    notifyUrl: Type.Optional(Type.String({ maxLength: 2048 })),
    urlOptions: Type.Optional(UrlOptions),
    entityId: Type.Optional(Type.String({ maxLength: 255 })),
    applicationId: Type.Optional(Type.String({ maxLength: 255 })),
    context: Type.Optional(MessageContext),
  },
  { title: "TextMessage" },
);
export type TextMessage = Static<typeof TextMessage>;

/** Like the SMS status, with a free group name. */
export const SingleMessageStatus = Type.Object(
  {
    groupId: Type.Optional(int32()),
    groupName: Type.Optional(Type.String()),
    id: Type.Optional(int32()),
    name: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    action: Type.Optional(Type.String()),
  },
  { title: "SingleMessageStatus" },
);
export type SingleMessageStatus = Static<typeof SingleMessageStatus>;

/** Answer of `POST /whatsapp/1/message/text`: flat, without `messages` and `bulkId`. */
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

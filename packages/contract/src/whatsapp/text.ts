import { Type, type Static } from "typebox";
import { contextField, messageFields, urlField } from "./message.ts";

export const TextContent = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 4096 }),
    previewUrl: Type.Optional(Type.Boolean({ default: false })),
  },
  { title: "TextContent" },
);
export type TextContent = Static<typeof TextContent>;

/** Body of `POST /whatsapp/1/message/text`: one message to one destination. */
export const TextMessage = Type.Object(
  { ...messageFields(), content: TextContent, ...urlField(), ...contextField() },
  { title: "TextMessage" },
);
export type TextMessage = Static<typeof TextMessage>;

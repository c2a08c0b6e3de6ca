import { Type, type Static } from "typebox";
import { int32 } from "../common.ts";

/** As `MessageStatus`, with a free group name: the older API names no list of them. */
export const SmsStatus = Type.Object(
  {
    groupId: Type.Optional(int32()),
    groupName: Type.Optional(Type.String()),
    id: Type.Optional(int32()),
    name: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    action: Type.Optional(Type.String()),
  },
  { title: "SmsStatus" },
);
export type SmsStatus = Static<typeof SmsStatus>;

/** As `MessageError`, with a free group name; no error is `Ok` here, where version 3 says `OK`. */
export const SmsError = Type.Object(
  {
    groupId: Type.Optional(int32()),
    groupName: Type.Optional(Type.String()),
    id: Type.Optional(int32()),
    name: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    permanent: Type.Optional(Type.Boolean()),
  },
  { title: "SmsError" },
);
export type SmsError = Static<typeof SmsError>;

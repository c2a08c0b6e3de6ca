import { Type, type Static } from "typebox";
import { FILTER_LENGTH_MAX } from "../limits.ts";

/** The message that was followed by what it asked for. */
export const EndTagParams = Type.Object(
  { messageId: Type.String({ minLength: 1, maxLength: FILTER_LENGTH_MAX }) },
  { title: "EndTagParams" },
);
export type EndTagParams = Static<typeof EndTagParams>;

/** Answer of `POST /ct/1/log/end/{messageId}`. */
export const EndTagResponse = Type.Object({ processKey: Type.Optional(Type.String()) }, { title: "EndTagResponse" });
export type EndTagResponse = Static<typeof EndTagResponse>;

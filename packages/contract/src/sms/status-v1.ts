import { Type, type Static } from "typebox";
import { errorObject, statusObject } from "../common.ts";

/** As `MessageStatus`, with a free group name: the older API names no list of them. */
export const SmsStatus = statusObject(Type.String(), "SmsStatus");
export type SmsStatus = Static<typeof SmsStatus>;

/** As `MessageError`, with a free group name; no error is `Ok` here, where version 3 says `OK`. */
export const SmsError = errorObject(Type.String(), "SmsError");
export type SmsError = Static<typeof SmsError>;

import { Type, type Static } from "typebox";
import { errorObject, oneOf, statusObject } from "../common.ts";

/** `MessageStatus.groupName`. Infobip's Java and Python clients throw on any other value. */
export const MessageGeneralStatus = oneOf(
  ["ACCEPTED", "PENDING", "UNDELIVERABLE", "DELIVERED", "EXPIRED", "REJECTED"],
  { title: "MessageGeneralStatus" },
);
export type MessageGeneralStatus = Static<typeof MessageGeneralStatus>;

export const MessageStatus = statusObject(MessageGeneralStatus, "MessageStatus");
export type MessageStatus = Static<typeof MessageStatus>;

export const MessageErrorGroup = oneOf(["OK", "HANDSET_ERRORS", "USER_ERRORS", "OPERATOR_ERRORS"], {
  title: "MessageErrorGroup",
});
export type MessageErrorGroup = Static<typeof MessageErrorGroup>;

export const MessageError = errorObject(MessageErrorGroup, "MessageError");
export type MessageError = Static<typeof MessageError>;

/** `pricePerMessage` is an amount of `currency`, an ISO 4217 code. */
export const MessagePrice = Type.Object(
  { pricePerMessage: Type.Optional(Type.Number()), currency: Type.Optional(Type.String()) },
  { title: "MessagePrice" },
);
export type MessagePrice = Static<typeof MessagePrice>;

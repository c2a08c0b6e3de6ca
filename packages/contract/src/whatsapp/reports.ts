import { Type, type Static } from "typebox";
import { DateTime, int32 } from "../common.ts";

export const WhatsAppPrice = Type.Object(
  { currency: Type.Optional(Type.String()), pricePerMessage: Type.Optional(Type.Number()) },
  { title: "WhatsAppPrice" },
);
export type WhatsAppPrice = Static<typeof WhatsAppPrice>;

export const WhatsAppStatus = Type.Object(
  {
    groupName: Type.Optional(Type.String()),
    id: Type.Optional(int32()),
    groupId: Type.Optional(int32()),
    name: Type.Optional(Type.String()),
    action: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
  },
  { title: "WhatsAppStatus" },
);
export type WhatsAppStatus = Static<typeof WhatsAppStatus>;

export const WhatsAppError = Type.Object(
  {
    description: Type.Optional(Type.String()),
    permanent: Type.Optional(Type.Boolean()),
    name: Type.Optional(Type.String()),
    id: Type.Optional(int32()),
    groupName: Type.Optional(Type.String()),
    groupId: Type.Optional(int32()),
  },
  { title: "WhatsAppError" },
);
export type WhatsAppError = Static<typeof WhatsAppError>;

export const DlrContact = Type.Object(
  {
    name: Type.Optional(Type.String()),
    phoneNumber: Type.Optional(Type.String()),
    userId: Type.Optional(Type.String()),
    parentUserId: Type.Optional(Type.String()),
    username: Type.Optional(Type.String()),
  },
  { title: "DlrContact" },
);
export type DlrContact = Static<typeof DlrContact>;

/** `bulkId` is an empty string for a message that was sent alone. */
export const WhatsAppDeliveryReport = Type.Object(
  {
    bulkId: Type.Optional(Type.String()),
    price: Type.Optional(WhatsAppPrice),
    status: Type.Optional(WhatsAppStatus),
    error: Type.Optional(WhatsAppError),
    messageId: Type.Optional(Type.String()),
    doneAt: Type.Optional(DateTime),
    messageCount: Type.Optional(int32()),
    sentAt: Type.Optional(DateTime),
    to: Type.Optional(Type.String()),
    contact: Type.Optional(DlrContact),
  },
  { title: "WhatsAppDeliveryReport" },
);
export type WhatsAppDeliveryReport = Static<typeof WhatsAppDeliveryReport>;

/** Body of the delivery webhook. */
export const WhatsAppDeliveryReports = Type.Object(
  { results: Type.Optional(Type.Array(WhatsAppDeliveryReport)) },
  { title: "WhatsAppDeliveryReports" },
);
export type WhatsAppDeliveryReports = Static<typeof WhatsAppDeliveryReports>;

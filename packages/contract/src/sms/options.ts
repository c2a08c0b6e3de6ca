import { Type, type Static } from "typebox";
import { DateTime, int32, oneOf, shortText, url, UrlOptions } from "../common.ts";
import { DAYS_MAX } from "../limits.ts";

export const Platform = Type.Object(
  {
    entityId: Type.Optional(Type.String({ maxLength: 255 })),
    applicationId: Type.Optional(Type.String({ maxLength: 255 })),
  },
  { title: "Platform" },
);
export type Platform = Static<typeof Platform>;

export const ValidityPeriodTimeUnit = oneOf(["SECONDS", "MINUTES", "HOURS"], {
  title: "ValidityPeriodTimeUnit",
  default: "MINUTES",
});
export type ValidityPeriodTimeUnit = Static<typeof ValidityPeriodTimeUnit>;

/** Longer than 48 hours is accepted and shortened to 48 hours, so the schema has no upper limit but int32. */
export const ValidityPeriod = Type.Object(
  { amount: int32(1), timeUnit: Type.Optional(ValidityPeriodTimeUnit) },
  { title: "ValidityPeriod" },
);
export type ValidityPeriod = Static<typeof ValidityPeriod>;

export const DeliveryDay = oneOf(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"], {
  title: "DeliveryDay",
});
export type DeliveryDay = Static<typeof DeliveryDay>;

/** A time of day in UTC. */
export const DeliveryTime = Type.Object({ hour: int32(0, 23), minute: int32(0, 59) }, { title: "DeliveryTime" });
export type DeliveryTime = Static<typeof DeliveryTime>;

/** `from` and `to` come together and lie an hour apart at least: relations that the server checks. */
export const DeliveryTimeWindow = Type.Object(
  {
    days: Type.Array(DeliveryDay, { minItems: 1, maxItems: DAYS_MAX, "x-xml-item": "days" }),
    from: Type.Optional(DeliveryTime),
    to: Type.Optional(DeliveryTime),
  },
  { title: "DeliveryTimeWindow" },
);
export type DeliveryTimeWindow = Static<typeof DeliveryTimeWindow>;

export const IndiaDltOptions = Type.Object(
  {
    contentTemplateId: Type.Optional(shortText()),
    principalEntityId: shortText(),
    telemarketerId: Type.Optional(shortText()),
  },
  { title: "IndiaDltOptions" },
);
export type IndiaDltOptions = Static<typeof IndiaDltOptions>;

export const RecipientType = oneOf(["BIREYSEL", "TACIR"], { title: "RecipientType" });
export type RecipientType = Static<typeof RecipientType>;

export const TurkeyIysOptions = Type.Object(
  { brandCode: Type.Optional(int32()), recipientType: RecipientType },
  { title: "TurkeyIysOptions" },
);
export type TurkeyIysOptions = Static<typeof TurkeyIysOptions>;

export const SouthKoreaOptions = Type.Object(
  { title: Type.Optional(Type.String({ maxLength: 66 })), resellerCode: Type.Optional(int32()) },
  { title: "SouthKoreaOptions" },
);
export type SouthKoreaOptions = Static<typeof SouthKoreaOptions>;

export const RegionalOptions = Type.Object(
  {
    indiaDlt: Type.Optional(IndiaDltOptions),
    turkeyIys: Type.Optional(TurkeyIysOptions),
    southKorea: Type.Optional(SouthKoreaOptions),
  },
  { title: "RegionalOptions" },
);
export type RegionalOptions = Static<typeof RegionalOptions>;

export const SmsMessageOptions = Type.Object(
  {
    platform: Type.Optional(Platform),
    validityPeriod: Type.Optional(ValidityPeriod),
    deliveryTimeWindow: Type.Optional(DeliveryTimeWindow),
    campaignReferenceId: Type.Optional(Type.String({ maxLength: 255 })),
    regional: Type.Optional(RegionalOptions),
    flash: Type.Optional(Type.Boolean()),
  },
  { title: "SmsMessageOptions" },
);
export type SmsMessageOptions = Static<typeof SmsMessageOptions>;

export const SpeedLimitTimeUnit = oneOf(["MINUTE", "HOUR", "DAY"], {
  title: "SpeedLimitTimeUnit",
  default: "MINUTE",
});
export type SpeedLimitTimeUnit = Static<typeof SpeedLimitTimeUnit>;

/** At most `amount` messages in each `timeUnit`. */
export const SendingSpeedLimit = Type.Object(
  { amount: int32(1), timeUnit: Type.Optional(SpeedLimitTimeUnit) },
  { title: "SendingSpeedLimit" },
);
export type SendingSpeedLimit = Static<typeof SendingSpeedLimit>;

/** `sendAt` may lie 180 days ahead; the server checks that against its clock. */
export const RequestSchedulingSettings = Type.Object(
  {
    bulkId: Type.Optional(Type.String({ maxLength: 100 })),
    sendAt: Type.Optional(DateTime),
    sendingSpeedLimit: Type.Optional(SendingSpeedLimit),
  },
  { title: "RequestSchedulingSettings" },
);
export type RequestSchedulingSettings = Static<typeof RequestSchedulingSettings>;

export const Tracking = Type.Object(
  {
    useConversionTracking: Type.Optional(Type.Boolean()),
    conversionTrackingName: Type.Optional(shortText()),
  },
  { title: "Tracking" },
);
export type Tracking = Static<typeof Tracking>;

export const SmsMessageRequestOptions = Type.Object(
  {
    schedule: Type.Optional(RequestSchedulingSettings),
    tracking: Type.Optional(UrlOptions),
    includeSmsCountInResponse: Type.Optional(Type.Boolean({ default: false })),
    conversionTracking: Type.Optional(Tracking),
  },
  { title: "SmsMessageRequestOptions" },
);
export type SmsMessageRequestOptions = Static<typeof SmsMessageRequestOptions>;

export const MessageDeliveryReporting = Type.Object(
  {
    url: Type.Optional(url()),
    intermediateReport: Type.Optional(Type.Boolean()),
    notify: Type.Optional(Type.Boolean()),
  },
  { title: "MessageDeliveryReporting" },
);
export type MessageDeliveryReporting = Static<typeof MessageDeliveryReporting>;

export const Webhooks = Type.Object(
  {
    delivery: Type.Optional(MessageDeliveryReporting),
    contentType: Type.Optional(shortText()),
    callbackData: Type.Optional(Type.String({ maxLength: 4000 })),
  },
  { title: "Webhooks" },
);
export type Webhooks = Static<typeof Webhooks>;

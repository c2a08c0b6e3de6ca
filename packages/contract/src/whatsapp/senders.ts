/** What a WhatsApp sender is, says of itself and may do. */
import { Type, type Static } from "typebox";
import { DateTime, int32, oneOf, shortText } from "../common.ts";
import { LIST_PARAMETER_LENGTH_MAX } from "../limits.ts";

/** A path's number: 1 to 15 digits, as E.164 has them. */
const number = () =>
  Type.Refine(
    Type.String({ minLength: 1, maxLength: 15 }),
    (text) => /^[0-9]+$/.test(text),
    () => 'must match "[0-9]+"',
  );

export const NumberParams = Type.Object({ sender: number() }, { title: "NumberParams" });
export const CallingParams = Type.Object({ sender: number(), userNumber: number() }, { title: "CallingParams" });

export const QualityRating = oneOf(["HIGH", "LOW", "MEDIUM", "UNKNOWN"], { title: "WhatsAppSenderQualityRating" });
export const SenderStatus = oneOf(
  [
    "BANNED",
    "CONNECTED",
    "DELETED",
    "DISCONNECTED",
    "FLAGGED",
    "MIGRATED",
    "PENDING",
    "RATE_LIMITED",
    "RESTRICTED",
    "UNKNOWN",
    "UNVERIFIED",
  ],
  { title: "WhatsAppSenderStatus" },
);
export const SenderLimit = oneOf(["LIMIT_NA", "LIMIT_250", "LIMIT_2K", "LIMIT_10K", "LIMIT_100K", "UNLIMITED"], {
  title: "WhatsAppSenderLimit",
});

export const SenderQuality = Type.Object(
  {
    sender: Type.String(),
    qualityRating: QualityRating,
    status: SenderStatus,
    currentLimit: SenderLimit,
    lastUpdated: Type.Optional(DateTime),
  },
  { title: "WhatsAppSenderQuality" },
);
export type SenderQuality = Static<typeof SenderQuality>;
export const SenderQualities = Type.Object(
  { results: Type.Array(SenderQuality) },
  { title: "WhatsAppSenderQualityResponse" },
);

/** A comma-separated list, or an array of such when the parameter is repeated. */
export const QualityQuery = Type.Object(
  {
    senders: Type.Union([
      Type.String({ minLength: 1, maxLength: LIST_PARAMETER_LENGTH_MAX }),
      Type.Array(Type.String({ maxLength: LIST_PARAMETER_LENGTH_MAX }), { minItems: 1, maxItems: 100 }),
    ]),
  },
  { title: "QualityQuery" },
);

const BusinessVertical = oneOf(
  [
    "AUTOMOTIVE",
    "BEAUTY_AND_SPA_AND_SALON",
    "CLOTHING_AND_APPAREL",
    "EDUCATION",
    "ENTERTAINMENT",
    "EVENT_PLANNING_AND_SERVICE",
    "FINANCE_AND_BANKING",
    "FOOD_AND_GROCERY",
    "PUBLIC_SERVICE",
    "HOTEL_AND_LODGING",
    "MEDICAL_AND_HEALTH",
    "NON_PROFIT",
    "PROFESSIONAL_SERVICES",
    "SHOPPING_AND_RETAIL",
    "TRAVEL_AND_TRANSPORTATION",
    "RESTAURANT",
    "OTHER",
    "UNKNOWN",
  ],
  { title: "BusinessVertical" },
);

export const BusinessInfo = Type.Object(
  {
    about: Type.String(),
    address: Type.String(),
    description: Type.String(),
    email: Type.String(),
    vertical: BusinessVertical,
    websites: Type.Array(Type.String()),
    displayName: Type.String(),
  },
  { title: "BusinessInfoResponse" },
);
export type BusinessInfo = Static<typeof BusinessInfo>;

export const UpdateBusinessInfo = Type.Object(
  {
    about: Type.Optional(Type.String({ maxLength: 130 })),
    address: Type.Optional(Type.String({ maxLength: 256 })),
    description: Type.Optional(Type.String({ maxLength: 512 })),
    email: Type.Optional(Type.String({ maxLength: 128 })),
    vertical: Type.Optional(BusinessVertical),
    websites: Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 2 })),
    logoUrl: Type.Optional(Type.String({ maxLength: 2048 })),
  },
  { title: "BusinessInfoRequest" },
);
export type UpdateBusinessInfo = Static<typeof UpdateBusinessInfo>;

const CallingActionLimit = Type.Object(
  {
    timePeriod: Type.String(),
    maxAllowed: int32(),
    currentUsage: int32(),
    limitExpirationTime: Type.Optional(DateTime),
  },
  { title: "CallingPermissionActionLimit" },
);
const CallingAction = Type.Object(
  {
    name: oneOf(["START_CALL", "SEND_CALL_PERMISSION_REQUEST"], { title: "CallingPermissionActionName" }),
    canPerformAction: Type.Boolean(),
    limits: Type.Array(CallingActionLimit),
  },
  { title: "CallingPermissionAction" },
);
export const CallingPermission = Type.Object(
  {
    status: oneOf(["NO_PERMISSION", "TEMPORARY", "PERMANENT"], { title: "CallingPermissionStatus" }),
    actions: Type.Array(CallingAction),
    expirationTime: Type.Optional(DateTime),
  },
  { title: "WhatsAppCallingPermissionResponse" },
);
export type CallingPermission = Static<typeof CallingPermission>;

export const SenderPublicKey = Type.Object(
  { publicKey: Type.String(), publicKeySignatureStatus: Type.String() },
  { title: "SenderPublicKeyResponse" },
);
export type SenderPublicKey = Static<typeof SenderPublicKey>;

/** Characters of a public key's file: one of 2048 bits has some 450. */
const KEY_FILE_LENGTH_MAX = 16_384;
export const UploadPublicKey = Type.Object(
  { file: Type.String({ minLength: 1, maxLength: KEY_FILE_LENGTH_MAX }) },
  { title: "UploadKeyApiDoc" },
);

const VerificationType = oneOf(["EXTERNAL_SMS", "EXTERNAL_VOICE"], { title: "NumberType" });
/** Infobip requires it and gives it a default; who leaves it out gets the default. */
const locale = () => Type.Optional(Type.String({ default: "en_US", maxLength: 16 }));

export const AddSender = Type.Object(
  {
    countryCode: Type.String({ minLength: 1, maxLength: 5 }),
    phoneNumber: Type.String({ minLength: 1, maxLength: 32 }),
    displayName: Type.String({ minLength: 1, maxLength: 255 }),
    type: VerificationType,
    locale: locale(),
  },
  { title: "PhoneNumberRequest" },
);
export type AddSender = Static<typeof AddSender>;

export const SenderAdded = Type.Object(
  { status: oneOf(["SUBMITTED_FOR_REGISTRATION", "OTP_REQUESTED"], { title: "WhatsAppSenderRegistrationStatus" }) },
  { title: "WhatsAppSenderRegistrationResponse" },
);
export type SenderAdded = Static<typeof SenderAdded>;

export const RetryVerification = Type.Object({ type: VerificationType, locale: locale() }, { title: "OtpRequest" });
export type RetryVerification = Static<typeof RetryVerification>;
export const VerifySender = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 16 }) },
  { title: "VerifyCodeRequest" },
);

export const BusinessAccountParams = Type.Object(
  { businessAccountId: Type.Integer({ minimum: 1 }) },
  { title: "BusinessAccountParams" },
);
export const RegistrationParams = Type.Object({ sender: shortText() }, { title: "RegistrationParams" });

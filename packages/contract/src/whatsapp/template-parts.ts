/**
 * What a template is made of. The document says of headers and buttons that they are told apart by one property; the
 * schemas for requests and answers here hold what all of them have, and the tables below what each kind has beside it.
 */
import { Type, type Static, type TSchema } from "typebox";
import { int32, oneOf } from "../common.ts";

const buttonText = () => Type.String({ maxLength: 25 });

export const TemplateHeader = Type.Object(
  {
    format: Type.Optional(oneOf(["TEXT", "IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION"], { title: "HeaderFormat" })),
  },
  { title: "HeaderApiData" },
);
export type TemplateHeader = Static<typeof TemplateHeader>;

/** What a header has beside its format; the words of the document's descriptions are checked by template-check.ts. */
export const HEADER_SCHEMAS: Readonly<Record<string, TSchema>> = {
  TEXT: Type.Object({ text: Type.String({ minLength: 1, maxLength: 60 }), example: Type.Optional(Type.String()) }),
  IMAGE: Type.Object({ example: Type.Optional(Type.String()) }),
  VIDEO: Type.Object({ example: Type.Optional(Type.String()) }),
  GIF: Type.Object({ example: Type.Optional(Type.String()) }),
  DOCUMENT: Type.Object({ example: Type.Optional(Type.String()) }),
  LOCATION: Type.Object({}),
};

export const TemplateBody = Type.Object(
  { text: Type.String(), examples: Type.Optional(Type.Array(Type.String())) },
  { title: "BodyApiData" },
);

export const TemplateFooter = Type.Object({ text: Type.String({ maxLength: 60 }) }, { title: "FooterApiData" });

export const TemplateButton = Type.Object(
  {
    type: Type.Optional(
      oneOf(
        [
          "PHONE_NUMBER",
          "URL",
          "QUICK_REPLY",
          "COPY_CODE",
          "FLOW",
          "CATALOG",
          "MULTI_PRODUCT",
          "ORDER_DETAILS",
          "VOICE_CALL",
          "REQUEST_CONTACT_INFO",
        ],
        { title: "ButtonType" },
      ),
    ),
  },
  { title: "ButtonApiData" },
);
export type TemplateButton = Static<typeof TemplateButton>;

/** What a button has beside its type. */
export const BUTTON_SCHEMAS: Readonly<Record<string, TSchema>> = {
  PHONE_NUMBER: Type.Object({ text: buttonText(), phoneNumber: Type.String({ minLength: 1 }) }),
  URL: Type.Object({ text: buttonText(), url: Type.String({ minLength: 1 }), example: Type.Optional(Type.String()) }),
  QUICK_REPLY: Type.Object({ text: buttonText() }),
  COPY_CODE: Type.Object({ example: Type.String({ minLength: 1, maxLength: 15 }) }),
  FLOW: Type.Object({
    text: buttonText(),
    flowId: Type.Integer(),
    flowAction: Type.Optional(oneOf(["NAVIGATE", "DATA_EXCHANGE"], { title: "FlowAction" })),
    navigateScreen: Type.Optional(Type.String()),
  }),
  CATALOG: Type.Object({}),
  MULTI_PRODUCT: Type.Object({}),
  ORDER_DETAILS: Type.Object({ variant: oneOf(["BRAZIL", "INDIA"], { title: "OrderDetailsVariant" }) }),
  VOICE_CALL: Type.Object({
    text: Type.Optional(buttonText()),
    callValidityPeriod: Type.Optional(int32(1440, 43_200)),
  }),
  REQUEST_CONTACT_INFO: Type.Object({}),
};

const TemplateCard = Type.Object(
  {
    header: TemplateHeader,
    body: TemplateBody,
    buttons: Type.Array(TemplateButton, { minItems: 1, maxItems: 2 }),
  },
  { title: "CardApiData" },
);

const TemplateStructureType = oneOf(["TEXT", "MEDIA", "UNSUPPORTED"], { title: "TemplateStructureType" });

/** Of a MARKETING or UTILITY template, and of every template in an answer. */
export const TemplateStructure = Type.Object(
  {
    header: Type.Optional(TemplateHeader),
    body: TemplateBody,
    footer: Type.Optional(TemplateFooter),
    buttons: Type.Optional(Type.Array(TemplateButton)),
    carousel: Type.Optional(
      Type.Object({ cards: Type.Array(TemplateCard, { minItems: 1, maxItems: 10 }) }, { title: "CarouselApiData" }),
    ),
    limitedTimeOffer: Type.Optional(
      Type.Object(
        {
          hasExpiration: Type.Optional(Type.Boolean({ default: false })),
          text: Type.String({ minLength: 1, maxLength: 16 }),
        },
        { title: "LimitedTimeOfferApiData" },
      ),
    ),
    callPermissionRequest: Type.Optional(Type.Object({}, { title: "CallPermissionRequestApiData" })),
    shorteningOptions: Type.Optional(
      Type.Object({ customDomain: Type.String() }, { title: "ShorteningOptionsApiData" }),
    ),
    type: Type.Optional(TemplateStructureType),
  },
  { title: "DefaultTemplateStructureApiData" },
);
export type TemplateStructure = Static<typeof TemplateStructure>;

const AuthenticationButton = Type.Object(
  { otpType: oneOf(["COPY_CODE", "ONE_TAP"], { title: "OtpType" }), text: Type.Optional(buttonText()) },
  { title: "AuthenticationButtonApiData" },
);

/** What an authentication template's button has beside its type. */
export const OTP_BUTTON_SCHEMAS: Readonly<Record<string, TSchema>> = {
  COPY_CODE: Type.Object({}),
  ONE_TAP: Type.Object({
    autofillText: Type.Optional(buttonText()),
    packageName: Type.String({ minLength: 1 }),
    // 11 characters; Infobip's own example has one of them percent-encoded, so all of them may be.
    signatureHash: Type.String({ minLength: 11, maxLength: 33 }),
  }),
};

/** Of an AUTHENTICATION template in a request: WhatsApp writes its words. */
export const AuthenticationStructure = Type.Object(
  {
    body: Type.Object(
      { addSecurityRecommendation: Type.Optional(Type.Boolean()) },
      { title: "AuthenticationBodyApiData" },
    ),
    footer: Type.Object(
      { codeExpirationMinutes: Type.Optional(int32(1, 90)) },
      { title: "AuthenticationFooterApiData" },
    ),
    buttons: Type.Array(AuthenticationButton, { minItems: 1, maxItems: 1 }),
  },
  { title: "AuthenticationTemplateStructureApiData" },
);
export type AuthenticationStructure = Static<typeof AuthenticationStructure>;

export const TemplateValidityPeriod = Type.Object(
  {
    amount: int32(),
    timeUnit: Type.Optional(
      oneOf(["SECONDS", "MINUTES"], { title: "TemplateValidityPeriodTimeUnit", default: "MINUTES" }),
    ),
  },
  { title: "ValidityPeriodApiData" },
);
export type TemplateValidityPeriod = Static<typeof TemplateValidityPeriod>;

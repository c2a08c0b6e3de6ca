/** Identities of those who write with WhatsApp, their payments, their media, and conversions of ads. */
import { Type, type Static } from "typebox";
import { DateTime, int32, oneOf, shortText, url } from "../common.ts";

export const IdentityParams = Type.Object(
  { sender: shortText(), userNumber: shortText() },
  { title: "IdentityParams" },
);

export const Identity = Type.Object(
  { acknowledged: Type.Boolean(), hash: Type.String(), createdAt: DateTime },
  { title: "IdentityInfo" },
);
export type Identity = Static<typeof Identity>;

export const ConfirmIdentity = Type.Object({ hash: Type.String() }, { title: "IdentityConfirmation" });

const paymentId = () =>
  Type.Refine(
    Type.String({ minLength: 1, maxLength: 35 }),
    (text) => /^[A-Za-z0-9\-_.]+$/.test(text),
    () => 'must match "[A-Za-z0-9\\-_.]{1,35}"',
  );
export const PaymentParams = Type.Object({ sender: shortText(), paymentId: paymentId() }, { title: "PaymentParams" });
export const PayuPaymentParams = Type.Object(
  { sender: shortText(), paymentId: Type.String({ minLength: 1, maxLength: 25 }) },
  { title: "PayuPaymentParams" },
);

const PaymentTransaction = Type.Object(
  {
    id: Type.String(),
    type: oneOf(["UPI", "BR", "UNKNOWN"], { title: "PaymentTransactionType" }),
    status: oneOf(["PENDING", "FAILED", "SUCCESS", "CANCELED", "UNKNOWN"], { title: "PaymentTransactionStatus" }),
    createdTimestamp: DateTime,
    updatedTimestamp: DateTime,
  },
  { title: "PaymentTransaction" },
);
export type PaymentTransaction = Static<typeof PaymentTransaction>;

export const PaymentStatus = oneOf(["NEW", "PENDING", "CAPTURED", "CANCELED", "FAILED", "UNKNOWN"], {
  title: "PaymentStatus",
});

export const Payment = Type.Object(
  {
    referenceId: Type.String(),
    paymentId: Type.Optional(Type.String()),
    paymentStatus: PaymentStatus,
    currency: oneOf(["INR", "BRL", "UNKNOWN"], { title: "PaymentCurrency" }),
    totalAmountValue: int32(),
    totalAmountOffset: int32(),
    transactions: Type.Array(PaymentTransaction),
    callbackData: Type.Optional(Type.Object({})),
  },
  { title: "Payment" },
);
export type Payment = Static<typeof Payment>;

/** Octets, of whatever type the header `Content-Type` says. */
export const Octets = Type.String({ title: "Octets" });
export const MediaParams = Type.Object({ sender: shortText(), mediaId: shortText() }, { title: "MediaParams" });
export const DeleteMedia = Type.Object({ url: url() }, { title: "UrlDeletionRequest" });

/** Details of a conversion: the document takes objects only, and its examples have a text and a number. */
const anyDetails = () =>
  Type.Record(Type.String(), Type.Union([Type.Object({}), Type.String(), Type.Number()]), {
    required: ["currency", "value"],
  });

export const SubmitConversions = Type.Object(
  {
    sourceId: Type.Optional(Type.String({ maxLength: 255 })),
    conversions: Type.Array(
      Type.Object(
        {
          ctwaClickId: Type.String({ minLength: 1 }),
          type: oneOf(["PURCHASE", "LEAD_SUBMITTED"], { title: "ConversionType" }),
          details: Type.Optional(anyDetails()),
          conversionTime: Type.Optional(DateTime),
        },
        { title: "ConversionEventModel" },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { title: "ConversionEventRequest" },
);
export type SubmitConversions = Static<typeof SubmitConversions>;

export const SubmitWabaConversions = Type.Object(
  {
    sourceId: Type.String({ maxLength: 255 }),
    conversions: Type.Array(
      Type.Object(
        {
          ctwaClickId: Type.String(),
          type: oneOf(
            [
              "PURCHASE",
              "LEAD_SUBMITTED",
              "INITIATE_CHECKOUT",
              "ADD_TO_CART",
              "VIEW_CONTENT",
              "ORDER_CREATED",
              "ORDER_SHIPPED",
              "ORDER_DELIVERED",
              "ORDER_CANCELED",
              "ORDER_RETURNED",
              "CART_ABANDONED",
              "QUALIFIED_LEAD",
              "RATING_PROVIDED",
              "REVIEW_PROVIDED",
            ],
            { title: "MetaConversionType" },
          ),
          details: Type.Optional(
            Type.Object({ currency: Type.String(), value: Type.Number() }, { title: "ConversionDetails" }),
          ),
          conversionTime: Type.Optional(DateTime),
        },
        { title: "MetaConversionModel" },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { title: "WABAConversionEventRequest" },
);
export type SubmitWabaConversions = Static<typeof SubmitWabaConversions>;

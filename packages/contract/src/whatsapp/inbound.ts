import { Type, type Static } from "typebox";
import { DateTime, int32, oneOf, shortText } from "../common.ts";
import { CONTACTS_MAX, SECTION_PRODUCTS_MAX } from "../limits.ts";
import { ContactContent } from "./contacts.ts";
import { DlrContact, WhatsAppPrice } from "./reports.ts";
import { filled, freeData, optional, variant, webUrl } from "./variant.ts";

/** Longest text of a message from a user: WhatsApp's own limit for what he types. */
const TEXT_LENGTH_MAX = 65_536;
const CAPTION_LENGTH_MAX = 3000;

const context = () => ({
  context: Type.Optional(
    Type.Object(
      {
        from: optional(150),
        id: optional(200),
        groupId: optional(200),
        referredProduct: Type.Optional(
          Type.Object({ catalogId: shortText(), productRetailerId: shortText() }, { title: "ReferredProduct" }),
        ),
      },
      { title: "Context" },
    ),
  ),
});

/** The ad or post that the user came from. */
const referral = () => ({
  referral: Type.Optional(
    Type.Object(
      {
        sourceType: oneOf(["AD", "POST", "UNKNOWN"], { title: "ReferralSourceType" }),
        sourceUrl: webUrl(),
        sourceId: optional(255),
        headline: optional(1024),
        body: optional(4096),
        ctwaClickId: optional(1024),
        referralMedia: Type.Optional(
          Type.Object({ type: Type.Enum(["IMAGE", "VIDEO"], { type: "string" }) }, { title: "ReferralMedia" }),
        ),
      },
      { title: "Referral" },
    ),
  ),
});

/** Where it can be fetched with an API key. */
const medium = <const Name extends string>(type: Name, title: string) =>
  variant(
    type,
    { url: webUrl(), caption: optional(CAPTION_LENGTH_MAX), ...context(), ...referral() },
    `WhatsAppInbound${title}Content`,
  );

const ProductItem = Type.Object(
  { currency: filled(3), itemPrice: Type.Number(), productRetailerId: shortText(), quantity: int32(1, 1_000_000) },
  { title: "ProductItem" },
);

const Payment = variant(
  "INTERACTIVE_PAYMENT_CONFIRMATION",
  {
    referenceId: shortText(),
    paymentId: optional(255),
    status: oneOf(["PENDING", "FAILED", "SUCCESS", "CANCELED", "UNKNOWN"], { title: "PaymentTransactionStatus" }),
    currency: oneOf(["INR", "BRL", "UNKNOWN"], { title: "PaymentCurrency" }),
    totalAmount: Type.Object({ value: int32(), offset: int32() }, { title: "PaymentAmount" }),
    transactionId: shortText(),
    transactionType: oneOf(["UPI", "BR", "UNKNOWN"], { title: "PaymentTransactionType" }),
    ...context(),
  },
  "WhatsAppInboundPaymentConfirmationContent",
);

const CallPermission = variant(
  "INTERACTIVE_CALL_PERMISSION_REPLY",
  {
    callPermissionReply: Type.Object(
      {
        response: oneOf(["ACCEPT", "REJECT"], { title: "CallPermissionResponse" }),
        expirationTimestamp: Type.Optional(DateTime),
      },
      { title: "CallPermissionReply" },
    ),
    ...context(),
  },
  "WhatsAppInboundCallPermissionReplyContent",
);

const InThreadAuthentication = variant(
  "INTERACTIVE_IN_THREAD_AUTHENTICATION_REPLY",
  {
    inThreadAuthenticationReply: Type.Object(
      { status: filled(50), businessScopedPasskeyHash: optional(1024) },
      { title: "InThreadAuthenticationReply" },
    ),
    ...context(),
  },
  "WhatsAppInboundInThreadAuthenticationReplyContent",
);

/** What a user of WhatsApp sends: the `message` of an inbound message, as its `type` names it. */
export const WhatsAppInboundContent = Type.Union(
  [
    variant("TEXT", { text: filled(TEXT_LENGTH_MAX), ...context(), ...referral() }, "WhatsAppInboundTextContent"),
    variant(
      "LOCATION",
      {
        latitude: Type.Number({ minimum: -90, maximum: 90 }),
        longitude: Type.Number({ minimum: -180, maximum: 180 }),
        address: optional(1000),
        name: optional(1000),
        url: optional(2048),
        ...context(),
        ...referral(),
      },
      "WhatsAppInboundLocationContent",
    ),
    medium("IMAGE", "Image"),
    medium("DOCUMENT", "Document"),
    medium("AUDIO", "Audio"),
    medium("VIDEO", "Video"),
    medium("VOICE", "Voice"),
    medium("STICKER", "Sticker"),
    variant(
      "CONTACT",
      { contacts: Type.Array(ContactContent, { minItems: 1, maxItems: CONTACTS_MAX }), ...context(), ...referral() },
      "WhatsAppInboundContactsContent",
    ),
    variant("INFECTED_CONTENT", { malware: optional(1024), ...context() }, "WhatsAppInboundInfectedContent"),
    variant("BUTTON", { text: filled(128), payload: filled(128), ...context() }, "WhatsAppInboundQuickReplyContent"),
    variant(
      "INTERACTIVE_BUTTON_REPLY",
      { id: filled(256), title: filled(20), ...context() },
      "WhatsAppInboundButtonReplyContent",
    ),
    variant(
      "INTERACTIVE_LIST_REPLY",
      { id: filled(200), title: filled(24), description: optional(72), ...context() },
      "WhatsAppInboundListReplyContent",
    ),
    variant(
      "INTERACTIVE_FLOW_REPLY",
      { text: filled(TEXT_LENGTH_MAX), response: Type.Optional(freeData(0)), ...context() },
      "WhatsAppInboundFlowReplyContent",
    ),
    Payment,
    CallPermission,
    InThreadAuthentication,
    variant(
      "ORDER",
      {
        catalogId: shortText(),
        productItems: Type.Array(ProductItem, { minItems: 1, maxItems: SECTION_PRODUCTS_MAX }),
        text: optional(TEXT_LENGTH_MAX),
      },
      "WhatsAppInboundOrderContent",
    ),
    variant(
      "REACTION",
      {
        emoji: optional(32),
        action: Type.Optional(oneOf(["ADDED", "REMOVED"], { title: "ReactionAction" })),
        ...context(),
      },
      "WhatsAppInboundReactionContent",
    ),
    variant("UNSUPPORTED", { ...context() }, "WhatsAppInboundUnsupportedContent"),
  ],
  { title: "WhatsAppInboundContent" },
);
export type WhatsAppInboundContent = Static<typeof WhatsAppInboundContent>;

/** One result of the webhook MO_OTT_CONTACT. WhatsApp brings new types of messages: `message` says of itself what it is. */
export const WhatsAppInboundReport = Type.Object(
  {
    from: Type.String(),
    to: Type.String(),
    integrationType: Type.Enum(["WHATSAPP"], { type: "string" }),
    receivedAt: DateTime,
    /** WhatsApp's own id, by which the message is answered and marked as read. */
    messageId: Type.String(),
    pairedMessageId: Type.Optional(Type.String()),
    keyword: Type.Optional(Type.String()),
    callbackData: Type.Optional(Type.String()),
    applicationId: Type.Optional(Type.String()),
    entityId: Type.Optional(Type.String()),
    message: Type.Object({ type: Type.String() }, { title: "WhatsAppInboundMessage" }),
    price: WhatsAppPrice,
    contact: DlrContact,
  },
  { title: "WhatsAppInboundReport" },
);
export type WhatsAppInboundReport = Static<typeof WhatsAppInboundReport>;

/** Body of the webhook MO_OTT_CONTACT. */
export const WhatsAppInboundReports = Type.Object(
  { results: Type.Array(WhatsAppInboundReport), messageCount: int32(), pendingMessageCount: int32() },
  { title: "WhatsAppInboundReports" },
);

/** A user has read a message. */
export const WhatsAppSeenReport = Type.Object(
  {
    messageId: Type.String(),
    /** Who read it. */
    from: Type.String(),
    /** The sender of the message. */
    to: Type.String(),
    sentAt: DateTime,
    seenAt: DateTime,
    applicationId: Type.Optional(Type.String()),
    entityId: Type.Optional(Type.String()),
    contact: Type.Optional(DlrContact),
  },
  { title: "WhatsAppSeenReport" },
);
export type WhatsAppSeenReport = Static<typeof WhatsAppSeenReport>;

/** Body of the webhook that tells of it. */
export const WhatsAppSeenReports = Type.Object(
  { results: Type.Array(WhatsAppSeenReport) },
  { title: "WhatsAppSeenReports" },
);

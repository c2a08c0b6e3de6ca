/** One message of every type that a user of WhatsApp may send, with the schema that Infobip's document has for it. */

export interface InboundExample {
  /** The last part of the schema's name in the document. */
  readonly schema: string;
  readonly message: Readonly<Record<string, unknown>> & { readonly type: string };
}

const MEDIUM = { url: "https://files.example/media/1", caption: "Look" };
const context = { id: "wamid.other", from: "447860099300" };
const CONTACT = {
  name: { firstName: "Ann", formattedName: "Ann Lee" },
  phones: [{ phone: "385981234567", type: "CELL", waId: "385981234567" }],
};
const CALL = { response: "ACCEPT", expirationTimestamp: "2026-03-17T12:00:00.000+0000" };
const PRODUCT = { currency: "EUR", itemPrice: 1.99, productRetailerId: "p-1", quantity: 2 };
const PAYMENT = {
  referenceId: "ref",
  paymentId: "pay",
  status: "SUCCESS",
  currency: "INR",
  totalAmount: { value: 299, offset: 100 },
  transactionId: "tx",
  transactionType: "UPI",
};

const example = (schema: string, type: string, members: object = {}): InboundExample => ({
  schema: `WhatsAppInbound${schema}Content`,
  message: { type, ...members },
});

export const INBOUND_EXAMPLES: readonly InboundExample[] = [
  example("Text", "TEXT", { text: "Hello ½ 🐎", context }),
  example("Location", "LOCATION", { latitude: 45.8, longitude: 15.97, address: "Ilica 1", name: "Square" }),
  example("Image", "IMAGE", MEDIUM),
  example("Document", "DOCUMENT", MEDIUM),
  example("Audio", "AUDIO", { url: MEDIUM.url }),
  example("Video", "VIDEO", MEDIUM),
  example("Voice", "VOICE", { url: MEDIUM.url }),
  example("Sticker", "STICKER", { url: MEDIUM.url }),
  example("Contacts", "CONTACT", { contacts: [CONTACT] }),
  example("Infected", "INFECTED_CONTENT", { malware: "EICAR" }),
  example("QuickReply", "BUTTON", { text: "Yes", payload: "y" }),
  example("ButtonReply", "INTERACTIVE_BUTTON_REPLY", { id: "y", title: "Yes", context }),
  example("ListReply", "INTERACTIVE_LIST_REPLY", { id: "r1", title: "First", description: "of them", context }),
  example("FlowReply", "INTERACTIVE_FLOW_REPLY", { text: "done", response: { screen: { name: "Ann", age: 7 } } }),
  example("PaymentConfirmation", "INTERACTIVE_PAYMENT_CONFIRMATION", PAYMENT),
  example("CallPermissionReply", "INTERACTIVE_CALL_PERMISSION_REPLY", { callPermissionReply: CALL }),
  example("InThreadAuthenticationReply", "INTERACTIVE_IN_THREAD_AUTHENTICATION_REPLY", {
    inThreadAuthenticationReply: { status: "VERIFIED", businessScopedPasskeyHash: "hash" },
  }),
  example("Order", "ORDER", { catalogId: "c", productItems: [PRODUCT], text: "please" }),
  example("Reaction", "REACTION", { emoji: "🤓", action: "ADDED", context }),
  example("Unsupported", "UNSUPPORTED"),
];

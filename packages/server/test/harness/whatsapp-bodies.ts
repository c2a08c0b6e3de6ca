import type { OPERATIONS } from "@posthorn/contract";

type Operations = typeof OPERATIONS;
type SendOperation = {
  [Name in keyof Operations]: Operations[Name] extends { isSend: true } ? Name : never;
}[keyof Operations];

/** WhatsApp's operations that send. */
export type WhatsAppSend = Extract<SendOperation, `sendWhatsapp${string}`>;

const SENDER = "441134960000";
const TO = "385981234567";
const URL = "https://files.example/a";
const text = (value: string) => ({ text: value });

const BARE = { from: SENDER, to: TO };
const BESIDE = {
  callbackData: "d",
  urlOptions: { shortenUrl: false, trackClicks: false, removeProtocol: false },
  entityId: "e",
  applicationId: "a",
  context: { replyToMessageId: "r" },
};

/** Plain and with everything beside its content; `content` undefined: it has none. */
function pair(content: object | undefined, full: object | undefined = content): readonly [object, object] {
  const put = (value: object | undefined) => (value === undefined ? {} : { content: value });
  return [
    { ...BARE, ...put(content) },
    { ...BARE, ...BESIDE, ...put(full) },
  ];
}

const HEADER = { type: "TEXT", text: "Head" };
const FOOTER = text("Foot");
const BODY = text("Choose");
const SECTIONS = [
  { title: "One", rows: [{ id: "r1", title: "First", description: "of them" }] },
  { title: "Two", rows: [{ id: "r2", title: "Second" }] },
];
const ORDER = {
  catalogId: "c",
  items: [
    {
      retailerId: "1",
      name: "Horn",
      amount: { value: 10_000 },
      saleAmount: { value: 9_000 },
      quantity: 1,
      originCountry: "India",
      importerName: "Horns",
      importerAddress: { firstAddressLine: "1", city: "Pune", zoneCode: "MH", postalCode: "411001", countryCode: "IN" },
    },
  ],
  subtotal: { value: 9_000 },
  tax: { value: 100, description: "tax" },
  shipping: { value: 50 },
  discount: { amount: { value: 1 }, programName: "friends" },
  orderExpiration: { expirationSeconds: 360, description: "soon" },
  orderDetailsType: "QUICK_PAY",
};
const PIX = { type: "BRAZIL_PIX_DC", id: "p-1", code: "000201", merchantName: "Horns", keyType: "EVP", key: "k" };
const orderAction = (payment: object) => ({
  payment,
  paymentConfiguration: "config",
  orderCurrency: "BRL",
  orderType: "PHYSICAL_GOODS",
  totalAmount: { value: 9_150 },
  order: ORDER,
});
const card = (more: object) => ({ header: { type: "IMAGE", url: URL }, body: text("Card"), ...more });
const REPLY_CARD = card({ buttons: [{ id: "1", title: "Yes" }] });
const URL_CARD = card({ button: { displayText: "Look", url: URL } });

const template = (templateData: object) => ({ templateName: "order_shipped", templateData, language: "en" });
const TEMPLATE_FULL = template({
  body: { placeholders: ["17", "today"] },
  header: { type: "DOCUMENT", mediaUrl: URL, filename: "a.pdf" },
  buttons: [
    { type: "QUICK_REPLY", parameter: "Yes" },
    { type: "URL", parameter: "17" },
    { type: "COPY_CODE", parameter: "SAVE" },
    { type: "FLOW", flowToken: "t", data: { name: "x", price: 1 } },
    { type: "VOICE_CALL", callValidityPeriod: 15, callContextPayload: "p" },
  ],
  carousel: {
    cards: [
      {
        header: { type: "VIDEO", mediaUrl: URL },
        body: { placeholders: ["a"] },
        buttons: [{ type: "URL", parameter: "b" }],
      },
    ],
  },
  limitedTimeOffer: { expirationTime: "2030-01-01T10:00:00.000+0000" },
  orderStatus: {
    orderStatuses: [
      { type: "ORDER_STATUS", payment: { type: "BRAZIL", id: "p" }, status: "SHIPPED", description: "s" },
    ],
  },
});

/** Good bodies of each operation: plain, and with everything that one message can have. */
export const WHATSAPP_BODIES: Readonly<Record<WhatsAppSend, readonly [object, object]>> = {
  sendWhatsappTextMessage: pair(text("Hi"), { text: "See https://example.com/", previewUrl: true }),
  sendWhatsappTemplateMessage: [
    { messages: [{ ...BARE, content: template({ body: { placeholders: [] } }) }] },
    {
      messages: [
        { ...BARE, ...BESIDE, content: TEMPLATE_FULL, smsFailover: { from: "Shop", text: "Order 17 has shipped" } },
        {
          from: SENDER,
          to: "385981234568",
          content: template({
            body: { placeholders: [] },
            buttons: [{ type: "ORDER_DETAILS", action: orderAction({ type: "BRAZIL_PAYMENTS", payments: [PIX] }) }],
          }),
        },
      ],
      bulkId: "templates",
    },
  ],
  sendWhatsappDocumentMessage: pair({ mediaUrl: URL }, { mediaUrl: URL, caption: "Bill", filename: "bill.pdf" }),
  sendWhatsappImageMessage: pair({ mediaUrl: URL }, { mediaUrl: URL, caption: "Horn" }),
  sendWhatsappAudioMessage: pair({ mediaUrl: URL }, { mediaUrl: URL, voice: true }),
  sendWhatsappVideoMessage: pair({ mediaUrl: URL }, { mediaUrl: URL, caption: "Film" }),
  sendWhatsappStickerMessage: pair({ mediaUrl: URL }),
  sendWhatsappLocationMessage: pair(
    { latitude: 45.8, longitude: -15.9 },
    { latitude: 90, longitude: -180, name: "Pole", address: "North" },
  ),
  sendWhatsappContactMessage: pair(
    { contacts: [{ name: { firstName: "Ada", formattedName: "Ada L." } }] },
    {
      contacts: [
        {
          addresses: [
            { street: "1", city: "Split", state: "S", zip: "2", country: "HR", countryCode: "HR", type: "HOME" },
          ],
          birthday: "1990-02-28",
          emails: [{ email: "a@example.com", type: "WORK" }],
          name: {
            firstName: "Ada",
            lastName: "L",
            middleName: "M",
            nameSuffix: "J",
            namePrefix: "D",
            formattedName: "Ada L.",
          },
          org: { company: "C", department: "D", title: "T" },
          phones: [{ phone: "+385981234567", type: "CELL", waId: "385981234567" }],
          urls: [{ url: "https://example.com", type: "WORK" }],
        },
        { name: { firstName: "Bob", formattedName: "Bob" } },
      ],
    },
  ),
  sendWhatsappInteractiveButtonsMessage: pair(
    { body: BODY, action: { buttons: [{ type: "REPLY", id: "1", title: "Yes" }] } },
    {
      body: BODY,
      action: { buttons: ["1", "2", "3"].map((id) => ({ type: "REPLY", id, title: id })) },
      header: { type: "DOCUMENT", mediaUrl: URL, filename: "a.pdf" },
      footer: FOOTER,
    },
  ),
  sendWhatsappInteractiveListMessage: pair(
    { body: BODY, action: { title: "Open", sections: [{ rows: [{ id: "1", title: "One" }] }] } },
    { body: BODY, action: { title: "Open", sections: SECTIONS }, header: HEADER, footer: FOOTER },
  ),
  sendWhatsappInteractiveMediaCarouselMessage: pair(
    { body: BODY, action: { type: "QUICK_REPLY", cards: [REPLY_CARD, REPLY_CARD] } },
    { body: BODY, action: { type: "URL", cards: [URL_CARD, URL_CARD] } },
  ),
  sendWhatsappInteractiveLocationRequestMessage: pair({ body: BODY }),
  sendWhatsappInteractiveProductMessage: pair(
    { action: { catalogId: "c", productRetailerId: "p" } },
    { action: { catalogId: "c", productRetailerId: "p" }, body: BODY, footer: FOOTER },
  ),
  sendWhatsappInteractiveMultiProductMessage: pair(
    { header: HEADER, body: BODY, action: { catalogId: "c", sections: [{ productRetailerIds: ["p"] }] } },
    {
      header: HEADER,
      body: BODY,
      action: {
        catalogId: "c",
        sections: [
          { title: "One", productRetailerIds: ["p", "q"] },
          { title: "Two", productRetailerIds: ["r"] },
        ],
      },
      footer: FOOTER,
    },
  ),
  sendWhatsappInteractiveOrderDetailsMessage: pair(
    { body: BODY, action: orderAction({ type: "BRAZIL", id: "p" }) },
    { body: BODY, action: orderAction(PIX), header: { type: "IMAGE", mediaUrl: URL }, footer: FOOTER },
  ),
  sendWhatsappInteractiveOrderStatusMessage: pair(
    { action: { payment: { type: "UPI_PAYU", id: "p" }, status: "SHIPPED" } },
    {
      action: { payment: { type: "PG_PAYU", id: "p" }, status: "PENDING", description: "s" },
      body: BODY,
      footer: FOOTER,
    },
  ),
  sendWhatsappInteractiveFlowMessage: pair(
    { body: BODY, action: { flowToken: "t", flowId: "f", callToActionButton: "Go" } },
    {
      body: BODY,
      action: {
        mode: "DRAFT",
        flowMessageVersion: 3,
        flowToken: "t",
        flowId: "f",
        callToActionButton: "Go",
        flowAction: "NAVIGATE",
        flowActionPayload: { screen: "s", data: { name: "x", deep: { price: 1 } } },
      },
      header: HEADER,
      footer: FOOTER,
    },
  ),
  sendWhatsappInteractiveUrlButtonMessage: pair(
    { body: BODY, action: { displayText: "Look", url: URL } },
    { body: BODY, action: { displayText: "Look", url: URL }, header: { type: "VIDEO", mediaUrl: URL }, footer: FOOTER },
  ),
  sendWhatsappInteractiveCallPermissionRequestMessage: pair(undefined),
  sendWhatsappInteractiveVoiceButtonMessage: pair(
    { body: BODY },
    { body: BODY, action: { buttonDisplayText: "Call", callValidityPeriod: 43_200, callContextPayload: "p" } },
  ),
  sendWhatsappInteractiveInThreadAuthenticationRequestMessage: pair(undefined),
  sendWhatsappInteractiveRequestContactInfoMessage: pair({ body: BODY }),
  sendWhatsappEvents: [
    { events: [{ sender: SENDER, destinations: [{ to: TO }], content: { type: "TYPING_INDICATOR" } }] },
    {
      events: [
        {
          sender: SENDER,
          destinations: [{ to: TO }],
          content: { type: "TYPING_INDICATOR", messageId: "m" },
          options: {
            platform: { entityId: "e", applicationId: "a" },
            validityPeriod: { amount: 20, timeUnit: "SECONDS" },
          },
        },
      ],
      options: { schedule: { bulkId: "typing", sendingSpeedLimit: { amount: 60, timeUnit: "MINUTE" } } },
    },
  ],
};

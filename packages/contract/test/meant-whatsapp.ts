/** Where the schemas of WhatsApp's messages differ from Infobip's document, and why; see infobip-schemas.test.ts. */
const OPEN_LENGTH = "the contract leaves the length open; src/limits.ts says why ours";
const NOT_BLANK = "an empty text or list can only be a mistake";
const PATTERN = "its pattern says so";
const OWN_TYPES = "its examples have texts and numbers there";

/** Of an order, in a message and on a template's button. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  "maxLength: none, ours 255": [
    "order.catalogId",
    "order.items[].importerAddress.city",
    "order.items[].importerAddress.countryCode",
    "order.items[].importerAddress.firstAddressLine",
    "order.items[].importerAddress.postalCode",
    "order.items[].importerAddress.secondAddressLine",
    "order.items[].importerAddress.zoneCode",
    "order.items[].importerName",
    "order.items[].originCountry",
    "order.items[].retailerId",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_PIX_DC>.key",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_PIX_DC>.merchantName",
    "payment<BRAZIL_PIX_DC>.key",
    "payment<BRAZIL_PIX_DC>.merchantName",
    "payment<PG_PAYU>.beneficiary.city",
    "payment<PG_PAYU>.beneficiary.state",
    "payment<PG_RAZORPAY>.beneficiary.city",
    "payment<PG_RAZORPAY>.beneficiary.state",
    "payment<PG_RAZORPAY>.callbackData{}",
    "payment<UPI_INTENT>.beneficiary.city",
    "payment<UPI_INTENT>.beneficiary.state",
    "payment<UPI_LINK>.beneficiary.city",
    "payment<UPI_LINK>.beneficiary.state",
  ],
  "maxItems: none, ours 999": ["order.items"],
  "minItems: none, ours 1": ["order.items"],
  "maxLength: none, ours 2048": [
    "payment<BRAZIL_BOLETO>.code",
    "payment<BRAZIL_LINK>.paymentLink",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_BOLETO>.code",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_LINK>.paymentLink",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_PIX_DC>.code",
    "payment<BRAZIL_PIX_DC>.code",
    "payment<UPI_INTENT>.format<LINK>.paymentLink",
    "payment<UPI_LINK>.paymentLink",
  ],
  "maxLength: none, ours 35": [
    "payment<BRAZIL_BOLETO>.id",
    "payment<BRAZIL_LINK>.id",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_BOLETO>.id",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_LINK>.id",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_PIX_DC>.id",
    "payment<BRAZIL_PIX_DC>.id",
    "payment<PG_PAYU>.id",
    "payment<PG_RAZORPAY>.id",
    "payment<UPI_INTENT>.id",
    "payment<UPI_LINK>.id",
  ],
  "minLength: none, ours 1": [
    "payment<BRAZIL_BOLETO>.id",
    "payment<BRAZIL_LINK>.id",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_BOLETO>.id",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_LINK>.id",
    "payment<BRAZIL_PAYMENTS>.payments[]<BRAZIL_PIX_DC>.id",
    "payment<BRAZIL_PIX_DC>.id",
    "payment<PG_PAYU>.beneficiary.postalCode",
    "payment<PG_PAYU>.id",
    "payment<PG_RAZORPAY>.beneficiary.postalCode",
    "payment<PG_RAZORPAY>.id",
    "payment<UPI_INTENT>.beneficiary.postalCode",
    "payment<UPI_INTENT>.id",
    "payment<UPI_LINK>.beneficiary.postalCode",
    "payment<UPI_LINK>.id",
  ],
  "maxLength: none, ours 6": [
    "payment<PG_PAYU>.beneficiary.postalCode",
    "payment<PG_RAZORPAY>.beneficiary.postalCode",
    "payment<UPI_INTENT>.beneficiary.postalCode",
    "payment<UPI_LINK>.beneficiary.postalCode",
  ],
};

/** Of the state of an order, in a message and in a template. */
const ORDER_STATUS: Readonly<Record<string, readonly string[]>> = {
  "maxLength: none, ours 35": [
    "payment<BRAZIL>.id",
    "payment<BRAZIL_BOLETO>.id",
    "payment<BRAZIL_LINK>.id",
    "payment<BRAZIL_PIX_DC>.id",
    "payment<PG_PAYU>.id",
    "payment<PG_RAZORPAY>.id",
    "payment<UPI_INTENT>.id",
    "payment<UPI_LINK>.id",
  ],
  "minLength: none, ours 1": [
    "payment<BRAZIL>.id",
    "payment<BRAZIL_BOLETO>.id",
    "payment<BRAZIL_LINK>.id",
    "payment<BRAZIL_PIX_DC>.id",
    "payment<PG_PAYU>.id",
    "payment<PG_RAZORPAY>.id",
    "payment<UPI_INTENT>.id",
    "payment<UPI_LINK>.id",
  ],
};

/** Everywhere else, by the whole path. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  "maxLength: none, ours 255": [
    "AudioMessage.context.replyToMessageId",
    "BulkMessage.messages[].content.language",
    "BulkMessage.messages[].context.replyToMessageId",
    "BulkMessage.messages[].urlOptions.customDomain",
    "ContactsMessage.content.contacts[].addresses[].city",
    "ContactsMessage.content.contacts[].addresses[].country",
    "ContactsMessage.content.contacts[].addresses[].countryCode",
    "ContactsMessage.content.contacts[].addresses[].state",
    "ContactsMessage.content.contacts[].addresses[].street",
    "ContactsMessage.content.contacts[].addresses[].zip",
    "ContactsMessage.content.contacts[].birthday",
    "ContactsMessage.content.contacts[].emails[].email",
    "ContactsMessage.content.contacts[].name.firstName",
    "ContactsMessage.content.contacts[].name.formattedName",
    "ContactsMessage.content.contacts[].name.lastName",
    "ContactsMessage.content.contacts[].name.middleName",
    "ContactsMessage.content.contacts[].name.namePrefix",
    "ContactsMessage.content.contacts[].name.nameSuffix",
    "ContactsMessage.content.contacts[].org.company",
    "ContactsMessage.content.contacts[].org.department",
    "ContactsMessage.content.contacts[].org.title",
    "ContactsMessage.content.contacts[].phones[].phone",
    "ContactsMessage.content.contacts[].phones[].waId",
    "ContactsMessage.context.replyToMessageId",
    "DocumentMessage.context.replyToMessageId",
    "DocumentMessage.urlOptions.customDomain",
    "ImageMessage.context.replyToMessageId",
    "ImageMessage.urlOptions.customDomain",
    "InteractiveButtonsMessage.context.replyToMessageId",
    "InteractiveButtonsMessage.urlOptions.customDomain",
    "InteractiveCallPermissionRequestMessage.context.replyToMessageId",
    "InteractiveCallPermissionRequestMessage.urlOptions.customDomain",
    "InteractiveFlowMessage.content.action.flowActionPayload.screen",
    "InteractiveFlowMessage.content.action.flowId",
    "InteractiveFlowMessage.content.action.flowToken",
    "InteractiveFlowMessage.context.replyToMessageId",
    "InteractiveFlowMessage.urlOptions.customDomain",
    "InteractiveInThreadAuthenticationRequestMessage.context.replyToMessageId",
    "InteractiveInThreadAuthenticationRequestMessage.urlOptions.customDomain",
    "InteractiveListMessage.context.replyToMessageId",
    "InteractiveListMessage.urlOptions.customDomain",
    "InteractiveLocationRequestMessage.context.replyToMessageId",
    "InteractiveLocationRequestMessage.urlOptions.customDomain",
    "InteractiveMediaCarouselMessage.context.replyToMessageId",
    "InteractiveMediaCarouselMessage.urlOptions.customDomain",
    "InteractiveMultiProductMessage.content.action.catalogId",
    "InteractiveMultiProductMessage.content.action.sections[].productRetailerIds[]",
    "InteractiveMultiProductMessage.context.replyToMessageId",
    "InteractiveMultiProductMessage.urlOptions.customDomain",
    "InteractiveOrderDetailsMessage.context.replyToMessageId",
    "InteractiveOrderDetailsMessage.urlOptions.customDomain",
    "InteractiveOrderStatusMessage.context.replyToMessageId",
    "InteractiveOrderStatusMessage.urlOptions.customDomain",
    "InteractiveProductMessage.content.action.catalogId",
    "InteractiveProductMessage.content.action.productRetailerId",
    "InteractiveProductMessage.context.replyToMessageId",
    "InteractiveProductMessage.urlOptions.customDomain",
    "InteractiveRequestContactInfoMessage.context.replyToMessageId",
    "InteractiveRequestContactInfoMessage.urlOptions.customDomain",
    "InteractiveUrlButtonMessage.context.replyToMessageId",
    "InteractiveUrlButtonMessage.urlOptions.customDomain",
    "InteractiveVoiceButtonMessage.urlOptions.customDomain",
    "LocationMessage.context.replyToMessageId",
    "StickerMessage.context.replyToMessageId",
    "VideoMessage.context.replyToMessageId",
    "VideoMessage.urlOptions.customDomain",
    "WhatsAppEventRequest.events[].content<TYPING_INDICATOR>.messageId",
    "WhatsAppEventRequest.events[].destinations[].to",
    "WhatsAppEventRequest.events[].sender",
  ],
  "maxItems: none, ours 10000": ["BulkMessage.messages", "WhatsAppEventRequest.events"],
  "minItems: none, ours 1": [
    "BulkMessage.messages",
    "BulkMessage.messages[].content.templateData.buttons[]<MULTI_PRODUCT>.sections[].productRetailerIds",
    "ContactsMessage.content.contacts",
    "InteractiveListMessage.content.action.sections[].rows",
    "InteractiveMediaCarouselMessage.content.action<QUICK_REPLY>.cards[].buttons",
    "InteractiveMultiProductMessage.content.action.sections[].productRetailerIds",
    "WhatsAppEventRequest.events",
  ],
  "maxItems: none, ours 255": [
    "BulkMessage.messages[].content.templateData.body.placeholders",
    "BulkMessage.messages[].content.templateData.carousel.cards[].body.placeholders",
  ],
  "maxLength: none, ours 4096": [
    "BulkMessage.messages[].content.templateData.body.placeholders[]",
    "BulkMessage.messages[].content.templateData.buttons[]<URL>.parameter",
    "BulkMessage.messages[].content.templateData.carousel.cards[].body.placeholders[]",
    "BulkMessage.messages[].content.templateData.carousel.cards[].buttons[]<URL>.parameter",
    "BulkMessage.messages[].content.templateData.carousel.cards[].header<TEXT>.placeholder",
    "BulkMessage.messages[].content.templateData.header<TEXT>.placeholder",
  ],
  "minLength: none, ours 1": [
    "BulkMessage.messages[].content.templateData.body.placeholders[]",
    "BulkMessage.messages[].content.templateData.carousel.cards[].body.placeholders[]",
    "BulkMessage.messages[].content.templateData.carousel.cards[].header<TEXT>.placeholder",
    "BulkMessage.messages[].content.templateData.header<TEXT>.placeholder",
    "InteractiveOrderDetailsMessage.content.action.payment<BRAZIL>.id",
  ],
  "maxItems: none, ours 10": [
    "BulkMessage.messages[].content.templateData.buttons",
    "InteractiveListMessage.content.action.sections[].rows",
  ],
  "maxItems: none, ours 30": [
    "BulkMessage.messages[].content.templateData.buttons[]<MULTI_PRODUCT>.sections[].productRetailerIds",
    "InteractiveMultiProductMessage.content.action.sections[].productRetailerIds",
  ],
  "maxLength: none, ours 64": [
    "BulkMessage.messages[].content.templateData.limitedTimeOffer.expirationTime",
    "WhatsAppEventRequest.options.schedule.sendAt",
  ],
  "maxItems: none, ours 999": ["BulkMessage.messages[].content.templateData.orderStatus.orderStatuses"],
  "maxLength: none, ours 2048": [
    "BulkMessage.messages[].urlOptions.trackingUrl",
    "ContactsMessage.content.contacts[].urls[].url",
    "DocumentMessage.urlOptions.trackingUrl",
    "ImageMessage.urlOptions.trackingUrl",
    "InteractiveButtonsMessage.urlOptions.trackingUrl",
    "InteractiveCallPermissionRequestMessage.urlOptions.trackingUrl",
    "InteractiveFlowMessage.urlOptions.trackingUrl",
    "InteractiveInThreadAuthenticationRequestMessage.urlOptions.trackingUrl",
    "InteractiveListMessage.urlOptions.trackingUrl",
    "InteractiveLocationRequestMessage.urlOptions.trackingUrl",
    "InteractiveMediaCarouselMessage.urlOptions.trackingUrl",
    "InteractiveMultiProductMessage.urlOptions.trackingUrl",
    "InteractiveOrderDetailsMessage.urlOptions.trackingUrl",
    "InteractiveOrderStatusMessage.urlOptions.trackingUrl",
    "InteractiveProductMessage.urlOptions.trackingUrl",
    "InteractiveRequestContactInfoMessage.urlOptions.trackingUrl",
    "InteractiveUrlButtonMessage.urlOptions.trackingUrl",
    "InteractiveVoiceButtonMessage.urlOptions.trackingUrl",
    "VideoMessage.urlOptions.trackingUrl",
  ],
  "maxItems: none, ours 257": ["ContactsMessage.content.contacts"],
  "maxItems: none, ours 50": [
    "ContactsMessage.content.contacts[].addresses",
    "ContactsMessage.content.contacts[].emails",
    "ContactsMessage.content.contacts[].phones",
    "ContactsMessage.content.contacts[].urls",
  ],
  "maxItems: none, ours 2": ["InteractiveMediaCarouselMessage.content.action<QUICK_REPLY>.cards[].buttons"],
  "maxLength: none, ours 35": ["InteractiveOrderDetailsMessage.content.action.payment<BRAZIL>.id"],
};

const reasonOf = (path: string, difference: string): string => {
  if (/\.(id|postalCode)$/.test(path) && /ours (1|6|35)$/.test(difference)) return PATTERN;
  return difference.startsWith("min") ? NOT_BLANK : OPEN_LENGTH;
};

const meant: Record<string, string> = {
  "ApiException properties: error, ours requestError":
    "the server gives no 400 here, and its other errors have the usual shape",
  "BulkMessage.messages[].content.templateData.buttons[]<FLOW>.data{} type: object, ours none": OWN_TYPES,
  "BulkMessage.messages[].content.templateData.buttons[]<ORDER_DETAILS>.action.order.orderExpiration.expirationSeconds maximum: none, ours 9007199254740991":
    "the largest whole number that JSON carries unharmed",
  "InteractiveFlowMessage.content.action.flowActionPayload.data{} type: object, ours none": OWN_TYPES,
  "InteractiveOrderDetailsMessage.content.action.order.orderExpiration.expirationSeconds maximum: none, ours 9007199254740991":
    "the largest whole number that JSON carries unharmed",
  "WhatsAppEventRequest.events[].content<TYPING_INDICATOR> required: , ours type":
    "nothing else says what kind of event it is",
  "WhatsAppEventRequest.events[].options.validityPeriod.amount minimum: none, ours 1":
    "a validity of nothing sends nothing",
  "WhatsAppEventRequest.options.schedule.sendingSpeedLimit.amount minimum: none, ours 1":
    "a speed of nothing sends nothing",
};

const add = (table: Readonly<Record<string, readonly string[]>>, prefixes: readonly string[]): void => {
  for (const [difference, paths] of Object.entries(table)) {
    for (const prefix of prefixes) {
      for (const path of paths) meant[`${prefix}${path} ${difference}`] = reasonOf(path, difference);
    }
  }
};

add(ORDER, [
  "BulkMessage.messages[].content.templateData.buttons[]<ORDER_DETAILS>.action.",
  "InteractiveOrderDetailsMessage.content.action.",
]);
add(ORDER_STATUS, [
  "BulkMessage.messages[].content.templateData.orderStatus.orderStatuses[]<ORDER_STATUS>.",
  "InteractiveOrderStatusMessage.content.action.",
]);
add(ELSEWHERE, [""]);

export const MEANT_WHATSAPP: Readonly<Record<string, string>> = meant;

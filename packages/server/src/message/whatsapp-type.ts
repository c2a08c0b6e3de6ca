/**
 * What a message on WhatsApp is, after the operation that it came by. It stands in the message's options, beside the
 * content that a carrier sends; a message without it is a text.
 */
export type WhatsAppType =
  | "TEMPLATE"
  | "DOCUMENT"
  | "IMAGE"
  | "AUDIO"
  | "VIDEO"
  | "STICKER"
  | "LOCATION"
  | "CONTACT"
  | "INTERACTIVE_BUTTONS"
  | "INTERACTIVE_LIST"
  | "INTERACTIVE_MEDIA_CAROUSEL"
  | "INTERACTIVE_LOCATION_REQUEST"
  | "INTERACTIVE_PRODUCT"
  | "INTERACTIVE_MULTI_PRODUCT"
  | "INTERACTIVE_ORDER_DETAILS"
  | "INTERACTIVE_ORDER_STATUS"
  | "INTERACTIVE_FLOW"
  | "INTERACTIVE_URL_BUTTON"
  | "INTERACTIVE_CALL_PERMISSION_REQUEST"
  | "INTERACTIVE_VOICE_BUTTON"
  | "INTERACTIVE_IN_THREAD_AUTHENTICATION_REQUEST"
  | "INTERACTIVE_REQUEST_CONTACT_INFO"
  | "TYPING_INDICATOR";

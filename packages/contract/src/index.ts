export * from "./account/accounts.ts";
export * from "./account/api-keys.ts";
export * from "./account/balance.ts";
export * from "./blocklist/blocklists.ts";
export { DateTime, UrlOptions } from "./common.ts";
export { formatDate, parseDate } from "./date.ts";
export { envelopeOfPath } from "./envelope.ts";
export { ERROR, ERRORS, type ErrorEntry, type ErrorGroupName, messageError } from "./error-catalogue.ts";
export * from "./error-schemas.ts";
export { type ErrorBodyOptions, errorBody, HTTP_ERRORS, type HttpErrorStatus } from "./http-errors.ts";
export * from "./limits.ts";
export * from "./lookup/number-lookup.ts";
export { openApi } from "./openapi.ts";
export type { Envelope, Operation } from "./operation.ts";
export { type OperationName, OPERATIONS } from "./operations.ts";
export * from "./resources/inbound-configurations.ts";
export * from "./sandbox/inbound.ts";
export * from "./provisioning/provisioning.ts";
export * from "./sandbox/messages.ts";
export { KNOWN_SCOPES } from "./scopes.ts";
export * from "./sms/bulks.ts";
export * from "./sms/content.ts";
export * from "./sms/conversion.ts";
export * from "./sms/inbound.ts";
export * from "./sms/logs.ts";
export * from "./sms/options.ts";
export * from "./sms/preview.ts";
export * from "./sms/reports.ts";
export * from "./sms/reports-v1.ts";
export * from "./sms/send.ts";
export * from "./sms/send-query.ts";
export * from "./sms/send-v2.ts";
export * from "./sms/status.ts";
export * from "./sms/status-v1.ts";
export { messageStatus, STATUS, type StatusEntry, STATUSES } from "./status-catalogue.ts";
export * from "./subscriptions/certificate.ts";
export type { PageQuery, SubscriptionsPageInfo } from "./subscriptions/common.ts";
export { SUBSCRIPTION_EVENTS } from "./subscriptions/events.ts";
export * from "./subscriptions/profile.ts";
export * from "./subscriptions/security.ts";
export * from "./subscriptions/subscription.ts";
export { type Violation, violationsOf, withoutNulls } from "./violations.ts";
export { ContactsMessage } from "./whatsapp/contacts.ts";
export * from "./whatsapp/events.ts";
export * from "./whatsapp/inbound.ts";
export {
  InteractiveButtonsMessage,
  InteractiveFlowMessage,
  InteractiveListMessage,
  InteractiveLocationRequestMessage,
  InteractiveMultiProductMessage,
  InteractiveProductMessage,
  InteractiveRequestContactInfoMessage,
  InteractiveUrlButtonMessage,
} from "./whatsapp/interactive.ts";
export {
  InteractiveCallPermissionRequestMessage,
  InteractiveInThreadAuthenticationRequestMessage,
  InteractiveMediaCarouselMessage,
  InteractiveVoiceButtonMessage,
} from "./whatsapp/interactive-calls.ts";
export {
  AudioMessage,
  DocumentMessage,
  ImageMessage,
  LocationMessage,
  StickerMessage,
  VideoMessage,
} from "./whatsapp/media.ts";
export { MessageContext, SingleMessageInfo, SingleMessageStatus } from "./whatsapp/message.ts";
export { InteractiveOrderDetailsMessage, InteractiveOrderStatusMessage } from "./whatsapp/orders.ts";
export * from "./whatsapp/reports.ts";
export * from "./whatsapp/contacts-of-senders.ts";
export * from "./whatsapp/flows.ts";
export * from "./whatsapp/senders.ts";
export * from "./whatsapp/template-check.ts";
export { TemplateLanguage } from "./whatsapp/template-language.ts";
export type { AuthenticationStructure, TemplateStructure } from "./whatsapp/template-parts.ts";
export * from "./whatsapp/templates.ts";
export * from "./whatsapp/templates-v1.ts";
export * from "./whatsapp/template-message.ts";
export * from "./whatsapp/text.ts";
export { readXml, writeXml, type XmlElement, xmlRootOf } from "./xml.ts";

import { TemplateLanguage } from "../src/whatsapp/template-language.ts";

/** Where the schemas of WhatsApp's administration differ from Infobip's document, and why; see infobip-schemas.test.ts. */
const OPEN_LENGTH = "the contract leaves the length open; src/limits.ts says why ours";
const NOT_BLANK = "an empty text can only be a mistake";
const AFTER_COMMAS = "a comma-separated list: its items are checked by the server";
const OF_CATEGORY = "what the document gives to templates of one category; the server checks the category";
const OWN_EXAMPLE = "the document's own examples have a text, a number or a list there";
const HAS_DEFAULT = "required and with a default: who leaves it out gets the default";

const meant: Record<string, string> = {
  "TemplateRequest properties: category,language,name,platform,structure, ours category,language,name,platform,structure,subCategory,validityPeriod":
    OF_CATEGORY,
  "TemplatesQuery.page minimum: none, ours 0": "there is no page before the first",
  "TemplatesQuery.orderBy maxLength: none, ours 64": OPEN_LENGTH,
  "TemplatesQuery.name maxLength: none, ours 512": "as long as a name may be",
  "AddFlowJson{} type: object, ours array": OWN_EXAMPLE,
  "ConversionEventRequest.conversions[].details{} type: object, ours none": OWN_EXAMPLE,
  "ConversionEventRequest.conversions[].details{} required: currency,value, ours ": OWN_EXAMPLE,
  "PhoneNumberRequest required: countryCode,displayName,locale,phoneNumber,type, ours countryCode,displayName,phoneNumber,type":
    HAS_DEFAULT,
  "OtpRequest required: locale,type, ours type": HAS_DEFAULT,
};

const TEMPLATE =
  "businessAccountId,category,createdAt,id,language,lastUpdatedAt,libraryTemplateName,name,platform,quality,status,structure";
const TEMPLATE_OURS =
  "businessAccountId,category,createdAt,id,language,lastUpdatedAt,libraryTemplateName,name,platform,quality,status,structure,subCategory,validityPeriod";
for (const at of ["TemplateResponse", "TemplatesResponse.templates[]", "TemplatesPage.results[]"]) {
  meant[`${at} properties: ${TEMPLATE}, ours ${TEMPLATE_OURS}`] = OF_CATEGORY;
  meant[`${at}.createdAt maxLength: none, ours 64`] = OPEN_LENGTH;
  meant[`${at}.lastUpdatedAt maxLength: none, ours 64`] = OPEN_LENGTH;
}
const LANGUAGES = [...TemplateLanguage.enum].toSorted((a, b) => (a < b ? -1 : 1)).join();
for (const [name, values] of [
  ["sender", null],
  [
    "status",
    "APPROVED,DELETED,DISABLED,FIRST_PAUSED,FLAGGED,IN_APPEAL,PENDING,PENDING_DELETION,REINSTATED,REJECTED,SECOND_PAUSED",
  ],
  ["language", LANGUAGES],
  ["category", "AUTHENTICATION,MARKETING,UTILITY"],
] as const) {
  meant[`TemplatesQuery.${name} maxItems: none, ours 100`] = OPEN_LENGTH;
  meant[`TemplatesQuery.${name}[] maxLength: none, ours 2048`] = OPEN_LENGTH;
  if (values !== null) meant[`TemplatesQuery.${name}[] enum: ${values}, ours `] = AFTER_COMMAS;
}
for (const [at, length] of [
  ["TemplatesQuery.applicationId", 255],
  ["TemplatesQuery.entityId", 255],
  ["FlowPreview.expiresAt", 64],
  ["GenerateFlowRequestApiData.prompt", 4000],
  ["GenerateFlowRequestApiData.responseId", 255],
  ["UrlDeletionRequest.url", 2048],
  ["Payment.transactions[].createdTimestamp", 64],
  ["Payment.transactions[].updatedTimestamp", 64],
  ["QualityQuery.senders[]", 2048],
  ["WhatsAppSenderQualityResponse.results[].lastUpdated", 64],
  ["WhatsAppCallingPermissionResponse.actions[].limits[].limitExpirationTime", 64],
  ["WhatsAppCallingPermissionResponse.expirationTime", 64],
  ["UploadKeyApiDoc.file", 16_384],
  ["PhoneNumberRequest.countryCode", 5],
  ["PhoneNumberRequest.phoneNumber", 32],
  ["PhoneNumberRequest.displayName", 255],
  ["PhoneNumberRequest.locale", 16],
  ["OtpRequest.locale", 16],
  ["VerifyCodeRequest.code", 16],
  ["IdentityInfo.createdAt", 64],
  ["ConversionEventRequest.sourceId", 255],
  ["ConversionEventRequest.conversions[].conversionTime", 64],
  ["WABAConversionEventRequest.sourceId", 255],
  ["WABAConversionEventRequest.conversions[].conversionTime", 64],
] as const) {
  meant[`${at} maxLength: none, ours ${length}`] = OPEN_LENGTH;
}
for (const at of [
  "GenerateFlowRequestApiData.prompt",
  "UploadKeyApiDoc.file",
  "PhoneNumberRequest.countryCode",
  "PhoneNumberRequest.phoneNumber",
  "PhoneNumberRequest.displayName",
  "VerifyCodeRequest.code",
]) {
  meant[`${at} minLength: none, ours 1`] = NOT_BLANK;
}

export const MEANT_WHATSAPP_SENDERS: Readonly<Record<string, string>> = meant;

/** Differences that are meant, of inbound messages and their configurations: see infobip-schemas.test.ts. */
const OPEN_LENGTH = "the contract leaves the length open; src/limits.ts says why ours";
const AS_ASKED = "an answer shows what a request could set, and its schema is the request's";
const ONE_SCHEMA = "the document has one schema for each channel; the server says what belongs to which";

/** `MoConfigurationResponse` is answered alone and as a list. */
const OF_AN_ANSWER: Readonly<Record<string, string>> = {
  "username maxLength: none, ours 255": AS_ASKED,
  "forwarding properties: type, ours description,format,mail,type,url": ONE_SCHEMA,
  "autoResponse.message maxLength: none, ours 1080": AS_ASKED,
  "autoResponse.sender maxLength: none, ours 255": OPEN_LENGTH,
  "autoResponse.deliveryTimeWindow required: days,deliveryTimeZone,from,to, ours days,from,to":
    "an answer always has its time zone",
  "autoResponse.deliveryTimeWindow.from maxLength: none, ours 5": "HH:mm",
  "autoResponse.deliveryTimeWindow.to maxLength: none, ours 5": "HH:mm",
  "autoResponse.deliveryTimeWindow.days minItems: none, ours 1": AS_ASKED,
  "autoResponse.deliveryTimeWindow.days maxItems: none, ours 7": AS_ASKED,
  "autoResponse.deliveryTimeWindow.deliveryTimeZone enum: CUSTOM_NOT_EDITABLE,DESTINATION_TIME_ZONE,USER_TIME_ZONE, ours DESTINATION_TIME_ZONE,USER_TIME_ZONE":
    "nothing of ours is beyond the API's reach",
  "blockListConfiguration.level enum: CUSTOM_NOT_EDITABLE,FROM_ANY_SENDER,FROM_SENDER, ours FROM_ANY_SENDER,FROM_SENDER":
    "nothing of ours is beyond the API's reach",
};

const below = (path: string) =>
  Object.fromEntries(Object.entries(OF_AN_ANSWER).map(([name, why]) => [`${path}.${name}`, why]));

export const MEANT_INBOUND: Record<string, string> = {
  ...below("MoConfigurationResponse"),
  ...below("MoConfigurationResponses[]"),
  "SmsInboundQuery.limit minimum: none, ours 1": "a page of nothing would never advance",
  "SmsInboundQuery.limit maximum: none, ours 1000": "its description says so",
  "SmsInboundQuery.limit default: undefined, ours 50": "its description says so",
  "SmsInboundQuery.applicationId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsInboundQuery.entityId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsInboundQuery.campaignReferenceId maxLength: none, ours 255": OPEN_LENGTH,
  "SmsMoReportResponse.results[].receivedAt maxLength: none, ours 64": OPEN_LENGTH,
  "MoConfigurationRequest properties: channel,keyword,unset,username, ours answers,autoResponse,blockListConfiguration,channel,conversations,countryCode,forwarding,keyword,number,numberKey,platform,resource,resourceKey,unset,username":
    ONE_SCHEMA,
  "MoConfigurationRequest.unset maxItems: none, ours 7": "each option once",
  "InboundConfigurationQuery.configurationKey maxLength: none, ours 255": OPEN_LENGTH,
  "InboundConfigurationQuery.number maxLength: none, ours 255": OPEN_LENGTH,
  "InboundConfigurationQuery.numberKey maxLength: none, ours 255": OPEN_LENGTH,
  "InboundConfigurationQuery.resource maxLength: none, ours 255": OPEN_LENGTH,
  "InboundConfigurationQuery.resourceKey maxLength: none, ours 255": OPEN_LENGTH,
  "InboundConfigurationQuery.countryCode maxLength: none, ours 2": "its pattern says so",
};

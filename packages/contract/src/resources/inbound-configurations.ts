import { Type, type Static } from "typebox";
import { filter, oneOf, shortText, url } from "../common.ts";
import { DAYS_MAX } from "../limits.ts";
import { DeliveryDay } from "../sms/options.ts";

export const ConfigurationType = oneOf(
  [
    "SMS",
    "MMS",
    "WHATSAPP",
    "RCS",
    "VIBER_BM",
    "APPLE_MB",
    "LINE_OA",
    "KAKAO_SANGDAM",
    "MESSENGER",
    "INSTAGRAM_DM",
    "ZALO_ZNS",
    "TELEGRAM",
    "VIBER_BOT",
    "EMAIL",
    "ZALO_FOLLOWER",
    "OPEN_CHANNEL",
    "TIKTOK_BM",
  ],
  { title: "ConfigurationType" },
);
export type ConfigurationType = Static<typeof ConfigurationType>;

/** All that the document names. Which of them a channel takes is said by the server: most are for calls. */
export const MoActionType = oneOf(
  [
    "PULL",
    "HTTP_FORWARD",
    "SMPP_FORWARD",
    "MAIL_FORWARD",
    "NO_ACTION",
    "BLOCK",
    "AUTORESPONSE",
    "USSD",
    "SEND_BULK_MT",
    "EMAIL_TO_SMS_FORWARD",
    "CNS_FWD",
    "USE_CONVERSATIONS",
    "FORWARD_TO_PSTN",
    "FORWARD_TO_IP",
    "FORWARD_TO_IVR",
    "VOICE_NUMBER_MASKING",
    "VOICE_CALL_DROP",
    "FORWARD_TO_WEBRTC",
    "VOICE_FORWARD_TO_CONVERSATIONS",
    "VOICE_FORWARD_TO_CONVERSATIONS_WITH_FLOW",
    "CALL_FORWARD_TO_APPLICATION",
    "FORWARD_TO_SUBSCRIPTION",
    "FORWARD_TO_CALL_ROUTING",
    "USE_ANSWERS",
    "VOICE_FORWARD_TO_ANSWERS",
    "VOICE_FORWARD_TO_FLOW",
    "VOICE_FORWARD_TO_FLOW_WITH_CONVERSATIONS",
    "FORWARD_TO_OPERATOR_CONNECT",
    "FORWARD_TO_EXTERNAL_INTEGRATION",
    "FORWARD_TO_AI_AGENT",
    "FORWARD_TO_MARKUP_LANGUAGE",
    "OTHER",
  ],
  { title: "MoActionType" },
);
export type MoActionType = Static<typeof MoActionType>;

/** What is to be done with a message. `url` belongs to HTTP_FORWARD, `mail` to MAIL_FORWARD: the server asks for them. */
export const MoAction = Type.Object(
  {
    type: MoActionType,
    url: Type.Optional(url()),
    format: Type.Optional(shortText()),
    mail: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
    description: Type.Optional(shortText()),
  },
  { title: "MoActionDocs" },
);
export type MoAction = Static<typeof MoAction>;

const TIME_OF_DAY = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const timeOfDay = () =>
  Type.Refine(
    Type.String({ maxLength: 5 }),
    (text) => TIME_OF_DAY.test(text),
    () => "must be a time of day, HH:mm",
  );

/** The hours in which an auto-response may leave. */
export const AutoResponseTimeWindow = Type.Object(
  {
    from: timeOfDay(),
    to: timeOfDay(),
    days: Type.Array(DeliveryDay, { minItems: 1, maxItems: DAYS_MAX }),
    deliveryTimeZone: Type.Optional(oneOf(["USER_TIME_ZONE", "DESTINATION_TIME_ZONE"], { title: "DeliveryTimeZone" })),
  },
  { title: "AutoResponseTimeWindow" },
);
export type AutoResponseTimeWindow = Static<typeof AutoResponseTimeWindow>;

export const AutoResponse = Type.Object(
  {
    message: Type.String({ maxLength: 1080 }),
    sender: Type.Optional(shortText()),
    deliveryTimeWindow: Type.Optional(AutoResponseTimeWindow),
  },
  { title: "AutoResponseActionV2Request" },
);
export type AutoResponse = Static<typeof AutoResponse>;

/** Whether a message stops (`BLOCK`) or starts again (`UNBLOCK`) what is sent to its phone, from its number or from any. */
export const BlockListConfiguration = Type.Object(
  {
    type: oneOf(["BLOCK", "UNBLOCK"], { title: "BlockListConfigurationType" }),
    level: oneOf(["FROM_SENDER", "FROM_ANY_SENDER"], { title: "BlockLevelRequest" }),
  },
  { title: "BlockListConfigurationRequest" },
);
export type BlockListConfiguration = Static<typeof BlockListConfiguration>;

export const UnsetOption = oneOf(
  ["USERNAME", "PLATFORM", "FORWARDING", "CONVERSATIONS", "ANSWERS", "AUTORESPONSE", "BLOCKLISTCONFIGURATION"],
  { title: "UnsetOption" },
);
export type UnsetOption = Static<typeof UnsetOption>;
/** Each of the seven options once. */
const UNSET_MAX = 7;

const InboundPlatform = Type.Object(
  {
    applicationId: Type.Optional(Type.String({ maxLength: 255 })),
    entityId: Type.Optional(Type.String({ maxLength: 255 })),
  },
  { title: "PlatformDocs" },
);

const switchable = (title: string) => Type.Optional(Type.Object({ enabled: Type.Boolean() }, { title }));

const configured = {
  username: Type.Optional(
    Type.Refine(
      Type.String({ maxLength: 255 }),
      (text) => text.trim() !== "",
      () => "must not be blank",
    ),
  ),
  platform: Type.Optional(InboundPlatform),
  forwarding: Type.Optional(MoAction),
  conversations: switchable("UseConversations"),
  answers: switchable("UseAnswers"),
  autoResponse: Type.Optional(AutoResponse),
  blockListConfiguration: Type.Optional(BlockListConfiguration),
};

const COUNTRY = /^[A-Z]{2}$/;
const country = () =>
  Type.Optional(
    Type.Refine(
      Type.String({ maxLength: 2 }),
      (text) => COUNTRY.test(text),
      () => "must be two capital letters (ISO 3166)",
    ),
  );

/**
 * Whose messages are meant: SMS, MMS and WhatsApp have numbers, all other channels resources. Without a keyword the
 * configuration is for every message that no keyword leads elsewhere.
 */
const place = {
  keyword: Type.Optional(Type.String({ maxLength: 50 })),
  number: filter(),
  numberKey: filter(),
  resource: filter(),
  resourceKey: filter(),
  countryCode: country(),
};

/** Body of `POST /resource-management/1/inbound-message-configurations`. `unset` is done before the rest is set. */
export const InboundConfigurationRequest = Type.Object(
  {
    channel: ConfigurationType,
    ...place,
    ...configured,
    unset: Type.Optional(Type.Array(UnsetOption, { maxItems: UNSET_MAX })),
  },
  { title: "MoConfigurationRequest" },
);
export type InboundConfigurationRequest = Static<typeof InboundConfigurationRequest>;

export const InboundConfiguration = Type.Object(
  {
    configurationKey: Type.String(),
    channel: Type.Optional(ConfigurationType),
    keyword: Type.Optional(Type.String()),
    ...configured,
  },
  { title: "MoConfigurationResponse" },
);
export type InboundConfiguration = Static<typeof InboundConfiguration>;

export const InboundConfigurations = Type.Array(InboundConfiguration, { title: "MoConfigurationResponses" });
export type InboundConfigurations = Static<typeof InboundConfigurations>;

export const InboundConfigurationQuery = Type.Object(
  { configurationKey: filter(), ...place, channel: ConfigurationType },
  { title: "InboundConfigurationQuery" },
);
export type InboundConfigurationQuery = Static<typeof InboundConfigurationQuery>;

export const InboundConfigurationPath = Type.Object({ configurationKey: shortText() });

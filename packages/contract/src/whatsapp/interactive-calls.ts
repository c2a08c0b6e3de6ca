import { Type, type Static } from "typebox";
import { int32 } from "../common.ts";
import { openBody } from "./interactive.ts";
import { contextField, messageFields, urlField } from "./message.ts";
import { filled, optional, variant } from "./variant.ts";

/** Characters of a card's text, of its button, and of a URL on it. */
const CARD_TEXT_LENGTH_MAX = 160;
const LABEL_LENGTH_MAX = 20;
const CARD_URL_LENGTH_MAX = 2048;
/** Buttons of a card where the document leaves their number open; WhatsApp shows two. */
const CARD_BUTTONS_MAX = 2;
/** Thirty days, in minutes. */
const CALL_VALIDITY_MAX_MINUTES = 43_200;

/** How long a call button may be used, and what the call will carry. */
export const callFields = () => ({
  callValidityPeriod: Type.Optional(int32(1, CALL_VALIDITY_MAX_MINUTES)),
  callContextPayload: Type.Optional(filled(512)),
});

/** Body of `POST /whatsapp/1/message/interactive/call-permission-request`: it needs no words. */
export const InteractiveCallPermissionRequestMessage = Type.Object(
  { ...messageFields(), ...urlField(), ...contextField() },
  { title: "InteractiveCallPermissionRequestMessage" },
);
export type InteractiveCallPermissionRequestMessage = Static<typeof InteractiveCallPermissionRequestMessage>;

/** Body of `POST /whatsapp/1/message/interactive/in-thread-authentication-request`. */
export const InteractiveInThreadAuthenticationRequestMessage = Type.Object(
  { ...messageFields(), ...urlField(), ...contextField() },
  { title: "InteractiveInThreadAuthenticationRequestMessage" },
);
export type InteractiveInThreadAuthenticationRequestMessage = Static<
  typeof InteractiveInThreadAuthenticationRequestMessage
>;

/** Body of `POST /whatsapp/1/message/interactive/voice-button`. */
export const InteractiveVoiceButtonMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        body: openBody(),
        action: Type.Optional(
          Type.Object(
            { buttonDisplayText: optional(LABEL_LENGTH_MAX), ...callFields() },
            { title: "InteractiveVoiceButtonMessageActionWhatsAppContent" },
          ),
        ),
      },
      { title: "InteractiveVoiceButtonContent" },
    ),
    ...urlField(),
  },
  { title: "InteractiveVoiceButtonMessage" },
);
export type InteractiveVoiceButtonMessage = Static<typeof InteractiveVoiceButtonMessage>;

const cardUrl = () => Type.String({ maxLength: CARD_URL_LENGTH_MAX });
const cardFields = () => ({
  header: Type.Union(
    [
      variant("IMAGE", { url: cardUrl() }, "ImageMediaCarouselCardHeader"),
      variant("VIDEO", { url: cardUrl() }, "VideoMediaCarouselCardHeader"),
    ],
    { title: "MediaCarouselCardHeader" },
  ),
  body: Type.Object({ text: Type.String({ maxLength: CARD_TEXT_LENGTH_MAX }) }, { title: "MediaCarouselCardBody" }),
});
const label = () => Type.String({ maxLength: LABEL_LENGTH_MAX });

const QuickReplyMediaCarouselCard = Type.Object(
  {
    ...cardFields(),
    buttons: Type.Array(Type.Object({ id: label(), title: label() }, { title: "QuickReplyCardActionButton" }), {
      minItems: 1,
      maxItems: CARD_BUTTONS_MAX,
    }),
  },
  { title: "QuickReplyMediaCarouselCard" },
);

const UrlMediaCarouselCard = Type.Object(
  {
    ...cardFields(),
    button: Type.Object({ displayText: label(), url: cardUrl() }, { title: "UrlCardActionButton" }),
  },
  { title: "UrlMediaCarouselCard" },
);

const InteractiveMediaCarouselAction = Type.Union(
  [
    variant(
      "QUICK_REPLY",
      { cards: Type.Array(QuickReplyMediaCarouselCard, { minItems: 2, maxItems: 10 }) },
      "QuickReplyMediaCarouselAction",
    ),
    variant(
      "URL",
      { cards: Type.Array(UrlMediaCarouselCard, { minItems: 2, maxItems: 10 }) },
      "UrlMediaCarouselAction",
    ),
  ],
  { title: "InteractiveMediaCarouselAction" },
);

/** Body of `POST /whatsapp/1/message/interactive/media-carousel`. */
export const InteractiveMediaCarouselMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      { body: openBody(), action: InteractiveMediaCarouselAction },
      { title: "InteractiveMediaCarouselContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveMediaCarouselMessage" },
);
export type InteractiveMediaCarouselMessage = Static<typeof InteractiveMediaCarouselMessage>;

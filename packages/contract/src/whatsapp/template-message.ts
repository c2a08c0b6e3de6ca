import { Type, type Static } from "typebox";
import { DateTime, shortText } from "../common.ts";
import {
  MESSAGES_PER_REQUEST_MAX,
  ORDER_ITEMS_MAX,
  SECTION_PRODUCTS_MAX,
  TEMPLATE_PARAMETER_LENGTH_MAX,
  TEMPLATE_PLACEHOLDERS_MAX,
} from "../limits.ts";
import { callFields } from "./interactive-calls.ts";
import { place } from "./media.ts";
import { contextField, messageFields, SingleMessageInfo, urlField } from "./message.ts";
import { orderStatusFields, TemplateOrder } from "./orders.ts";
import { filled, freeData, matching, optional, variant, webUrl } from "./variant.ts";

const NAME_LENGTH_MAX = 512;
const FILENAME_LENGTH_MAX = 240;
const RETAILER_ID_LENGTH_MAX = 3000;
const TOKEN_LENGTH_MAX = 3000;
/** Buttons of a template, of all kinds together. */
const BUTTONS_MAX = 10;

const parameter = () => filled(TEMPLATE_PARAMETER_LENGTH_MAX);

const TemplateBody = Type.Object(
  { placeholders: Type.Array(parameter(), { maxItems: TEMPLATE_PLACEHOLDERS_MAX }) },
  { title: "TemplateBodyContent" },
);

const TemplateHeader = Type.Union(
  [
    variant("TEXT", { placeholder: parameter() }, "TemplateTextHeaderContent"),
    variant("DOCUMENT", { mediaUrl: webUrl(), filename: filled(FILENAME_LENGTH_MAX) }, "TemplateDocumentHeaderContent"),
    variant("IMAGE", { mediaUrl: webUrl() }, "TemplateImageHeaderContent"),
    variant("VIDEO", { mediaUrl: webUrl() }, "TemplateVideoHeaderContent"),
    variant("GIF", { mediaUrl: webUrl() }, "TemplateGifHeaderContent"),
    variant("LOCATION", place(), "TemplateLocationHeaderContent"),
  ],
  { title: "TemplateHeaderContent" },
);

const QuickReplyButton = variant("QUICK_REPLY", { parameter: filled(128) }, "TemplateQuickReplyButtonContent");
const UrlButton = variant(
  "URL",
  { parameter: Type.String({ maxLength: TEMPLATE_PARAMETER_LENGTH_MAX }) },
  "TemplateUrlButtonContent",
);

const ProductSection = Type.Object(
  {
    title: Type.String({ maxLength: 24 }),
    productRetailerIds: Type.Array(Type.String({ maxLength: RETAILER_ID_LENGTH_MAX }), {
      minItems: 1,
      maxItems: SECTION_PRODUCTS_MAX,
    }),
  },
  { title: "MultiProductSectionContent" },
);

const TemplateButton = Type.Union(
  [
    QuickReplyButton,
    UrlButton,
    variant("COPY_CODE", { parameter: filled(15) }, "TemplateCopyCodeButtonContent"),
    variant(
      "FLOW",
      { flowToken: optional(TOKEN_LENGTH_MAX), data: Type.Optional(freeData(0)) },
      "TemplateFlowButtonContent",
    ),
    variant(
      "CATALOG",
      { thumbnailProductRetailerId: optional(RETAILER_ID_LENGTH_MAX) },
      "TemplateCatalogButtonContent",
    ),
    variant(
      "MULTI_PRODUCT",
      {
        thumbnailProductRetailerId: optional(RETAILER_ID_LENGTH_MAX),
        sections: Type.Array(ProductSection, { minItems: 1, maxItems: 10 }),
      },
      "TemplateMultiProductButtonContent",
    ),
    variant("ORDER_DETAILS", { action: TemplateOrder }, "TemplateOrderDetailsButtonContent"),
    variant("VOICE_CALL", callFields(), "TemplateVoiceCallButtonContent"),
  ],
  { title: "TemplateButtonContent" },
);

const TemplateCard = Type.Object(
  {
    header: TemplateHeader,
    body: Type.Optional(TemplateBody),
    buttons: Type.Optional(
      Type.Array(Type.Union([QuickReplyButton, UrlButton], { title: "CardAllowedTemplateButtonContent" }), {
        minItems: 1,
        maxItems: 2,
      }),
    ),
  },
  { title: "TemplateCardContent" },
);

const TemplateData = Type.Object(
  {
    body: TemplateBody,
    header: Type.Optional(TemplateHeader),
    buttons: Type.Optional(Type.Array(TemplateButton, { maxItems: BUTTONS_MAX })),
    carousel: Type.Optional(
      Type.Object(
        { cards: Type.Array(TemplateCard, { minItems: 1, maxItems: 10 }) },
        { title: "TemplateCarouselContent" },
      ),
    ),
    limitedTimeOffer: Type.Optional(
      Type.Object({ expirationTime: DateTime }, { title: "TemplateLimitedTimeOfferContent" }),
    ),
    orderStatus: Type.Optional(
      Type.Object(
        {
          orderStatuses: Type.Array(
            Type.Union([variant("ORDER_STATUS", orderStatusFields(), "TemplateOrderStatusActionContent")], {
              title: "OrderStatusContent",
            }),
            { maxItems: ORDER_ITEMS_MAX },
          ),
        },
        { title: "TemplateOrderStatusContent" },
      ),
    ),
  },
  { title: "TemplateDataContent" },
);

/** Sent in its place when the template could not be delivered. */
export const SmsFailover = Type.Object({ from: filled(24), text: filled(4096) }, { title: "Failover" });
export type SmsFailover = Static<typeof SmsFailover>;

export const TemplateMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        templateName: matching(NAME_LENGTH_MAX, /^[a-z0-9_]+$/, "[a-z0-9_]+"),
        templateData: TemplateData,
        language: shortText(),
      },
      { title: "TemplateContent" },
    ),
    ...urlField(),
    smsFailover: Type.Optional(SmsFailover),
    ...contextField(),
  },
  { title: "FailoverMessage" },
);
export type TemplateMessage = Static<typeof TemplateMessage>;

/** Body of `POST /whatsapp/1/message/template`: many messages, each to one destination. */
export const TemplateBulk = Type.Object(
  {
    messages: Type.Array(TemplateMessage, { minItems: 1, maxItems: MESSAGES_PER_REQUEST_MAX }),
    bulkId: optional(100),
  },
  { title: "BulkMessage" },
);
export type TemplateBulk = Static<typeof TemplateBulk>;

/** `bulkId` is there when the request named one, or had more than one message. */
export const TemplateBulkInfo = Type.Object(
  { messages: Type.Optional(Type.Array(SingleMessageInfo)), bulkId: Type.Optional(Type.String()) },
  { title: "BulkMessageInfo" },
);
export type TemplateBulkInfo = Static<typeof TemplateBulkInfo>;

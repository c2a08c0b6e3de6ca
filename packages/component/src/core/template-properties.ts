import {
  CARD_BUTTON_COUNT_MAX,
  CARD_COUNT_MAX,
  ORDER_STATUS_COUNT_MAX,
  PLACEHOLDER_COUNT_MAX,
  RETAILER_ID_LENGTH_MAX,
  SECTION_COUNT_MAX,
  SECTION_PRODUCT_COUNT_MAX,
  TEMPLATE_BUTTON_COUNT_MAX,
} from "./limits.ts";
import type { NamedProperty, ObjectProperty } from "./properties.ts";
import { BUTTON_TYPES, CARD_BUTTON_TYPES } from "./template-buttons.ts";
import { HEADER_TYPES } from "./template-header.ts";

const LATITUDE_MAX = 90;
const LONGITUDE_MAX = 180;

const HEADER: readonly NamedProperty[] = [
  {
    name: "type",
    label: "Type",
    description: "Type of the template's header. Left out, it is looked up.",
    type: "STRING",
    controlType: "SELECT",
    options: HEADER_TYPES,
  },
  { name: "placeholder", label: "Placeholder", description: "Value of {{1}} in a text header.", type: "STRING" },
  {
    name: "mediaUrl",
    label: "Media URL",
    description: "Address of the image, video or document.",
    type: "STRING",
    maxLength: 2048,
  },
  { name: "filename", label: "Filename", description: "Name of the document.", type: "STRING", maxLength: 240 },
  { name: "latitude", label: "Latitude", type: "NUMBER", minValue: -LATITUDE_MAX, maxValue: LATITUDE_MAX },
  { name: "longitude", label: "Longitude", type: "NUMBER", minValue: -LONGITUDE_MAX, maxValue: LONGITUDE_MAX },
];

const typeOf = (options: readonly string[]): NamedProperty => ({
  name: "type",
  label: "Type",
  description: "Type of the button. Left out, it is looked up.",
  type: "STRING",
  controlType: "SELECT",
  options,
});

const PARAMETER: NamedProperty = {
  name: "parameter",
  label: "Parameter",
  description: "Payload of a quick reply, end of a URL, or a coupon's code to copy.",
  type: "STRING",
};

const SECTION: ObjectProperty = {
  type: "OBJECT",
  properties: [
    {
      name: "title",
      label: "Title",
      description: "Title of the section.",
      required: true,
      type: "STRING",
      maxLength: 24,
    },
    {
      name: "productRetailerIds",
      label: "Product Retailer IDs",
      description: "Products of the section, as the catalog names them.",
      required: true,
      type: "ARRAY",
      items: [{ type: "STRING", maxLength: RETAILER_ID_LENGTH_MAX }],
      maxItems: SECTION_PRODUCT_COUNT_MAX,
    },
  ],
};

const BUTTON: ObjectProperty = {
  type: "OBJECT",
  properties: [
    typeOf(BUTTON_TYPES),
    PARAMETER,
    { name: "flowToken", label: "Flow Token", description: "Token of a flow.", type: "STRING", maxLength: 3000 },
    {
      name: "data",
      label: "Flow Data",
      description: "Data of a flow's first screen.",
      type: "OBJECT",
      properties: [],
      isOpen: true,
    },
    {
      name: "thumbnailProductRetailerId",
      label: "Thumbnail Product Retailer ID",
      description: "Product whose picture a catalog or a multi-product message shows.",
      type: "STRING",
      maxLength: RETAILER_ID_LENGTH_MAX,
    },
    {
      name: "sections",
      label: "Sections",
      description: "Products of a multi-product message.",
      type: "ARRAY",
      items: [SECTION],
      maxItems: SECTION_COUNT_MAX,
    },
    {
      name: "action",
      label: "Order Details",
      description: "Order and payment of an order details button, as Infobip's API has them.",
      type: "OBJECT",
      properties: [],
      isOpen: true,
    },
    {
      name: "callValidityPeriod",
      label: "Call Validity Period",
      description: "Minutes for which a voice call button works.",
      type: "INTEGER",
    },
    {
      name: "callContextPayload",
      label: "Call Context Payload",
      description: "Data that a call by a voice call button brings along.",
      type: "STRING",
      maxLength: 512,
    },
  ],
};

const CARD: ObjectProperty = {
  type: "OBJECT",
  properties: [
    {
      name: "header",
      label: "Header",
      description: "What the card's header is filled with.",
      required: true,
      type: "OBJECT",
      properties: HEADER,
    },
    {
      name: "placeholders",
      label: "Placeholders",
      description: "Values of the card's placeholders, in their order.",
      type: "ARRAY",
      items: [{ type: "STRING" }],
      maxItems: PLACEHOLDER_COUNT_MAX,
    },
    {
      name: "buttons",
      label: "Buttons",
      description: "Parameters of the card's buttons, in its order; buttons that take none are left out.",
      type: "ARRAY",
      items: [{ type: "OBJECT", properties: [typeOf(CARD_BUTTON_TYPES), PARAMETER] }],
      maxItems: CARD_BUTTON_COUNT_MAX,
    },
  ],
};

/** Of the action: all but addresses, name and placeholders. */
export const TEMPLATE_OPTIONS: readonly NamedProperty[] = [
  {
    name: "language",
    label: "Language",
    description: "Language of the template. Needed only when the template has several; else it is looked up.",
    type: "STRING",
    controlType: "SELECT",
    optionsDependOn: ["from", "templateName"],
  },
  {
    name: "header",
    label: "Header",
    description: "What the template's header is filled with.",
    type: "OBJECT",
    properties: HEADER,
  },
  {
    name: "buttons",
    label: "Buttons",
    description: "Parameters of the template's buttons, in its order; buttons that take none are left out.",
    type: "ARRAY",
    items: [BUTTON],
    maxItems: TEMPLATE_BUTTON_COUNT_MAX,
  },
  {
    name: "cards",
    label: "Cards",
    description: "What the cards of the template's carousel are filled with, in its order.",
    type: "ARRAY",
    items: [CARD],
    maxItems: CARD_COUNT_MAX,
  },
  {
    name: "limitedTimeOffer",
    label: "Limited Time Offer",
    description: "End of the template's offer.",
    type: "OBJECT",
    properties: [
      {
        name: "expirationTime",
        label: "Expiration Time",
        description: "When the offer ends, like 2030-01-01T10:00:00.000Z.",
        required: true,
        type: "STRING",
      },
    ],
  },
  {
    name: "orderStatuses",
    label: "Order Statuses",
    description: "What became of the user's order, as Infobip's API has it.",
    type: "ARRAY",
    items: [{ type: "OBJECT", properties: [], isOpen: true }],
    maxItems: ORDER_STATUS_COUNT_MAX,
  },
  {
    name: "callbackData",
    label: "Callback Data",
    description: "Text that comes back in the delivery report.",
    type: "STRING",
    maxLength: 4000,
  },
  {
    name: "notifyUrl",
    label: "Notify URL",
    description: "Where delivery and seen reports of this message are sent to.",
    type: "STRING",
    maxLength: 2048,
  },
  {
    name: "bulkId",
    label: "Bulk ID",
    description: "ID that this message shares with others.",
    type: "STRING",
    maxLength: 100,
  },
  {
    name: "smsFailover",
    label: "SMS Failover",
    description: "SMS that is sent instead when the template message could not be delivered.",
    type: "OBJECT",
    properties: [
      { name: "from", label: "From", description: "Sender of the SMS.", required: true, type: "STRING", maxLength: 24 },
      { name: "text", label: "Text", description: "Text of the SMS.", required: true, type: "STRING", maxLength: 4096 },
    ],
  },
];

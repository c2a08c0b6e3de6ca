import { Type, type Static } from "typebox";
import { int32, oneOf, shortText } from "../common.ts";
import { LIST_ROWS_MAX, SECTION_PRODUCTS_MAX } from "../limits.ts";
import { contextField, messageFields, urlField } from "./message.ts";
import { filled, freeData, optional, variant, webUrl } from "./variant.ts";

/** Characters of a message's body, of its header or footer, and of what stands on a button. */
const BODY_LENGTH_MAX = 1024;
const EDGE_LENGTH_MAX = 60;
const LABEL_LENGTH_MAX = 20;
const FILENAME_LENGTH_MAX = 240;

export const body = () => Type.Object({ text: filled(BODY_LENGTH_MAX) }, { title: "InteractiveBodyContent" });
export const footer = () =>
  Type.Optional(Type.Object({ text: filled(EDGE_LENGTH_MAX) }, { title: "InteractiveFooterContent" }));
/** The document lets this one be empty. */
export const openBody = () =>
  Type.Object({ text: Type.String({ maxLength: BODY_LENGTH_MAX }) }, { title: "InteractiveBodyWhatsAppContent" });

const textHeader = (name: string) =>
  Type.Union([variant("TEXT", { text: filled(EDGE_LENGTH_MAX) }, `Interactive${name}TextHeaderContent`)], {
    title: `Interactive${name}HeaderContent`,
  });

const anyHeader = (name: string) =>
  Type.Union(
    [
      variant("TEXT", { text: filled(EDGE_LENGTH_MAX) }, `Interactive${name}TextHeaderContent`),
      variant("VIDEO", { mediaUrl: webUrl() }, `Interactive${name}VideoHeaderContent`),
      variant("IMAGE", { mediaUrl: webUrl() }, `Interactive${name}ImageHeaderContent`),
      variant(
        "DOCUMENT",
        { mediaUrl: webUrl(), filename: optional(FILENAME_LENGTH_MAX) },
        `Interactive${name}DocumentHeaderContent`,
      ),
    ],
    { title: `Interactive${name}HeaderContent` },
  );

const InteractiveButtonContent = Type.Union(
  [variant("REPLY", { id: filled(256), title: filled(LABEL_LENGTH_MAX) }, "InteractiveReplyButtonContent")],
  { title: "InteractiveButtonContent" },
);

/** Body of `POST /whatsapp/1/message/interactive/buttons`. */
export const InteractiveButtonsMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        body: body(),
        action: Type.Object(
          { buttons: Type.Array(InteractiveButtonContent, { minItems: 1, maxItems: 3 }) },
          { title: "InteractiveButtonsActionContent" },
        ),
        header: Type.Optional(anyHeader("Buttons")),
        footer: footer(),
      },
      { title: "InteractiveButtonsContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveButtonsMessage" },
);
export type InteractiveButtonsMessage = Static<typeof InteractiveButtonsMessage>;

const InteractiveListSection = Type.Object(
  {
    title: optional(24),
    rows: Type.Array(
      Type.Object(
        { id: filled(200), title: filled(24), description: optional(72) },
        { title: "InteractiveRowContent" },
      ),
      { minItems: 1, maxItems: LIST_ROWS_MAX },
    ),
  },
  { title: "InteractiveListSectionContent" },
);

/** Body of `POST /whatsapp/1/message/interactive/list`. What holds over all sections is checked by the server. */
export const InteractiveListMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        body: body(),
        action: Type.Object(
          {
            title: filled(LABEL_LENGTH_MAX),
            sections: Type.Array(InteractiveListSection, { minItems: 1, maxItems: 10 }),
          },
          { title: "InteractiveListActionContent" },
        ),
        header: Type.Optional(textHeader("List")),
        footer: footer(),
      },
      { title: "InteractiveListContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveListMessage" },
);
export type InteractiveListMessage = Static<typeof InteractiveListMessage>;

/** Body of `POST /whatsapp/1/message/interactive/location-request`: asks the phone where it is. */
export const InteractiveLocationRequestMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object({ body: body() }, { title: "InteractiveLocationRequestContent" }),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveLocationRequestMessage" },
);
export type InteractiveLocationRequestMessage = Static<typeof InteractiveLocationRequestMessage>;

/** Body of `POST /whatsapp/1/message/interactive/request-contact-info`. */
export const InteractiveRequestContactInfoMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object({ body: body() }, { title: "InteractiveRequestContactInfoContent" }),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveRequestContactInfoMessage" },
);
export type InteractiveRequestContactInfoMessage = Static<typeof InteractiveRequestContactInfoMessage>;

/** Body of `POST /whatsapp/1/message/interactive/product`: one product of a catalogue. */
export const InteractiveProductMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        action: Type.Object(
          { catalogId: shortText(), productRetailerId: shortText() },
          { title: "InteractiveProductActionContent" },
        ),
        body: Type.Optional(body()),
        footer: footer(),
      },
      { title: "InteractiveProductContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveProductMessage" },
);
export type InteractiveProductMessage = Static<typeof InteractiveProductMessage>;

const InteractiveMultiProductSection = Type.Object(
  {
    title: optional(24),
    productRetailerIds: Type.Array(shortText(), { minItems: 1, maxItems: SECTION_PRODUCTS_MAX }),
  },
  { title: "InteractiveMultiProductSectionContent" },
);

/** Body of `POST /whatsapp/1/message/interactive/multi-product`. */
export const InteractiveMultiProductMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        header: textHeader("MultiProduct"),
        body: body(),
        action: Type.Object(
          {
            catalogId: shortText(),
            sections: Type.Array(InteractiveMultiProductSection, { minItems: 1, maxItems: 10 }),
          },
          { title: "InteractiveMultiProductActionContent" },
        ),
        footer: footer(),
      },
      { title: "InteractiveMultiProductContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveMultiProductMessage" },
);
export type InteractiveMultiProductMessage = Static<typeof InteractiveMultiProductMessage>;

const InteractiveFlowAction = Type.Object(
  {
    mode: Type.Optional(oneOf(["DRAFT", "PUBLISHED"], { title: "InteractiveFlowActionMode", default: "PUBLISHED" })),
    flowMessageVersion: Type.Optional(int32()),
    flowToken: shortText(),
    flowId: shortText(),
    callToActionButton: filled(LABEL_LENGTH_MAX),
    flowAction: Type.Optional(
      oneOf(["NAVIGATE", "DATA_EXCHANGE"], { title: "InteractiveFlowAction", default: "NAVIGATE" }),
    ),
    flowActionPayload: Type.Optional(
      Type.Object({ screen: shortText(), data: Type.Optional(freeData(1)) }, { title: "InteractiveFlowActionPayload" }),
    ),
  },
  { title: "InteractiveFlowActionContent" },
);

/** Body of `POST /whatsapp/1/message/interactive/flow`: opens a flow, a form in several screens. */
export const InteractiveFlowMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        body: body(),
        action: InteractiveFlowAction,
        header: Type.Optional(textHeader("Flow")),
        footer: footer(),
      },
      { title: "InteractiveFlowContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveFlowMessage" },
);
export type InteractiveFlowMessage = Static<typeof InteractiveFlowMessage>;

/** Body of `POST /whatsapp/1/message/interactive/url-button`. */
export const InteractiveUrlButtonMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        body: body(),
        action: Type.Object(
          { displayText: filled(LABEL_LENGTH_MAX), url: webUrl() },
          { title: "InteractiveUrlButtonActionContent" },
        ),
        header: Type.Optional(anyHeader("UrlButton")),
        footer: footer(),
      },
      { title: "InteractiveUrlButtonContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveUrlButtonMessage" },
);
export type InteractiveUrlButtonMessage = Static<typeof InteractiveUrlButtonMessage>;

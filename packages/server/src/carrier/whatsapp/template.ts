/** Templates: Infobip's template data as the Cloud API's components. */
import { parseDate, type TemplateMessage } from "@posthorn/contract";
import type { Json } from "./json.ts";
import { orderDetailsOf, orderStatusOf } from "./orders.ts";
import { namesOf, NO_LAYOUT, type PartLayout, placesOf, type TemplateLayout } from "./template-layout.ts";

type TemplateContent = TemplateMessage["content"];
type TemplateData = TemplateContent["templateData"];
type Header = NonNullable<TemplateData["header"]>;
type Button = NonNullable<TemplateData["buttons"]>[number];
type Card = NonNullable<TemplateData["carousel"]>["cards"][number];

const named = (name: string | null | undefined): Json =>
  name === null || name === undefined ? {} : { parameter_name: name };

function headerParameter(header: Header, { headerName }: PartLayout): Json {
  switch (header.type) {
    case "TEXT":
      return { type: "text", ...named(headerName), text: header.placeholder };
    case "IMAGE":
      return { type: "image", image: { link: header.mediaUrl } };
    case "VIDEO":
      return { type: "video", video: { link: header.mediaUrl } };
    case "GIF":
      return { type: "gif", gif: { link: header.mediaUrl } };
    case "DOCUMENT":
      return { type: "document", document: { link: header.mediaUrl, filename: header.filename } };
    case "LOCATION":
      return { type: "location", location: { latitude: header.latitude, longitude: header.longitude } };
  }
}

const action = (value: Json): readonly Json[] => [{ type: "action", action: value }];

function buttonOf(button: Button, now: number): { readonly subType: string; readonly parameters: readonly Json[] } {
  switch (button.type) {
    case "QUICK_REPLY":
      return { subType: "quick_reply", parameters: [{ type: "payload", payload: button.parameter }] };
    case "URL":
      return { subType: "url", parameters: [{ type: "text", text: button.parameter }] };
    case "COPY_CODE":
      return { subType: "copy_code", parameters: [{ type: "coupon_code", coupon_code: button.parameter }] };
    case "FLOW":
      return { subType: "flow", parameters: action({ flow_token: button.flowToken, flow_action_data: button.data }) };
    case "CATALOG":
      return {
        subType: "catalog",
        parameters: action({ thumbnail_product_retailer_id: button.thumbnailProductRetailerId }),
      };
    case "MULTI_PRODUCT":
      return {
        subType: "mpm",
        parameters: action({
          thumbnail_product_retailer_id: button.thumbnailProductRetailerId,
          sections: button.sections.map(({ title, productRetailerIds }) => ({
            title,
            product_items: productRetailerIds.map((id) => ({ product_retailer_id: id })),
          })),
        }),
      };
    case "ORDER_DETAILS":
      return { subType: "order_details", parameters: action({ order_details: orderDetailsOf(button.action, now) }) };
    case "VOICE_CALL": {
      const { callValidityPeriod, callContextPayload } = button;
      return {
        subType: "voice_call",
        parameters: [
          ...(callValidityPeriod === undefined ? [] : [{ type: "ttl_minutes", ttl_minutes: callValidityPeriod }]),
          ...(callContextPayload === undefined ? [] : [{ type: "payload", payload: callContextPayload }]),
        ],
      };
    }
  }
}

/** Infobip's list names the buttons that take something, and the Cloud API asks for their places among all. */
function buttonComponents(buttons: readonly Button[], layout: PartLayout, now: number): readonly Json[] {
  const places = placesOf(buttons, layout);
  return buttons.flatMap((button, index) => {
    const { subType, parameters } = buttonOf(button, now);
    if (parameters.length === 0) return [];
    return [{ type: "button", sub_type: subType, index: String(places[index]), parameters }];
  });
}

function bodyComponent(placeholders: readonly string[], layout: PartLayout): readonly Json[] {
  if (placeholders.length === 0) return [];
  const names = namesOf(layout, placeholders.length);
  const parameters = placeholders.map((text, index) => ({ type: "text", ...named(names[index]), text }));
  return [{ type: "body", parameters }];
}

function cardOf({ header, body, buttons = [] }: Card, index: number, layout: PartLayout, now: number): Json {
  return {
    card_index: index,
    components: [
      { type: "header", parameters: [headerParameter(header, layout)] },
      ...bodyComponent(body?.placeholders ?? [], layout),
      ...buttonComponents(buttons, layout, now),
    ],
  };
}

function componentsOf(data: TemplateData, layout: TemplateLayout, now: number): readonly Json[] {
  const { header, body, buttons = [], carousel, limitedTimeOffer, orderStatus } = data;
  const offerEndsAt = limitedTimeOffer === undefined ? null : parseDate(limitedTimeOffer.expirationTime);
  return [
    ...(header === undefined ? [] : [{ type: "header", parameters: [headerParameter(header, layout)] }]),
    ...bodyComponent(body.placeholders, layout),
    ...(offerEndsAt === null
      ? []
      : [
          {
            type: "limited_time_offer",
            parameters: [{ type: "limited_time_offer", limited_time_offer: { expiration_time_ms: offerEndsAt } }],
          },
        ]),
    ...(carousel === undefined
      ? []
      : [
          {
            type: "carousel",
            cards: carousel.cards.map((card, index) => cardOf(card, index, layout.cards[index] ?? NO_LAYOUT, now)),
          },
        ]),
    ...(orderStatus?.orderStatuses ?? []).map((status) => ({
      type: "order_status",
      parameters: [{ type: "order_status", order_status: orderStatusOf(status) }],
    })),
    ...buttonComponents(buttons, layout, now),
  ];
}

/** The member `template` of a message. */
export function templateOf(
  { templateName, language, templateData }: TemplateContent,
  { layout, now }: { readonly layout: TemplateLayout; readonly now: number },
): Json {
  const components = componentsOf(templateData, layout, now);
  return {
    name: templateName,
    language: { policy: "deterministic", code: language },
    ...(components.length === 0 ? {} : { components }),
  };
}

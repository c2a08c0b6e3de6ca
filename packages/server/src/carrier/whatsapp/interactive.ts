/** Interactive messages: Infobip's contents as the Cloud API's `interactive`. */
import type {
  InteractiveButtonsMessage,
  InteractiveFlowMessage,
  InteractiveListMessage,
  InteractiveMediaCarouselMessage,
  InteractiveMultiProductMessage,
  InteractiveOrderDetailsMessage,
  InteractiveOrderStatusMessage,
  InteractiveProductMessage,
  InteractiveUrlButtonMessage,
  InteractiveVoiceButtonMessage,
} from "@posthorn/contract";
import type { Json } from "./json.ts";
import { orderDetailsOf, orderStatusOf } from "./orders.ts";

/** Of flows; Meta's own examples have it, and Infobip's default is none. */
const FLOW_MESSAGE_VERSION = 3;

type Header = NonNullable<InteractiveButtonsMessage["content"]["header"]>;

function headerOf(header: Header | undefined): Json | undefined {
  switch (header?.type) {
    case undefined:
      return undefined;
    case "TEXT":
      return { type: "text", text: header.text };
    case "IMAGE":
      return { type: "image", image: { link: header.mediaUrl } };
    case "VIDEO":
      return { type: "video", video: { link: header.mediaUrl } };
    case "DOCUMENT":
      return { type: "document", document: { link: header.mediaUrl, filename: header.filename } };
  }
}

interface Frame {
  readonly header?: Header;
  readonly body?: { readonly text: string };
  readonly footer?: { readonly text: string };
}

const framed = (type: string, { header, body, footer }: Frame, action: Json): Json => ({
  type,
  header: headerOf(header),
  body: body === undefined ? undefined : { text: body.text },
  footer: footer === undefined ? undefined : { text: footer.text },
  action,
});

export function buttonsOf(content: InteractiveButtonsMessage["content"]): Json {
  const buttons = content.action.buttons.map(({ id, title }) => ({ type: "reply", reply: { id, title } }));
  return framed("button", content, { buttons });
}

export function listOf(content: InteractiveListMessage["content"]): Json {
  const sections = content.action.sections.map(({ title, rows }) => ({
    title,
    rows: rows.map(({ id, title: name, description }) => ({ id, title: name, description })),
  }));
  return framed("list", content, { button: content.action.title, sections });
}

export function locationRequestOf(content: Frame): Json {
  return framed("location_request_message", content, { name: "send_location" });
}

export function productOf(content: InteractiveProductMessage["content"]): Json {
  const { catalogId, productRetailerId } = content.action;
  return framed("product", content, { catalog_id: catalogId, product_retailer_id: productRetailerId });
}

export function multiProductOf(content: InteractiveMultiProductMessage["content"]): Json {
  const { catalogId, sections } = content.action;
  return framed("product_list", content, {
    catalog_id: catalogId,
    sections: sections.map(({ title, productRetailerIds }) => ({
      title,
      product_items: productRetailerIds.map((id) => ({ product_retailer_id: id })),
    })),
  });
}

export function flowOf(content: InteractiveFlowMessage["content"]): Json {
  const { mode, flowMessageVersion, flowToken, flowId, callToActionButton, flowAction, flowActionPayload } =
    content.action;
  return framed("flow", content, {
    name: "flow",
    parameters: {
      mode: mode?.toLowerCase(),
      flow_message_version: String(flowMessageVersion ?? FLOW_MESSAGE_VERSION),
      flow_token: flowToken,
      flow_id: flowId,
      flow_cta: callToActionButton,
      flow_action: (flowAction ?? "NAVIGATE").toLowerCase(),
      flow_action_payload: flowActionPayload,
    },
  });
}

export function urlButtonOf(content: InteractiveUrlButtonMessage["content"]): Json {
  const { displayText, url } = content.action;
  return framed("cta_url", content, { name: "cta_url", parameters: { display_text: displayText, url } });
}

export function voiceButtonOf(content: InteractiveVoiceButtonMessage["content"]): Json {
  const { buttonDisplayText, callValidityPeriod, callContextPayload } = content.action ?? {};
  const parameters = { display_text: buttonDisplayText, ttl_minutes: callValidityPeriod, payload: callContextPayload };
  return framed("voice_call", content, { name: "voice_call", parameters });
}

export function callPermissionRequest(): Json {
  return { type: "call_permission_request", action: { name: "call_permission_request" } };
}

export function mediaCarouselOf({ body, action }: InteractiveMediaCarouselMessage["content"]): Json {
  const frameOf = (card: (typeof action.cards)[number], index: number) => {
    const kind = card.header.type.toLowerCase();
    const text = card.body.text === "" ? undefined : { text: card.body.text };
    return { card_index: index, header: { type: kind, [kind]: { link: card.header.url } }, body: text };
  };
  const cards: readonly Json[] =
    action.type === "URL"
      ? action.cards.map((card, index) => {
          const parameters = { display_text: card.button.displayText, url: card.button.url };
          return { ...frameOf(card, index), type: "cta_url", action: { name: "cta_url", parameters } };
        })
      : action.cards.map((card, index) => {
          const buttons = card.buttons.map(({ id, title }) => ({ type: "quick_reply", quick_reply: { id, title } }));
          return { ...frameOf(card, index), action: { buttons } };
        });
  return framed("carousel", { body }, { cards });
}

export function orderDetailsMessageOf(content: InteractiveOrderDetailsMessage["content"], now: number): Json {
  const parameters = orderDetailsOf(content.action, now);
  return framed("order_details", content, { name: "review_and_pay", parameters });
}

export function orderStatusMessageOf(content: InteractiveOrderStatusMessage["content"]): Json {
  return framed("order_status", content, { name: "review_order", parameters: orderStatusOf(content.action) });
}

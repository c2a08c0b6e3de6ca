import { GraphError } from "../errors.ts";
import { MEDIA_FIELDS, checkMedia } from "./media-object.ts";
import { checkUnique, type ObjectReader } from "./read.ts";

/** Lengths and counts of Meta's OpenAPI (InteractiveObject) and message pages. */
const BODY_MAX = 1024;
const HEADER_MAX = 60;
const FOOTER_MAX = 60;
const BUTTONS_MAX = 3;
const BUTTON_TITLE_MAX = 20;
const BUTTON_ID_MAX = 256;
const LIST_BUTTON_MAX = 20;
const SECTIONS_MAX = 10;
const ROWS_MAX = 10;
const PRODUCTS_MAX = 30;
const ROW_ID_MAX = 200;
const TITLE_MAX = 24;
const ROW_DESCRIPTION_MAX = 72;
const FLOW_CTA_MAX = 30;

function checkButtons(action: ObjectReader): void {
  const replies = action.children("buttons", 1, BUTTONS_MAX).map((button) => {
    button.choice("type", ["reply"]);
    const reply = button.child("reply");
    return { id: reply.text("id", { max: BUTTON_ID_MAX }), title: reply.text("title", { max: BUTTON_TITLE_MAX }) };
  });
  const path = action.pathOf("buttons");
  checkUnique(
    replies.map(({ id }) => id),
    `the ids of ${path}`,
  );
  checkUnique(
    replies.map(({ title }) => title),
    `the titles of ${path}`,
  );
}

function checkSections(action: ObjectReader, readRows: (section: ObjectReader) => readonly ObjectReader[]) {
  const sections = action.children("sections", 1, SECTIONS_MAX);
  for (const section of sections) {
    if (sections.length > 1) section.required("title");
    section.optionalText("title", { max: TITLE_MAX });
  }
  return sections.flatMap(readRows);
}

function checkList(action: ObjectReader): void {
  action.text("button", { max: LIST_BUTTON_MAX });
  const rows = checkSections(action, (section) => section.children("rows", 1, ROWS_MAX));
  const path = `the rows of ${action.pathOf("sections")}`;
  if (rows.length > ROWS_MAX) throw new GraphError(131009, `${path} are ${ROWS_MAX} at most in all`);
  const ids = rows.map((row) => {
    row.text("title", { max: TITLE_MAX });
    row.optionalText("description", { min: 0, max: ROW_DESCRIPTION_MAX });
    return row.text("id", { max: ROW_ID_MAX });
  });
  checkUnique(ids, `the ids of ${path}`);
}

function checkProducts(action: ObjectReader): void {
  action.text("catalog_id");
  const products = checkSections(action, (section) => section.children("product_items", 1, PRODUCTS_MAX));
  if (products.length > PRODUCTS_MAX) {
    throw new GraphError(131009, `${action.pathOf("sections")} have ${PRODUCTS_MAX} products at most in all`);
  }
  for (const product of products) product.text("product_retailer_id");
}

function checkFlow(action: ObjectReader): void {
  action.choice("name", ["flow"]);
  const parameters = action.child("parameters");
  parameters.text("flow_message_version");
  parameters.text("flow_cta", { max: FLOW_CTA_MAX });
  if (parameters.has("flow_id") === parameters.has("flow_name")) {
    throw new GraphError(131009, `${parameters.path} has either flow_id or flow_name`);
  }
  if (parameters.has("mode")) parameters.choice("mode", ["draft", "published"]);
  if (parameters.has("flow_action")) parameters.choice("flow_action", ["navigate", "data_exchange"]);
}

const named = (name: string) => (action: ObjectReader) => {
  action.choice("name", [name]);
};

const ACTIONS: Readonly<Record<string, (action: ObjectReader) => void>> = {
  button: checkButtons,
  list: checkList,
  product: (action) => {
    action.text("catalog_id");
    action.text("product_retailer_id");
  },
  product_list: checkProducts,
  catalog_message: named("catalog_message"),
  flow: checkFlow,
  cta_url: (action) => {
    action.choice("name", ["cta_url"]);
    const parameters = action.child("parameters");
    parameters.text("display_text", { max: BUTTON_TITLE_MAX });
    parameters.url("url");
  },
  location_request_message: named("send_location"),
  address_message: named("address_message"),
  call_permission_request: named("call_permission_request"),
  voice_call: named("voice_call"),
  order_details: named("review_and_pay"),
  order_status: named("review_order"),
  carousel: (action) => {
    action.children("cards", 2, 10);
  },
};
/** Those that need no text of their own. */
const WITHOUT_BODY = new Set(["product", "call_permission_request"]);

export function checkInteractive(interactive: ObjectReader): void {
  const type = interactive.choice("type", Object.keys(ACTIONS));
  const header = interactive.optionalChild("header");
  if (header !== null) {
    const kind = header.choice("type", ["text", ...MEDIA_FIELDS.header]);
    if (kind === "text") header.text("text", { max: HEADER_MAX });
    else checkMedia(header.child(kind), kind);
  }
  if (interactive.has("body") || !WITHOUT_BODY.has(type)) interactive.child("body").text("text", { max: BODY_MAX });
  interactive.optionalChild("footer")?.text("text", { max: FOOTER_MAX });
  ACTIONS[type]?.(interactive.child("action"));
}

/** What of WhatsApp's contents a schema cannot say: what holds over several of their members. */
import type { InteractiveListMessage, InteractiveMultiProductMessage, TemplateMessage } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";

/** Rows of a list, over all its sections; WhatsApp's own limit, and the document's. */
const LIST_ROWS_MAX = 10;
/** Of a template's buttons, how many may be of a kind; and which stand alone. */
const URL_BUTTONS_MAX = 2;
const SINGLE_BUTTONS = ["COPY_CODE", "FLOW"];
const LONELY_BUTTONS = ["CATALOG", "MULTI_PRODUCT", "ORDER_DETAILS"];

function refuseUntitled(sections: readonly { readonly title?: string }[], path: string) {
  if (sections.length < 2) return;
  const index = sections.findIndex(({ title }) => title === undefined || title === "");
  if (index >= 0) throw new InvalidRequest(`${path}[${index}].title`, "must not be blank with more than one section");
}

export function refuseBadList({ content }: InteractiveListMessage, path: string) {
  const { sections } = content.action;
  const property = `${path}content.action.sections`;
  refuseUntitled(sections, property);
  const known = new Set<string>();
  for (const [index, { rows }] of sections.entries()) {
    for (const [place, { id }] of rows.entries()) {
      if (known.has(id)) throw new InvalidRequest(`${property}[${index}].rows[${place}].id`, "must be unique");
      known.add(id);
    }
    if (known.size > LIST_ROWS_MAX) {
      throw new InvalidRequest(`${property}[${index}].rows`, `a list may have at most ${LIST_ROWS_MAX} rows`);
    }
  }
}

export function refuseBadProducts({ content }: InteractiveMultiProductMessage, path: string) {
  refuseUntitled(content.action.sections, `${path}content.action.sections`);
}

export function refuseBadTemplate({ content }: TemplateMessage, path: string) {
  const { buttons = [] } = content.templateData;
  const property = `${path}content.templateData.buttons`;
  const countOf = (type: string) => buttons.filter((button) => button.type === type).length;
  if (countOf("URL") > URL_BUTTONS_MAX) {
    throw new InvalidRequest(property, `may have at most ${URL_BUTTONS_MAX} buttons of type URL`);
  }
  for (const type of SINGLE_BUTTONS) {
    if (countOf(type) > 1) throw new InvalidRequest(property, `may have at most one button of type ${type}`);
  }
  for (const type of LONELY_BUTTONS) {
    if (countOf(type) > 0 && buttons.length > 1) {
      throw new InvalidRequest(property, `a button of type ${type} must be the only one`);
    }
  }
}

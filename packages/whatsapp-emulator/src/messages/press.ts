import type { InboundContent } from "../inbound-content.ts";
import { isObject, type JsonObject, valueAt } from "../json.ts";
import type { TemplateBook } from "../templates/template-book.ts";
import type { SentRecord } from "./message-book.ts";

function at(value: unknown, ...names: readonly (string | number)[]): unknown {
  return names.reduce<unknown>((node, name) => {
    if (Array.isArray(node)) return (node as readonly unknown[])[Number(name)];
    return isObject(node) ? valueAt(node, String(name)) : undefined;
  }, value);
}

const textAt = (value: unknown, ...names: readonly (string | number)[]): string => {
  const found = at(value, ...names);
  return typeof found === "string" ? found : "";
};

function templatePress({ wabaId, send }: SentRecord, templates: TemplateBook): InboundContent | null {
  const { template } = send;
  if (template === null) return null;
  const known = templates.find(wabaId, template.name, template.language);
  const buttons = at(
    known?.components.find(({ type }) => type === "BUTTONS"),
    "buttons",
  );
  const index = Array.isArray(buttons)
    ? (buttons as readonly JsonObject[]).findIndex((button) => button["type"] === "QUICK_REPLY")
    : -1;
  if (index < 0) return null;
  const text = textAt(buttons, index, "text");
  const given = template.components.find((component) => component.type === "button" && component.index === index);
  return { type: "button", button: { payload: given?.parameters[0]?.text ?? text, text } };
}

/** What comes when the user presses the first button of a message, or takes the first row of a list. */
export function pressOf(record: SentRecord, templates: TemplateBook): InboundContent {
  const { body } = record;
  const pressed = templatePress(record, templates);
  if (pressed !== null) return pressed;
  const action = at(body, "interactive", "action");
  const button = at(action, "buttons", 0, "reply");
  if (button !== undefined) {
    const reply = { id: textAt(button, "id"), title: textAt(button, "title") };
    return { type: "interactive", interactive: { type: "button_reply", button_reply: reply } };
  }
  const row = at(action, "sections", 0, "rows", 0);
  if (row !== undefined) {
    const description = textAt(row, "description");
    const reply = { id: textAt(row, "id"), title: textAt(row, "title"), description };
    return { type: "interactive", interactive: { type: "list_reply", list_reply: reply } };
  }
  return { type: "text", text: { body: "Reply" } };
}

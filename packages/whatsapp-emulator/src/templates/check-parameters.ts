/** Whether what a send gives fits its template: counts and names of gaps, formats, buttons, lengths. */
import { GraphError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { TemplateComponent, TemplateParameter, TemplateSend } from "../messages/template-object.ts";
import type { Template } from "./template-book.ts";

const BODY_MAX = 1024;
const HEADER_MAX = 60;
const GAP = /\{\{\s*([^{}\s]+)\s*\}\}/g;

/** `1`, `2` or the names, each once, in the order of the text. */
export function gapsOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(GAP)].map(([, name = ""]) => name))];
}

/** Templates have either numbers or names; Meta's lists say which. */
export function isNamed(gaps: readonly string[]): boolean {
  return gaps.some((gap) => !/^\d+$/.test(gap));
}

const textOf = (component: JsonObject | undefined, name = "text"): string => {
  const text = component?.[name];
  return typeof text === "string" ? text : "";
};

function listOf(component: JsonObject | undefined, name: string): readonly JsonObject[] {
  const list = component?.[name];
  return Array.isArray(list) ? (list as readonly JsonObject[]) : [];
}

function fillsText({ type }: TemplateParameter): boolean {
  return ["text", "currency", "date_time"].includes(type);
}

/** Checks the parameters of a text with gaps and fills it. */
function fill(text: string, gaps: readonly string[], parameters: readonly TemplateParameter[], path: string): string {
  if (parameters.length !== gaps.length) {
    throw new GraphError(132000, `${path}: ${parameters.length} given, and the template has ${gaps.length}`);
  }
  const other = parameters.find((parameter) => !fillsText(parameter));
  if (other !== undefined) throw new GraphError(132012, `${other.path}.type is ${other.type}, and a text is needed`);
  const hasNames = isNamed(gaps);
  const values = new Map<string, string>();
  for (const [index, parameter] of parameters.entries()) {
    if (hasNames && (parameter.name === null || !gaps.includes(parameter.name))) {
      throw new GraphError(100, `${parameter.path}.parameter_name is one of ${gaps.join(", ")}`);
    }
    if (hasNames && values.has(parameter.name ?? "")) {
      throw new GraphError(100, `${parameter.path}.parameter_name ${parameter.name} is given twice`);
    }
    const value = parameter.text ?? "";
    if (/[\n\t]| {5}/.test(value)) {
      throw new GraphError(132012, `${parameter.path}.text has a new line, a tab or more than 4 spaces in a row`);
    }
    values.set(hasNames ? (parameter.name ?? "") : String(index + 1), value);
  }
  // With gaps that are not numbered from 1 on, the order of the text counts.
  const positional = parameters.map(({ text: value }) => value ?? "");
  return text.replaceAll(GAP, (_gap, name: string) => values.get(name) ?? positional[gaps.indexOf(name)] ?? "");
}

function checkBody(template: Template, given: TemplateComponent | undefined): void {
  const body = template.components.find(({ type }) => type === "BODY");
  // Meta writes the text of authentication templates itself; it has one gap, the code.
  const text = template.category === "AUTHENTICATION" && textOf(body) === "" ? "{{1}}" : textOf(body);
  const filled = fill(text, gapsOf(text), given?.parameters ?? [], given?.path ?? "the body's parameters");
  if (filled.length > BODY_MAX) {
    throw new GraphError(132005, `the body has ${filled.length} characters, and ${BODY_MAX} at most are allowed`);
  }
}

function checkHeader(template: Template, given: TemplateComponent | undefined): void {
  const header = template.components.find(({ type }) => type === "HEADER");
  const parameters = given?.parameters ?? [];
  const path = given?.path ?? "the header's parameters";
  const format = header === undefined ? "TEXT" : textOf(header, "format").toUpperCase() || "TEXT";
  if (format === "TEXT") {
    const filled = fill(textOf(header), gapsOf(textOf(header)), parameters, path);
    if (filled.length > HEADER_MAX) {
      throw new GraphError(132005, `the header has ${filled.length} characters, and ${HEADER_MAX} at most are allowed`);
    }
    return;
  }
  const [parameter] = parameters;
  if (parameter?.type !== format.toLowerCase() && format !== "PRODUCT") {
    throw new GraphError(132012, `${path}: ${parameter?.type ?? "nothing"} given, and the header is ${format}`);
  }
}

/** What a button of the template has to be given, and as what. */
const BUTTON_SUB_TYPES: Readonly<Record<string, readonly string[]>> = {
  QUICK_REPLY: ["quick_reply"],
  URL: ["url"],
  OTP: ["url", "copy_code"],
  COPY_CODE: ["copy_code"],
  FLOW: ["flow"],
  CATALOG: ["catalog"],
  MPM: ["mpm"],
};

function isParameterNeeded(button: JsonObject): boolean {
  const type = textOf(button, "type");
  return (type === "URL" && gapsOf(textOf(button, "url")).length > 0) || ["OTP", "COPY_CODE", "MPM"].includes(type);
}

function checkButtons(template: Template, given: readonly TemplateComponent[]): void {
  const buttons = listOf(
    template.components.find(({ type }) => type === "BUTTONS"),
    "buttons",
  );
  for (const { path, index, subType } of given) {
    const button = buttons[index ?? 0];
    if (button === undefined) throw new GraphError(132012, `${path}.index: the template has no button ${index}`);
    const subTypes = BUTTON_SUB_TYPES[textOf(button, "type")];
    if (subTypes !== undefined && !subTypes.includes(subType ?? "")) {
      throw new GraphError(132012, `${path}.sub_type is ${subType}, and the button is ${subTypes.join(" or ")}`);
    }
  }
  for (const [index, button] of buttons.entries()) {
    const own = given.find((component) => component.index === index);
    if (isParameterNeeded(button) && (own?.parameters.length ?? 0) === 0) {
      throw new GraphError(131008, `template.components: button ${index} needs a parameter`);
    }
  }
}

/**
 * @throws GraphError 132001 (no such template, or not approved), 132015, 132016 (paused, disabled), 132000 (number of
 *   parameters), 132012 (their kind), 132005 (too long), 131008 (a button's parameter is missing), 100 (names)
 */
export function checkTemplateSend(template: Template | undefined, send: TemplateSend): void {
  const { name, language, components } = send;
  if (template === undefined || template.status === "PENDING" || template.status === "REJECTED") {
    throw new GraphError(132001, `template.name: ${name} is no approved template in ${language}`);
  }
  if (template.status === "PAUSED") throw new GraphError(132015, `template.name: ${name} is paused`);
  if (template.status === "DISABLED") throw new GraphError(132016, `template.name: ${name} is disabled`);
  checkHeader(
    template,
    components.find(({ type }) => type === "header"),
  );
  checkBody(
    template,
    components.find(({ type }) => type === "body"),
  );
  checkButtons(
    template,
    components.filter(({ type }) => type === "button"),
  );
}

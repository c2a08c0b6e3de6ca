/** A flow's own format, as far as the sandbox looks at it, and flows that are made from a prompt. */
import type { FlowJson, FlowJsonError } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";

const FORMAT_VERSION = "7.0";

interface Field {
  /** What a prompt says when it wants the field. */
  readonly asked: RegExp;
  readonly name: string;
  readonly inputType: string;
}

/** The fields that a prompt can ask for. Their places make up a `responseId`, so new ones come last. */
const FIELDS: readonly Field[] = [
  { asked: /\bname\b/i, name: "name", inputType: "text" },
  { asked: /\bsurname\b|\blast name\b/i, name: "surname", inputType: "text" },
  { asked: /\be-?mail\b/i, name: "email", inputType: "email" },
  { asked: /\bphone\b/i, name: "phone", inputType: "phone" },
  { asked: /\baddress\b/i, name: "address", inputType: "text" },
  { asked: /\bcity\b/i, name: "city", inputType: "text" },
  { asked: /\bcompany\b/i, name: "company", inputType: "text" },
  { asked: /\bage\b/i, name: "age", inputType: "number" },
  { asked: /\bdate\b/i, name: "date", inputType: "text" },
  { asked: /\brating\b/i, name: "rating", inputType: "number" },
  { asked: /\bcomment\b|\bfeedback\b/i, name: "comment", inputType: "text" },
];
/** A form needs a field: what a prompt that names none is given. */
const FIELDS_DEFAULT = 1;

/** What a new flow has: one screen with one heading. */
export function defaultFlow(): FlowJson {
  return screenOf("WELCOME", "Welcome", [{ type: "TextHeading", text: "Hello" }]);
}

/**
 * A form with the fields that the prompt names, from a list of known words. With `responseId` those of the earlier
 * answer are there, too.
 * @throws InvalidRequest where no answer had that id
 */
export function generateFlow(prompt: string, responseId: string | undefined) {
  const before = responseId === undefined ? 0 : fieldsOfResponse(responseId);
  const asked = FIELDS.reduce((set, { asked: pattern }, place) => (pattern.test(prompt) ? set | (1 << place) : set), 0);
  const fields = before | asked || FIELDS_DEFAULT;
  const inputs = FIELDS.filter((_, place) => (fields & (1 << place)) !== 0).map(({ name, inputType }) => ({
    type: "TextInput",
    label: name.charAt(0).toUpperCase() + name.slice(1),
    name,
    "input-type": inputType,
    required: true,
  }));
  const form = { type: "Form", name: "form", children: inputs };
  return { originalPrompt: prompt, responseId: String(fields), generatedFlow: screenOf("FORM", "Form", [form]) };
}

function fieldsOfResponse(responseId: string): number {
  const fields = /^[1-9]\d{0,5}$/.test(responseId) ? Number(responseId) : 0;
  if (fields === 0 || fields >= 1 << FIELDS.length) throw new InvalidRequest("responseId", "is of no earlier answer");
  return fields;
}

function screenOf(id: string, title: string, children: readonly object[]): FlowJson {
  const footer = { type: "Footer", label: "Done", "on-click-action": { name: "complete", payload: {} } };
  const layout = { type: "SingleColumnLayout", children: [...children, footer] };
  return { version: FORMAT_VERSION, screens: [{ id, title, terminal: true, layout }] };
}

/** What WhatsApp would refuse to publish, as far as it can be seen here. The flow is kept all the same. */
export function flowErrors(json: FlowJson): readonly FlowJsonError[] {
  const found: FlowJsonError[] = [];
  if (typeof json["version"] !== "string") found.push(missing("version", "$root"));
  const { screens } = json;
  const listed = screensOf(json);
  if (screens === undefined) found.push(missing("screens", "$root"));
  else if (!Array.isArray(screens)) found.push(wrong('The property "screens" must be a list.'));
  else if (listed.length === 0) found.push(wrong('The property "screens" must not be empty.'));
  for (const [index, screen] of listed.entries()) {
    const at = `$root/screens/${index}`;
    if (typeof screen["id"] !== "string") found.push(missing("id", at));
    if (typeof screen["layout"] !== "object") found.push(missing("layout", at));
  }
  return found.slice(0, ERRORS_MAX);
}

/** Errors of one flow in an answer. */
const ERRORS_MAX = 100;

/** The screen that it begins with; none where it has no screens. */
export function initialScreens(json: FlowJson): readonly string[] {
  const [first] = screensOf(json);
  return typeof first?.["id"] === "string" ? [first["id"]] : [];
}

function screensOf({ screens }: FlowJson): readonly Record<string, unknown>[] {
  return Array.isArray(screens) ? (screens as Record<string, unknown>[]) : [];
}

function missing(name: string, at: string): FlowJsonError {
  const message = `The property "${name}" is missing at "${at}".`;
  return { error: "MISSING_REQUIRED_PROPERTY", errorType: "JSON_SCHEMA_ERROR", message };
}

function wrong(message: string): FlowJsonError {
  return { error: "INVALID_PROPERTY", errorType: "JSON_SCHEMA_ERROR", message };
}

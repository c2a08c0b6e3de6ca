import { GraphError } from "../errors.ts";
import { isObject, type JsonObject, valueAt } from "../json.ts";
import { ObjectReader } from "../messages/read.ts";
import { gapsOf } from "./check-parameters.ts";

const NAME = /^[a-z0-9_]{1,512}$/;
const BODY_MAX = 1024;
const SHORT_MAX = 60;
const BUTTONS_MAX = 10;
const BUTTON_TEXT_MAX = 25;
const COMPONENTS_MAX = 10;
const CATEGORIES = ["AUTHENTICATION", "MARKETING", "UTILITY"];
const COMPONENTS = ["HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST"];
const FORMATS = ["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "PRODUCT"];

export interface TemplateRequest {
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly components: readonly JsonObject[];
}

function hasExample(component: ObjectReader, names: readonly string[]): boolean {
  const example = valueAt(component.object, "example");
  return isObject(example) && names.some((name) => valueAt(example, name) !== undefined);
}

function checkText(component: ObjectReader, max: number, exampleNames: readonly string[]): void {
  const text = component.text("text", { max });
  if (gapsOf(text).length > 0 && !hasExample(component, exampleNames)) {
    throw new GraphError(100, `${component.path}.example is needed for the gaps of its text`, { subcode: 2388043 });
  }
}

function checkComponent(component: ObjectReader, type: string, category: string): void {
  if (type === "HEADER") {
    const format = (component.optionalText("format") ?? "TEXT").toUpperCase();
    if (!FORMATS.includes(format))
      throw new GraphError(100, `${component.pathOf("format")} is one of ${FORMATS.join(", ")}`);
    if (format === "TEXT") checkText(component, SHORT_MAX, ["header_text", "header_text_named_params"]);
  } else if (type === "BODY" && (category !== "AUTHENTICATION" || component.has("text"))) {
    checkText(component, BODY_MAX, ["body_text", "body_text_named_params"]);
  } else if (type === "FOOTER" && !component.has("code_expiration_minutes")) {
    component.text("text", { max: SHORT_MAX });
  } else if (type === "BUTTONS") {
    for (const button of component.children("buttons", 1, BUTTONS_MAX)) {
      const kind = button.text("type");
      if (kind !== "OTP" && kind !== "COPY_CODE") button.text("text", { max: BUTTON_TEXT_MAX });
      if (kind === "URL") button.text("url");
      if (kind === "PHONE_NUMBER") button.text("phone_number");
    }
  }
}

function readComponents(request: ObjectReader, category: string): readonly JsonObject[] {
  const components = request.children("components", 1, COMPONENTS_MAX);
  const types = components.map((component) => component.text("type").toUpperCase());
  for (const [index, component] of components.entries()) {
    const type = types[index] ?? "";
    if (!COMPONENTS.includes(type))
      throw new GraphError(100, `${component.path}.type is one of ${COMPONENTS.join(", ")}`);
    checkComponent(component, type, category);
  }
  if (types.filter((type) => type === "BODY").length !== 1 || new Set(types).size < types.length) {
    throw new GraphError(100, "components have one BODY, and of the others one at most");
  }
  return components.map(({ object }, index) => ({ ...object, type: types[index] }));
}

function checkedCategory(category: string): string {
  if (CATEGORIES.includes(category)) return category;
  throw new GraphError(100, `category is one of ${CATEGORIES.join(", ")}`);
}

/** @throws GraphError that names the property which is wrong */
export function readTemplateRequest(body: unknown): TemplateRequest {
  if (!isObject(body)) throw new GraphError(100, "The body is not an object");
  const request = new ObjectReader(body, "");
  const name = request.text("name");
  if (!NAME.test(name)) throw new GraphError(100, "name has small letters, digits and underscores only, 512 at most");
  const category = checkedCategory(request.text("category").toUpperCase());
  return { name, language: request.text("language"), category, components: readComponents(request, category) };
}

export interface TemplateEdit {
  readonly category: string | null;
  readonly components: readonly JsonObject[] | null;
}

/** Of a template that there is: its category, its components, or both. */
export function readTemplateEdit(body: unknown, current: string): TemplateEdit {
  if (!isObject(body)) throw new GraphError(100, "The body is not an object");
  const request = new ObjectReader(body, "");
  const given = request.optionalText("category");
  const category = given === null ? null : checkedCategory(given.toUpperCase());
  const components = request.has("components") ? readComponents(request, category ?? current) : null;
  return { category, components };
}

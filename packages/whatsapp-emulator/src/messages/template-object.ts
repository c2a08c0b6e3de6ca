import { GraphError } from "../errors.ts";
import { checkMedia } from "./media-object.ts";
import type { ObjectReader } from "./read.ts";

const COMPONENTS_MAX = 20;
const PARAMETERS_MAX = 100;
const BUTTON_INDEX_MAX = 19;

export interface TemplateParameter {
  readonly path: string;
  /** `text`, `image`, `payload` ... */
  readonly type: string;
  readonly name: string | null;
  /** Its text, or that of its fallback; null where it has none. */
  readonly text: string | null;
}

export interface TemplateComponent {
  readonly path: string;
  readonly type: "header" | "body" | "button" | "other";
  readonly subType: string | null;
  readonly index: number | null;
  readonly parameters: readonly TemplateParameter[];
}

export interface TemplateSend {
  readonly name: string;
  readonly language: string;
  readonly components: readonly TemplateComponent[];
}

const MEDIA = ["image", "video", "document"];

function readText(parameter: ObjectReader): string {
  const value = parameter.required("text");
  // An example of Meta's has true and false there.
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return parameter.text("text", { max: 32_768 });
}

function readParameter(parameter: ObjectReader): TemplateParameter {
  const type = parameter.text("type");
  const base: TemplateParameter = {
    path: parameter.path,
    type,
    name: parameter.optionalText("parameter_name"),
    text: null,
  };
  if (type === "text") return { ...base, text: readText(parameter) };
  if (type === "payload") return { ...base, text: parameter.text("payload") };
  if (type === "coupon_code") return { ...base, text: parameter.text("coupon_code") };
  if (MEDIA.includes(type)) checkMedia(parameter.child(type), type);
  else if (type === "currency" || type === "date_time") {
    return { ...base, text: parameter.child(type).text("fallback_value") };
  } else if (type === "location") {
    const location = parameter.child("location");
    location.number("latitude", -90, 90);
    location.number("longitude", -180, 180);
  } else if (["action", "product", "limited_time_offer"].includes(type)) parameter.child(type);
  else throw new GraphError(131009, `${parameter.pathOf("type")} ${JSON.stringify(type)} is no type of a parameter`);
  return base;
}

function isKnownComponent(type: string): type is "header" | "body" | "button" {
  return ["header", "body", "button"].includes(type);
}

function readComponent(component: ObjectReader): TemplateComponent {
  const type = component.text("type").toLowerCase();
  const isKnown = isKnownComponent(type);
  // Carousels, offers and order states have an inner life that is not looked at.
  if (!isKnown && !["carousel", "limited_time_offer", "order_status"].includes(type)) {
    throw new GraphError(131009, `${component.pathOf("type")} is header, body or button`);
  }
  const parameters =
    isKnown && component.has("parameters")
      ? component.children("parameters", 0, PARAMETERS_MAX).map(readParameter)
      : [];
  const base: Omit<TemplateComponent, "subType" | "index"> = {
    path: component.path,
    type: isKnown ? type : "other",
    parameters,
  };
  if (type !== "button") return { ...base, subType: null, index: null };
  return {
    ...base,
    subType: component.text("sub_type").toLowerCase(),
    index: component.number("index", 0, BUTTON_INDEX_MAX),
  };
}

export function readTemplate(template: ObjectReader): TemplateSend {
  const name = template.text("name", { max: 512 });
  const language = template.child("language").text("code");
  const components = template.has("components") ? template.children("components", 0, COMPONENTS_MAX) : [];
  return { name, language, components: components.map(readComponent) };
}

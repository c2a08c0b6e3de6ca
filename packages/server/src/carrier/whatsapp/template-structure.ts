/** A template as Meta has it, in the words of Infobip's contract. Nothing of its shape is believed. */
import { type Template, TEMPLATE_CATEGORIES, type TemplateCategory, type TemplateStatus } from "@posthorn/contract";
import type { TemplateStructure } from "@posthorn/contract";
import type { CarrierTemplate, TemplateQuality } from "../sender-administration.ts";
import { isObject, type Json, known, numberIn, objectIn, objectsIn, textIn } from "./json.ts";

/** What Meta writes in authentication templates; its own answers have the words, only other servers leave them out. */
const AUTHENTICATION_BODY = "*{{1}}* is your verification code.";
const OTP_URL = "https://www.whatsapp.com/otp/code/?otp_type=";
const OTP_TEXT = "Copy code";
const GAP = /\{\{\s*([^{}\s]+)\s*\}\}/g;

/** Statuses of lists and events of webhooks; Infobip has no name for some. */
const STATUSES: Readonly<Record<string, TemplateStatus>> = {
  APPROVED: "APPROVED",
  IN_APPEAL: "IN_APPEAL",
  APPEAL_REQUESTED: "IN_APPEAL",
  PENDING: "PENDING",
  REJECTED: "REJECTED",
  // More templates than the account may have: it is not there for sends.
  LIMIT_EXCEEDED: "REJECTED",
  PENDING_DELETION: "PENDING_DELETION",
  DELETED: "DELETED",
  REINSTATED: "REINSTATED",
  UNARCHIVED: "REINSTATED",
  FLAGGED: "FLAGGED",
  PAUSED: "FIRST_PAUSED",
  DISABLED: "DISABLED",
  ARCHIVED: "DISABLED",
  LOCKED: "DISABLED",
};

const QUALITIES: Readonly<Record<string, TemplateQuality>> = { GREEN: "HIGH", YELLOW: "MEDIUM", RED: "LOW" };

const REASONS: ReadonlySet<string> = new Set([
  "ABUSIVE_CONTENT",
  "INCORRECT_CATEGORY",
  "INVALID_FORMAT",
  "NONE",
  "SCAM",
]);

/** Undefined: a word of Meta's that is not known here. */
export function statusOf(value: unknown): TemplateStatus | undefined {
  const name = textIn(value)?.toUpperCase() ?? "";
  return Object.hasOwn(STATUSES, name) ? STATUSES[name] : undefined;
}

export function qualityOf(value: unknown): TemplateQuality {
  return QUALITIES[textIn(value)?.toUpperCase() ?? ""] ?? "UNKNOWN";
}

/** The categories that Meta gave up are what it calls UTILITY now. */
export function categoryOf(value: unknown): TemplateCategory {
  const name = textIn(value)?.toUpperCase();
  return TEMPLATE_CATEGORIES.find((category) => category === name) ?? "UTILITY";
}

export function reasonOf(value: unknown): string {
  const name = textIn(value)?.toUpperCase() ?? "NONE";
  return REASONS.has(name) ? name : "UNKNOWN";
}

/** Null: it has no id, name, language or status that can be read. */
export function templateIn(json: Json): CarrierTemplate | null {
  const [id, name, language] = [textIn(json["id"]), textIn(json["name"]), textIn(json["language"])];
  const status = statusOf(json["status"]);
  if (id === undefined || name === undefined || language === undefined || status === undefined) return null;
  const lifetime = numberIn(json["message_send_ttl_seconds"]);
  return {
    id,
    name,
    language,
    status,
    reason: reasonOf(json["rejected_reason"]),
    category: categoryOf(json["category"]),
    quality: qualityOf(objectIn(json["quality_score"])["score"]),
    structure: structureOf(objectsIn(json["components"])),
    ...(json["sub_category"] === "ORDER_STATUS" ? { subCategory: "ORDER_STATUS" as const } : {}),
    ...(lifetime === undefined || lifetime === 0 ? {} : { validityPeriod: validityOf(lifetime) }),
  };
}

function validityOf(seconds: number): NonNullable<Template["validityPeriod"]> {
  return seconds < 0 ? { amount: -1 } : { amount: seconds, timeUnit: "SECONDS" };
}

const typeOf = ({ type }: Json): string => textIn(type)?.toUpperCase() ?? "";
const READABLE: ReadonlySet<string> = new Set([
  "HEADER",
  "BODY",
  "FOOTER",
  "BUTTONS",
  "CAROUSEL",
  "LIMITED_TIME_OFFER",
  "CALL_PERMISSION_REQUEST",
]);

/** What Infobip has no words for is left out, and the whole is of the type UNSUPPORTED then. */
export function structureOf(components: readonly Json[]): TemplateStructure {
  const find = (type: string) => components.find((component) => typeOf(component) === type);
  const [header, footer, buttons] = [find("HEADER"), find("FOOTER"), find("BUTTONS")];
  const [carousel, offer] = [find("CAROUSEL"), find("LIMITED_TIME_OFFER")];
  const readHeader = header === undefined ? undefined : headerIn(header);
  const readButtons = buttons === undefined ? undefined : buttonsIn(buttons);
  const cards = carousel === undefined ? undefined : objectsIn(carousel["cards"]).map(cardIn);
  const isUnsupported =
    !components.every((component) => READABLE.has(typeOf(component))) ||
    readHeader === null ||
    readButtons?.includes(null) === true ||
    cards?.includes(null) === true;
  const shown = {
    ...(readHeader === undefined || readHeader === null ? {} : { header: readHeader }),
    ...(footer === undefined ? {} : { footer: { text: footerTextOf(footer) } }),
    ...(readButtons === undefined ? {} : { buttons: readButtons.filter((button) => button !== null) }),
    ...(cards === undefined ? {} : { carousel: { cards: cards.filter((card) => card !== null) } }),
    ...(offer === undefined ? {} : { limitedTimeOffer: offerIn(objectIn(offer["limited_time_offer"])) }),
    ...(find("CALL_PERMISSION_REQUEST") === undefined ? {} : { callPermissionRequest: {} }),
  };
  const type = isUnsupported ? "UNSUPPORTED" : Object.keys(shown).length === 0 ? "TEXT" : "MEDIA";
  return { ...shown, body: bodyIn(find("BODY") ?? {}), type } as TemplateStructure;
}

function footerTextOf(footer: Json): string {
  const minutes = numberIn(footer["code_expiration_minutes"]);
  return textIn(footer["text"]) ?? (minutes === undefined ? "" : `This code expires in ${minutes} minutes.`);
}

function offerIn(offer: Json) {
  return { text: textIn(offer["text"]) ?? "", hasExpiration: offer["has_expiration"] === true };
}

/** Examples stand in the order of the gaps, whether those have numbers or names. */
function bodyIn(body: Json): TemplateStructure["body"] {
  const text = textIn(body["text"]) ?? AUTHENTICATION_BODY;
  const example = objectIn(body["example"]);
  const named = objectsIn(example["body_text_named_params"]);
  const lists = example["body_text"];
  const [first] = Array.isArray(lists) ? (lists as readonly unknown[]) : [];
  const numbered = textsIn(Array.isArray(first) ? first : lists);
  const examples = named.length === 0 ? numbered : gapsOf(text).map((gap) => exampleOf(named, gap));
  return { text, ...(examples.length === 0 ? {} : { examples: [...examples] }) };
}

/** Their numbers or names, each once, in the order of the text. */
export function gapsOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(GAP)].map(([, name = ""]) => name))];
}

function exampleOf(named: readonly Json[], gap: string): string {
  return textIn(named.find(({ param_name: name }) => name === gap)?.["example"]) ?? "";
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

const HEADER_FORMATS: ReadonlySet<string> = new Set(["TEXT", "IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION"]);

/** Null: of a format that Infobip has not. */
function headerIn(header: Json): object | null {
  const format = textIn(header["format"])?.toUpperCase() ?? "TEXT";
  if (!HEADER_FORMATS.has(format)) return null;
  const example = objectIn(header["example"]);
  const [named] = objectsIn(example["header_text_named_params"]);
  if (format === "TEXT") {
    const text = textIn(header["text"]) ?? "";
    return known({ format, text, example: textsIn(example["header_text"])[0] ?? textIn(named?.["example"]) });
  }
  // Of files Meta gives a URL in place of the handle that it took.
  const [url] = textsIn(example["header_handle"]);
  return known({ format, example: url !== undefined && /^https?:\/\//i.test(url) ? url : undefined });
}

function cardIn(card: Json): object | null {
  const components = objectsIn(card["components"]);
  const { header, body, buttons = [], type } = structureOf(components);
  if (header === undefined || type === "UNSUPPORTED") return null;
  return { header, body, buttons };
}

function buttonsIn(component: Json): readonly (Json | null)[] {
  return objectsIn(component["buttons"]).map(buttonIn);
}

function firstText(value: unknown): string | undefined {
  return textIn(Array.isArray(value) ? (value as readonly unknown[])[0] : value);
}

/** Null: of a type that Infobip has not. */
function buttonIn(button: Json): Json | null {
  const type = typeOf(button);
  const text = textIn(button["text"]);
  switch (type) {
    case "QUICK_REPLY":
    case "CATALOG":
    case "REQUEST_CONTACT_INFO":
      return known({ type, text });
    case "MPM":
      return known({ type: "MULTI_PRODUCT", text });
    case "PHONE_NUMBER":
      return known({ type, text, phoneNumber: textIn(button["phone_number"]) });
    case "URL":
      return known({ type, text, url: textIn(button["url"]), example: firstText(button["example"]) });
    case "COPY_CODE":
      return known({ type, text, example: firstText(button["example"]) });
    case "OTP":
      return {
        type: "URL",
        text: text ?? OTP_TEXT,
        url: `${OTP_URL}${textIn(button["otp_type"]) ?? ""}&code=otp{{1}}`,
      };
    case "FLOW":
      return known({
        type,
        text,
        flowId: numberIn(button["flow_id"]),
        flowAction: textIn(button["flow_action"])?.toUpperCase(),
        navigateScreen: textIn(button["navigate_screen"]),
      });
    case "ORDER_DETAILS":
      return known({ type, text, variant: /pix/i.test(text ?? "") ? "BRAZIL" : "INDIA" });
    case "VOICE_CALL":
      return known({ type, text, callValidityPeriod: numberIn(button["ttl_minutes"]) });
    default:
      return null;
  }
}

/** The templates of a page of Meta's list; what cannot be read is left out. */
export function templatesIn(page: Json): readonly CarrierTemplate[] {
  return objectsIn(page["data"])
    .filter(isObject)
    .map(templateIn)
    .filter((template) => template !== null);
}

/** Templates as they are kept, and as either version of the API shows them. */
import {
  type AuthenticationStructure,
  BUTTON_TYPES_V1,
  BUTTONS_V1_MAX,
  formatDate,
  type Template,
  TemplateLanguage,
  type TemplateCategory,
  type TemplateCategoryV1,
  type TemplateStructure,
  type TemplateStructureV1,
  type TemplateV1,
} from "@posthorn/contract";

export interface StoredTemplate
  extends Pick<Template, "language" | "platform" | "subCategory" | "validityPeriod" | "structure"> {
  readonly id: string;
  readonly businessAccountId: number;
  readonly name: string;
  readonly status: NonNullable<Template["status"]>;
  readonly category: TemplateCategory;
  /** The category that the first version gave it. */
  readonly categoryV1?: TemplateCategoryV1;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Absent: nobody has rated it. */
  readonly quality?: NonNullable<Template["quality"]>;
  /** Of the last news of its carrier, by the carrier's clock: what is older comes too late. */
  readonly noticedAt?: number;
}

interface Button {
  readonly type?: string;
  readonly text?: string;
}

/** Words that WhatsApp writes on buttons whose words nobody may choose. */
const BUTTON_TEXTS: Readonly<Record<string, string>> = {
  COPY_CODE: "Copy offer code",
  CATALOG: "View catalog",
  MULTI_PRODUCT: "View items",
  REQUEST_CONTACT_INFO: "Share contact info",
};
const OTP_URL = "https://www.whatsapp.com/otp/code/?otp_type=";

/** Carriers have languages that Infobip has no name for. */
function languageOf({ language }: Pick<StoredTemplate, "language">): Pick<Template, "language"> {
  if (language === undefined) return {};
  return { language: TemplateLanguage.enum.includes(language) ? language : "unknown" };
}

export function toTemplate({ businessAccountId, ...stored }: StoredTemplate): Template {
  const { id, name, status, category, structure, platform, createdAt, updatedAt } = stored;
  const { subCategory, validityPeriod, quality } = stored;
  return {
    id,
    businessAccountId,
    name,
    ...languageOf(stored),
    status,
    category,
    structure,
    quality: quality ?? "UNKNOWN",
    ...(platform === undefined ? {} : { platform }),
    createdAt: formatDate(createdAt),
    lastUpdatedAt: formatDate(updatedAt),
    ...(subCategory === undefined ? {} : { subCategory }),
    ...(validityPeriod === undefined ? {} : { validityPeriod }),
  };
}

/** Parts that the first version does not know are left out. */
export function toTemplateV1({ businessAccountId, structure, ...stored }: StoredTemplate): TemplateV1 {
  const { id, name, status, category, categoryV1 } = stored;
  const { header, body, footer, type } = structure;
  const format = header?.format;
  const buttons = (structure.buttons ?? [])
    .filter((button) => BUTTON_TYPES_V1.some((known) => known === button.type))
    .slice(0, BUTTONS_V1_MAX) as NonNullable<TemplateStructureV1["buttons"]>;
  return {
    id,
    businessAccountId,
    name,
    ...languageOf(stored),
    status,
    category: categoryV1 ?? category,
    structure: {
      ...(format === undefined || format === "GIF" ? {} : { header: { ...header, format } }),
      body: body.text,
      ...(footer === undefined ? {} : { footer: footer.text }),
      ...(buttons.length === 0 ? {} : { buttons }),
      ...(type === undefined ? {} : { type }),
    },
  };
}

/** A structure of the first version as the second has it. */
export function structureOfV1({ header, body, footer, buttons }: TemplateStructureV1): TemplateStructure {
  return {
    ...(header === undefined ? {} : { header }),
    body: { text: body },
    ...(footer === undefined ? {} : { footer: { text: footer } }),
    ...(buttons === undefined ? {} : { buttons }),
  };
}

/** As an answer shows it: with its type, and with the words of buttons that have words of their own. */
export function shownStructure(structure: TemplateStructure): TemplateStructure {
  const { type: _, body, buttons, ...others } = structure;
  const shown = buttons?.map((button: Button) => {
    const text = button.type === "REQUEST_CONTACT_INFO" ? button.text : undefined;
    const fixed = text ?? BUTTON_TEXTS[button.type ?? ""];
    return { ...button, ...(fixed === undefined ? {} : { text: fixed }) };
  });
  const isText = shown === undefined && Object.keys(others).length === 0;
  return {
    ...others,
    body,
    ...(shown === undefined ? {} : { buttons: shown as NonNullable<TemplateStructure["buttons"]> }),
    type: isText ? "TEXT" : "MEDIA",
  };
}

/** What WhatsApp makes of an authentication template, whose words are its own. */
export function authenticationStructure({ body, footer, buttons }: AuthenticationStructure): TemplateStructure {
  const [button] = buttons;
  const advice = body.addSecurityRecommendation === true ? " For your security, do not share this code." : "";
  const minutes = footer.codeExpirationMinutes;
  const url = {
    type: "URL" as const,
    text: button?.text ?? "Copy code",
    url: `${OTP_URL}${button?.otpType ?? "COPY_CODE"}&code=otp{{1}}`,
  };
  return {
    body: { text: `*{{1}}* is your verification code.${advice}`, examples: ["123456"] },
    ...(minutes === undefined ? {} : { footer: { text: `This code expires in ${minutes} minutes.` } }),
    buttons: [url],
    type: "MEDIA",
  };
}

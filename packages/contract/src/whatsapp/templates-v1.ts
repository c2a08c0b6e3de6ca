/** `/whatsapp/1/senders/{sender}/templates`: the first version, whose texts stand without objects around them. */
import { Type, type Static } from "typebox";
import { oneOf } from "../common.ts";
import { TemplateLanguage } from "./template-language.ts";
import { TEMPLATE_CATEGORIES, TemplateStatus } from "./templates.ts";

const CATEGORIES_V1 = [
  "ACCOUNT_UPDATE",
  "PAYMENT_UPDATE",
  "PERSONAL_FINANCE_UPDATE",
  "SHIPPING_UPDATE",
  "RESERVATION_UPDATE",
  "ISSUE_RESOLUTION",
  "APPOINTMENT_UPDATE",
  "TRANSPORTATION_UPDATE",
  "TICKET_UPDATE",
  "ALERT_UPDATE",
  "AUTO_REPLY",
] as const;
const CategoryV1 = oneOf(CATEGORIES_V1, { title: "V1TemplateCategory" });
export type TemplateCategoryV1 = Static<typeof CategoryV1>;

const HeaderV1 = Type.Object(
  { format: Type.Optional(oneOf(["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"], { title: "V1HeaderFormat" })) },
  { title: "V1HeaderApiData" },
);

export const BUTTON_TYPES_V1 = ["PHONE_NUMBER", "URL", "QUICK_REPLY"] as const;
/** Buttons of one template in the first version; the second takes ten. */
export const BUTTONS_V1_MAX = 3;
const ButtonV1 = Type.Object(
  {
    text: Type.String({ maxLength: 25 }),
    type: Type.Optional(oneOf(BUTTON_TYPES_V1, { title: "V1ButtonType" })),
  },
  { title: "V1ButtonApiData" },
);

const StructureV1 = Type.Object(
  {
    header: Type.Optional(HeaderV1),
    body: Type.String(),
    footer: Type.Optional(Type.String({ maxLength: 60 })),
    buttons: Type.Optional(Type.Array(ButtonV1, { minItems: 1, maxItems: BUTTONS_V1_MAX })),
    type: Type.Optional(oneOf(["TEXT", "MEDIA", "UNSUPPORTED"], { title: "TemplateStructureType" })),
  },
  { title: "V1TemplateStructureApiData" },
);
export type TemplateStructureV1 = Static<typeof StructureV1>;

export const CreateTemplateV1 = Type.Object(
  { name: Type.String(), language: TemplateLanguage, category: CategoryV1, structure: StructureV1 },
  { title: "V1TemplateRequest" },
);
export type CreateTemplateV1 = Static<typeof CreateTemplateV1>;

export const TemplateV1 = Type.Object(
  {
    id: Type.Optional(Type.String()),
    businessAccountId: Type.Optional(Type.Integer()),
    name: Type.Optional(Type.String()),
    language: Type.Optional(TemplateLanguage),
    status: Type.Optional(TemplateStatus),
    category: Type.Optional(
      oneOf([...CATEGORIES_V1, "TRANSACTIONAL", "OTP", ...TEMPLATE_CATEGORIES], { title: "V1AnyTemplateCategory" }),
    ),
    structure: Type.Optional(StructureV1),
  },
  { title: "V1TemplateResponse" },
);
export type TemplateV1 = Static<typeof TemplateV1>;

export const TemplatesV1 = Type.Object(
  { templates: Type.Optional(Type.Array(TemplateV1)) },
  { title: "V1TemplatesResponse" },
);

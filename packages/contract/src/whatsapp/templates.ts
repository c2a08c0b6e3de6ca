/** `/whatsapp/2/senders/{sender}/templates` and `/whatsapp/1/templates`. */
import { Type, type Static } from "typebox";
import { DateTime, listFilter, oneOf, PageInfo, shortText } from "../common.ts";
import { Platform } from "../sms/options.ts";
import { TemplateLanguage } from "./template-language.ts";
import { TemplateStructure, TemplateValidityPeriod } from "./template-parts.ts";

export const TEMPLATE_STATUSES = [
  "APPROVED",
  "IN_APPEAL",
  "PENDING",
  "REJECTED",
  "PENDING_DELETION",
  "DELETED",
  "REINSTATED",
  "FLAGGED",
  "FIRST_PAUSED",
  "SECOND_PAUSED",
  "DISABLED",
] as const;
export const TemplateStatus = oneOf(TEMPLATE_STATUSES, { title: "TemplateStatus" });
export type TemplateStatus = Static<typeof TemplateStatus>;

export const TEMPLATE_CATEGORIES = ["MARKETING", "AUTHENTICATION", "UTILITY"] as const;
export const TemplateCategory = oneOf(TEMPLATE_CATEGORIES, { title: "WhatsAppCategory" });
export type TemplateCategory = Static<typeof TemplateCategory>;

/** Lowercase letters, digits and underscores: what `template-check.ts` refuses otherwise. */
export const TEMPLATE_NAME = /^[a-z0-9_]{1,512}$/;

const SubCategory = oneOf(["ORDER_STATUS"], { title: "TemplateSubCategory" });

/** The structure's shape follows from the category, and its properties are checked by `templateViolations`. */
const AnyStructure = Type.Object({}, { title: "TemplateStructureApiData" });

export const CreateTemplate = Type.Object(
  {
    name: Type.String(),
    language: TemplateLanguage,
    category: TemplateCategory,
    structure: AnyStructure,
    platform: Type.Optional(Platform),
    subCategory: Type.Optional(SubCategory),
    validityPeriod: Type.Optional(TemplateValidityPeriod),
  },
  { title: "TemplateRequest" },
);
export type CreateTemplate = Static<typeof CreateTemplate>;

export const EditTemplate = Type.Object(
  {
    category: Type.Optional(TemplateCategory),
    structure: Type.Optional(AnyStructure),
    validityPeriod: Type.Optional(TemplateValidityPeriod),
    platform: Type.Optional(Platform),
    subCategory: Type.Optional(SubCategory),
  },
  { title: "TemplateEditRequest" },
);
export type EditTemplate = Static<typeof EditTemplate>;

export const Template = Type.Object(
  {
    id: Type.Optional(Type.String()),
    businessAccountId: Type.Optional(Type.Integer()),
    name: Type.Optional(Type.String()),
    language: Type.Optional(TemplateLanguage),
    status: Type.Optional(TemplateStatus),
    category: Type.Optional(TemplateCategory),
    structure: TemplateStructure,
    quality: Type.Optional(oneOf(["HIGH", "MEDIUM", "LOW", "UNKNOWN"], { title: "TemplateQuality" })),
    platform: Type.Optional(Platform),
    createdAt: Type.Optional(DateTime),
    lastUpdatedAt: Type.Optional(DateTime),
    libraryTemplateName: Type.Optional(Type.String()),
    subCategory: Type.Optional(SubCategory),
    validityPeriod: Type.Optional(TemplateValidityPeriod),
  },
  { title: "TemplateResponse" },
);
export type Template = Static<typeof Template>;

export const Templates = Type.Object(
  { templates: Type.Optional(Type.Array(Template)) },
  { title: "TemplatesResponse" },
);

export const TemplatesPage = Type.Object(
  { results: Type.Array(Template), paging: PageInfo },
  { title: "TemplatesPage" },
);

export const TemplatesQuery = Type.Object(
  {
    sender: listFilter(),
    status: listFilter(),
    name: Type.Optional(Type.String({ maxLength: 512 })),
    language: listFilter(),
    category: listFilter(),
    applicationId: Type.Optional(shortText()),
    entityId: Type.Optional(shortText()),
    page: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 })),
    size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
    orderBy: Type.Optional(Type.String({ maxLength: 64, default: "templateId,ASC" })),
  },
  { title: "TemplatesQuery" },
);
export type TemplatesQuery = Static<typeof TemplatesQuery>;

export const SenderParams = Type.Object({ sender: shortText() }, { title: "SenderParams" });
export const TemplateIdParams = Type.Object({ sender: shortText(), id: shortText() }, { title: "TemplateIdParams" });
export const TemplateNameParams = Type.Object(
  { sender: shortText(), templateName: Type.String({ minLength: 1, maxLength: 512 }) },
  { title: "TemplateNameParams" },
);

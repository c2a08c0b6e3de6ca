/**
 * What a carrier does about its senders beside sending: the part of its own API that administers them. Everything is in
 * the words of Infobip's contract; what the carrier calls it stays inside of it.
 *
 * Every call may throw RequestRefused, with the carrier's own words, when it was heard and refused, and Fault
 * CARRIER_UNREACHABLE when nobody can say whether it was heard.
 */
import type {
  AddSender,
  BusinessInfo,
  CallingPermission,
  CreateFlow,
  Flow,
  FlowJson,
  FlowJsonError,
  SenderPublicKey,
  SenderQuality,
  Template,
  TemplateCategory,
  TemplateStatus,
  TemplateStructure,
  UpdateBusinessInfo,
  UpdateFlow,
} from "@posthorn/contract";

export type TemplateQuality = NonNullable<Template["quality"]>;

/** A template as its carrier has it. */
export interface CarrierTemplate extends Pick<Template, "subCategory" | "validityPeriod"> {
  readonly id: string;
  readonly name: string;
  /** As the carrier writes it. */
  readonly language: string;
  readonly status: TemplateStatus;
  /** Why it was rejected, in the words of TEMPLATE_UPDATE. */
  readonly reason: string;
  readonly category: TemplateCategory;
  readonly quality: TemplateQuality;
  readonly structure: TemplateStructure;
}

/** A template to be made. */
export interface TemplateDraft extends Pick<Template, "subCategory" | "validityPeriod"> {
  readonly name: string;
  readonly language: string;
  readonly category: TemplateCategory;
  /** As a request has it: of an authentication template without its words. */
  readonly structure: object;
}

export interface TemplateChanges extends Pick<Template, "validityPeriod"> {
  /** What it is after the change. */
  readonly category: TemplateCategory;
  readonly isCategoryChanged: boolean;
  /** Absent: stays. As a request has it. */
  readonly structure?: object;
}

export interface TemplateMade {
  readonly id: string;
  readonly status: TemplateStatus;
  /** The carrier may choose another one than it was asked for. */
  readonly category: TemplateCategory;
}

/** What a carrier tells of templates and senders without being asked. */
export type SenderNotice =
  | (TemplateNotice & { readonly kind: "template-status"; readonly status: TemplateStatus; readonly reason: string })
  | (TemplateNotice & {
      readonly kind: "template-quality";
      readonly quality: TemplateQuality;
      readonly previous: TemplateQuality;
    })
  | (TemplateNotice & {
      readonly kind: "template-category";
      readonly category: TemplateCategory;
      readonly previous: TemplateCategory;
    })
  /** Its words have changed: they are read when they are asked for. */
  | (TemplateNotice & { readonly kind: "template-words" })
  /** What is absent stays. */
  | ({ readonly kind: "sender-rating"; readonly sender: string } & Partial<SenderRating>);

export type AnyTemplateNotice = Extract<SenderNotice, TemplateNotice>;

interface TemplateNotice {
  readonly businessAccountId: number;
  readonly templateId: string;
  readonly name: string;
  readonly language: string;
  /** By the carrier's clock; null: it does not say. */
  readonly at: number | null;
}

export interface SenderAdministration {
  /** Numbers that it is about: those of the carrier's configuration. */
  readonly senders: readonly string[];
  /** What templates belong to. @throws RequestRefused 400 where the configuration does not say */
  readonly businessAccountId: number;
  /** All of the business account. */
  listTemplates(): Promise<readonly CarrierTemplate[]>;
  createTemplate(draft: TemplateDraft): Promise<TemplateMade>;
  editTemplate(id: string, changes: TemplateChanges): Promise<void>;
  /** In every language. */
  deleteTemplate(name: string): Promise<void>;
  readonly numbers: NumberAdministration;
  readonly flows: FlowAdministration;
}

export type SenderRating = Pick<SenderQuality, "qualityRating" | "status" | "currentLimit">;

export interface Logo {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/** How a code comes that proves whose number it is. */
export type CodeRequest = Pick<AddSender, "type" | "locale">;

/** What is about one number. `sender` is one of the carrier's; `numberId` is what the carrier calls any number. */
export interface NumberAdministration {
  rating(sender: string): Promise<SenderRating>;
  profile(sender: string): Promise<BusinessInfo>;
  /** What is not named stays. Throws InvalidRequest, too, for a logo that cannot be fetched or used. */
  updateProfile(sender: string, changes: UpdateBusinessInfo): Promise<void>;
  /** Null: it has none. */
  logo(sender: string): Promise<Logo | null>;
  publicKey(sender: string): Promise<SenderPublicKey>;
  uploadPublicKey(sender: string, pem: string): Promise<void>;
  callingPermission(sender: string, userNumber: string): Promise<CallingPermission>;
  deleteMedia(sender: string, mediaId: string): Promise<void>;
  /** To the business account; a code is still to be asked for. Resolves to its numberId. */
  add(request: AddSender): Promise<string>;
  requestCode(numberId: string, request: CodeRequest): Promise<void>;
  /** And registers it where the configuration has a PIN. */
  verify(numberId: string, code: string): Promise<void>;
}

/** Flows of the business account. They are kept nowhere but at the carrier. */
export interface FlowAdministration {
  list(): Promise<readonly Flow[]>;
  create(request: CreateFlow): Promise<Flow>;
  update(flowId: string, changes: UpdateFlow): Promise<void>;
  delete(flowId: string): Promise<void>;
  publish(flowId: string): Promise<void>;
  deprecate(flowId: string): Promise<void>;
  addJson(flowId: string, json: FlowJson): Promise<readonly FlowJsonError[]>;
  jsonUrl(flowId: string): Promise<string>;
  preview(flowId: string): Promise<{ readonly url: string; readonly expiresAt: number }>;
}

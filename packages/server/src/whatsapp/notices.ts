/** What WhatsApp tells that is about no message, as subscriptions are told of it. */
import { formatDate, type TemplateStatus } from "@posthorn/contract";
import type { NewEvent } from "../store/store.ts";
import { isNumber } from "./records.ts";
import { IDENTITY_HASH } from "./rules.ts";
import type { StoredTemplate } from "./template-view.ts";

interface Place {
  readonly accountId: number;
  readonly sender: string;
  readonly at: number;
}

/** Nobody has decided on these yet. */
const UNDECIDED: readonly TemplateStatus[] = ["PENDING", "IN_APPEAL"];

/**
 * TEMPLATE_UPDATE: its status once WhatsApp has decided, its category where that is another, and that its quality is low
 * where it is flagged for that.
 *
 * @param old as it was before an edit
 */
export function templateUpdates(place: Place, template: StoredTemplate, old?: StoredTemplate): readonly NewEvent[] {
  const { status, category } = template;
  const changes: object[] = [];
  if (!UNDECIDED.includes(status)) {
    const reason =
      status === "REJECTED" ? { reason: "INVALID_FORMAT" } : status === "APPROVED" ? { reason: "NONE" } : {};
    changes.push({ type: "TEMPLATE_STATUS_UPDATE", newStatus: status, ...reason });
  }
  if (old !== undefined && old.category !== category) {
    changes.push({ type: "TEMPLATE_CATEGORY_UPDATE", previousCategory: old.category, newCategory: category });
  }
  if (status === "FLAGGED") {
    changes.push({ type: "TEMPLATE_QUALITY_UPDATE", previousQualityScore: "UNKNOWN", newQualityScore: "LOW" });
  }
  return changes.map((change) => templateUpdate(place, template, change));
}

/**
 * TEMPLATE_UPDATE of a template that a carrier decides on: what is another now, so that a change is told once, whether the
 * carrier brought it or was asked.
 *
 * @param reason of the status
 */
export function carriedUpdates(
  place: Place,
  template: StoredTemplate,
  old: StoredTemplate,
  reason: string,
): readonly NewEvent[] {
  const { status, category, quality = "UNKNOWN" } = template;
  const previousQualityScore = old.quality ?? "UNKNOWN";
  const changes: object[] = [];
  if (old.status !== status && status !== "PENDING") {
    const shown = status === "REJECTED" || reason !== "NONE" ? { reason } : {};
    changes.push({ type: "TEMPLATE_STATUS_UPDATE", newStatus: status, ...shown });
  }
  if (old.category !== category) {
    changes.push({ type: "TEMPLATE_CATEGORY_UPDATE", previousCategory: old.category, newCategory: category });
  }
  if (previousQualityScore !== quality) {
    changes.push({ type: "TEMPLATE_QUALITY_UPDATE", previousQualityScore, newQualityScore: quality });
  }
  return changes.map((change) => templateUpdate(place, template, change));
}

function templateUpdate({ accountId, sender, at }: Place, template: StoredTemplate, change: object): NewEvent {
  const { id, name, language = "unknown", platform } = template;
  const body = {
    messageTemplateId: id,
    messageTemplateName: name,
    messageTemplateLanguage: language,
    timestamp: formatDate(at),
    change,
  };
  return {
    accountId,
    kind: "WHATSAPP_TEMPLATE_UPDATE",
    body: JSON.stringify(body),
    createdAt: at,
    url: null,
    channel: "WHATSAPP",
    event: "TEMPLATE_UPDATE",
    applicationId: platform?.applicationId ?? null,
    entityId: platform?.entityId ?? null,
    resource: sender,
  };
}

/** IDENTITY_CHANGE, as the sandbox has it. */
export function identityChanged(
  accountId: number,
  { sender, userNumber }: { readonly sender: string; readonly userNumber: string },
  at: number,
): NewEvent {
  const description = "The user has registered another device.";
  return identityChangeEvent({ accountId, sender, at }, { user: userNumber, description, hash: IDENTITY_HASH });
}

export interface ChangedIdentity {
  /** A number, or a user id. */
  readonly user: string;
  readonly userId?: string;
  readonly description: string;
  readonly hash?: string;
}

/** IDENTITY_CHANGE. Infobip has one type for all that can change of who a user is. */
export function identityChangeEvent(
  { accountId, sender, at }: Place,
  { user, userId, description, hash }: ChangedIdentity,
): NewEvent {
  const content = {
    description,
    ...(hash === undefined ? {} : { hash }),
    type: "user_identity_changed",
    ...(isNumber(user) ? { userNumber: user } : { userId: user }),
    ...(userId === undefined ? {} : { userId }),
  };
  return {
    accountId,
    kind: "WHATSAPP_IDENTITY_CHANGE",
    body: JSON.stringify({ from: sender, content, createdAt: formatDate(at) }),
    createdAt: at,
    url: null,
    channel: "WHATSAPP",
    event: "IDENTITY_CHANGE",
    applicationId: null,
    entityId: null,
    resource: sender,
  };
}

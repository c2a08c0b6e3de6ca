/** What Meta's webhook tells of templates and numbers, in the fields beside `messages`. */
import type { TemplateStatus } from "@posthorn/contract";
import type { AnyTemplateNotice, SenderNotice } from "../sender-administration.ts";
import { type Json, isObject, objectIn, objectsIn, textIn, timeIn } from "./json.ts";
import { limitNamed } from "./number-administration.ts";
import { categoryOf, qualityOf, reasonOf, statusOf } from "./template-structure.ts";

/** Ids of templates are numbers there, and may be larger than a number of ours can be exact about. */
const LARGE_NUMBERS = ["message_template_id"];

interface NoticeContext {
  /** Null: the configuration names none, so nothing can be about it. */
  readonly businessAccountId: string | null;
  readonly senders: ReadonlySet<string>;
}

/** Fields that something is done with. */
export const NOTICE_FIELDS: ReadonlySet<string> = new Set([
  "message_template_status_update",
  "message_template_quality_update",
  "template_category_update",
  "message_template_components_update",
  "phone_number_quality_update",
]);

type Common = Pick<AnyTemplateNotice, "businessAccountId" | "templateId" | "name" | "language" | "at">;

/** The body of a call. Undefined: it is no JSON. */
export function parseNotification(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString("utf8");
  try {
    if (!LARGE_NUMBERS.some((name) => text.includes(name))) return JSON.parse(text) as unknown;
    // Only what tells of templates pays for being read so: statuses come by the thousand.
    return JSON.parse(text, (name, value: unknown, { source }: { source?: string } = {}) =>
      typeof value === "number" && LARGE_NUMBERS.includes(name) ? (source ?? String(value)) : value,
    ) as unknown;
  } catch {
    return undefined;
  }
}

/** Those of our business account; what else is told is none of ours, or nothing that is kept. */
export function noticesIn(payload: unknown, { businessAccountId, senders }: NoticeContext): readonly SenderNotice[] {
  if (!isObject(payload) || payload["object"] !== "whatsapp_business_account" || businessAccountId === null) return [];
  return objectsIn(payload["entry"])
    .filter(({ id }) => String(id) === businessAccountId)
    .flatMap((entry) =>
      objectsIn(entry["changes"]).map((change) => {
        const value = objectIn(change["value"]);
        if (change["field"] === "phone_number_quality_update") return ratingOf(value, senders);
        const common = commonOf(value, { businessAccountId, at: timeIn(entry["time"]) ?? null });
        return common === null ? null : noticeOf(textIn(change["field"]) ?? "", value, common);
      }),
    )
    .filter((notice) => notice !== null);
}

/** Null: of a number that is none of ours. */
function ratingOf(value: Json, senders: ReadonlySet<string>): SenderNotice | null {
  const sender = (textIn(value["display_phone_number"]) ?? "").replaceAll(/\D/g, "");
  if (!senders.has(sender)) return null;
  const currentLimit = limitNamed(value["current_limit"]);
  const event = textIn(value["event"]);
  const status = event === "FLAGGED" ? "FLAGGED" : event === "UNFLAGGED" ? "CONNECTED" : undefined;
  return {
    kind: "sender-rating",
    sender,
    ...(currentLimit === undefined ? {} : { currentLimit }),
    ...(status === undefined ? {} : { status }),
  };
}

function commonOf(value: Json, { businessAccountId, at }: { businessAccountId: string; at: number | null }) {
  const [templateId, name] = [textIn(value["message_template_id"]), textIn(value["message_template_name"])];
  const language = textIn(value["message_template_language"]);
  if (templateId === undefined || name === undefined || language === undefined) return null;
  return { businessAccountId: Number(businessAccountId), templateId, name, language, at } satisfies Common;
}

function noticeOf(field: string, value: Json, common: Common): AnyTemplateNotice | null {
  switch (field) {
    case "message_template_status_update": {
      const status = pausedAs(value) ?? statusOf(value["event"]);
      return status === undefined
        ? null
        : { ...common, kind: "template-status", status, reason: reasonOf(value["reason"]) };
    }
    case "message_template_quality_update":
      return {
        ...common,
        kind: "template-quality",
        quality: qualityOf(value["new_quality_score"]),
        previous: qualityOf(value["previous_quality_score"]),
      };
    case "template_category_update":
      // Without the previous one it announces a category that comes later.
      if (textIn(value["previous_category"]) === undefined) return null;
      return {
        ...common,
        kind: "template-category",
        category: categoryOf(value["new_category"]),
        previous: categoryOf(value["previous_category"]),
      };
    case "message_template_components_update":
      return { ...common, kind: "template-words" };
    default:
      return null;
  }
}

/** How often it was paused stands beside the event. */
function pausedAs(value: Json): TemplateStatus | undefined {
  if (textIn(value["event"])?.toUpperCase() !== "PAUSED") return undefined;
  return /SECOND/i.test(textIn(objectIn(value["other_info"])["title"]) ?? "") ? "SECOND_PAUSED" : "FIRST_PAUSED";
}

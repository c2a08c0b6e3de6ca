/** What Meta decides on templates and numbers after they were made, by hand. */
import { optionError } from "./errors.ts";
import type { NumberChange, TemplateChange } from "./options.ts";
import {
  numberQualityValue,
  templateCategoryValue,
  templateQualityValue,
  templateStatusValue,
} from "./webhooks/values.ts";
import type { World } from "./world.ts";

/** Of messages to users in 24 hours, the smallest first. */
const LIMITS = ["TIER_50", "TIER_250", "TIER_1K", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED"];

/** @throws EmulatorOptionError when there is none of that name and language */
export function changeTemplate({ templates, numbers, webhooks }: World, change: TemplateChange): void {
  const { wabaId = numbers.first.wabaId, status, quality, category } = change;
  const template = templates.require(wabaId, change.name, change.language);
  const tell = (field: string, value: Parameters<typeof webhooks.add>[0]["value"]) =>
    void webhooks.add({ wabaId, phoneNumberId: null, field, value, lane: wabaId });
  if (category !== undefined && category !== template.category) {
    tell("template_category_update", templateCategoryValue(template, template.category, category));
    template.category = category;
  }
  if (quality !== undefined && quality !== template.quality) {
    tell("message_template_quality_update", templateQualityValue(template, template.quality, quality));
    template.quality = quality;
  }
  if (status !== undefined && status !== template.status) {
    template.status = status;
    tell("message_template_status_update", templateStatusValue({ ...template, event: status, reason: null }));
  }
}

/** @throws EmulatorOptionError when there is no such number, or no such limit */
export function changeNumber({ numbers, webhooks }: World, change: NumberChange): void {
  const { phoneNumberId = numbers.first.phoneNumberId, quality, limit } = change;
  const number = numbers.find(phoneNumberId);
  if (number === undefined) throw optionError("phoneNumberId", "is no number of the emulator");
  if (limit !== undefined && !LIMITS.includes(limit)) throw optionError("limit", `is one of ${LIMITS.join(", ")}`);
  const before = { quality: number.quality, limit: number.limit };
  number.quality = quality ?? number.quality;
  number.limit = limit ?? number.limit;
  const { wabaId } = number;
  const tell = (event: string) => {
    const value = numberQualityValue(number, event);
    void webhooks.add({ wabaId, phoneNumberId, field: "phone_number_quality_update", value, lane: wabaId });
  };
  if (number.quality !== before.quality && number.quality === "RED") tell("FLAGGED");
  if (number.quality !== before.quality && before.quality === "RED") tell("UNFLAGGED");
  if (number.limit !== before.limit) {
    tell(LIMITS.indexOf(number.limit) > LIMITS.indexOf(before.limit) ? "UPGRADE" : "DOWNGRADE");
  }
}

/** What only WhatsApp can decide, and what the sandbox decides in its place. docs/whatsapp-senders.md prints these tables. */
import type { CallingPermission, Payment, SenderQuality, TemplateStatus } from "@posthorn/contract";

interface NamedRule<Outcome> {
  /** The name or id begins so. */
  readonly prefix: string;
  readonly outcome: Outcome;
}

/** What a template's name makes of it. */
export const TEMPLATE_RULES: readonly NamedRule<TemplateStatus | "taken">[] = [
  { prefix: "reject_", outcome: "REJECTED" },
  { prefix: "pend_", outcome: "PENDING" },
  { prefix: "pause_", outcome: "FIRST_PAUSED" },
  { prefix: "flag_", outcome: "FLAGGED" },
  { prefix: "disable_", outcome: "DISABLED" },
  { prefix: "taken_", outcome: "taken" },
];

/** What a payment's id says of it. */
export const PAYMENT_RULES: readonly NamedRule<Payment["paymentStatus"] | "missing">[] = [
  { prefix: "new_", outcome: "NEW" },
  { prefix: "pend_", outcome: "PENDING" },
  { prefix: "cancel_", outcome: "CANCELED" },
  { prefix: "fail_", outcome: "FAILED" },
  { prefix: "missing_", outcome: "missing" },
];

interface NumberRule<Outcome> {
  /** The number ends so. */
  readonly ending: string;
  readonly outcome: Outcome;
}

type Rating = Pick<SenderQuality, "qualityRating" | "status" | "currentLimit">;

/** What a sender's number says of its quality. */
export const QUALITY_RULES: readonly NumberRule<Rating>[] = [
  { ending: "990001", outcome: { qualityRating: "MEDIUM", status: "CONNECTED", currentLimit: "LIMIT_10K" } },
  { ending: "990002", outcome: { qualityRating: "LOW", status: "FLAGGED", currentLimit: "LIMIT_2K" } },
  { ending: "990003", outcome: { qualityRating: "LOW", status: "RESTRICTED", currentLimit: "LIMIT_250" } },
  { ending: "990004", outcome: { qualityRating: "UNKNOWN", status: "BANNED", currentLimit: "LIMIT_NA" } },
];
export const QUALITY_USUAL: Rating = { qualityRating: "HIGH", status: "CONNECTED", currentLimit: "LIMIT_100K" };
/** Of a sender that was added and not yet verified, and of all where nobody plays WhatsApp. */
export const QUALITY_UNVERIFIED: Rating = {
  qualityRating: "UNKNOWN",
  status: "UNVERIFIED",
  currentLimit: "LIMIT_NA",
};
export const QUALITY_UNKNOWN: Rating = { qualityRating: "UNKNOWN", status: "UNKNOWN", currentLimit: "LIMIT_NA" };

/** What a user's number says of calls to it. */
export const CALLING_RULES: readonly NumberRule<CallingPermission["status"]>[] = [
  { ending: "990001", outcome: "TEMPORARY" },
  { ending: "990002", outcome: "PERMANENT" },
];

/** The hash of every user's identity: the one of Infobip's examples. */
export const IDENTITY_HASH = "eU2Fdi4EMUw=";
/** The one verification code that is wrong. */
export const CODE_WRONG = "000000";

/** What Infobip's examples name, and ours, so that they can be tried as they stand (examples.ts). */
export const EXAMPLES = {
  templates: [
    { name: "template_name", language: "en_GB", text: "Hello {{1}}, this is an example of a template for {{2}}." },
    { name: "order_shipped", language: "en", text: "Dear {{1}}, your order {{2}} has shipped." },
  ],
  flowId: "123456",
  mediaId: "20250_13_123e4567-e89b-12d3-a456-426655440000",
} as const;

export function byPrefix<Outcome>(rules: readonly NamedRule<Outcome>[], name: string): Outcome | undefined {
  return rules.find(({ prefix }) => name.startsWith(prefix))?.outcome;
}

export function byEnding<Outcome>(rules: readonly NumberRule<Outcome>[], number: string): Outcome | undefined {
  return rules.find(({ ending }) => number.endsWith(ending))?.outcome;
}

/** A PNG of one grey pixel: what stands for every picture that the sandbox has not. */
export const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64",
);
export const PICTURE_TYPE = "image/png";

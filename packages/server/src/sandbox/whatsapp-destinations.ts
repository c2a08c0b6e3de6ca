/**
 * The numbers on which WhatsApp on the sandbox does what a test asks for, and which are ordinary phones for SMS.
 * docs/sandbox.md prints this table, and a test sends to every row.
 */
import { ERROR, STATUS } from "@posthorn/contract";
import type { SubmitResult } from "../carrier/carrier.ts";
import type { OutboundMessage } from "../store/store.ts";
import { ORDINARY_STEPS, type Outcome, type Step } from "./magic-destinations.ts";

export interface WhatsAppDestination {
  readonly number: string;
  /** For the reader of docs/sandbox.md. */
  readonly what: string;
  /** Free-form messages fail as long as the user has not written to the sender within 24 hours; templates pass. */
  readonly isWindowClosed: boolean;
  readonly steps: readonly Step[];
  /** What the customer is told of a text, in this order. */
  readonly reports: readonly (Outcome | "seen")[];
}

const DELIVERED: Outcome = { state: "delivered", statusId: STATUS.DELIVERED_TO_HANDSET, errorId: ERROR.NO_ERROR };
const NO_SESSION = {
  state: "undeliverable",
  statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED,
  errorId: ERROR.EC_NO_SESSION,
} as const satisfies Outcome;

const read = (at: Step["at"], reachesPhone: boolean): Step => ({ at, receipt: null, reachesPhone, isSeen: true });

export const WHATSAPP_DESTINATIONS: readonly WhatsAppDestination[] = [
  {
    number: "447700900911",
    what: "delivered, and read later",
    isWindowClosed: false,
    steps: [...ORDINARY_STEPS, read("late", false)],
    reports: [DELIVERED, "seen"],
  },
  {
    number: "447700900912",
    what: "read, without a word of WhatsApp that it was delivered",
    isWindowClosed: false,
    steps: [read("usual", true)],
    reports: [DELIVERED, "seen"],
  },
  {
    number: "447700900913",
    what: "the user has not written within 24 hours: all but templates fail, until he writes",
    isWindowClosed: true,
    steps: ORDINARY_STEPS,
    reports: [NO_SESSION],
  },
];

const BY_NUMBER = new Map(WHATSAPP_DESTINATIONS.map((destination) => [destination.number, destination]));

/** Undefined for an SMS, and for an ordinary number. */
export function whatsAppDestination(message: OutboundMessage): WhatsAppDestination | undefined {
  return message.channel === "WHATSAPP" ? BY_NUMBER.get(message.destination) : undefined;
}

/** Whether it may only reach a user who has written lately: all but templates. */
export function isFreeForm({ options }: OutboundMessage): boolean {
  return options === null || (JSON.parse(options) as { type?: string }).type !== "TEMPLATE";
}

export const OUTSIDE_WINDOW: SubmitResult = { outcome: "permanent", ...NO_SESSION };

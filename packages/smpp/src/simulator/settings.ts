import { fieldError } from "../errors.ts";
import { SESSION_FAULTS } from "./behaviour.ts";
import { checkDelay, type Delay } from "./delay.ts";
import { checkMessageIdStyle, type MessageIdStyle } from "./message-ids.ts";
import type { SimulatorOptions } from "./options.ts";
import { DEFAULT_RECEIPT_FORM, type ReceiptForm } from "./receipt-form.ts";
import { type SimulatorClock, systemSimulatorClock } from "./schedule.ts";

const RECEIVED_MAX = 10_000;
const MESSAGES_MAX = 100_000;
const PENDING_MAX = 500_000;
const ACCOUNTS_MAX = 10_000;
const REORDER_COUNT_MAX = 1000;
const LATE_BY_MS = 5000;
const SLOW_ANSWER_MS = 5000;

/** The options, checked, with what was left out. */
export interface Settings
  extends Required<
    Pick<
      SimulatorOptions,
      | "accounts"
      | "answerDelay"
      | "answersEnquireLink"
      | "firstMessageNumber"
      | "lateByMs"
      | "magicDestinations"
      | "messagesMax"
      | "pendingMax"
      | "receipts"
      | "receiptsGoTo"
      | "receiptReorderCount"
      | "receivedMax"
      | "rules"
      | "slowAnswerMs"
    >
  > {
  readonly clock: SimulatorClock;
  readonly random: () => number;
  readonly messageIds: MessageIdStyle;
  readonly receiptDelay: Delay;
  readonly receiptForm: ReceiptForm;
  /** 0 is no limit. */
  readonly throughputPerSecond: number;
  readonly throughputBurst: number | undefined;
  readonly faultAfter: SimulatorOptions["faultAfter"];
}

function checkNumber(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw fieldError(name, `is ${min} to ${max}`);
}

/** @throws SmppError `SMPP_FIELD_INVALID` */
export function settingsOf(options: SimulatorOptions): Settings {
  const messageIds = options.messageIds ?? { base: "decimal" };
  const receiptForm = { ...DEFAULT_RECEIPT_FORM, id: messageIds, ...options.receiptForm };
  checkMessageIdStyle(messageIds);
  if (typeof receiptForm.id !== "string") checkMessageIdStyle(receiptForm.id);
  const settings: Settings = {
    accounts: options.accounts ?? [],
    answerDelay: options.answerDelay ?? 0,
    answersEnquireLink: options.answersEnquireLink ?? true,
    clock: options.clock ?? systemSimulatorClock,
    faultAfter: options.faultAfter,
    firstMessageNumber: options.firstMessageNumber ?? 1,
    lateByMs: options.lateByMs ?? LATE_BY_MS,
    magicDestinations: options.magicDestinations ?? true,
    messageIds,
    messagesMax: options.messagesMax ?? MESSAGES_MAX,
    pendingMax: options.pendingMax ?? PENDING_MAX,
    random: options.random ?? Math.random,
    receiptDelay: options.receiptDelay ?? 0,
    receiptForm,
    receiptReorderCount: options.receiptReorderCount ?? 1,
    receipts: options.receipts ?? "requested",
    receiptsGoTo: options.receiptsGoTo ?? "any-session",
    receivedMax: options.receivedMax ?? RECEIVED_MAX,
    rules: options.rules ?? [],
    slowAnswerMs: options.slowAnswerMs ?? SLOW_ANSWER_MS,
    throughputBurst: options.throughputBurst,
    throughputPerSecond: options.throughputPerSecond ?? 0,
  };
  for (const delay of [settings.answerDelay, settings.receiptDelay, settings.lateByMs, settings.slowAnswerMs]) {
    checkDelay(delay);
  }
  checkNumber("accounts", settings.accounts.length, 0, ACCOUNTS_MAX);
  checkNumber("firstMessageNumber", settings.firstMessageNumber, 0, Number.MAX_SAFE_INTEGER / 2 - 1);
  checkNumber("pendingMax", settings.pendingMax, 0, Number.MAX_SAFE_INTEGER);
  checkNumber("receiptReorderCount", settings.receiptReorderCount, 1, REORDER_COUNT_MAX);
  if (!(settings.throughputPerSecond >= 0)) throw fieldError("throughputPerSecond", "is 0 or more");
  if (settings.faultAfter !== undefined) {
    checkNumber("faultAfter.submissions", settings.faultAfter.submissions, 1, Number.MAX_SAFE_INTEGER);
    if (!SESSION_FAULTS.includes(settings.faultAfter.fault)) throw fieldError("faultAfter.fault", "is not known");
  }
  return settings;
}

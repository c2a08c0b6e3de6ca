import { systemClock } from "./clock.ts";
import { optionError } from "./errors.ts";
import { DELAY_MS_MAX, NUMBERS_MAX } from "./limits.ts";
import type { EmulatorOptions } from "./options.ts";

const MIB = 1_048_576;

const DEFAULTS = {
  port: 0,
  host: "127.0.0.1",
  rules: [],
  templates: [],
  hasMagicNumbers: true,
  windowIsOpen: null,
  isUser: () => true,
  throughputPerSecond: 80,
  pairBurst: 45,
  pairIntervalMs: 6000,
  statusDelayMs: 0,
  answerDelayMs: 0,
  lateByMs: 5000,
  slowAnswerMs: 5000,
  reviewDelayMs: 0,
  webhookTimeoutMs: 10_000,
  messagesMax: 10_000,
  webhooksMax: 1000,
  pendingMax: 10_000,
  conversationsMax: 100_000,
  mediaMax: 1000,
  mediaBytesMax: 256 * MIB,
  templatesMax: 6000,
  clock: systemClock,
  random: Math.random,
  onEvent: null,
  webhook: null,
} as const;

/** Whether the service window is left to the emulator or given; likewise what else has no default but nothing. */
type Nullable = "windowIsOpen" | "onEvent" | "webhook";

export type Settings = Required<Omit<EmulatorOptions, Nullable>> & {
  readonly [Name in Nullable]: NonNullable<EmulatorOptions[Name]> | null;
};

const DELAYS = [
  "pairIntervalMs",
  "statusDelayMs",
  "answerDelayMs",
  "lateByMs",
  "slowAnswerMs",
  "reviewDelayMs",
  "webhookTimeoutMs",
] as const;
const COUNTS = ["throughputPerSecond", "pairBurst", "pendingMax", "mediaBytesMax"] as const;
const COUNT_MAX = Number.MAX_SAFE_INTEGER;
/** Ids of the Graph API. */
const OBJECT_ID = /^\d{1,32}$/;

export function settingsOf(options: EmulatorOptions): Settings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, ...given } as unknown as Settings;
  for (const name of DELAYS) {
    if (!(settings[name] >= 0 && settings[name] <= DELAY_MS_MAX)) throw optionError(name, `is 0 to ${DELAY_MS_MAX}`);
  }
  for (const name of COUNTS) {
    if (!(settings[name] >= 1 && settings[name] <= COUNT_MAX)) throw optionError(name, "is at least 1");
  }
  for (const name of ["token", "appSecret", "verifyToken"] as const) {
    if (typeof settings[name] !== "string" || settings[name] === "") throw optionError(name, "is a text");
  }
  const { numbers } = settings;
  if (numbers.length === 0 || numbers.length > NUMBERS_MAX) throw optionError("numbers", `are 1 to ${NUMBERS_MAX}`);
  const ids = numbers.flatMap(({ phoneNumberId, wabaId }) => [phoneNumberId, wabaId]);
  if (!ids.every((id) => OBJECT_ID.test(id))) throw optionError("phoneNumberId and wabaId", "are digits");
  if (new Set(numbers.map(({ phoneNumberId }) => phoneNumberId)).size < numbers.length) {
    throw optionError("phoneNumberId", "is another one for each number");
  }
  const wabaIds = new Set(numbers.map(({ wabaId }) => wabaId));
  if (numbers.some(({ phoneNumberId }) => wabaIds.has(phoneNumberId))) {
    throw optionError("phoneNumberId", "is no wabaId");
  }
  return settings;
}

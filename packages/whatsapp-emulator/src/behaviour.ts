/** What the emulator does with a message, and the rules that say with which one. */
import { type GraphErrorCode, isGraphErrorCode, optionError } from "./errors.ts";
import type { InboundContent } from "./inbound-content.ts";
import { DELAY_MS_MAX } from "./limits.ts";

export const STATUS_NAMES = ["sent", "delivered", "read", "played", "failed"] as const;
export type StatusName = (typeof STATUS_NAMES)[number];

export interface StatusPlan {
  readonly status: StatusName;
  /** After the answer; unless given, `statusDelayMs` of the emulator for each status so far. */
  readonly delayMs?: number;
  /** Of `failed`: 131000 unless given. */
  readonly errorCode?: GraphErrorCode;
  /** How often the same status is sent, 1 unless given; 10 at most. */
  readonly copies?: number;
}

/** What is left out happens as to any other message: it is taken, answered at once, sent and delivered. */
export interface Behaviour {
  /** Refused at once with this code. */
  readonly errorCode?: GraphErrorCode;
  readonly answerDelayMs?: number;
  /**
   * `after-statuses`: when its first webhook was answered; `reset`: the connection is reset instead; `silent`: none, and
   * the connection stays; `close`: the connection is closed after it.
   */
  readonly answer?: "after-statuses" | "reset" | "silent" | "close";
  /** False: the message is lost with its answer. */
  readonly isTaken?: boolean;
  /** Replaces sent and delivered; an empty list sends none. 10 at most. */
  readonly statuses?: readonly StatusPlan[];
  /** All statuses in one webhook, when the last of them is due. */
  readonly areStatusesTogether?: boolean;
  /** `message_status` of the answer; templates only. */
  readonly messageStatus?: "accepted" | "held_for_quality_assessment" | "paused";
  /** The user writes back, or presses: `press` answers a message that has buttons, or a list, with its first. */
  readonly reply?: InboundContent | { readonly type: "press" };
  /** How often the reply's webhook is sent; 1 unless given, 10 at most. */
  readonly replyCopies?: number;
  /** The user that replies shows an id (BSUID) and no phone number. */
  readonly isReplyWithoutNumber?: boolean;
}

/** All that is given must be true. Counts are of this rule's own matches, over all numbers. */
export interface Rule {
  /** The whole `to` as digits, or its beginning followed by `*`; a user id likewise. */
  readonly to?: string;
  readonly phoneNumberId?: string;
  /** `text`, `template` ... */
  readonly type?: string;
  /** Only every so manyth message that matches. */
  readonly every?: number;
  /** Only the first so many of these. */
  readonly times?: number;
  /** How likely each of these is to be treated so, 0 to 1. */
  readonly chance?: number;
  readonly behaviour: Behaviour;
}

/** What rules look at. */
export interface SendFacts {
  /** Digits, or the user id. */
  readonly to: string;
  readonly phoneNumberId: string;
  readonly type: string;
}

const COPIES_MAX = 10;
const STATUSES_MAX = 10;
const RULES_MAX = 1000;

const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

export function checkBehaviour({ errorCode, answerDelayMs = 0, statuses = [], replyCopies = 1 }: Behaviour): void {
  const codes = [errorCode, ...statuses.map((plan) => plan.errorCode)].filter((code) => code !== undefined);
  for (const code of codes) if (!isGraphErrorCode(code)) throw optionError("errorCode", "is one of GRAPH_ERRORS");
  if (statuses.length > STATUSES_MAX) throw optionError("statuses", `are ${STATUSES_MAX} at most`);
  for (const delayMs of [answerDelayMs, ...statuses.map((plan) => plan.delayMs ?? 0)]) {
    if (!(delayMs >= 0 && delayMs <= DELAY_MS_MAX)) throw optionError("a delay", `is 0 to ${DELAY_MS_MAX} ms`);
  }
  for (const copies of [replyCopies, ...statuses.map((plan) => plan.copies ?? 1)]) {
    if (!isWhole(copies, 1, COPIES_MAX)) throw optionError("copies", `are 1 to ${COPIES_MAX}`);
  }
}

function matcherOf(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  if (!pattern.endsWith("*")) return (text) => text === pattern;
  const beginning = pattern.slice(0, -1);
  return (text) => text.startsWith(beginning);
}

function compileRule(rule: Rule, random: () => number): (facts: SendFacts) => Behaviour | null {
  const { every = 1, times = Infinity, chance = 1, behaviour } = rule;
  const isCount = (count: number): boolean => count === Infinity || isWhole(count, 1, Number.MAX_SAFE_INTEGER);
  if (!isCount(every) || !isCount(times)) throw optionError("every and times", "are whole numbers from 1 on");
  if (!(chance >= 0 && chance <= 1)) throw optionError("chance", "is 0 to 1");
  checkBehaviour(behaviour);
  const isTo = matcherOf(rule.to);
  let matches = 0;
  let applied = 0;
  return ({ to, phoneNumberId, type }) => {
    if (!isTo(to) || (rule.phoneNumberId ?? phoneNumberId) !== phoneNumberId || (rule.type ?? type) !== type) {
      return null;
    }
    matches += 1;
    if (matches % every !== 0 || applied >= times || (chance < 1 && random() >= chance)) return null;
    applied += 1;
    return behaviour;
  };
}

/** The first rule that applies decides. */
export class RuleBook {
  readonly #rules: ((facts: SendFacts) => Behaviour | null)[];
  readonly #random: () => number;

  constructor(rules: readonly Rule[], random: () => number) {
    if (rules.length > RULES_MAX) throw optionError("rules", `are ${RULES_MAX} at most`);
    this.#random = random;
    this.#rules = rules.map((rule) => compileRule(rule, random));
  }

  /** Before those that there are. */
  add(rule: Rule): void {
    if (this.#rules.length >= RULES_MAX) throw optionError("rules", `are ${RULES_MAX} at most`);
    this.#rules.unshift(compileRule(rule, this.#random));
  }

  behaviourOf(facts: SendFacts): Behaviour | null {
    for (const rule of this.#rules) {
      const behaviour = rule(facts);
      if (behaviour !== null) return behaviour;
    }
    return null;
  }
}

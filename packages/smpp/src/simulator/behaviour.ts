/** What the simulator does with a message, and the rules that say with which one. */
import type { PduOf } from "../codec/pdu.ts";
import { fieldError } from "../errors.ts";
import type { MessageStateName } from "../text/receipt.ts";
import { checkDelay, type Delay } from "./delay.ts";
import type { MoMethod } from "./mo.ts";
import type { ReceiptForm } from "./receipt-form.ts";

export type SubmittedPdu = PduOf<"submit_sm"> | PduOf<"data_sm">;

/**
 * What happens to the session: `close` after what was written has left, `reset` without it, `unbind` in good order;
 * `silent` keeps the connection and neither reads nor writes any more; `ignore-enquire-link` answers everything else.
 */
export type SessionFault = "close" | "reset" | "silent" | "unbind" | "ignore-enquire-link";

export const SESSION_FAULTS: readonly SessionFault[] = ["close", "reset", "silent", "unbind", "ignore-enquire-link"];

export interface ReceiptPlan {
  readonly state: MessageStateName;
  /** `err` of the text, 0 to 999; 0 unless given. */
  readonly errorCode?: number;
  /** After the submission; the simulator's `receiptDelay` unless given. */
  readonly delay?: Delay;
  /** How often the same receipt is sent, 1 unless given; 10 at most. */
  readonly copies?: number;
  /** The bind it goes to: the simulator's `receiptsGoTo` unless given. */
  readonly goesTo?: ReceiptTarget;
  /** Where it differs from the simulator's `receiptForm`. */
  readonly form?: Partial<ReceiptForm>;
}

/** `other-session` and `same-session` are wishes: where there is no such bind, any of the account takes it. */
export type ReceiptTarget = "same-session" | "other-session" | "any-session";

export interface MoPlan {
  readonly text: string;
  readonly method?: MoMethod;
}

/** What is left out happens as to any other message: it is taken, answered at once and reported as delivered. */
export interface Behaviour {
  /** Other than 0: the message is refused with it. */
  readonly commandStatus?: number;
  readonly answerDelay?: Delay;
  /** `dropped`: the message is taken and never answered; `after-receipt`: once its first receipt was acknowledged;
   * `twice`: at once and again. */
  readonly answer?: "dropped" | "after-receipt" | "twice";
  /** congestion_state in the answer, in per cent; also in a refusal. */
  readonly congestion?: number;
  /** Replaces the receipt; an empty list sends none. */
  readonly receipts?: readonly ReceiptPlan[];
  /** After the answer. `reset` and `silent` lose the answer. */
  readonly fault?: SessionFault;
  /** The phone writes back. */
  readonly mo?: MoPlan;
}

/** All that is given must be true. Counts are of this rule's own matches, over all sessions. */
export interface Rule {
  /** The whole destination_addr, or its beginning followed by `*`. */
  readonly destination?: string;
  /** As `destination`, of source_addr. */
  readonly source?: string;
  readonly systemId?: string;
  /** Only every so manyth message that matches. */
  readonly every?: number;
  /** Only the first so many of these. */
  readonly times?: number;
  /** How likely each of these is to be treated so, 0 to 1. */
  readonly chance?: number;
  readonly behaviour: Behaviour;
}

const COPIES_MAX = 10;
const RECEIPTS_MAX = 10;
/** SMPP 5.0 §4.8.4.18: 100 is a message centre that is full. */
const CONGESTION_MAX = 100;

export function checkBehaviour({ answerDelay = 0, receipts = [], congestion = 0 }: Behaviour): void {
  checkDelay(answerDelay);
  if (!Number.isInteger(congestion) || congestion < 0 || congestion > CONGESTION_MAX) {
    throw fieldError("congestion", `is 0 to ${CONGESTION_MAX}`);
  }
  if (receipts.length > RECEIPTS_MAX) throw fieldError("receipts", `are ${RECEIPTS_MAX} at most`);
  for (const { delay = 0, copies = 1, errorCode = 0 } of receipts) {
    checkDelay(delay);
    if (!Number.isInteger(copies) || copies < 1 || copies > COPIES_MAX) {
      throw fieldError("copies", `are 1 to ${COPIES_MAX}`);
    }
    if (!Number.isInteger(errorCode) || errorCode < 0 || errorCode > 999) throw fieldError("errorCode", "is 0 to 999");
  }
}

function matcherOf(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  if (!pattern.endsWith("*")) return (text) => text === pattern;
  const beginning = pattern.slice(0, -1);
  return (text) => text.startsWith(beginning);
}

const RULES_MAX = 1000;

interface CompiledRule {
  (pdu: SubmittedPdu, systemId: string): Behaviour | null;
}

function compileRule(rule: Rule, random: () => number): CompiledRule {
  const { every = 1, times = Infinity, chance = 1, systemId, behaviour } = rule;
  const isCount = (count: number): boolean => count === Infinity || (Number.isInteger(count) && count >= 1);
  if (!isCount(every) || !isCount(times)) throw fieldError("every and times", "are whole numbers from 1 on");
  if (!(chance >= 0 && chance <= 1)) throw fieldError("chance", "is 0 to 1");
  checkBehaviour(behaviour);
  const isDestination = matcherOf(rule.destination);
  const isSource = matcherOf(rule.source);
  let matches = 0;
  let applied = 0;
  return (pdu, bound) => {
    if (systemId !== undefined && systemId !== bound) return null;
    if (!isDestination(pdu.destinationAddr) || !isSource(pdu.sourceAddr)) return null;
    matches += 1;
    if (matches % every !== 0 || applied >= times || (chance < 1 && random() >= chance)) return null;
    applied += 1;
    return behaviour;
  };
}

/** The first rule that applies decides. */
export class RuleBook {
  readonly #rules: readonly CompiledRule[];

  constructor(rules: readonly Rule[], random: () => number) {
    if (rules.length > RULES_MAX) throw fieldError("rules", `are ${RULES_MAX} at most`);
    this.#rules = rules.map((rule) => compileRule(rule, random));
  }

  behaviourOf(pdu: SubmittedPdu, systemId: string): Behaviour | null {
    for (const rule of this.#rules) {
      const behaviour = rule(pdu, systemId);
      if (behaviour !== null) return behaviour;
    }
    return null;
  }
}

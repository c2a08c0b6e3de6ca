import {
  COMMAND_STATUS,
  type Behaviour,
  type Delay,
  MESSAGE_STATE,
  type MessageIdStyle,
  type MessageStateName,
  type Rule,
  SESSION_FAULTS,
  type SessionFault,
  type SimulatorAccount,
} from "@posthorn/smpp";
import { CliError } from "./cli-error.ts";

const usage = (option: string, value: string, expectation: string): CliError =>
  new CliError("USAGE", `${option} takes ${expectation}; got ${JSON.stringify(value)}`);

export function parseCount(option: string, value: string, max: number): number {
  if (!/^\d{1,12}$/.test(value) || Number(value) > max) throw usage(option, value, `a whole number up to ${max}`);
  return Number(value);
}

/** `500`, `100..2000` (evenly spread) or `~500..5000` (500 on average, most shorter, 5000 at most). */
export function parseDelay(option: string, value: string): Delay {
  const [, tilde, first, last] = /^(~?)(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(value) ?? [];
  if (first === undefined || (tilde === "~" && last === undefined)) {
    throw usage(option, value, "MS, MIN..MAX or ~MEAN..MAX in milliseconds");
  }
  if (last === undefined) return Number(first);
  return tilde === "~" ? { meanMs: Number(first), maxMs: Number(last) } : { minMs: Number(first), maxMs: Number(last) };
}

/** `hex`, `HEX`, `decimal`, each with `:DIGITS` for zeros before it. */
export function parseMessageIds(option: string, value: string): MessageIdStyle {
  const [, base, width] = /^(decimal|hex|HEX)(?::(\d{1,2}))?$/.exec(value) ?? [];
  if (base === undefined) throw usage(option, value, "decimal, hex or HEX, with :DIGITS for zeros before it");
  return { base: base as MessageIdStyle["base"], width: Number(width ?? 0) };
}

/** `ID:PASSWORD`, or `ID` alone for any password. */
export function parseAccount(value: string): SimulatorAccount {
  const [, systemId, password] = /^([^:]+)(?::(.*))?$/s.exec(value) ?? [];
  if (systemId === undefined) throw usage("--account", "", "SYSTEM_ID:PASSWORD");
  return password === undefined ? { systemId } : { systemId, password };
}

export function parseFault(option: string, value: string): SessionFault {
  const fault = SESSION_FAULTS.find((candidate) => candidate === value);
  if (fault === undefined) throw usage(option, value, SESSION_FAULTS.join(", "));
  return fault;
}

/** A number, in hex with 0x, or the specification's name with or without ESME_. */
function parseStatus(value: string): number {
  const name = value.toUpperCase().replace(/^ESME_/, "");
  const known = Object.entries(COMMAND_STATUS).find(([candidate]) => candidate === name)?.[1];
  const status = known ?? (/^(0x[\da-f]{1,8}|\d{1,10})$/i.test(value) ? Number(value) : Number.NaN);
  if (!(status <= 0xffffffff)) throw usage("--rule", `status=${value}`, "a status such as RTHROTTLED or 0x58");
  return status;
}

function parseState(value: string): MessageStateName {
  const state = value.toUpperCase();
  if (!Object.hasOwn(MESSAGE_STATE, state)) {
    throw usage("--rule", `state=${value}`, `one of ${Object.keys(MESSAGE_STATE).join(", ")}`);
  }
  return state as MessageStateName;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

interface Draft {
  readonly rule: Mutable<Omit<Rule, "behaviour">>;
  readonly behaviour: Mutable<Behaviour>;
  state: MessageStateName | undefined;
  errorCode: number | undefined;
  receiptDelay: Delay | undefined;
  copies: number | undefined;
}

const KEYS: Readonly<Record<string, (draft: Draft, value: string) => void>> = {
  to: (draft, value) => void (draft.rule.destination = value),
  from: (draft, value) => void (draft.rule.source = value),
  system: (draft, value) => void (draft.rule.systemId = value),
  every: (draft, value) => void (draft.rule.every = parseCount("--rule every", value, 1e9)),
  times: (draft, value) => void (draft.rule.times = parseCount("--rule times", value, 1e9)),
  chance: (draft, value) => void (draft.rule.chance = Number(value)),
  status: (draft, value) => void (draft.behaviour.commandStatus = parseStatus(value)),
  delay: (draft, value) => void (draft.behaviour.answerDelay = parseDelay("--rule delay", value)),
  answer: (draft, value) => {
    const answer = (["dropped", "after-receipt", "twice"] as const).find((candidate) => candidate === value);
    if (answer === undefined) throw usage("--rule", `answer=${value}`, "dropped, after-receipt or twice");
    draft.behaviour.answer = answer;
  },
  congestion: (draft, value) => void (draft.behaviour.congestion = parseCount("--rule congestion", value, 100)),
  fault: (draft, value) => void (draft.behaviour.fault = parseFault("--rule fault", value)),
  reply: (draft, value) => void (draft.behaviour.mo = { text: value }),
  state: (draft, value) => {
    if (value === "none") draft.behaviour.receipts = [];
    else draft.state = parseState(value);
  },
  err: (draft, value) => void (draft.errorCode = parseCount("--rule err", value, 999)),
  after: (draft, value) => void (draft.receiptDelay = parseDelay("--rule after", value)),
  copies: (draft, value) => void (draft.copies = parseCount("--rule copies", value, 10)),
};

/** `to=4477*,chance=0.1,status=RTHROTTLED`: what must be true of a message, and what happens to it. */
export function parseRule(text: string): Rule {
  const draft: Draft = {
    rule: {},
    behaviour: {},
    state: undefined,
    errorCode: undefined,
    receiptDelay: undefined,
    copies: undefined,
  };
  for (const assignment of text.split(",")) {
    const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(assignment) ?? [];
    const set = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (set === undefined)
      throw usage("--rule", assignment, `NAME=VALUE with a name of ${Object.keys(KEYS).join(", ")}`);
    set(draft, value);
  }
  const { state, errorCode, receiptDelay, copies } = draft;
  if ([state, errorCode, receiptDelay, copies].some((value) => value !== undefined)) {
    draft.behaviour.receipts = [
      {
        state: state ?? "DELIVERED",
        ...(errorCode === undefined ? {} : { errorCode }),
        ...(receiptDelay === undefined ? {} : { delay: receiptDelay }),
        ...(copies === undefined ? {} : { copies }),
      },
    ];
  }
  return { ...draft.rule, behaviour: draft.behaviour };
}

import {
  type Behaviour,
  type GraphErrorCode,
  isGraphErrorCode,
  type NumberOptions,
  type Rule,
  STATUS_NAMES,
  type StatusPlan,
} from "@posthorn/whatsapp-emulator";
import { CliError } from "./cli-error.ts";
import { parseCount } from "./smsc-options.ts";

const COUNT_MAX = 1_000_000_000;
const ANSWERS = ["after-statuses", "reset", "silent", "close"] as const;

const usage = (value: string, expectation: string): CliError =>
  new CliError("USAGE", `--rule takes ${expectation}; got ${JSON.stringify(value)}`);

/** `ID:DISPLAY:WABA`. */
export function parseNumber(value: string): NumberOptions {
  const [, phoneNumberId, displayPhoneNumber, wabaId] = /^(\d+):(\+?[\d ]+):(\d+)$/.exec(value) ?? [];
  if (phoneNumberId === undefined || displayPhoneNumber === undefined || wabaId === undefined) {
    throw new CliError("USAGE", `--number takes ID:DISPLAY:WABA in digits; got ${JSON.stringify(value)}`);
  }
  return { phoneNumberId, displayPhoneNumber, wabaId };
}

function parseCode(value: string): GraphErrorCode {
  const code = Number(value);
  if (!isGraphErrorCode(code)) throw usage(value, "a code of the Cloud API such as 131047");
  return code;
}

function parseStatuses(value: string): readonly StatusPlan[] {
  if (value === "none") return [];
  return value.split("+").map((text) => {
    const status = STATUS_NAMES.find((name) => name === text);
    if (status === undefined) throw usage(value, `none, or ${STATUS_NAMES.join(", ")} with + between`);
    return { status };
  });
}

function parseAnswer(value: string): NonNullable<Behaviour["answer"]> {
  const answer = ANSWERS.find((candidate) => candidate === value);
  if (answer === undefined) throw usage(value, `answer=${ANSWERS.join(", ")}`);
  return answer;
}

function parseChance(value: string): number {
  const chance = Number(value);
  if (!(value !== "" && chance >= 0 && chance <= 1)) throw usage(value, "chance from 0 to 1");
  return chance;
}

const count = (name: string) => (value: string) => ({ [name]: parseCount("--rule", value, COUNT_MAX) });

const CONDITIONS: Readonly<Record<string, (value: string) => Partial<Rule>>> = {
  to: (to) => ({ to }),
  number: (phoneNumberId) => ({ phoneNumberId }),
  type: (type) => ({ type }),
  every: count("every"),
  times: count("times"),
  chance: (value) => ({ chance: parseChance(value) }),
};

const BEHAVIOURS: Readonly<Record<string, (value: string) => Behaviour>> = {
  error: (value) => ({ errorCode: parseCode(value) }),
  fail: (value) => ({ statuses: [{ status: "failed", errorCode: parseCode(value) }] }),
  statuses: (value) => ({ statuses: parseStatuses(value) }),
  answer: (value) => ({ answer: parseAnswer(value) }),
  delay: (value) => ({ answerDelayMs: parseCount("--rule", value, COUNT_MAX) }),
  reply: (body) => ({ reply: { type: "text", text: { body } } }),
};

/** `to=4477*,every=10,error=131049`: conditions and behaviour, in any order. */
export function parseEmulatorRule(text: string): Rule {
  let conditions: Partial<Rule> = {};
  let behaviour: Behaviour = {};
  for (const term of text.split(",")) {
    const [, name = "", value] = /^([a-z]+)=(.*)$/s.exec(term.trim()) ?? [];
    if (value === undefined) throw usage(term, "NAME=VALUE,...");
    if (Object.hasOwn(CONDITIONS, name)) conditions = { ...conditions, ...CONDITIONS[name]?.(value) };
    else if (Object.hasOwn(BEHAVIOURS, name)) behaviour = { ...behaviour, ...BEHAVIOURS[name]?.(value) };
    else throw usage(name, `the names ${[...Object.keys(CONDITIONS), ...Object.keys(BEHAVIOURS)].join(", ")}`);
  }
  return { ...conditions, behaviour };
}

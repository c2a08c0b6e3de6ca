import { parseArgs } from "node:util";
import { describeSettings } from "../config/config.ts";
import { didYouMean } from "../config/did-you-mean.ts";
import { CliError } from "./cli-error.ts";

/** flag: is there or not; text: takes a value, the last one counts; list: takes a value, each time it is given. */
export interface Option {
  readonly kind: "flag" | "text" | "list";
  readonly description: string;
  /** One letter. */
  readonly short?: string;
  /** What stands for its value in the help. */
  readonly value?: string;
  /** Its value when it is given without one; then only a number may follow after a space. */
  readonly bareValue?: string;
}

export type Options = Readonly<Record<string, Option>>;

export type Values<Known extends Options> = {
  readonly [Name in keyof Known]: Known[Name]["kind"] extends "flag"
    ? boolean
    : Known[Name]["kind"] extends "list"
      ? readonly string[]
      : string | undefined;
};

export interface ArgumentRules {
  readonly command: string;
  readonly positionals: readonly string[];
  readonly takesSettings?: boolean | undefined;
}

export interface ParsedArguments<Known extends Options> {
  readonly isHelp: boolean;
  readonly values: Values<Known>;
  readonly positionals: readonly string[];
  /** Settings given by their dotted path. */
  readonly settings: Readonly<Record<string, string>>;
}

/** @throws CliError USAGE for what is unknown, lacks its value, has one too many or is missing */
export function parseArguments<Known extends Options>(
  args: readonly string[],
  options: Known,
  rules: ArgumentRules,
): ParsedArguments<Known> {
  const settingPaths = rules.takesSettings === true ? describeSettings().map(({ path }) => path) : [];
  const { tokens } = parseArgs({
    args: withBareValues(args, options),
    options: {
      ...Object.fromEntries(settingPaths.map((path) => [path, { type: "string" as const }])),
      ...Object.fromEntries(Object.entries(options).map(([name, option]) => [name, declarationOf(option)])),
    },
    // Its own strictness has no suggestions, and its messages are not for people who did not write the program.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = emptyValues(options);
  const settings: Record<string, string> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option !== undefined) take(values, token, option);
    else if (settingPaths.includes(token.name)) settings[token.name] = valueOf(token);
    else throw unknownOption(token, [...Object.keys(options), ...settingPaths], rules);
  }
  const isHelp = values["help"] === true;
  if (!isHelp) checkPositionals(positionals, rules);
  return { isHelp, values: values as Values<Known>, positionals, settings };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function declarationOf({ kind, short }: Option) {
  const type = kind === "flag" ? ("boolean" as const) : ("string" as const);
  return short === undefined ? { type } : { type, short };
}

function emptyValues(options: Options): Record<string, boolean | string | string[] | undefined> {
  const entries = Object.entries(options).map(([name, { kind }]) => {
    return [name, kind === "flag" ? false : kind === "list" ? [] : undefined] as const;
  });
  return Object.fromEntries<boolean | string | string[] | undefined>(entries);
}

function take(values: ReturnType<typeof emptyValues>, token: OptionToken, { kind }: Option) {
  if (kind === "flag") {
    if (token.value !== undefined) throw new CliError("USAGE", `${token.rawName} takes no value`);
    values[token.name] = true;
  } else if (kind === "text") values[token.name] = valueOf(token);
  else (values[token.name] as string[]).push(valueOf(token));
}

function valueOf({ rawName, value, inlineValue }: OptionToken): string {
  if (value === undefined) throw new CliError("USAGE", `${rawName} needs a value`);
  // `--port --host x`: the value was forgotten. A single hyphen stands for standard input.
  if (inlineValue !== true && value.startsWith("-") && value.length > 1) {
    throw new CliError(
      "USAGE",
      `${rawName} needs a value; one that begins with a hyphen is given as ${rawName}=${value}`,
    );
  }
  return value;
}

function unknownOption({ name, rawName }: OptionToken, known: readonly string[], { command }: ArgumentRules): CliError {
  const suggestion = didYouMean(name, known);
  const hint = suggestion === undefined ? `see \`posthorn ${command} --help\`` : `did you mean --${suggestion}?`;
  return new CliError("USAGE", `unknown option ${rawName}; ${hint}`);
}

function checkPositionals(given: readonly string[], { command, positionals }: ArgumentRules) {
  const missing = positionals[given.length];
  if (missing !== undefined) throw new CliError("USAGE", `${missing} is missing; see \`posthorn ${command} --help\``);
  const surplus = given[positionals.length];
  if (surplus !== undefined) {
    throw new CliError("USAGE", `unexpected argument ${JSON.stringify(surplus)}; see \`posthorn ${command} --help\``);
  }
}

/** `--wait` and `--wait 30` into `--wait=60` and `--wait=30`: parseArgs knows no optional values. */
function withBareValues(args: readonly string[], options: Options): string[] {
  const result: string[] = [];
  const end = args.indexOf("--");
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] as string;
    const option = arg.startsWith("--") && Object.hasOwn(options, arg.slice(2)) ? options[arg.slice(2)] : undefined;
    if (option?.bareValue === undefined || (end !== -1 && index > end)) {
      result.push(arg);
      continue;
    }
    const next = args[index + 1];
    const isValueNext = next !== undefined && /^\d/.test(next);
    result.push(`${arg}=${isValueNext ? next : option.bareValue}`);
    if (isValueNext) index += 1;
  }
  return result;
}

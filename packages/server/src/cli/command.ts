import { type Options, parseArguments, type Values } from "./arguments.ts";
import type { ExitName } from "./exit-codes.ts";
import { helpOf } from "./help.ts";
import type { Terminal } from "./terminal.ts";

/** What a command gets from the process it runs in. */
export interface Context {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From the first call on, SIGINT and SIGTERM abort this signal instead of ending the process. */
  stopSignal(): AbortSignal;
}

export interface CommandSpec<Known extends Options> {
  /** As it is typed: `key create`. */
  readonly name: string;
  readonly summary: string;
  /** Names of what stands without an option; all are required. */
  readonly positionals?: readonly string[];
  readonly options: Known;
  /** True: also every setting of the configuration is an option, by its dotted path. */
  readonly takesSettings?: boolean;
  /** Below the options in the help: examples, hints. */
  readonly notes?: string;
  run(
    given: {
      readonly values: Values<Known>;
      readonly positionals: readonly string[];
      readonly settings: Readonly<Record<string, string>>;
    },
    context: Context,
  ): Promise<ExitName>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  help(): string;
  run(args: readonly string[], context: Context): Promise<ExitName>;
}

export const COMMON_OPTIONS = {
  help: { kind: "flag", short: "h", description: "Show this help." },
} as const satisfies Options;

export function defineCommand<const Known extends Options>(spec: CommandSpec<Known>): Command {
  const options = { ...spec.options, ...COMMON_OPTIONS };
  const help = () => helpOf({ ...spec, options, positionals: spec.positionals ?? [] });
  return {
    name: spec.name,
    summary: spec.summary,
    help,
    async run(args, context) {
      const rules = { command: spec.name, positionals: spec.positionals ?? [], takesSettings: spec.takesSettings };
      const given = parseArguments(args, options, rules);
      if (given.isHelp) {
        context.terminal.out(help());
        return "OK";
      }
      return await spec.run({ ...given, values: given.values as Values<Known> }, context);
    },
  };
}

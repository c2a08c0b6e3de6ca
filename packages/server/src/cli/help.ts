import type { Options } from "./arguments.ts";
import { EXIT_CODES } from "./exit-codes.ts";

interface HelpSource {
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly string[];
  readonly options: Options;
  readonly takesSettings?: boolean;
  readonly notes?: string;
}

const SETTINGS_HINT = "Every setting is an option too: --http.port 9000. `posthorn config print` lists them all.";

export function helpOf({ name, summary, positionals, options, takesSettings, notes }: HelpSource): string {
  const usage = ["posthorn", name, ...positionals, "[options]"].join(" ");
  const entries = Object.entries(options).map(([long, option]): [string, string] => {
    const short = option.short === undefined ? "    " : `-${option.short}, `;
    const value =
      option.value === undefined ? "" : option.bareValue === undefined ? ` ${option.value}` : ` [${option.value}]`;
    const repeats = option.kind === "list" ? " Repeatable." : "";
    return [`${short}--${long}${value}`, option.description + repeats];
  });
  return [
    summary,
    "",
    `Usage: ${usage}`,
    "",
    "Options:",
    ...columns(entries),
    ...(takesSettings === true ? ["", SETTINGS_HINT] : []),
    ...(notes === undefined ? [] : ["", notes]),
  ].join("\n");
}

type Listed = readonly { readonly name: string; readonly summary: string }[];

const listOf = (commands: Listed) => columns(commands.map(({ name, summary }): [string, string] => [name, summary]));

/** Of the commands that begin with the same word. */
export function groupOverview(group: string, commands: Listed): string {
  return [`Usage: posthorn ${group} COMMAND [options]`, "", "Commands:", ...listOf(commands)].join("\n");
}

/** Of the program as a whole. */
export function overview(commands: Listed): string {
  return [
    "Posthorn: a self-hosted messaging platform that speaks Infobip's HTTP API.",
    "",
    "Usage: posthorn COMMAND [options]",
    "",
    "Commands:",
    ...listOf(commands),
    "",
    "`posthorn COMMAND --help` tells more about one; `posthorn --version` prints the version.",
    "",
    "Exit status:",
    ...columns(Object.values(EXIT_CODES).map(({ code, meaning }): [string, string] => [String(code), meaning])),
  ].join("\n");
}

function columns(entries: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...entries.map(([left]) => left.length));
  return entries.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

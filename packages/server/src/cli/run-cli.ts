import { didYouMean } from "../config/did-you-mean.ts";
import { CliError } from "./cli-error.ts";
import type { Command, Context } from "./command.ts";
import { configCheck, configPrint } from "./config-commands.ts";
import { definition } from "./definition.ts";
import { EXIT_CODES, type ExitName } from "./exit-codes.ts";
import { failureOf } from "./failure.ts";
import { groupOverview, overview } from "./help.ts";
import { keyCreate, keyList, keyRevoke } from "./key-commands.ts";
import { ledger } from "./ledger.ts";
import { receipts, receiptsRematch } from "./receipt-commands.ts";
import { carriers, configReload, routeExplain } from "./routing-commands.ts";
import { run } from "./run.ts";
import { sendSms, sendWhatsapp } from "./send.ts";
import { serve } from "./serve.ts";
import { smsc } from "./smsc.ts";
import { paint } from "./terminal.ts";
import { webhooksList, webhooksReplay, webhooksReplayFailed, webhooksShow } from "./webhook-commands.ts";
import { whatsappEmulator } from "./whatsapp-emulator.ts";
import { VERSION } from "./version.ts";

export const COMMANDS: readonly Command[] = [
  serve,
  sendSms,
  sendWhatsapp,
  run,
  definition,
  keyCreate,
  keyList,
  keyRevoke,
  ledger,
  webhooksList,
  webhooksShow,
  webhooksReplay,
  webhooksReplayFailed,
  receipts,
  receiptsRematch,
  carriers,
  routeExplain,
  configPrint,
  configCheck,
  configReload,
  smsc,
  whatsappEmulator,
];

/** Runs one command line. Never rejects: what goes wrong is told on the terminal, and in the exit status. */
export async function runCli(args: readonly string[], context: Context): Promise<number> {
  const { terminal } = context;
  try {
    return EXIT_CODES[await dispatch(args, context)].code;
  } catch (error) {
    const { exit, text, json } = failureOf(error);
    terminal.err(`${paint(terminal.hasErrColour, "red", "posthorn:")} ${text}`);
    if (args.includes("--json")) terminal.out(JSON.stringify({ error: json }, null, 2));
    return EXIT_CODES[exit].code;
  }
}

async function dispatch(args: readonly string[], context: Context): Promise<ExitName> {
  const { terminal } = context;
  const [first, ...rest] = args;
  if (first === "--version" || first === "-V") {
    terminal.out(VERSION);
    return "OK";
  }
  if (first === undefined) {
    terminal.err(overview(COMMANDS));
    return "USAGE";
  }
  if (first === "help" || first === "--help" || first === "-h") {
    terminal.out(rest.length === 0 ? overview(COMMANDS) : helpFor(rest));
    return "OK";
  }
  const words = args.slice(0, wordCount(args));
  const command = find(words);
  if (command !== undefined) return await command.run(args.slice(command.name.split(" ").length), context);
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0 && (words.length < 2 || args.includes("--help") || args.includes("-h"))) {
    const isAsked = args.includes("--help") || args.includes("-h");
    if (isAsked) terminal.out(groupOverview(words[0] ?? "", group));
    else terminal.err(groupOverview(words[0] ?? "", group));
    return isAsked ? "OK" : "USAGE";
  }
  throw unknownCommand(words);
}

/** Words before the first option: at most two make a command. */
function wordCount(args: readonly string[]): number {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return Math.min(end === -1 ? args.length : end, 2);
}

function find(words: readonly string[]): Command | undefined {
  return COMMANDS.find(({ name }) => name === words.join(" ")) ?? COMMANDS.find(({ name }) => name === words[0]);
}

function helpFor(words: readonly string[]): string {
  const command = find(words);
  if (command !== undefined) return command.help();
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${words[0]} `));
  if (words.length === 1 && group.length > 0) return groupOverview(words[0] ?? "", group);
  throw unknownCommand(words);
}

function unknownCommand(words: readonly string[]): CliError {
  const given = words.length === 0 ? "an option before the command" : `unknown command ${words.join(" ")}`;
  const names = COMMANDS.map(({ name }) => name);
  const [first = ""] = words;
  // The first word is right: what it may be followed by is the better hint.
  const isGroup = names.some((name) => name.startsWith(`${first} `));
  const suggestion =
    didYouMean(words.join(" "), names) ??
    (isGroup
      ? undefined
      : didYouMean(
          first,
          names.map((name) => name.split(" ")[0] as string),
        ));
  const hint =
    suggestion === undefined ? `see \`posthorn ${isGroup ? first : "help"}\`` : `did you mean ${suggestion}?`;
  return new CliError("USAGE", `${given}; ${hint}`);
}

import {
  type Emulator,
  type EmulatorEvent,
  type EmulatorOptions,
  isOptionError,
  startEmulator,
} from "@posthorn/whatsapp-emulator";
import type { Options, Values } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { defineCommand } from "./command.ts";
import { parseCount } from "./smsc-options.ts";
import { plain } from "./terminal.ts";
import { parseEmulatorRule, parseNumber } from "./whatsapp-emulator-options.ts";

const PORT_MAX = 65_535;
const COUNT_MAX = 1_000_000_000;
const DEFAULT_PORT = 8090;
const DEFAULT_NUMBER = "106540352242922:+447860000001:102290129340398";

const OPTIONS = {
  port: { kind: "text", value: "PORT", description: "Where it listens; 8090, 0 takes a free one." },
  host: { kind: "text", value: "ADDRESS", description: "127.0.0.1 unless given." },
  token: { kind: "text", value: "TOKEN", description: "What requests have to bear; emulator-token." },
  "app-secret": { kind: "text", value: "SECRET", description: "Webhooks are signed with it; emulator-secret." },
  number: { kind: "list", value: "ID:DISPLAY:WABA", description: `A business number; ${DEFAULT_NUMBER}.` },
  webhook: { kind: "text", value: "URL", description: "Where webhooks go." },
  "verify-token": { kind: "text", value: "TOKEN", description: "Begin with the handshake, which has to succeed." },
  "window-open": { kind: "flag", description: "Free-form messages reach everybody at any time." },
  "no-magic": { kind: "flag", description: "Magic numbers are ordinary users." },
  "status-delay": { kind: "text", value: "MS", description: "Until sent, and again until delivered; 0." },
  "answer-delay": { kind: "text", value: "MS", description: "Of every answer; 0." },
  throughput: { kind: "text", value: "COUNT", description: "Messages a second of a number; 80." },
  "pair-burst": { kind: "text", value: "COUNT", description: "Messages to one user without a pause; 45." },
  "late-by-ms": { kind: "text", value: "MS", description: "Late statuses of magic numbers; 5000." },
  "slow-answer-ms": { kind: "text", value: "MS", description: "Slow answers of magic numbers; 5000." },
  rule: { kind: "list", value: "RULE", description: "What happens to which messages; see below." },
  json: { kind: "flag", description: "Lines of JSON." },
} as const satisfies Options;

const NOTES = `A rule is NAME=VALUE,... and the first that applies decides. Which messages: to (whole, or a beginning and *),
number, type, every, times, chance. What happens: error, fail, statuses (sent+read, or none), answer (after-statuses,
reset, silent or close), delay, reply. Examples:
  posthorn whatsapp-emulator --webhook http://127.0.0.1:8080/hook --rule 'to=4477*,every=10,error=131049'
  posthorn whatsapp-emulator --window-open --rule 'type=template,fail=131026,chance=0.1' --status-delay 500
docs/whatsapp-emulator.md lists the magic numbers.`;

type Given = Values<typeof OPTIONS>;

/** Only what was given: the emulator has its own defaults. */
function emulatorOptionsOf(values: Given): EmulatorOptions {
  const count = (option: keyof Given, name: string, max = COUNT_MAX) => {
    const value = values[option];
    return typeof value === "string" ? { [name]: parseCount(`--${option}`, value, max) } : {};
  };
  return {
    port: DEFAULT_PORT,
    ...count("port", "port", PORT_MAX),
    ...(values.host === undefined ? {} : { host: values.host }),
    token: values.token ?? "emulator-token",
    appSecret: values["app-secret"] ?? "emulator-secret",
    verifyToken: values["verify-token"] ?? "emulator-verify-token",
    numbers: (values.number.length === 0 ? [DEFAULT_NUMBER] : values.number).map(parseNumber),
    ...(values.webhook === undefined ? {} : { webhook: { url: values.webhook } }),
    ...(values["window-open"] ? { windowIsOpen: () => true } : {}),
    hasMagicNumbers: !values["no-magic"],
    ...count("status-delay", "statusDelayMs"),
    ...count("answer-delay", "answerDelayMs"),
    ...count("throughput", "throughputPerSecond"),
    ...count("pair-burst", "pairBurst"),
    ...count("late-by-ms", "lateByMs"),
    ...count("slow-answer-ms", "slowAnswerMs"),
    rules: values.rule.map(parseEmulatorRule),
  };
}

function lineOf(event: EmulatorEvent): string {
  switch (event.type) {
    case "message":
      return `${event.message.phoneNumberId} to ${event.message.to}  ${event.message.type}  ${event.message.id}`;
    case "refused":
      return `refused with ${event.code}  ${event.path}  ${event.details}`;
    case "status":
      return `${event.status}  ${event.to}  ${event.id}`;
    case "received":
      return `from ${event.message.from} to ${event.message.phoneNumberId}  ${event.message.type}  ${event.message.id}`;
    case "webhook":
      return `webhook  ${event.url}  attempt ${event.attempt}  ${event.status ?? "no answer"}`;
  }
}

async function start(options: EmulatorOptions): Promise<Emulator> {
  try {
    return await startEmulator(options);
  } catch (error) {
    if (isOptionError(error)) throw new CliError("USAGE", error.message, { cause: error });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CliError("FAILED", `it cannot listen: ${message}`, { cause: error });
  }
}

export const whatsappEmulator = defineCommand({
  name: "whatsapp-emulator",
  summary: "Run an emulator of WhatsApp's Cloud API: it takes messages, reports them, and misbehaves when asked to.",
  options: OPTIONS,
  notes: NOTES,
  async run({ values }, context) {
    const { terminal } = context;
    const options = emulatorOptionsOf(values);
    const onEvent = (event: EmulatorEvent): void => {
      terminal.out(values.json ? JSON.stringify(event) : plain(lineOf(event)));
    };
    const signal = context.stopSignal();
    const emulator = await start({ ...options, onEvent });
    try {
      if (values["verify-token"] !== undefined && !(await emulator.verifyWebhook())) {
        throw new CliError("FAILED", "the webhook did not answer the handshake's challenge");
      }
      const { url } = emulator;
      terminal.out(
        values.json
          ? JSON.stringify({ type: "listening", url, token: options.token })
          : `WhatsApp emulator on ${url}, token ${options.token}. Ctrl-C stops.`,
      );
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    } finally {
      await emulator.close();
    }
    return "OK";
  },
});

import {
  commandStatusName,
  isSmppError,
  type Simulator,
  type SimulatorEvent,
  type SimulatorOptions,
  startSimulator,
} from "@posthorn/smpp";
import type { Options, Values } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { defineCommand } from "./command.ts";
import { parseAccount, parseCount, parseDelay, parseFault, parseMessageIds, parseRule } from "./smsc-options.ts";
import { plain, type Terminal } from "./terminal.ts";

const PORT_MAX = 65_535;
const COUNT_MAX = 1_000_000_000;
const COUNTERS_INTERVAL_MS = 1000;
/** Of a message's text on a line of output. */
const SHOWN_TEXT_LENGTH = 60;

const OPTIONS = {
  port: { kind: "text", value: "PORT", description: "Where it listens; 2775, 0 takes a free one." },
  host: { kind: "text", value: "ADDRESS", description: "127.0.0.1 unless given." },
  account: { kind: "list", value: "ID:PASSWORD", description: "Who may bind; everybody unless given." },
  "sessions-max": { kind: "text", value: "COUNT", description: "Connections at a time; 1000." },
  ids: {
    kind: "text",
    value: "STYLE",
    description: "Message ids: decimal, hex or HEX, and :DIGITS for zeros; decimal.",
  },
  "receipt-ids": { kind: "text", value: "STYLE", description: "Ids in receipts, where they differ." },
  receipts: { kind: "text", value: "WHICH", description: "requested, always or never; requested." },
  "receipt-delay": { kind: "text", value: "DELAY", description: "MS, MIN..MAX or ~MEAN..MAX; 0." },
  "receipts-go-to": { kind: "text", value: "BIND", description: "any-session, same-session or other-session." },
  "reorder-receipts": { kind: "text", value: "COUNT", description: "Gather so many and send them in reverse." },
  "answer-delay": { kind: "text", value: "DELAY", description: "Of every answer, as --receipt-delay." },
  throughput: { kind: "text", value: "COUNT", description: "Messages a second of an account; more are throttled." },
  "pending-max": { kind: "text", value: "COUNT", description: "Receipts that wait; above it ESME_RMSGQFUL. 500000." },
  "window-size": { kind: "text", value: "COUNT", description: "Receipts and messages to a session at a time; 100." },
  "fault-after": { kind: "text", value: "COUNT", description: "Messages of a session until its fault." },
  fault: { kind: "text", value: "FAULT", description: "reset, close, silent, unbind or ignore-enquire-link; reset." },
  "no-enquire-link": { kind: "flag", description: "Answer no enquire_link." },
  rule: { kind: "list", value: "RULE", description: "What happens to which messages; see below." },
  "no-magic": { kind: "flag", description: "Magic destinations are ordinary phones." },
  "late-by-ms": { kind: "text", value: "MS", description: "Late receipts of magic destinations; 5000." },
  "slow-answer-ms": { kind: "text", value: "MS", description: "Slow answers of magic destinations; 5000." },
  counters: { kind: "flag", description: "Once a second what was counted, instead of a line for each event." },
  json: { kind: "flag", description: "Lines of JSON." },
} as const satisfies Options;

const NOTES = `A rule is NAME=VALUE,... and the first that applies decides. Which messages: to, from (whole, or a beginning
and *), system, every, times, chance. What happens: status, delay, answer (dropped, after-receipt, twice), congestion,
fault, reply, state (or none), err, after, copies. Examples:
  posthorn smsc --rule 'to=4915*,chance=0.05,status=RTHROTTLED' --rule 'to=43*,state=UNDELIVERABLE,err=27,after=2000'
  posthorn smsc --ids hex --receipt-ids decimal:10 --receipt-delay ~500..5000
docs/smsc.md lists the magic destinations.`;

function oneOf<const Choice extends string>(option: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new CliError("USAGE", `${option} takes ${choices.join(", ")}; got ${value}`);
  return found;
}

type Given = Values<typeof OPTIONS>;

/** Only what was given: the simulator has its own defaults. */
function simulatorOptionsOf(values: Given): SimulatorOptions {
  const given = <Value>(value: string | undefined, name: string, read: (text: string) => Value) =>
    value === undefined ? {} : { [name]: read(value) };
  const count =
    (option: string, max = COUNT_MAX) =>
    (text: string) =>
      parseCount(option, text, max);
  const faultAfter = values["fault-after"];
  return {
    ...given(values.port, "port", count("--port", PORT_MAX)),
    ...given(values.host, "host", (host) => host),
    ...given(values["sessions-max"], "sessionsMax", count("--sessions-max")),
    ...given(values.ids, "messageIds", (text) => parseMessageIds("--ids", text)),
    ...given(values["receipt-ids"], "receiptForm", (text) => ({ id: parseMessageIds("--receipt-ids", text) })),
    ...given(values.receipts, "receipts", (text) => oneOf("--receipts", text, ["requested", "always", "never"])),
    ...given(values["receipt-delay"], "receiptDelay", (text) => parseDelay("--receipt-delay", text)),
    ...given(values["receipts-go-to"], "receiptsGoTo", (text) =>
      oneOf("--receipts-go-to", text, ["any-session", "same-session", "other-session"]),
    ),
    ...given(values["reorder-receipts"], "receiptReorderCount", count("--reorder-receipts")),
    ...given(values["answer-delay"], "answerDelay", (text) => parseDelay("--answer-delay", text)),
    ...given(values.throughput, "throughputPerSecond", count("--throughput")),
    ...given(values["pending-max"], "pendingMax", count("--pending-max")),
    ...given(values["window-size"], "session", (text) => ({
      windowSize: Math.max(1, parseCount("--window-size", text, COUNT_MAX)),
    })),
    ...given(values["late-by-ms"], "lateByMs", count("--late-by-ms")),
    ...given(values["slow-answer-ms"], "slowAnswerMs", count("--slow-answer-ms")),
    ...given(faultAfter, "faultAfter", (text) => ({
      submissions: parseCount("--fault-after", text, COUNT_MAX),
      fault: parseFault("--fault", values.fault ?? "reset"),
    })),
    accounts: values.account.map(parseAccount),
    rules: values.rule.map(parseRule),
    magicDestinations: !values["no-magic"],
    answersEnquireLink: !values["no-enquire-link"],
    // Nobody could look at them.
    receivedMax: 0,
  };
}

function lineOf(event: SimulatorEvent): string {
  const who = event.systemId ?? "nobody";
  switch (event.type) {
    case "bound":
      return `${who}  bound as ${event.bindAs} from ${event.remoteAddress}`;
    case "bind-refused":
      return `${who}  bind refused with ${commandStatusName(event.commandStatus)}`;
    case "submitted": {
      const end = event.messageId ?? `refused with ${commandStatusName(event.commandStatus)}`;
      const text = event.text === null ? "(no text)" : JSON.stringify(event.text.slice(0, SHOWN_TEXT_LENGTH));
      return `${who}  ${event.source} to ${event.destination}  ${end}  ${text}`;
    }
    case "receipt":
      return `${who}  receipt of ${event.messageId}  ${event.state}  ${event.outcome}`;
    case "mo":
      return `${who}  from phone ${event.source} to ${event.destination}  ${event.outcome}`;
    case "fault":
      return `${who}  fault: ${event.fault}`;
    case "closed":
      return `${who}  closed: ${event.reason}`;
  }
}

/** `submitted 1200 (+1200), ...`: those that moved, and by how much since the last time. */
function countersLine(before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): string | null {
  const moved = Object.entries(now).filter(([name, count]) => count !== before[name]);
  if (moved.length === 0) return null;
  const shown = moved.map(([name, count]) => {
    const difference = count - (before[name] ?? 0);
    return `${name} ${count} (${difference > 0 ? "+" : ""}${difference})`;
  });
  return shown.join(", ");
}

function printCounters({ counters }: Simulator, terminal: Terminal, isJson: boolean): () => void {
  let before = { ...counters };
  const print = (): void => {
    const line = countersLine({ ...before }, { ...counters });
    before = { ...counters };
    if (line !== null) terminal.out(isJson ? JSON.stringify({ type: "counters", ...counters }) : line);
  };
  const timer = setInterval(print, COUNTERS_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    print();
  };
}

async function start(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    if (isSmppError(error)) throw new CliError("USAGE", error.message, { cause: error });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CliError("FAILED", `it cannot listen: ${message}`, { cause: error });
  }
}

export const smsc = defineCommand({
  name: "smsc",
  summary: "Run an SMSC simulator: it takes SMPP messages, reports them, and misbehaves when asked to.",
  options: OPTIONS,
  notes: NOTES,
  async run({ values }, context) {
    const { terminal } = context;
    const options = simulatorOptionsOf(values);
    const onEvent = (event: SimulatorEvent): void => {
      terminal.out(values.json ? JSON.stringify(event) : plain(lineOf(event)));
    };
    const signal = context.stopSignal();
    const simulator = await start(values.counters ? options : { ...options, onEvent });
    const { host, port } = simulator;
    terminal.out(
      values.json
        ? JSON.stringify({ type: "listening", host, port })
        : `SMSC simulator on ${host}:${port}. Ctrl-C stops.`,
    );
    const stopCounters = values.counters ? printCounters(simulator, terminal, values.json) : () => {};
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await simulator.close();
    stopCounters();
    return "OK";
  },
});

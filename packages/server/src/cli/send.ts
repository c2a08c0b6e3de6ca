import { randomUUID } from "node:crypto";
import type { Options, Values } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { type Command, type Context, defineCommand } from "./command.ts";
import { clientOf, CONNECTION_OPTIONS, connectionOf } from "./connection.ts";
import { DESTINATIONS_MAX, readDestinations } from "./destinations.ts";
import type { ExitName } from "./exit-codes.ts";
import { exitOfComponentError } from "./failure.ts";
import { waitForEnds, type WaitResult } from "./message-ends.ts";
import { exitOfSignal } from "./process-signals.ts";
import { ProgressBar } from "./progress-bar.ts";
import { DESTINATIONS_PER_REQUEST, sendAll, type SendChannel, type SendOutcome } from "./send-batches.ts";
import { explainFailure, isLost, sendJson, sendTable } from "./send-output.ts";

const WAIT_SECONDS_DEFAULT = 60;
const WAIT_SECONDS_MAX = 86_400;
const TEXT_BYTES_MAX = 1_048_576;
/** A shorter list is done before anybody could read a bar. */
const PROGRESS_FROM = 100;

const SEND_OPTIONS = {
  from: { kind: "text", value: "SENDER", description: "What the phone shows as the sender." },
  to: { kind: "list", value: "NUMBER", description: "Destination in international form; several with commas." },
  "to-file": {
    kind: "text",
    value: "FILE",
    description: `Destinations from a file: one a line, or a CSV file's first column; - is stdin. At most ${DESTINATIONS_MAX}.`,
  },
  text: { kind: "text", value: "TEXT", description: "What to send; - reads it from stdin." },
  "idempotency-key": {
    kind: "text",
    value: "KEY",
    description: "Names this send: the same again sends nothing twice.",
  },
  wait: {
    kind: "text",
    value: "SECONDS",
    bareValue: String(WAIT_SECONDS_DEFAULT),
    description: `Wait for each message's end, ${WAIT_SECONDS_DEFAULT} seconds if not said. Only against Posthorn.`,
  },
  json: {
    kind: "flag",
    description: "Print the API's answer as JSON; of several requests, one object with `results`.",
  },
  ...CONNECTION_OPTIONS,
} as const satisfies Options;

function sendCommand(channel: SendChannel, summary: string, example: string): Command {
  return defineCommand({
    name: `send ${channel}`,
    summary,
    options: SEND_OPTIONS,
    notes: `Example:\n  posthorn send ${channel} ${example}`,
    run: ({ values }, context) => send(channel, values, context),
  });
}

export const sendSms = sendCommand(
  "sms",
  `Send an SMS to one or many numbers, ${DESTINATIONS_PER_REQUEST} in a request.`,
  "--from Posthorn --to 447700900000 --text Hello --wait",
);
export const sendWhatsapp = sendCommand(
  "whatsapp",
  "Send a WhatsApp text to one or many numbers, one in a request.",
  "--from 447700900001 --to 447700900000 --text Hello",
);

async function send(channel: SendChannel, values: Values<typeof SEND_OPTIONS>, context: Context): Promise<ExitName> {
  const { terminal } = context;
  const waitMs = waitMsOf(values.wait);
  const connection = connectionOf(values, context);
  if (values.from === undefined) throw new CliError("USAGE", "--from is missing");
  if (values.text === "-" && values["to-file"] === "-") {
    throw new CliError("USAGE", "--text and --to-file cannot both be read from stdin");
  }
  const destinations = await readDestinations(values.to, values["to-file"], terminal);
  const text = await readText(values.text, context);
  const idempotencyKey = values["idempotency-key"] ?? randomUUID();
  const job = { channel, from: values.from, destinations, text, idempotencyKey };
  const signal = context.stopSignal();
  const isLong = destinations.length > PROGRESS_FROM;
  const sendBar = isLong ? new ProgressBar(terminal, "Sending", destinations.length) : null;
  const sending = sendAll(clientOf(connection, terminal), job, {
    signal,
    onProgress: (count) => sendBar?.update(count),
  });
  const outcome = await sending.finally(() => sendBar?.end());
  // A request that failed as a whole and the only one: there is no answer to show beside the error.
  if (outcome.error !== null && outcome.bodies.length === 0 && outcome.unclearCount === 0) throw outcome.error;

  const waited = waitMs === null ? null : await waitFor(outcome, connection, { waitMs, isLong, signal }, context);
  if (values.json) terminal.out(JSON.stringify(sendJson(outcome, waited, destinations.length), null, 2));
  else if (outcome.messages.length > 0) terminal.out(sendTable(outcome, waited, terminal));
  for (const line of explainFailure(outcome, idempotencyKey)) terminal.err(line);
  if (waited?.isPosthorn === false) {
    terminal.err("This server does not tell how messages ended: --wait needs Posthorn, which has a path for it.");
  }
  return exitOf(outcome, waited, signal);
}

interface WaitPlan {
  readonly waitMs: number;
  readonly isLong: boolean;
  readonly signal: AbortSignal;
}

async function waitFor(
  { messages }: SendOutcome,
  { key, baseUrl }: { readonly key: string; readonly baseUrl: string },
  { waitMs, isLong, signal }: WaitPlan,
  { terminal }: Context,
): Promise<WaitResult> {
  const ids = messages.map(({ messageId }) => messageId);
  const bar = isLong ? new ProgressBar(terminal, "Waiting", ids.length) : null;
  try {
    const onProgress = (count: number) => bar?.update(count);
    return await waitForEnds({ url: baseUrl, key }, ids, { timeoutMs: waitMs, signal, onProgress });
  } finally {
    bar?.end();
  }
}

function exitOf({ error, messages }: SendOutcome, waited: WaitResult | null, signal: AbortSignal): ExitName {
  if (signal.aborted) return exitOfSignal(signal);
  if (error !== null) return exitOfComponentError(error);
  if (messages.some((message) => isLost(message, waited))) return "REJECTED";
  if (waited !== null && waited.ends.size < messages.length) return "NOT_ENDED";
  return "OK";
}

async function readText(given: string | undefined, { terminal }: Context): Promise<string> {
  if (given === undefined) throw new CliError("USAGE", "--text is missing");
  // `echo Hello |` ends its line; that is not part of what was meant.
  return given === "-" ? (await terminal.readInput(TEXT_BYTES_MAX)).replace(/\r?\n$/, "") : given;
}

function waitMsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= WAIT_SECONDS_MAX) return seconds * 1000;
  throw new CliError(
    "USAGE",
    `--wait takes seconds, more than 0 and at most ${WAIT_SECONDS_MAX}; got ${JSON.stringify(text)}`,
  );
}

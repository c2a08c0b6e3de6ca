import { type Infobip, infobip, isComponentError } from "@posthorn/component";
import type { Config } from "../config/config.ts";
import type { RunningServer } from "../main.ts";
import { EXAMPLE_DESTINATION } from "./banner.ts";
import { waitForEnds, type MessageEnd } from "./message-ends.ts";

const WAIT_MS = 10_000;
const SENDER = "Posthorn";
const WHATSAPP_SENDER = "447700900001";

export interface WelcomeParts {
  readonly config: Config;
  readonly server: Pick<RunningServer, "isFirstStart" | "firstKey" | "sandbox">;
  /** On loopback, when the server listens everywhere. */
  readonly url: string;
  readonly signal: AbortSignal;
}

export interface WelcomeEnd {
  readonly channel: "SMS" | "WhatsApp";
  readonly to: string;
  readonly messageId: string;
  /** Null: it had not ended in time. */
  readonly status: string | null;
  readonly afterMs: number;
}

/**
 * At the first start: one SMS and one WhatsApp text on the way that every client's messages take, through the
 * component over HTTP to the sandbox's virtual phones. So the first thing that a new operator sees is a delivery.
 * Never rejects: the server runs whether this works or not.
 */
export async function welcome(parts: WelcomeParts, print: (line: string) => void): Promise<readonly WelcomeEnd[]> {
  const { config, server, url, signal } = parts;
  const key = server.firstKey ?? config.auth.apiKey;
  const hasSandbox = server.sandbox !== null && !config.sandbox.paused;
  if (!server.isFirstStart || !config.welcome.enabled || !hasSandbox || key === "" || signal.aborted) return [];
  try {
    print("First start: sending one SMS and one WhatsApp text to the sandbox's virtual phones.");
    const sent = await send(infobip({ key, baseUrl: url }, { deadlineMs: WAIT_MS, attemptsMax: 2 }), signal);
    const startedAt = performance.now();
    const ids = sent.map(({ messageId }) => messageId);
    const { ends } = await waitForEnds({ url, key }, ids, { timeoutMs: WAIT_MS, signal });
    const endings = sent.map((message) =>
      endingOf(message, ends.get(message.messageId), performance.now() - startedAt),
    );
    for (const ending of endings) print(describe(ending));
    return endings;
  } catch (error) {
    if (!signal.aborted) print(`The first messages failed; the server runs all the same: ${reasonOf(error)}`);
    return [];
  }
}

type Sent = Pick<WelcomeEnd, "channel" | "to" | "messageId">;

async function send(client: Infobip, signal: AbortSignal): Promise<readonly Sent[]> {
  const to = EXAMPLE_DESTINATION;
  const sms = await client.sendSMS({ sender: SENDER, to: [to], text: "Welcome to Posthorn." }, { signal });
  const text = "Welcome to Posthorn.";
  const whatsApp = await client.sendWhatsappTextMessage({ from: WHATSAPP_SENDER, to, text }, { signal });
  return [
    { channel: "SMS", to, messageId: sms.messages[0]?.messageId ?? "" },
    { channel: "WhatsApp", to, messageId: whatsApp.messageId ?? "" },
  ];
}

function endingOf(sent: Sent, end: MessageEnd | undefined, waitedMs: number): WelcomeEnd {
  if (end === undefined) return { ...sent, status: null, afterMs: Math.round(waitedMs) };
  return { ...sent, status: end.status.name, afterMs: end.afterMs };
}

function describe({ channel, to, status, afterMs }: WelcomeEnd): string {
  const seconds = (afterMs / 1000).toFixed(1);
  return status === null
    ? `  ${channel} to ${to}: still under way after ${seconds} s`
    : `  ${channel} to ${to}: ${status} after ${seconds} s`;
}

function reasonOf(error: unknown): string {
  if (isComponentError(error)) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}

import { parseDate } from "@posthorn/contract";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "./cli-error.ts";

/** How a message ended, by the server's own word. */
export interface MessageEnd {
  readonly messageId: string;
  readonly state: string;
  readonly status: { readonly id: number; readonly name: string; readonly groupName: string };
  readonly error: { readonly id: number; readonly name: string };
  readonly doneAt: string;
  /** From its acceptance to its end, by the server's clock. */
  readonly afterMs: number;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (endedCount: number) => void;
}

export interface WaitResult {
  readonly ends: ReadonlyMap<string, MessageEnd>;
  /** False: it does not know Posthorn's own path, as Infobip does not. */
  readonly isPosthorn: boolean;
}

const POLL_FIRST_MS = 50;
const POLL_MAX_MS = 1_000;
const CONCURRENCY_MAX = 16;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Asks for every message until it has ended or the time is over. Answers what it knows by then.
 *
 * @throws CliError AUTH when the key may not ask, FAILED for an answer that is none; what fetch throws
 */
export async function waitForEnds(
  server: { readonly url: string; readonly key: string },
  messageIds: readonly string[],
  { timeoutMs, signal, onProgress }: WaitOptions,
): Promise<WaitResult> {
  const deadline = performance.now() + timeoutMs;
  const ends = new Map<string, MessageEnd>();
  let open = [...messageIds];
  let pauseMs = POLL_FIRST_MS;
  let isPosthorn = true;
  while (open.length > 0 && isPosthorn) {
    const queue = open.values();
    const askNext = async (): Promise<void> => {
      for (const messageId of queue) {
        if (!isPosthorn || signal?.aborted === true || performance.now() >= deadline) return;
        const answer = await ask(server, messageId, signal);
        if (answer === "unknown path") isPosthorn = false;
        else if (answer !== null) {
          ends.set(messageId, answer);
          onProgress?.(ends.size);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY_MAX, open.length) }, askNext));
    open = open.filter((messageId) => !ends.has(messageId));
    const leftMs = deadline - performance.now();
    if (open.length === 0 || leftMs <= 0 || signal?.aborted === true) break;
    await sleep(Math.min(pauseMs, leftMs), undefined, signal === undefined ? {} : { signal });
    pauseMs = Math.min(pauseMs * 2, POLL_MAX_MS);
  }
  return { ends, isPosthorn };
}

interface ShownMessage extends Omit<MessageEnd, "afterMs" | "doneAt"> {
  readonly acceptedAt: string;
  readonly doneAt: string | null;
}

/** Null: it has not ended yet. */
async function ask(
  { url, key }: { readonly url: string; readonly key: string },
  messageId: string,
  signal: AbortSignal | undefined,
): Promise<MessageEnd | "unknown path" | null> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const response = await fetch(`${url}/posthorn/1/messages/${encodeURIComponent(messageId)}`, {
    headers: { authorization: `App ${key}` },
    redirect: "manual",
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (response.status === 404) {
    await response.body?.cancel();
    return "unknown path";
  }
  if (response.status === 401 || response.status === 403) {
    await response.body?.cancel();
    throw new CliError("AUTH", `this key may not ask for messages (HTTP ${response.status}); it needs sms:logs:read`);
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new CliError("FAILED", `asking for message ${messageId} was answered with HTTP ${response.status}`);
  }
  const message = (await response.json()) as ShownMessage;
  const { state, status, error, acceptedAt, doneAt } = message;
  if (doneAt === null) return null;
  const afterMs = Math.max(0, (parseDate(doneAt) ?? 0) - (parseDate(acceptedAt) ?? 0));
  return { messageId, state, status, error, doneAt, afterMs };
}

import type { WaitResult } from "./message-ends.ts";
import { REJECTED_GROUP_ID, type SendOutcome, type SentMessage } from "./send-batches.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** A longer table nobody reads: then only what went wrong is listed, and at most this much of it. */
const ROWS_MAX = 25;

const LOST_GROUPS: ReadonlySet<string> = new Set(["REJECTED", "UNDELIVERABLE", "EXPIRED"]);

/** Rejected at once or, where its end is known, ended otherwise than delivered. */
export function isLost(message: SentMessage, waited: WaitResult | null): boolean {
  const end = waited?.ends.get(message.messageId);
  if (end !== undefined) return LOST_GROUPS.has(end.status.groupName);
  return message.status.groupId === REJECTED_GROUP_ID;
}

export function sendTable(
  { messages }: SendOutcome,
  waited: WaitResult | null,
  terminal: Pick<Terminal, "hasOutColour">,
): string {
  const isLong = messages.length > ROWS_MAX;
  const shown = (isLong ? messages.filter((message) => isLost(message, waited)) : messages).slice(0, ROWS_MAX);
  const rows = shown.map((message) => [
    message.to,
    message.messageId,
    statusOf(message, waited),
    noteOf(message, waited),
  ]);
  const columns = ["TO", "MESSAGE ID", "STATUS", ""].map((title) => ({ title }));
  const blocks = rows.length === 0 ? [] : [table(columns, rows, terminal)];
  if (messages.length > 1) blocks.push(summary(messages, waited));
  return blocks.join("\n\n");
}

function statusOf({ messageId, status }: SentMessage, waited: WaitResult | null): string {
  return waited?.ends.get(messageId)?.status.name ?? status.name ?? "unknown";
}

function noteOf({ messageId, status }: SentMessage, waited: WaitResult | null): string {
  const end = waited?.ends.get(messageId);
  if (end !== undefined && !LOST_GROUPS.has(end.status.groupName)) return `after ${(end.afterMs / 1000).toFixed(1)} s`;
  if (end !== undefined && end.error.id !== 0) return end.error.name;
  return status.groupId === REJECTED_GROUP_ID ? (status.description ?? "") : "";
}

function summary(messages: readonly SentMessage[], waited: WaitResult | null): string {
  const counts = [...countStatuses(messages, waited)].map(([name, count]) => `${count} ${name}`);
  return `${messages.length} messages${counts.length === 0 ? "" : `: ${counts.join(", ")}`}`;
}

function countStatuses(messages: readonly SentMessage[], waited: WaitResult | null): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const message of messages) {
    const name = statusOf(message, waited);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** The API's body for a single request; else one object with all of them, and what failed. */
export function sendJson(outcome: SendOutcome, waited: WaitResult | null, destinationCount: number): object {
  const { bodies, messages, error, unclearCount, notSentCount } = outcome;
  const ends = waited === null ? {} : { ends: [...waited.ends.values()] };
  const [only] = bodies;
  if (error === null && bodies.length === 1 && only !== undefined) return { ...only, ...ends };
  return {
    results: bodies,
    statuses: Object.fromEntries(countStatuses(messages, waited)),
    destinations: destinationCount,
    notSent: notSentCount,
    unclear: unclearCount,
    ...(error === null ? {} : { error: error.toJSON() }),
    ...ends,
  };
}

/** What did not happen, and how to go on. */
export function explainFailure(
  { error, unclearCount, notSentCount }: SendOutcome,
  idempotencyKey: string,
): readonly string[] {
  if (unclearCount === 0 && notSentCount === 0) return [];
  return [
    ...(error === null ? [] : [`posthorn: ${error.message} (${error.code})`]),
    ...(unclearCount === 0 ? [] : [`${unclearCount} messages got no clear answer: they may have been accepted.`]),
    ...(notSentCount === 0 ? [] : [`${notSentCount} messages were not sent.`]),
    `The same command with --idempotency-key ${idempotencyKey} goes on and sends nothing twice.`,
  ];
}

import {
  type ComponentError,
  deriveMessageIds,
  type Infobip,
  isComponentError,
  type MessageStatus,
  type SendSmsOutput,
  type SendWhatsappTextMessageOutput,
} from "@posthorn/component";

export type SendChannel = "sms" | "whatsapp";
export type SendBody = SendSmsOutput | SendWhatsappTextMessageOutput;

export interface SendJob {
  readonly channel: SendChannel;
  readonly from: string;
  readonly destinations: readonly string[];
  readonly text: string;
  /** Every messageId comes from it, so the same command again sends nothing twice. */
  readonly idempotencyKey: string;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Destinations that were answered. */
  readonly onProgress?: (answeredCount: number) => void;
}

/** One message as the server answered it. */
export interface SentMessage {
  readonly to: string;
  readonly messageId: string;
  readonly status: MessageStatus;
}

export interface SendOutcome {
  /** The API's answers, in the order of the destinations. */
  readonly bodies: readonly SendBody[];
  readonly messages: readonly SentMessage[];
  /** The first request that failed; after it no further one was begun. */
  readonly error: ComponentError | null;
  /** Destinations of requests that failed without a clear answer, and that may have been accepted. */
  readonly unclearCount: number;
  /** Destinations that were certainly not sent to. */
  readonly notSentCount: number;
}

/** Of an SMS request; a WhatsApp request has one destination by the API. */
export const DESTINATIONS_PER_REQUEST = 100;
/** Requests in flight at the same time. More would only wait in the server. */
const CONCURRENCY_MAX = 8;

/** The status group of a rejection (Infobip's group 5). */
export const REJECTED_GROUP_ID = 5;

/** Sends to all destinations, a bounded number of requests at a time. Stops beginning new ones at the first failure. */
export async function sendAll(
  client: Infobip,
  job: SendJob,
  { signal, onProgress }: SendOptions,
): Promise<SendOutcome> {
  const batches = batchesOf(job);
  const bodies = new Map<number, SendBody>();
  let error: ComponentError | null = null;
  let unclearCount = 0;
  let answeredCount = 0;
  const queue = batches.entries();
  const sendNext = async () => {
    for (const [index, batch] of queue) {
      if (error !== null || signal.aborted) return;
      try {
        bodies.set(index, await sendBatch(client, job, batch, signal));
        answeredCount += batch.destinations.length;
        onProgress?.(answeredCount);
      } catch (thrown) {
        if (!isComponentError(thrown)) throw thrown;
        if (thrown.outcome === "unknown") unclearCount += batch.destinations.length;
        error ??= thrown;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY_MAX, batches.length) }, sendNext));
  const answered = [...bodies].toSorted(([left], [right]) => left - right);
  return {
    bodies: answered.map(([, body]) => body),
    messages: answered.flatMap(([index, body]) => messagesOf(body, batches[index] as Batch)),
    error,
    unclearCount,
    notSentCount: job.destinations.length - answeredCount - unclearCount,
  };
}

interface Batch {
  readonly destinations: readonly string[];
  readonly messageIds: readonly string[];
}

function batchesOf({ channel, destinations, idempotencyKey }: SendJob): readonly Batch[] {
  const action = channel === "sms" ? "sendSMS" : "sendWhatsappTextMessage";
  // Over all destinations and not per batch: a number that stands in two batches gets two ids.
  const messageIds = deriveMessageIds(idempotencyKey, action, destinations);
  const size = channel === "sms" ? DESTINATIONS_PER_REQUEST : 1;
  return Array.from({ length: Math.ceil(destinations.length / size) }, (_, index) => {
    const [start, end] = [index * size, (index + 1) * size];
    return { destinations: destinations.slice(start, end), messageIds: messageIds.slice(start, end) };
  });
}

function sendBatch(
  client: Infobip,
  { channel, from, text }: SendJob,
  batch: Batch,
  signal: AbortSignal,
): Promise<SendBody> {
  const options = { messageIds: batch.messageIds, signal };
  if (channel === "sms") return client.sendSMS({ sender: from, to: batch.destinations, text }, options);
  return client.sendWhatsappTextMessage({ from, to: batch.destinations[0] ?? "", text }, options);
}

function messagesOf(body: SendBody, batch: Batch): readonly SentMessage[] {
  const entries = "messages" in body ? body.messages.map((entry) => ({ ...entry, to: entry.destination })) : [body];
  return entries.map(({ to, messageId, status }, index) => ({
    to: to ?? batch.destinations[index] ?? "",
    messageId: messageId ?? batch.messageIds[index] ?? "",
    status: status ?? {},
  }));
}

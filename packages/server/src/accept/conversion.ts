import type { EndTagResponse } from "@posthorn/contract";
import { hash } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { Store } from "../store/store.ts";

export interface ConversionContext {
  readonly store: Pick<Store, "findMessage" | "confirmConversion">;
  readonly clock: Clock;
}

interface ConversionTracking {
  readonly useConversionTracking?: boolean;
  readonly processKey?: string;
}

/** As long as those of Infobip. */
const PROCESS_KEY_LENGTH = 32;

/**
 * `POST /ct/1/log/end/{messageId}`: the message was of use. That is kept where its request asked for conversion
 * tracking; any other message is answered alike and stays as it is, so that a client need not know which was which.
 *
 * @throws RequestRefused 404
 */
export async function confirmConversion(
  { store, clock }: ConversionContext,
  accountId: number,
  messageId: string,
): Promise<EndTagResponse> {
  const message = await store.findMessage(accountId, messageId);
  if (message === null) throw new RequestRefused(404, "Message not found");
  const { useConversionTracking, processKey } = trackingOf(message.options);
  if (useConversionTracking === true && message.convertedAt === null) {
    await store.confirmConversion(accountId, messageId, clock.now());
  }
  return { processKey: processKey ?? processKeyOf(accountId) };
}

function trackingOf(options: string | null): ConversionTracking {
  if (options === null) return {};
  return (JSON.parse(options) as { conversionTracking?: ConversionTracking }).conversionTracking ?? {};
}

/** Where the request named none, each account has one of its own: the same at all times, and no secret. */
function processKeyOf(accountId: number): string {
  return hash("sha256", `process key of account ${accountId}`).slice(0, PROCESS_KEY_LENGTH).toUpperCase();
}

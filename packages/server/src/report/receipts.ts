import { ERROR, STATUS } from "@posthorn/contract";
import type { SeenMark } from "../carrier/carrier.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { DueReport, PushOffer, Receipt, Store } from "../store/store.ts";

export interface ReceiptsOptions {
  readonly store: Pick<Store, "applyReceipts">;
  readonly clock: Clock;
  readonly log: Log;
  readonly unmatchedReceiptsMax: number;
  /** Reports were born: whoever pushes them should look. */
  readonly onReports: () => void;
  /** Takes reports that are born while it has room. */
  readonly push: ReportPush;
}

/** Whoever pushes reports, as far as it can take them without asking for them. */
export interface ReportPush {
  offer(): PushOffer;
  /** What was leased for an offer. */
  take(reports: readonly DueReport[], offer: PushOffer): void;
}

/**
 * Turns a carrier's receipts into the messages' next states. Resolves after the commit, and rejects when there was
 * none, so that the carrier offers them again.
 *
 * @returns which of its ids each was matched by; null: by none
 */
export async function recordReceipts(
  options: ReceiptsOptions,
  carrier: string,
  receipts: readonly Receipt[],
): Promise<readonly (string | null)[]> {
  const { store, clock, log, unmatchedReceiptsMax, push } = options;
  const offer = push.offer();
  try {
    const { outcomes, matchedIds, born } = await store.applyReceipts(
      receipts,
      clock.now(),
      unmatchedReceiptsMax,
      offer,
    );
    if (born !== undefined && born.leased.length > 0) push.take(born.leased, offer);
    let parked = 0;
    let ended = 0;
    for (let index = 0; index < outcomes.length; index += 1) {
      if (outcomes[index] === "parked") parked += 1;
      else if (outcomes[index] === "applied" && matchedIds[index] === null) ended += 1;
    }
    if (ended > 0)
      log.info({ event: "report.doubts_ended", carrier, count: ended }, "receipts ended the doubt about messages");
    if (parked > 0) log.info({ event: "report.parked", carrier, count: parked }, "receipts wait for their message");
    if (born === undefined || born.waiting > 0) options.onReports();
    return matchedIds;
  } catch (error) {
    log.error(
      { event: "report.receipts_failed", carrier, count: receipts.length, err: error },
      "receipts were not written",
    );
    throw error;
  }
}

/** Whoever has read a message has it: WhatsApp may leave out the word that it was delivered. */
export function receiptOfSeen(carrier: string, { carrierMessageId, seenAt }: SeenMark): Receipt {
  const delivered = { state: "delivered", statusId: STATUS.DELIVERED_TO_HANDSET, errorId: ERROR.NO_ERROR } as const;
  return { carrier, carrierMessageId, ...delivered, doneAt: seenAt, seenAt };
}

import type { Carrier, SubmitResult } from "../carrier/carrier.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { OutboundMessage } from "../store/store.ts";

export interface LateAnswer {
  readonly message: OutboundMessage;
  readonly result: SubmitResult;
}

export interface SubmitTogetherOptions {
  readonly carrier: Carrier;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMs: number;
}

/**
 * Gives messages to a carrier that answers them all at once.
 *
 * @param onLate what it said when it was no longer waited for
 * @returns one result for each, in order; where there was no answer they are uncertain. Never rejects
 */
export async function submitTogether(
  options: SubmitTogetherOptions,
  messages: readonly OutboundMessage[],
  onLate: (answers: readonly LateAnswer[]) => void,
): Promise<readonly SubmitResult[]> {
  try {
    const results = await submitInTime(options, messages, onLate);
    return messages.map((_, index) => results[index] ?? uncertain("the carrier gave no result"));
  } catch (error) {
    const { log, carrier } = options;
    log.warn({ event: "dispatch.submit_failed", carrier: carrier.name, err: error }, "submit failed");
    return messages.map(() => uncertain(String(error)));
  }
}

/** A carrier that never answers must not keep its window for ever; what it was given is in doubt. */
async function submitInTime(
  { carrier, clock, leaseMs }: SubmitTogetherOptions,
  messages: readonly OutboundMessage[],
  onLate: (answers: readonly LateAnswer[]) => void,
): Promise<readonly SubmitResult[]> {
  const late = Promise.withResolvers<never>();
  const answer = carrier.submit(messages);
  const timer = clock.after(leaseMs, () => {
    late.reject(new Error(`no answer from ${carrier.name} in ${leaseMs} ms`));
    void answer.then(
      (results) => onLate(zip(messages, results)),
      () => {}, // It says no more than its silence did.
    );
  });
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    timer.cancel();
  }
}

const uncertain = (reason: string): SubmitResult => ({ outcome: "uncertain", reason });

function zip(messages: readonly OutboundMessage[], results: readonly SubmitResult[]) {
  return messages.flatMap((message, index) => {
    const result = results[index];
    return result === undefined ? [] : [{ message, result }];
  });
}

import { messageStatus, type SmsFailover, STATUS } from "@posthorn/contract";
import type { Log } from "../kernel/log.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import { VALIDITY_MAX_MS } from "../message/limits.ts";
import { encodeText } from "../message/text-plan.ts";
import type { DueFailover, NewMessage, Store } from "../store/store.ts";
import { accept, type AcceptContext, type Draft } from "./acceptance.ts";
import { refusalOfLength } from "./sms-request.ts";
import { singleInfoOf } from "./whatsapp-draft.ts";

/** Nobody nudges: ends come with the receipts of all messages, and looking after each of them would cost more than it saves. */
const POLL_INTERVAL_MS = 1_000;
const FAILOVERS_PER_ROUND_MAX = 200;

export interface SmsFailoverOptions {
  readonly store: Pick<Store, "dueFailovers" | "makeFailovers">;
  readonly context: AcceptContext;
  readonly log: Log;
  readonly onInserted: (messages: readonly NewMessage[]) => void;
}

/**
 * Makes the SMS that stand in for WhatsApp messages which ended without delivery. What is due is on disk since that end,
 * and ceases to be due in the commit of its SMS: a crash at any moment loses none and makes none twice. An SMS passes
 * what every other passes: blocklist, flooding filter, routes.
 */
export function startSmsFailover(options: SmsFailoverOptions): WorkLoop {
  return startWorkLoop({
    name: "failover",
    clock: options.context.clock,
    log: options.log,
    pollIntervalMs: POLL_INTERVAL_MS,
    round: () => makeDueSms(options),
  });
}

async function makeDueSms(options: SmsFailoverOptions): Promise<boolean> {
  const due = await options.store.dueFailovers(FAILOVERS_PER_ROUND_MAX);
  for (const [accountId, failovers] of Map.groupBy(due, (failover) => failover.accountId)) {
    await makeSms(options, accountId, failovers);
  }
  return due.length === FAILOVERS_PER_ROUND_MAX;
}

/** The messages of one account, whose blocklist is asked once, in one commit. */
async function makeSms(
  { store, context, log, onInserted }: SmsFailoverOptions,
  accountId: number,
  failovers: readonly DueFailover[],
) {
  const insertQueue = {
    async insert(messages: readonly NewMessage[]): Promise<readonly boolean[]> {
      const made = await store.makeFailovers(
        messages.map((sms, index) => {
          const { seq, statusId } = failovers[index] as DueFailover;
          return { seq, sms, isInDoubt: statusId === STATUS.EXPIRED_DLR_UNKNOWN };
        }),
      );
      onInserted(messages.filter((_, index) => made[index]));
      for (const [index, sms] of messages.entries()) {
        if (made[index] === true) logMade(log, failovers[index] as DueFailover, sms);
      }
      return made;
    },
  };
  const drafts = failovers.map((failover) => draftOf(context, failover));
  await accept({ ...context, insertQueue }, accountId, drafts, null, (accepted) => ({
    messages: accepted.map(singleInfoOf),
  }));
}

function logMade(log: Log, { messageId, statusId }: DueFailover, sms: NewMessage) {
  const ended = messageStatus(statusId).name;
  const facts = { messageId, ended, smsMessageId: sms.messageId, smsState: sms.state };
  log.info({ event: "failover.sms_made", ...facts }, "an SMS stands in for a message that ended without delivery");
}

/** It has the message's bulk, customer data and reports' URL, so that whoever hears of its end knows what it belongs to. */
function draftOf({ ids }: AcceptContext, failover: DueFailover): Draft {
  const { accountId, bulkId, destination, callbackData, applicationId, entityId, webhookUrl, wantsReport } = failover;
  const { smsFailover } = JSON.parse(failover.options ?? "{}") as { readonly smsFailover: SmsFailover };
  const { text, encoding, partCount } = encodeText(smsFailover.text);
  return {
    accountId,
    messageId: ids.next(),
    bulkId: bulkId || ids.next(),
    channel: "SMS",
    sender: smsFailover.from,
    to: destination,
    text,
    encoding,
    partCount,
    options: { failoverOf: failover.messageId },
    sendAt: 0,
    validityMs: VALIDITY_MAX_MS,
    window: null,
    spread: null,
    refusal: refusalOfLength(partCount),
    acceptedStatusId: STATUS.PENDING_ACCEPTED,
    callbackData,
    applicationId,
    entityId,
    campaignReferenceId: null,
    webhookUrl,
    webhookKind: "SMS_V3",
    wantsReport,
  };
}

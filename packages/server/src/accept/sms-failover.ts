import { messageStatus, type SmsFailover, STATUS, type UrlOptions } from "@posthorn/contract";
import type { Log } from "../kernel/log.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import { VALIDITY_MAX_MS } from "../message/limits.ts";
import { encodeText } from "../message/text-plan.ts";
import type { DueFailover, NewMessage, NewShortLink, Store } from "../store/store.ts";
import { accept, type AcceptContext } from "./acceptance.ts";
import type { Draft, SharedDraft } from "./judge.ts";
import { SHORT_LINKS_PER_REQUEST_MAX } from "./short-links.ts";
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
    const drafted = failovers.map((failover) => ({ failover, draft: draftOf(options.context, failover) }));
    for (const commit of commitsOf(drafted)) await makeSms(options, accountId, commit);
  }
  return due.length === FAILOVERS_PER_ROUND_MAX;
}

interface Drafted {
  readonly failover: DueFailover;
  readonly draft: Draft;
}

/** One, nearly always: no commit holds more short links than that of a request. */
function commitsOf(drafted: readonly Drafted[]): readonly (readonly Drafted[])[] {
  const commits: Drafted[][] = [];
  let linkCount = Number.POSITIVE_INFINITY;
  for (const one of drafted) {
    const { length } = one.draft.shared.shortLinks ?? [];
    if (linkCount + length > SHORT_LINKS_PER_REQUEST_MAX) {
      commits.push([]);
      linkCount = 0;
    }
    commits.at(-1)?.push(one);
    linkCount += length;
  }
  return commits;
}

/** Messages of one account, whose blocklist is asked once, in one commit. */
async function makeSms(
  { store, context, log, onInserted }: SmsFailoverOptions,
  accountId: number,
  drafted: readonly Drafted[],
) {
  const insertQueue = {
    async insert(
      messages: readonly NewMessage[],
      _: unknown,
      links: readonly NewShortLink[] = [],
    ): Promise<readonly boolean[]> {
      const linksOf = Map.groupBy(links, ({ message }) => message);
      const made = await store.makeFailovers(
        messages.map((sms, index) => {
          const { seq, statusId } = (drafted[index] as Drafted).failover;
          const isInDoubt = statusId === STATUS.EXPIRED_DLR_UNKNOWN;
          return { seq, sms, isInDoubt, shortLinks: linksOf.get(index) ?? [] };
        }),
      );
      onInserted(messages.filter((_, index) => made[index]));
      for (const [index, sms] of messages.entries()) {
        if (made[index] === true) logMade(log, (drafted[index] as Drafted).failover, sms);
      }
      return made;
    },
  };
  const drafts = drafted.map(({ draft }) => draft);
  await accept({ ...context, insertQueue }, accountId, drafts, null, (accepted) => ({
    messages: accepted.map(singleInfoOf),
  }));
}

function logMade(log: Log, { messageId, statusId }: DueFailover, sms: NewMessage) {
  const ended = messageStatus(statusId).name;
  const facts = { messageId, ended, smsMessageId: sms.messageId, smsState: sms.state };
  log.info({ event: "failover.sms_made", ...facts }, "an SMS stands in for a message that ended without delivery");
}

interface FailoverOptions {
  readonly smsFailover: SmsFailover;
  readonly urlOptions?: UrlOptions;
}

/** It has the message's bulk, customer data and reports' URL, so that whoever hears of its end knows what it belongs to. */
function draftOf({ ids, shortener }: AcceptContext, failover: DueFailover): Draft {
  const { accountId, bulkId, destination, callbackData, applicationId, entityId, webhookUrl, wantsReport } = failover;
  const { smsFailover, urlOptions } = JSON.parse(failover.options ?? "{}") as FailoverOptions;
  // As in every SMS whose request asks for short links: before it is encoded, so that what is counted is what is sent.
  const plan = urlOptions === undefined ? null : (shortener?.plan(smsFailover.text, urlOptions) ?? null);
  const shortened = plan?.shorten();
  const { text, encoding, partCount } = encodeText(shortened?.text ?? smsFailover.text);
  const messageId = ids.next();
  const shared: SharedDraft = {
    accountId,
    bulkId: bulkId || ids.next(),
    channel: "SMS",
    sender: smsFailover.from,
    text,
    encoding,
    partCount,
    options: {
      failoverOf: failover.messageId,
      ...(shortened === undefined ? {} : { originalText: smsFailover.text }),
    },
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
    ...(shortened === undefined ? {} : { shortLinks: shortened.links }),
  };
  return { shared, messageId, to: destination };
}

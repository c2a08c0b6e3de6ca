import type { SmsInboundQuery, SmsInboundReports } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import type { Store } from "../store/store.ts";
import { toSmsInboundReport, type ViewOptions } from "../view/view.ts";

/** Infobip keeps inbound messages for 48 hours to be pulled. */
const REACH_BACK_MS = 48 * 3_600_000;
const LIMIT_DEFAULT = 50;

export interface InboxContext {
  readonly store: Pick<Store, "takeInbox">;
  readonly clock: Clock;
  readonly view: ViewOptions;
}

/** `GET /sms/1/inbox/reports`: each message once, those that were not forwarded. The oldest first. */
export async function pullSmsInbox(
  { store, clock, view }: InboxContext,
  accountId: number,
  { limit = LIMIT_DEFAULT, ...filter }: SmsInboundQuery,
): Promise<SmsInboundReports> {
  const asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ""));
  const since = clock.now() - REACH_BACK_MS;
  const { messages, pendingCount } = await store.takeInbox({ ...asked, accountId, channel: "SMS", since, limit });
  const results = messages.map((message) => toSmsInboundReport(message, view));
  return { results, messageCount: results.length, pendingMessageCount: pendingCount };
}

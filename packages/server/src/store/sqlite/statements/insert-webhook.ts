import { insertAlike } from "./alike-rows.ts";
import { reportedColumns } from "./columns.ts";

/** The reports that are born together, of a bulk for instance, differ in two columns. */
const COLUMNS = {
  /** In the order of `sharedValues` in webhook-writer.ts. */
  shared: [
    "account_id",
    "url",
    "origin",
    "kind",
    "state",
    "status_id",
    "error_id",
    "created_at",
    "due_at",
    "subscription",
    "birth_lease",
  ],
  own: ["message_seq", "done_at"],
};

/** Due, or leased at its birth. */
export const insertWebhooks = (count: number) => insertAlike("webhook", COLUMNS, count);

export const insertEvent = `
insert into webhook (account_id, body, url, origin, kind, created_at, due_at, subscription)
values (:accountId, :body, :url, :origin, :kind, :createdAt, :createdAt, :subscription)`;

/** What a report is matched by; only read for accounts that have subscriptions. */
export const findSubscribedFacts = `
select sender as "resource", application_id as "applicationId", entity_id as "entityId" from message where seq = ?`;

/** What a report that is leased at its birth tells of its message; the outcome is known. */
export const findReported = `
select ${reportedColumns()} from message m where m.seq = ?`;

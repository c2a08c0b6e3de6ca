import { insertAlike } from "./alike-rows.ts";

/** The destinations of a message differ in two columns. */
const COLUMNS = {
  /** In the order of `sharedValues` in message-writer.ts. */
  shared: [
    "account_id",
    "bulk_id",
    "channel",
    "sender",
    "text",
    "encoding",
    "part_count",
    "options",
    "state",
    "status_id",
    "error_id",
    "route",
    "carrier",
    "accepted_at",
    "sent_at",
    "done_at",
    "expires_at",
    "due_at",
    "check_at",
    "report_at",
    "callback_data",
    "application_id",
    "entity_id",
    "campaign_reference_id",
    "webhook_url",
    "webhook_kind",
    "wants_report",
    "attempts",
  ],
  own: ["message_id", "destination"],
};

/**
 * A messageId belongs to its account: the second message of that id is not stored, and `changes` says so. The conflict is
 * answered here and not looked up before, so that two requests with the same id cannot both pass.
 */
const UNLESS_TAKEN = "on conflict (account_id, message_id, superseded) do nothing";

export const insertMessages = (count: number) => `${insertAlike("message", COLUMNS, count)} ${UNLESS_TAKEN}`;

/** Those of a statement that found an id taken, before they are inserted one by one. */
export const takeMessagesBack = "delete from message where seq between ? and ?";

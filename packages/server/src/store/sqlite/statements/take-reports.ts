import { messageRecordColumns } from "./columns.ts";

/** Oldest first: a client that polls a few at a time gets them all before they are too old (decision 0006). */
export const takeReports = `
update message set report_at = null
where seq in (
  select seq from message
  where account_id = :accountId and channel = :channel and report_at >= :since
    and (:bulkId is null or bulk_id = :bulkId)
    and (:messageId is null or message_id = :messageId)
    and (:applicationId is null or application_id = :applicationId)
    and (:entityId is null or entity_id = :entityId)
    and (:campaignReferenceId is null or campaign_reference_id = :campaignReferenceId)
  order by report_at, seq
  limit :limit
)
returning ${messageRecordColumns("")}`;

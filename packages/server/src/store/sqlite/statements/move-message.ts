/**
 * The one statement that changes a message's state after a claim. It asks for the state and the claim it was decided
 * on, so that a decision which came too late changes nothing. An open message always has a time at which somebody looks
 * at it: the end of its validity, when the move names none. `report_at` is set for a final state whose report waits to
 * be pulled; a webhook, where one is wanted, is inserted beside it in the same transaction.
 */
export const moveMessage = `
update message
set state = ?1, status_id = ?2, error_id = ?3,
    due_at = coalesce(?4, case when state = ?1 then due_at end),
    check_at = case when ?6 is null then coalesce(?5, expires_at) end,
    done_at = ?6,
    report_at = case when ?6 is not null and wants_report = 1 and webhook_url is null then ?7 else report_at end,
    carrier_message_id = coalesce(?8, carrier_message_id), submitted_at = coalesce(?9, submitted_at), doubt = coalesce(?10, doubt)
where seq = ?11 and state = ?12 and attempts = ?13
returning channel, carrier, webhook_url, webhook_kind, wants_report`;

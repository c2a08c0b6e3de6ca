/**
 * A messageId belongs to its account: the second message of that id is not stored, and `changes` = 0 says so. The
 * conflict is answered here and not looked up before, so that two requests with the same id cannot both pass.
 */
export const insertMessage = `
insert into message (
  account_id, message_id, bulk_id, channel, sender, destination, text, encoding, part_count, options,
  state, status_id, error_id, route, carrier, accepted_at, sent_at, done_at, expires_at, due_at, check_at, report_at,
  callback_data, application_id, entity_id, campaign_reference_id, webhook_url, webhook_kind, wants_report, attempts
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (account_id, message_id, superseded) do nothing`;

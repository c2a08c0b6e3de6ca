/** Walks the receivers one by one along the index: no receiver's backlog is read to find the next receiver. */
export const nextWebhookOrigin = `
select origin from webhook
where due_at is not null and origin > ?
order by origin
limit 1`;

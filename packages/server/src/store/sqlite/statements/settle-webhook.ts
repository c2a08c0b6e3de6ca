export const deliverWebhook = `
update webhook set due_at = null, delivered_at = ?, attempts = attempts + 1, last_error = null where id = ?`;

/** Not after a delivery: an attempt that outlived its lease may fail when a later one has succeeded already. */
export const retryWebhook = `
update webhook set due_at = ?, attempts = attempts + 1, last_error = ? where id = ? and delivered_at is null`;

/** Given up: due_at and delivered_at are both null, which is how it is found again. */
export const failWebhook = `
update webhook set due_at = null, attempts = attempts + 1, last_error = ? where id = ? and delivered_at is null`;

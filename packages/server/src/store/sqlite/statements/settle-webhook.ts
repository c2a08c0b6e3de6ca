export const deliverWebhook = `
update webhook set due_at = null, delivered_at = ?, attempts = attempts + 1, last_error = null where id = ?`;

export const retryWebhook = `
update webhook set due_at = ?, attempts = attempts + 1, last_error = ? where id = ?`;

/** Given up: due_at and delivered_at are both null, which is how it is found again. */
export const failWebhook = `
update webhook set due_at = null, attempts = attempts + 1, last_error = ? where id = ?`;

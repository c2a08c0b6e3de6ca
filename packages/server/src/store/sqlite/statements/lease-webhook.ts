export const leaseWebhook = `update webhook set due_at = ? where id = ?`;

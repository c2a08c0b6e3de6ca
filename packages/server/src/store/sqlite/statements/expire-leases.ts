/**
 * At the start of the only process that serves this file, every claim is one that a former process left behind. Open
 * messages are found by `check_at`, so finished ones are not read.
 */
export const expireLeases = `
update message set check_at = :now
where check_at > :now and state = 'claimed'`;

/**
 * Webhooks that were on their way. Only first attempts can be told from those that wait for a retry; the others come
 * when their lease is over, within a minute.
 */
export const expireWebhookLeases = `
update webhook set due_at = :now
where due_at > :now and attempts = 0`;

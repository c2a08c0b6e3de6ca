/**
 * At the start of the only process that serves this file, every claim is one that a former process left behind. Open
 * messages are found by `check_at`, so finished ones are not read.
 */
export const expireLeases = `
update message set check_at = :now
where check_at > :now and state = 'claimed'`;

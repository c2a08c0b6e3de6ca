/** Limits of the SMPP server that are no settings. */

/** Binds that fail on one connection until it is closed. */
export const BIND_ATTEMPTS_PER_SESSION_MAX = 3;
/** Binds of one system_id that fail from one address in a minute, until more are refused without being looked at. */
export const BIND_ATTEMPTS_PER_SYSTEM_ID_MAX = 10;
/** The same of all its system_ids: many customers may share an address, and one that fails must not bar them. */
export const BIND_ATTEMPTS_PER_ADDRESS_MAX = 300;
export const BIND_ATTEMPTS_WINDOW_MS = 60_000;
/** Addresses, and system_ids of theirs, whose failures are remembered; beyond that the oldest is forgotten. */
export const BIND_ADDRESSES_MAX = 10_000;

/** Longest system_id and password that are read, with the final NUL: the secrets of our keys have 69 characters. */
export const CREDENTIAL_OCTETS_MAX = 256;

/** How often sessions whose key was revoked, or is over, are looked for. */
export const KEY_CHECK_INTERVAL_MS = 10_000;

/** What one receiver is given in one round. */
export const DELIVERIES_PER_CLAIM_MAX = 100;
/** Receipts and messages on their way to all customers together; beyond that nothing more is claimed. */
export const DELIVERIES_IN_FLIGHT_MAX = 10_000;
/** Tries of what the customer's program refuses for good. */
export const REFUSED_TRIES_MAX = 3;
export const RETRY_BASE_MS = 1_000;
export const RETRY_MAX_MS = 60_000;

/** Long messages whose parts are still coming, that are remembered for their common bulkId. */
export const PART_BULKS_MAX = 10_000;
/** Parts that come later than this after the first begin a bulk of their own. */
export const PART_BULK_AGE_MS = 10 * 60_000;

/** Throughput: so many may always come at once, however low the rate, because the parts of a long message do. */
export const BURST_MIN = 10;

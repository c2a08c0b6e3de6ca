/**
 * Limits of the domain. Those of HTTP, queues and storage are settings (config/schema.ts); these are facts of the
 * phone network or of Infobip's API and no operator can change them.
 */

/** Parts of one message; above it the message is REJECTED_MESSAGE_TOO_LONG (Infobip status 25). */
export const PART_COUNT_MAX = 25;

/** Septets of a text that fits one part, and of each part of a longer one (140 octets, less 6 of UDH and 1 fill bit). */
export const GSM7_SINGLE_SEPTETS = 160;
export const GSM7_PART_SEPTETS = 153;

/** Likewise with one national table named in the header (3 octets more, and the header's length), and with both. */
export const ONE_TABLE_SINGLE_SEPTETS = 155;
export const ONE_TABLE_PART_SEPTETS = 149;
export const TWO_TABLES_SINGLE_SEPTETS = 152;
export const TWO_TABLES_PART_SEPTETS = 146;

/** UTF-16 units, likewise. */
export const UCS2_SINGLE_UNITS = 70;
export const UCS2_PART_UNITS = 67;

/** What a reference of 16 bits takes of each part more than one of 8: a septet, or a UTF-16 unit. */
export const REFERENCE_16_UNITS = 1;

/** Octets of a binary message, likewise. */
export const BINARY_SINGLE_OCTETS = 140;
export const BINARY_PART_OCTETS = 134;
export const BINARY_OCTETS_MAX = PART_COUNT_MAX * BINARY_PART_OCTETS;

/** E.164 allows 15 digits; below 5 there are only short codes, which no message from abroad can reach. */
export const DESTINATION_DIGITS_MIN = 5;
export const DESTINATION_DIGITS_MAX = 15;

/** Infobip shortens a longer validity to 48 hours without a word, and so do we. */
export const VALIDITY_MAX_MINUTES = 2880;
export const VALIDITY_MAX_MS = VALIDITY_MAX_MINUTES * 60_000;

/** A message may be scheduled at most this far ahead. */
export const SCHEDULE_AHEAD_MAX_DAYS = 180;
export const SCHEDULE_AHEAD_MAX_MS = SCHEDULE_AHEAD_MAX_DAYS * 86_400_000;

/** A bulk may stay paused as long as it could have been scheduled ahead; what nobody freed by then expires. */
export const PAUSE_MAX_MS = SCHEDULE_AHEAD_MAX_DAYS * 86_400_000;

/**
 * Limits that Infobip's contract leaves open. Each is ours and has a reason; limits that the contract states are
 * written in the schema itself.
 */

/** Messages in one request. The server refuses more than 10 000 destinations in all; one message has at least one. */
export const MESSAGES_PER_REQUEST_MAX = 10_000;
/** Destinations of one message: the whole request may be one message. */
export const DESTINATIONS_PER_MESSAGE_MAX = 10_000;
/**
 * Characters of an SMS text. Above what can be sent (25 parts), so that a text that is merely too long is answered
 * with status 25 for that message, and far below what would make splitting expensive.
 */
export const SMS_TEXT_LENGTH_MAX = 40_000;
/** Characters of binary content: 40 000 characters hold more than 13 000 bytes, about a hundred parts. */
export const SMS_HEX_LENGTH_MAX = 40_000;
/** Characters of any URL where the contract states none; the WhatsApp `notifyUrl` has the same limit by contract. */
export const URL_LENGTH_MAX = 2048;
/** Characters of a short text such as a sender, a name or a registration id. */
export const SHORT_TEXT_LENGTH_MAX = 255;
/** Characters of a date; the longest notation we read has 35. */
export const DATE_TEXT_LENGTH_MAX = 64;
/** Characters of one comma-separated query parameter; Infobip's parameter descriptions state it. */
export const LIST_PARAMETER_LENGTH_MAX = 2048;
/** How often a list parameter may be repeated in one query. */
export const LIST_PARAMETER_REPEATS_MAX = 100;
/** Characters of the list of destinations in a query: as much as Node takes as a request's line and headers (16 KiB). */
export const TO_PARAMETER_LENGTH_MAX = 16_384;
/** Characters of an identifier that filters a query: the longest identifiers a client may choose have 255. */
export const FILTER_LENGTH_MAX = 255;
/** Characters of a paging cursor. Ours are shorter; a longer one cannot be ours. */
export const CURSOR_LENGTH_MAX = 2048;
/** Characters of the header `Idempotency-Key`, which is not in the contract: as long as any identifier. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
/** Seconds that a client of the sandbox may wait for a message: shorter than the idle time of usual proxies. */
export const SANDBOX_WAIT_MAX_S = 30;
/** `format: int32` of the contract, said so that a validator checks it. */
export const INT32_MIN = -2_147_483_648;
export const INT32_MAX = 2_147_483_647;
/** `dataCoding` and `esmClass` are one octet in SMPP 3.4 (5.2.12, 5.2.19). */
export const OCTET_MAX = 255;
/** Days of a week: a delivery window that lists more repeats itself. */
export const DAYS_MAX = 7;
/** Violations in one error answer. More help nobody, and the answer must not grow with the fault. */
export const VIOLATIONS_MAX = 100;
/** Characters of a violation text: enough for the longest list of allowed values. */
export const VIOLATION_LENGTH_MAX = 400;
/** IP addresses, permissions, platforms and scopes of an API key, each: every request of a key looks through them. */
export const API_KEY_LIST_MAX = 100;
/** Characters of a secret that a key is looked for by; ours have 69. */
export const SECRET_TEXT_LENGTH_MAX = 512;
/** Destinations of one request to the blocklist, over all its entries; Infobip's document states it. */
export const BLOCKLIST_DESTINATIONS_MAX = 50_000;
/** Numbers in one lookup; Infobip's document states it for the query. */
export const LOOKUPS_PER_REQUEST_MAX = 1000;
/** Characters of a number to look up as it is written. What is longer than 256 is clipped, as Infobip does. */
export const LOOKUP_TO_LENGTH_MAX = 2048;
/** Members of an object that a client fills as it likes: more than a form on a phone has fields. */
export const FREE_DATA_MEMBERS_MAX = 255;
/** How deep such an object may be: it is walked, and written as JSON again. */
export const FREE_DATA_DEPTH_MAX = 16;
/** Parameters of a template's text, and cards, rows and contacts where the contract leaves their number open. */
export const TEMPLATE_PLACEHOLDERS_MAX = 255;
/** Characters of a template's parameter: as long as the longest text that can be sent. */
export const TEMPLATE_PARAMETER_LENGTH_MAX = 4096;
/** Contacts in one message; WhatsApp's own limit. */
export const CONTACTS_MAX = 257;
/** Addresses, phones and the like of one contact. */
export const CONTACT_ENTRIES_MAX = 50;
/** Rows of one section of a list; the whole list has no more either. */
export const LIST_ROWS_MAX = 10;
/** Products of one section; WhatsApp shows 30 in one message. */
export const SECTION_PRODUCTS_MAX = 30;
/** Items of an order, and states of orders in one template. */
export const ORDER_ITEMS_MAX = 999;
/** Characters of a payment code or link where the contract states none: as long as a URL. */
export const PAYMENT_TEXT_LENGTH_MAX = 2048;

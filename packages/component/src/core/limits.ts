/** Every limit of the component, with its unit in its name. A host may change the first five through its options. */

/** Longest wait for one answer. Infobip answers a send well below this; a longer wait is a lost answer. */
export const ATTEMPT_TIMEOUT_MS = 30_000;
/** Longest time for one call, all attempts and pauses together. */
export const DEADLINE_MS = 120_000;
/** The first attempt and five retries. */
export const ATTEMPTS_MAX = 6;
/** Upper edge of the first pause; it doubles with each attempt. */
export const BACKOFF_BASE_MS = 500;
/** No pause of ours is longer. A `Retry-After` may be, up to the deadline. */
export const BACKOFF_CAP_MS = 30_000;

/** Infobip's limit on a messageId (SMS v3 `destinations[].messageId`, WhatsApp `messageId`). */
export const MESSAGE_ID_LENGTH_MAX = 200;
/** Ours: the key is hashed, so the limit only stops a whole document from being passed as a key by mistake. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 512;
/** Ours: Infobip publishes no limit. One call stays one request, and its answer must fit RESPONSE_BYTES_MAX. */
export const DESTINATION_COUNT_MAX = 10_000;
/** Ours: WhatsApp's body of 1024 characters has no room for more placeholders with words between them. */
export const PLACEHOLDER_COUNT_MAX = 100;
/** Infobip's limit on the buttons of a template. */
export const TEMPLATE_BUTTON_COUNT_MAX = 10;
/** Infobip's limits on a carousel. */
export const CARD_COUNT_MAX = 10;
export const CARD_BUTTON_COUNT_MAX = 2;
/** Infobip's limits on the products of a multi-product message, and on a product's id. */
export const SECTION_COUNT_MAX = 10;
export const SECTION_PRODUCT_COUNT_MAX = 30;
export const RETAILER_ID_LENGTH_MAX = 3000;
/** Ours: one message tells of one order. */
export const ORDER_STATUS_COUNT_MAX = 10;
/** Ours: nesting, and values of all levels together, of an object whose members are the caller's own. */
export const OPEN_OBJECT_DEPTH_MAX = 10;
export const OPEN_OBJECT_VALUE_COUNT_MAX = 1000;
/** Room for 10 000 destinations with long descriptions. */
export const RESPONSE_BYTES_MAX = 16 * 1024 * 1024;

export const API_KEY_LENGTH_MAX = 512;
/** A DNS name is at most 253 characters; scheme, port and a pasted path come on top. */
export const BASE_URL_LENGTH_MAX = 1024;

/** Text of the other side that is kept in an error. */
export const ERROR_TEXT_LENGTH_MAX = 1000;
export const VIOLATION_COUNT_MAX = 100;

export const TASK_COUNT_MAX = 100;
export const NAME_LENGTH_MAX = 100;
export const RUN_ID_LENGTH_MAX = 255;
/** Path steps in one data pill: `${a.b[0]}` has three. */
export const PILL_DEPTH_MAX = 32;
/** Nesting of a task's parameters and of an output's value. */
export const PARAMETER_DEPTH_MAX = 32;
/** Characters of one string after its pills were filled in. */
export const INTERPOLATED_LENGTH_MAX = 100_000;

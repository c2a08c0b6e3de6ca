/** The bounds of the emulator that are no options; options have theirs in options.ts. */

/** A day and a bit: longer than the customer service window, shorter than what a timer can hold. */
export const DELAY_MS_MAX = 90_000_000;
/** Of JSON bodies. */
export const JSON_BODY_BYTES_MAX = 1_048_576;
/** Of an upload: the largest document and what multipart adds. */
export const UPLOAD_BODY_BYTES_MAX = 101 * 1_048_576;
/** Uploads that are read at a time, each up to the limit above; more are refused with 131016. */
export const UPLOADS_MAX = 8;
/** Connections at a time; more are closed. */
export const CONNECTIONS_MAX = 10_000;
export const NUMBERS_MAX = 1000;
/** Free-form messages are delivered so long after the user wrote. */
export const SERVICE_WINDOW_MS = 24 * 60 * 60 * 1000;
/** Where a media's URL leads; no path of the Graph API. */
export const MEDIA_PATH = "/whatsapp_business/attachments/";
/** A media URL works so long. */
export const MEDIA_URL_MS = 5 * 60 * 1000;
/** Of a file that is uploaded to the app. */
export const UPLOAD_FILE_BYTES_MAX = 100 * 1_048_576;
/** Uploads that were begun; the oldest go first. */
export const UPLOAD_SESSIONS_MAX = 1000;
export const UPLOAD_SESSION_MS = 24 * 60 * 60 * 1000;
/** Files that came by uploads; their octets count as media. */
export const UPLOAD_HANDLES_MAX = 1000;
export const UPLOADED_MEDIA_MS = 30 * 24 * 60 * 60 * 1000;
export const RECEIVED_MEDIA_MS = 7 * 24 * 60 * 60 * 1000;
/** A webhook that is not taken is tried again for a week. */
export const WEBHOOK_RETRY_MS_MAX = 7 * 24 * 60 * 60 * 1000;
export const WEBHOOK_BACKOFF_MS_MAX = 60 * 60 * 1000;
export const WEBHOOK_BACKOFF_MS_MIN = 1000;
/** Of all business accounts. */
export const FLOWS_MAX = 1000;
export const FLOW_PREVIEW_MS = 30 * 24 * 60 * 60 * 1000;
/** Of `limit` in lists. */
export const PAGE_MAX = 1000;
/** Answers that wait for a webhook wait no longer. */
export const ANSWER_WAIT_MS_MAX = 10_000;

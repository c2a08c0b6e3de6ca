import type { Static } from "typebox";
import type { Entries } from "./entries-schema.ts";
import { health, routing } from "./routing-schema.ts";
import {
  choice,
  DAY_MS,
  type DeepReadonly,
  flag,
  HOUR_MS,
  integer,
  NOT_EMPTY,
  number,
  section,
  text,
} from "./schema-kit.ts";
import { inbound } from "./section-inbound.ts";
import { smpp } from "./section-smpp.ts";

/**
 * Every setting, once: type, unit, default, bounds and reason. The file, the environment, the flags, the printed
 * configuration and docs/configuration.md are all read from here.
 */

const MEBIBYTE = 1_048_576;

const http = section("The HTTP server: API, console and metrics.", {
  host: text(
    "Address to listen on. Loopback by default, so that nothing is reachable from outside until somebody decides so; 0.0.0.0 or :: listens everywhere.",
    "127.0.0.1",
    NOT_EMPTY,
  ),
  port: integer("Port to listen on. 0 takes any free one, for tests.", {
    unit: "TCP port",
    default: 8080,
    minimum: 0,
    maximum: 65_535,
  }),
  bodyLimitBytes: integer(
    "Largest request body. Above it the answer is 413 before anything is parsed, so that one request cannot take the memory of all.",
    { unit: "bytes", default: 4 * MEBIBYTE, minimum: 1024, maximum: 256 * MEBIBYTE },
  ),
  requestTimeoutMs: integer(
    "How long a client may take to send a whole request. Bounds what slow or stuck clients hold open.",
    { unit: "ms", default: 30_000, minimum: 1000, maximum: HOUR_MS },
  ),
  connectionsMax: integer("Open connections at most. Keep it below the process's limit of open files.", {
    unit: "connections",
    default: 10_000,
    minimum: 1,
    maximum: 1_000_000,
  }),
  trustedProxies: text(
    "Addresses and ranges of proxies, with commas between them, whose X-Forwarded-For names the client. From anywhere else the header is not looked at, or every client could choose its address. Only keys with allowed IPs ask for it.",
    "",
    { pattern: "^[0-9A-Fa-f:./, ]*$", rule: "IP addresses and ranges such as 10.0.0.0/8, with commas between them" },
  ),
});

const data = section("What is kept on disk.", {
  directory: text(
    "Folder of the database and everything else that lasts; made when absent. Only one server may use it at a time.",
    "./data",
    NOT_EMPTY,
  ),
  retentionHours: integer(
    "Messages in a final state and delivered webhooks older than this are purged. At least 48, because reports and logs reach back 48 hours.",
    { unit: "hours", default: 720, minimum: 48, maximum: 87_600 },
  ),
});

const auth = section("Who may call the API.", {
  apiKey: text(
    "A fixed first API key, for installations that are set up without a person. Empty: no fixed key, the server makes its own.",
    "",
    { secret: true, pattern: "^(?:\\S{8,256})?$", rule: "empty, or 8 to 256 characters without spaces" },
  ),
});

const account = section("What clients are shown about the account. Posthorn does not bill.", {
  balance: number("Balance that the account endpoints answer. It is shown, never charged.", {
    unit: "account.currency",
    default: 1000,
    minimum: 0,
    maximum: 1_000_000_000_000,
  }),
  currency: text("Currency of the balance and of all prices shown.", "EUR", {
    pattern: "^[A-Z]{3}$",
    rule: "three capital letters (ISO 4217)",
  }),
  pricePerMessage: number("Price per message in reports and logs. Shown, never charged.", {
    unit: "account.currency",
    default: 0,
    minimum: 0,
    maximum: 1_000_000,
  }),
});

const accept = section("Taking messages in. At these limits clients get 429 and nothing is half done.", {
  destinationsPerRequestMax: integer(
    "Destinations in one request at most. The whole request is committed in one batch, so this bounds the longest commit that others wait for.",
    { unit: "destinations", default: 10_000, minimum: 1, maximum: 1_000_000 },
  ),
  pendingMessagesMax: integer(
    "Messages in memory that wait for their commit at most. It bounds memory, and the time a client waits when the disk is slow.",
    { unit: "messages", default: 50_000, minimum: 1, maximum: 10_000_000 },
  ),
  openMessagesMax: integer(
    "Messages on disk without a final state at most. It bounds the disk, and keeps a dead carrier from filling it.",
    { unit: "messages", default: 5_000_000, minimum: 1, maximum: 1_000_000_000 },
  ),
  duplicateLookBackHours: integer(
    "How long after its acceptance a message blocks another one with its messageId. 0: as long as it is kept (data.retentionHours), which is what the component's retries rely on.",
    { unit: "hours", default: 0, minimum: 0, maximum: 87_600 },
  ),
  idempotencyHours: integer(
    "How long the answer to a request with an Idempotency-Key is kept, to be given again when the request is repeated. It bounds what answers fill of the disk.",
    { unit: "hours", default: 24, minimum: 1, maximum: 87_600 },
  ),
});

const flooding = section(
  "Protection of phones from a program that repeats itself. Counted for each account and destination, in memory: a restart begins anew. The sandbox's phones are not protected.",
  {
    enabled: flag(
      "Whether messages beyond the limits below are refused, each with status 20 REJECTED_FLOODING_FILTER.",
      false,
    ),
    messagesPerHourMax: integer("Messages to one destination within an hour at most. As Infobip's default.", {
      unit: "messages",
      default: 20,
      minimum: 1,
      maximum: 100_000,
    }),
    identicalPerHourMax: integer(
      "Messages of the same text to one destination within an hour at most. As Infobip's default.",
      { unit: "messages", default: 6, minimum: 1, maximum: 100_000 },
    ),
  },
);

const dispatch = section("Handing messages to carriers.", {
  claimSize: integer(
    "Messages that one claim takes at most. Larger costs fewer commits; smaller leaves fewer messages behind a lease after a crash.",
    { unit: "messages", default: 500, minimum: 1, maximum: 10_000 },
  ),
  pollIntervalMs: integer(
    "How often due messages are looked for when no nudge came. Nudges may be lost, this is what finds their messages.",
    { unit: "ms", default: 1000, minimum: 10, maximum: 60_000 },
  ),
  leaseMs: integer(
    "How long a claim holds. After a crash its messages are free again when it ends; it must be longer than a carrier takes to answer.",
    { unit: "ms", default: 60_000, minimum: 1000, maximum: HOUR_MS },
  ),
  retryBaseMs: integer(
    "Pause after a carrier's first temporary refusal of a message; it doubles with each further one.",
    {
      unit: "ms",
      default: 1000,
      minimum: 10,
      maximum: HOUR_MS,
    },
  ),
  retryMaxMs: integer("Longest pause between two tries of a message. At least dispatch.retryBaseMs.", {
    unit: "ms",
    default: 300_000,
    minimum: 10,
    maximum: DAY_MS,
  }),
});

const report = section("Turning carriers' receipts into reports.", {
  unmatchedReceiptsMax: integer(
    "Receipts at most that are kept although their message is not known: they came before the answer to their submit, or are not ours. It bounds what a carrier's foreign receipts can fill.",
    { unit: "receipts", default: 100_000, minimum: 0, maximum: 100_000_000 },
  ),
  queryAfterMs: integer(
    "A carrier that can be queried is asked about a submitted message without a receipt this long after the message's expected end.",
    { unit: "ms", default: 5000, minimum: 0, maximum: DAY_MS },
  ),
});

const webhooks = section("Calling customers' URLs with reports and inbound messages.", {
  bucketSize: integer("Reports in one call at most. Infobip sends up to 100 and lets a profile choose 1 to 2000.", {
    unit: "reports",
    default: 100,
    minimum: 1,
    maximum: 2000,
  }),
  connectTimeoutMs: integer("How long connecting to a receiver may take before the try counts as failed.", {
    unit: "ms",
    default: 10_000,
    minimum: 300,
    maximum: 30_000,
  }),
  readTimeoutMs: integer("How long a receiver may take to answer before the try counts as failed.", {
    unit: "ms",
    default: 10_000,
    minimum: 1000,
    maximum: 90_000,
  }),
  concurrency: integer("Calls under way at the same time at most, over all receivers.", {
    unit: "calls",
    default: 64,
    minimum: 1,
    maximum: 10_000,
  }),
  pollIntervalMs: integer("How often due webhooks are looked for when no nudge came.", {
    unit: "ms",
    default: 1000,
    minimum: 10,
    maximum: 60_000,
  }),
  retryBaseMs: integer(
    "Base of the pause before retry n, counted from 0: base + base * n². One minute gives Infobip's own schedule.",
    { unit: "ms", default: 60_000, minimum: 1, maximum: HOUR_MS },
  ),
  retriesMax: integer("Retries before a webhook is parked; 20 at the default base span 41 and a half hours.", {
    unit: "retries",
    default: 20,
    minimum: 0,
    maximum: 100,
  }),
  signatureHeader: text(
    "Header that carries the signature of a webhook whose security settings are HMAC. Infobip's documents do not name theirs.",
    "X-Hub-Signature",
    { pattern: "^[A-Za-z0-9-]{1,100}$", rule: "a header's name" },
  ),
  signatureFormat: choice(
    "How that signature is written. prefixed: the algorithm before it, as in sha256=...",
    ["prefixed-hex", "prefixed-base64", "hex", "base64"],
    "prefixed-hex",
  ),
  secretKeyFile: text(
    "File with 32 random octets in Base64 that credentials and client certificates of subscriptions are sealed with on disk (AES-256-GCM). Empty: they are kept in clear. Without the file what was sealed cannot be used.",
    "",
  ),
  allowPrivateTargets: choice(
    "Whether webhooks may go to loopback and private networks, and files that requests name be fetched there, which could turn the server against its neighbours. auto: only while the server itself listens on loopback.",
    ["auto", "always", "never"],
    "auto",
  ),
});

const sandbox = section("The built-in carrier with virtual phones, for development and tests.", {
  enabled: flag("Whether the sandbox is there. Turn it off where real messages go out.", true),
  paused: flag("Start with the sandbox taking nothing, so that messages wait in the queue until it is resumed.", false),
  deliveryDelayMs: integer("How long after its submit a message reaches its virtual phone.", {
    unit: "ms",
    default: 500,
    minimum: 0,
    maximum: DAY_MS,
  }),
  lateByMs: integer(
    "How much later than the others a slow phone gets its message and a second receipt comes, on the numbers that have such.",
    { unit: "ms", default: 5000, minimum: 1, maximum: DAY_MS },
  ),
  slowAnswerMs: integer("How long the sender SLOW waits for the answer to a send.", {
    unit: "ms",
    default: 5000,
    minimum: 1,
    maximum: HOUR_MS,
  }),
  windowSize: integer("Messages the sandbox takes without having answered, as a carrier's window would.", {
    unit: "messages",
    default: 1000,
    minimum: 1,
    maximum: 100_000,
  }),
  templates: choice(
    "Which WhatsApp templates the sandbox sends. registered: those that were made here and are approved, filled in as they were made, as WhatsApp does it; any: all, without a look at them.",
    ["registered", "any"],
    "registered",
  ),
  examples: flag(
    "Whether a new data folder gets the template and the flow that Infobip's examples name, and the template of ours.",
    true,
  ),
  journal: text("File that gets one JSON line for each message that a virtual phone received. Empty: none.", ""),
  uncertain: choice(
    "What happens to a message whose answer from the sandbox was lost. resend: tried again, perhaps twice on the phone; hold: left for its receipt.",
    ["resend", "hold"],
    "resend",
  ),
});

const tracking = section("Short links in the place of URLs, where a request asks for them.", {
  baseUrl: text(
    "Where phones reach this server, for example https://go.example; a short link is this, /l/ and ten characters. Empty: URLs go out as they were written, whatever a request asks for.",
    "",
    { pattern: "^(?:https?://[^\\s/?#@]+(?:/[^\\s?#]*)?)?$", rule: "empty, or an http or https URL without a query" },
  ),
  customDomains: text(
    "Other hosts that lead here, separated by commas, which a request may name as its customDomain. One that is not among them is answered with tracking.baseUrl, because its links would be dead.",
    "",
  ),
});

const log = section("The server's log: one JSON object a line.", {
  level: choice(
    "Least severe lines written; silent writes none.",
    ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
    "info",
  ),
  messageText: flag(
    "Whether the text of messages may appear in the log. Off, because it is other people's words.",
    false,
  ),
});

const shutdown = section("Stopping.", {
  timeoutMs: integer(
    "How long a stop waits for work under way. After it the process ends all the same; nothing that was answered is lost.",
    { unit: "ms", default: 15_000, minimum: 0, maximum: HOUR_MS },
  ),
});

const welcome = section("The first minute.", {
  enabled: flag(
    "Whether a start greets with the address and a first request to try. Off for scripts that read the output.",
    true,
  ),
});

export const CONFIG_SCHEMA = section("Posthorn's configuration.", {
  http,
  data,
  auth,
  account,
  accept,
  flooding,
  routing,
  health,
  dispatch,
  report,
  inbound,
  webhooks,
  smpp,
  sandbox,
  tracking,
  log,
  shutdown,
  welcome,
});

/** The settings by section, and the named entries of the file. */
export type Config = DeepReadonly<Static<typeof CONFIG_SCHEMA> & Entries>;

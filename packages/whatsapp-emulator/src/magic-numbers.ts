/** Users that misbehave by their number alone; one row of docs/whatsapp-emulator.md each. */
import type { Behaviour, StatusPlan } from "./behaviour.ts";
import { GRAPH_ERRORS, type GraphErrorCode } from "./errors.ts";
import type { InboundContent } from "./inbound-content.ts";

export interface MagicTimes {
  readonly lateByMs: number;
  readonly slowAnswerMs: number;
}

export interface MagicNumber {
  readonly user: string;
  /** In Markdown. */
  readonly description: string;
  /** The count of messages to this number, from 1. */
  readonly behaviourOf: (count: number, times: MagicTimes) => Behaviour;
}

/** Kept for fiction by the British regulator: 447700900000 to 447700900999. */
const userOf = (number: number): string => `447700900${String(number).padStart(3, "0")}`;
/** Behind one more status, on the clock of the emulator; enough to be a webhook of its own. */
const LATER = 1000;

function magic(number: number, description: string, behaviour: Behaviour | MagicNumber["behaviourOf"]): MagicNumber {
  const behaviourOf = typeof behaviour === "function" ? behaviour : () => behaviour;
  return { user: userOf(number), description, behaviourOf };
}

const titled = (code: GraphErrorCode): string => `${code} ${GRAPH_ERRORS[code].title}`;

const refused = (number: number, errorCode: GraphErrorCode): MagicNumber =>
  magic(number, `refused at once: ${titled(errorCode)}`, { errorCode });

const failed = (number: number, errorCode: GraphErrorCode): MagicNumber =>
  magic(number, `taken, then failed by status: ${titled(errorCode)}`, { statuses: [{ status: "failed", errorCode }] });

const statuses = (number: number, description: string, plans: readonly StatusPlan[], more: Behaviour = {}) =>
  magic(number, description, { statuses: plans, ...more });

const replying = (number: number, description: string, reply: NonNullable<Behaviour["reply"]>, more: Behaviour = {}) =>
  magic(number, description, { reply, ...more });

/** 131nnn is number 100 + nnn when it is refused at once, 200 + nnn when it fails by status. */
const REFUSED_131 = [0, 5, 8, 9, 16, 21, 26, 30, 31, 37, 42, 45, 47, 48, 49, 50, 51, 52, 53, 56, 57, 62] as const;
const FAILED_131 = [0, 5, 16, 26, 42, 47, 48, 49, 50, 51, 52, 53, 57] as const;
/** 132nnn is number 300 + nnn. */
const REFUSED_132 = [0, 1, 5, 7, 12, 15, 16] as const;

const sum = (base: 131000 | 132000, rest: number): GraphErrorCode => (base + rest) as GraphErrorCode;

const LOCATION = { latitude: 45.815, longitude: 15.982, name: "Zagreb", address: "Ban Jelačić Square" };
const CONTACT = { name: { formatted_name: "Ana Anić", first_name: "Ana" }, phones: [{ phone: "+447700900000" }] };
const ORDER = {
  catalog_id: "1000",
  product_items: [{ product_retailer_id: "tea", quantity: 2, item_price: 3.5, currency: "GBP" }],
};

function replyOf(content: InboundContent): InboundContent {
  return content;
}

export const MAGIC_NUMBERS: readonly MagicNumber[] = [
  magic(0, "sent and delivered", {}),
  ...REFUSED_131.map((rest) => refused(100 + rest, sum(131000, rest))),
  refused(104, 4),
  refused(110, 10),
  refused(190, 190),
  ...FAILED_131.map((rest) => failed(200 + rest, sum(131000, rest))),
  failed(272, 130472),
  failed(297, 130497),
  ...REFUSED_132.map((rest) => refused(300 + rest, sum(132000, rest))),
  refused(310, 133010),
  refused(368, 368),
  refused(401, 2),
  refused(402, 80007),
  refused(403, 130429),
  failed(504, 131000),
  failed(509, 131026),
  refused(510, 131050),
  refused(518, 131026),
  refused(520, 131048),
  statuses(529, "taken and never reported", []),
  failed(701, 131026),
  magic(901, "the statuses are late", (_count, { lateByMs }) => ({
    statuses: [
      { status: "sent", delayMs: lateByMs },
      { status: "delivered", delayMs: lateByMs },
    ],
  })),
  statuses(902, "every status comes twice", [
    { status: "sent", copies: 2 },
    { status: "delivered", copies: 2 },
  ]),
  magic(903, "the statuses come before the answer", { answer: "after-statuses" }),
  statuses(904, "a status says failed, a later one delivered", [
    { status: "failed", errorCode: 131000 },
    { status: "delivered", delayMs: LATER },
  ]),
  statuses(905, "a status says delivered, a later one failed", [
    { status: "delivered" },
    { status: "failed", errorCode: 131000, delayMs: LATER },
  ]),
  magic(906, `refused three times (${titled(130429)}), then taken; and so on`, (count) =>
    count % 4 === 0 ? {} : { errorCode: 130429 },
  ),
  magic(907, "taken, the connection is reset and no status comes; the next one is delivered, and so on", (count) =>
    count % 2 === 0 ? {} : { answer: "reset", statuses: [] },
  ),
  magic(908, "taken, the connection is reset, and the statuses come all the same", { answer: "reset" }),
  magic(909, "the answer is slow", (_count, { slowAnswerMs }) => ({ answerDelayMs: slowAnswerMs })),
  magic(910, "the connection is reset and the message is lost", { answer: "reset", isTaken: false }),
  magic(911, "the connection is closed after the answer", { answer: "close" }),
  magic(913, "no answer, the message is lost, and the connection stays open and silent", {
    answer: "silent",
    isTaken: false,
  }),
  replying(921, "the user replies with a text", replyOf({ type: "text", text: { body: "Reply" } })),
  replying(
    926,
    "the user replies with a text beyond ASCII",
    replyOf({ type: "text", text: { body: "Одговор \u{1F4EF}" } }),
  ),
  statuses(931, "sent, delivered and read", [{ status: "sent" }, { status: "delivered" }, { status: "read" }]),
  statuses(932, "sent and read; delivered is left out", [{ status: "sent" }, { status: "read" }]),
  statuses(933, "sent, delivered and played", [{ status: "sent" }, { status: "delivered" }, { status: "played" }]),
  statuses(934, "the statuses come in reverse: read, delivered, sent", [
    { status: "read" },
    { status: "delivered" },
    { status: "sent" },
  ]),
  statuses(
    935,
    "sent, delivered and read in one webhook",
    [{ status: "sent" }, { status: "delivered" }, { status: "read" }],
    { areStatusesTogether: true },
  ),
  magic(936, "a template's `message_status` is held_for_quality_assessment; it is delivered", {
    messageStatus: "held_for_quality_assessment",
  }),
  magic(937, `a template's \`message_status\` is paused; it fails by status: ${titled(132015)}`, {
    messageStatus: "paused",
    statuses: [{ status: "failed", errorCode: 132015 }],
  }),
  replying(
    938,
    "the user replies and shows a user id (BSUID) but no number",
    replyOf({ type: "text", text: { body: "Reply" } }),
    {
      isReplyWithoutNumber: true,
    },
  ),
  replying(940, "the user replies, and the webhook comes twice", replyOf({ type: "text", text: { body: "Reply" } }), {
    replyCopies: 2,
  }),
  replying(941, "the user replies with an image", replyOf({ type: "image", image: { caption: "Look" } })),
  replying(942, "the user replies with a voice message", replyOf({ type: "audio" })),
  replying(943, "the user replies with a document", replyOf({ type: "document" })),
  replying(944, "the user replies with a video", replyOf({ type: "video" })),
  replying(945, "the user replies with a sticker", replyOf({ type: "sticker" })),
  replying(946, "the user replies with a location", replyOf({ type: "location", location: LOCATION })),
  replying(947, "the user replies with a contact", replyOf({ type: "contacts", contacts: [CONTACT] })),
  replying(
    948,
    "the user reacts to the message",
    replyOf({ type: "reaction", reaction: { message_id: "", emoji: "👍" } }),
  ),
  replying(949, "the user presses the message's first button or row; a text where there is none", { type: "press" }),
  replying(
    950,
    "the user sends a flow",
    replyOf({
      type: "interactive",
      interactive: { type: "nfm_reply", nfm_reply: { response_json: '{"flow_token":"unused"}' } },
    }),
  ),
  replying(951, "the user orders", replyOf({ type: "order", order: ORDER })),
  replying(952, "the user has a new number", replyOf({ type: "system", system: { wa_id: userOf(0) } })),
  replying(953, "the user sends what is not supported", replyOf({ type: "unsupported" })),
].sort((one, other) => one.user.localeCompare(other.user));

/** Counts the messages to each magic number. */
export class MagicBook {
  readonly #known = new Map(MAGIC_NUMBERS.map((entry) => [entry.user, { entry, count: 0 }]));
  readonly #times: MagicTimes;

  constructor(times: MagicTimes) {
    this.#times = times;
  }

  behaviourOf(user: string): Behaviour | null {
    const known = this.#known.get(user);
    if (known === undefined) return null;
    known.count += 1;
    return known.entry.behaviourOf(known.count, this.#times);
  }
}

/**
 * WhatsApp's Cloud API as a carrier. Messages go out by HTTP; what becomes of them and what users write comes in by
 * Meta's webhook, which is answered after the commit: until then Meta keeps it and sends it again.
 */
import type { Clock, Timer } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/faults.ts";
import type { Log } from "../../kernel/log.ts";
import type { OutboundMessage } from "../../store/store.ts";
import type { Carrier, CarrierEvents, ReadMark, SubmitResult, UncertainPolicy } from "../carrier.ts";
import type { FetchFile } from "../file-fetcher.ts";
import type { SenderNotice } from "../sender-administration.ts";
import type { CarrierMedia, CarrierWebhook, WebhookCall } from "../webhook.ts";
import { CloudAdministration } from "./administration.ts";
import { readMarkOf } from "./bodies.ts";
import { type GraphError, readError } from "./errors.ts";
import { type GraphAnswer, GraphClient, type GraphOptions } from "./graph-client.ts";
import { objectIn, objectsIn, textIn } from "./json.ts";
import { type Notification, readNotification } from "./notification.ts";
import { NOTICE_FIELDS, noticesIn, parseNotification } from "./notices.ts";
import { Pace, type Pause } from "./pace.ts";
import { RecentIds } from "./recent-ids.ts";
import { type Sender, Sending, type SendingOptions, SHOWN } from "./sending.ts";
import { CloudSecrets, type CloudSecretsOptions } from "./secrets.ts";
import { isSameSecret, isSigned } from "./signature.ts";

/** Meta puts at most a thousand events into a call, which have some 3 MB. */
const WEBHOOK_BYTES_MAX = 4 * 1024 * 1024;
/** The challenge of a handshake comes back as it is; Meta's are short numbers. */
const CHALLENGE = /^[\w.-]{1,256}$/;
/** Nobody answers: nothing is tried for so long. */
const UNREACHABLE_PAUSE_MS = 1_000;
/** While nobody answers each try fails alike; one line of the log will do. */
const UNREACHABLE_LOG_MS = 60_000;
/** Messages that may wait for their place in a number's throughput, as the time that the last of them waits. */
const WAIT_MAX_S = 2;

export interface CloudCarrierOptions extends Omit<GraphOptions, "connectionsMax" | "secrets"> {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly uncertainPolicy: UncertainPolicy;
  /** Read now, at every reload of the configuration, and when WhatsApp refuses the token. */
  readonly readSecrets: CloudSecretsOptions["read"];
  readonly senders: readonly { readonly number: string; readonly phoneNumberId: string }[];
  /** Requests without an answer. */
  readonly windowSize: number;
  /** Of each number. */
  readonly messagesPerSecond: number;
  /** What customers reach us by, for the URLs of media; null: as Meta does. */
  readonly publicUrl: string | null;
  /** Whose templates its senders use; null: they are not administered here. */
  readonly businessAccountId?: string | null;
  /** What files of theirs are uploaded to; null: nothing is. */
  readonly appId: string | null;
  readonly fetchFile: FetchFile;
  readonly carrierIdOf: SendingOptions["carrierIdOf"];
  readonly lastMessageOf: SendingOptions["lastMessageOf"];
  /** Absent: no definitions are kept. */
  readonly findStructure?: SendingOptions["findStructure"];
  /** What Meta tells of templates; resolves after the commit. */
  readonly onNotices?: (notices: readonly SenderNotice[]) => Promise<void>;
}

export class CloudCarrier implements Carrier {
  readonly name: string;
  readonly uncertainPolicy: UncertainPolicy;
  readonly webhook: CarrierWebhook;
  readonly administration: CloudAdministration;
  readonly #options: CloudCarrierOptions;
  readonly #senders: ReadonlyMap<string, Sender>;
  readonly #numbers: ReadonlyMap<string, string>;
  readonly #secrets: CloudSecrets;
  readonly #client: GraphClient;
  readonly #sending: Sending;
  readonly #answered = new RecentIds();
  /** Notices that were told: Meta may say them twice, and nothing else knows them again. */
  readonly #noticed = new RecentIds();
  readonly #timers = new Set<Timer>();
  #events: CarrierEvents | null = null;
  #unreachableUntil = 0;
  /** Why the last request had no answer; null when it had one. */
  #problem: string | null = null;
  #problemLoggedAt = Number.NEGATIVE_INFINITY;

  /** @throws Error for a secret that is not there */
  constructor(options: CloudCarrierOptions) {
    const { name, clock, log, senders, windowSize, messagesPerSecond } = options;
    this.#options = options;
    this.name = name;
    this.uncertainPolicy = options.uncertainPolicy;
    this.#senders = new Map(senders.map((sender) => [sender.number, { ...sender, pace: new Pace(messagesPerSecond) }]));
    this.#numbers = new Map(senders.map(({ number, phoneNumberId }) => [phoneNumberId, number]));
    this.#secrets = new CloudSecrets({ name, log, read: options.readSecrets });
    this.#client = new GraphClient({ ...options, secrets: this.#secrets, connectionsMax: windowSize });
    const businessAccountId = options.businessAccountId ?? null;
    this.administration = new CloudAdministration({ ...options, secrets: this.#secrets, businessAccountId });
    this.#sending = new Sending({
      name,
      clock,
      log,
      client: { post: async (path, body) => this.#noteAnswer(await this.#client.post(path, body)) },
      senderOf: (number) => this.#senders.get(number),
      carrierIdOf: options.carrierIdOf,
      lastMessageOf: options.lastMessageOf,
      findStructure: options.findStructure ?? (async () => null),
      onShown: (reference) => this.#endShown(reference),
      onPause: (sender, pause, error) => this.#notePause(sender, pause, error),
      onUnreachable: () => this.#pauseUnreachable(),
    });
    this.webhook = {
      bytesMax: WEBHOOK_BYTES_MAX,
      challenge: (query) => this.#challenge(query),
      take: (call) => this.#take(call),
    };
  }

  /** No more than its numbers send within the wait that is bearable, so that a claim is not spent on waiting. */
  capacity(): number {
    const now = this.#options.clock.now();
    // A clock that was set back must not make the pause longer.
    const isUnreachable = this.#unreachableUntil > now && this.#unreachableUntil - now <= UNREACHABLE_PAUSE_MS;
    if (this.#events === null || isUnreachable) return 0;
    const open = this.#openNumbers(now);
    const { windowSize, messagesPerSecond } = this.#options;
    return Math.min(windowSize, Math.ceil(open * messagesPerSecond * WAIT_MAX_S));
  }

  /** How many of its numbers may send now, and why it does not answer. */
  describe(): Readonly<Record<string, string | number>> {
    return {
      numbers: `${this.#openNumbers(this.#options.clock.now())}/${this.#senders.size}`,
      ...(this.#problem === null ? {} : { problem: this.#problem }),
    };
  }

  submit(messages: readonly OutboundMessage[]): Promise<readonly SubmitResult[]> {
    return Promise.all(messages.map((message) => this.#sending.submit(message)));
  }

  /** @throws Fault CARRIER_UNREACHABLE when WhatsApp did not take the mark, and may another time */
  async markRead({ sender: number, messageId }: ReadMark): Promise<void> {
    const sender = this.#senders.get(number);
    if (sender === undefined) return;
    const answer = await this.#client.post(`${sender.phoneNumberId}/messages`, readMarkOf(messageId, false));
    if (answer.kind !== "answered") throw new Fault("CARRIER_UNREACHABLE", { detail: answer.reason });
    const error = readError(objectIn(answer.body["error"]));
    if (error === null) return;
    const { code, details, action } = error;
    const line = { event: "whatsapp.read_mark_refused", carrier: this.name, code, details };
    this.#options.log.info(line, "WhatsApp did not take a read mark");
    // A message that is not there is nobody's fault that could be mended by asking again.
    if (action !== "reject" && action !== "undeliverable") throw new Fault("CARRIER_UNREACHABLE", { detail: details });
  }

  /** @throws Fault CARRIER_UNREACHABLE */
  async fetchMedia(number: string, mediaId: string): Promise<CarrierMedia | null> {
    const sender = this.#senders.get(number);
    if (sender === undefined) return null;
    try {
      return await this.#client.media(mediaId, sender.phoneNumberId);
    } catch (cause) {
      throw new Fault("CARRIER_UNREACHABLE", { cause });
    }
  }

  async start(events: CarrierEvents) {
    this.#events = events;
  }

  /** Secrets are read again, and senders that WhatsApp had stopped are tried at once. */
  reconnect() {
    this.#secrets.readAgain();
    for (const { pace } of this.#senders.values()) pace.resume();
    this.#events?.ready();
  }

  async stop() {
    this.#events = null;
    this.#sending.stop();
    for (const timer of this.#timers) timer.cancel();
    await Promise.all([this.#client.close(), this.administration.close()]);
  }

  /** facts: Cloud API, 4.6. */
  #challenge(query: Readonly<Record<string, unknown>>): string | null {
    const { "hub.mode": mode, "hub.verify_token": token, "hub.challenge": challenge } = query;
    if (mode !== "subscribe" || typeof token !== "string" || typeof challenge !== "string") return null;
    if (!isSameSecret(token, this.#secrets.verifyToken) || !CHALLENGE.test(challenge)) return null;
    return challenge;
  }

  async #take({ body, headers, baseUrl }: WebhookCall): ReturnType<CarrierWebhook["take"]> {
    const signature = headers["x-hub-signature-256"];
    if (!isSigned(body, typeof signature === "string" ? signature : undefined, this.#secrets.appSecret)) {
      return "unsigned";
    }
    if (this.#events === null) return "later";
    const base = this.#options.publicUrl ?? baseUrl;
    const payload = parseNotification(body);
    const notification = readNotification(payload, {
      numberOf: (phoneNumberId) => this.#numbers.get(phoneNumberId),
      mediaUrlOf: (number) => (mediaId) => `${base}/whatsapp/1/senders/${number}/media/${encodeURIComponent(mediaId)}`,
      isAnswered: (wamid) => this.#answered.has(wamid),
      now: this.#options.clock.now(),
    });
    if (notification === null) return "unreadable";
    const passedOver = [...new Set(notification.passedOver)].filter((name) => !NOTICE_FIELDS.has(name));
    if (passedOver.length > 0) {
      this.#options.log.debug({ event: "whatsapp.passed_over", carrier: this.name, passedOver }, "nothing to do");
    }
    const notices = noticesIn(payload, {
      businessAccountId: this.#options.businessAccountId ?? null,
      senders: new Set(this.#senders.keys()),
    });
    if (notices.length > 0) await this.#options.onNotices?.(notices);
    return (await this.#record(this.#events, notification)) ? "taken" : "later";
  }

  /** False: some of it must come again. */
  async #record(events: CarrierEvents, { receipts, messages, identities }: Notification): Promise<boolean> {
    if (receipts.length > 0) await events.receipts(receipts);
    const news = identities.filter(({ id }) => !this.#noticed.has(id));
    if (news.length > 0) await events.identities(news);
    for (const { id } of news) this.#noticed.note(id);
    if (messages.length === 0) return true;
    const outcomes = await events.inbound(messages);
    return !outcomes.includes("refused");
  }

  /** Its receipt comes before its answer is written, and waits for it like every early receipt. */
  async #endShown(reference: string) {
    try {
      await this.#events?.receipts([{ carrierMessageId: reference, ...SHOWN, doneAt: this.#options.clock.now() }]);
    } catch {
      // report/ has logged it. The message ends with its validity, which is short.
    }
  }

  #notePause({ number }: Sender, { kind, until }: Pause, { code, details }: GraphError) {
    const { log, clock } = this.#options;
    const pauseMs = until - clock.now();
    const line = { event: "whatsapp.paused", carrier: this.name, sender: number, kind, pauseMs, code, details };
    if (kind === "stop") log.error(line, "WhatsApp lets nothing of this sender through; its messages wait");
    else log.warn(line, "WhatsApp asks for less");
    if (kind !== "slow-pair") this.#readyAfter(pauseMs);
  }

  #openNumbers(now: number): number {
    return [...this.#senders.values()].filter(({ pace }) => pace.pauseOf(now) === null).length;
  }

  #noteAnswer(answer: GraphAnswer): GraphAnswer {
    this.#problem = answer.kind === "answered" ? null : answer.reason;
    if (answer.kind !== "answered") return answer;
    this.#problemLoggedAt = Number.NEGATIVE_INFINITY;
    const wamid = textIn(objectsIn(answer.body["messages"])[0]?.["id"]);
    if (wamid !== undefined) this.#answered.note(wamid);
    return answer;
  }

  #pauseUnreachable() {
    const { clock } = this.#options;
    if (this.#unreachableUntil > clock.now()) return;
    this.#unreachableUntil = clock.now() + UNREACHABLE_PAUSE_MS;
    this.#readyAfter(UNREACHABLE_PAUSE_MS);
    const sinceMs = clock.now() - this.#problemLoggedAt;
    if (sinceMs >= 0 && sinceMs < UNREACHABLE_LOG_MS) return;
    this.#problemLoggedAt = clock.now();
    const { log, baseUrl } = this.#options;
    const line = { event: "carrier.connect_failed", carrier: this.name, baseUrl, reason: this.#problem };
    log.warn(line, "no connection to WhatsApp; messages wait");
  }

  #readyAfter(delayMs: number) {
    const timer = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#events?.ready();
    });
    this.#timers.add(timer);
  }
}

/**
 * The WhatsApp Cloud API for tests, trials and benchmarks: takes every message, reports it, writes back, and refuses or
 * fails what Meta would, or what it was asked to, by rule or by number (magic-numbers.ts). Nothing is kept on disk.
 */
import { Activity } from "./activity.ts";
import { type Rule, RuleBook } from "./behaviour.ts";
import { Conversations } from "./conversations.ts";
import { changeNumber, changeTemplate } from "./decisions.ts";
import { optionError } from "./errors.ts";
import { FlowBook } from "./flows.ts";
import { controlPaths } from "./http/control-paths.ts";
import { flowEdges, flowPaths } from "./http/flow-edges.ts";
import { GraphServer } from "./http/graph-server.ts";
import { keyEdges } from "./http/key-edges.ts";
import { mediaEdges, mediaPaths } from "./http/media-edges.ts";
import { messageEdges } from "./http/message-edges.ts";
import { numberEdges, subscriptionEdges } from "./http/number-edges.ts";
import { joinEdges } from "./http/router.ts";
import { templateEdges } from "./http/template-edges.ts";
import { uploadedPaths, uploadEdges } from "./http/upload-edges.ts";
import { Ids } from "./ids.ts";
import type { ReceiveOptions } from "./inbound-content.ts";
import { Inbox } from "./inbox.ts";
import { MagicBook } from "./magic-numbers.ts";
import { MediaStore } from "./media.ts";
import { MessageBook, sentMessageOf } from "./messages/message-book.ts";
import { Sends } from "./messages/sends.ts";
import { NumberBook } from "./numbers.ts";
import type {
  Emulator,
  EmulatorCounters,
  EmulatorOptions,
  NumberChange,
  ReceivedMessage,
  StatusByHand,
  TemplateChange,
  TemplateStatus,
} from "./options.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { TemplateBook } from "./templates/template-book.ts";
import { UploadBook } from "./uploads.ts";
import { isChallengeAnswered } from "./webhooks/handshake.ts";
import { Poster } from "./webhooks/post.ts";
import { WebhookQueue } from "./webhooks/queue.ts";
import type { World } from "./world.ts";

const newCounters = (): EmulatorCounters => ({
  requests: 0,
  refused: 0,
  messages: 0,
  statuses: 0,
  received: 0,
  webhookAttempts: 0,
  webhooksTaken: 0,
  webhooksLost: 0,
});

function checkUrl(url: string | null): string | null {
  if (url === null || (URL.canParse(url) && /^https?:/.test(url))) return url;
  throw optionError("A webhook's URL", "begins with http or https");
}

class CloudApi implements Emulator {
  readonly counters = newCounters();
  readonly #settings: Settings;
  readonly #world: World;
  readonly #poster: Poster;
  readonly #rules: RuleBook;
  readonly #sends: Sends;
  readonly #inbox: Inbox;
  readonly #server: GraphServer;
  #webhookUrl: string | null;
  #port = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#webhookUrl = checkUrl(settings.webhook?.url ?? null);
    const { clock, random, templatesMax } = settings;
    const ids = new Ids(random);
    const activity = new Activity();
    const numbers = new NumberBook(settings);
    this.#poster = new Poster(clock, settings.webhookTimeoutMs);
    const { counters } = this;
    const targetOf = (wabaId: string, phoneNumberId: string | null): string | null => {
      const account = numbers.account(wabaId);
      const own = phoneNumberId === null ? null : (numbers.find(phoneNumberId)?.webhookUrl ?? null);
      return account?.isSubscribed === false ? null : (own ?? account?.overrideUrl ?? this.#webhookUrl);
    };
    const templates = new TemplateBook(ids, templatesMax);
    for (const { wabaId } of numbers.accounts) templates.addHelloWorld(wabaId);
    for (const template of settings.templates) {
      templates.add({ ...template, wabaId: template.wabaId ?? numbers.first.wabaId });
    }
    const media = new MediaStore(settings, ids);
    this.#world = {
      settings,
      counters,
      activity,
      numbers,
      conversations: new Conversations(settings),
      messages: new MessageBook(settings.messagesMax),
      templates,
      flows: new FlowBook(ids),
      media,
      uploads: new UploadBook(settings, media, ids),
      webhooks: new WebhookQueue({ settings, counters, activity, poster: this.#poster, targetOf }),
    };
    this.#rules = new RuleBook(settings.rules, random);
    this.#inbox = new Inbox(this.#world, ids);
    this.#sends = new Sends({
      world: this.#world,
      ids,
      rules: this.#rules,
      magic: settings.hasMagicNumbers ? new MagicBook(settings) : null,
      receive: (message) => this.receive(message),
    });
    const world = this.#world;
    const edges = joinEdges([
      messageEdges(world, this.#sends),
      mediaEdges(world, () => this.url),
      uploadEdges(world),
      numberEdges({ world, poster: this.#poster, ids, urlOf: () => this.url }),
      keyEdges(world),
      subscriptionEdges(world, this.#poster),
      templateEdges(world, () => this.url),
      flowEdges(world, () => this.url),
    ]);
    const paths = { ...mediaPaths(world), ...flowPaths(world), ...controlPaths(this) };
    this.#server = new GraphServer({ world, ids, edges, paths, openPaths: uploadedPaths(world) });
  }

  async start(): Promise<this> {
    this.#port = await this.#server.listen();
    return this;
  }

  get host(): string {
    return this.#settings.host;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    const { host } = this;
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
  }

  messages() {
    return this.#world.messages.sent.values().map(sentMessageOf);
  }

  received() {
    return this.#world.messages.received.values().map((record) => ({ ...record }));
  }

  webhooks() {
    return this.#world.webhooks.log();
  }

  receive(message: ReceiveOptions): ReceivedMessage {
    return this.#inbox.receive(message);
  }

  sendStatus({ id, status, errorCode, timestamp }: StatusByHand): void {
    const record = this.#world.messages.sent.get(id);
    if (record === undefined) throw optionError("id", "is of no message that is known");
    void this.#sends.report(record, status, errorCode, timestamp);
  }

  sendWebhook({ wabaId, field, value }: Parameters<Emulator["sendWebhook"]>[0]): void {
    void this.#world.webhooks.add({ wabaId, field, value, phoneNumberId: null, lane: wabaId });
  }

  addRule(rule: Rule): void {
    this.#rules.add(rule);
  }

  setWebhook(url: string | null): void {
    this.#webhookUrl = checkUrl(url);
  }

  async verifyWebhook(): Promise<boolean> {
    if (this.#webhookUrl === null) return false;
    return isChallengeAnswered(this.#poster, this.#webhookUrl, this.#settings.verifyToken, this.#settings.random);
  }

  setTemplateStatus(given: { name: string; language: string; status: TemplateStatus; wabaId?: string }): void {
    const { name, language, status, wabaId = this.#world.numbers.first.wabaId } = given;
    this.#world.templates.require(wabaId, name, language).status = status;
  }

  changeTemplate(given: TemplateChange): void {
    changeTemplate(this.#world, given);
  }

  changeNumber(given: NumberChange): void {
    changeNumber(this.#world, given);
  }

  verificationCodeOf(phoneNumberId: string): string | null {
    return this.#world.numbers.find(phoneNumberId)?.verificationCode ?? null;
  }

  idle(): Promise<void> {
    return this.#world.activity.idle();
  }

  clear(): void {
    this.#world.messages.clear();
    this.#world.webhooks.clear();
    this.#world.conversations.clear();
  }

  async close(): Promise<void> {
    this.#world.webhooks.close();
    this.#poster.close();
    await this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Listens, and is the Cloud API until `close`.
 *
 * @throws EmulatorOptionError for options that cannot be; the error of `listen` when the port is not to be had
 */
export function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  return new CloudApi(settingsOf(options)).start();
}

/**
 * Hands messages to the Cloud API, one request each. Messages of a number to one user go one after the other, so that
 * they arrive in the order in which they were handed over; all others side by side, as fast as their number may send.
 */
import { ERROR, STATUS, type TemplateMessage } from "@posthorn/contract";
import { type Clock, sleep } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { OutboundMessage } from "../../store/store.ts";
import type { SubmitResult } from "../carrier.ts";
import { bodyOf, type CloudOptions, optionsOf, readMarkOf } from "./bodies.ts";
import { endOf, type GraphError, readError } from "./errors.ts";
import type { GraphClient } from "./graph-client.ts";
import { isObject, type Json, objectsIn, textIn } from "./json.ts";
import type { Pace, Pause } from "./pace.ts";
import { referenceOf } from "./reference.ts";
import { NO_LAYOUT, type TemplateLayout } from "./template-layout.ts";
import { type FindStructure, TemplateLayouts } from "./template-layouts.ts";

/**
 * What has waited longer for its turn goes back to the queue: with an answer that does not come it would outlast its
 * lease, and be in doubt without ever having left.
 */
const TURN_WAIT_MAX_MS = 10_000;
/** What WhatsApp calls its messages. */
const WAMID = /^wamid\./;

export interface Sender {
  /** The customer's number, in digits. */
  readonly number: string;
  readonly phoneNumberId: string;
  readonly pace: Pace;
}

export interface SendingOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly client: Pick<GraphClient, "post">;
  readonly senderOf: (number: string) => Sender | undefined;
  /** WhatsApp's id of a message of the account's, by its messageId; null where there is none, or it has none. */
  readonly carrierIdOf: (accountId: number, messageId: string) => Promise<string | null>;
  /** WhatsApp's id of the user's last message to the message's sender; null where there is none that is known. */
  readonly lastMessageOf: (message: OutboundMessage) => Promise<string | null>;
  /** The definition of a template of its business account. */
  readonly findStructure: FindStructure;
  /** It was taken and nobody will tell of it: what is shown for a moment has no status. */
  readonly onShown: (reference: string) => Promise<void>;
  readonly onPause: (sender: Sender, pause: Pause, error: GraphError) => void;
  /** Nobody answers at the other end. */
  readonly onUnreachable: () => void;
}

const refusal = (errorId: number): SubmitResult => ({
  outcome: "permanent",
  ...endOf({ action: "reject", errorId }),
});

export class Sending {
  readonly #options: SendingOptions;
  /** The last submission of each number to each user that is still under way. */
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #layouts: TemplateLayouts;
  #isStopped = false;

  constructor(options: SendingOptions) {
    this.#options = options;
    this.#layouts = new TemplateLayouts(options.findStructure, options.clock);
  }

  stop() {
    this.#isStopped = true;
  }

  /** Never rejects. */
  async submit(message: OutboundMessage): Promise<SubmitResult> {
    const key = `${message.sender}/${message.destination}`;
    const askedAt = this.#options.clock.now();
    const turn = Promise.resolve(this.#tails.get(key)).then(() => this.#submitInTurn(message, askedAt));
    this.#tails.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(key) === turn) this.#tails.delete(key);
    }
  }

  async #submitInTurn(message: OutboundMessage, askedAt: number): Promise<SubmitResult> {
    const hasWaited = this.#options.clock.now() - askedAt > TURN_WAIT_MAX_MS;
    if (hasWaited || this.#isStopped) return { outcome: "temporary", errorId: ERROR.NO_ERROR };
    try {
      return await this.#submitOne(message);
    } catch (error) {
      // Nothing was sent: whatever is asked before a request leaves may fail, the request itself does not throw.
      const { log, name } = this.#options;
      log.error({ event: "whatsapp.submit_failed", carrier: name, messageId: message.messageId, err: error }, "failed");
      return { outcome: "temporary", errorId: ERROR.EC_INTERNAL_ERROR };
    }
  }

  async #submitOne(message: OutboundMessage): Promise<SubmitResult> {
    const { clock, senderOf } = this.#options;
    const sender = senderOf(message.sender);
    if (sender === undefined) return refusal(ERROR.EC_SENDER_NOT_REGISTERED);
    const { pace } = sender;
    const user = message.destination;
    const paused = pace.pauseFor(user, clock.now());
    if (paused !== null) return this.#putOff(paused);
    const waitMs = pace.take(clock.now());
    if (waitMs > 0) await sleep(clock, waitMs);
    // Others may have met a limit meanwhile.
    const pausedMeanwhile = pace.pauseFor(user, clock.now());
    if (pausedMeanwhile !== null) return this.#putOff(pausedMeanwhile);
    if (this.#isStopped) return { outcome: "temporary", errorId: ERROR.NO_ERROR };
    const options = optionsOf(message);
    return options.type === "TYPING_INDICATOR"
      ? this.#showTyping(message, sender)
      : this.#send(message, sender, options);
  }

  async #send(message: OutboundMessage, sender: Sender, options: CloudOptions): Promise<SubmitResult> {
    const reference = referenceOf(message);
    const repliesTo = await this.#repliesTo(message, options.replyTo);
    const layout = await this.#layoutOf(message, options);
    const body = bodyOf(message, options, { reference, repliesTo, layout, now: this.#options.clock.now() });
    if (body === null) return refusal(ERROR.EC_INTERNAL_BAD_MAPPING);
    return this.#post({ message, sender, reference, body }, (answer) => {
      const wamid = textIn(objectsIn(answer["messages"])[0]?.["id"]);
      return wamid === undefined ? null : { outcome: "submitted", carrierMessageId: wamid };
    });
  }

  async #layoutOf(message: OutboundMessage, { type, content }: CloudOptions): Promise<TemplateLayout> {
    if (type !== "TEMPLATE") return NO_LAYOUT;
    // What was accepted as a template has the shape that the contract gives it.
    return this.#layouts.of(message, content as unknown as TemplateMessage["content"]);
  }

  async #showTyping(message: OutboundMessage, sender: Sender): Promise<SubmitResult> {
    const { lastMessageOf, onShown } = this.#options;
    const wamid = await lastMessageOf(message);
    if (wamid === null) return refusal(ERROR.EC_NO_SESSION);
    const reference = referenceOf(message);
    const result = await this.#post({ message, sender, reference, body: readMarkOf(wamid, true) }, (answer) =>
      answer["success"] === true ? { outcome: "submitted", carrierMessageId: reference } : null,
    );
    if (result.outcome === "submitted") await onShown(reference);
    return result;
  }

  async #post(
    { message, sender, reference, body }: Request,
    resultOf: (answer: Json) => SubmitResult | null,
  ): Promise<SubmitResult> {
    const answer = await this.#options.client.post(`${sender.phoneNumberId}/messages`, body);
    if (answer.kind === "unsent") {
      this.#options.onUnreachable();
      return { outcome: "temporary", errorId: ERROR.EC_PROVIDER_INTERNAL_ERROR };
    }
    if (answer.kind === "lost") return { outcome: "uncertain", reason: answer.reason, carrierMessageId: reference };
    const { error } = answer.body;
    if (isObject(error)) {
      const read = readError(error);
      if (read !== null) return this.#refused(message, sender, read);
    }
    const result = resultOf(answer.body);
    if (result === null) {
      const reason = "the answer says neither an id nor an error";
      return { outcome: "uncertain", reason, carrierMessageId: reference };
    }
    sender.pace.succeeded();
    return result;
  }

  #refused(message: OutboundMessage, sender: Sender, error: GraphError): SubmitResult {
    const { log, name, clock, onPause } = this.#options;
    const { action, errorId, code, details } = error;
    const line = { carrier: name, messageId: message.messageId, code, details };
    log.info({ event: "whatsapp.refused", ...line, action }, "WhatsApp did not take a message");
    if (action === "reject" || action === "undeliverable") return { outcome: "permanent", ...endOf(error) };
    const pause = sender.pace.failed(error, message.destination, clock.now());
    if (pause === null) return { outcome: "temporary", errorId };
    onPause(sender, pause, error);
    return this.#putOff(pause);
  }

  #putOff({ until, errorId, kind }: Pause): SubmitResult {
    const retryAfterMs = Math.max(0, until - this.#options.clock.now());
    return { outcome: "temporary", errorId, retryAfterMs, ...(kind === "stop" ? {} : { isThrottled: true }) };
  }

  /** An answer to something that WhatsApp does not know (any more) is sent as a message that answers nothing. */
  async #repliesTo(message: OutboundMessage, replyTo: string | undefined): Promise<string | null> {
    if (replyTo === undefined || WAMID.test(replyTo)) return replyTo ?? null;
    const { carrierIdOf, log, name } = this.#options;
    const found = await carrierIdOf(message.accountId, replyTo);
    if (found !== null && WAMID.test(found)) return found;
    const { messageId } = message;
    log.info({ event: "whatsapp.reply_unknown", carrier: name, messageId }, "what it answers is not known to WhatsApp");
    return null;
  }
}

interface Request {
  readonly message: OutboundMessage;
  readonly sender: Sender;
  readonly reference: string;
  readonly body: Json;
}

/** What a message ends with that was shown, and that no status comes for. */
export const SHOWN = { state: "delivered", statusId: STATUS.DELIVERED_TO_HANDSET, errorId: ERROR.NO_ERROR } as const;

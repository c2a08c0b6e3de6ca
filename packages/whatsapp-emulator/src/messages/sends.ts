/** What becomes of a send: refused, or taken, answered and reported. */
import type { Behaviour, RuleBook, StatusName, StatusPlan } from "../behaviour.ts";
import { type EmulatorClock, runAfter } from "../clock.ts";
import { GraphError, type GraphErrorCode } from "../errors.ts";
import { type Ids, userIdOf, userOfId } from "../ids.ts";
import type { ReceiveOptions } from "../inbound-content.ts";
import type { JsonObject } from "../json.ts";
import { ANSWER_WAIT_MS_MAX } from "../limits.ts";
import type { MagicBook } from "../magic-numbers.ts";
import type { BusinessNumber } from "../numbers.ts";
import { sentMessageOf, type SentRecord } from "./message-book.ts";
import { mediaIdsOf } from "./media-object.ts";
import { pressOf } from "./press.ts";
import { readMessagesRequest, type Send } from "./read-send.ts";
import { checkTemplateSend } from "../templates/check-parameters.ts";
import { statusesValue, statusOf, timestampOf, type StatusFacts } from "../webhooks/values.ts";
import type { World } from "../world.ts";

/** An answer of the messages endpoint, and what the connection is to suffer. */
export interface MessagesAnswer {
  readonly body: JsonObject;
  readonly delayMs: number;
  readonly fault: "none" | "reset" | "silent" | "close";
  /** To be called once the answer has left, or was lost. */
  readonly afterAnswer: () => void;
}

export interface SendsParts {
  readonly world: World;
  readonly ids: Ids;
  readonly rules: RuleBook;
  readonly magic: MagicBook | null;
  readonly receive: (message: ReceiveOptions) => void;
}

const SUCCESS = { body: { success: true }, delayMs: 0, fault: "none", afterAnswer: () => {} } as const;

export class Sends {
  readonly #parts: SendsParts;
  readonly #world: World;
  readonly #clock: EmulatorClock;

  constructor(parts: SendsParts) {
    this.#parts = parts;
    this.#world = parts.world;
    this.#clock = parts.world.settings.clock;
  }

  /** @throws GraphError */
  async take(number: BusinessNumber, body: unknown): Promise<MessagesAnswer> {
    const request = readMessagesRequest(body);
    if (request.kind === "read") {
      const message = this.#world.messages.received.get(request.messageId);
      if (message === undefined) throw new GraphError(131009, "message_id is of no message that was received");
      message.isRead = true;
      message.isTypingShown = request.isTypingShown;
      return SUCCESS;
    }
    return this.#send(number, request);
  }

  /** One status of a message, now. Resolves when its webhook was attempted. */
  async report(record: SentRecord, status: StatusName, errorCode?: GraphErrorCode, timestamp?: string): Promise<void> {
    await this.#emit(record, [{ status, ...(errorCode === undefined ? {} : { errorCode }) }], timestamp);
  }

  async #send(number: BusinessNumber, send: Send): Promise<MessagesAnswer> {
    const { settings } = this.#world;
    if (!number.isRegistered) throw new GraphError(133010, `${number.phoneNumberId} is not registered`);
    const user = send.isUserId ? userOfId(send.user) : send.user;
    this.#checkRates(number, user);
    const facts = { to: send.user, phoneNumberId: number.phoneNumberId, type: send.type };
    const special = this.#parts.rules.behaviourOf(facts) ?? this.#parts.magic?.behaviourOf(user) ?? null;
    const behaviour = special ?? {};
    const delayMs = behaviour.answerDelayMs ?? settings.answerDelayMs;
    const { answer = "none" } = behaviour;
    const fault = answer === "after-statuses" ? "none" : answer;
    if (behaviour.errorCode !== undefined) throw new GraphError(behaviour.errorCode, `to: ${send.user} is refused`);
    const category = this.#check(number, send);
    if (behaviour.isTaken === false) return { ...SUCCESS, body: {}, delayMs, fault };

    const record = this.#record(number, send, user, category);
    const plans = this.#plansOf(record, special, number, user);
    const run = (): Promise<unknown> => this.#run(record, behaviour, plans);
    const body = this.#answerOf(record, behaviour);
    if (answer !== "after-statuses") return { body, delayMs, fault, afterAnswer: () => void run() };
    await Promise.race([run(), new Promise<void>((resolve) => this.#clock.after(ANSWER_WAIT_MS_MAX, resolve))]);
    return { ...SUCCESS, body, delayMs };
  }

  #checkRates({ phoneNumberId, pace }: BusinessNumber, user: string): void {
    const { settings, conversations, webhooks } = this.#world;
    const { throughputPerSecond } = settings;
    if (!pace.take(this.#clock.now(), 1000 / throughputPerSecond, throughputPerSecond)) {
      throw new GraphError(130429, `${phoneNumberId} sends more than ${throughputPerSecond} messages a second`);
    }
    if (!conversations.hasRoom(phoneNumberId, user)) {
      throw new GraphError(131056, `to: too many messages to ${user} in a short time`);
    }
    if (webhooks.isFull) throw new GraphError(131016, `${settings.pendingMax} webhooks are waiting`);
  }

  /** Against what the account has; gives the category that is billed. */
  #check(number: BusinessNumber, send: Send): string {
    if (send.user === number.digits) throw new GraphError(131021, "to is the number itself");
    for (const { id, path } of mediaIdsOf(send.body, "")) {
      if (this.#world.media.find(id) === undefined) throw new GraphError(100, `${path} is no media, or no longer`);
    }
    if (send.template === null) return "service";
    const template = this.#world.templates.find(number.wabaId, send.template.name, send.template.language);
    checkTemplateSend(template, send.template);
    const category = template?.category.toLowerCase() ?? "utility";
    if (send.isUserId && category === "authentication") {
      throw new GraphError(131062, "recipient: authentication templates go to phone numbers only");
    }
    return category;
  }

  #record(number: BusinessNumber, send: Send, user: string, category: string): SentRecord {
    const record: SentRecord = {
      id: this.#parts.ids.wamid(user),
      phoneNumberId: number.phoneNumberId,
      wabaId: number.wabaId,
      to: send.user,
      type: send.type,
      body: send.body,
      acceptedAtMs: this.#clock.now(),
      statuses: [],
      send,
      category,
    };
    this.#world.messages.sent.set(record.id, record);
    this.#world.counters.messages += 1;
    this.#world.settings.onEvent?.({ type: "message", message: sentMessageOf(record) });
    return record;
  }

  #answerOf({ id, send }: SentRecord, { messageStatus = "accepted" }: Behaviour): JsonObject {
    const { input, user, isUserId, type } = send;
    const status = type === "template" ? { message_status: messageStatus } : {};
    return {
      messaging_product: "whatsapp",
      contacts: [isUserId ? { input, user_id: user } : { input, wa_id: user }],
      messages: [{ id, ...status }],
    };
  }

  /** Rules and magic numbers stand above the service window, or they could say nothing of free text. */
  #plansOf(record: SentRecord, special: Behaviour | null, number: BusinessNumber, user: string): readonly StatusPlan[] {
    const { settings, conversations } = this.#world;
    if (special?.statuses !== undefined) return special.statuses;
    if (special === null) {
      if (!settings.isUser(user)) return [{ status: "failed", errorCode: 131026 }];
      if (record.category === "service" && !conversations.isOpen(number.phoneNumberId, user)) {
        return [{ status: "failed", errorCode: 131047 }];
      }
    }
    return [{ status: "sent" }, { status: "delivered" }];
  }

  /** Statuses when they are due, and then the reply. Resolves when all their webhooks were attempted once. */
  async #run(record: SentRecord, behaviour: Behaviour, plans: readonly StatusPlan[]): Promise<void> {
    const { statusDelayMs } = this.#world.settings;
    const due = plans.map((plan, index) => ({ ...plan, delayMs: plan.delayMs ?? statusDelayMs * (index + 1) }));
    const lastMs = Math.max(0, ...due.map(({ delayMs }) => delayMs));
    const groups =
      behaviour.areStatusesTogether === true
        ? [{ delayMs: lastMs, copies: 1, own: due }]
        : due.map((plan) => ({ ...plan, own: [plan] }));
    const { reply, replyCopies = 1, isReplyWithoutNumber = false } = behaviour;
    const statuses = groups.flatMap(({ delayMs, copies = 1, own }) =>
      Array.from({ length: copies }, () => this.#later(delayMs, () => this.#emit(record, own))),
    );
    if (reply === undefined) {
      await Promise.all(statuses);
      return;
    }
    const content = reply.type === "press" ? pressOf(record, this.#world.templates) : reply;
    // The user that is to react does not know the message's id.
    const own =
      content.type === "reaction" ? { ...content, reaction: { ...content.reaction, message_id: record.id } } : content;
    const { isUserId, user } = record.send;
    const from = isReplyWithoutNumber || isUserId ? {} : { from: user };
    const userId = isUserId ? user : userIdOf(user);
    const isAnswer = own.type === "button" || own.type === "interactive";
    await Promise.all([
      ...statuses,
      this.#later(lastMs, () => {
        this.#parts.receive({
          ...own,
          ...from,
          userId,
          copies: replyCopies,
          phoneNumberId: record.phoneNumberId,
          ...(isAnswer ? { inReplyTo: record.id } : {}),
        });
        return Promise.resolve();
      }),
    ]);
  }

  #later(delayMs: number, act: () => Promise<void>): Promise<void> {
    const { activity } = this.#world;
    // What is due later is not under way.
    if (delayMs <= 0) activity.begin();
    return new Promise((resolve) => {
      runAfter(this.#clock, delayMs, () => {
        void act().then(resolve);
        if (delayMs <= 0) activity.end();
      });
    });
  }

  async #emit(record: SentRecord, plans: readonly StatusPlan[], timestamp?: string): Promise<void> {
    const { settings, counters, numbers, webhooks } = this.#world;
    const number = numbers.find(record.phoneNumberId);
    const last = plans.at(-1);
    if (number === undefined || last === undefined) return;
    const { send, id, category } = record;
    const factsOf = ({ status, errorCode }: StatusPlan): StatusFacts => ({
      id,
      status,
      timestamp: timestamp ?? timestampOf(this.#clock.now()),
      to: send.user,
      isUserId: send.isUserId,
      callbackData: send.callbackData,
      category,
      errorCode,
    });
    for (const { status, errorCode } of plans) {
      counters.statuses += 1;
      record.statuses.push({ status, ...(errorCode === undefined ? {} : { errorCode }) });
      settings.onEvent?.({ type: "status", id, to: send.user, status });
    }
    const statuses = plans.map((plan) => statusOf(factsOf(plan)));
    await webhooks.add({
      wabaId: record.wabaId,
      phoneNumberId: record.phoneNumberId,
      field: "messages",
      value: statusesValue(number, statuses, factsOf(last)),
      lane: send.isUserId ? userOfId(send.user) : send.user,
    });
  }
}

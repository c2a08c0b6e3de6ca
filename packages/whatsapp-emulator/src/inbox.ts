import { optionError } from "./errors.ts";
import type { Ids } from "./ids.ts";
import type { ReceiveOptions } from "./inbound-content.ts";
import { inboundMessageOf, inboundValueOf, writerOf } from "./inbound.ts";
import type { ReceivedMessage } from "./options.ts";
import type { World } from "./world.ts";

const COPIES_MAX = 10;

/** What users write. */
export class Inbox {
  readonly #world: World;
  readonly #ids: Ids;

  constructor(world: World, ids: Ids) {
    this.#world = world;
    this.#ids = ids;
  }

  /** @throws EmulatorOptionError for what cannot be */
  receive(options: ReceiveOptions): ReceivedMessage {
    const { settings, counters, numbers, conversations, messages, media, webhooks } = this.#world;
    const { phoneNumberId = numbers.first.phoneNumberId, copies = 1 } = options;
    const number = numbers.find(phoneNumberId);
    if (number === undefined) throw optionError("phoneNumberId", "is no number of the emulator");
    if (!Number.isInteger(copies) || copies < 1 || copies > COPIES_MAX) {
      throw optionError("copies", `are 1 to ${COPIES_MAX}`);
    }
    const writer = writerOf(options);
    const facts = { id: this.#ids.wamid(writer.user), number, writer, options, nowMs: settings.clock.now() };
    const message = inboundMessageOf(facts, media);
    const record = {
      id: facts.id,
      phoneNumberId,
      from: writer.user,
      type: options.type,
      message,
      isRead: false,
      isTypingShown: false,
    };
    messages.received.set(record.id, record);
    counters.received += 1;
    conversations.open(phoneNumberId, writer.user);
    settings.onEvent?.({ type: "received", message: { ...record } });
    const value = inboundValueOf(facts, message);
    for (let copy = 0; copy < copies; copy += 1) {
      void webhooks.add({ wabaId: number.wabaId, phoneNumberId, field: "messages", value, lane: writer.user });
    }
    return { ...record };
  }
}

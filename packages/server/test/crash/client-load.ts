import { type Random } from "../../src/kernel/random.ts";
import { integerBetween, isChosen, oneOf } from "../harness/seed.ts";

type Kind = "pulled" | "pushed" | "whatsapp";

/** What a client asked for and what it was told. One for each destination; the ids of one request come together. */
export interface ClientRequest {
  readonly id: string;
  readonly kind: Kind;
  readonly path: string;
  readonly body: string;
  /** Null where the server chooses it: then it is known from the answer alone. */
  readonly messageIds: readonly string[] | null;
  readonly destinationCount: number;
  /** Sent with an `Idempotency-Key`: then it may be repeated whoever chose the ids. */
  readonly isKeyed: boolean;
  attempts: number;
  /** Attempts that no answer came to. */
  lostAnswers: number;
  /** Of each 200, in order. */
  readonly answers: Answer[];
}

export interface Answer {
  readonly messages: readonly { readonly messageId: string; readonly status: { readonly name: string } }[];
}

export interface LoadOptions {
  readonly random: Random;
  readonly key: string;
  /** Resolves with the server's URL once it is there again. */
  readonly serverUrl: () => Promise<string>;
  readonly sinkUrl: string;
}

const CLIENTS = 8;
const DESTINATIONS_MAX = 5;
const BAD_NUMBER_PROBABILITY = 0.03;
/** A client that got no answer either asks again with the same ids, or never comes back. */
const PATIENCE_PROBABILITY = 0.6;
/** A client that got its answer sends the same once more all the same. */
const NEEDLESS_REPEAT_PROBABILITY = 0.05;
const OWN_IDS_PROBABILITY = 0.8;
const KEYED_PROBABILITY = 0.4;
const PAUSE_MS = 1;

/** Clients of all kinds who go on sending until they are told to stop, through every death of the server. */
export class ClientLoad {
  readonly requests: ClientRequest[] = [];
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #isStopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: CLIENTS }, () => this.#run());
  }

  /** Resolves when each client has its last answer, or has lost it. */
  async stop() {
    this.#isStopped = true;
    await Promise.all(this.#clients);
  }

  async #run() {
    const { random } = this.#options;
    while (!this.#isStopped) {
      const request = this.#nextRequest();
      this.requests.push(request);
      const repeats = isChosen(random, NEEDLESS_REPEAT_PROBABILITY) ? 2 : 1;
      while (request.answers.length < repeats) {
        await this.#attempt(request);
        const isLost = request.lostAnswers > 0 && request.answers.length === 0;
        if ((request.messageIds === null && !request.isKeyed) || (isLost && !isChosen(random, PATIENCE_PROBABILITY)))
          break;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #attempt(request: ClientRequest) {
    const url = await this.#options.serverUrl();
    request.attempts += 1;
    let response: Response;
    let text: string;
    try {
      response = await fetch(url + request.path, {
        method: "POST",
        headers: {
          authorization: `App ${this.#options.key}`,
          "content-type": "application/json",
          ...(request.isKeyed ? { "idempotency-key": request.id } : {}),
        },
        body: request.body,
      });
      text = await response.text();
    } catch {
      request.lostAnswers += 1;
      return;
    }
    if (response.status !== 200) throw new Error(`${request.path} was answered with ${response.status}: ${text}`);
    const answer = JSON.parse(text) as Answer | Answer["messages"][number];
    request.answers.push("messages" in answer ? answer : { messages: [answer] });
  }

  #nextRequest(): ClientRequest {
    const { random, sinkUrl } = this.#options;
    const kind = oneOf<Kind>(random, ["pulled", "pushed", "whatsapp"]);
    const id = `request-${this.requests.length}`;
    const destinationCount = kind === "whatsapp" ? 1 : integerBetween(random, 1, DESTINATIONS_MAX);
    const hasOwnIds = isChosen(random, OWN_IDS_PROBABILITY);
    const messageIds = Array.from({ length: destinationCount }, (_, index) => `${id}-${index}`);
    const destinations = messageIds.map((messageId) => ({
      to: isChosen(random, BAD_NUMBER_PROBABILITY) ? "nobody" : `3859${integerBetween(random, 1_000_000, 9_999_999)}`,
      ...(hasOwnIds ? { messageId } : {}),
    }));
    const isKeyed = isChosen(random, KEYED_PROBABILITY);
    const base = { id, kind, destinationCount, isKeyed, attempts: 0, lostAnswers: 0, answers: [] };
    const own = { ...base, messageIds: hasOwnIds ? messageIds : null };
    if (kind === "whatsapp") {
      const [destination] = destinations;
      const content = { text: "Hello" };
      const body = {
        from: "385000000009",
        ...destination,
        content,
        callbackData: id,
        notifyUrl: `${sinkUrl}/whatsapp`,
      };
      return { ...own, path: "/whatsapp/1/message/text", body: JSON.stringify(body) };
    }
    const delivery = kind === "pushed" ? { delivery: { url: `${sinkUrl}/sms` } } : {};
    const message = {
      sender: "Shop",
      destinations,
      content: { text: "Hello" },
      webhooks: { ...delivery, callbackData: id },
    };
    return { ...own, path: "/sms/3/messages", body: JSON.stringify({ messages: [message] }) };
  }
}

import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Random } from "../../src/kernel/random.ts";
import { isChosen, oneOf } from "./seed.ts";

/** What can happen to a request on its way there, and to its answer on the way back. */
export const NETWORK_FAULTS = [
  "drop-request",
  "reset-request",
  "answer-503",
  "answer-429",
  "drop-answer",
  "reset-answer",
  "replace-answer-503",
  "truncate-answer",
  "cut-json",
  "stall-request",
  "stall-answer",
] as const;

export type NetworkFault = (typeof NETWORK_FAULTS)[number];

export interface FaultyProxyOptions {
  readonly target: string;
  readonly random: Random;
  readonly faultProbability: number;
  /** The client has waited long enough: called for a request that gets no answer, in place of letting time pass. */
  readonly onStalled: () => void;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

const RETRY_AFTER_S = 3;

/** Stands between a client and the server, and does to each request what chance chooses. */
export class FaultyProxy {
  readonly #options: FaultyProxyOptions;
  readonly #server: Server;
  /** Requests that were held back, and reach the server after the client has asked again. */
  readonly #late: (() => Promise<unknown>)[] = [];
  readonly faultCounts = new Map<NetworkFault, number>();

  private constructor(options: FaultyProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      void readBody(request).then((body) => this.#handle(request, body, response));
    });
  }

  static async start(options: FaultyProxyOptions): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Lets through what is still held back, then closes. */
  async close() {
    while (this.#late.length > 0) await this.#late.shift()?.();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, body: Buffer, response: ServerResponse) {
    const { random, faultProbability, onStalled } = this.#options;
    const fault = isChosen(random, faultProbability) ? oneOf(random, NETWORK_FAULTS) : null;
    if (fault !== null) this.faultCounts.set(fault, (this.faultCounts.get(fault) ?? 0) + 1);
    const forward = () => this.#forward(request, body);
    // At the same moment as this one, which may be its own repeat.
    if (isChosen(random, 0.5)) void this.#late.shift()?.();
    switch (fault) {
      case "drop-request":
        return request.socket.destroy();
      case "reset-request":
        return request.socket.resetAndDestroy();
      case "answer-503":
        return respond(response, refusal(503));
      case "answer-429":
        return respond(response, refusal(429));
      case "stall-request":
        this.#late.push(forward);
        return onStalled();
      case "drop-answer":
        await forward();
        return request.socket.destroy();
      case "reset-answer":
        await forward();
        return request.socket.resetAndDestroy();
      case "replace-answer-503":
        await forward();
        return respond(response, refusal(503));
      case "truncate-answer":
        return truncate(response, await forward());
      case "cut-json":
        return respond(response, cutJson(await forward()));
      case "stall-answer":
        await forward();
        return onStalled();
      case null:
        return respond(response, await forward());
    }
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { authorization, "content-type": contentType } = request.headers;
    const headers = { authorization, "content-type": contentType, "content-length": body.length };
    const forwarded = httpRequest(
      this.#options.target + (request.url ?? "/"),
      { method: request.method ?? "GET", headers },
      (answer) => {
        const type = { "content-type": answer.headers["content-type"] ?? "text/plain" };
        readBody(answer).then(
          (content) => resolve({ status: answer.statusCode ?? 0, headers: type, body: content }),
          reject,
        );
      },
    );
    forwarded.on("error", reject).end(body);
    return promise;
  }
}

function refusal(status: number): Answer {
  return { status, headers: { "retry-after": String(RETRY_AFTER_S) }, body: Buffer.from("the way is blocked") };
}

/** A whole HTTP answer with half a body in it, as a broken middle box makes one. */
function cutJson(answer: Answer): Answer {
  return { ...answer, body: answer.body.subarray(0, answer.body.length >> 1) };
}

function respond(response: ServerResponse, { status, headers, body }: Answer) {
  response.writeHead(status, { ...headers, "content-length": body.length }).end(body);
}

/** The head promises more than comes before the connection breaks. */
function truncate(response: ServerResponse, { status, headers, body }: Answer) {
  response.writeHead(status, { ...headers, "content-length": body.length });
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

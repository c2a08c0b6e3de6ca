import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../src/kernel/clock.ts";
import { atEnd, type Cleanup } from "./test-server.ts";

export interface ReceivedReport {
  readonly messageId: string;
  readonly bulkId: string;
  readonly status: { readonly name: string; readonly groupName: string };
  readonly [name: string]: unknown;
}

export interface ReceivedCall {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly reports: readonly ReceivedReport[];
  /** On the clock that the sink was given, or the machine's. */
  readonly at: number;
}

/**
 * What a receiver does with a call: a status to answer; `hang` takes it and never answers; `reset` breaks the
 * connection; or whatever a function does with the response.
 */
export type Behaviour = number | "hang" | "reset" | ((response: ServerResponse, call: ReceivedCall) => void);

/** A customer's webhook receiver on a port of its own. */
export class WebhookSink {
  readonly calls: ReceivedCall[] = [];
  behaviour: Behaviour = 200;
  /** Asked for every call, and before `behaviour`. */
  behave: ((call: ReceivedCall) => Behaviour) | null = null;
  readonly #server: Server;
  #port = 0;

  private constructor(clock: Pick<Clock, "now">) {
    this.#server = createServer((request, response) => {
      void readText(request).then(
        (text) => this.#take(clock.now(), request, response, text),
        () => undefined,
      );
    });
  }

  static async start(cleanup: Cleanup, clock: Pick<Clock, "now"> = { now: () => Date.now() }): Promise<WebhookSink> {
    const sink = new WebhookSink(clock);
    await sink.listen();
    atEnd(cleanup, () => sink.close());
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/reports`;
  }

  get reports(): readonly ReceivedReport[] {
    return this.calls.flatMap((call) => call.reports);
  }

  /** Again on the port that it had, after `close`. */
  async listen() {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Connections are refused from here on. */
  async close() {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #take(at: number, request: IncomingMessage, response: ServerResponse, text: string) {
    // Whoever asks for XML looks at the text.
    const isJson = request.headers["content-type"] === "application/json";
    const { results = [] } = (isJson ? JSON.parse(text) : {}) as { results?: readonly ReceivedReport[] };
    const call = { path: request.url ?? "", headers: request.headers, text, reports: results, at };
    this.calls.push(call);
    const behaviour = this.behave?.(call) ?? this.behaviour;
    if (typeof behaviour === "function") behaviour(response, call);
    else if (behaviour === "reset") request.socket.resetAndDestroy();
    else if (behaviour !== "hang") response.writeHead(behaviour).end();
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedWebhook {
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the one entry and change. */
  readonly wabaId: string;
  readonly field: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface ReceivedStatus {
  readonly id: string;
  readonly status: string;
  readonly [name: string]: unknown;
}

/** Of a status that says failed. */
export function errorCodesOf(status: ReceivedStatus | undefined): readonly number[] {
  return ((status?.["errors"] ?? []) as readonly { readonly code: number }[]).map(({ code }) => code);
}

interface Envelope {
  readonly entry: readonly [{ readonly id: string; readonly changes: readonly [Change] }];
}
interface Change {
  readonly field: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A business's webhook: keeps what came, answers 200, or what it is told to, and knows a verify token. */
export class Receiver {
  readonly webhooks: ReceivedWebhook[] = [];
  /** Of the next webhooks, then 200. */
  readonly answers: number[] = [];
  readonly #server: Server;

  private constructor(verifyToken: string) {
    this.#server = createServer((request, response) => {
      const query = new URL(request.url ?? "", "http://receiver").searchParams;
      if (request.method === "GET") {
        const isRight = query.get("hub.mode") === "subscribe" && query.get("hub.verify_token") === verifyToken;
        response.writeHead(isRight ? 200 : 403).end(isRight ? query.get("hub.challenge") : "");
        return;
      }
      let text = "";
      request.setEncoding("latin1");
      request.on("data", (chunk: string) => {
        text += chunk;
      });
      request.on("end", () => {
        const { id, changes } = (JSON.parse(text) as Envelope).entry[0];
        this.webhooks.push({ text, headers: request.headers, wabaId: id, ...changes[0] });
        response.writeHead(this.answers.shift() ?? 200).end();
      });
    });
  }

  static async start(verifyToken = "verify"): Promise<Receiver> {
    const receiver = new Receiver(verifyToken);
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/whatsapp`;
  }

  get statuses(): readonly ReceivedStatus[] {
    return this.webhooks.flatMap(({ value }) => (value["statuses"] ?? []) as readonly ReceivedStatus[]);
  }

  get messages(): readonly Readonly<Record<string, unknown>>[] {
    return this.webhooks.flatMap(
      ({ value }) => (value["messages"] ?? []) as readonly Readonly<Record<string, unknown>>[],
    );
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

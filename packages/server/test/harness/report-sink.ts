import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isChosen } from "./seed.ts";
import type { Random } from "../../src/kernel/random.ts";

/** What all reports have in common, pulled or pushed, of whatever channel. */
export interface AnyReport {
  readonly messageId: string;
  readonly status: { readonly groupName: string; readonly name: string };
  readonly doneAt: string;
  readonly callbackData?: string;
  readonly possibleDuplicate?: true;
}

/** How often the receiver fails: before it has taken the reports, and after. */
const FAILURE_PROBABILITY = 0.05;

/** A customer's webhook receiver that fails now and then, in both ways: refused, or taken and the answer lost. */
export class ReportSink {
  readonly #server: Server;
  readonly #random: Random;
  /** Each time that a report came, by messageId. */
  readonly received = new Map<string, AnyReport[]>();

  private constructor(random: Random) {
    this.#random = random;
    this.#server = createServer((request, response) => {
      void readBody(request).then((body) => {
        if (isChosen(this.#random, FAILURE_PROBABILITY)) {
          response.writeHead(500).end();
          return;
        }
        this.#take(body);
        if (isChosen(this.#random, FAILURE_PROBABILITY)) request.socket.resetAndDestroy();
        else response.writeHead(200).end();
      }, ignore);
    });
  }

  static async start(random: Random): Promise<ReportSink> {
    const sink = new ReportSink(random);
    await new Promise<void>((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(body: string) {
    const { results } = JSON.parse(body) as { results: readonly AnyReport[] };
    for (const report of results) {
      const earlier = this.received.get(report.messageId);
      if (earlier === undefined) this.received.set(report.messageId, [report]);
      else earlier.push(report);
    }
  }
}

/** A sender that died in the middle of its request: there is nothing to take. */
function ignore() {}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

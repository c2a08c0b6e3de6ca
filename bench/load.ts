// The load generator, in a process of its own: raw sockets kept alive, one request at a time on each. Takes its plan as
// JSON and prints one JSON line with what it measured.
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

export interface LoadPlan {
  readonly url: string;
  readonly path: string;
  readonly key: string;
  readonly destinationsPerRequest: number;
  readonly connections: number;
  readonly seconds: number;
  readonly messagesMax: number;
  /** Where each message's report is to be pushed; absent: nowhere. */
  readonly reportUrl?: string;
  /** `kannel`: `GET /cgi-bin/sendsms`, one destination in each request; its `key` is user and password. */
  readonly dialect?: "kannel";
  /** No more than this; absent: as fast as it goes. */
  readonly requestsPerSecond?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly messages: number;
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Characters of the last answer, for a floor that answers as much. */
  readonly answerBytes: number;
  readonly failures: number;
}

const TEXT = "Your parcel is on its way; you will find it at the counter of the shop.";

const phoneOf = (index: number) => String(385_910_000_000 + (index % 9_000_000));

/** A request as octets, for the messages from `first` on. */
type Writer = (first: number) => string;

function infobipWriter({ url, path, key, destinationsPerRequest, reportUrl }: LoadPlan): Writer {
  const head =
    `POST ${path} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: App ${key}\r\n` +
    "content-type: application/json\r\n";
  const webhooks = reportUrl === undefined ? {} : { webhooks: { delivery: { url: reportUrl } } };
  return (first) => {
    const destinations = Array.from({ length: destinationsPerRequest }, (_, index) => ({ to: phoneOf(first + index) }));
    const body = JSON.stringify({ messages: [{ sender: "Shop", destinations, content: { text: TEXT }, ...webhooks }] });
    return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  };
}

/** Kannel's user guide, "HTTP interface to smsbox". A mask of 3 asks for success and failure. */
function kannelWriter({ url, path, key, reportUrl }: LoadPlan): Writer {
  const fixed = { username: key, password: key, from: "Shop", text: TEXT };
  const reports = reportUrl === undefined ? {} : { "dlr-mask": "3", "dlr-url": `${reportUrl}?type=%d` };
  const query = new URLSearchParams({ ...fixed, ...reports }).toString();
  return (first) =>
    `GET ${path}?${query}&to=${phoneOf(first)} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nconnection: keep-alive\r\n\r\n`;
}

interface Answer {
  readonly isOk: boolean;
  readonly bodyBytes: number;
}

/**
 * One kept-alive connection with one request on it at a time. Raw, because Node's HTTP client costs as much as the
 * server under test, and shares its cores. Reads what it needs of an answer: status and content-length.
 */
class Connection {
  readonly #socket: Socket;
  #received = "";
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null;

  constructor({ hostname, port }: URL) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.setEncoding("latin1").on("data", (text: string) => this.#receive(text));
    this.#socket.on("error", (error) => this.#waiting?.reject(error));
    this.#socket.on("close", () => this.#waiting?.reject(new Error("the server closed the connection")));
  }

  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close() {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #receive(text: string) {
    this.#received += text;
    const headEnd = this.#received.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const bodyBytes = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#received.slice(0, headEnd))?.[1]);
    if (Number.isNaN(bodyBytes)) throw new Error("an answer without content-length");
    if (this.#received.length < headEnd + 4 + bodyBytes) return;
    const isOk = /^HTTP\/1\.1 20[02] /.test(this.#received);
    this.#received = "";
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ isOk, bodyBytes });
  }
}

/** When a request is due that is held to a rate. */
function dueAfterMs({ requestsPerSecond, destinationsPerRequest }: LoadPlan, first: number): number {
  return requestsPerSecond === undefined ? 0 : (first / destinationsPerRequest / requestsPerSecond) * 1000;
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const target = new URL(plan.url);
  const writeRequest = plan.dialect === "kannel" ? kannelWriter(plan) : infobipWriter(plan);
  const latenciesMs: number[] = [];
  let messages = 0;
  let failures = 0;
  let answerBytes = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + plan.seconds * 1000;
  const connections = Array.from({ length: plan.connections }, async () => {
    const connection = new Connection(target);
    while (performance.now() < endsAt && messages < plan.messagesMax) {
      const first = messages;
      messages += plan.destinationsPerRequest;
      const request = writeRequest(first);
      const dueInMs = dueAfterMs(plan, first) - (performance.now() - startedAt);
      if (dueInMs > 0) await setTimeout(dueInMs);
      const sentAt = performance.now();
      const answer = await connection.send(request);
      latenciesMs.push(performance.now() - sentAt);
      answerBytes = answer.bodyBytes;
      if (!answer.isOk) failures += 1;
    }
    connection.close();
  });
  await Promise.all(connections);
  const elapsedMs = performance.now() - startedAt;
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor((latenciesMs.length - 1) * share)] ?? 0;
  return { requests: latenciesMs.length, messages, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99), answerBytes, failures };
}

const plan = process.argv[2];
if (plan !== undefined) process.stdout.write(`${JSON.stringify(await run(JSON.parse(plan) as LoadPlan))}\n`);

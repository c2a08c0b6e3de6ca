// The load generator, in a process of its own: raw sockets kept alive, one request at a time on each. Takes a plan as an
// IPC message and answers with what it measured, as often as it is asked; after an error it is of no more use.
import { connect, type Socket } from "node:net";
import { HttpFrames } from "./http-frames.ts";
import { type PreparedRequest, prepareRequest } from "./requests.ts";

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
  /** Octets of the last answer's body, for a floor that answers as much. */
  readonly answerBytes: number;
  readonly failures: number;
  /** Of this process, all its threads. */
  readonly cpuUs: number;
}

const READ_OCTETS = 64 * 1024;
const STATUS_OFFSET = "HTTP/1.1 ".length;
const [DIGIT_2, DIGIT_0, SPACE] = [0x32, 0x30, 0x20];

/** Whether an answer begins with 200 or with Kannel's 202. */
function isAccepted(octets: Buffer, start: number): boolean {
  const at = start + STATUS_OFFSET;
  const last = octets[at + 2];
  const is20x = octets[at] === DIGIT_2 && octets[at + 1] === DIGIT_0 && octets[at + 3] === SPACE;
  return is20x && (last === DIGIT_0 || last === DIGIT_2);
}

/** What the connections of one run have in common. */
class Run {
  readonly latenciesMs: number[] = [];
  readonly startedAt = performance.now();
  readonly #plan: LoadPlan;
  readonly #endsAt: number;
  messages = 0;
  failures = 0;
  answerBytes = 0;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#endsAt = this.startedAt + plan.seconds * 1000;
  }

  /** @returns the first message of the next request, or null when there is none */
  next(nowMs: number): number | null {
    const { messagesMax, destinationsPerRequest } = this.#plan;
    if (nowMs >= this.#endsAt || this.messages >= messagesMax) return null;
    const first = this.messages;
    this.messages += destinationsPerRequest;
    return first;
  }

  /** How long a request has to wait that is held to a rate. */
  delayMs(first: number, nowMs: number): number {
    const { requestsPerSecond, destinationsPerRequest } = this.#plan;
    if (requestsPerSecond === undefined) return 0;
    return this.startedAt + (first / destinationsPerRequest / requestsPerSecond) * 1000 - nowMs;
  }
}

/**
 * One kept-alive connection with one request on it at a time. Raw, because Node's HTTP client costs as much as the
 * server under test, and shares its cores; its reads come into one buffer.
 */
class Connection {
  readonly #run: Run;
  readonly #request: PreparedRequest;
  readonly #socket: Socket;
  readonly #frames: HttpFrames;
  readonly #done: (error: Error | null) => void;
  #sentAt = 0;
  #isWaiting = false;

  constructor(run: Run, plan: LoadPlan, done: (error: Error | null) => void) {
    const { hostname, port } = new URL(plan.url);
    this.#run = run;
    this.#request = prepareRequest(plan);
    this.#done = done;
    this.#frames = new HttpFrames("answer", (octets, start, bodyStart, end) => {
      if (!this.#isWaiting) throw new Error("an answer that nothing was asked for");
      this.#isWaiting = false;
      run.answerBytes = end - bodyStart;
      if (!isAccepted(octets, start)) run.failures += 1;
    });
    const onread = { buffer: Buffer.allocUnsafeSlow(READ_OCTETS), callback: this.#onRead };
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true, onread });
    this.#socket.on("error", done).on("close", () => done(new Error("the server closed the connection")));
    this.#next(performance.now());
  }

  readonly #onRead = (octetCount: number, octets: Uint8Array): boolean => {
    try {
      this.#frames.push(octets as Buffer, octetCount);
    } catch (error) {
      this.#done(error as Error);
      return false;
    }
    if (this.#isWaiting) return true;
    const nowMs = performance.now();
    this.#run.latenciesMs.push(nowMs - this.#sentAt);
    this.#next(nowMs);
    return true;
  };

  #next(nowMs: number): void {
    const first = this.#run.next(nowMs);
    if (first === null) {
      this.#done(null);
      this.#socket.destroy();
      return;
    }
    this.#request.patch(first);
    const delayMs = this.#run.delayMs(first, nowMs);
    if (delayMs > 0) setTimeout(() => this.#send(performance.now()), delayMs);
    else this.#send(nowMs);
  }

  #send(nowMs: number): void {
    this.#sentAt = nowMs;
    this.#isWaiting = true;
    this.#socket.write(this.#request.octets);
  }
}

/** @throws when a connection ends before its answer */
async function run(plan: LoadPlan): Promise<LoadResult> {
  const cpuBefore = process.cpuUsage();
  const run = new Run(plan);
  const connections = Array.from(
    { length: plan.connections },
    () =>
      new Promise<void>((resolve, reject) => {
        const done = (error: Error | null) => {
          if (error === null) resolve();
          else reject(error);
        };
        new Connection(run, plan, done);
      }),
  );
  await Promise.all(connections);
  const elapsedMs = performance.now() - run.startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  const { latenciesMs, messages, failures, answerBytes } = run;
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor((latenciesMs.length - 1) * share)] ?? 0;
  const cpuUs = cpu.user + cpu.system;
  const requests = latenciesMs.length;
  return { requests, messages, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99), answerBytes, failures, cpuUs };
}

/** What comes back for a plan. */
export type LoadAnswer = { readonly result: LoadResult } | { readonly error: string };

process.on("message", (plan) => {
  const answer = (message: LoadAnswer) => void process.send?.(message);
  run(plan as LoadPlan).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));

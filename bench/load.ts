// The load generator, in a process of its own: plain sockets kept alive, one request at a time on each. Takes its plan as
// JSON and prints one JSON line with what it measured.
import { Agent, request } from "node:http";

export interface LoadPlan {
  readonly url: string;
  readonly path: string;
  readonly key: string;
  readonly destinationsPerRequest: number;
  readonly connections: number;
  readonly seconds: number;
  readonly messagesMax: number;
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

function bodyOf(count: number, first: number): string {
  const destinations = Array.from({ length: count }, (_, index) => ({
    to: String(385_910_000_000 + ((first + index) % 9_000_000)),
  }));
  return JSON.stringify({ messages: [{ sender: "Shop", destinations, content: { text: TEXT } }] });
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: plan.connections });
  const target = new URL(plan.url + plan.path);
  const headers = { authorization: `App ${plan.key}`, "content-type": "application/json" };
  const latenciesMs: number[] = [];
  let messages = 0;
  let failures = 0;
  let answerBytes = 0;

  function post(body: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const sending = request(target, {
        agent,
        method: "POST",
        headers: { ...headers, "content-length": body.length },
      });
      sending.on("response", (answer) => {
        let size = 0;
        answer.on("data", (chunk: Buffer) => (size += chunk.length));
        answer.on("end", () => {
          latenciesMs.push(performance.now() - startedAt);
          answerBytes = size;
          if (answer.statusCode !== 200) failures += 1;
          resolve();
        });
      });
      sending.on("error", reject).end(body);
    });
  }

  const startedAt = performance.now();
  const endsAt = startedAt + plan.seconds * 1000;
  const connections = Array.from({ length: plan.connections }, async () => {
    while (performance.now() < endsAt && messages < plan.messagesMax) {
      messages += plan.destinationsPerRequest;
      await post(bodyOf(plan.destinationsPerRequest, messages));
    }
  });
  await Promise.all(connections);
  const elapsedMs = performance.now() - startedAt;
  agent.destroy();
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor((latenciesMs.length - 1) * share)] ?? 0;
  return { requests: latenciesMs.length, messages, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99), answerBytes, failures };
}

const plan = process.argv[2];
if (plan !== undefined) process.stdout.write(`${JSON.stringify(await run(JSON.parse(plan) as LoadPlan))}\n`);

/**
 * Generated bodies for every operation that sends: whatever comes in, the answer is a documented one, and what it says
 * was stored is what is stored. FUZZ_BODIES makes it longer, FUZZ_SECONDS bounds it, FUZZ_SEED repeats it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, ApiException, OPERATIONS, type Operation } from "@posthorn/contract";
import { pino } from "pino";
import { type Dispatcher, Pool } from "undici";
import { Compile } from "typebox/compile";
import { oneSms } from "../harness/api-client.ts";
import { integerBetween, isChosen, oneOf, randomFromEnvironment } from "../harness/seed.ts";
import { cleanupAfterFile, startTestServer } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { mutated, octetsOf, queryOf } from "./hostile-bodies.ts";
import { BODIES, type SendOperation } from "./send-bodies.ts";

const BODIES_MAX = Number(process.env["FUZZ_BODIES"] ?? 6_000);
const SECONDS_MAX = Number(process.env["FUZZ_SECONDS"] ?? 60);
const IN_FLIGHT = 32;
/** Between two looks at the books. */
const ROUND = 2_000;
const QUERY_OCTETS_MAX = 12_000;
const STATUSES: ReadonlySet<number> = new Set([200, 400, 409, 413, 414, 431]);
const DUPLICATE = "REJECTED_DUPLICATE_MESSAGE_ID";

const { random } = randomFromEnvironment("FUZZ_SEED");
/** SMS that stand in for templates: nobody was answered for them, and the books have them as soon as they are made. */
let standIns = 0;
const server = await startTestServer(cleanupAfterFile(), {
  log: pino(
    { level: "info" },
    { write: (line: string) => void (standIns += Number(line.includes("failover.sms_made"))) },
  ),
  settings: { "accept.openMessagesMax": 100_000_000, "tracking.baseUrl": "https://posthorn.example" },
});
const pool = new Pool(server.url, { connections: IN_FLIGHT, pipelining: 1 });
const { authorization } = server.client;
const NAMES = Object.keys(BODIES) as [SendOperation, ...SendOperation[]];
const checks = new Map(
  NAMES.map((name) => {
    const { response, envelope }: Operation = OPERATIONS[name];
    assert.ok(response !== undefined);
    return [name, { good: Compile(response), bad: Compile(envelope === "ApiError" ? ApiError : ApiException) }];
  }),
);

interface Sent {
  readonly name: SendOperation;
  readonly request: Pick<Dispatcher.RequestOptions, "method" | "path"> & { readonly body?: Buffer };
  readonly key: string | null;
}

/** Nothing is generated beside what is sent: the order of random numbers is that of the bodies. */
function nextRequest(): Sent {
  const name = oneOf(random, NAMES);
  const { method, path } = OPERATIONS[name];
  const body = mutated(random, oneOf(random, BODIES[name]));
  // Few keys, so that they meet again with the same body and with others.
  const key = isChosen(random, 0.05) ? `key-${integerBetween(random, 0, 2_000)}` : null;
  if (method === "POST") return { name, request: { method, path, body: octetsOf(random, body) }, key };
  return { name, request: { method, path: `${path}?${queryOf(body).slice(0, QUERY_OCTETS_MAX)}` }, key };
}

interface Tally {
  readonly statuses: Record<number, number>;
  stored: number;
}

async function send({ name, request, key }: Sent, tally: Tally) {
  const response = await pool.request({
    ...request,
    headers: {
      authorization,
      ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === null ? {} : { "idempotency-key": key }),
    },
  });
  const { statusCode: status } = response;
  const text = await response.body.text();
  const what = () => `${status} ${text.slice(0, 500)} to ${request.path} ${request.body?.toString().slice(0, 2_000)}`;
  assert.ok(STATUSES.has(status), what());
  tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
  // Node's own parser answers those before there is a request.
  if (status === 431) return;
  const answer = JSON.parse(text) as { messages?: readonly { status: { name: string } }[]; status?: { name: string } };
  assert.ok(checks.get(name)?.[status === 200 ? "good" : "bad"].Check(answer), what());
  if (status !== 200 || response.headers["idempotency-replayed"] !== undefined) return;
  const messages = answer.messages ?? [{ status: answer.status ?? { name: "" } }];
  tally.stored += messages.filter((message) => message.status.name !== DUPLICATE).length;
}

test("whatever is sent, the answer is a documented one, and just what it says is stored", {
  timeout: (SECONDS_MAX + 120) * 1_000,
}, async (t) => {
  t.after(() => pool.close());
  const tally: Tally = { statuses: {}, stored: 0 };
  const end = Date.now() + SECONDS_MAX * 1_000;
  let sent = 0;
  while (sent < BODIES_MAX && Date.now() < end) {
    const round = Math.min(ROUND, BODIES_MAX - sent);
    let left = round;
    const lanes = Array.from({ length: IN_FLIGHT }, async () => {
      for (; left > 0; ) {
        left -= 1;
        await send(nextRequest(), tally);
      }
    });
    await Promise.all(lanes);
    sent += round;
    // One is in the books a moment before it is in the log.
    const surplus = async () => (await server.ledger()).accepted - tally.stored - standIns;
    await until("the books say what the answers said", async () => (await surplus()) === 0);
  }
  t.diagnostic(`${sent} bodies, ${tally.stored} messages stored, answers ${JSON.stringify(tally.statuses)}`);
  assert.ok((tally.statuses[200] ?? 0) > sent / 20, "hardly any body was good: the mutations are too strong");
  assert.ok((tally.statuses[400] ?? 0) > sent / 20, "hardly any body was bad: the mutations are too weak");
  const { messages } = await server.client.send(oneSms());
  await server.untilState(messages[0]?.messageId ?? "", ["delivered"]);
});

/**
 * The server is killed while it sends by the Cloud API and is told what became of it. Meta keeps what is not
 * acknowledged and tells it again, so afterwards every message that was answered has ended, nothing was posted twice,
 * and what arrived is reported as delivered, or says that nobody could know. CRASH_SEED repeats the choices.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { CLOUD_SECRETS, cloudEntry, GraphStub, notificationOf, NUMBER, signed, taken } from "../harness/graph-stub.ts";
import { integerBetween, randomFromEnvironment } from "../harness/seed.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { cleanupAfterFile, createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";

const KEY = "crash-test-key";
const KILLS = 5;
const LIFE_MS_MIN = 100;
const LIFE_MS_MAX = 600;
const CLIENTS = 8;
/** Each start comes later by the server's clock than any lease of the life before. */
const CLOCK_STEP_MS = 120_000;
const DAYS_3_MS = 72 * 3_600_000;
/** How often Meta tries again what was not acknowledged; its own first pause is longer. */
const RETRY_MS = 20;

const { random } = randomFromEnvironment("CRASH_SEED");
const cleanup = cleanupAfterFile();
const folder = createFolder(cleanup);
const configFile = join(folder, "posthorn.yaml");
Object.assign(process.env, CLOUD_SECRETS);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Where the server can be reached now. */
let url = Promise.withResolvers<string>();
const accepted = new Set<string>();
/** Posted to the Graph API: how often each text came. */
const posted = new Map<string, number>();
const unacknowledged = new Set<Promise<void>>();
/** Clients ask no more; and Meta gives up. */
let isOver = false;
let isGivenUp = false;

/** One status, until it is acknowledged; now and then it comes once more. */
async function tell(status: object, isRepeated: boolean) {
  const { text, signature } = signed(notificationOf({ statuses: [status] }));
  const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
  for (let left = isRepeated ? 2 : 1; left > 0 && !isGivenUp; ) {
    try {
      const answer = await fetch(`${await url.promise}/carriers/meta/webhook`, { method: "POST", headers, body: text });
      if (answer.status === 200) left -= 1;
      else await pause(RETRY_MS);
    } catch {
      await pause(RETRY_MS);
    }
  }
}

const graph = await GraphStub.start(cleanup);
graph.reply = async ({ body }, nth) => {
  const { body: words } = body["text"] as { body: string };
  posted.set(words, (posted.get(words) ?? 0) + 1);
  const id = `wamid.${nth}`;
  const more = { recipient_id: String(body["to"]), biz_opaque_callback_data: body["biz_opaque_callback_data"] };
  const told = (async () => {
    // Often before the answer, and long after a kill.
    await pause(integerBetween(random, 0, 30));
    const timestamp = String(Math.floor(Date.now() / 1_000));
    await tell({ id, status: "delivered", timestamp, ...more }, random.float() < 0.3);
  })();
  unacknowledged.add(told);
  void told.then(() => unacknowledged.delete(told));
  await pause(integerBetween(random, 0, 20));
  return taken(id);
};
writeFileSync(
  configFile,
  stringify({ carriers: { meta: cloudEntry(graph.url, { windowSize: 8, messagesPerSecond: 1000 }) } }),
);

function start(life: number, aheadMs = 0): ServerProcess {
  return new ServerProcess({
    configFile,
    clockAheadMs: life * CLOCK_STEP_MS + aheadMs,
    flags: { "http.port": 0, "data.directory": join(folder, "data"), "auth.apiKey": KEY, "log.level": "error" },
  });
}

interface Shown {
  readonly state: string;
  readonly doubt?: string | null;
}

async function client(nth: number) {
  for (let count = 0; !isOver; count += 1) {
    const messageId = `c${nth}-${count}`;
    const json = { from: NUMBER, to: `38598123456${nth}`, messageId, content: { text: messageId } };
    const headers = { authorization: `App ${KEY}`, "content-type": "application/json", "idempotency-key": messageId };
    for (let isAnswered = false; !isAnswered && !isOver; ) {
      try {
        const base = await url.promise;
        const answer = await fetch(`${base}/whatsapp/1/message/text`, {
          method: "POST",
          headers,
          body: JSON.stringify(json),
        });
        isAnswered = answer.status === 200;
        if (isAnswered) accepted.add(messageId);
      } catch {
        await pause(5);
      }
    }
    await pause(5);
  }
}

test("kills between claim, answer and status lose no message and send none twice", { timeout: 120_000 }, async (t) => {
  let server = start(0);
  t.after(() => (server.isAlive ? server.kill() : undefined));
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, nth) => client(nth)));
  for (let life = 1; life <= KILLS; life += 1) {
    url.resolve(await server.ready);
    await pause(integerBetween(random, LIFE_MS_MIN, LIFE_MS_MAX));
    url = Promise.withResolvers<string>();
    assert.equal(await server.kill(), "SIGKILL", server.stderr);
    server = start(life);
  }
  isOver = true;
  url.resolve(await server.ready);
  await clients;
  const show = async (messageId: string): Promise<Shown> => {
    const base = await server.ready;
    const answer = await fetch(`${base}/posthorn/1/messages/${messageId}`, {
      headers: { authorization: `App ${KEY}` },
    });
    return (await answer.json()) as Shown;
  };
  /** Waits until each message is in one of the states; what it was found in is not asked again. */
  const untilAll = async (states: readonly string[]) => {
    const found = new Map<string, Shown>();
    await until(`every message is ${states.join(" or ")}`, async () => {
      for (const messageId of accepted) {
        if (found.has(messageId)) continue;
        const shown = await show(messageId);
        if (states.includes(shown.state)) found.set(messageId, shown);
      }
      return found.size === accepted.size;
    });
    return found;
  };
  await untilAll(["delivered", "uncertain"]);
  await until("Meta has nothing to tell", () => unacknowledged.size === 0);
  isGivenUp = true;
  assert.equal(await server.stop(), "0");
  // What nobody could learn of ends with its validity.
  server = start(KILLS + 1, DAYS_3_MS);
  const ended = await untilAll(["delivered", "expired"]);
  process.stdout.write(
    `${accepted.size} messages, ${posted.size} posted, ${[...ended.values()].filter(({ state }) => state === "expired").length} never learnt of\n`,
  );
  assert.ok(accepted.size > KILLS);
  assert.deepEqual(
    [...posted].filter(([, times]) => times > 1),
    [],
    "with hold nothing is sent twice",
  );
  const wrong = [...ended].filter(([messageId, { state, doubt }]) =>
    state === "delivered" ? !posted.has(messageId) : doubt !== "held",
  );
  assert.deepEqual(wrong, [], "what was delivered was posted, and what expired was in doubt");
  assert.equal(await server.stop(), "0");
});

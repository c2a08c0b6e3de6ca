/**
 * Promise 5: waiting messages cost disk, not memory. The carrier is stopped, a hundred thousand messages come in, the
 * server starts again with all of them, and when the carrier runs again each is delivered once. SOAK_MESSAGES makes it
 * longer.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { groupByMessage, readJournal } from "../harness/journal.ts";
import { ServerProcess } from "../harness/server-process.ts";

const MESSAGES = Number(process.env["SOAK_MESSAGES"] ?? 100_000);
const MEMORY_BYTES_MAX = 300e6;
/** The goal is 5 s and is printed; a test fails only far beyond it, because this machine may be busy. */
const READY_MS_MAX = 30_000;
const REQUEST_SIZES = [100, 250, 500, 1000] as const;
const REQUESTS_IN_FLIGHT = 4;
const KEY = "soak-test-key";
/** Only so that a failure ends. */
const PATIENCE_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), "posthorn-soak-"));
const journal = join(folder, "journal.jsonl");
const servers: ServerProcess[] = [];
let server = startServer({ isPaused: true });
after(async () => {
  for (const started of servers) if (started.isAlive) await started.kill();
  rmSync(folder, { recursive: true, force: true });
});

function startServer({ isPaused }: { readonly isPaused: boolean }): ServerProcess {
  const settings = {
    flags: {
      "http.port": 0,
      "data.directory": join(folder, "data"),
      "auth.apiKey": KEY,
      "log.level": "error",
      "sandbox.paused": isPaused,
      "sandbox.journal": journal,
      "sandbox.deliveryDelayMs": 0,
    },
  };
  const started = new ServerProcess(settings, nodeOptionsOfStart());
  servers.push(started);
  return started;
}

/** The server as `npm start` runs it: its memory is bounded by an option that stands there. */
function nodeOptionsOfStart(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL("../../../../package.json", import.meta.url), "utf8")) as {
    scripts: { start: string };
  };
  const options = /run\.mjs node ((?:--\S+ )*)\S+cli\.ts/.exec(scripts.start)?.[1]?.trim() ?? "";
  assert.match(options, /--max-semi-space-size/, scripts.start);
  assert.match(options, /--heap-growing-percent/, scripts.start);
  return options.split(" ");
}

async function call<Body>(url: string, path: string, body?: string): Promise<Body> {
  const headers = { authorization: `App ${KEY}`, "content-type": "application/json" };
  const response = await fetch(url + path, body === undefined ? { headers } : { method: "POST", headers, body });
  assert.equal(response.status, 200);
  return (await response.json()) as Body;
}

interface Ledger {
  readonly closes: boolean;
  readonly rows: readonly { readonly accepted: number; readonly open: number; readonly delivered: number }[];
}

async function ledgerOf(url: string) {
  const { closes, rows } = await call<Ledger>(url, "/posthorn/1/ledger");
  const [row] = rows;
  assert.ok(rows.length === 1 && row !== undefined);
  return { closes, accepted: row.accepted, open: row.open, delivered: row.delivered };
}

function requestBodies(): string[] {
  const bodies: string[] = [];
  for (let count = 0; count < MESSAGES; ) {
    const size = Math.min(REQUEST_SIZES[bodies.length % REQUEST_SIZES.length] ?? 100, MESSAGES - count);
    const destinations = Array.from({ length: size }, (_, index) => ({ to: String(385_910_000_000 + count + index) }));
    const content = { text: "Your parcel is on its way; you will find it at the counter of the shop." };
    bodies.push(JSON.stringify({ messages: [{ sender: "Shop", destinations, content }] }));
    count += size;
  }
  return bodies;
}

/** @returns the ids that the server answered with */
async function post(url: string, bodies: string[]): Promise<Set<string>> {
  const ids = new Set<string>();
  const lanes = Array.from({ length: REQUESTS_IN_FLIGHT }, async () => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const answer = await call<{ messages: { messageId: string }[] }>(url, "/sms/3/messages", body);
      for (const { messageId } of answer.messages) ids.add(messageId);
    }
  });
  await Promise.all(lanes);
  return ids;
}

function checkMemory(when: string, memory: ReturnType<ServerProcess["memory"]>) {
  if (memory === null) {
    process.stdout.write("memory is not checked: this system has no /proc\n");
    return;
  }
  const [nowMb, peakMb] = [memory.rssBytes, memory.peakBytes].map((bytes) => Math.round(bytes / 1e6));
  process.stdout.write(`memory ${when}: ${nowMb} MB, at most ${peakMb} MB\n`);
  assert.ok(memory.peakBytes < MEMORY_BYTES_MAX, `${peakMb} MB ${when}`);
}

let ids = new Set<string>();

test(`${MESSAGES} messages are accepted while the carrier is stopped, and wait on disk`, async () => {
  const url = await server.ready;
  const bodies = requestBodies();
  const startedAt = performance.now();
  ids = await post(url, bodies);
  process.stdout.write(`accepted in ${Math.round(performance.now() - startedAt)} ms\n`);
  assert.equal(ids.size, MESSAGES);
  assert.deepEqual(await ledgerOf(url), { closes: true, accepted: MESSAGES, open: MESSAGES, delivered: 0 });
  const memory = server.memory();
  assert.equal(await server.stop(), "0", server.stderr);
  checkMemory("with all of them waiting", memory);
});

test("a restart finds them all, and is ready without reading them", async () => {
  server = startServer({ isPaused: true });
  const url = await server.ready;
  process.stdout.write(`ready after ${Math.round(server.readyAfterMs ?? 0)} ms (goal 5000)\n`);
  assert.ok((server.readyAfterMs ?? Number.POSITIVE_INFINITY) < READY_MS_MAX);
  assert.deepEqual(await ledgerOf(url), { closes: true, accepted: MESSAGES, open: MESSAGES, delivered: 0 });
  const memory = server.memory();
  assert.equal(await server.stop(), "0", server.stderr);
  checkMemory("after the restart", memory);
  assert.deepEqual(readJournal([journal], { mayBeTorn: false }), []);
});

test("when the carrier runs again, each is sent once and all are delivered", async () => {
  server = startServer({ isPaused: false });
  const url = await server.ready;
  const startedAt = performance.now();
  let ledger = await ledgerOf(url);
  while (ledger.open > 0 && performance.now() - startedAt < PATIENCE_MS) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    ledger = await ledgerOf(url);
  }
  process.stdout.write(`delivered in ${Math.round(performance.now() - startedAt)} ms\n`);
  assert.deepEqual(ledger, { closes: true, accepted: MESSAGES, open: 0, delivered: MESSAGES });
  const memory = server.memory();
  assert.equal(await server.stop(), "0", server.stderr);
  const lines = readJournal([journal], { mayBeTorn: false });
  assert.equal(lines.length, MESSAGES);
  const sent = groupByMessage(lines);
  assert.equal(sent.size, MESSAGES);
  assert.ok([...sent.keys()].every((id) => ids.has(id)));
  checkMemory("after the delivery", memory);
});

/**
 * Promise 1 and 2 by experiment: the server is killed at random moments under load, and afterwards what the clients
 * were told, what the network saw and what the reports say must fit together. CRASH_SEED repeats the choices (not the
 * moments to the microsecond), KILLS makes it longer.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { seededRandom } from "../../src/kernel/random.ts";
import { groupByMessage, readJournal } from "../harness/journal.ts";
import { type AnyReport, ReportSink } from "../harness/report-sink.ts";
import { integerBetween, isChosen, randomFromEnvironment } from "../harness/seed.ts";
import { type ChildSettings, ServerProcess } from "../harness/server-process.ts";
import { ClientLoad, type ClientRequest } from "./client-load.ts";

const KILLS = Number(process.env["KILLS"] ?? 20);
const KEY = "crash-test-key";
const LIFE_MS_MIN = 20;
const LIFE_MS_MAX = 400;
/** Some are killed while they start, at the work of their predecessor's death. These come on top of KILLS. */
const EARLY_KILL_PROBABILITY = 0.25;
const RECOVERY_MS_MAX = 400;
/** Each start comes a minute after the last one by the server's clock, so that no lease of the dead is waited for. */
const CLOCK_STEP_MS = 60_000;
/** The port may be taken by a passer-by between two lives. */
const STARTS_MAX = 20;
/** Only so that a failure ends; nothing is measured by it. */
const PATIENCE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), "posthorn-crash-"));
const { seed, random } = randomFromEnvironment("CRASH_SEED");
// Each has a sequence of its own, so that the clients' speed does not change when the server is killed.
const sink = await ReportSink.start(seededRandom(seed + 1));
let server: ServerProcess | null = null;
after(async () => {
  sink.close();
  if (server?.isAlive === true) await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** The server's lives, one after the other on one data folder and one port. */
class Lives {
  readonly journals: string[] = [];
  #port = 0;
  #isUp = false;
  #url = Promise.withResolvers<string>();

  url = (): Promise<string> => this.#url.promise;

  start(): ServerProcess {
    const journal = join(folder, `journal-${this.journals.length}.jsonl`);
    const next = new ServerProcess(settingsOf(this.#port, journal, this.journals.length * CLOCK_STEP_MS));
    this.journals.push(journal);
    server = next;
    return next;
  }

  async startUntilReady(): Promise<ServerProcess> {
    for (let starts = 1; ; starts += 1) {
      const next = this.start();
      try {
        const url = await next.ready;
        this.#port = Number(new URL(url).port);
        this.#isUp = true;
        this.#url.resolve(url);
        return next;
      } catch (error) {
        if (starts === STARTS_MAX || !next.stderr.includes("EADDRINUSE")) throw error;
      }
    }
  }

  async kill(victim: ServerProcess) {
    // Clients that wait for the next life already go on waiting for the same promise.
    if (this.#isUp) this.#url = Promise.withResolvers<string>();
    this.#isUp = false;
    assert.equal(await victim.kill(), "SIGKILL", victim.stderr);
  }
}

function settingsOf(port: number, journal: string, clockAheadMs: number): ChildSettings {
  return {
    clockAheadMs,
    flags: {
      "http.port": port,
      "data.directory": join(folder, "data"),
      "auth.apiKey": KEY,
      "log.level": "error",
      "sandbox.journal": journal,
      "sandbox.deliveryDelayMs": 20,
      "dispatch.retryBaseMs": 10,
      "dispatch.pollIntervalMs": 50,
      "report.queryAfterMs": 100,
      "webhooks.pollIntervalMs": 20,
      "webhooks.retryBaseMs": 10,
      "webhooks.retriesMax": 100,
    },
  };
}

async function pause(delayMs: number) {
  await new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** @returns how many lives ended before they were ready */
async function killAgainAndAgain(lives: Lives): Promise<number> {
  let earlyKills = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    while (kill > 0 && isChosen(random, EARLY_KILL_PROBABILITY)) {
      const early = lives.start();
      await early.starting;
      await pause(integerBetween(random, 0, RECOVERY_MS_MAX));
      await lives.kill(early);
      earlyKills += 1;
    }
    const victim = await lives.startUntilReady();
    await pause(integerBetween(random, LIFE_MS_MIN, LIFE_MS_MAX));
    await lives.kill(victim);
  }
  return earlyKills;
}

interface Ledger {
  readonly closes: boolean;
  readonly rows: readonly { readonly accepted: number; readonly open: number }[];
}

async function get<Body>(url: string, path: string): Promise<Body> {
  const response = await fetch(url + path, { headers: { authorization: `App ${KEY}` } });
  assert.equal(response.status, 200, path);
  return (await response.json()) as Body;
}

async function until(isDone: () => Promise<boolean> | boolean) {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!(await isDone())) {
    if (performance.now() > giveUpAt) return;
    await pause(20);
  }
}

async function waitUntilNothingIsOpen(url: string): Promise<Ledger> {
  let ledger: Ledger | undefined;
  await until(async () => {
    ledger = await get<Ledger>(url, "/posthorn/1/ledger");
    return ledger.rows.every((row) => row.open === 0);
  });
  assert.ok(ledger);
  return ledger;
}

async function pullEverything(url: string): Promise<readonly AnyReport[]> {
  const all: AnyReport[] = [];
  for (;;) {
    const { results } = await get<{ results: AnyReport[] }>(url, "/sms/3/reports?limit=1000");
    if (results.length === 0) return all;
    all.push(...results);
  }
}

/** What the whole experiment left behind. */
interface Evidence {
  readonly requests: readonly ClientRequest[];
  readonly pulled: ReadonlyMap<string, readonly AnyReport[]>;
  readonly pushed: ReadonlyMap<string, readonly AnyReport[]>;
  readonly ledger: Ledger;
  readonly journals: readonly string[];
}

async function gatherEvidence(): Promise<Evidence> {
  const lives = new Lives();
  const load = new ClientLoad({ random: seededRandom(seed + 2), key: KEY, serverUrl: lives.url, sinkUrl: sink.url });
  const earlyKills = await killAgainAndAgain(lives);
  const last = await lives.startUntilReady();
  const url = await lives.url();
  await load.stop();
  const ledger = await waitUntilNothingIsOpen(url);
  const pulled = Map.groupBy(await pullEverything(url), (report) => report.messageId);
  const acceptedCount = ledger.rows.reduce((sum, row) => sum + row.accepted, 0);
  await until(() => pulled.size + sink.received.size === acceptedCount);
  assert.equal(await last.stop(), "0", last.stderr);
  process.stdout.write(`${KILLS} kills under load, ${earlyKills} during the start, ${acceptedCount} messages\n`);
  return { requests: load.requests, pulled, pushed: sink.received, ledger, journals: lives.journals };
}

const evidence = await gatherEvidence();
const { requests, pulled, pushed, ledger } = evidence;
const lines = readJournal(evidence.journals, { mayBeTorn: true });
const sent = groupByMessage(lines);

/** The last word of the reports on a message: null when there is none, or when there are two that differ. */
function finalOutcome(messageId: string): string | null {
  const reports = [...(pulled.get(messageId) ?? []), ...(pushed.get(messageId) ?? [])];
  const outcomes = new Set(reports.map(({ status, doneAt }) => `${status.groupName} ${status.name} at ${doneAt}`));
  return outcomes.size === 1 ? ([...outcomes][0] ?? null) : null;
}

test("the clients were under way at every death, or the experiment shows nothing", () => {
  assert.ok(requests.some((request) => request.lostAnswers > 0));
  assert.ok(requests.some((request) => request.lostAnswers > 0 && request.answers.length > 0));
  assert.ok(requests.filter((request) => request.answers.length > 0).length > KILLS * 10);
});

test("every message that got a 200 has exactly one final report", () => {
  const answered = new Map<string, ClientRequest>();
  for (const request of requests) {
    for (const { messages } of request.answers) {
      assert.equal(messages.length, request.destinationCount);
      for (const { messageId } of messages) answered.set(messageId, request);
    }
  }
  const wrong = [...answered].filter(([messageId, { kind }]) => {
    const pulls = pulled.get(messageId)?.length ?? 0;
    const pushes = pushed.get(messageId)?.length ?? 0;
    const isRightWay = kind === "pulled" ? pulls === 1 && pushes === 0 : pulls === 0 && pushes > 0;
    return !isRightWay || finalOutcome(messageId) === null;
  });
  assert.deepEqual(wrong, []);
});

test("what was answered with a refusal ends as that refusal and is not sent; the rest is delivered", () => {
  for (const { answers, messageIds } of requests) {
    for (const { messageId, status } of answers[0]?.messages ?? []) {
      const outcome = finalOutcome(messageId) ?? "none";
      const wasSent = sent.has(messageId);
      if (status.name === "REJECTED_DUPLICATE_MESSAGE_ID") assert.ok(messageIds?.includes(messageId));
      else if (status.name.startsWith("PENDING_")) assert.match(outcome, /^DELIVERED /, messageId);
      else assert.ok(outcome.startsWith(`REJECTED ${status.name} `) && !wasSent, `${messageId}: ${outcome}`);
      assert.equal(wasSent, outcome.startsWith("DELIVERED "), messageId);
    }
  }
});

test("a repeat with the same Idempotency-Key is given the first answer, and one that lost its answer is stored once", () => {
  const repeated = requests.filter((request) => request.isKeyed && request.answers.length > 1);
  assert.ok(repeated.length > 0);
  for (const { answers } of repeated) assert.deepEqual(answers[1], answers[0]);
  const lost = requests.filter(({ isKeyed, lostAnswers, answers }) => isKeyed && lostAnswers > 0 && answers.length > 0);
  assert.ok(lost.length > 0);
  for (const { answers } of lost) {
    for (const { status } of answers[0]?.messages ?? []) assert.notEqual(status.name, "REJECTED_DUPLICATE_MESSAGE_ID");
  }
});

test("a repeat with the same messageIds stores nothing new", () => {
  const repeated = requests.filter((request) => !request.isKeyed && request.answers.length > 1);
  assert.ok(repeated.length > 0);
  for (const { answers } of repeated) {
    for (const { status } of answers[1]?.messages ?? []) assert.equal(status.name, "REJECTED_DUPLICATE_MESSAGE_ID");
  }
});

test("nothing is sent twice without the uncertain mark, on the wire and in the report", () => {
  const twice = [...sent].filter(([, times]) => times.length > 1);
  process.stdout.write(`${lines.length} lines in the journal, ${twice.length} messages sent more than once\n`);
  const unmarked = twice.filter(([, [, ...later]]) => later.some((line) => !line.possibleDuplicate));
  assert.deepEqual(unmarked, []);
  const unsaid = twice.filter(([messageId]) =>
    [...(pulled.get(messageId) ?? []), ...(pushed.get(messageId) ?? [])].some((report) => !report.possibleDuplicate),
  );
  assert.deepEqual(unsaid, []);
});

test("nothing is sent or reported that no client asked for, and each destination of a request at most once", () => {
  const asked = new Map(requests.map((request) => [request.id, request]));
  const counts = new Map<string, number>();
  for (const [messageId, reports] of [...pulled, ...pushed]) {
    const id = reports[0]?.callbackData ?? messageId.replace(/-\d+$/, "");
    if (asked.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
    // WhatsApp reports do not repeat callbackData: a message with an id of ours and a lost answer is nobody's.
    else
      assert.ok(reports[0]?.callbackData === undefined && !sent.get(messageId)?.some((line) => line.channel === "SMS"));
  }
  assert.ok(counts.size > 0);
  // All or nothing: a request's destinations are one commit. One without ids and key may be stored by each attempt.
  for (const [id, count] of counts) {
    const { destinationCount, messageIds, isKeyed } = asked.get(id) as ClientRequest;
    if (messageIds !== null || isKeyed) assert.equal(count, destinationCount, id);
    else assert.ok(count <= destinationCount, id);
  }
  const unknown = [...sent.keys()].filter((messageId) => !pulled.has(messageId) && !pushed.has(messageId));
  assert.deepEqual(unknown, []);
});

test("the ledger closes, nothing is open, and it counts as many messages as there are reports", () => {
  assert.equal(ledger.closes, true);
  assert.ok(ledger.rows.length > 0 && ledger.rows.every((row) => row.open === 0));
  const acceptedCount = ledger.rows.reduce((sum, row) => sum + row.accepted, 0);
  assert.equal(acceptedCount, pulled.size + pushed.size);
});

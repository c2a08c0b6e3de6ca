/**
 * Killed again and again while templates fail and their SMS are made: every template that was accepted has exactly one
 * SMS in the end. CRASH_SEED repeats the choices, KILLS makes it longer.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { NOT_ON_WHATSAPP } from "../../src/sandbox/magic-destinations.ts";
import { groupByMessage, readJournal } from "../harness/journal.ts";
import { integerBetween, randomFromEnvironment } from "../harness/seed.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { cleanupAfterFile, createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";

const KILLS = Number(process.env["KILLS"] ?? 6);
const KEY = "crash-test-key";
const TEMPLATES_PER_LIFE = 40;
const LIFE_MS_MAX = 600;
/** Each start comes a minute after the last one by the server's clock, so that no lease of the dead is waited for. */
const CLOCK_STEP_MS = 60_000;

const folder = createFolder(cleanupAfterFile());
const { random } = randomFromEnvironment("CRASH_SEED");
const journals: string[] = [];

function start(): ServerProcess {
  const journal = join(folder, `journal-${journals.length}.jsonl`);
  journals.push(journal);
  return new ServerProcess({
    clockAheadMs: journals.length * CLOCK_STEP_MS,
    flags: {
      "http.port": 0,
      "data.directory": join(folder, "data"),
      "auth.apiKey": KEY,
      "log.level": "error",
      "sandbox.journal": journal,
      "sandbox.deliveryDelayMs": 5,
      "dispatch.pollIntervalMs": 20,
      "report.queryAfterMs": 100,
    },
  });
}

const headers = { authorization: `App ${KEY}`, "content-type": "application/json" };

/** Templates whose ids nobody else has; the SMS of each has its id for a text. */
function templatesOf(life: number) {
  const content = { templateName: "t", templateData: { body: { placeholders: [] } }, language: "en" };
  return Array.from({ length: TEMPLATES_PER_LIFE }, (_, index) => {
    const messageId = `template-${life}-${index}`;
    const smsFailover = { from: "Shop", text: `SMS for ${messageId}` };
    return { from: "447796344125", to: NOT_ON_WHATSAPP.number, messageId, content, smsFailover };
  });
}

/** @returns the ids that were answered for; none when the server died first */
async function send(url: string, life: number): Promise<readonly string[]> {
  const messages = templatesOf(life);
  try {
    const body = JSON.stringify({ messages });
    const response = await fetch(`${url}/whatsapp/1/message/template`, { method: "POST", headers, body });
    return response.status === 200 ? messages.map(({ messageId }) => messageId) : [];
  } catch {
    return [];
  }
}

interface Ledger {
  readonly closes: boolean;
  readonly rows: readonly { readonly channel: string; readonly accepted: number; readonly open: number }[];
}

async function ledgerOf(url: string): Promise<Ledger> {
  return (await (await fetch(`${url}/posthorn/1/ledger`, { headers })).json()) as Ledger;
}

const acceptedOf = ({ rows }: Ledger, channel: string) =>
  rows.filter((row) => row.channel === channel).reduce((sum, { accepted }) => sum + accepted, 0);

test("every template that was accepted has exactly one SMS, whenever the server was killed", async (t) => {
  const answered: string[] = [];
  let server: ServerProcess | null = null;
  t.after(() => (server?.isAlive === true ? server.kill() : undefined));
  for (let life = 0; life < KILLS; life += 1) {
    server = start();
    answered.push(...(await send(await server.ready, life)));
    await new Promise((resolve) => setTimeout(resolve, integerBetween(random, 0, LIFE_MS_MAX)));
    assert.equal(await server.kill(), "SIGKILL", server.stderr);
  }
  server = start();
  const url = await server.ready;
  const ledger = await until("each template has its SMS, and all have ended", async () => {
    const now = await ledgerOf(url);
    const isDone = acceptedOf(now, "SMS") === acceptedOf(now, "WHATSAPP") && now.rows.every(({ open }) => open === 0);
    return isDone ? now : null;
  });
  assert.equal(await server.stop(), "0", server.stderr);
  assert.ok(ledger.closes);
  assert.equal(acceptedOf(ledger, "WHATSAPP"), KILLS * TEMPLATES_PER_LIFE);
  assert.equal(answered.length, KILLS * TEMPLATES_PER_LIFE, "a life ended before its request was answered");

  const sms = readJournal(journals, { mayBeTorn: true }).filter(({ channel }) => channel === "SMS");
  const byText = Map.groupBy(sms, ({ text }) => text);
  for (const messageId of answered) {
    const lines = byText.get(`SMS for ${messageId}`) ?? [];
    assert.equal(new Set(lines.map((line) => line.messageId)).size, 1, messageId);
  }
  // What was handed over twice, because its result was lost with the process, says so.
  for (const [messageId, lines] of groupByMessage(sms)) {
    assert.equal(lines.filter(({ possibleDuplicate }) => !possibleDuplicate).length <= 1, true, messageId);
  }
  assert.equal(byText.size, answered.length);
});

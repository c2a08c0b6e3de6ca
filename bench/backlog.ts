/**
 * A million messages that wait for a carrier: what they cost in memory, how soon the server is ready again after a
 * SIGKILL, and how soon it is as fast as it was before.
 *
 *   node bench/backlog.ts [--messages 1000000] [--sample 100000] [--seconds 30] [--reports] [--whole]
 *
 * README.md says how to read it.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { SimulatorCounters } from "../packages/smpp/src/index.ts";
import { CountingChild } from "./counting-child.ts";
import { type KillableGateway, openCount, rssMb, startPosthorn } from "./gateways.ts";
import { generate } from "./generate.ts";
import { freePort } from "./kannel.ts";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "1000000" },
    /** Messages that wait when the speed before is taken. */
    sample: { type: "string", default: "100000" },
    seconds: { type: "string", default: "30" },
    /** Pushes a report of each message; without it they wait to be pulled. */
    reports: { type: "boolean", default: false },
    /** Goes on until the last message is final. */
    whole: { type: "boolean", default: false },
  },
});
/** As many as a request may have; eight of them stay below accept.pendingMessagesMax. */
const DESTINATIONS_PER_REQUEST = 1000;
const CONNECTIONS = 8;
/** The load ends at its messages, not by time. */
const FILL_SECONDS_MAX = 3600;
const SECOND_MS = 1000;
const POLL_MS = 250;
/** From the last submission to the last receipt. */
const REPORTED_MS_MAX = 30_000;
/** From here on it is as fast as before. */
const FULL_SPEED_SHARE = 0.9;
const folder = mkdtempSync(join(tmpdir(), "posthorn-backlog-"));
const say = (text: string) => void process.stdout.write(`${text}\n`);
const loadNow = () => `load ${loadavg()[0]?.toFixed(1)}`;

interface Second {
  /** Messages that the SMSC took in it. */
  readonly taken: number;
  readonly rssMb: number;
}

const smscPort = await freePort();
const takenOf = (answer: unknown) => (answer as SimulatorCounters).taken;
/** Its ids are to be other ones than before its last end: of two messages with one id, one would miss its receipt. */
async function startSmsc(firstMessageNumber: number): Promise<CountingChild> {
  const args = [smscPort, firstMessageNumber].map(String);
  return (await CountingChild.start("simulator-child.ts", takenOf, args))[0];
}

async function fill({ target }: KillableGateway, messages: number, reportUrl: string) {
  const startedAt = performance.now();
  await generate({
    ...target,
    destinationsPerRequest: DESTINATIONS_PER_REQUEST,
    connections: CONNECTIONS,
    seconds: FILL_SECONDS_MAX,
    messagesMax: messages,
    ...(values.reports ? { reportUrl } : {}),
  });
  return Math.round(messages / ((performance.now() - startedAt) / SECOND_MS));
}

/** What the SMSC takes in each second, until it has `messages` or the seconds are over. */
async function watch(server: KillableGateway, smsc: CountingChild, messages: number, secondsMax: number) {
  const seconds: Second[] = [];
  const startedAt = performance.now();
  for (let before = await smsc.count(); before < messages && seconds.length < secondsMax; ) {
    await setTimeout(Math.max(0, startedAt + (seconds.length + 1) * SECOND_MS - performance.now()));
    const now = await smsc.count();
    seconds.push({ taken: now - before, rssMb: rssMb(server) });
    before = now;
  }
  return seconds;
}

async function untilNoneIsOpen(server: KillableGateway) {
  const endsAt = performance.now() + REPORTED_MS_MAX;
  while ((await openCount(server)) > 0) {
    if (performance.now() > endsAt) throw new Error(`${await openCount(server)} messages never became final`);
    await setTimeout(POLL_MS);
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function diskMb(): number {
  const data = join(folder, "data");
  return readdirSync(data).reduce((sum, name) => sum + statSync(join(data, name)).size, 0) / 1e6;
}

/** The first second and the last are not whole ones: binding, and the end of the messages. */
async function speedBefore(server: KillableGateway, reportUrl: string): Promise<number> {
  const count = Number(values.sample);
  await fill(server, count, reportUrl);
  const smsc = await startSmsc(1);
  try {
    const seconds = await watch(server, smsc, count, Number.POSITIVE_INFINITY);
    const whole = seconds.filter(({ taken }) => taken > 0).slice(1, -1);
    say(`before: ${whole.map(({ taken }) => taken).join(" ")} messages in each second`);
    await untilNoneIsOpen(server);
    return median(whole.map(({ taken }) => taken));
  } finally {
    await smsc.stop();
  }
}

async function run(reportUrl: string, sink: CountingChild) {
  const count = Number(values.messages);
  let server = await startPosthorn(folder, smscPort);
  let smsc: CountingChild | null = null;
  try {
    const before = await speedBefore(server, reportUrl);
    // The first start after an installation compiles everything; nobody kills a million messages in it.
    await server.stop();
    server = await startPosthorn(folder, smscPort);
    say(`speed before: ${before} messages/s from ${values.sample} waiting ones (${loadNow()})`);
    const accepted = await fill(server, count, reportUrl);
    say(`${count} wait: accepted at ${accepted}/s, RSS ${rssMb(server).toFixed(0)} MB, disk ${diskMb().toFixed(0)} MB`);
    const killedAt = performance.now();
    await server.kill();
    server = await startPosthorn(folder, smscPort);
    const readyMs = performance.now() - killedAt;
    say(`ready ${readyMs.toFixed(0)} ms after SIGKILL, RSS ${rssMb(server).toFixed(0)} MB (${loadNow()})`);
    smsc = await startSmsc(Number(values.sample) + 1);
    const smscMs = performance.now() - killedAt;
    const seconds = await watch(server, smsc, count, values.whole ? Number.POSITIVE_INFINITY : Number(values.seconds));
    printSeconds(seconds.slice(0, Number(values.seconds)), before, smscMs);
    const peakMb = Math.max(...seconds.map((second) => second.rssMb));
    say(`RSS ${rssMb(server).toFixed(0)} MB, at most ${peakMb.toFixed(0)} MB (${loadNow()})`);
    if (values.whole) await sayEnd(server, seconds, sink);
  } finally {
    await smsc?.stop();
    await server.stop();
  }
}

async function sayEnd(server: KillableGateway, seconds: readonly Second[], sink: CountingChild) {
  const endedAt = performance.now();
  const taken = seconds.reduce((sum, second) => sum + second.taken, 0);
  await untilNoneIsOpen(server);
  say(`the SMSC took ${taken} of ${values.messages} in ${seconds.length} s; none is open`);
  if (!values.reports) return;
  const reportedMs = (await sink.waitFor(Number(values.sample) + Number(values.messages))) - endedAt;
  say(`${await sink.count()} reports were pushed, the last ${reportedMs.toFixed(0)} ms after the last submission`);
}

function printSeconds(seconds: readonly Second[], before: number, smscMs: number) {
  say("second  messages/s  of before  RSS MB");
  for (const [index, { taken, rssMb: size }] of seconds.entries()) {
    const share = `${Math.round((taken / before) * 100)} %`;
    const columns = [String(index + 1).padStart(6), String(taken).padStart(11), share.padStart(10)];
    say(`${columns.join(" ")}  ${size.toFixed(0).padStart(6)}`);
  }
  const full = seconds.findIndex(({ taken }) => taken >= before * FULL_SPEED_SHARE);
  const fullMs = smscMs + (full + 1) * SECOND_MS;
  say(full < 0 ? "as fast as before: never" : `as fast as before ${(fullMs / SECOND_MS).toFixed(1)} s after SIGKILL`);
}

const [sink, { url }] = await CountingChild.start<{ url: string }>("report-sink.ts", Number);
try {
  await run(url, sink);
} finally {
  await sink.stop();
  rmSync(folder, { recursive: true, force: true });
}

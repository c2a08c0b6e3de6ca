import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { SmsLog, SmsLogsV1, SmsLogV1 } from "@posthorn/contract";
import { MAGIC_DESTINATIONS, type MagicDestination, type Outcome } from "../src/sandbox/magic-destinations.ts";
import { oneSms } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { createFolder, startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const HOUR_MS = 3_600_000;
/** Of a message that names none, which is the most. */
const VALIDITY_HOURS = 48;
const POLL_MS = 1_000;
const LATE_MS = 2_000;
const SETTINGS = { "sandbox.deliveryDelayMs": 500, "sandbox.lateByMs": LATE_MS };
const WAYS = ["pulled", "pushed", "older", "whatsapp"] as const;
const PUSHED_WAYS = ["pushed", "older", "whatsapp"] as const;
const SMS_WAYS = ["pulled", "pushed", "older"] as const;
const GROUPS: Readonly<Record<Outcome["state"], number>> = { undeliverable: 2, delivered: 3, expired: 4, rejected: 5 };

interface Shown {
  readonly status?: { readonly groupId?: number; readonly id?: number };
  readonly error?: { readonly id?: number };
}

const seen = ({ status, error }: Shown) => [status?.groupId, status?.id, error?.id];
const told = ({ state, statusId, errorId }: Outcome) => [GROUPS[state], statusId, errorId];
const isNeverReported = (outcomes: readonly Outcome[]) =>
  outcomes.at(-1)?.state === "expired" && outcomes[0]?.errorId === 0;
const endOf = (outcomes: readonly Outcome[]): Outcome => {
  const end = outcomes.at(-1);
  assert.ok(end !== undefined);
  return end;
};

/** To every row one message of each kind; those named `older` are sent, pushed and logged as version 1 has them. */
async function sendAll(server: TestServer, rows: readonly MagicDestination[], url: string) {
  const destinations = (way: string) => rows.map(({ number }) => ({ to: number, messageId: `${way}-${number}` }));
  await server.client.send(oneSms({ destinations: destinations("pulled") }));
  const webhooks = { delivery: { url } };
  await server.client.send(oneSms({ destinations: destinations("pushed"), webhooks }));
  const older = { from: "Posthorn", destinations: destinations("older"), text: "Hi", notifyUrl: url };
  const answer = await server.client.call("POST", "/sms/2/text/advanced", { json: { messages: [older] } });
  assert.equal(answer.status, 200, answer.text);
  for (const { number } of rows) {
    const content = { text: "Hi" };
    const message = { from: "447700900001", to: number, messageId: `whatsapp-${number}`, content, notifyUrl: url };
    assert.equal((await server.client.whatsApp(message)).status, 200);
  }
}

async function untilEnded(
  server: TestServer,
  clock: FakeClock,
  rows: readonly MagicDestination[],
  reportsOf: (row: MagicDestination) => readonly Outcome[],
) {
  const tick = () => clock.advanceAndSettle(POLL_MS);
  const reported = rows.filter((row) => !isNeverReported(reportsOf(row)));
  for (const row of reported) {
    for (const way of WAYS) await server.untilState(`${way}-${row.number}`, [endOf(reportsOf(row)).state], tick);
  }
  // What comes late must have come before anybody looks.
  await clock.advanceAndSettle(2 * LATE_MS);
  await server.settle();
  return { tick, waiting: rows.length - reported.length };
}

async function start(t: TestContext, settings: Record<string, string | number> = {}, folder?: string) {
  const clock = new FakeClock();
  const server = await startTestServer(t, {
    clock,
    settings: { ...SETTINGS, ...settings },
    ...(folder === undefined ? {} : { folder }),
  });
  return { clock, server, sink: await WebhookSink.start(t, clock) };
}

/** Lets the validity of every message go by: none has ended a second before. */
async function untilValidityEnds(server: TestServer, clock: FakeClock, begin: number, messageCount: number) {
  clock.set(begin + VALIDITY_HOURS * HOUR_MS - 2 * POLL_MS);
  await clock.advanceAndSettle(POLL_MS);
  await server.settle();
  assert.equal((await server.ledger()).open, messageCount);
  await server.untilAllEnded(() => clock.advanceAndSettle(POLL_MS));
}

/** Reports that were pulled, pushed and logged say the same of every row, and it is what the row says. */
async function assertTold(
  server: TestServer,
  sink: WebhookSink,
  rows: readonly MagicDestination[],
  reportsOf: (row: MagicDestination) => readonly Outcome[],
  tick: () => unknown,
) {
  const expectedPushes = PUSHED_WAYS.length * rows.reduce((sum, row) => sum + reportsOf(row).length, 0);
  await until("everything is pushed", () => sink.reports.length >= expectedPushes, tick);
  assert.equal(sink.reports.length, expectedPushes);
  const pulled = await server.client.reports("limit=1000");
  const logged = (await server.client.logs("limit=1000")).results ?? [];
  const { body: loggedV1 } = await server.client.call("GET", "/sms/1/logs?limit=1000");
  const ofId = <Row extends { readonly messageId?: string }>(list: readonly Row[], id: string) =>
    list.filter(({ messageId }) => messageId === id);
  for (const row of rows) {
    const [reports, end] = [reportsOf(row), told(endOf(reportsOf(row)))];
    assert.deepEqual(ofId(pulled, `pulled-${row.number}`).map(seen), [end], `pulled ${row.number}`);
    for (const way of PUSHED_WAYS) {
      const pushed = ofId(sink.reports, `${way}-${row.number}`) as readonly Shown[];
      assert.deepEqual(pushed.map(seen), reports.map(told), `${way} ${row.number}`);
    }
    for (const way of SMS_WAYS) {
      const id = `${way}-${row.number}`;
      assert.deepEqual(ofId<SmsLog>(logged, id).map(seen), [end], `log of ${id}`);
      assert.deepEqual(ofId<SmsLogV1>((loggedV1 as SmsLogsV1).results ?? [], id).map(seen), [end], `log 1 of ${id}`);
    }
    const { body } = await server.client.call("GET", `/posthorn/1/messages/whatsapp-${row.number}`);
    assert.deepEqual(seen(body as Shown), end, `log of whatsapp ${row.number}`);
    assert.equal(ofId(pulled, `pulled-${row.number}`).length, 1);
  }
  return { pulled, logged };
}

test("every magic destination does what its row says, by both channels, in every report and log", async (t) => {
  const { clock, server, sink } = await start(t);
  const reportsOf = (row: MagicDestination) => row.reports;
  const usual = MAGIC_DESTINATIONS.filter((row) => !isNeverReported(row.reports));
  await sendAll(server, MAGIC_DESTINATIONS, sink.url);
  const { tick, waiting } = await untilEnded(server, clock, MAGIC_DESTINATIONS, reportsOf);
  assert.equal(waiting, 1);
  assert.equal((await server.ledger()).open, waiting * WAYS.length);
  const { pulled, logged } = await assertTold(server, sink, usual, reportsOf, tick);

  for (const { number, steps, answer } of MAGIC_DESTINATIONS) {
    const copies = server.sandbox.phones.messages(1, { to: number });
    assert.equal(
      copies.length > 0,
      steps.some(({ reachesPhone }) => reachesPhone),
      `phone ${number}`,
    );
    const isDoubtful = answer === "lost" || answer === "lost, id known";
    if (!isDoubtful) assert.ok(copies.length <= WAYS.length, `copies ${number}`);
    if (answer === "lost") assert.equal(copies.length, 2 * WAYS.length);
    for (const list of [pulled, logged]) {
      const shown = list.find(({ messageId }) => messageId === `pulled-${number}`) as { possibleDuplicate?: true };
      if (shown !== undefined) assert.equal(shown.possibleDuplicate, isDoubtful ? true : undefined, number);
    }
  }
});

test("a number that is never reported ends with its whole validity as EXPIRED_DLR_UNKNOWN, though the phone has it", async (t) => {
  const { clock, server, sink } = await start(t);
  const begin = clock.now();
  const rows = MAGIC_DESTINATIONS.filter((row) => isNeverReported(row.reports));
  assert.equal(rows.length, 1);
  await sendAll(server, rows, sink.url);
  const tick = () => clock.advanceAndSettle(POLL_MS);
  const [{ number } = { number: "" }] = rows;
  await until(
    "the phones have it",
    () => server.sandbox.phones.messages(1, { to: number }).length === WAYS.length,
    tick,
  );
  await server.untilState(`whatsapp-${number}`, ["submitted"], tick);
  await untilValidityEnds(server, clock, begin, WAYS.length);
  await assertTold(server, sink, rows, (row) => row.reports, tick);
  // It is in the logs as long as they reach back from its end, and no longer.
  const ended = (await server.message(`pulled-${number}`))?.doneAt ?? 0;
  const inLogs = async () => (await server.client.logs(`messageId=pulled-${number}`)).results?.length;
  clock.set(ended + 48 * HOUR_MS);
  assert.equal(await inLogs(), 1);
  clock.set(ended + 48 * HOUR_MS + 1);
  assert.equal(await inLogs(), 0);
});

const DOUBTFUL = MAGIC_DESTINATIONS.filter(({ answer }) => answer === "lost" || answer === "lost, id known");
for (const row of DOUBTFUL) {
  const reports = row.reportsOnHold ?? row.reports;
  const isNever = isNeverReported(reports);
  const how = isNever ? "ends with its validity" : "ends by its receipt";
  test(`held in doubt, a message to ${row.number} ${how}, and nothing is sent twice`, async (t) => {
    const { clock, server, sink } = await start(t, { "sandbox.uncertain": "hold" });
    const begin = clock.now();
    await sendAll(server, [row], sink.url);
    const { tick } = await untilEnded(server, clock, [row], () => reports);
    const inPhone = () => server.sandbox.phones.messages(1, { to: row.number }).length === WAYS.length;
    await until("the phone has it", inPhone, tick);
    assert.equal((await server.ledger()).open, isNever ? WAYS.length : 0);
    if (isNever) await untilValidityEnds(server, clock, begin, WAYS.length);
    const { pulled } = await assertTold(server, sink, [row], () => reports, tick);
    assert.ok(inPhone());
    assert.ok(pulled.every((report) => !("possibleDuplicate" in report)));
  });
}

test("the numbers whose answer is lost are there to be tested", () => {
  assert.deepEqual(
    DOUBTFUL.map(({ reportsOnHold }) => reportsOnHold !== undefined),
    [true, false],
  );
});

test("a restart changes no row's end: the sandbox is asked, and knows it from the number", async (t) => {
  const folder = createFolder(t);
  const settings = { "sandbox.deliveryDelayMs": 10_000 };
  const rows = MAGIC_DESTINATIONS.filter((row) => !isNeverReported(row.reports));
  const { clock, server: first } = await start(t, settings, folder);
  await first.client.send(oneSms({ destinations: rows.map(({ number }) => ({ to: number, messageId: number })) }));
  for (const { number } of rows) {
    const wasHandedOver = async () => ((await first.message(number))?.attempts ?? 0) > 0;
    await until(`${number} was handed over`, wasHandedOver, () => clock.advanceAndSettle(1));
  }
  await first.stop();
  assert.ok(first.sandbox.phones.messages(1).length <= 1, "only the early receipt's message is on a phone");

  const second = await startTestServer(t, { clock, folder, settings: { ...SETTINGS, ...settings } });
  const tick = () => clock.advanceAndSettle(POLL_MS);
  for (const { number, reports } of rows) {
    const record = await second.untilState(number, [endOf(reports).state], tick);
    assert.equal(record.statusId, endOf(reports).statusId, number);
    assert.equal(record.errorId, endOf(reports).errorId, number);
  }
});

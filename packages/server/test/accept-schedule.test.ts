import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDate } from "@posthorn/contract";
import { oneSms, violationsOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Longer than any loop's poll interval. */
const POLL_MS = 1_000;

/** A Tuesday. */
const NOON_MS = Date.UTC(2026, 2, 10, 12);

const clock = new FakeClock(NOON_MS);
const carrier = new FakeCarrier();
const server = await startTestServer(cleanupAfterFile(), { clock, carriers: [carrier] });
const { client } = server;

const at = (sendAt: string | number) => ({
  options: { schedule: { sendAt: typeof sendAt === "number" ? formatDate(sendAt) : sendAt } },
});
const later = (messageId: string, sendAt: string | number) => ({ ...oneSms({}, { messageId }), ...at(sendAt) });

/** Lets the pollers look at the clock, and waits until they have. */
async function poll() {
  await clock.advanceAndSettle(POLL_MS);
  await server.settle();
}

/** The message leaves at `dueAt` and not a millisecond before. */
async function assertLeavesAt(messageId: string, dueAt: number) {
  clock.set(dueAt - 1 - POLL_MS);
  await poll();
  assert.deepEqual([clock.now(), carrier.timesHanded(messageId)], [dueAt - 1, 0]);
  clock.set(dueAt);
  await server.untilState(messageId, ["submitted"], () => clock.advanceAndSettle(POLL_MS));
  assert.equal(carrier.timesHanded(messageId), 1);
}

test("a scheduled message is held, shown as pending, and sent when its time has come", async () => {
  const sendAt = clock.now() + 3 * HOUR_MS;
  await client.send(later("scheduled", sendAt));
  assert.equal((await server.message("scheduled"))?.state, "held");
  assert.equal((await client.logs("messageId=scheduled")).results?.[0]?.status?.groupName, "PENDING");
  await assertLeavesAt("scheduled", sendAt);
});

test("a date is read in every notation, and one that is past means now", async () => {
  const hour = new Date(clock.now() + 2 * HOUR_MS).toISOString();
  for (const [index, text] of [hour, hour.replace("Z", "+0000"), hour.replace(/\.\d+Z/, "+00:00")].entries()) {
    await client.send(later(`notation-${index}`, text));
    assert.equal((await server.message(`notation-${index}`))?.state, "held");
  }
  await client.send(later("past", "2001-01-01T00:00:00.000+0000"));
  await server.untilState("past", ["submitted"]);
});

test("a message may be scheduled 180 days ahead and not a millisecond further", async () => {
  await client.send(later("far", clock.now() + 180 * DAY_MS));
  const { accepted } = await server.ledger();
  const answer = await client.sms(later("too-far", clock.now() + 180 * DAY_MS + 1));
  assert.equal(answer.status, 400);
  assert.deepEqual(Object.keys(violationsOf(answer)), ["options.schedule.sendAt"]);
  assert.equal((await server.ledger()).accepted, accepted);
});

test("waiting for its hour does not use up a message's validity", async () => {
  const sendAt = clock.now() + 10 * HOUR_MS;
  const options = { validityPeriod: { amount: 1 } };
  await client.send({ ...oneSms({ options }, { messageId: "patient" }), ...at(sendAt) });
  assert.equal((await server.message("patient"))?.expiresAt, sendAt + MINUTE_MS);
  await assertLeavesAt("patient", sendAt);
});

test("a validity of more than 48 hours is shortened to 48 hours", async () => {
  for (const [index, validityPeriod] of [
    { amount: 720, timeUnit: "HOURS" },
    { amount: 2_147_483_647 },
    undefined,
  ].entries()) {
    await client.send(oneSms({ options: { validityPeriod } }, { messageId: `validity-${index}` }));
    assert.equal((await server.message(`validity-${index}`))?.expiresAt, clock.now() + 48 * HOUR_MS);
  }
});

function inWindow(messageId: string, deliveryTimeWindow: object) {
  return oneSms({ options: { deliveryTimeWindow } }, { messageId });
}

test("outside its delivery window a message is held until the window opens", async () => {
  clock.set(NOON_MS);
  const window = { days: ["TUESDAY", "FRIDAY"], from: { hour: 6, minute: 30 }, to: { hour: 11, minute: 0 } };
  await client.send(inWindow("on-friday", window));
  assert.equal((await server.message("on-friday"))?.state, "held");
  await assertLeavesAt("on-friday", Date.UTC(2026, 2, 13, 6, 30));
});

test("inside its delivery window, also over midnight, a message goes at once", async () => {
  clock.set(NOON_MS);
  const windows = [
    { days: ["TUESDAY"] },
    { days: ["TUESDAY"], from: { hour: 12, minute: 0 }, to: { hour: 13, minute: 0 } },
    { days: ["MONDAY"], from: { hour: 18, minute: 0 }, to: { hour: 13, minute: 0 } },
  ];
  for (const [index, window] of windows.entries()) {
    await client.send(inWindow(`open-${index}`, window));
    await server.untilState(`open-${index}`, ["submitted"]);
  }
});

test("a schedule and a window together: the first opening after the scheduled time", async () => {
  clock.set(NOON_MS);
  const message = inWindow("both", { days: ["WEDNESDAY"], from: { hour: 8, minute: 0 }, to: { hour: 9, minute: 0 } });
  await client.send({ ...message, ...at(Date.UTC(2026, 2, 11, 9)) });
  assert.equal((await server.message("both"))?.expiresAt, Date.UTC(2026, 2, 18, 8) + 48 * HOUR_MS);
});

const BAD_WINDOWS: readonly (readonly [name: string, window: object, property: string])[] = [
  ["from without to", { days: ["MONDAY"], from: { hour: 8, minute: 0 } }, "to"],
  ["to without from", { days: ["MONDAY"], to: { hour: 8, minute: 0 } }, "from"],
  ["59 minutes", { days: ["MONDAY"], from: { hour: 8, minute: 0 }, to: { hour: 8, minute: 59 } }, "to"],
  ["59 minutes over midnight", { days: ["MONDAY"], from: { hour: 23, minute: 30 }, to: { hour: 0, minute: 29 } }, "to"],
  ["from equal to to", { days: ["MONDAY"], from: { hour: 8, minute: 0 }, to: { hour: 8, minute: 0 } }, "to"],
  ["no days", { days: [] }, "days"],
  ["an unknown day", { days: ["FUNDAY"] }, "days[0]"],
  ["25 o'clock", { days: ["MONDAY"], from: { hour: 25, minute: 0 }, to: { hour: 8, minute: 0 } }, "from.hour"],
];

for (const [name, window, property] of BAD_WINDOWS) {
  test(`a delivery window with ${name} is 400, names ${property} and stores nothing`, async () => {
    const { accepted } = await server.ledger();
    const answer = await client.sms(inWindow("never", window));
    assert.equal(answer.status, 400);
    const path = `messages[0].options.deliveryTimeWindow.${property}`;
    assert.deepEqual(Object.keys(violationsOf(answer)), [path]);
    assert.equal((await server.ledger()).accepted, accepted);
  });
}

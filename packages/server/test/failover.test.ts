import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR } from "@posthorn/contract";
import type { SubmitResult } from "../src/carrier/carrier.ts";
import { oneSms } from "./harness/api-client.ts";
import { type Answer, never, submitted, temporary, uncertain } from "./harness/fake-carrier.ts";
import { type FleetServer, sandboxes, startFleetServer } from "./harness/fleet-server.ts";
import { integerBetween, oneOf, randomFromEnvironment } from "./harness/seed.ts";
import { until } from "./harness/until.ts";

const NORTH_FIRST = { carriers: sandboxes("north", "south"), routes: { main: ["north", "south"] } };
const throttled: SubmitResult = { outcome: "temporary", errorId: ERROR.EC_RESOURCE_LIMITATION, isThrottled: true };
const LIMITS = { "health.answersMin": 5, "health.probeSize": 3, "health.probeAfterMs": 5_000 };

/** Sends `count` messages, each to a phone of its own, and says which ids they have. */
async function send({ server }: FleetServer, prefix: string, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const destinations = ids.map((messageId, index) => ({ to: `38598${1_000_000 + index}`, messageId }));
  await server.client.send(oneSms({ destinations }));
  return ids;
}

const untilSubmitted = async ({ server, tick }: FleetServer, ids: readonly string[]) => {
  for (const id of ids) await server.untilState(id, ["submitted", "delivered"], tick);
};

async function stateOf({ server }: FleetServer, name: string): Promise<string> {
  const { body } = await server.client.call("GET", "/posthorn/1/carriers");
  const found = (body as { carriers: { name: string; state: string }[] }).carriers.find(
    (carrier) => carrier.name === name,
  );
  return found?.state ?? "gone";
}

const untilHealth = (fleet: FleetServer, name: string, state: string) =>
  until(`${name} is ${state}`, async () => (await stateOf(fleet, name)) === state, fleet.tick);

function assertHandedOnce(fleet: FleetServer, ids: readonly string[]) {
  for (const id of ids) {
    const times = fleet.carrier("north").timesHanded(id) + fleet.carrier("south").timesHanded(id);
    assert.equal(times, 1, id);
  }
}

test("the first carrier of a route gets everything as long as it is well", async (t) => {
  const fleet = await startFleetServer(t, NORTH_FIRST);
  const ids = await send(fleet, "m", 50);
  await untilSubmitted(fleet, ids);
  assert.equal(fleet.carrier("north").handed.length, 50);
  assert.equal(fleet.carrier("south").handed.length, 0);
  assert.equal((await fleet.server.message("m0"))?.route, "main");
});

test("a carrier that takes nothing is down after a while: the next one serves, and nothing is handed over twice", async (t) => {
  const fleet = await startFleetServer(t, NORTH_FIRST, { settings: LIMITS });
  fleet.carrier("north").windowSize = 0;
  const ids = await send(fleet, "m", 20);
  await fleet.tick();
  assert.equal(fleet.carrier("south").handed.length, 0, "it is waited for first");
  await untilSubmitted(fleet, ids);
  assert.equal(await stateOf(fleet, "north"), "down");
  assert.equal((await fleet.server.message("m0"))?.carrier, "south");
  assert.deepEqual(
    fleet.carrier("south").handed.map(({ messageId }) => messageId),
    ids,
  );
  assertHandedOnce(fleet, ids);
  assert.equal((await fleet.server.ledger()).open, 20);
});

test("a carrier that comes back gets a probe first, and all when that went well", async (t) => {
  const fleet = await startFleetServer(t, NORTH_FIRST, { settings: LIMITS });
  const [north, south] = [fleet.carrier("north"), fleet.carrier("south")];
  north.windowSize = 0;
  await untilHealth(fleet, "north", "down");
  north.windowSize = 1_000;
  await untilHealth(fleet, "north", "probing");
  const held = Promise.withResolvers<void>();
  north.answer = async (message, nth) => {
    await held.promise;
    return submitted(message, nth);
  };
  const ids = await send(fleet, "m", 40);
  await until(
    "the probe and the rest are handed over",
    () => north.handed.length + south.handed.length === 40,
    fleet.tick,
  );
  assert.equal(north.handed.length, 3, "health.probeSize");
  held.resolve();
  await untilHealth(fleet, "north", "up");
  const later = await send(fleet, "n", 10);
  await untilSubmitted(fleet, [...ids, ...later]);
  assert.equal(north.handed.length, 13);
  assertHandedOnce(fleet, [...ids, ...later]);
});

test("a probe whose messages wait for their delivery window goes on with others", async (t) => {
  const settings = { ...LIMITS, "health.answerMaxMs": 3_600_000 };
  const answered = Promise.withResolvers<SubmitResult>();
  // Before the server's end, which waits for it.
  t.after(() => answered.resolve({ outcome: "submitted", carrierMessageId: "stuck" }));
  const carriers = { north: { windowSize: 0 }, south: { windowSize: 1, answer: () => answered.promise } };
  const fleet = await startFleetServer(t, NORTH_FIRST, { settings, carriers });
  const { server, clock, tick, carrier } = fleet;
  clock.set(Date.UTC(2026, 2, 10, 12, 59, 40));
  await send(fleet, "stuck", 1);
  await until("south is full", () => carrier("south").handed.length === 1, tick);
  const deliveryTimeWindow = { from: { hour: 10, minute: 0 }, to: { hour: 13, minute: 0 } };
  const options = { deliveryTimeWindow: { ...deliveryTimeWindow, days: ["TUESDAY"] } };
  const destinations = [0, 1, 2].map((index) => ({ to: `38599${1_000_000 + index}`, messageId: `late${index}` }));
  await server.client.send(oneSms({ destinations, options }));
  assert.equal((await server.message("late0"))?.state, "queued");
  clock.set(Date.UTC(2026, 2, 10, 13, 0, 10));
  carrier("north").windowSize = 1_000;
  await untilHealth(fleet, "north", "probing");
  for (const { messageId } of destinations) await server.untilState(messageId, ["held"], tick);
  const ids = await send(fleet, "m", 3);
  await untilSubmitted(fleet, ids);
  assert.equal(carrier("north").handed.length, 3);
  await untilHealth(fleet, "north", "up");
});

const unsent: SubmitResult = { outcome: "temporary", errorId: ERROR.NO_ERROR, isUnsent: true };

test("a carrier that was lost before anything left is down and not failing, and no answer is counted", async (t) => {
  const fleet = await startFleetServer(t, NORTH_FIRST, { settings: LIMITS });
  const north = fleet.carrier("north");
  north.answer = () => {
    north.windowSize = 0;
    return unsent;
  };
  const ids = await send(fleet, "m", 30);
  await until("they were handed back", () => north.handed.length === 30, fleet.tick);
  const seen = new Set<string>();
  await until("south has them", async () => {
    seen.add(await stateOf(fleet, "north"));
    await fleet.tick();
    return fleet.carrier("south").handed.length === 30;
  });
  await untilSubmitted(fleet, ids);
  assert.ok(!seen.has("failing"), [...seen].join());
  assert.equal(await stateOf(fleet, "north"), "down");
  const { body } = await fleet.server.client.call("GET", "/posthorn/1/carriers");
  const { carriers } = body as { carriers: { name: string; failureRate: number }[] };
  assert.equal(carriers.find(({ name }) => name === "north")?.failureRate, 0);
});

test("a probe whose messages have not left goes on with others", async (t) => {
  const fleet = await startFleetServer(t, NORTH_FIRST, { settings: LIMITS });
  const north = fleet.carrier("north");
  north.windowSize = 0;
  await untilHealth(fleet, "north", "down");
  north.windowSize = 1_000;
  await untilHealth(fleet, "north", "probing");
  let back = 3;
  north.answer = (message, nth) => {
    back -= 1;
    return back >= 0 ? unsent : submitted(message, nth);
  };
  const ids = await send(fleet, "m", 3);
  await untilSubmitted(fleet, ids);
  await send(fleet, "n", 6);
  await untilHealth(fleet, "north", "up");
});

const FAULTS: Readonly<Record<string, Answer>> = {
  throttled: () => throttled,
  failing: () => temporary,
};

for (const [state, answer] of Object.entries(FAULTS)) {
  test(`a carrier that is ${state} is passed over; what it refused goes to the next one, and ends well`, async (t) => {
    const fleet = await startFleetServer(t, NORTH_FIRST, { settings: LIMITS, carriers: { north: { answer } } });
    const ids = await send(fleet, "m", 30);
    await untilSubmitted(fleet, ids);
    assert.ok(["probing", state].includes(await stateOf(fleet, "north")));
    for (const id of ids) assert.equal(fleet.carrier("south").timesHanded(id), 1, id);
    for (const id of ids) assert.equal((await fleet.server.message(id))?.doubt, null);
    assert.equal((await fleet.server.ledger()).open, 30);
  });
}

test("a carrier that does not answer is slow long before its lease ends, and what comes meanwhile goes to the next one", async (t) => {
  const settings = { ...LIMITS, "health.answerMaxMs": 3_000 };
  const carriers = { north: { answer: never, windowSize: 5, uncertainPolicy: "hold" as const } };
  const fleet = await startFleetServer(t, NORTH_FIRST, { settings, carriers });
  const stuck = await send(fleet, "stuck", 5);
  await until("the window is full", () => fleet.carrier("north").handed.length === 5);
  const ids = await send(fleet, "m", 20);
  await untilSubmitted(fleet, ids);
  assert.equal(fleet.carrier("south").handed.length, 20);
  for (const id of stuck) await fleet.server.untilState(id, ["uncertain"], fleet.tick);
  assertHandedOnce(fleet, [...stuck, ...ids]);
});

test("a lost answer is sent again by the other carrier only where the policy says so, and is marked", async (t) => {
  for (const uncertainPolicy of ["resend", "hold"] as const) {
    const carriers = { north: { answer: () => uncertain, uncertainPolicy } };
    const fleet = await startFleetServer(t, NORTH_FIRST, { settings: LIMITS, carriers });
    const ids = await send(fleet, "m", 10);
    if (uncertainPolicy === "resend") await untilSubmitted(fleet, ids);
    else for (const id of ids) await fleet.server.untilState(id, ["uncertain"], fleet.tick);
    assert.equal(fleet.carrier("south").handed.length, uncertainPolicy === "resend" ? 10 : 0);
    assert.ok(fleet.carrier("south").handed.every(({ possibleDuplicate }) => possibleDuplicate));
    await fleet.server.stop();
  }
});

test("a carrier without an alternative is used, however bad it is", async (t) => {
  let isBad = true;
  const carriers = {
    only: { answer: (message, nth) => (isBad ? temporary : submitted(message, nth)) } satisfies { answer: Answer },
  };
  const fleet = await startFleetServer(t, { carriers: sandboxes("only") }, { settings: LIMITS, carriers });
  const ids = await send(fleet, "m", 20);
  await untilHealth(fleet, "only", "failing");
  isBad = false;
  await untilSubmitted(fleet, ids);
});

test("a split route gives each carrier its part, a phone always the same carrier, and its messages in order", async (t) => {
  const routes = {
    main: {
      split: "weight",
      carriers: [
        { carrier: "north", weight: 3 },
        { carrier: "south", weight: 1 },
      ],
    },
  };
  const fleet = await startFleetServer(t, { carriers: sandboxes("north", "south"), routes });
  const phones = 200;
  const ids: string[] = [];
  for (let round = 0; round < 3; round += 1) ids.push(...(await send(fleet, `${round}-`, phones)));
  await untilSubmitted(fleet, ids);
  const [north, south] = [fleet.carrier("north"), fleet.carrier("south")];
  const share = north.handed.length / ids.length;
  assert.ok(share > 0.65 && share < 0.85, `${share}`);
  for (const { handed } of [north, south]) {
    const byPhone = Map.groupBy(handed, ({ destination }) => destination);
    for (const messages of byPhone.values()) {
      assert.deepEqual(
        messages.map(({ messageId }) => messageId.split("-")[0]),
        ["0", "1", "2"],
      );
    }
  }
  assertHandedOnce(fleet, ids);
});

test("carriers that come and go by chance: every message ends, none is handed over twice without doubt", async (t) => {
  const { random } = randomFromEnvironment("FAILOVER_SEED");
  const answer: Answer = (message, nth) =>
    oneOf(random, [submitted(message, nth), submitted(message, nth), temporary, throttled]);
  const policies = { north: { answer }, south: { answer } };
  const routes = { main: { split: "weight", carriers: ["north", "south"] } };
  const config = { carriers: sandboxes("north", "south"), routes };
  const fleet = await startFleetServer(t, config, { settings: LIMITS, carriers: policies });
  const ids: string[] = [];
  for (let round = 0; round < 15; round += 1) {
    for (const name of ["north", "south"]) fleet.carrier(name).windowSize = oneOf(random, [0, 3, 1_000]);
    ids.push(...(await send(fleet, `${round}-`, integerBetween(random, 1, 20))));
    for (let second = integerBetween(random, 0, 8); second > 0; second -= 1) await fleet.tick();
  }
  for (const name of ["north", "south"]) fleet.carrier(name).windowSize = 1_000;
  await untilSubmitted(fleet, ids);
  for (const id of ids) {
    const record = await fleet.server.message(id);
    const times = fleet.carrier("north").timesHanded(id) + fleet.carrier("south").timesHanded(id);
    assert.equal(times, record?.attempts, id);
    assert.equal(record?.doubt, null, id);
  }
  assert.equal((await fleet.server.ledger()).open, ids.length);
});

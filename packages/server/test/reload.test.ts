import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { isConfigError } from "../src/config/config.ts";
import { oneSms } from "./harness/api-client.ts";
import { carrierIdOf, receiptOf, submitted } from "./harness/fake-carrier.ts";
import { type FleetServer, sandboxes, startFleetServer } from "./harness/fleet-server.ts";
import { until } from "./harness/until.ts";

const BOTH = { carriers: sandboxes("north", "south"), routes: { main: ["north", "south"] } };

async function send({ server }: FleetServer, ids: readonly string[]) {
  const destinations = ids.map((messageId, index) => ({ to: `38598${1_000_000 + index}`, messageId }));
  await server.client.send(oneSms({ destinations }));
}

const idsOf = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

const carriersOf = async ({ server }: FleetServer) => {
  const { body } = await server.client.call("GET", "/posthorn/1/carriers");
  return Object.fromEntries(
    (body as { carriers: { name: string; state: string }[] }).carriers.map(({ name, state }) => [name, state]),
  );
};

test("a reload that finds anything wrong changes nothing, and says all of it", async (t) => {
  const fleet = await startFleetServer(t, BOTH);
  for (const wrong of [
    { ...BOTH, carriers: { north: { type: "sandbox", windw: 1 }, south: { type: "nothing" } } },
    { ...BOTH, routing: { prefixFile: "/no/such/file.csv" } },
    { ...BOTH, rules: [{ route: "nowhere" }] },
  ]) {
    fleet.writeConfig(wrong);
    const { status, body } = await fleet.server.client.call("POST", "/posthorn/1/config/reload");
    assert.equal(status, 400);
    assert.ok((body as { violations: unknown[] }).violations.length > 0);
    await assert.rejects(fleet.server.reload(), (error) => isConfigError(error));
  }
  writeFileSync(fleet.configFile, "carriers: [");
  await assert.rejects(fleet.server.reload(), (error) => isConfigError(error));
  assert.equal(fleet.made("north").length, 1);
  await send(fleet, ["m"]);
  await fleet.server.untilState("m", ["submitted"], fleet.tick);
});

test("a carrier that does not start leaves everything as it was, and those started with it are stopped", async (t) => {
  const fleet = await startFleetServer(t, BOTH, {
    carriers: { east: {}, west: { startError: new Error("no such account") } },
  });
  fleet.writeConfig({ carriers: sandboxes("east", "west") });
  const { status, body } = await fleet.server.client.call("POST", "/posthorn/1/config/reload");
  assert.equal(status, 409);
  assert.match(JSON.stringify(body), /no such account/);
  assert.deepEqual(await carriersOf(fleet), { north: "up", south: "up" });
  await assert.rejects(fleet.carrier("east").emit(), /not started/);
  await send(fleet, ["m"]);
  await fleet.server.untilState("m", ["submitted"], fleet.tick);
  assert.equal((await fleet.server.message("m"))?.carrier, "north");
});

test("what changed is told, and what needs a restart is named", async (t) => {
  const fleet = await startFleetServer(t, BOTH);
  fleet.writeConfig({ ...BOTH, accept: { openMessagesMax: 7 }, health: { probeSize: 9 }, rules: [{ route: "main" }] });
  const { changes, needsRestart } = await fleet.server.reload();
  assert.deepEqual(needsRestart, ["accept.openMessagesMax"]);
  assert.deepEqual(
    changes.map(({ path, after }) => [path, after]),
    [
      ["accept.openMessagesMax", 7],
      ["health.probeSize", 9],
      ["rules", [{ route: "main" }]],
    ],
  );
  assert.deepEqual((await fleet.server.reload()).needsRestart, ["accept.openMessagesMax"], "it still does");
});

test("a carrier that is added serves at once, and one that has not changed goes on", async (t) => {
  const fleet = await startFleetServer(t, BOTH);
  fleet.writeConfig({ carriers: sandboxes("north", "south", "east"), routes: { main: ["east", "north"] } });
  await fleet.server.reload();
  assert.deepEqual(
    ["north", "south", "east"].map((name) => fleet.made(name).length),
    [1, 1, 1],
  );
  await send(fleet, ["m"]);
  await fleet.server.untilState("m", ["submitted"], fleet.tick);
  assert.equal((await fleet.server.message("m"))?.carrier, "east");
});

test("a carrier that is removed finishes what it has: its answers and its receipts still count, and then it goes", async (t) => {
  const fleet = await startFleetServer(t, BOTH);
  const north = fleet.carrier("north");
  const held = Promise.withResolvers<void>();
  north.answer = async (message, nth) => {
    await held.promise;
    return submitted(message, nth);
  };
  const ids = idsOf("m", 10);
  await send(fleet, ids);
  await until("they are handed over", () => north.handed.length === 10, fleet.tick);
  fleet.writeConfig({ carriers: sandboxes("south"), routes: { main: ["south"] } });
  await fleet.server.reload();
  assert.deepEqual(await carriersOf(fleet), { south: "up", north: "draining" });
  held.resolve();
  for (const id of ids) await fleet.server.untilState(id, ["submitted"], fleet.tick);
  for (let second = 0; second < 20; second += 1) await fleet.tick();
  assert.equal((await carriersOf(fleet))["north"], "draining", "receipts are still to come");
  await north.emit(...ids.map((id) => receiptOf(carrierIdOf(id), "delivered", fleet.clock.now())));
  await until("it is gone", async () => !("north" in (await carriersOf(fleet))), fleet.tick);
  assert.equal((await fleet.server.ledger()).delivered, 10);
  assert.equal(fleet.carrier("south").handed.length, 0);
  await assert.rejects(north.emit(), /not started/);
});

test("a carrier that changed is replaced: answers under way count for the old one, receipts come to the new one", async (t) => {
  const fleet = await startFleetServer(t, BOTH);
  const old = fleet.carrier("north");
  const held = Promise.withResolvers<void>();
  old.answer = async (message, nth) => {
    await held.promise;
    return submitted(message, nth);
  };
  await send(fleet, ["before"]);
  await until("it is handed over", () => old.handed.length === 1, fleet.tick);
  fleet.writeConfig({ ...BOTH, carriers: { ...BOTH.carriers, north: { type: "sandbox", windowSize: 3 } } });
  await fleet.server.reload();
  await send(fleet, ["after"]);
  await fleet.server.untilState("after", ["submitted"], fleet.tick);
  held.resolve();
  await fleet.server.untilState("before", ["submitted"], fleet.tick);
  const next = fleet.carrier("north");
  assert.notEqual(next, old);
  assert.deepEqual([old.handed.length, next.handed.length], [1, 1]);
  await next.emit(...["before", "after"].map((id) => receiptOf(carrierIdOf(id), "delivered", fleet.clock.now())));
  assert.equal((await fleet.server.ledger()).delivered, 2);
  await until(
    "the old one is gone",
    () =>
      old.emit().then(
        () => false,
        () => true,
      ),
    fleet.tick,
  );
});

test("what waits on a route that is gone takes the one that it would take now, once and in order", async (t) => {
  const fleet = await startFleetServer(t, BOTH);
  for (const name of ["north", "south"]) fleet.carrier(name).windowSize = 0;
  const ids = idsOf("m", 30);
  await send(fleet, ids);
  await fleet.server.settle();
  fleet.writeConfig({
    carriers: sandboxes("east"),
    routes: { other: ["east"] },
    rules: [{ country: "HR", route: "other" }],
  });
  await fleet.server.reload();
  for (const id of ids) await fleet.server.untilState(id, ["submitted"], fleet.tick);
  assert.deepEqual(
    fleet.carrier("east").handed.map(({ messageId }) => messageId),
    ids,
  );
  assert.equal((await fleet.server.message("m3"))?.route, "other");
  assert.equal((await fleet.server.ledger()).open, 30);
  await until("the others are gone", async () => Object.keys(await carriersOf(fleet)).length === 1, fleet.tick);
});

test("reloads in a row under load lose and double nothing", async (t) => {
  const fleet = await startFleetServer(t, BOTH);
  const weights = (north: number, south: number) => ({
    split: "weight",
    carriers: [
      { carrier: "north", weight: north },
      { carrier: "south", weight: south },
    ],
  });
  const shapes = [
    BOTH,
    { carriers: sandboxes("south"), routes: { main: ["south"] } },
    { ...BOTH, routes: { main: weights(1, 1) } },
    { carriers: { ...BOTH.carriers, north: { type: "sandbox", windowSize: 9 } }, routes: { other: weights(1, 3) } },
    { carriers: sandboxes("north"), routes: { main: ["north"] } },
  ];
  const ids: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const batch = idsOf(`${round}-`, 15);
    ids.push(...batch);
    fleet.writeConfig(shapes[round % shapes.length] ?? BOTH);
    await Promise.all([send(fleet, batch), fleet.server.reload()]);
    await fleet.tick();
  }
  for (const id of ids) await fleet.server.untilState(id, ["submitted"], fleet.tick);
  const handed = ["north", "south"].flatMap((name) => fleet.made(name).flatMap((carrier) => carrier.handed));
  assert.equal(handed.length, ids.length);
  assert.equal(new Set(handed.map(({ messageId }) => messageId)).size, ids.length);
  assert.equal((await fleet.server.ledger()).open, ids.length);
});

test("a configuration without carriers moves nothing that waits for others to the sandbox", async (t) => {
  const fleet = await startFleetServer(t, {});
  fleet.carrier("sandbox").windowSize = 0;
  await send(fleet, ["m"]);
  fleet.writeConfig({ carriers: sandboxes("real") });
  await fleet.server.reload();
  fleet.carrier("real").windowSize = 0;
  await until("it waits for the real one", async () => (await fleet.server.message("m"))?.route === "real", fleet.tick);
  fleet.writeConfig({});
  await fleet.server.reload();
  for (let second = 0; second < 10; second += 1) await fleet.tick();
  const record = await fleet.server.message("m");
  assert.deepEqual([record?.route, record?.state], ["real", "queued"]);
});

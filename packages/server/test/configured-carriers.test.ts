import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { receiptOf } from "./harness/fake-carrier.ts";
import { type FleetServer, sandboxes, startFleetServer } from "./harness/fleet-server.ts";
import { createFolder, startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

/** What carriers of the configuration have to do with the stages that are not about routes. */

const NUMBER = "447860000001";
const PHONE = "385981234567";

const inboundOf = (fleet: FleetServer, carrierMessageId: string) => ({
  channel: "SMS" as const,
  sender: PHONE,
  destination: NUMBER,
  content: `words ${carrierMessageId}`,
  receivedAt: fleet.clock.now(),
  carrierMessageId,
});

async function configureInbound({ client }: TestServer, configuration: object) {
  const path = "/resource-management/1/inbound-message-configurations";
  const { status, text } = await client.call("POST", path, {
    json: { channel: "SMS", number: NUMBER, ...configuration },
  });
  assert.equal(status, 200, text);
}

test("what phones write comes in by every carrier, also by one that a reload brought", async (t) => {
  const fleet = await startFleetServer(t, { carriers: sandboxes("north", "south") });
  await configureInbound(fleet.server, {});
  assert.deepEqual(await fleet.carrier("south").hand(inboundOf(fleet, "one")), ["kept"]);
  fleet.writeConfig({ carriers: sandboxes("north", "south", "east") });
  await fleet.server.reload();
  for (const name of ["east", "south"]) {
    assert.deepEqual(await fleet.carrier(name).hand(inboundOf(fleet, "two")), ["kept"], name);
  }
  assert.deepEqual(await fleet.carrier("south").hand(inboundOf(fleet, "two")), ["duplicate"]);
  const { body } = await fleet.server.client.call("GET", "/sms/1/inbox/reports");
  assert.deepEqual(
    body.results.map(({ text }: { text: string }) => text),
    ["words one", "words two", "words two"],
  );
});

test("an auto-response takes the route that the rules have for it, as they are now", async (t) => {
  const config = (answers: string) => ({
    carriers: sandboxes("north", "south"),
    rules: [{ sender: "Answers", route: answers }, { route: "north" }],
  });
  const fleet = await startFleetServer(t, config("south"));
  await configureInbound(fleet.server, { autoResponse: { message: "We are open.", sender: "Answers" } });
  const answered = async (name: string) => {
    await until(`${name} has an answer to send`, () => fleet.carrier(name).handed.length > 0, fleet.tick);
    assert.deepEqual(
      fleet
        .carrier(name)
        .handed.splice(0)
        .map(({ sender, destination }) => [sender, destination]),
      [["Answers", PHONE]],
    );
  };
  await fleet.carrier("north").hand(inboundOf(fleet, "one"));
  await answered("south");
  fleet.writeConfig(config("north"));
  await fleet.server.reload();
  await fleet.carrier("north").hand(inboundOf(fleet, "two"));
  await answered("north");
});

test("a bulk that was paused while its carrier went away takes another one when it is freed", async (t) => {
  const fleet = await startFleetServer(t, { carriers: sandboxes("north", "south"), rules: [{ route: "north" }] });
  const { server, clock, tick } = fleet;
  const sendAt = new Date(clock.now() + 60_000).toISOString().replace("Z", "+0000");
  await server.client.send({ ...oneSms({}, { messageId: "m" }), options: { schedule: { bulkId: "b", sendAt } } });
  const change = async (status: string) => {
    const answer = await server.client.call("PUT", "/sms/1/bulks/status?bulkId=b", { json: { status } });
    assert.equal(answer.status, 200, answer.text);
  };
  await change("PAUSED");
  fleet.writeConfig({ carriers: sandboxes("south") });
  await server.reload();
  clock.set(clock.now() + 120_000);
  await tick();
  assert.equal((await server.message("m"))?.route, "north", "nothing can be said of it while it is paused");
  await change("PROCESSING");
  await server.untilState("m", ["submitted"], tick);
  assert.equal((await server.message("m"))?.carrier, "south");
  await fleet.carrier("south").emit(receiptOf("m/1", "delivered", clock.now()));
  assert.equal((await server.ledger()).delivered, 1);
});

test("a sandbox of any name is none that the flooding filter counts for, and its phones write after a reload", async (t) => {
  const folder = createFolder(t);
  const configFile = join(folder, "posthorn.yaml");
  const write = (entry: string) => writeFileSync(configFile, `carriers: { phones: { type: sandbox, ${entry} } }\n`);
  write("windowSize: 10");
  const settings = { "flooding.enabled": true, "flooding.messagesPerHourMax": 1 };
  const server = await startTestServer(t, { folder: join(folder, "data"), configFile, settings });
  const reply = (messageId: string) =>
    server.client.call("POST", `/sandbox/messages/${messageId}/reply`, { json: { text: "Hi" } });
  for (const messageId of ["before", "after"]) {
    const { messages } = await server.client.send(oneSms({ sender: NUMBER }, { messageId }));
    assert.equal(messages?.[0]?.status?.name, "PENDING_ACCEPTED");
    await server.untilState(messageId, ["delivered"]);
    const answer = await reply(messageId);
    assert.equal(answer.status, 200, answer.text);
    write("windowSize: 20");
    await server.reload();
  }
});

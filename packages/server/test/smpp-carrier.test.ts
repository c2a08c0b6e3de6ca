import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS, type Simulator } from "@posthorn/smpp";
import { oneSms } from "./harness/api-client.ts";
import { restartSmppCarrierServer, startCarrierSide, startSmppCarrierServer } from "./harness/smpp-carrier.ts";
import type { TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

/** The whole way: HTTP, SMPP, receipt, report. The message centre is the simulator. */

/** Sends `count` messages, each to a phone of its own, and says which ids they have. */
async function send(server: TestServer, prefix: string, count: number, text = "Hi"): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const destinations = ids.map((messageId, index) => ({ to: `38598${1_000_000 + index}`, messageId }));
  await server.client.send(oneSms({ destinations, content: { text } }));
  return ids;
}

/** How often each phone was sent something, apart from parts. */
function countsByPhone(simulator: Simulator): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { pdu } of simulator.received()) {
    counts.set(pdu.destinationAddr, (counts.get(pdu.destinationAddr) ?? 0) + 1);
  }
  return counts;
}

/** Waits until every message is delivered, or in doubt and held. */
async function untilKnown(server: TestServer, ids: readonly string[]): Promise<readonly string[]> {
  let states: readonly string[] = [];
  await until("every message has ended or is in doubt", async () => {
    const records = await Promise.all(ids.map((id) => server.message(id)));
    states = records.map((record) => record?.state ?? "gone");
    return states.every((state) => state === "delivered" || state === "uncertain");
  });
  return states;
}

const untilBound = (simulator: Simulator, count = 1) =>
  until(`${count} are bound`, () => simulator.sessions().length >= count);

test("a message goes out, its receipt comes back, and the report says so", async (t) => {
  const simulator = await startCarrierSide(t);
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port } });
  await send(server, "m", 3);
  const { delivered, accepted } = await server.untilAllEnded();
  assert.deepEqual([accepted, delivered], [3, 3]);
  assert.deepEqual(
    simulator.received().map(({ pdu }) => [pdu.sourceAddr, pdu.destinationAddr]),
    [
      ["Posthorn", "385981000000"],
      ["Posthorn", "385981000001"],
      ["Posthorn", "385981000002"],
    ],
  );
  const reports = await server.client.reports();
  assert.deepEqual(reports.map(({ messageId, status }) => `${messageId} ${status?.name}`).toSorted(), [
    "m0 DELIVERED_TO_HANDSET",
    "m1 DELIVERED_TO_HANDSET",
    "m2 DELIVERED_TO_HANDSET",
  ]);
});

test("over two links of two binds each everything arrives, and receipts come on any of them", async (t) => {
  const simulator = await startCarrierSide(t, { receiptsGoTo: "other-session" });
  const links = { links: 2, bindAs: "transmitter-and-receiver", windowSize: 3 };
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port, ...links } });
  await untilBound(simulator, 4);
  await send(server, "m", 100);
  assert.equal((await server.untilAllEnded()).delivered, 100);
  assert.equal(simulator.received().length, 100);
  const { carriers } = (await server.client.call("GET", "/posthorn/1/carriers")).body as {
    carriers: { details: Record<string, string> }[];
  };
  assert.equal(carriers[0]?.details["bound"], "4/4");
});

test("the parts of a long message leave in their order, and the message ends when all of them have", async (t) => {
  const simulator = await startCarrierSide(t, { receiptReorderCount: 3 });
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port, links: 3 } });
  await untilBound(simulator, 3);
  const ids = await send(server, "m", 20, "long ".repeat(80));
  assert.equal((await server.untilAllEnded()).delivered, 20);
  assert.equal(simulator.received().length, ids.length * 3);
  const parts = Map.groupBy(simulator.received(), ({ pdu }) => pdu.destinationAddr);
  for (const [phone, received] of parts) {
    // The header's last three octets: reference, count, number (3GPP TS 23.040 section 9.2.3.24.1).
    const headers = received.map(({ pdu }) => ("shortMessage" in pdu ? [...pdu.shortMessage.subarray(3, 6)] : []));
    assert.deepEqual(
      headers.map((header) => header.slice(1)),
      [
        [3, 1],
        [3, 2],
        [3, 3],
      ],
      phone,
    );
    assert.equal(new Set(headers.map(([reference]) => reference)).size, 1, phone);
  }
});

test("36 every third message is too much: nothing is lost, nothing is sent twice, and each phone's order holds", async (t) => {
  const rules = [{ every: 3, times: 8, behaviour: { commandStatus: COMMAND_STATUS.RTHROTTLED } }];
  const simulator = await startCarrierSide(t, { rules });
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port, links: 2 } });
  await untilBound(simulator, 2);
  const phones = ["385981000001", "385981000002", "385981000003"];
  const texts = Array.from({ length: 6 }, (_, index) => `text ${index}`);
  for (const text of texts) {
    await server.client.send(oneSms({ destinations: phones.map((to) => ({ to })), content: { text } }));
  }
  assert.equal((await server.untilAllEnded()).delivered, 18);
  for (const phone of phones) {
    const received = simulator.received().filter(({ pdu }) => pdu.destinationAddr === phone);
    assert.deepEqual(
      received.map(({ pdu }) => ("shortMessage" in pdu ? Buffer.from(pdu.shortMessage).toString() : "")),
      texts,
      phone,
    );
  }
  const { results } = await server.client.logs();
  assert.ok(results?.every(({ status }) => status?.name === "DELIVERED_TO_HANDSET"));
});

for (const fault of ["close", "reset", "unbind"] as const) {
  test(`a session that ends by ${fault} under load costs no message, and held ones are never sent again`, async (t) => {
    const simulator = await startCarrierSide(t, { faultAfter: { submissions: 20, fault }, answerDelay: 2 });
    const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port } });
    await untilBound(simulator);
    const ids = await send(server, "m", 200);
    const states = await untilKnown(server, ids);
    const taken = countsByPhone(simulator);
    assert.deepEqual([...new Set(taken.values())], [1], "nothing is sent twice");
    // What was on its way when the session ended is uncertain, and held; nothing else is.
    const delivered = states.filter((state) => state === "delivered").length;
    assert.ok(delivered > ids.length / 4 && delivered <= taken.size, `${delivered} of ${taken.size}`);
    assert.ok(simulator.counters.binds > 3);
    await server.ledger();
  });
}

test("where it is resent, whatever the carrier got twice is marked in the log", async (t) => {
  const rules = [{ every: 9, times: 3, behaviour: { fault: "reset" } as const }];
  const simulator = await startCarrierSide(t, { rules });
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port, uncertain: "resend" } });
  await untilBound(simulator);
  const ids = await send(server, "m", 100);
  assert.equal((await server.untilAllEnded()).delivered, 100);
  const marked = new Set<string>();
  for (const id of ids) if ((await server.message(id))?.doubt === "resent") marked.add(id);
  const twice = [...countsByPhone(simulator)]
    .filter(([, count]) => count > 1)
    .map(([phone]) => `m${Number(phone) - 385981000000}`);
  assert.ok(twice.length > 0, "something was sent twice, or this test says nothing");
  for (const id of twice) assert.ok(marked.has(id), id);
});

test("receipts that come when the server is there again end their messages", async (t) => {
  const simulator = await startCarrierSide(t, { receiptDelay: 300 });
  const running = await startSmppCarrierServer(t, { north: { port: simulator.port } });
  const ids = await send(running.server, "m", 10);
  for (const id of ids) await running.server.untilState(id, ["submitted"]);
  const server = await restartSmppCarrierServer(t, running);
  assert.equal((await server.untilAllEnded()).delivered, 10);
  assert.equal(simulator.received().length, 10);
});

test("answers in hexadecimal and receipts in decimal find each other, and it is shown once it is known", async (t) => {
  const receiptForm = { id: { base: "decimal" } } as const;
  const options = { messageIds: { base: "hex", width: 8 }, firstMessageNumber: 0x5f_00_00, receiptForm } as const;
  const simulator = await startCarrierSide(t, options);
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port } });
  await send(server, "m", 40);
  assert.equal((await server.untilAllEnded()).delivered, 40);
  const { carriers } = (await server.client.call("GET", "/posthorn/1/carriers")).body as {
    carriers: { details: Record<string, string> }[];
  };
  assert.equal(carriers[0]?.details["receiptIds"], "decimal-to-hex");
  await send(server, "n", 10);
  assert.equal((await server.untilAllEnded()).delivered, 50);
});

test("a carrier that is asked for no receipts has the last word with its answer", async (t) => {
  const simulator = await startCarrierSide(t);
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port, registeredDelivery: "none" } });
  await send(server, "m", 3);
  await server.untilAllEnded();
  const reports = await server.client.reports();
  assert.deepEqual(
    reports.map(({ status }) => status?.name),
    ["DELIVERED_TO_OPERATOR", "DELIVERED_TO_OPERATOR", "DELIVERED_TO_OPERATOR"],
  );
});

test("what a phone writes comes into the inbox, also in parts, and the carrier is told when it is safe", async (t) => {
  const simulator = await startCarrierSide(t);
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port } });
  const number = "447860000001";
  const path = "/resource-management/1/inbound-message-configurations";
  await server.client.call("POST", path, { json: { channel: "SMS", number } });
  await untilBound(simulator);
  const texts = ["Hello", "many words ".repeat(40).trim()];
  for (const text of texts) {
    const outcomes = await simulator.mo({ source: "385981234567", destination: number, text });
    assert.ok(outcomes.every(({ outcome }) => outcome === "acknowledged"));
  }
  const found: string[] = [];
  await until("both are in the inbox", async () => {
    const { body } = await server.client.call("GET", "/sms/1/inbox/reports");
    found.push(...(body.results as { text: string }[]).map(({ text }) => text));
    return found.length >= 2;
  });
  assert.deepEqual(found, texts);
});

test("two carriers: what one refuses for good is refused, and when it goes away the other one has everything", async (t) => {
  const north = await startCarrierSide(t);
  const south = await startCarrierSide(t);
  const config = { routes: { main: ["north", "south"] } };
  const settings = { "health.downAfterMs": 50 };
  const carriers = { north: { port: north.port }, south: { port: south.port } };
  const { server } = await startSmppCarrierServer(t, carriers, { config, settings });
  await untilBound(north);
  await untilBound(south);
  north.setRules([{ destination: "385981000000", behaviour: { commandStatus: COMMAND_STATUS.RINVDSTADR } }]);
  await send(server, "first", 10);
  const { undeliverable, delivered } = await server.untilAllEnded();
  assert.deepEqual([undeliverable, delivered], [1, 9]);
  assert.equal(south.received().length, 0);
  await north.close();
  await send(server, "second", 30);
  assert.equal((await server.untilAllEnded()).delivered, 39);
  assert.equal(south.received().length, 30);
});

test("a carrier that can be asked ends messages without their receipts", async (t) => {
  const simulator = await startCarrierSide(t, { receipts: "never", receiptDelay: 0 });
  const settings = { "report.queryAfterMs": 100 };
  const carriers = { north: { port: simulator.port, canQuery: true } };
  const { server } = await startSmppCarrierServer(t, carriers, { settings });
  await send(server, "m", 5);
  assert.equal((await server.untilAllEnded()).delivered, 5);
});

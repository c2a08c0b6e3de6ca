import assert from "node:assert/strict";
import { test } from "node:test";
import type { Simulator } from "@posthorn/smpp";
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
  assert.deepEqual(reports.map(({ messageId, status }) => [messageId, status?.name]).toSorted(), [
    ["m0", "DELIVERED_TO_HANDSET"],
    ["m1", "DELIVERED_TO_HANDSET"],
    ["m2", "DELIVERED_TO_HANDSET"],
  ]);
});

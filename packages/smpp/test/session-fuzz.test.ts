import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultCodec } from "../src/codec/codec.ts";
import { isResponse } from "../src/codec/pdu.ts";
import { anyPdu } from "./harness/arbitrary-pdu.ts";
import { seedFromEnvironment } from "./harness/seed.ts";
import { boundPair } from "./harness/session-pair.ts";

const seed = seedFromEnvironment("SMPP_PROPERTY_SEED");
const anyButUnbind = anyPdu.filter(({ command }) => command !== "unbind");
/** The bind or its answer before, and enquire_link after. */
const PDUS_AROUND = 2;

for (const role of ["SMSC", "ESME"] as const) {
  test(`whatever a peer sends, a bound ${role} lives and answers every request once, with its number`, async () => {
    const cut = fc.integer({ min: 1, max: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyButUnbind, { minLength: 1, maxLength: 12 }), cut, async (pdus, size) => {
        const pair = await boundPair(role, "transceiver", {}, { onRequest: (_request, answer) => answer() });
        const stream = Buffer.concat(pdus.map((pdu) => defaultCodec.encode(pdu)));
        for (let offset = 0; offset < stream.length; offset += size) {
          pair.peer.socket.write(stream.subarray(offset, offset + size));
        }
        await pair.peer.say(defaultCodec.encode({ command: "enquire_link", sequenceNumber: 1 }));
        const requests = pdus.filter((pdu) => !isResponse(pdu.command));
        // One that a carrier may send is told and not answered; in the other direction it is refused.
        const unanswered = role === "ESME" ? requests.filter(({ command }) => command === "alert_notification") : [];
        const expected = requests
          .filter((pdu) => !unanswered.includes(pdu))
          .map(({ sequenceNumber }) => sequenceNumber);
        const heard = pair.peer.take();
        assert.ok(heard.every(({ command }) => isResponse(command)));
        const numbers = (list: readonly number[]) => list.toSorted((a, b) => a - b);
        assert.deepEqual(numbers(heard.map(({ sequenceNumber }) => sequenceNumber)), numbers([...expected, 1]));
        assert.equal(pair.session.state, "BOUND_TRX");
        assert.equal(pair.session.counters.pdusRead, pdus.length + PDUS_AROUND);
        assert.deepEqual(pair.faults, []);
        pair.session.close();
      }),
      { seed, numRuns: 40 },
    );
  });
}

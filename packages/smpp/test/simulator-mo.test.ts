/** Messages from phones. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concatenationOf, messageContentOf, messageTextOf, type MoMethod } from "../src/index.ts";
import { esmeFor, simulatorFor } from "./harness/simulated.ts";

const RING = "385981234567";

test("a message from a phone comes whole or in parts, by every method, in either alphabet", async (t) => {
  const simulator = await simulatorFor(t);
  const esme = await esmeFor(t, simulator, { bindAs: "receiver" });
  const texts = [`${"€".repeat(76)}a${"€".repeat(100)}`, `${"я".repeat(66)}\u{1F4EF}${"я".repeat(80)}`, "Hi"];
  const methods: readonly MoMethod[] = ["udh8", "udh16", "sar", "payload"];
  for (const text of texts) {
    for (const method of methods) {
      esme.requests.length = 0;
      const outcomes = await simulator.mo({ source: RING, destination: "12345", text, method, reference: 200 });
      assert.ok(outcomes.every(({ outcome }) => outcome === "acknowledged"));
      const parts = esme.requests.map((request) => {
        assert.ok(request.command === "deliver_sm");
        assert.ok(messageContentOf(request).octets.length <= (method === "payload" ? 1000 : 160));
        return { at: concatenationOf(request), said: messageTextOf(request) };
      });
      assert.equal(parts.map(({ said }) => said.text).join(""), text, method);
      assert.equal(parts.length > 1, text.length > 2 && method !== "payload");
      if (parts.length === 1) continue;
      for (const [index, { at, said }] of parts.entries()) {
        assert.deepEqual([at?.reference, at?.partCount, at?.partNumber], [200, parts.length, index + 1]);
        assert.equal(said.isDamaged, false);
        assert.ok(!/^[\udc00-\udfff]/.test(said.text ?? ""), "a pair was cut");
      }
    }
  }
});

test("parts may come in reverse, some never; octets come as they are", async (t) => {
  const simulator = await simulatorFor(t);
  await assert.rejects(simulator.mo({ source: "1", destination: "2", text: "x" }), { code: "SMPP_STATE_INVALID" });
  const esme = await esmeFor(t, simulator);
  const text = "x".repeat(153 * 3);
  await simulator.mo({ source: RING, destination: "12345", text, order: "reversed", withoutParts: [2] });
  assert.deepEqual(
    esme.requests.map((request) => request.command === "deliver_sm" && concatenationOf(request)?.partNumber),
    [3, 1],
  );
  await simulator.mo({
    source: RING,
    destination: "12345",
    octets: Buffer.from([1, 2]),
    dataCoding: 4,
    systemId: "demo",
  });
  const last = esme.requests.at(-1);
  assert.ok(last?.command === "deliver_sm");
  assert.deepEqual([last.dataCoding, [...last.shortMessage]], [4, [1, 2]]);
});

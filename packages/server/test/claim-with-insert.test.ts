import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutboundMessage, Store } from "../src/store/store.ts";
import { oneSms } from "./harness/api-client.ts";
import { carrierIdOf, FakeCarrier, submitted } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { integerBetween, randomFromEnvironment } from "./harness/seed.ts";
import { startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

/** The claims of a server from now on, as they are asked for. */
function watchClaims({ store }: TestServer): unknown[] {
  const claims: unknown[] = [];
  const watched = store as { claimDue: Store["claimDue"] };
  const { claimDue } = watched;
  watched.claimDue = (request) => {
    claims.push(request);
    return claimDue(request);
  };
  return claims;
}

test("a message leaves and is recorded without a claim of its own where its carrier has room", async (t) => {
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { clock: new FakeClock(), carriers: [carrier] });
  await server.settle();
  const claims = watchClaims(server);
  const destinations = ["one", "two"].map((messageId) => ({ to: "385981234567", messageId }));
  await server.client.send(oneSms({ destinations }));
  const record = await server.untilState("two", ["submitted"]);
  assert.deepEqual([record.attempts, record.carrierMessageId, record.doubt], [1, carrierIdOf("two"), null]);
  assert.deepEqual(
    carrier.handed.map(({ messageId }) => messageId),
    ["one", "two"],
  );
  assert.deepEqual(claims, []);
});

test("a carrier is given the same message, whether it was claimed with its insert or later", async (t) => {
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { clock: new FakeClock(), carriers: [carrier] });
  await server.settle();
  const claims = watchClaims(server);
  const contents = [
    { content: { text: "Good morning" } },
    { content: { text: "Half a \ud83d and a whole \u{1f600}\u0000 one" }, sender: "Post\udc00horn" },
    { content: { text: "olá, até já", language: { languageCode: "PT" } }, options: { flash: true } },
    { content: { text: "čevapčići", transliteration: "CENTRAL_EUROPEAN" } },
    { content: { hex: "00ff41", dataCoding: 4, esmClass: 64 } },
    { options: { validityPeriod: { amount: 5 }, deliveryTimeWindow: { days: ["TUESDAY"] } } },
  ];
  const handed: OutboundMessage[][] = [];
  for (const room of [1_000, 0]) {
    carrier.windowSize = room;
    const before = carrier.handed.length;
    for (const [index, content] of contents.entries()) {
      await server.client.send(oneSms(content, { messageId: `${room}-${index}` }));
    }
    carrier.windowSize = 1_000;
    if (room === 0) carrier.ready();
    for (const index of contents.keys()) await server.untilState(`${room}-${index}`, ["submitted"]);
    handed.push(carrier.handed.slice(before));
    assert.equal(claims.length > 0, room === 0);
  }
  const [atOnce = [], later = []] = handed;
  assert.equal(atOnce.length, contents.length);
  const shown = (message: OutboundMessage) => ({ ...message, seq: 0, messageId: message.messageId.split("-")[1] });
  assert.deepEqual(atOnce.map(shown), later.map(shown));
});

test("requests without end and a carrier with little room: the order of acceptance is kept, and the room", async (t) => {
  const { seed, random } = randomFromEnvironment("CLAIM_SEED");
  t.diagnostic(`CLAIM_SEED=${seed}`);
  const windowSize = 7;
  const open: (() => void)[] = [];
  const carrier = new FakeCarrier({
    windowSize,
    answer: (message, nth) =>
      new Promise((resolve) => {
        open.push(() => resolve(submitted(message, nth)));
      }),
  });
  const server = await startTestServer(t, { carriers: [carrier] });
  const claims = watchClaims(server);
  let count = 0;
  const answerSome = () => {
    for (const answer of open.splice(0, integerBetween(random, 1, windowSize))) answer();
  };
  const sending: Promise<unknown>[] = [];
  for (let request = 0; request < 60; request += 1) {
    const destinations = Array.from({ length: integerBetween(random, 1, 4) }, () => {
      count += 1;
      return { to: "385981234567", messageId: `m${count}` };
    });
    sending.push(server.client.send(oneSms({ destinations })));
    if (integerBetween(random, 0, 2) === 0) await Promise.all(sending.splice(0));
    if (integerBetween(random, 0, 2) === 0) answerSome();
  }
  await Promise.all(sending);
  await until("all were handed over", () => carrier.handed.length === count && carrier.inFlight === 0, answerSome);
  const seqs = carrier.handed.map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(seqs).size, count);
  assert.ok(carrier.inFlightMax <= windowSize, `${carrier.inFlightMax}`);
  assert.ok(claims.length > 0, "nothing had to wait");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "./harness/fake-carrier.ts";
import { FakeCarrier, submitted, temporary } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { integerBetween, isChosen, oneOf, randomFromEnvironment } from "./harness/seed.ts";
import { startTestServer } from "./harness/test-server.ts";

const MINUTE_MS = 60_000;
const POLL_MS = 1_000;
const ROUNDS = Number(process.env["RACE_ROUNDS"] ?? 60);
const MESSAGES = 300;

/** What was in the carrier's hands at the moment at which a wish was answered may still come to it. */
interface Watched {
  readonly bulkId: string;
  /** Since when nothing new may leave; null while it may. */
  stoppedAt: number | null;
  isCanceled: boolean;
}

test("while bulks are paused, freed, moved and canceled at random, no message is lost, sent twice, or sent against its bulk's wish", async (t) => {
  const { random } = randomFromEnvironment("RACE_SEED");
  const clock = new FakeClock();
  const bulks = ["a", "b", "c"].map((bulkId): Watched => ({ bulkId, stoppedAt: null, isCanceled: false }));
  const bulkOf = new Map<string, Watched>();
  const against: string[] = [];
  /** Claimed before the wish was answered: they may go. */
  const claimedBefore = new Set<string>();
  const taken = new Set<string>();
  const answer: Answer = (message, nth) => {
    const { messageId } = message;
    const bulk = bulkOf.get(messageId);
    const mayLeave = claimedBefore.delete(messageId) || bulk?.stoppedAt === null;
    if (!mayLeave) against.push(`${messageId} of ${bulk?.bulkId}`);
    if (taken.has(messageId)) against.push(`${messageId} once more`);
    const isRefused = isChosen(random, 0.4);
    if (!isRefused) taken.add(messageId);
    const result = isRefused ? temporary : submitted(message, nth);
    // Slow enough for a wish to come while it has the message.
    return new Promise((resolve) => clock.after(integerBetween(random, 0, 4) * 500, () => resolve(result)));
  };
  const carrier = new FakeCarrier({ answer, windowSize: 7 });
  const settings = { "dispatch.claimSize": 3, "dispatch.retryBaseMs": 1_000 };
  const server = await startTestServer(t, { clock, carriers: [carrier], settings });
  const { client } = server;

  /** Whatever is claimed now was claimed before the answer that the test has just got. */
  const noteClaimed = async (bulk: Watched) => {
    for (const [messageId, { bulkId }] of bulkOf) {
      if (bulkId !== bulk.bulkId) continue;
      const record = await server.message(messageId);
      if (record?.state !== "claimed" || carrier.timesHanded(messageId) >= record.attempts) continue;
      claimedBefore.add(messageId);
    }
  };

  for (let number = 0; number < MESSAGES; number += 1) {
    bulkOf.set(`m${number}`, oneOf(random, bulks as [Watched, ...Watched[]]));
  }
  for (const { bulkId } of bulks) {
    const own = [...bulkOf].filter(([, bulk]) => bulk.bulkId === bulkId).map(([messageId]) => messageId);
    const destinations = own.map((messageId) => ({ to: "385981234567", messageId }));
    const schedule = { bulkId, sendAt: new Date(clock.now() + integerBetween(random, 0, 3) * MINUTE_MS).toISOString() };
    await client.send({ messages: [{ destinations, content: { text: "Hi" } }], options: { schedule } });
  }

  const counts = { PAUSED: 0, PENDING: 0, CANCELED: 0, moved: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const bulk = oneOf(random, bulks as [Watched, ...Watched[]]);
    const last = round > ROUNDS * 0.8;
    const wish = oneOf(random, ["PAUSED", "PAUSED", "PENDING", "PENDING", "moved", last ? "CANCELED" : "PENDING"]);
    const path = `/sms/1/bulks${wish === "moved" ? "" : "/status"}?bulkId=${bulk.bulkId}`;
    const sendAt = new Date(clock.now() + integerBetween(random, -1, 2) * MINUTE_MS).toISOString();
    // Claims go on while the wish is on its way.
    if (wish === "PENDING") bulk.stoppedAt = null;
    const asked = client.call("PUT", path, { json: wish === "moved" ? { sendAt } : { status: wish } });
    await clock.advanceAndSettle(POLL_MS);
    const { status } = await asked;
    assert.ok(status === 200 || status === 400);
    if (status === 200) counts[wish as keyof typeof counts] += 1;
    if (status === 200 && (wish === "PAUSED" || wish === "CANCELED")) {
      await noteClaimed(bulk);
      bulk.stoppedAt = clock.now();
      bulk.isCanceled ||= wish === "CANCELED";
    }
    await clock.advanceAndSettle(integerBetween(random, 0, 3) * POLL_MS);
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.PAUSED > 0 && counts.PENDING > 0 && counts.moved > 0, "nothing was raced");
  assert.deepEqual(against, []);

  for (const bulk of bulks) {
    bulk.stoppedAt = null;
    await client.call("PUT", `/sms/1/bulks/status?bulkId=${bulk.bulkId}`, { json: { status: "PENDING" } });
    await client.call("PUT", `/sms/1/bulks?bulkId=${bulk.bulkId}`, { json: { sendAt: new Date(0).toISOString() } });
  }
  for (const [messageId, bulk] of bulkOf) {
    const { state } = await server.untilState(messageId, ["submitted", "canceled"], () =>
      clock.advanceAndSettle(POLL_MS),
    );
    assert.ok(state === "submitted" || bulk.isCanceled, messageId);
    assert.equal(taken.has(messageId), state === "submitted", `${messageId} is what its carrier knows of it`);
  }
  assert.deepEqual(against, []);
  const { accepted, canceled, open } = await server.ledger();
  assert.equal(accepted, MESSAGES);
  assert.equal(canceled + open, MESSAGES);
});

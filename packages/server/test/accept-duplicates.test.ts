import assert from "node:assert/strict";
import { test } from "node:test";
import { oneSms, statusesOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const carrier = new FakeCarrier();
const server = await startTestServer(cleanupAfterFile(), { carriers: [carrier] });
const { client } = server;

const DUPLICATE = "REJECTED_DUPLICATE_MESSAGE_ID";
const FRESH = "PENDING_ACCEPTED";

async function assertSentOnce(messageId: string) {
  await server.untilState(messageId, ["submitted"]);
  assert.equal(carrier.timesHanded(messageId), 1);
  assert.equal((await client.logs(`messageId=${messageId}`)).results?.length, 1);
}

test("a messageId that is twice in one request is taken once", async () => {
  const { accepted } = await server.ledger();
  const destinations = ["385981234567", "385981234568", "385981234569"].map((to) => ({ to, messageId: "twice" }));
  const answer = await client.send(oneSms({ destinations }));
  assert.deepEqual(statusesOf(answer), [FRESH, DUPLICATE, DUPLICATE]);
  await assertSentOnce("twice");
  assert.equal((await server.message("twice"))?.destination, "385981234567");
  assert.equal((await server.ledger()).accepted, accepted + 1);
});

test("a messageId of an earlier request is refused, also when that one was refused itself", async () => {
  await client.send(oneSms({}, { messageId: "again" }));
  assert.deepEqual(statusesOf(await client.send(oneSms({}, { messageId: "again" }))), [DUPLICATE]);
  await assertSentOnce("again");
  await client.send(oneSms({}, { messageId: "again-refused", to: "" }));
  assert.deepEqual(statusesOf(await client.send(oneSms({}, { messageId: "again-refused" }))), [DUPLICATE]);
});

test("of many requests with the same messageId at the same time exactly one is taken", async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => client.send(oneSms({}, { messageId: "in-parallel" }))),
  );
  const statuses = answers.flatMap(statusesOf);
  assert.deepEqual(
    [FRESH, DUPLICATE].map((name) => statuses.filter((status) => status === name).length),
    [1, 39],
  );
  await assertSentOnce("in-parallel");
});

test("overlapping requests in parallel take every messageId once, and each says which were its own", async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `overlap-${index}`);
  const answers = await Promise.all(
    [ids, ids.toReversed(), ids.slice(10), ids.slice(0, 20)].map((messageIds) =>
      client.send(oneSms({ destinations: messageIds.map((messageId) => ({ to: "385981234567", messageId })) })),
    ),
  );
  const taken = answers.flatMap(({ messages }) => messages.filter(({ status }) => status?.name === FRESH));
  assert.deepEqual(taken.map(({ messageId = "" }) => messageId).toSorted(), ids.toSorted());
  await Promise.all(ids.map(assertSentOnce));
});

test("a messageId belongs to its account, whatever the channel", async () => {
  await client.send(oneSms({}, { messageId: "of-any-channel" }));
  const answer = await client.whatsApp({
    from: "441134960000",
    to: "385981234567",
    messageId: "of-any-channel",
    content: { text: "Hi" },
  });
  assert.deepEqual([answer.status, answer.body.status.id], [200, 23]);
  const other = await server.addKey({ accountId: 2 });
  assert.deepEqual(statusesOf(await other.client.send(oneSms({}, { messageId: "of-any-channel" }))), [FRESH]);
  assert.equal((await other.client.logs()).results?.length, 1);
});

test("a duplicate has no report of its own", async () => {
  await client.send(oneSms({}, { messageId: "refused-once", to: "" }));
  await client.send(oneSms({}, { messageId: "refused-once", to: "" }));
  assert.deepEqual(
    (await client.reports("messageId=refused-once")).map(({ status }) => status?.name),
    ["MISSING_TO"],
  );
});

for (const [lookBackHours, second] of [
  [0, DUPLICATE],
  [3, FRESH],
] as const) {
  test(`with a look-back of ${lookBackHours} hours, a messageId of four hours ago is answered ${second}`, async (t) => {
    const clock = new FakeClock();
    const settings = { "accept.duplicateLookBackHours": lookBackHours };
    const own = await startTestServer(t, { clock, settings, carriers: [new FakeCarrier()] });
    const send = async () => statusesOf(await own.client.send(oneSms({}, { messageId: "old" })));
    assert.deepEqual(await send(), [FRESH]);
    await clock.advanceAndSettle(2 * 3_600_000);
    assert.deepEqual(await send(), [DUPLICATE]);
    await clock.advanceAndSettle(2 * 3_600_000);
    assert.deepEqual(await send(), [second]);
    assert.equal((await own.client.logs("messageId=old")).results?.length, second === FRESH ? 2 : 1);
  });
}

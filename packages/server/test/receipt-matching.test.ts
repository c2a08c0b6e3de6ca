import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { SubmittedMessage } from "../src/carrier/carrier.ts";
import { oneSms } from "./harness/api-client.ts";
import {
  type Answer,
  carrierIdOf,
  FakeCarrier,
  never,
  receiptOf,
  submitted,
  uncertain,
} from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const HOUR_MS = 3_600_000;
const POLL_MS = 1_000;
const LEASE_MS = 60_000;
const PHONE = "385981234567";

async function start(t: TestContext, options: ConstructorParameters<typeof FakeCarrier>[0]) {
  const clock = new FakeClock();
  const carrier = new FakeCarrier({ uncertainPolicy: "hold", ...options });
  const server = await startTestServer(t, { clock, carriers: [carrier] });
  const send = (...messageIds: readonly string[]) =>
    server.client.send(oneSms({ destinations: messageIds.map((messageId) => ({ to: PHONE, messageId })) }));
  const show = async (path: string, method: "GET" | "POST" = "GET") => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: server.client.authorization },
    });
    assert.equal(response.status, 200, path);
    return (await response.json()) as Record<string, unknown>;
  };
  return { clock, carrier, server, send, show, tick: () => clock.advanceAndSettle(POLL_MS) };
}

const inParts: Answer = () => ({ outcome: "submitted", carrierMessageId: "p1", partIds: ["p1", "p2", "p3"] });

/** In doubt the first time, whatever the message. */
const lost: Answer = () => uncertain;

test("a message of several parts has one report, when all of them have come", async (t) => {
  const { clock, carrier, server, send, show } = await start(t, { answer: inParts });
  await send("long");
  await server.untilState("long", ["submitted"]);
  assert.deepEqual(await carrier.emit(receiptOf("p2", "delivered", clock.now())), ["p2"]);
  await carrier.emit(receiptOf("p1", "delivered", clock.now()), receiptOf("p1", "delivered", clock.now()));
  assert.deepEqual(await server.client.reports(), []);
  const { parts } = (await show("/posthorn/1/messages/long")) as {
    parts: { state: string; carrierMessageId: string }[];
  };
  assert.deepEqual(
    parts.map(({ carrierMessageId, state }) => [carrierMessageId, state]),
    [
      ["p1", "delivered"],
      ["p2", "delivered"],
      ["p3", null],
    ],
  );
  await carrier.emit(receiptOf("p3", "delivered", clock.now()));
  const reports = await server.client.reports();
  assert.deepEqual(
    reports.map(({ messageId, status }) => [messageId, status?.groupName]),
    [["long", "DELIVERED"]],
  );
  assert.equal((await server.ledger()).open, 0);
});

test("one part that cannot be delivered fails the message, and it is reported once", async (t) => {
  const { clock, carrier, server, send } = await start(t, { answer: inParts });
  await send("long");
  await server.untilState("long", ["submitted"]);
  await carrier.emit(receiptOf("p1", "delivered", clock.now()), receiptOf("p2", "undeliverable", clock.now()));
  await carrier.emit(receiptOf("p3", "undeliverable", clock.now()));
  const reports = await server.client.reports();
  assert.deepEqual(
    reports.map(({ status }) => status?.groupName),
    ["UNDELIVERABLE"],
  );
});

test("a carrier is asked about the parts without a receipt, and its answers end the message", async (t) => {
  const asked: SubmittedMessage[] = [];
  const { clock, carrier, server, send, tick } = await start(t, {
    answer: inParts,
    query: async (messages) => {
      asked.push(...messages);
      return messages.map(({ carrierMessageId }) => receiptOf(carrierMessageId, "delivered", clock.now()));
    },
  });
  await send("long");
  await server.untilState("long", ["submitted"]);
  await carrier.emit(receiptOf("p2", "delivered", clock.now()));
  await server.untilState("long", ["delivered"], tick);
  assert.deepEqual(
    asked.map(({ carrierMessageId, messageId, destination }) => [carrierMessageId, messageId, destination]),
    [
      ["p1", "long", PHONE],
      ["p3", "long", PHONE],
    ],
  );
});

test("a carrier is asked about a message in doubt, where its id is known", async (t) => {
  let answer: "delivered" | null = null;
  const asked: string[] = [];
  const { clock, carrier, server, send, tick } = await start(t, {
    answer: (message) => ({ ...uncertain, ...(message.messageId === "known" ? { carrierMessageId: "k" } : {}) }),
    query: async (messages) =>
      messages.map(({ carrierMessageId }) => {
        asked.push(carrierMessageId);
        return answer === null ? null : receiptOf(carrierMessageId, answer, clock.now());
      }),
  });
  await send("known", "unknown");
  await server.untilState("known", ["uncertain"]);
  await server.untilState("unknown", ["uncertain"]);
  await until("it was asked", async () => {
    await tick();
    return asked.length > 0;
  });
  assert.deepEqual(
    [(await server.message("known"))?.state, (await server.message("known"))?.statusId],
    ["uncertain", 7],
  );
  answer = "delivered";
  await server.untilState("known", ["delivered"], tick);
  assert.deepEqual(new Set(asked), new Set(["k"]));
  assert.equal((await server.message("unknown"))?.state, "uncertain");
  assert.equal(carrier.handed.length, 2);
});

test("a carrier is told which of its ids a receipt was matched by", async (t) => {
  const { clock, carrier, server, send } = await start(t, {});
  await send("one");
  await server.untilState("one", ["submitted"]);
  const receipt = receiptOf("as-the-carrier-writes-it", "delivered", clock.now());
  const matched = await carrier.emit({ ...receipt, otherIds: ["x", carrierIdOf("one")] }, receipt);
  assert.deepEqual(matched, [carrierIdOf("one"), null]);
  assert.equal((await server.message("one"))?.state, "delivered");
});

test("a held message ends by a receipt of its phone and reference, is sent once, and is no duplicate", async (t) => {
  const { clock, carrier, server, send, tick } = await start(t, { answer: lost });
  await send("one", "other");
  await server.untilState("other", ["uncertain"], tick);
  const seq = (await server.message("one"))?.seq ?? 0;
  const receipt = receiptOf("never-told", "delivered", clock.now());
  assert.deepEqual(await carrier.emit({ ...receipt, destination: PHONE, reference: seq & 0xffff }), [null]);
  assert.deepEqual(
    [(await server.message("one"))?.state, (await server.message("other"))?.state, carrier.handed.length],
    ["delivered", "uncertain", 2],
  );
  const [report] = await server.client.reports();
  assert.deepEqual([report?.messageId, "possibleDuplicate" in (report ?? {})], ["one", false]);
});

test("the only held message to a phone ends by a receipt to it, once no answer is under way any more", async (t) => {
  const { clock, carrier, server, send, tick } = await start(t, { answer: lost });
  await send("one");
  await server.untilState("one", ["uncertain"], tick);
  const began = clock.now();
  await carrier.emit({ ...receiptOf("never-told", "delivered", began), destination: `+${PHONE}` });
  assert.equal((await server.message("one"))?.state, "uncertain");
  await server.untilState("one", ["delivered"], tick);
  assert.ok(clock.now() - began >= LEASE_MS, `after ${clock.now() - began} ms`);
  assert.equal((await server.client.reports()).length, 1);
});

test("of a carrier that uses an id again each message gets its own receipt, also before its answer", async (t) => {
  const late = Promise.withResolvers<Awaited<ReturnType<Answer>>>();
  const taken = { outcome: "submitted", carrierMessageId: "1" } as const;
  const { clock, carrier, server, send, tick } = await start(t, {
    answer: ({ messageId }) => (messageId === "younger" ? late.promise : taken),
  });
  const emit = (state: "delivered" | "undeliverable") =>
    carrier.emit({ ...receiptOf("1", state, clock.now()), destination: PHONE });
  await send("older");
  await server.untilState("older", ["submitted"]);
  await emit("delivered");
  await send("younger");
  await until("it was handed over", () => carrier.timesHanded("younger") === 1);
  assert.deepEqual(await emit("undeliverable"), ["1"]);
  for (let count = 0; count < 10; count += 1) await tick();
  assert.equal((await server.message("younger"))?.state, "claimed");
  late.resolve(taken);
  await server.untilState("younger", ["undeliverable"], tick);
  const reports = await server.client.reports();
  assert.deepEqual(
    reports.map(({ messageId, status }) => [messageId, status?.groupName]),
    [
      ["older", "DELIVERED"],
      ["younger", "UNDELIVERABLE"],
    ],
  );
});

test("a receipt that was repeated is the older message's when the answer brings another id", async (t) => {
  const late = Promise.withResolvers<Awaited<ReturnType<Answer>>>();
  const { clock, carrier, server, send, show, tick } = await start(t, {
    answer: (message, nth) => (message.messageId === "younger" ? late.promise : submitted(message, nth)),
  });
  await send("older");
  await server.untilState("older", ["submitted"]);
  const receipt = { ...receiptOf(carrierIdOf("older"), "delivered", clock.now()), destination: PHONE };
  await carrier.emit(receipt);
  await send("younger");
  await until("it was handed over", () => carrier.timesHanded("younger") === 1);
  await carrier.emit(receipt);
  late.resolve({ outcome: "submitted", carrierMessageId: "another" });
  await server.untilState("younger", ["submitted"]);
  const kept = async () => ((await show("/posthorn/1/unmatched-receipts"))["receipts"] as unknown[]).length;
  await until("nothing is kept", async () => {
    await tick();
    return (await kept()) === 0;
  });
  assert.deepEqual(
    (await server.client.reports()).map(({ messageId }) => messageId),
    ["older"],
  );
  assert.equal((await server.message("younger"))?.state, "submitted");
});

test("a receipt of a message whose answer is under way does not end another one's doubt", async (t) => {
  const late = Promise.withResolvers<Awaited<ReturnType<Answer>>>();
  const { clock, carrier, server, send, tick } = await start(t, {
    answer: (message) => (message.messageId === "held" ? uncertain : late.promise),
  });
  await send("held");
  await server.untilState("held", ["uncertain"], tick);
  await send("under-way");
  await until("it was handed over", () => carrier.timesHanded("under-way") === 1);
  await carrier.emit({ ...receiptOf("u", "delivered", clock.now()), destination: PHONE });
  for (let count = 0; count < 10; count += 1) await tick();
  late.resolve({ outcome: "submitted", carrierMessageId: "u" });
  await server.untilState("under-way", ["delivered"], tick);
  clock.set(clock.now() + 2 * LEASE_MS);
  for (let count = 0; count < 10; count += 1) await tick();
  assert.equal((await server.message("held"))?.state, "uncertain");
});

test("of two held messages to a phone neither ends by a receipt that may be about either", async (t) => {
  const { clock, carrier, server, send, show, tick } = await start(t, { answer: lost });
  await send("one", "other");
  await server.untilState("other", ["uncertain"], tick);
  await carrier.emit({ ...receiptOf("never-told", "delivered", clock.now()), destination: PHONE });
  clock.set(clock.now() + 2 * LEASE_MS);
  for (let count = 0; count < 10; count += 1) await tick();
  assert.deepEqual(await show("/posthorn/1/unmatched-receipts/rematch", "POST"), { looked: 1, matched: 0 });
  clock.set(clock.now() + 48 * HOUR_MS);
  for (const messageId of ["one", "other"]) await server.untilState(messageId, ["expired"], tick);
  assert.deepEqual(
    (await server.client.reports()).map(({ status }) => status?.name),
    ["EXPIRED_DLR_UNKNOWN", "EXPIRED_DLR_UNKNOWN"],
  );
});

test("receipts without a message are listed, filtered, and tried again", async (t) => {
  const { clock, carrier, server, send, show } = await start(t, {
    answer: (message, nth) =>
      message.messageId === "one" ? { outcome: "submitted", carrierMessageId: "1A2B" } : submitted(message, nth),
  });
  await send("one");
  await server.untilState("one", ["submitted"]);
  const foreign = receiptOf("foreign", "undeliverable", clock.now());
  await carrier.emit(foreign, {
    ...receiptOf("6699", "delivered", clock.now()),
    otherIds: ["06699"],
    destination: PHONE,
  });
  const path = "/posthorn/1/unmatched-receipts";
  const list = async (query = "") => {
    const { receipts, nextBefore } = (await show(`${path}${query}`)) as {
      receipts: { id: number; messageId: string; status: { name: string } }[];
      nextBefore?: number;
    };
    return { ids: receipts.map(({ messageId }) => messageId), receipts, nextBefore };
  };
  assert.deepEqual((await list()).ids, ["6699", "foreign"]);
  assert.equal((await list()).receipts[1]?.status.name, "UNDELIVERABLE_NOT_DELIVERED");
  assert.deepEqual((await list("?messageId=06699")).ids, ["6699"]);
  assert.deepEqual((await list("?carrier=nobody")).ids, []);
  const first = await list("?limit=1");
  assert.deepEqual((await list(`?limit=1&before=${first.nextBefore}`)).ids, ["foreign"]);
  assert.deepEqual(await show(`${path}/rematch?carrier=nobody`, "POST"), { looked: 0, matched: 0 });
  const page = await show(`${path}/rematch?limit=1`, "POST");
  assert.deepEqual({ ...page, nextAfter: 0 }, { looked: 1, matched: 0, nextAfter: 0 });
  assert.deepEqual(await show(`${path}/rematch?after=${page["nextAfter"] as number}`, "POST"), {
    looked: 1,
    matched: 1,
  });
  assert.equal((await server.message("one"))?.state, "delivered");
  assert.equal((await server.client.reports()).length, 1);
  assert.deepEqual((await list()).ids, ["foreign"]);
});

test("only a key with the operators' scope sees receipts without a message", async (t) => {
  const { server } = await start(t, { answer: never });
  const { client } = await server.addKey({ scopes: ["sms:manage"] });
  for (const [method, path] of [
    ["GET", "/posthorn/1/unmatched-receipts"],
    ["POST", "/posthorn/1/unmatched-receipts/rematch"],
  ] as const) {
    const { status } = await fetch(server.url + path, { method, headers: { authorization: client.authorization } });
    assert.equal(status, 403, path);
  }
});

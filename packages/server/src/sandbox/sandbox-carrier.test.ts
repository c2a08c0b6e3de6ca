import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import type { CarrierReceipt } from "../carrier/carrier.ts";
import { createIdGenerator } from "../kernel/ids.ts";
import { seededRandom } from "../kernel/random.ts";
import type { OutboundMessage } from "../store/store.ts";
import { Phones } from "./phones.ts";
import { SandboxCarrier, type SandboxOptions } from "./sandbox-carrier.ts";

async function start(options: Partial<SandboxOptions> = {}) {
  const clock = new FakeClock();
  const receipts: CarrierReceipt[] = [];
  const state = { isStoreBroken: false, readyCount: 0 };
  const carrier = new SandboxCarrier({
    name: "sandbox",
    clock,
    ids: createIdGenerator(clock, seededRandom(1)),
    phones: new Phones(clock),
    deliveryDelayMs: 500,
    lateByMs: 1_000,
    windowSize: 10,
    isPaused: false,
    uncertainPolicy: "resend",
    journal: null,
    findTemplate: null,
    windowClosesAt: async () => null,
    ...options,
  });
  await carrier.start({
    receipts: async (given) => {
      if (state.isStoreBroken) throw new Error("no");
      receipts.push(...given);
      return given.map(({ carrierMessageId }) => carrierMessageId);
    },
    inbound: async (messages) => messages.map(() => "kept"),
    identities: async () => undefined,
    lateAnswers: async () => {},
    seen: async () => undefined,
    ready: () => {
      state.readyCount += 1;
    },
  });
  const submit = async (count: number) => {
    const messages = Array.from(
      { length: count },
      (_, seq) => ({ seq, messageId: `m${seq}`, destination: "385981234567" }) as OutboundMessage,
    );
    return (await carrier.submit(messages)).map((result) => {
      assert.equal(result.outcome, "submitted");
      return result.carrierMessageId;
    });
  };
  return { clock, carrier, receipts, state, submit };
}

test("every message is delivered once, after the delay and in order", async () => {
  const { clock, receipts, submit } = await start();
  const ids = await submit(1_200);
  await clock.advanceAndSettle(499);
  assert.equal(receipts.length, 0);
  await clock.advanceAndSettle(1);
  assert.deepEqual(
    receipts.map(({ carrierMessageId }) => carrierMessageId),
    ids,
  );
  assert.ok(receipts.every(({ state, doneAt }) => state === "delivered" && doneAt === clock.now()));
});

test("receipts that could not be written are offered again, and none is lost or doubled", async () => {
  const { clock, receipts, state, submit } = await start();
  const ids = await submit(3);
  state.isStoreBroken = true;
  await clock.advanceAndSettle(5_000);
  assert.equal(receipts.length, 0);
  state.isStoreBroken = false;
  await clock.advanceAndSettle(1_000);
  assert.deepEqual(
    receipts.map(({ carrierMessageId }) => carrierMessageId),
    ids,
  );
  await clock.advanceAndSettle(60_000);
  assert.equal(receipts.length, 3);
});

test("a phone gets a message once, however often its receipt must be offered", async () => {
  const { clock, carrier, receipts, state } = await start();
  state.isStoreBroken = true;
  const message = { accountId: 1, messageId: "m", destination: "385981234567" } as OutboundMessage;
  const early = { ...message, messageId: "e", destination: "447700900903" };
  await carrier.submit([message, early]);
  await clock.advanceAndSettle(5_000);
  assert.deepEqual(
    carrier.phones.messages(1).map(({ messageId }) => messageId),
    ["m", "e"],
  );
  state.isStoreBroken = false;
  await clock.advanceAndSettle(2_000);
  assert.equal(receipts.length, 2);
  assert.equal(carrier.phones.messages(1).length, 2);
});

test("paused it has no room, and still delivers what it took; resumed it says so", async () => {
  const { clock, carrier, receipts, state, submit } = await start();
  await submit(1);
  carrier.pause();
  assert.equal(carrier.capacity(), 0);
  await clock.advanceAndSettle(500);
  assert.equal(receipts.length, 1);
  const { readyCount } = state;
  carrier.resume();
  assert.deepEqual([carrier.capacity(), state.readyCount], [10, readyCount + 1]);
});

test("what it still has on its way it does not report when asked; what a restart made it forget it does", async () => {
  const { clock, carrier, submit } = await start();
  const [onItsWay = ""] = await submit(1);
  const submittedAt = clock.now();
  const ask = (carrierMessageId: string) =>
    carrier.query([
      { carrierMessageId, messageId: "m", destination: "385981234567", submittedAt, sentAt: submittedAt } as never,
    ]);
  assert.deepEqual(await ask("forgotten"), [null]);
  await clock.advanceAndSettle(499);
  assert.deepEqual(await ask(onItsWay), [null]);
  await clock.advanceAndSettle(1);
  await settle();
  const [answer] = await ask("forgotten");
  assert.deepEqual(
    [answer?.carrierMessageId, answer?.state, answer?.doneAt],
    ["forgotten", "delivered", submittedAt + 500],
  );
});

test("with too much on its way it takes nothing more until some of it is delivered", async () => {
  const { clock, carrier, submit } = await start({ windowSize: 100_000 });
  await submit(19_999);
  assert.equal(carrier.capacity(), 1);
  await submit(1);
  assert.equal(carrier.capacity(), 0);
  await clock.advanceAndSettle(500);
  await settle();
  assert.equal(carrier.capacity(), 20_000);
});

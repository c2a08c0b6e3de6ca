import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock, settle } from "../../test/harness/fake-clock.ts";
import type { OutboundMessage } from "../store/store.ts";
import { PHONE_MESSAGES_MAX, type PhoneFilter, Phones } from "./phones.ts";

const ACCOUNT_ID = 1;

function start() {
  const clock = new FakeClock();
  const phones = new Phones(clock);
  const receive = (messageId: string, changes: Partial<OutboundMessage> = {}) =>
    phones.receive(
      {
        accountId: ACCOUNT_ID,
        messageId,
        channel: "SMS",
        sender: "Shop",
        destination: "447700900000",
        text: `Order ${messageId}`,
        encoding: "GSM7",
        partCount: 1,
        options: null,
        possibleDuplicate: false,
        ...changes,
      } as OutboundMessage,
      clock.now(),
      { carrier: "sandbox", carrierMessageId: `c-${messageId}` },
    );
  const ids = (filter: PhoneFilter = {}) => phones.messages(ACCOUNT_ID, filter).map(({ messageId }) => messageId);
  return { clock, phones, receive, ids };
}

test("messages come newest first, and each filter leaves out what does not fit", () => {
  const { clock, receive, ids } = start();
  receive("a");
  receive("b", { destination: "385981234567", channel: "WHATSAPP" });
  clock.advance(1);
  receive("c", { sender: "Bank" });
  assert.deepEqual(ids(), ["c", "b", "a"]);
  assert.deepEqual(ids({ limit: 2 }), ["c", "b"]);
  assert.deepEqual(ids({ to: "447700900000" }), ["c", "a"]);
  assert.deepEqual(ids({ to: "+44 7700 900000" }), ["c", "a"]);
  assert.deepEqual(ids({ to: "not a number" }), []);
  assert.deepEqual(ids({ from: "Bank" }), ["c"]);
  assert.deepEqual(ids({ channel: "WHATSAPP" }), ["b"]);
  assert.deepEqual(ids({ text: "rder a" }), ["a"]);
  assert.deepEqual(ids({ since: clock.now() }), ["c"]);
  assert.deepEqual(ids({ from: "Shop", channel: "SMS" }), ["a"]);
});

test("only the last messages are remembered, whatever came before", () => {
  const { receive, ids } = start();
  for (let count = 0; count < PHONE_MESSAGES_MAX + 3; count += 1) receive(`m${count}`);
  const found = ids();
  assert.equal(found.length, PHONE_MESSAGES_MAX);
  assert.deepEqual([found[0], found.at(-1)], [`m${PHONE_MESSAGES_MAX + 2}`, "m3"]);
});

test("what is cleared is gone, what comes then is there, and another account keeps its own", () => {
  const { phones, receive, ids } = start();
  for (let count = 0; count < PHONE_MESSAGES_MAX; count += 1) receive(`m${count}`);
  receive("theirs", { accountId: 2 });
  assert.equal(phones.message(ACCOUNT_ID, "theirs"), null);
  phones.clear(ACCOUNT_ID);
  assert.deepEqual(ids(), []);
  receive("new");
  assert.deepEqual(ids(), ["new"]);
  assert.equal(phones.messages(2).length, 1);
  assert.equal(phones.message(2, "theirs")?.messageId, "theirs");
});

test("a wait ends with the first message that fits, at its time, by its signal, or when it is released", async () => {
  const { clock, phones, receive } = start();
  const wait = (signal?: AbortSignal) => phones.waitFor(ACCOUNT_ID, { text: "mine" }, 5_000, signal);
  const fits = wait();
  receive("other");
  await settle();
  receive("x", { text: "this is mine" });
  assert.deepEqual(
    (await fits).map(({ messageId }) => messageId),
    ["x"],
  );
  assert.equal((await wait()).length, 1);
  phones.clear(ACCOUNT_ID);

  const late = wait();
  await clock.advanceAndSettle(5_000);
  assert.deepEqual(await late, []);
  const gone = new AbortController();
  const hungUp = wait(gone.signal);
  gone.abort();
  assert.deepEqual(await hungUp, []);
  const released = wait();
  phones.release();
  assert.deepEqual(await released, []);
  assert.equal(clock.timerCount, 0);
});

test("more waits than the limit are refused, and those that are there go on", async () => {
  const { phones, receive } = start();
  const waits = Array.from({ length: 1_000 }, () => phones.waitFor(ACCOUNT_ID, {}, 5_000));
  await assert.rejects(phones.waitFor(ACCOUNT_ID, {}, 5_000), { code: "SANDBOX_WAITERS_FULL" });
  receive("m");
  for (const found of await Promise.all(waits)) assert.equal(found.length, 1);
});

test("read marks are remembered per account, and the oldest is forgotten at the limit", () => {
  const { phones } = start();
  for (let count = 0; count <= 1_000; count += 1) phones.markRead({ accountId: ACCOUNT_ID, messageId: `m${count}` });
  assert.deepEqual(
    ["m0", "m1", "m1000"].map((messageId) => phones.isRead(ACCOUNT_ID, messageId)),
    [false, true, true],
  );
  assert.equal(phones.isRead(2, "m1"), false);
});

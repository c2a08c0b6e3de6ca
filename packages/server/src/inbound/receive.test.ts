import assert from "node:assert/strict";
import { test } from "node:test";
import { settle, FakeClock } from "../../test/harness/fake-clock.ts";
import { silentLog } from "../kernel/log.ts";
import type { DueInboundGroup, NewInbound } from "../store/inbound.ts";
import { ConfigurationIndex } from "./configurations.ts";
import { Inbound } from "./receive.ts";

const GROUP: DueInboundGroup = {
  groupId: 1,
  accountId: 1,
  channel: "SMS",
  carrier: "north",
  sender: "385981234567",
  destination: "447860000001",
  kind: "udh8",
  reference: 1,
  partCount: 2,
  inReplyTo: null,
  parts: [],
};

test("one message that cannot be stored keeps no other, and is tried again after a pause", async () => {
  const clock = new FakeClock();
  const stored: (number | null)[] = [];
  const due = new Map([1, 2, 3].map((groupId) => [groupId, { ...GROUP, groupId }]));
  let isBroken = true;
  let calls = 0;
  const storeInbound = async (inbound: readonly NewInbound[]) => {
    calls += 1;
    if (isBroken && inbound.some(({ groupId }) => groupId === 2)) throw new Error("no");
    for (const { groupId } of inbound) {
      stored.push(groupId);
      due.delete(groupId ?? 0);
    }
    return inbound.map(() => ({ outcome: "stored", isAnswered: false }) as const);
  };
  const inbound = new Inbound({
    store: {
      storeInbound,
      dueInboundGroups: async () => [...due.values()],
      findMessage: async () => null,
      findByCarrierId: async () => null,
      findInDoubt: async () => null,
      keepInboundParts: async () => [],
    },
    clock,
    log: silentLog,
    ids: { next: () => "id" },
    index: new ConfigurationIndex({ listDocuments: async () => [] }, clock),
    blocklist: { add: async () => undefined, remove: async () => undefined },
    composeReply: () => assert.fail("nothing is answered"),
    bodyOf: () => "{}",
    isSmppServed: false,
    openMessagesMax: 1,
    defaultAccountId: 1,
    joinTimeoutMs: 1_000,
    pollIntervalMs: 1_000,
    onEvents: () => undefined,
    onReplies: () => undefined,
  });
  await clock.advanceAndSettle(0);
  await settle();
  assert.deepEqual(stored, [1, 3]);
  const before = calls;
  await settle();
  assert.equal(calls, before);
  isBroken = false;
  await clock.advanceAndSettle(1_000);
  await settle();
  assert.deepEqual(stored, [1, 3, 2]);
  await inbound.stop();
});

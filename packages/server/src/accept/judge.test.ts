import assert from "node:assert/strict";
import { test } from "node:test";
import { STATUS } from "@posthorn/contract";
import type { Lane } from "../route/lanes.ts";
import { Spread } from "../message/spread.ts";
import { Judge, type SharedDraft } from "./judge.ts";

const NOW = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

const shared = (changes: Partial<SharedDraft> = {}): SharedDraft => ({
  accountId: 1,
  bulkId: "b",
  channel: "SMS",
  sender: "Shop",
  text: "Good day",
  encoding: "GSM7",
  partCount: 1,
  options: null,
  callbackData: null,
  applicationId: null,
  entityId: null,
  campaignReferenceId: null,
  webhookUrl: null,
  webhookKind: "SMS_V3",
  wantsReport: true,
  sendAt: 0,
  validityMs: HOUR_MS,
  window: null,
  spread: null,
  refusal: null,
  acceptedStatusId: STATUS.PENDING_ACCEPTED,
  ...changes,
});

/** Numbers that end in 1 leave by another lane than the rest; those that end in 9 by none. */
const routing = {
  choose(_: unknown, destination: string): Lane | null {
    const digit = destination.at(-1);
    return digit === "9" ? null : ({ name: digit === "1" ? "one" : "main", carrier: "north" } as Lane);
  },
};

const judgeAll = (draft: SharedDraft, destinations: readonly string[]) => {
  const judge = new Judge(routing, null, NOW);
  return destinations.map((to, index) => judge.judge({ shared: draft, messageId: `m${index}`, to }));
};

test("what the destinations of a message share is one object, with the options as they are stored", () => {
  const messages = judgeAll(shared({ options: { flash: true } }), ["447700900000", "447700900002", "447700900003"]);
  const [first] = messages;
  assert.equal(new Set(messages.map(({ common }) => common)).size, 1);
  assert.deepEqual(
    [first?.common.route, first?.common.carrier, first?.common.options],
    ["main", "north", '{"flash":true}'],
  );
  assert.deepEqual([first?.common.acceptedAt, first?.common.expiresAt, first?.dueAt], [NOW, NOW + HOUR_MS, NOW]);
});

test("a message with another lane, another end or another draft shares nothing with the one before", () => {
  const byLane = judgeAll(shared(), ["447700900000", "447700900001", "447700900009", "447700900002"]);
  assert.deepEqual(
    byLane.map(({ common, state }) => [common.route, state]),
    [
      ["main", "queued"],
      ["one", "queued"],
      ["none", "rejected"],
      ["main", "queued"],
    ],
  );
  const times = new Spread({ amount: 60, timeUnit: "MINUTE" });
  const byEnd = judgeAll(shared({ spread: { property: "speed", times } }), ["447700900000", "447700900002"]);
  assert.deepEqual(
    byEnd.map(({ common, dueAt }) => [dueAt - NOW, common.expiresAt - NOW]),
    [
      [0, HOUR_MS],
      [1_000, 1_000 + HOUR_MS],
    ],
  );
  const judge = new Judge(routing, null, NOW);
  const texts = ["one", "two"].map((text) => {
    return judge.judge({ shared: shared({ text }), messageId: text, to: "447700900000" }).common.text;
  });
  assert.deepEqual(texts, ["one", "two"]);
});

test("what is no Unicode is what the store would keep of it", () => {
  const judge = new Judge(routing, null, NOW);
  const draft = shared({ sender: "bad \ud83d", text: "worse \udc00!" });
  const { common, messageId, destination } = judge.judge({ shared: draft, messageId: "id\ud800", to: "no\udfff" });
  assert.deepEqual([common.sender, common.text], ["bad \ufffd", "worse \ufffd!"]);
  assert.deepEqual([messageId, destination], ["id\ufffd", "no\ufffd"]);
});

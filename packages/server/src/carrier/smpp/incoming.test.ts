import assert from "node:assert/strict";
import { test } from "node:test";
import { type AnswerFields, COMMAND_STATUS as S, type PduOf } from "@posthorn/smpp";
import { settle } from "../../../test/harness/fake-clock.ts";
import { silentLog } from "../../kernel/log.ts";
import type { CarrierEvents, CarrierInbound, CarrierReceipt } from "../carrier.ts";
import { Incoming } from "./incoming.ts";
import { NotationLearner } from "./notation.ts";

const pduOf = (text: string): PduOf<"deliver_sm"> =>
  ({ command: "deliver_sm", shortMessage: Buffer.from(text) }) as unknown as PduOf<"deliver_sm">;
const receiptOf = (id: string): CarrierReceipt => ({
  carrierMessageId: id,
  state: "delivered",
  statusId: 5,
  errorId: 0,
  doneAt: 0,
});
const inboundOf = (id: string): CarrierInbound => ({
  channel: "SMS",
  sender: "1",
  destination: "2",
  content: id,
  receivedAt: 0,
  carrierMessageId: id,
});

function start(events: Partial<Pick<CarrierEvents, "receipts" | "inbound">>, learner: NotationLearner | null = null) {
  const answers = new Map<string, number>();
  const incoming = new Incoming({
    deliveryOf: ({ shortMessage }: { shortMessage?: Uint8Array }) => {
      const text = Buffer.from(shortMessage ?? []).toString();
      if (text.startsWith("mo")) return { kind: "inbound", message: inboundOf(text) };
      if (text.startsWith("-")) return { kind: "nothing", reason: "a test" };
      return { kind: "receipt", receipt: { ...receiptOf(text), ...learner?.read([text]) }, rawIds: [text] };
    },
    events: {
      receipts: async (receipts) => receipts.map(() => null),
      inbound: async (messages) => messages.map(() => "kept" as const),
      ...events,
    },
    learner,
    log: silentLog,
    carrier: "north",
  } as ConstructorParameters<typeof Incoming>[0]);
  const take = (text: string) =>
    incoming.take(pduOf(text), (fields?: AnswerFields | null) => {
      assert.ok(!answers.has(text), `${text} is answered once`);
      answers.set(text, fields?.commandStatus ?? S.ROK);
    });
  return { take, answers };
}

test("a receipt is answered when it is on disk and not before, and what comes meanwhile is one batch", async () => {
  const batches: string[][] = [];
  let commit = Promise.withResolvers<void>();
  const { take, answers } = start({
    receipts: async (receipts) => {
      batches.push(receipts.map(({ carrierMessageId }) => carrierMessageId));
      await commit.promise;
      return receipts.map(() => null);
    },
  });
  take("1");
  take("2");
  await settle();
  take("3");
  take("4");
  take("5");
  await settle();
  assert.equal(answers.size, 0);
  assert.deepEqual(batches, [["1", "2"]]);
  commit.resolve();
  commit = Promise.withResolvers<void>();
  await settle();
  assert.deepEqual([...answers.keys()], ["1", "2"]);
  commit.resolve();
  await settle();
  assert.deepEqual(batches, [
    ["1", "2"],
    ["3", "4", "5"],
  ]);
  assert.equal(answers.size, 5);
});

test("what waits while a notation is learned, or put in question, is offered as it is known then", async () => {
  const learner = new NotationLearner({ answers: "auto", receipts: "auto" });
  const offered: CarrierReceipt[] = [];
  let commit = Promise.withResolvers<void>();
  let matchedIdOf: (receipt: CarrierReceipt) => string | null = ({ otherIds = [] }) => otherIds[0] ?? null;
  const { take } = start(
    {
      receipts: async (receipts) => {
        offered.push(...receipts);
        await commit.promise;
        return receipts.map(matchedIdOf);
      },
    },
    learner,
  );
  const takeWhileWriting = async (numbers: readonly number[], last: number) => {
    commit = Promise.withResolvers();
    for (const number of numbers) take(String(number));
    await settle();
    take(String(last));
    commit.resolve();
    await settle();
    return offered.at(-1);
  };
  const numbers = Array.from({ length: 20 }, (_, index) => 5_000_000 + index * 1_111);
  const offeredAsLearned = await takeWhileWriting(numbers, 6_000_000);
  assert.equal(learner.learned, "decimal-to-hex");
  assert.deepEqual(offeredAsLearned, receiptOf("5B8D80"));
  matchedIdOf = () => null;
  const others = numbers.map((number) => number + 7);
  const offeredInDoubt = await takeWhileWriting(others, 7_000_000);
  assert.equal(learner.learned, null);
  assert.deepEqual(offeredInDoubt, { ...receiptOf("7000000"), otherIds: ["6ACFC0", "117440512"] });
});

test("what cannot be written is refused for now, and the next one is tried again", async () => {
  let isBroken = true;
  const fail = async () => {
    if (isBroken) throw new Error("the disk is full");
  };
  const { take, answers } = start({
    receipts: async (receipts) => {
      await fail();
      return receipts.map(() => null);
    },
    inbound: async (messages) => {
      await fail();
      return messages.map(({ carrierMessageId }) => (carrierMessageId === "mo-2" ? "refused" : "kept"));
    },
  });
  take("1");
  take("mo-1");
  await settle();
  assert.deepEqual([answers.get("1"), answers.get("mo-1")], [S.RX_T_APPN, S.RX_T_APPN]);
  isBroken = false;
  for (const text of ["2", "mo-2", "mo-3"]) take(text);
  await settle();
  assert.deepEqual([answers.get("2"), answers.get("mo-2"), answers.get("mo-3")], [S.ROK, S.RX_T_APPN, S.ROK]);
});

test("what concerns nobody is acknowledged at once", () => {
  const { take, answers } = start({});
  take("-intermediate");
  assert.equal(answers.get("-intermediate"), S.ROK);
});

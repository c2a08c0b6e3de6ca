import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { newMessage } from "../../../test/store-conformance/fixtures.ts";
import type {
  AppliedReceipts,
  DueReport,
  Move,
  NewMessage,
  OutboundMessage,
  Receipt,
  WebhookResult,
} from "../store.ts";
import { packArgs, packValue, unpackArgs, unpackValue } from "./crossing.ts";
import type { PackedRows } from "./packed-rows.ts";
import type { WriteOperation } from "./protocol.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

const number = fc.integer({ min: 0, max: 2 ** 45 });
/** Few of them, so that neighbours have the same. */
const word = fc.constantFrom("", "a", "1", "Grüße", "\ud800");
const wordOrNull = fc.option(word);
const flag = fc.boolean();
const list = fc.array(word, { maxLength: 3 });

function rowsOf<Row>(row: fc.Arbitrary<unknown>) {
  return fc.array(row, { maxLength: 8 }) as fc.Arbitrary<Row[]>;
}

function crossArgs(operation: WriteOperation, first: unknown): unknown {
  const [crossed, ...others] = unpackArgs(operation, structuredClone(packArgs(operation, [first, "second", 3])));
  assert.deepEqual(others, ["second", 3]);
  return crossed;
}

function crossValue(operation: WriteOperation, value: unknown): unknown {
  return unpackValue(operation, structuredClone(packValue(operation, value)));
}

/** Plain objects; a member that is undefined says the same as its absence. */
function known(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(known);
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, known(member)]));
}

function assertCrosses<Row>(rows: fc.Arbitrary<Row[]>, cross: (rows: Row[]) => unknown) {
  fc.assert(
    fc.property(rows, (sent) => assert.deepEqual(known(cross(sent)), known(sent))),
    { seed: SEED },
  );
}

const OUTBOUND = {
  seq: number,
  accountId: number,
  attempts: number,
  messageId: word,
  channel: word,
  sender: word,
  destination: word,
  text: word,
  encoding: word,
  partCount: number,
  options: wordOrNull,
  expiresAt: number,
  possibleDuplicate: flag,
};

test("claimed messages cross as they are", () => {
  assertCrosses(rowsOf<OutboundMessage>(fc.record(OUTBOUND)), (rows) => crossValue("claimDue", rows));
});

test("of claimed messages that differ in their ids alone, nothing else is repeated", () => {
  const rows = ["a", "b", "b", "c"].map((messageId, seq) => ({ seq, messageId, text: "the same" }));
  const { count, varying } = packValue("claimDue", rows) as PackedRows;
  assert.equal(count, 4);
  assert.deepEqual(
    varying.map(({ values }) => values),
    [
      [1, 2, 3],
      ["b", undefined, "c"],
    ],
  );
});

test("moves cross with whatever they say, and without what they do not", () => {
  const needed = { seq: number, from: word, attempts: number, to: word, statusId: number, errorId: number, at: number };
  const rare = {
    doneAt: number,
    dueAt: number,
    checkAt: number,
    carrierMessageId: word,
    partIds: list,
    spelledIds: list,
    submittedAt: number,
    doubt: word,
    expiresAt: number,
    intermediateReport: flag,
  };
  const move = fc.record({ ...needed, ...rare }, { requiredKeys: Object.keys(needed) as (keyof typeof needed)[] });
  assertCrosses(rowsOf<Move>(move), (rows) => crossArgs("moveMessages", rows));
});

test("receipts cross with whatever they say, and without what they do not", () => {
  const needed = {
    carrier: word,
    carrierMessageId: word,
    state: word,
    statusId: number,
    errorId: number,
    doneAt: number,
  };
  const rare = {
    otherIds: list,
    destination: word,
    otherDestination: word,
    reference: number,
    seenAt: number,
    answered: fc.record({ seq: number, attempts: number, submittedAt: number }),
  };
  const receipt = fc.record({ ...needed, ...rare }, { requiredKeys: Object.keys(needed) as (keyof typeof needed)[] });
  assertCrosses(rowsOf<Receipt>(receipt), (rows) => crossArgs("applyReceipts", rows));
});

test("what became of webhooks crosses as it is, whatever its outcome", () => {
  const attempt = fc.record({ at: number, status: fc.option(number), durationMs: number, error: wordOrNull });
  const tried = { id: number, at: number, attempt };
  const needed: ("id" | "at")[] = ["id", "at"];
  const result = fc.oneof(
    fc.record({ ...tried, outcome: fc.constant("delivered") }, { requiredKeys: [...needed, "outcome"] }),
    fc.record(
      { ...tried, outcome: fc.constant("retry"), dueAt: number, error: word },
      { requiredKeys: [...needed, "outcome", "dueAt", "error"] },
    ),
    fc.record(
      { ...tried, outcome: fc.constant("failed"), error: word },
      { requiredKeys: [...needed, "outcome", "error"] },
    ),
    fc.record({ id: number, outcome: fc.constant("unsent"), dueAt: number }),
  );
  assertCrosses(rowsOf<WebhookResult>(result), (rows) => crossArgs("settleWebhooks", rows));
});

test("what came of receipts crosses as it is, with the reports that were leased at their birth and without", () => {
  const message = fc.record({
    messageId: word,
    bulkId: word,
    sender: word,
    destination: word,
    partCount: number,
    state: word,
    statusId: number,
    errorId: number,
    doubt: wordOrNull,
    sentAt: number,
    doneAt: fc.option(number),
    callbackData: wordOrNull,
    applicationId: wordOrNull,
    entityId: wordOrNull,
    campaignReferenceId: wordOrNull,
  });
  const report = fc.record({
    id: number,
    accountId: number,
    url: word,
    origin: word,
    attempts: number,
    subscription: wordOrNull,
    receiverFailures: number,
    kind: word,
    message,
  });
  const born = fc.record({ leased: rowsOf<DueReport>(report), waiting: number });
  const applied = fc.record(
    { outcomes: list, matchedIds: fc.array(wordOrNull), born },
    { requiredKeys: ["outcomes", "matchedIds"] },
  );
  assertCrosses(rowsOf<AppliedReceipts>(applied), (rows) => rows.map((row) => crossValue("applyReceipts", row)));
});

test("messages cross whole, each with what it shares with its neighbours, also where only one member differs", () => {
  const rest = {
    messageId: "n",
    destination: "41790000000",
    state: "held",
    statusId: 1,
    errorId: 2,
    dueAt: 3,
  } as const;
  const one = newMessage("m");
  const otherThan = (value: unknown) =>
    typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : "other";
  const { common, ...own } = one;
  const differing = [
    ...Object.entries(own).map(([name, value]) => ({ ...one, [name]: otherThan(value) })),
    ...Object.entries(common).map(([name, value]) => {
      return { ...one, ...rest, common: { ...common, [name]: otherThan(value) } };
    }),
  ] as NewMessage[];
  assert.equal(differing.length, 25);
  for (const message of differing) {
    const crossed = crossArgs("insertMessages", [one, message, message]) as NewMessage[];
    assert.deepEqual(crossed, [one, message, message]);
    // As one object, by which the store sees that they are alike.
    assert.equal(crossed[1]?.common, crossed[2]?.common);
  }
});

test("what a call does not have as rows crosses untouched", () => {
  assert.deepEqual(unpackArgs("expireLeases", packArgs("expireLeases", [])), []);
  assert.deepEqual(crossValue("moveMessages", [true, false]), [true, false]);
  assert.equal(crossValue("settleWebhooks", undefined), undefined);
});

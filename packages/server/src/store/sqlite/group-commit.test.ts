import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../../../test/harness/sqlite-home.ts";
import { claimOf, newMessages, receiptOf, T0 } from "../../../test/store-conformance/fixtures.ts";
import type { InsertResult, NewMessage } from "../store.ts";
import { openForWriting } from "./database.ts";
import { commitTogether, faultOf } from "./group-commit.ts";
import type { StoreAnswer, StoreRequest, WriteOperation } from "./protocol.ts";
import { SqliteReader } from "./reader.ts";
import { SqliteWriter } from "./writer.ts";

interface Bench {
  readonly database: DatabaseSync;
  readonly run: (...operations: readonly [WriteOperation, ...unknown[]][]) => StoreAnswer[];
  /** Messages in the file, and whether the ledger closes. */
  readonly stored: () => number;
}

function openBench(t: TestContext): Bench {
  const folder = temporaryFolder();
  const database = openForWriting(join(folder, "posthorn.db"));
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const writer = new SqliteWriter(database);
  const reader = new SqliteReader(database);
  return {
    database,
    run: (...operations) => {
      const requests = operations.map(([operation, ...args], id): StoreRequest => ({ id, operation, args }));
      return commitTogether(database, writer, requests);
    },
    stored: () => {
      for (const { accepted, open, channel: _, carrier: _c, ...ended } of reader.ledger()) {
        assert.equal(
          accepted,
          Object.values(ended).reduce((sum, count) => sum + count, open),
          "the ledger closes",
        );
      }
      return Number(database.prepare('select count(*) as "count" from message').get()?.["count"]);
    },
  };
}

function openCountOf(answer: StoreAnswer | undefined): number {
  assert.ok(answer !== undefined && "value" in answer, JSON.stringify(answer));
  return (answer.value as InsertResult).openCount;
}

function codeOf(answer: StoreAnswer | undefined): string | null {
  assert.ok(answer !== undefined);
  return "fault" in answer ? answer.fault.code : null;
}

/** As if the disk had no room for another page. Returns what makes room again. */
function fillDisk(database: DatabaseSync): () => void {
  const pages = Number(database.prepare("pragma page_count").get()?.["page_count"]);
  database.exec(`pragma max_page_count = ${pages}`);
  return () => database.exec("pragma max_page_count = 1000000");
}

/** Lets the `nth` statement of a kind fail, as a disk does. */
function failOn(t: TestContext, database: DatabaseSync, statement: string, errcode = 10) {
  const exec = database.exec.bind(database);
  const mocked = t.mock.method(database, "exec", (sql: string) => {
    if (sql === statement) throw Object.assign(new Error("disk I/O error"), { errcode });
    exec(sql);
  });
  return () => mocked.mock.restore();
}

test("operations that came together share one commit, and a second connection sees all or nothing", (t) => {
  const { database, run, stored } = openBench(t);
  const exec = database.exec.bind(database);
  const seen: string[] = [];
  t.mock.method(database, "exec", (sql: string) => {
    seen.push(sql);
    exec(sql);
  });
  const answers = run(...newMessages(50).map((message) => ["insertMessages", [message]] as [WriteOperation, unknown]));
  assert.ok(answers.every((answer) => "value" in answer));
  assert.equal(seen.filter((sql) => sql === "commit").length, 1);
  assert.equal(seen.filter((sql) => sql.startsWith("begin")).length, 1);
  assert.equal(stored(), 50);
  assert.deepEqual(
    answers.map((answer) => openCountOf(answer)),
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
});

test("an operation that fails is undone alone; the others are committed, and the counters are right", (t) => {
  const { run, stored } = openBench(t);
  const [first, second, third] = newMessages(3);
  const broken = { ...second, messageId: null };
  const answers = run(["insertMessages", [first]], ["insertMessages", [second, broken]], ["insertMessages", [third]]);
  assert.deepEqual(answers.map(codeOf), [null, "STORE_FAILED", null]);
  assert.equal(openCountOf(answers[2]), 2);
  assert.equal(stored(), 2);
  assert.equal(openCountOf(run(["insertMessages", [second]])[0]), 3);
});

test("savepoints are set only where an operation has failed", (t) => {
  const { database, run, stored } = openBench(t);
  const exec = t.mock.method(database, "exec");
  const savepoints = () => exec.mock.calls.filter((call) => call.arguments[0].startsWith("savepoint")).length;
  const [first, second, third] = newMessages(3);
  run(["insertMessages", [first]], ["claimDue", claimOf()]);
  assert.equal(savepoints(), 0);
  const answers = run(["insertMessages", [second]], ["insertMessages", [{ ...third, messageId: null }]]);
  assert.deepEqual(answers.map(codeOf), [null, "STORE_FAILED"]);
  assert.equal(savepoints(), 2);
  assert.equal(stored(), 2, "what ran twice was done once");
  run(["insertMessages", [third]]);
  assert.equal(savepoints(), 2);
});

test("a receipt of an operation that was undone is not counted among the kept ones", (t) => {
  const { run } = openBench(t);
  const [message] = newMessages(1);
  run(["insertMessages", [message]], ["claimDue", claimOf()]);
  const broken = { ...receiptOf("x"), statusId: null };
  assert.deepEqual(run(["applyReceipts", [receiptOf("c"), broken], T0, 10]).map(codeOf), ["STORE_FAILED"]);
  run(["applyReceipts", [receiptOf("d")], T0, 1]);
  const submit = { seq: 1, from: "claimed", attempts: 1, to: "submitted", statusId: 3, errorId: 0, at: T0 };
  run(["moveMessages", [{ ...submit, carrierMessageId: "d" }]]);
  const [answer] = run(["applyReceipts", [receiptOf("d")], T0, 1]);
  assert.deepEqual(answer, { id: 0, value: { outcomes: ["ignored"], matchedIds: ["d"] } }, "d was kept and matched");
});

test("a transaction that cannot begin fails all its operations, and the next is tried again", (t) => {
  const { database, run, stored } = openBench(t);
  const repair = failOn(t, database, "begin immediate");
  const [one, two] = newMessages(2);
  assert.deepEqual(run(["insertMessages", [one]], ["insertMessages", [two]]).map(codeOf), [
    "STORE_FAILED",
    "STORE_FAILED",
  ]);
  repair();
  assert.equal(stored(), 0);
  assert.equal(openCountOf(run(["insertMessages", [one]])[0]), 1);
});

test("a commit that fails, fails all its operations; nothing of them is stored or counted", (t) => {
  const { database, run, stored } = openBench(t);
  run(["insertMessages", newMessages(3, "before")]);
  const repair = failOn(t, database, "commit");
  const [one, two] = newMessages(2);
  const answers = run(
    ["insertMessages", [one]],
    ["claimDue", claimOf()],
    ["applyReceipts", [receiptOf("c")], T0, 10],
    ["insertMessages", [two]],
  );
  assert.deepEqual(answers.map(codeOf), Array(4).fill("STORE_FAILED"));
  repair();
  assert.equal(stored(), 3);
  assert.equal(openCountOf(run(["insertMessages", [one]])[0]), 4);
  const [claimed] = run(["claimDue", claimOf()]);
  assert.ok(claimed !== undefined && "value" in claimed);
  assert.equal((claimed.value as unknown[]).length, 4, "the claim was undone as well");
});

test("on a full disk an insert that does not fit is refused with STORE_FULL, and nothing of it is stored", (t) => {
  const { database, run, stored } = openBench(t);
  run(["insertMessages", newMessages(5, "before")]);
  const makeRoom = fillDisk(database);
  const large = newMessages(400, "large", { text: "x".repeat(500) });
  const answers = run(
    ["insertMessages", newMessages(1, "small")],
    ["insertMessages", large],
    ["insertMessages", newMessages(1, "late")],
  );
  assert.equal(codeOf(answers[1]), "STORE_FULL");
  const kept = answers.filter((answer) => "value" in answer).length;
  assert.equal(stored(), 5 + kept, "what was answered is kept, what was refused is not");
  for (const answer of answers) assert.ok("value" in answer || answer.fault.code === "STORE_FULL");
  const [full] = run(["insertMessages", large]);
  assert.equal(codeOf(full), "STORE_FULL");
  makeRoom();
  const [after] = run(["insertMessages", large]);
  assert.equal(openCountOf(after), 5 + kept + 400);
  assert.equal(stored(), 5 + kept + 400);
});

test("when the disk ends the whole transaction, all its operations are refused with STORE_FULL, and nothing is stored", (t) => {
  const { database, run, stored } = openBench(t);
  run(["insertMessages", newMessages(2, "before")]);
  // SQLite may roll back on its own at SQLITE_FULL (sqlite.org/lang_transaction.html); here it does when told to.
  const [one, two, three] = newMessages(3);
  const rollback = database.exec.bind(database);
  const hostile = {
    ...(two as NewMessage),
    get messageId(): string {
      rollback("rollback");
      throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
    },
  };
  const answers = run(["insertMessages", [one]], ["insertMessages", [two, hostile]], ["insertMessages", [three]]);
  assert.deepEqual(answers.map(codeOf), ["STORE_FULL", "STORE_FULL", "STORE_FULL"]);
  assert.equal(stored(), 2);
  assert.equal(openCountOf(run(["insertMessages", [one]])[0]), 3);
  assert.equal(stored(), 3);
});

test("errors cross the thread as a code and a text", () => {
  const sqlite = (errcode: number, message: string) => Object.assign(new Error(message), { errcode });
  assert.equal(faultOf(sqlite(13, "database or disk is full")).code, "STORE_FULL");
  assert.equal(faultOf(sqlite(10 + (3 << 8), "disk I/O error: ENOSPC")).code, "STORE_FULL");
  assert.equal(faultOf(sqlite(10, "disk I/O error")).code, "STORE_FAILED");
  assert.deepEqual(faultOf(new TypeError("oops")), { code: "STORE_FAILED", detail: "oops" });
  assert.deepEqual(faultOf("text"), { code: "STORE_FAILED", detail: "text" });
  assert.equal(faultOf(null).code, "STORE_FAILED");
  assert.equal(faultOf(Object.assign(new Error("x"), { code: "DATA_TOO_NEW" })).code, "DATA_TOO_NEW");
  assert.equal(faultOf(Object.assign(new Error("x"), { code: "ERR_SQLITE_ERROR" })).code, "STORE_FAILED");
});

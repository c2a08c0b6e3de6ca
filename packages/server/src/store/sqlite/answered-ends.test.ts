import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../../../test/harness/sqlite-home.ts";
import { claimOf, newMessages, STATUS_ID, T0 } from "../../../test/store-conformance/fixtures.ts";
import { AnsweredEnds } from "./answered-ends.ts";
import { openForWriting } from "./database.ts";
import { SqliteWriter } from "./writer.ts";

const endOf = (seq: number, to: "delivered" | "undeliverable" = "delivered") => ({
  seq,
  attempts: 1,
  to,
  statusId: STATUS_ID[to],
  errorId: 0,
  doneAt: T0 + seq,
  carrierMessageId: `c-${seq}`,
  submittedAt: T0 + 1,
});

/** `count` messages, of which the first `claimedCount` are claimed; `rows` shows each as it is now. */
function start(t: TestContext, count: number, claimedCount: number) {
  const folder = temporaryFolder();
  const database = openForWriting(join(folder, "posthorn.db"));
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const writer = new SqliteWriter(database);
  writer.run(() => writer.insertMessages(newMessages(count)));
  writer.run(() => writer.claimDue(claimOf({ limit: claimedCount })));
  const select = database.prepare("select state, done_at, carrier_message_id from message order by seq");
  const rows = () => select.all().map((row) => Object.values(row));
  return { ends: new AnsweredEnds(database), rows };
}

test("ends that are gathered are written when gathering ends, each with what is its own", (t) => {
  const { ends, rows } = start(t, 73, 73);
  ends.gather(true);
  const given = Array.from({ length: 73 }, (_, index) =>
    endOf(index + 1, index === 60 ? "undeliverable" : "delivered"),
  );
  for (const end of given) assert.equal(ends.add(end), true);
  ends.gather(false);
  assert.deepEqual(
    rows(),
    given.map(({ to, doneAt, carrierMessageId }) => [to, doneAt, carrierMessageId]),
  );
});

test("an end of a message that is not claimed fails the call, and alone it is told", (t) => {
  const { ends } = start(t, 12, 11);
  assert.equal(ends.add(endOf(12)), false);
  ends.gather(true);
  for (let seq = 3; seq <= 12; seq += 1) ends.add(endOf(seq));
  assert.throws(() => ends.gather(false), /10 messages have ended, and 9 were claimed/);
});

test("what a failed operation has gathered is forgotten", (t) => {
  const { ends, rows } = start(t, 3, 3);
  ends.gather(true);
  ends.add(endOf(1));
  ends.forget();
  ends.gather(false);
  assert.deepEqual(
    rows().map(([state]) => state),
    ["claimed", "claimed", "claimed"],
  );
});

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { temporaryFolder } from "../../../test/harness/sqlite-home.ts";
import { FINAL_STATES, isFinal, MESSAGE_STATES, type MessageState } from "../../message/state.ts";
import { openForWriting } from "./database.ts";
import { LedgerDelta } from "./ledger-delta.ts";
import { Sweep } from "./sweep.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());

test("whatever happens to messages, the ledger's change adds up to the change of the open ones", (t) => {
  t.diagnostic(`FC_SEED=${SEED}`);
  const state = fc.constantFrom<MessageState>(...MESSAGE_STATES);
  const step = fc.record({ from: fc.option(state), to: state, carrier: fc.constantFrom("a", "b\nc", "") });
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const database = openForWriting(join(folder, "x.db"));
  const statement = LedgerDelta.prepare(database);
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      database.exec("delete from ledger");
      const delta = new LedgerDelta();
      const counts = new Map<string, number>();
      let accepted = 0;
      const add = (name: MessageState, by: number) => counts.set(name, (counts.get(name) ?? 0) + by);
      for (const { from, to, carrier } of steps) {
        if (from === null) {
          delta.accepted("SMS", carrier, to, 1);
          accepted += 1;
        } else {
          delta.moved("SMS", carrier, from, to);
          add(from, -1);
        }
        add(to, 1);
      }
      const open = MESSAGE_STATES.filter((name) => !isFinal(name)).reduce(
        (sum, name) => sum + (counts.get(name) ?? 0),
        0,
      );
      assert.equal(delta.open, open);
      delta.write(statement);
      const rows = database.prepare("select * from ledger").all();
      const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
      assert.equal(sum("accepted"), accepted);
      for (const name of FINAL_STATES) assert.equal(sum(name), counts.get(name) ?? 0, name);
    }),
    { seed: SEED },
  );
  database.close();
});

interface Row {
  readonly bornAt: number;
  readonly isKept: boolean;
}

/** A table of rows with a time of birth, and a sweep over it that keeps some. */
function sweepOver(rows: readonly Row[]): { readonly sweep: Sweep; readonly left: () => number[] } {
  const database = new DatabaseSync(":memory:");
  database.exec("create table t (seq integer primary key, born_at integer, kept integer)");
  const insert = database.prepare("insert into t (born_at, kept) values (?, ?)");
  for (const { bornAt, isKept } of rows) insert.run(bornAt, isKept ? 1 : 0);
  const sweep = new Sweep(database, {
    atOrAfter: 'select seq, born_at as "bornAt" from t where seq >= ? order by seq limit 1',
    last: 'select max(seq) as "seq" from t',
    remove: `delete from t where seq in (select seq from t where seq > :after and seq < :below and kept = 0
      and born_at < :before order by seq limit :limit) returning seq`,
  });
  return {
    sweep,
    left: () =>
      database
        .prepare("select seq from t order by seq")
        .all()
        .map((row) => Number(row["seq"])),
  };
}

test("a sweep removes all that is old and not kept, at most its limit at a time, whatever stands where", (t) => {
  t.diagnostic(`FC_SEED=${SEED}`);
  const births = fc.array(fc.record({ age: fc.integer({ min: 0, max: 5 }), isKept: fc.boolean() }), { maxLength: 60 });
  const property = fc.property(
    births,
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: -1, max: 200 }),
    (drawn, limit, before) => {
      let bornAt = 0;
      const rows = drawn.map(({ age, isKept }): Row => {
        bornAt += age;
        return { bornAt, isKept };
      });
      const { sweep, left } = sweepOver(rows);
      const expected = rows.flatMap(({ bornAt: at, isKept }, index) => (isKept || at >= before ? [index + 1] : []));
      let removed = 0;
      for (;;) {
        const count = sweep.run({ before, limit });
        assert.ok(count <= limit);
        if (count === 0) break;
        removed += count;
      }
      assert.deepEqual(left(), expected);
      assert.equal(removed, rows.length - expected.length);
    },
  );
  fc.assert(property, { seed: SEED });
});

test("a sweep over an empty table removes nothing", () => {
  assert.equal(sweepOver([]).sweep.run({ before: 10, limit: 10 }), 0);
});

test("a clock that was set back leaves rows for later, and takes none that is young", () => {
  const rows = [9, 1, 9, 2, 3, 9].map((bornAt) => ({ bornAt, isKept: false }));
  const { sweep, left } = sweepOver(rows);
  sweep.run({ before: 5, limit: 10 });
  for (const seq of [1, 3, 6]) assert.ok(left().includes(seq));
  sweep.run({ before: 10, limit: 10 });
  assert.deepEqual(left(), []);
});

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { temporaryFolder } from "../../../test/harness/sqlite-home.ts";
import { BirthLeases } from "./birth-leases.ts";
import type { WebhookState } from "../store.ts";
import { openForWriting, readMigrations } from "./database.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
/** Before 0014-birth-leases.sql. */
const VERSION_BEFORE = 13;
const LEASE_UNTIL = 1_000;
/** As many ids lie between two floors. */
const FLOOR_STEP = 10_000;

function openDatabase(t: TestContext): DatabaseSync {
  const folder = temporaryFolder();
  const database = openForWriting(join(folder, "x.db"));
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return database;
}

/** A report's row of this id, leased at its birth. */
function bear(database: DatabaseSync, leases: BirthLeases, id: number, leaseUntil = LEASE_UNTIL, origin = "https://a") {
  database
    .prepare(`insert into webhook (id, account_id, body, url, origin, kind, created_at, birth_lease)
      values (?, 1, '{}', 'https://a/', ?, 'SMS_V3', 0, ' ')`)
    .run(id, origin);
  leases.add(id, { origin, leaseUntil });
}

function deliver(database: DatabaseSync, leases: BirthLeases, id: number) {
  assert.equal(leases.remove(id), true);
  database.prepare("update webhook set delivered_at = 1, birth_lease = null where id = ?").run(id);
}

const idsWhere = (database: DatabaseSync, condition: string) =>
  database
    .prepare(`select id from webhook where ${condition} order by id`)
    .all()
    .map((row) => Number(row["id"]));

const floorOf = (database: DatabaseSync) =>
  Number(database.prepare("select webhook_id as floor from birth_lease_floor").get()?.["floor"]);

test("whoever opens the file finds what was leased, and it is due at once where nobody knows its lease", (t) => {
  const database = openDatabase(t);
  const leases = new BirthLeases(database);
  for (const id of [1, 2, 3]) bear(database, leases, id, LEASE_UNTIL, `https://${id}`);
  deliver(database, leases, 2);
  const next = new BirthLeases(database);
  assert.deepEqual([...next.end(5, 5)], ["https://1", "https://3"]);
  assert.deepEqual(idsWhere(database, "due_at = 5 and birth_lease is null"), [1, 3]);
  assert.deepEqual([...next.end(Number.POSITIVE_INFINITY, 6)], []);
});

test("the floor on disk follows the first that is leased, a step at a time", (t) => {
  const database = openDatabase(t);
  const leases = new BirthLeases(database);
  bear(database, leases, 1);
  bear(database, leases, FLOOR_STEP - 1);
  assert.equal(floorOf(database), 0, "nothing was written yet");
  bear(database, leases, FLOOR_STEP);
  assert.equal(floorOf(database), 1, "one is leased still");
  deliver(database, leases, 1);
  bear(database, leases, 2 * FLOOR_STEP - 1);
  assert.equal(floorOf(database), 1);
  bear(database, leases, 2 * FLOOR_STEP);
  assert.equal(floorOf(database), FLOOR_STEP - 1);
});

test("an id that SQLite gives again below the floor takes the floor down with it", (t) => {
  const database = openDatabase(t);
  const leases = new BirthLeases(database);
  bear(database, leases, 3 * FLOOR_STEP);
  deliver(database, leases, 3 * FLOOR_STEP);
  assert.equal(floorOf(database), 3 * FLOOR_STEP);
  database.exec("delete from webhook");
  bear(database, leases, 1);
  assert.equal(floorOf(database), 1);
  assert.deepEqual([...new BirthLeases(database).end(0, 0)], ["https://a"]);
});

test("what was undone is known as before: its lease ends when it was to end", (t) => {
  const database = openDatabase(t);
  const leases = new BirthLeases(database);
  bear(database, leases, 1, 10);
  bear(database, leases, 2, 20);
  database.exec("savepoint s");
  deliver(database, leases, 1);
  bear(database, leases, 3 * FLOOR_STEP, 30);
  database.exec("rollback to s; release s");
  leases.forget();
  leases.end(19, 19);
  // Of the first nobody knows any more: no lease is longer than the last.
  assert.deepEqual(idsWhere(database, "due_at is not null"), []);
  leases.end(20, 20);
  assert.deepEqual(idsWhere(database, "due_at is not null"), [2]);
  leases.end(30, 30);
  assert.deepEqual(idsWhere(database, "due_at is not null"), [1, 2]);
});

test("until when a report may be on its way is known of each receiver", (t) => {
  const database = openDatabase(t);
  const leases = new BirthLeases(database);
  bear(database, leases, 1, 30);
  bear(database, leases, 2, 20);
  bear(database, leases, 3, 40, "https://b");
  assert.equal(leases.endOf("https://a"), 30);
  deliver(database, leases, 1);
  assert.equal(leases.endOf("https://a"), 20);
  assert.equal(leases.endOf("https://c"), undefined);
});

test("webhooks of a file from before there were such leases are what they were", async (t) => {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const former = new DatabaseSync(join(folder, "posthorn.db"));
  for (const { sql } of readMigrations().slice(0, VERSION_BEFORE)) former.exec(sql);
  former.exec(`
    pragma user_version = ${VERSION_BEFORE};
    insert into webhook (id, account_id, body, url, origin, kind, created_at, due_at, delivered_at, attempts, last_error)
    values (1, 1, '{}', 'https://a/', 'https://a', 'SMS_CLICK', 1, 7, null, 0, null),
      (2, 1, '{}', 'https://a/', 'https://a', 'SMS_CLICK', 1, null, 5, 1, null),
      (3, 1, '{}', 'https://a/', 'https://a', 'SMS_CLICK', 1, null, null, 21, '500');
    insert into receiver (origin, due_at) values ('https://a', 7)`);
  former.close();
  const store = await openSqliteStore(folder, { serve: true });
  t.after(() => store.close());
  const listed = async (state: WebhookState) =>
    (await store.listWebhooks({ accountId: 1, limit: 10, state })).map(({ id }) => id);
  assert.deepEqual([await listed("waiting"), await listed("delivered"), await listed("failed")], [[1], [2], [3]]);
  await store.expireLeases(6);
  assert.equal(await store.replayWebhooks({ accountId: 1, now: 7, limit: 10 }), 1);
  const claim = { now: 7, leaseUntil: 8, originsBusy: [], originsMax: 1, bucketSize: 10 };
  assert.deepEqual(new Set((await store.claimWebhooks(claim)).map(({ id }) => id)), new Set([1, 3]));
});

type Step = { readonly kind: "bear" | "deliver" | "undo" | "end" | "restart"; readonly by: number };

test("whatever happens, nothing that is leased lies below the floor, and a start makes all of it due", (t) => {
  t.diagnostic(`FC_SEED=${SEED}`);
  const database = openDatabase(t);
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom("bear", "bear", "bear", "deliver", "deliver", "undo", "end", "restart"),
    by: fc.nat({ max: 2 * FLOOR_STEP }),
  });
  const run = (steps: readonly Step[]) => {
    database.exec("delete from webhook; update birth_lease_floor set webhook_id = 0");
    let leases = new BirthLeases(database);
    let last = 0;
    let now = 0;
    const leased = () => idsWhere(database, "birth_lease is not null");
    const change = ({ kind, by }: Step) => {
      const ids = leased();
      const chosen = ids[by % Math.max(ids.length, 1)];
      if (kind === "bear") bear(database, leases, (last += 1 + by), now + by);
      else if (kind === "deliver" && chosen !== undefined) deliver(database, leases, chosen);
      else if (kind === "end") leases.end((now += by), now);
      else if (kind === "restart") leases = new BirthLeases(database);
    };
    for (const next of steps) {
      if (next.kind !== "undo") change(next);
      else {
        database.exec("savepoint s");
        for (const kind of ["bear", "deliver", "bear"] as const) change({ kind, by: next.by });
        database.exec("rollback to s; release s");
        leases.forget();
      }
      const [first = Number.POSITIVE_INFINITY] = leased();
      assert.ok(floorOf(database) <= first, `${floorOf(database)} is above ${first}`);
    }
    const before = leased();
    new BirthLeases(database).end(Number.POSITIVE_INFINITY, -1);
    assert.deepEqual(leased(), []);
    assert.deepEqual(idsWhere(database, "due_at = -1"), before);
  };
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), run), { seed: SEED, numRuns: 200 });
});

import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../../../test/harness/sqlite-home.ts";
import { openForReading, openForWriting, readMigrations } from "./database.ts";
import { openSqliteStore } from "./sqlite-store.ts";

function fileOf(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "posthorn.db");
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("pragma user_version").get()?.["user_version"]);
}

const schemaOf = (database: DatabaseSync) =>
  database
    .prepare("select type, name, sql from sqlite_schema where name not like 'sqlite_%' order by name")
    .all()
    .map((row) => ({ ...row }));

/** A file as the program of that version left it, with one key in it where there is a table for it. */
function writeVersion(file: string, version: number) {
  const database = new DatabaseSync(file);
  for (const migration of readMigrations().slice(0, version)) database.exec(migration.sql);
  if (version > 0) {
    database.exec(`insert into api_key (id, account_id, name, secret_hash, scopes, created_at)
      values ('k', 1, 'kept', 'aa', '[]', 1)`);
  }
  database.exec(`pragma user_version = ${version}`);
  database.close();
}

test("migrations are numbered from 1 without a gap, in the order of their names", () => {
  const migrations = readMigrations();
  assert.ok(migrations.length > 0);
  migrations.forEach(({ version, name, sql }, index) => {
    assert.equal(version, index + 1);
    assert.match(name, /^\d{4}-[a-z0-9-]+\.sql$/);
    assert.ok(sql.length > 0);
  });
});

test("a new file has the newest schema, safe settings, and is opened a second time unchanged", (t) => {
  const file = fileOf(t);
  const first = openForWriting(file);
  assert.equal(versionOf(first), readMigrations().length);
  assert.equal(first.prepare("pragma journal_mode").get()?.["journal_mode"], "wal");
  assert.equal(first.prepare("pragma synchronous").get()?.["synchronous"], 2, "FULL: a commit is on disk");
  const schema = schemaOf(first);
  assert.ok(schema.length > 0);
  first.close();
  const second = openForWriting(file);
  assert.deepEqual(schemaOf(second), schema);
  second.close();
});

for (let version = 0; version <= readMigrations().length; version += 1) {
  test(`a file of version ${version} opens, has the newest schema, and keeps what is in it`, async (t) => {
    const file = fileOf(t);
    const fresh = openForWriting(fileOf(t));
    writeVersion(file, version);
    const database = openForWriting(file);
    assert.equal(versionOf(database), readMigrations().length);
    assert.deepEqual(schemaOf(database), schemaOf(fresh));
    database.close();
    fresh.close();
    const store = await openSqliteStore(join(file, ".."), { serve: true });
    const names = (await store.listApiKeys()).map(({ name }) => name);
    await store.close();
    assert.deepEqual(names, version === 0 ? [] : ["kept"]);
  });
}

test("a file of a newer version is refused with DATA_TOO_NEW, and not one octet of it is changed", async (t) => {
  const file = fileOf(t);
  const newer = readMigrations().length + 1;
  writeVersion(file, newer);
  const before = readFileSync(file);
  const { mtimeMs } = statSync(file);
  const refused = { name: "Fault", code: "DATA_TOO_NEW", message: new RegExp(`schema ${newer}`) };
  assert.throws(() => openForWriting(file), refused);
  await assert.rejects(openSqliteStore(join(file, ".."), { serve: true }), refused);
  assert.ok(readFileSync(file).equals(before));
  assert.equal(statSync(file).mtimeMs, mtimeMs);
  writeFileBack(file);
  const store = await openSqliteStore(join(file, ".."), { serve: true });
  await store.close();
});

/** As if the newer program had gone back: the folder was let go of, and opens. */
function writeFileBack(file: string) {
  const database = new DatabaseSync(file);
  database.exec(`pragma user_version = ${readMigrations().length}`);
  database.close();
}

test("a migration that fails leaves the file at the version before, and can be repeated", (t) => {
  const file = fileOf(t);
  const obstacle = new DatabaseSync(file);
  obstacle.exec("create table webhook (id integer)");
  obstacle.close();
  assert.throws(() => openForWriting(file), /webhook/);
  const left = new DatabaseSync(file);
  assert.equal(versionOf(left), 0);
  assert.deepEqual(
    schemaOf(left).map(({ name }) => name),
    ["webhook"],
  );
  left.exec("drop table webhook");
  left.close();
  const database = openForWriting(file);
  assert.equal(versionOf(database), readMigrations().length);
  database.close();
});

test("the reader cannot write", (t) => {
  const file = fileOf(t);
  openForWriting(file).close();
  const reader = openForReading(file);
  assert.throws(() => reader.exec("delete from message"), /readonly/);
  reader.close();
});

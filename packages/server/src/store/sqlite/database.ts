import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../kernel/faults.ts";

/** Another process (the CLI beside a running server) may hold the write lock for a moment. */
const BUSY_TIMEOUT_MS = 10_000;
/** Of a new file; one that is there keeps its own (decision 0050). */
const PAGE_OCTETS = 8_192;
/** Pages between checkpoints: 16 MiB of log keeps checkpoints rare and the file small. */
const WAL_CHECKPOINT_PAGES = 2_000;
const WAL_SIZE_BYTES_MAX = 64 * 1024 * 1024;
/** Enough for the pages that a message's life touches; more measured no faster (decision 0003). */
const WRITER_CACHE_KIB = 16 * 1024;
const READER_CACHE_KIB = 8 * 1024;

const MIGRATIONS_FOLDER = join(import.meta.dirname, "migrations");

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** `0001-messages.sql`, `0002-...`: numbered without a gap, never changed once released. */
export function readMigrations(): readonly Migration[] {
  const migrations = readdirSync(MIGRATIONS_FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      sql: readFileSync(join(MIGRATIONS_FOLDER, name), "utf8"),
    }));
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`migration ${migration.name} should be number ${index + 1}`);
  });
  return migrations;
}

/**
 * Opens the file for writing, and brings it to the newest schema. Each migration is a transaction of its own with the
 * version it leads to, so a crash between two of them is continued at the next start.
 *
 * @throws Fault DATA_TOO_NEW when a newer program has written it; nothing is changed then
 */
export function openForWriting(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  refuseNewer(database);
  database.exec(`
    pragma page_size = ${PAGE_OCTETS};
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma wal_autocheckpoint = ${WAL_CHECKPOINT_PAGES};
    pragma journal_size_limit = ${WAL_SIZE_BYTES_MAX};
    pragma cache_size = -${WRITER_CACHE_KIB};
    pragma temp_store = memory;
  `);
  migrate(database);
  return database;
}

export function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  database.exec(`pragma cache_size = -${READER_CACHE_KIB}; pragma temp_store = memory;`);
  return database;
}

/** Before anything is set: also the journal's mode is written into the file. */
function refuseNewer(database: DatabaseSync) {
  const known = readMigrations().length;
  const version = schemaVersion(database);
  if (version <= known) return;
  database.close();
  throw new Fault("DATA_TOO_NEW", { detail: `schema ${version}, this program knows ${known}` });
}

function migrate(database: DatabaseSync) {
  for (const migration of readMigrations().slice(schemaVersion(database))) {
    database.exec("begin immediate");
    try {
      // Another process may have migrated while we waited for the lock.
      if (schemaVersion(database) < migration.version) {
        database.exec(migration.sql);
        database.exec(`pragma user_version = ${migration.version}`);
      }
      database.exec("commit");
    } catch (error) {
      // A full disk may have ended it already.
      if (database.isTransaction) database.exec("rollback");
      throw error;
    }
  }
}

function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("pragma user_version").get()?.["user_version"] ?? 0);
}

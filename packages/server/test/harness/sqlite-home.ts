import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Home } from "../store-conformance/fixtures.ts";

/** An empty folder; the caller removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "posthorn-test-"));
}

/** An empty SQLite store in a folder of its own. */
export async function openSqliteHome(): Promise<Home> {
  const folder = temporaryFolder();
  const first = await openSqliteStore(folder, { serve: true });
  let current = first;
  return {
    store: first,
    async reopen() {
      await current.close();
      current = await openSqliteStore(folder, { serve: true });
      return current;
    },
    async destroy() {
      await current.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

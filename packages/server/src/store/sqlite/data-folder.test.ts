import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../../test/harness/sqlite-home.ts";
import { idsOf, logsOf, newMessages } from "../../../test/store-conformance/fixtures.ts";
import type { ApiKeyRecord } from "../store.ts";
import { DATABASE_FILE, openSqliteStore } from "./sqlite-store.ts";

const CHILD = fileURLToPath(new URL("../../../test/harness/store-child.ts", import.meta.url));

const KEY: ApiKeyRecord = {
  id: "k",
  accountId: 1,
  name: "made beside a running server",
  secretHash: "aa",
  scopes: [],
  createdAt: 1,
  validUntil: null,
  revokedAt: null,
};

function folderOf(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a process that serves the folder. Resolves with what it says first. */
async function serveInChild(t: TestContext, folder: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: chunk.toString().trim() };
}

test("one process serves a folder; a second one, and this one again, are refused with DATA_IN_USE", async (t) => {
  const folder = folderOf(t);
  const store = await openSqliteStore(folder, { serve: true });
  assert.equal((await serveInChild(t, folder)).said, "DATA_IN_USE");
  await assert.rejects(openSqliteStore(folder, { serve: true }), { name: "Fault", code: "DATA_IN_USE" });
  assert.deepEqual((await store.insertMessages(newMessages(1))).inserted, [true], "the first one is not disturbed");
  await store.close();
  assert.equal((await serveInChild(t, folder)).said, "serving", "after close the folder is free");
});

test("a process that was killed leaves the folder free, and all that it had answered", async (t) => {
  const folder = folderOf(t);
  const { child, said } = await serveInChild(t, folder);
  assert.equal(said, "serving");
  await assert.rejects(openSqliteStore(folder, { serve: true }), { code: "DATA_IN_USE" });
  child.kill("SIGKILL");
  await once(child, "exit");
  const store = await openSqliteStore(folder, { serve: true });
  assert.deepEqual(idsOf(await store.findLogs(logsOf())).toSorted(), ["child0", "child1", "child2"]);
  await store.close();
});

test("a second opener that does not serve reads and writes keys beside the server", async (t) => {
  const folder = folderOf(t);
  const { said } = await serveInChild(t, folder);
  assert.equal(said, "serving");
  const store = await openSqliteStore(folder, { serve: false });
  await store.saveApiKey(KEY);
  assert.deepEqual(await store.findApiKeyByHash("aa"), KEY);
  assert.equal((await store.findLogs(logsOf())).length, 3);
  await store.close();
});

test("what one opener writes, the other sees at once, in both directions", async (t) => {
  const folder = folderOf(t);
  const server = await openSqliteStore(folder, { serve: true });
  const command = await openSqliteStore(folder, { serve: false });
  await command.saveApiKey(KEY);
  assert.deepEqual(await server.listApiKeys(), [KEY]);
  await server.saveApiKey({ ...KEY, revokedAt: 5 });
  assert.equal((await command.findApiKeyByHash("aa"))?.revokedAt, 5);
  await command.close();
  await server.insertMessages(newMessages(1));
  assert.equal((await server.findLogs(logsOf())).length, 1);
  await server.close();
});

test("a folder that cannot be made is STORE_FAILED, not DATA_IN_USE", async (t) => {
  const folder = folderOf(t);
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const serve of [true, false]) {
    await assert.rejects(openSqliteStore(join(file, "data"), { serve }), { name: "Fault", code: "STORE_FAILED" });
  }
});

test("a file that is no database is STORE_FAILED, and the folder is let go of", async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, DATABASE_FILE), "not a database ".repeat(500));
  await assert.rejects(openSqliteStore(folder, { serve: true }), { name: "Fault", code: "STORE_FAILED" });
  rmSync(join(folder, DATABASE_FILE));
  const store = await openSqliteStore(folder, { serve: true });
  await store.close();
});

test("a database that cannot be made is STORE_FAILED, and the folder is let go of", async (t) => {
  const folder = folderOf(t);
  mkdirSync(join(folder, DATABASE_FILE));
  await assert.rejects(openSqliteStore(folder, { serve: true }), { name: "Fault", code: "STORE_FAILED" });
  rmSync(join(folder, DATABASE_FILE), { recursive: true });
  const store = await openSqliteStore(folder, { serve: true });
  await store.close();
});

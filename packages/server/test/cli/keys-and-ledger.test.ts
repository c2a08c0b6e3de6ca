import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { cleanupAfterFile, createFolder, startTestServer } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { runCommand } from "./run-command.ts";

const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup);
const data = ["--data", server.folder];

async function statusWith(secret: string, path = "/account/1/balance"): Promise<number> {
  const response = await fetch(server.url + path, { headers: { authorization: `App ${secret}` } });
  await response.body?.cancel();
  return response.status;
}

interface ShownKey {
  readonly id: string;
  readonly secret?: string;
  readonly state: string;
  readonly scopes: readonly string[];
  readonly validUntil: string | null;
}

test("a key made beside a running server works at once, is listed without its secret, and can be revoked", async () => {
  const made = await runCommand(["key", "create", "--name", "shop", "--valid-days", "30", "--json", ...data]);
  assert.equal(made.code, 0, made.err);
  const { id, secret = "", scopes, validUntil } = JSON.parse(made.out) as ShownKey;
  assert.deepEqual(scopes, ["*"]);
  assert.ok(validUntil !== null && Date.parse(validUntil) > Date.now());
  assert.equal(await statusWith(secret), 200);

  const list = await runCommand(["key", "list", ...data]);
  assert.match(list.out, new RegExp(`${id} +shop +active`));
  const listed = await runCommand(["key", "list", "--json", ...data]);
  for (const { out } of [list, listed]) assert.ok(!out.includes(secret) && !out.includes("secret"));

  assert.equal((await runCommand(["key", "revoke", id, ...data])).code, 0);
  await until("the running server refuses the key", async () => (await statusWith(secret)) === 401);
  assert.match((await runCommand(["key", "list", ...data])).out, new RegExp(`${id} +shop +revoked`));
});

test("a key may do what its scopes say", async () => {
  const made = await runCommand(["key", "create", "--name", "reader", "--scope", "sms:logs:read", "--json", ...data]);
  const { secret = "" } = JSON.parse(made.out) as ShownKey;
  assert.equal(await statusWith(secret, "/sms/3/logs"), 200);
  assert.equal(await statusWith(secret, "/posthorn/1/ledger"), 403);
});

test("what is no scope, no name, no number of days or no key is exit status 2", async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["create", "--name", "a", "--scope", "sms:mesage:send"], /did you mean sms:message:send\?/],
    [["create"], /--name is missing/],
    [["create", "--name", "a", "--valid-days", "0"], /from 1 to/],
    [["revoke"], /ID is missing/],
    [["revoke", "configuredd"], /did you mean configured\?/],
  ];
  for (const [args, expected] of cases) {
    const { code, err } = await runCommand(["key", ...args, ...data]);
    assert.equal(code, 2, args.join(" "));
    assert.match(err, expected);
  }
});

test("the ledger is read beside a running server and closes", async () => {
  await server.client.sms({
    messages: [{ sender: "A", destinations: [{ to: "447700900000" }, { to: "0123" }], content: { text: "x" } }],
  });
  await server.untilAllEnded();
  const { code, out } = await runCommand(["ledger", ...data]);
  assert.equal(code, 0);
  assert.match(out, /^CHANNEL +CARRIER +ACCEPTED .* CLOSES\nSMS +\S+ .* yes\n/);
});

test("a folder without data is not taken for an empty one", async () => {
  const folder = join(createFolder(cleanup), "mistyped");
  for (const command of [["ledger"], ["key", "list"], ["key", "revoke", "x"]]) {
    const { code, err } = await runCommand([...command, "--data", folder]);
    assert.equal(code, 2);
    assert.match(err, /there is no data in .*mistyped/);
  }
});

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { sandboxes, startFleetServer } from "../harness/fleet-server.ts";
import { cleanupAfterFile, createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { CliProcess, runCommand } from "./run-command.ts";

const CONFIG = {
  carriers: sandboxes("north", "south"),
  routes: { home: ["north", "south"], abroad: ["south"] },
  rules: [
    { country: "HR", sender: "Shop*", route: "home" },
    { account: 7, route: "abroad" },
  ],
};

const cleanup = cleanupAfterFile();
const fleet = await startFleetServer(cleanup, CONFIG);
const key = fleet.server.client.authorization.slice("App ".length);
const env = { POSTHORN_API_KEY: key, POSTHORN_BASE_URL: fleet.server.url };

test("carriers are shown with their health, as a table and as JSON", async () => {
  const { code, out } = await runCommand(["carriers"], { env });
  assert.equal(code, 0);
  assert.match(out, /north +sandbox +up +\S+ +0 +1000 +0 +0 % +0 % +0 +home\n/);
  assert.match(out, /south .* abroad$/m);
  const { carriers } = JSON.parse((await runCommand(["carriers", "--json"], { env })).out) as { carriers: object[] };
  assert.equal(carriers.length, 2);
});

test("a route is explained by the server: every rule with its reasons, and the carriers in their order", async () => {
  const taken = await runCommand(["route", "explain", "--to", "+385 98 123 4567", "--sender", "Shop1"], { env });
  assert.equal(taken.code, 0, taken.err);
  assert.match(taken.out, /SMS to 385981234567 \(HR\)/);
  assert.match(taken.out, /rule 1 -> home: TAKEN\n +yes +sender Shop\*: the message has Shop1\n +yes +country HR/);
  assert.match(taken.out, /rule 2 -> abroad: does not match\n +NO +account 7: the message has 1/);
  assert.match(taken.out, /north +up +1 +0 +yes\nsouth +up +1 +0 +no$/m);
  const other = await runCommand(["route", "explain", "--to", "447700900123", "--account", "7", "--json"], { env });
  assert.deepEqual((JSON.parse(other.out) as { route: string; lane: string }).lane, "abroad");
});

test("a message without a route is status 4, a wrong destination 2, and a server that is not there 6", async () => {
  const none = await runCommand(["route", "explain", "--to", "447700900123"], { env });
  assert.equal(none.code, 4);
  assert.match(none.out, /REJECTED_ROUTE_NOT_AVAILABLE/);
  for (const args of [
    ["--to", "abc"],
    [],
    ["--to", "385981234567", "--channel", "FAX"],
    ["--to", "1", "--account", "x"],
  ]) {
    assert.equal((await runCommand(["route", "explain", ...args], { env })).code, 2, args.join(" "));
  }
  const away = { ...env, POSTHORN_BASE_URL: "http://127.0.0.1:1" };
  assert.equal((await runCommand(["carriers"], { env: away })).code, 6);
});

test("a route is explained without a server, from the configuration alone", async () => {
  const args = ["route", "explain", "--offline", "--config", fleet.configFile, "--to"];
  const { code, out } = await runCommand([...args, "385981234567", "--sender", "Shop"]);
  assert.equal(code, 0);
  assert.match(out, /north +unknown +1 +0 +unknown/);
  assert.equal((await runCommand([...args, "abc"])).code, 2);
});

test("config check reads the files that the configuration names", async (t) => {
  const folder = createFolder(t);
  const [config, prefixes] = [join(folder, "c.yaml"), join(folder, "prefixes.csv")];
  writeFileSync(config, stringify({ ...CONFIG, routing: { prefixFile: prefixes } }));
  writeFileSync(prefixes, "prefix,mcc,mnc\n38598,219,1\n");
  const wrong = await runCommand(["config", "check", "--config", config]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /prefixes\.csv:2 routing\.prefixFile: mnc: expected two or three digits/);
  writeFileSync(prefixes, "prefix,mcc,mnc\n38598,219,01\n");
  assert.equal((await runCommand(["config", "check", "--config", config])).code, 0);
});

test("only a key with the operators' scope may look at carriers or reload", async () => {
  const { secret } = await fleet.server.addKey({ scopes: ["sms:manage"] });
  const other = { ...env, POSTHORN_API_KEY: secret };
  for (const args of [["carriers"], ["config", "reload"], ["route", "explain", "--to", "385981234567"]]) {
    const { code, err } = await runCommand(args, { env: other });
    assert.equal(code, 3, args.join(" "));
    assert.match(err, /posthorn:manage/);
  }
  const operator = await fleet.server.addKey({ scopes: ["posthorn:manage"] });
  assert.equal((await runCommand(["carriers"], { env: { ...env, POSTHORN_API_KEY: operator.secret } })).code, 0);
});

test("config reload says what changed, and shows what is wrong", async () => {
  assert.match((await runCommand(["config", "reload"], { env })).out, /Nothing has changed/);
  fleet.writeConfig({ ...CONFIG, dispatch: { claimSize: 7 }, rules: [{ route: "home" }] });
  const { code, out } = await runCommand(["config", "reload"], { env });
  assert.equal(code, 0);
  assert.match(out, /^dispatch\.claimSize: 500 -> 7 {2}\(from the next start on\)$/m);
  assert.match(out, /^rules: .* -> \[\{"route":"home"\}\]$/m);
  fleet.writeConfig({ ...CONFIG, rules: [{ route: "nowhere" }] });
  const wrong = await runCommand(["config", "reload"], { env });
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /rules\.0\.route: there is no route nowhere/);
});

test("SIGHUP reads the configuration again, and a wrong one does not end the server", async (t) => {
  const folder = createFolder(t);
  const config = join(folder, "c.yaml");
  writeFileSync(config, stringify(CONFIG));
  const args = ["serve", "--config", config, "--data", join(folder, "data"), "--port", "0", "--json", "--no-welcome"];
  const child = new CliProcess(t, args, { POSTHORN_API_KEY: key });
  await child.untilOut(/"url"/);
  writeFileSync(config, stringify({ ...CONFIG, rules: [{ route: "nowhere" }] }));
  child.send("SIGHUP");
  await until("it was refused", () => /"config\.refused"/.test(child.err));
  writeFileSync(config, stringify({ ...CONFIG, rules: [] }));
  child.send("SIGHUP");
  await until("it was taken", () => /"config\.reloaded"/.test(child.err));
  assert.match(child.err, /"config\.changed","path":"rules"/);
  child.send("SIGTERM");
  assert.equal(await child.ended(), 0);
});

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../harness/smpp-customer.ts";
import { createFolder, startTestServer, type TestServer, type TestServerOptions } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { CliProcess, runCommand } from "./run-command.ts";

/** The ready configurations work as they stand, with the commands that their first lines say. Ports alone are others. */

interface Example {
  readonly file: string;
  readonly text: string;
  /** Arguments of `posthorn` in each command. */
  readonly commands: readonly (readonly string[])[];
  readonly env: Readonly<Record<string, string>>;
}

function readExample(name: string): Example {
  const file = fileURLToPath(new URL(`../../../../examples/carriers/${name}`, import.meta.url));
  const text = readFileSync(file, "utf8");
  const commands = [...text.matchAll(/^# {3}npm run posthorn -- (.*)$/gm)].map(([, line = ""]) => line.split(" "));
  const env = Object.fromEntries(
    [...text.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  return { file, text, commands, env };
}

function startWith(t: TestContext, text: string, settings: TestServerOptions["settings"] = {}): Promise<TestServer> {
  const folder = createFolder(t);
  const configFile = join(folder, "posthorn.yaml");
  writeFileSync(configFile, text);
  return startTestServer(t, { folder: join(folder, "data"), configFile, settings });
}

/** The port that a simulator's first line names. */
async function portOf(simulator: CliProcess): Promise<number> {
  return Number(await until("it listens", () => / on \S+:(\d+)/.exec(simulator.out)?.[1]));
}

test("the example of an SMPP carrier is right and delivers by the simulator that it names", async (t) => {
  const { file, text, commands, env } = readExample("smpp.yaml");
  const checked = await runCommand(["config", "check", "--config", file]);
  assert.equal(checked.code, 0, checked.err);
  assert.match(checked.out, /carriers: north/);
  const [smsc = []] = commands;
  assert.equal(smsc[0], "smsc");
  Object.assign(process.env, env);
  const port = await portOf(new CliProcess(t, [...smsc, "--port", "0"]));
  const server = await startWith(t, text.replace("port: 2775", `port: ${port}`));
  const { status } = await server.client.call("POST", "/sms/3/messages", {
    json: { messages: [{ sender: "Shop", destinations: [{ to: "447700900000" }], content: { text: "Hello" } }] },
  });
  assert.equal(status, 200);
  assert.equal((await server.untilAllEnded()).delivered, 1);
});

test("the example of the Cloud API is right and delivers by the emulator that it names", async (t) => {
  const { file, text, commands, env } = readExample("whatsapp-cloud.yaml");
  const checked = await runCommand(["config", "check", "--config", file]);
  assert.equal(checked.code, 0, checked.err);
  assert.match(checked.out, /carriers: meta/);
  const [emulator = [], send = []] = commands;
  assert.deepEqual([emulator[0], ...send.slice(0, 2)], ["whatsapp-emulator", "send", "whatsapp"]);
  Object.assign(process.env, env);
  const httpPort = await freePort();
  const args = emulator.map((each) => each.replace(":8080", `:${httpPort}`));
  const port = await portOf(new CliProcess(t, [...args, "--port", "0"]));
  const server = await startWith(t, text.replace(":8090", `:${port}`), { "http.port": httpPort });
  const key = server.client.authorization.slice("App ".length);
  const sent = await runCommand(send, { env: { POSTHORN_API_KEY: key, POSTHORN_BASE_URL: server.url } });
  assert.equal(sent.code, 0, sent.err + sent.out);
  assert.match(sent.out, /DELIVERED_TO_HANDSET/);
});

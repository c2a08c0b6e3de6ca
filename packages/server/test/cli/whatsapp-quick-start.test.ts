/** What the documents say of WhatsApp with the emulator, run as it stands there. Ports alone are others. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../harness/smpp-customer.ts";
import { createFolder } from "../harness/test-server.ts";
import { CliProcess } from "./run-command.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const shell = promisify(execFile);
const HAS_CURL = await shell("curl", ["--version"]).then(
  () => true,
  () => false,
);

/** The lines of a document's examples that begin so. */
function linesOf(document: string, beginning: string): readonly string[] {
  const text = readFileSync(join(ROOT, document), "utf8");
  return text.split("\n").filter((line) => line.startsWith(beginning));
}

test("the README and the emulator's page have the same two commands", () => {
  for (const beginning of ["npm run posthorn -- whatsapp-emulator", "WHATSAPP_TOKEN="]) {
    const lines = linesOf("README.md", beginning);
    assert.equal(lines.length, 1);
    assert.deepEqual(lines, linesOf("docs/whatsapp-emulator.md", beginning));
  }
});

test("they work: the line that the start prints sends a text, and a user writes back", {
  skip: !HAS_CURL && "no curl",
}, async (t) => {
  const [httpPort, emulatorPort] = [await freePort(), await freePort()];
  const own = (text: string) =>
    text.replaceAll(":8080", `:${httpPort}`).replaceAll("http://127.0.0.1:8090", `http://127.0.0.1:${emulatorPort}`);
  const [first = ""] = linesOf("README.md", "npm run posthorn -- whatsapp-emulator");
  const emulatorArgs = own(first).split(" ").slice("npm run posthorn --".split(" ").length);
  const emulator = new CliProcess(t, [...emulatorArgs, "--port", String(emulatorPort)]);
  await emulator.untilOut(/emulator on/);

  const [second = ""] = linesOf("README.md", "WHATSAPP_TOKEN=");
  const [settings = "", options = ""] = second.split(" npm start -- ");
  const env = Object.fromEntries(settings.split(" ").map((setting) => setting.split("=") as [string, string]));
  const [name = "", file = ""] = options.split(" ");
  assert.equal(name, "--config");
  const folder = createFolder(t);
  const config = join(folder, "posthorn.yaml");
  writeFileSync(config, own(readFileSync(join(ROOT, file), "utf8")));
  const args = ["serve", name, config, "--port", String(httpPort), "--data", join(folder, "data")];
  const server = new CliProcess(t, args, env);
  const [curl = ""] = await server.untilOut(/^ {2}curl .*$/m);
  await shell("sh", ["-c", curl]);
  await emulator.untilOut(/delivered {2}447700900000/);

  const [inbound = ""] = linesOf("docs/whatsapp-emulator.md", "curl ");
  await shell("sh", ["-c", own(inbound)]);
  await emulator.untilOut(/from 447700900000/);
  await emulator.untilOut(/webhook {2}http:\S+ {2}attempt 1 {2}200/);
});

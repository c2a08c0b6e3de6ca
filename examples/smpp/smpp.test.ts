import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";

const path = (name: string): string => join(import.meta.dirname, name);

test("the two examples of SMPP work with each other", async () => {
  const smsc = spawn(process.execPath, [path("smsc.ts"), "0"], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  smsc.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  while (!/:\d+\n/.test(output)) await once(smsc.stdout, "data");
  const port = /:(\d+)\n/.exec(output)?.[1] ?? "";
  const sent = spawnSync(process.execPath, [path("send.ts"), port], { encoding: "utf8" });
  smsc.kill("SIGTERM");
  await once(smsc, "close");
  assert.equal(sent.stdout, "submitted as 1\n1: DELIVERED\n", sent.stderr);
  assert.match(output, /to 385981234567: Order 42 shipped, 10 € to pay\n.*peer-unbound/);
});

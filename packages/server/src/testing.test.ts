import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isConfigError } from "./config/config.ts";
import { startPosthorn } from "./testing.ts";

async function send(url: string, key: string, to: string, text: string) {
  const response = await fetch(`${url}/sms/3/messages`, {
    method: "POST",
    headers: { authorization: `App ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ sender: "Shop", destinations: [{ to }], content: { text } }] }),
  });
  assert.equal(response.status, 200);
}

test("two servers run beside each other, and each has its own phones", async () => {
  await using one = await startPosthorn();
  await using two = await startPosthorn({ "sandbox.deliveryDelayMs": 1 });
  await send(one.url, one.key, "447700900000", "first");
  await send(two.url, two.key, "447700900000", "second");
  assert.equal((await one.phones.waitFor()).text, "first");
  assert.equal((await two.phones.waitFor({ to: "447700900000" })).text, "second");
  assert.equal(one.phones.messages().length, 1);
  one.phones.clear();
  assert.deepEqual(one.phones.messages(), []);
  assert.equal(two.phones.messages().length, 1);
});

test("a wait in vain rejects, and says what came instead", async () => {
  await using posthorn = await startPosthorn();
  await assert.rejects(posthorn.phones.waitFor({ to: "1" }, { timeoutMs: 1 }), /"to":"1".*none came/);
  await send(posthorn.url, posthorn.key, "447700900000", "another");
  await posthorn.phones.waitFor();
  await assert.rejects(posthorn.phones.waitFor({ text: "mine" }, { timeoutMs: 1 }), /Shop to 447700900000: another/);
});

test("a phone answers what it got, whole or in parts, and writes by itself", async () => {
  await using posthorn = await startPosthorn();
  const { url, key, phones } = posthorn;
  const headers = { authorization: `App ${key}`, "content-type": "application/json" };
  const json = {
    messages: [{ sender: "447860000001", destinations: [{ to: "447700900000" }], content: { text: "?" } }],
  };
  await fetch(`${url}/sms/3/messages`, { method: "POST", headers, body: JSON.stringify(json) });
  const question = await phones.waitFor();
  const long = "a long answer ".repeat(20).trim();
  await phones.reply(question, "yes");
  await phones.write({ from: "447700900000", to: "447860000001", text: "no" });
  await phones.reply(question, long, { inParts: true });
  const got: unknown[] = [];
  while (got.length < 3) {
    const answer = await fetch(`${url}/sms/1/inbox/reports`, { headers });
    const { results } = (await answer.json()) as { results: Record<string, unknown>[] };
    got.push(...results.map(({ from, to, text, smsCount }) => [from, to, text, smsCount]));
  }
  const [from, to] = ["447700900000", "447860000001"];
  assert.deepEqual(got, [
    [from, to, "yes", 1],
    [from, to, "no", 1],
    [from, to, long, 2],
  ]);
  await assert.rejects(phones.write({ from, to: "Shop", text: "hi" }), /Shop is a name/);
});

test("after a stop nothing answers, and a second stop is none", async () => {
  const posthorn = await startPosthorn();
  await posthorn.stop();
  await posthorn.stop();
  await assert.rejects(fetch(`${posthorn.url}/health/live`), /fetch failed/);
});

test("a setting that does not exist is refused, and no folder stays behind", async (t) => {
  const { TMPDIR } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "posthorn-test-"));
  t.after(() => {
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
    rmSync(folder, { recursive: true });
  });
  process.env["TMPDIR"] = folder;
  await (await startPosthorn()).stop();
  await assert.rejects(startPosthorn({ "sandbox.deliveryDelay": 1 }), isConfigError);
  assert.deepEqual(readdirSync(folder), []);
});

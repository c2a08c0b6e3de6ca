import assert from "node:assert/strict";
import { test } from "node:test";
import { oneSms } from "../harness/api-client.ts";
import { startTestServer } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { WebhookSink } from "../harness/webhook-sink.ts";
import { runCommand } from "./run-command.ts";

test("webhooks are listed, shown with their attempts, and sent again from the command line", async (t) => {
  const server = await startTestServer(t, { settings: { "webhooks.retriesMax": 0 } });
  const sink = await WebhookSink.start(t);
  sink.behaviour = 500;
  const { secret } = await server.addKey();
  const connection = ["--base-url", server.url, "--key", secret];
  const destinations = ["a", "b", "c"].map((messageId) => ({ to: "nobody", messageId }));
  await server.client.send(oneSms({ destinations, webhooks: { delivery: { url: sink.url } } }));
  await until("they are given up", () => server.webhooks().every(({ dueAt }) => dueAt === null));

  const listed = await runCommand(["webhooks", "list", "--state", "failed", "--limit", "2", ...connection]);
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out, /failed +SMS_V3 +http:\/\/127\.0\.0\.1:\d+ +1 +- +HTTP 500/);
  assert.match(listed.err, /--before 2/);
  const shown = await runCommand(["webhooks", "show", "1", ...connection]);
  assert.match(shown.out, /messageId +a/);
  assert.match(shown.out, /500 +\d+ +HTTP 500/);

  sink.behaviour = 200;
  assert.equal((await runCommand(["webhooks", "replay", "1", ...connection])).code, 0);
  await until("the first is told", () => sink.reports.length === 4);
  const meant = await runCommand(["webhooks", "replay-failed", ...connection]);
  assert.equal(meant.code, 2, "which ones must be said");
  const receiver = ["--receiver", new URL(sink.url).origin];
  const again = await runCommand(["webhooks", "replay-failed", ...receiver, "--json", ...connection]);
  assert.deepEqual(JSON.parse(again.out), { replayed: 2, hasMore: false });
  await until("all are told", () => server.webhooks().every(({ deliveredAt }) => deliveredAt !== null));

  assert.equal((await runCommand(["webhooks", "show", "x", ...connection])).code, 2);
  assert.equal((await runCommand(["webhooks", "show", "99", ...connection])).code, 1);
  const narrow = await server.addKey({ scopes: ["sms:manage"] });
  const refused = await runCommand(["webhooks", "list", "--base-url", server.url, "--key", narrow.secret]);
  assert.equal(refused.code, 3);
});

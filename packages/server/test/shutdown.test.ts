import assert from "node:assert/strict";
import { request } from "node:http";
import { test, type TestContext } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { createFolder, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

/** A request whose body is sent when the test says so. */
function slowRequest(url: string, authorization: string) {
  const body = JSON.stringify(oneSms({}, { messageId: "slow" }));
  const answer = Promise.withResolvers<{ status: number; text: string }>();
  const sending = request(`${url}/sms/3/messages`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
  });
  sending.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (part: string) => (text += part));
    response.on("end", () => answer.resolve({ status: response.statusCode ?? 0, text }));
  });
  sending.on("error", answer.reject);
  sending.write(body.slice(0, 10));
  return { answer: answer.promise, finish: () => sending.end(body.slice(10)) };
}

const isRefused = (url: string) =>
  fetch(`${url}/health/ready`).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status === 503;
    },
    () => true,
  );

async function startWithSlowRequest(t: TestContext, settings = {}) {
  const folder = createFolder(t);
  const server = await startTestServer(t, { folder, settings });
  assert.equal(await isRefused(server.url), false);
  const slow = slowRequest(server.url, server.client.authorization);
  // Another request after it: by its answer the first one has reached the server.
  await server.client.logs();
  return { folder, server, slow };
}

test("a stop answers what has begun, refuses what is new, and keeps what it answered", async (t) => {
  const { folder, server, slow } = await startWithSlowRequest(t);
  const stopping = server.stop();
  await until("it is not ready any more", () => isRefused(server.url));
  slow.finish();
  const { status, text } = await slow.answer;
  assert.equal(status, 200, text);
  await stopping;
  await assert.rejects(fetch(`${server.url}/health/live`));
  const next = await startTestServer(t, { folder });
  await next.untilState("slow", ["delivered"]);
});

test("a client that never finishes its request does not keep a stop from ending", async (t) => {
  const { server, slow } = await startWithSlowRequest(t, { "shutdown.timeoutMs": 1 });
  slow.answer.catch(() => undefined);
  await server.stop();
  await assert.rejects(slow.answer);
});

test("a receiver that hangs does not keep a stop from ending, and its reports are sent after the next start", async (t) => {
  const folder = createFolder(t);
  const sink = await WebhookSink.start(t);
  sink.behaviour = "hang";
  const settings = { "webhooks.readTimeoutMs": 1_000, "webhooks.retryBaseMs": 1 };
  const server = await startTestServer(t, { folder, settings });
  await server.client.send(oneSms({ webhooks: { delivery: { url: sink.url } } }, { messageId: "pushed", to: "" }));
  await until("it hangs", () => sink.calls.length === 1);
  await server.stop();
  sink.behaviour = 200;
  const next = await startTestServer(t, { folder, settings });
  await until("it came", () => next.webhooks().every(({ deliveredAt }) => deliveredAt !== null));
  assert.equal(sink.calls.length, 2);
});

test("a stop with nothing under way ends, and a second call is the same one", async (t) => {
  const server = await startTestServer(t);
  await Promise.all([server.stop(), server.stop()]);
});

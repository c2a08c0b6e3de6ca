import assert from "node:assert/strict";
import { test } from "node:test";
import { MAGIC_SENDERS } from "../src/sandbox/magic-senders.ts";
import { oneSms, statusesOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile());
const { client } = server;

const smsOf = (sender: string, messageId: string) => oneSms({ sender }, { messageId });
const whatsAppOf = (from: string, messageId: string) => ({
  from,
  to: "447700900000",
  messageId,
  content: { text: "Hi" },
});

for (const [sender, { fault }] of MAGIC_SENDERS) {
  if (fault.kind !== "refused") continue;
  test(`${sender} is refused with ${fault.status} in the endpoint's envelope, and nothing is stored`, async () => {
    const sms = await client.sms(smsOf(sender, `sms-${sender}`));
    const whatsApp = await client.whatsApp(whatsAppOf(sender, `whatsapp-${sender}`));
    assert.deepEqual([sms.status, whatsApp.status], [fault.status, fault.status]);
    assert.equal(sms.body.errorCode, `E${fault.status}`);
    assert.equal(typeof whatsApp.body.requestError.serviceException.messageId, "string");
    for (const { headers } of [sms, whatsApp]) {
      assert.equal(headers.get("retry-after"), fault.retryAfterS === undefined ? null : String(fault.retryAfterS));
    }
    assert.equal(await server.message(`sms-${sender}`), null);
    assert.equal(await server.message(`whatsapp-${sender}`), null);
  });
}

test("a magic sender anywhere in a request speaks for all of it", async () => {
  const destinations = [{ to: "447700900000", messageId: "beside" }];
  const messages = ["Shop", "HTTP500"].map((sender) => ({ sender, destinations, content: { text: "Hi" } }));
  assert.equal((await client.sms({ messages })).status, 500);
  assert.equal(await server.message("beside"), null);
});

test("RESET stores and then breaks the connection; the same request again is answered, and the phone got it once", async () => {
  await assert.rejects(client.sms(smsOf("RESET", "reset-sms")), /fetch failed/);
  await assert.rejects(client.whatsApp(whatsAppOf("RESET", "reset-whatsapp")), /fetch failed/);
  const sms = await client.send(smsOf("RESET", "reset-sms"));
  assert.deepEqual(statusesOf(sms), ["REJECTED_DUPLICATE_MESSAGE_ID"]);
  const whatsApp = await client.whatsApp(whatsAppOf("RESET", "reset-whatsapp"));
  assert.equal(whatsApp.body.status.name, "REJECTED_DUPLICATE_MESSAGE_ID");
  for (const id of ["reset-sms", "reset-whatsapp"]) await server.untilState(id, ["delivered"]);
  assert.equal(server.sandbox.phones.messages(1, { from: "RESET" }).length, 2);
});

test("what is wrong with a request comes before what its sender asks for", async () => {
  assert.equal((await client.sms({ messages: [{ sender: "HTTP500" }] })).status, 400);
  const answer = await client.call("POST", "/sms/3/messages", { json: smsOf("HTTP500", "m"), authorization: null });
  assert.equal(answer.status, 401);
});

test("SLOW is stored at once and answered after the setting's time", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock, settings: { "sandbox.slowAnswerMs": 7_000 } });
  let isAnswered = false;
  const answer = own.client.send(smsOf("SLOW", "slow")).then((body) => {
    isAnswered = true;
    return body;
  });
  await own.untilState("slow", ["queued", "claimed", "submitted", "delivered"]);
  await clock.advanceAndSettle(6_000);
  await own.client.call("GET", "/health/live");
  assert.equal(isAnswered, false);
  const tick = setInterval(() => clock.advance(1_000), 1);
  assert.deepEqual(statusesOf(await answer), ["PENDING_ACCEPTED"]);
  clearInterval(tick);
});

test("without the sandbox these are senders like all others, and its paths are not there", async (t) => {
  const carrier = new FakeCarrier();
  const own = await startTestServer(t, { carriers: [carrier], settings: { "sandbox.enabled": false } });
  for (const sender of MAGIC_SENDERS.keys()) {
    assert.deepEqual(statusesOf(await own.client.send(smsOf(sender, sender))), ["PENDING_ACCEPTED"]);
  }
  assert.equal((await own.client.call("GET", "/sandbox/messages")).status, 404);
});

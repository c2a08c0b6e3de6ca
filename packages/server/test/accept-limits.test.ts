import assert from "node:assert/strict";
import { test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { oneSms, statusesOf, violationsOf } from "./harness/api-client.ts";
import { FakeCarrier, carrierIdOf, receiptOf } from "./harness/fake-carrier.ts";
import { createFolder, startTestServer } from "./harness/test-server.ts";

const many = (count: number) =>
  oneSms({ destinations: Array.from({ length: count }, (_, index) => ({ to: `3859812${10_000 + index}` })) });

test("a request of more destinations than allowed is 400 and names where it was too much", async (t) => {
  const { client } = await startTestServer(t, { settings: { "accept.destinationsPerRequestMax": 10 } });
  assert.equal((await client.sms(many(10))).status, 200);
  const { messages: six } = many(6) as { messages: object[] };
  const answer = await client.sms({ messages: [...six, ...six] });
  assert.equal(answer.status, 400);
  assert.deepEqual(violationsOf(answer), { "messages[1].destinations": "a request may have at most 10 destinations" });
  assert.equal((await client.logs("limit=1000")).results?.length, 10);
});

test("while as many messages wait for their commit as may, further ones are 429 and none of them is stored", async (t) => {
  const server = await startTestServer(t, {
    settings: { "accept.pendingMessagesMax": 10, "accept.destinationsPerRequestMax": 10, "sandbox.paused": true },
  });
  const answers = await Promise.all(Array.from({ length: 50 }, () => server.client.sms(many(10))));
  const taken = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(taken.length >= 1);
  assert.equal(taken.length + refused.length, 50);
  assert.equal((await server.ledger()).accepted, taken.length * 10);
  for (const { headers, body } of refused) {
    assert.match(headers.get("retry-after") ?? "", /^\d+$/);
    assert.equal(body.errorCode, "E429");
  }
});

test("at the limit of open messages requests are 429 in either envelope, until some have ended", async (t) => {
  const carrier = new FakeCarrier();
  const server = await startTestServer(t, { carriers: [carrier], settings: { "accept.openMessagesMax": 3 } });
  const { client } = server;
  const { messages } = await client.send(many(3));
  const sms = await client.sms(oneSms());
  assert.deepEqual([sms.status, sms.body.errorCode, sms.headers.get("retry-after")], [429, "E429", "1"]);
  const whatsApp = await client.whatsApp({ from: "441134960000", to: "385981234567", content: { text: "Hi" } });
  assert.equal(whatsApp.status, 429);
  assert.equal(whatsApp.body.requestError.serviceException.messageId, "TOO_MANY_REQUESTS");
  assert.equal(whatsApp.headers.get("retry-after"), "1");
  assert.equal((await server.ledger()).accepted, 3);

  const messageId = messages[0]?.messageId ?? "";
  await server.untilState(messageId, ["submitted"]);
  await carrier.emit(receiptOf(carrierIdOf(messageId), "delivered", Date.now()));
  assert.equal((await client.sms(many(2))).status, 429, "two do not fit where one has ended");
  assert.equal((await client.sms(many(1))).status, 200);
  assert.equal((await client.sms(many(1))).status, 429);
});

test("the limit of open messages holds from the first request after a start", async (t) => {
  const carriers = [new FakeCarrier()];
  const settings = { "accept.openMessagesMax": 3 };
  const folder = createFolder(t);
  const first = await startTestServer(t, { carriers, settings, folder });
  await first.client.send(many(3));
  await first.stop();
  const second = await startTestServer(t, { carriers: [new FakeCarrier()], settings, folder });
  assert.equal((await second.client.sms(oneSms())).status, 429);
});

test("a request while the store cannot write is 503, stores nothing, and the same request is taken later", async (t) => {
  const server = await startTestServer(t, { carriers: [new FakeCarrier()] });
  const { client } = server;
  await client.send(oneSms({}, { messageId: "before" }));
  await server.untilState("before", ["submitted"]);
  // A fault that only this table shows: it stands for whatever makes a transaction fail.
  const database = new DatabaseSync(join(server.folder, "posthorn.db"), { timeout: 5_000 });
  t.after(() => database.close());
  database.exec("create trigger refuse before insert on message begin select raise(abort, 'out of order'); end");
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, (_, index) => client.sms(oneSms({}, { messageId: `during-${index}` }))),
    client.whatsApp({ from: "441134960000", to: "385981234567", content: { text: "Hi" } }),
  ]);
  for (const { status, headers, text } of answers) {
    assert.equal(status, 503, text);
    assert.equal(headers.get("retry-after"), "1");
  }
  assert.equal(answers[0]?.body.errorCode, "E503");
  assert.equal(answers[5]?.body.requestError.serviceException.messageId, "SERVICE_UNAVAILABLE");
  assert.equal((await server.ledger()).accepted, 1);
  assert.equal((await client.logs()).results?.length, 1);
  database.exec("drop trigger refuse");
  assert.deepEqual(statusesOf(await client.send(oneSms({}, { messageId: "during-0" }))), ["PENDING_ACCEPTED"]);
});

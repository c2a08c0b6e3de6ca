import { OPERATIONS, type OperationName } from "@posthorn/contract";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { test } from "node:test";
import { type Answer, type ApiClient, oneSms, statusesOf, violationsOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, createFolder, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WHATSAPP_BODIES, type WhatsAppSend } from "./harness/whatsapp-bodies.ts";

type SendOperation = {
  [Name in OperationName]: (typeof OPERATIONS)[Name] extends { isSend: true } ? Name : never;
}[OperationName];

const TO = "385981234567";

const PLAIN_WHATSAPP_BODIES = Object.fromEntries(
  Object.entries(WHATSAPP_BODIES).map(([name, [plain]]) => [name, plain]),
) as Readonly<Record<WhatsAppSend, object>>;

/** A body, or the parameters, for every operation that sends: the compiler asks for them when there is another. */
const BODIES: Readonly<Record<SendOperation, object>> = {
  sendSmsMessages: oneSms(),
  sendSmsAdvancedText: { messages: [{ destinations: [{ to: TO }], text: "Hi" }] },
  sendSmsAdvancedBinary: { messages: [{ destinations: [{ to: TO }], binary: { hex: "00" } }] },
  sendSmsSingleV2: { to: TO, text: "Hi" },
  sendSmsSingle: { to: TO, text: "Hi" },
  sendSmsMulti: { messages: [{ to: TO, text: "Hi" }] },
  sendSmsByQuery: { to: TO, text: "Hi" },
  sendSmsByQueryV1: { to: TO, text: "Hi" },
  ...PLAIN_WHATSAPP_BODIES,
};
const SENDS = Object.keys(BODIES) as SendOperation[];

const carrier = new FakeCarrier();
const server = await startTestServer(cleanupAfterFile(), { carriers: [carrier] });
const { client } = server;

function send(key: string, json: unknown, name: SendOperation = "sendSmsMessages", by: ApiClient = client) {
  const { method, path } = OPERATIONS[name];
  const headers = { "idempotency-key": key };
  if (method === "POST") return by.call(method, path, { json, headers });
  return by.call(method, `${path}?${new URLSearchParams(json as Record<string, string>).toString()}`, { headers });
}

const replayedOf = ({ headers }: Answer) => headers.get("idempotency-replayed");

function assertReplay(answer: Answer, first: Answer) {
  assert.deepEqual([answer.status, answer.text, replayedOf(answer)], [200, first.text, "true"]);
  assert.equal(answer.headers.get("content-type"), first.headers.get("content-type"));
}

/** In the envelope of its endpoint. */
function assertConflict({ status, body }: Answer) {
  assert.equal(status, 409);
  const { errorCode, description, requestError } = body;
  assert.equal(errorCode ?? requestError.serviceException.messageId, errorCode === undefined ? "CONFLICT" : "E409");
  assert.match(description ?? requestError.serviceException.text, /Idempotency-Key was used for another request/);
}

for (const name of SENDS) {
  test(`${name}: the same request with the same key is given the same answer and sends nothing`, async () => {
    const { accepted } = await server.ledger();
    const first = await send(`same-${name}`, BODIES[name], name);
    assert.deepEqual([first.status, replayedOf(first)], [200, null], first.text);
    for (let repeat = 0; repeat < 3; repeat += 1) assertReplay(await send(`same-${name}`, BODIES[name], name), first);
    assert.equal((await server.ledger()).accepted, accepted + 1);
    assert.equal((await send(`other-${name}`, BODIES[name], name)).status, 200);
    assert.equal((await server.ledger()).accepted, accepted + 2);
  });

  test(`${name}: a key that was used for another body or another operation is a 409, and nothing is stored`, async () => {
    const key = `conflict-${name}`;
    const other = SENDS.find((one) => one !== name) ?? name;
    assert.equal((await send(key, BODIES[name], name)).status, 200);
    const { accepted } = await server.ledger();
    assertConflict(await send(key, { ...BODIES[name], unknown: 1 }, name));
    assertConflict(await send(key, BODIES[other], other));
    assert.equal((await server.ledger()).accepted, accepted);
  });

  test(`${name}: a key of another alphabet or length is a 400 that names the header, and nothing is stored`, async () => {
    const { accepted } = await server.ledger();
    for (const key of ["", "two words", "ünïcode", "x".repeat(256), "a, b"]) {
      const answer = await send(key, BODIES[name], name);
      assert.equal(answer.status, 400, key);
      assert.deepEqual(Object.keys(violationsOf(answer)), ["Idempotency-Key"]);
    }
    assert.equal((await server.ledger()).accepted, accepted);
    for (const key of ["!", "~".repeat(255)])
      assert.equal((await send(name + key.slice(name.length), BODIES[name], name)).status, 200);
  });
}

test("the names of operations that send are those of the contract", () => {
  const flagged = Object.entries(OPERATIONS).filter(([, operation]) => "isSend" in operation);
  assert.deepEqual(flagged.map(([name]) => name).toSorted(), SENDS.toSorted());
});

test("the order of members and blanks do not make another body", async () => {
  const [one, other] = ['{"to":"385981234567","messageId":"x"}', '{ "messageId":"x", "to" : "385981234567" }'].map(
    (destination) => `{"messages":[{"content":{"text":"Hi"},"destinations":[${destination}]}]}`,
  );
  const call = (raw = "") => client.call("POST", "/sms/3/messages", { raw, headers: { "idempotency-key": "order" } });
  const first = await call(one);
  assertReplay(await call(other), first);
});

test("what was refused as a duplicate messageId then is refused in the repeat, to the byte", async () => {
  await client.send(oneSms({}, { messageId: "was-there" }));
  const destinations = ["new-one", "was-there", "new-two"].map((messageId) => ({ to: "385981234567", messageId }));
  const first = await send("partly", oneSms({ destinations }));
  assert.deepEqual(statusesOf(first.body), ["PENDING_ACCEPTED", "REJECTED_DUPLICATE_MESSAGE_ID", "PENDING_ACCEPTED"]);
  assertReplay(await send("partly", oneSms({ destinations })), first);
});

test("parallel requests with one key are one sending, and all are given its answer", async () => {
  const { accepted } = await server.ledger();
  const answers = await Promise.all(Array.from({ length: 20 }, () => send("parallel", oneSms())));
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  );
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  assert.equal(answers.filter((answer) => replayedOf(answer) === null).length, 1);
  assert.equal((await server.ledger()).accepted, accepted + 1);
});

test("parallel requests with keys of their own share commits and mix nothing up", async () => {
  const destinations = (index: number) =>
    ["a", "b"].map((letter) => ({ to: "385981234567", messageId: `${letter}${index}` }));
  const all = Array.from({ length: 40 }, (_, index) => index);
  const sendAll = () =>
    Promise.all(all.map((index) => send(`own-${index}`, oneSms({ destinations: destinations(index) }))));
  const first = await sendAll();
  const again = await sendAll();
  for (const index of all) {
    assert.deepEqual(
      first[index]?.body.messages.map(({ messageId }: { messageId: string }) => messageId),
      [`a${index}`, `b${index}`],
    );
    assertReplay(again[index] as Answer, first[index] as Answer);
  }
});

test("a key belongs to its account", async () => {
  const other = await server.addKey({ accountId: 2 });
  const first = await send("per-account", oneSms());
  const second = await send("per-account", oneSms({ sender: "Other" }), "sendSmsMessages", other.client);
  assert.deepEqual([second.status, replayedOf(second)], [200, null]);
  assert.notEqual(second.body.bulkId, first.body.bulkId);
});

test("a refused request leaves its key free: 400 by schema and by meaning, 401, 403", async () => {
  const key = "refused-first";
  assert.equal((await send(key, {})).status, 400);
  const meaning = oneSms({ webhooks: { delivery: { url: "ftp://x" } } });
  assert.equal((await send(key, meaning)).status, 400);
  const headers = { "idempotency-key": key };
  const nobody = await client.call("POST", "/sms/3/messages", { json: oneSms(), headers, authorization: null });
  assert.equal(nobody.status, 401);
  assert.equal(replayedOf(await send(key, oneSms())), null);
});

test("a request refused at a limit leaves its key free; what was answered before is repeated at the limit, too", async (t) => {
  const settings = { "accept.openMessagesMax": 1, "sandbox.paused": true };
  const full = await startTestServer(t, { settings });
  const first = await send("first", oneSms(), "sendSmsMessages", full.client);
  assert.equal(first.status, 200);
  assert.equal((await send("second", oneSms(), "sendSmsMessages", full.client)).status, 429);
  assert.equal(await full.store.findRequest(1, "second"), null);
  assertReplay(await send("first", oneSms(), "sendSmsMessages", full.client), first);
});

test("while the store cannot write the key is 503, and the repeat is taken as the first", async (t) => {
  const broken = await startTestServer(t);
  const database = new DatabaseSync(join(broken.folder, "posthorn.db"), { timeout: 5_000 });
  t.after(() => database.close());
  database.exec("create trigger refuse before insert on message begin select raise(abort, 'out of order'); end");
  assert.equal((await send("k", oneSms(), "sendSmsMessages", broken.client)).status, 503);
  database.exec("drop trigger refuse");
  const first = await send("k", oneSms(), "sendSmsMessages", broken.client);
  assert.deepEqual([first.status, replayedOf(first)], [200, null]);
});

test("an answer outlives a restart", async (t) => {
  const folder = createFolder(t);
  const before = await startTestServer(t, { folder });
  const first = await send("kept", oneSms(), "sendSmsMessages", before.client);
  await before.stop();
  const after = await startTestServer(t, { folder });
  assertReplay(await send("kept", oneSms(), "sendSmsMessages", after.client), first);
  assertConflict(await send("kept", oneSms({ sender: "Other" }), "sendSmsMessages", after.client));
  assert.equal((await after.ledger()).accepted, 1);
});

test("an answer is kept for accept.idempotencyHours and no longer than the next purge", async (t) => {
  const clock = new FakeClock();
  const settings = { "accept.idempotencyHours": 2 };
  const short = await startTestServer(t, { clock, settings, carriers: [new FakeCarrier()] });
  const first = await send("k", oneSms(), "sendSmsMessages", short.client);
  await clock.advanceAndSettle(2 * 3_600_000 - 60_000);
  await short.settle();
  assertReplay(await send("k", oneSms(), "sendSmsMessages", short.client), first);
  const isGone = async () => (await short.store.findRequest(1, "k")) === null;
  await until("the key is purged", isGone, () => clock.advanceAndSettle(60_000));
  const second = await send("k", oneSms(), "sendSmsMessages", short.client);
  assert.deepEqual([second.status, replayedOf(second)], [200, null]);
  assert.equal((await short.ledger()).accepted, 2);
});

test("what sends nothing does not heed the header", async () => {
  const answer = await client.call("GET", "/account/1/balance", { headers: { "idempotency-key": "two words" } });
  assert.deepEqual([answer.status, replayedOf(answer)], [200, null]);
});

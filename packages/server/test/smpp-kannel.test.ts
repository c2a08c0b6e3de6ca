/** Kannel as a customer of our SMPP server, over the whole way: HTTP to its smsbox, SMPP to us, and all the way back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S } from "@posthorn/smpp";
import { CaptureProxy } from "../../smpp/test/harness/capture-proxy.ts";
import { pdusOf } from "../../smpp/test/harness/judge-conversation.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { DLR, Kannel, KANNEL_SKIP } from "./harness/kannel.ts";
import { freePort } from "./harness/smpp-customer.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const PHONE = "385981234567";
const NUMBER = "447860000017";
const TICK_MS = 50;
/** Kannel has room for eight characters, as the specification has. */
const SHORT_KEY = "kannel-1";
/** What Kannel calls for, once each, in the order of their numbers. */
const DELIVERED = [DLR.delivered, DLR.onTheWay, DLR.accepted];
const FAILED = [DLR.failed, DLR.onTheWay, DLR.accepted];

test("Kannel binds, sends short and long texts, is throttled, gets its receipts and an inbound message, and unbinds", {
  skip: KANNEL_SKIP,
}, async (t) => {
  const smppPort = await freePort();
  const clock = new FakeClock();
  /** The server's time goes on while the test waits, and only then. */
  const soon: typeof until = (what, look) => until(what, look, () => clock.advance(TICK_MS));
  const server = await startTestServer(t, {
    clock,
    settings: { "smpp.port": smppPort, "auth.apiKey": SHORT_KEY, "smpp.throughputPerSecond": 10 },
  });
  const { client } = await server.addKey();
  const proxy = await CaptureProxy.start({ port: smppPort });
  t.after(() => proxy.close());
  const kannel = await Kannel.start(t, { smppPort: proxy.port, systemId: "configured", password: SHORT_KEY });
  await soon("Kannel is bound", async () => (await kannel.status()) === "online");
  const logged = async () => {
    const { body } = await client.call("GET", "/sms/3/logs?limit=1000");
    return body.results as readonly { messageId: string; destination: string; bulkId: string }[];
  };
  const messagesTo = async (destination: string) => {
    const ids = (await logged()).filter((log) => log.destination === destination).map(({ messageId }) => messageId);
    const records = await Promise.all(ids.map((messageId) => server.message(messageId)));
    return records.filter((record) => record !== null).toSorted((a, b) => a.seq - b.seq);
  };

  assert.match(await kannel.send("short", PHONE, "5 € @ {home}"), /Accepted/);
  await soon("the receipt of the short text is there", () => kannel.reports("short").length >= DELIVERED.length);
  assert.deepEqual(kannel.reports("short"), DELIVERED);
  assert.deepEqual(
    (await messagesTo(PHONE)).map(({ sender, text, encoding }) => [sender, text, encoding]),
    [["Shop", "5 € @ {home}", "GSM7"]],
  );

  const texts = { "385981234001": "Sedam dana u tjednu. ".repeat(20), "385981234002": "Привет 👋 ".repeat(20) };
  for (const [to, text] of Object.entries(texts)) {
    await kannel.send(to, to, text, /[^ -~]/.test(text) ? "ucs2" : "gsm7");
    await soon(`the receipt of the long text to ${to} is there`, () => kannel.reports(to).includes(DLR.delivered));
    // The receipt is the first part's; the others may still be on their way.
    const parts = await soon(`all parts to ${to} are there`, async () => {
      const came = await messagesTo(to);
      return came.map((part) => part.text).join("") === text ? came : null;
    });
    assert.ok(parts.length > 1, `${parts.length} parts`);
    assert.equal(new Set(parts.map(({ bulkId }) => bulkId)).size, 1);
  }

  await kannel.send("failing", "447700900509", "never comes");
  await soon("the receipt of the failing one is there", () => kannel.reports("failing").length >= FAILED.length);
  assert.deepEqual(kannel.reports("failing"), FAILED);
  await kannel.send("refused", "12", "refused");
  await soon("Kannel was told of the refusal", () => kannel.reports("refused").length > 0);
  assert.deepEqual(kannel.reports("refused"), [DLR.refused]);

  // More than the bucket holds: the rest is refused with ESME_RTHROTTLED and has to come again.
  const many = Array.from({ length: 25 }, (_, index) => `many-${index}`);
  for (const [index, key] of many.entries()) await kannel.send(key, `3859812341${10 + index}`, "one of many");
  const answers = () => proxy.sessions.flatMap((session) => pdusOf(session, "SMSC"));
  // Without time nothing comes back into the bucket.
  await until("some were throttled", () => answers().some(({ commandStatus }) => commandStatus === S.RTHROTTLED));
  await soon("every one of many has its receipt", () =>
    many.every((key) => kannel.reports(key).length >= DELIVERED.length),
  );
  for (const key of many) assert.deepEqual(kannel.reports(key), DELIVERED, key);
  assert.equal(proxy.sessions.length, 1);
  assert.equal((await server.ledger()).open, 0);

  const configuration = { channel: "SMS", number: NUMBER, forwarding: { type: "SMPP_FORWARD" } };
  const path = "/resource-management/1/inbound-message-configurations";
  assert.equal((await client.call("POST", path, { json: configuration })).status, 200);
  const reply = "Zażółć gęślą jaźń";
  await client.call("POST", "/sandbox/inbound", { json: { from: PHONE, to: NUMBER, text: reply } });
  const mo = await soon("Kannel has the inbound message", () => kannel.calls.find(({ kind }) => kind === "mo"));
  assert.deepEqual([mo.fields["from"], mo.fields["to"], mo.fields["text"]], [`+${PHONE}`, `+${NUMBER}`, reply]);
  await kannel.stop();
  const heard = proxy.sessions.flatMap((session) => pdusOf(session, "ESME")).map(({ command }) => command);
  assert.deepEqual([heard[0], heard.at(-1)], ["bind_transceiver", "unbind"]);
});

/** Kannel as a customer of our SMPP server, over the whole way: HTTP to its smsbox, SMPP to us, and all the way back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S } from "@posthorn/smpp";
import { CaptureProxy } from "../../smpp/test/harness/capture-proxy.ts";
import { pdusOf } from "../../smpp/test/harness/judge-conversation.ts";
import { DLR, Kannel, KANNEL_SKIP } from "./harness/kannel.ts";
import { freePort } from "./harness/smpp-customer.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const PHONE = "385981234567";
const NUMBER = "447860000017";
/** Kannel has room for eight characters, as the specification has. */
const SHORT_KEY = "kannel-1";

test("Kannel binds, sends short and long texts, is throttled, gets its receipts and an inbound message, and unbinds", {
  skip: KANNEL_SKIP,
}, async (t) => {
  const smppPort = await freePort();
  const server = await startTestServer(t, {
    settings: { "smpp.port": smppPort, "auth.apiKey": SHORT_KEY, "smpp.throughputPerSecond": 10 },
  });
  const { client } = await server.addKey();
  const proxy = await CaptureProxy.start({ port: smppPort });
  t.after(() => proxy.close());
  const kannel = await Kannel.start(t, { smppPort: proxy.port, systemId: "configured", password: SHORT_KEY });
  await until("Kannel is bound", async () => (await kannel.status()) === "online");
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
  await until("the receipt of the short text is there", () => kannel.reports("short").includes(DLR.delivered));
  assert.deepEqual(kannel.reports("short"), [DLR.accepted, DLR.onTheWay, DLR.delivered]);
  assert.deepEqual(
    (await messagesTo(PHONE)).map(({ sender, text, encoding }) => [sender, text, encoding]),
    [["Shop", "5 € @ {home}", "GSM7"]],
  );

  const texts = { "385981234001": "Sedam dana u tjednu. ".repeat(20), "385981234002": "Привет 👋 ".repeat(20) };
  for (const [to, text] of Object.entries(texts)) {
    await kannel.send(to, to, text, /[^ -~]/.test(text) ? "ucs2" : "gsm7");
    await until(`the receipt of the long text to ${to} is there`, () => kannel.reports(to).includes(DLR.delivered));
    const parts = await messagesTo(to);
    assert.ok(parts.length > 1, `${parts.length} parts`);
    assert.equal(parts.map((part) => part.text).join(""), text);
    assert.equal(new Set(parts.map(({ bulkId }) => bulkId)).size, 1);
  }

  await kannel.send("failing", "447700900509", "never comes");
  await until("the receipt of the failing one is there", () => kannel.reports("failing").includes(DLR.failed));
  assert.deepEqual(kannel.reports("failing"), [DLR.accepted, DLR.onTheWay, DLR.failed]);
  await kannel.send("refused", "12", "refused");
  await until("Kannel was told of the refusal", () => kannel.reports("refused").length > 0);
  assert.deepEqual(kannel.reports("refused"), [DLR.refused]);

  // More than the bucket holds: the rest is refused with ESME_RTHROTTLED and has to come again.
  const many = Array.from({ length: 25 }, (_, index) => `many-${index}`);
  for (const [index, key] of many.entries()) await kannel.send(key, `3859812341${10 + index}`, "one of many");
  await until("every one of many has its receipt", () =>
    many.every((key) => kannel.reports(key).includes(DLR.delivered)),
  );
  for (const key of many) {
    assert.deepEqual(kannel.reports(key), [DLR.accepted, DLR.onTheWay, DLR.delivered], key);
  }
  const said = proxy.sessions.flatMap((session) => pdusOf(session, "SMSC"));
  assert.ok(
    said.some(({ commandStatus }) => commandStatus === S.RTHROTTLED),
    "nothing was throttled",
  );
  assert.equal(proxy.sessions.length, 1);
  assert.equal((await server.ledger()).open, 0);

  const configuration = { channel: "SMS", number: NUMBER, forwarding: { type: "SMPP_FORWARD" } };
  const path = "/resource-management/1/inbound-message-configurations";
  assert.equal((await client.call("POST", path, { json: configuration })).status, 200);
  const reply = "Zażółć gęślą jaźń";
  await client.call("POST", "/sandbox/inbound", { json: { from: PHONE, to: NUMBER, text: reply } });
  const mo = await until("Kannel has the inbound message", () => kannel.calls.find(({ kind }) => kind === "mo"));
  assert.deepEqual(
    [mo.fields["from"], mo.fields["to"], mo.fields["text"]],
    [`+${PHONE}`, `+${NUMBER}`, reply].map((value) => value),
  );
  await kannel.stop();
  const heard = proxy.sessions.flatMap((session) => pdusOf(session, "ESME")).map(({ command }) => command);
  assert.deepEqual([heard[0], heard.at(-1)], ["bind_transceiver", "unbind"]);
});

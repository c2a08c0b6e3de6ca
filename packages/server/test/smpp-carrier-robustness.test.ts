/** Cases of docs/smpp-robustness.md that only the carrier and the store together can hold. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMMAND_STATUS as S, type Simulator } from "@posthorn/smpp";
import { CaptureProxy } from "../../smpp/test/harness/capture-proxy.ts";
import { pdusOf } from "../../smpp/test/harness/judge-conversation.ts";
import { oneSms } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { restartSmppCarrierServer, startCarrierSide, startSmppCarrierServer } from "./harness/smpp-carrier.ts";
import { TEST_CA, TEST_SERVER_PEM, TEST_STRANGER_PEM } from "./harness/test-certificates.ts";
import { createFolder, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const PHONE = "385981234567";
const CLOCK_STEP_MS = 10;
/** What the issue gives a route to move what waits. */
const FAILOVER_MS = 5_000;

const sendOne = (server: TestServer, messageId: string) => server.client.send(oneSms({}, { messageId, to: PHONE }));

async function detailsOf({ client }: TestServer, name = "north"): Promise<Readonly<Record<string, string | number>>> {
  const { body } = await client.call("GET", "/posthorn/1/carriers");
  const { carriers } = body as { carriers: { name: string; details: Record<string, string> }[] };
  return carriers.find((carrier) => carrier.name === name)?.details ?? {};
}

test("45 a receipt that comes before the answer is acknowledged, kept, and matched when the answer is there", async (t) => {
  const rules = [{ behaviour: { answer: "after-receipt" } }] as const;
  const simulator = await startCarrierSide(t, { rules });
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port } });
  await sendOne(server, "early");
  await server.untilState("early", ["delivered"]);
  assert.equal(simulator.counters.deliveriesAcknowledged, 1);
  const reports = await server.client.reports();
  assert.deepEqual(
    reports.map(({ messageId, status }) => [messageId, status?.name]),
    [["early", "DELIVERED_TO_HANDSET"]],
  );
  assert.equal((await server.message("early"))?.doubt, null);
});

test("38 a carrier that says that it is near its limit is sent less, whole way, and everything arrives", async (t) => {
  const simulator = await startCarrierSide(t, { rules: [{ behaviour: { congestion: 95 } }] });
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port } });
  const destinations = Array.from({ length: 12 }, (_, index) => ({ to: String(385_981_000_000 + index) }));
  await server.client.send(oneSms({ destinations }));
  await until("it is sent less", async () => typeof (await detailsOf(server))["limitPerSecond"] === "number");
  simulator.setRules([]);
  assert.equal((await server.untilAllEnded()).delivered, 12);
  assert.equal(simulator.received().length, 12);
});

/** command_status of what our side has answered to deliver_sm, over all connections. */
const receiptAnswers = (proxy: CaptureProxy) =>
  proxy.sessions.flatMap((said) =>
    pdusOf(said, "ESME")
      .filter(({ command }) => command === "deliver_sm_resp")
      .map(({ commandStatus }) => commandStatus),
  );

test("55 a receipt that cannot be written is answered with 0x64, and the carrier's next try works", async (t) => {
  const simulator = await startCarrierSide(t, { receiptDelay: 0, rules: [{ behaviour: { receipts: [] } }] });
  const proxy = await CaptureProxy.start({ port: simulator.port });
  t.after(() => proxy.close());
  const running = await startSmppCarrierServer(t, { north: { port: proxy.port } });
  await sendOne(running.server, "kept");
  await running.server.untilState("kept", ["submitted"]);
  const [taken] = simulator.received();
  await running.server.store.close();
  const given = simulator.receipt({ messageId: taken?.messageId ?? "", state: "DELIVERED" });
  await until("it is refused", () => receiptAnswers(proxy).length > 0);
  assert.deepEqual([...new Set(receiptAnswers(proxy))], [S.RX_T_APPN]);
  assert.equal(S.RX_T_APPN, 0x64);
  const server = await restartSmppCarrierServer(t, running);
  assert.equal((await given).outcome, "acknowledged");
  assert.equal((await server.message("kept"))?.state, "delivered");
  assert.equal((await server.client.reports()).length, 1);
});

test("an answer that comes after its message was given up ends the doubt about it", async (t) => {
  const simulator = await startCarrierSide(t, { receipts: "never", rules: [{ behaviour: { answerDelay: 1_500 } }] });
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port, responseTimeoutMs: 250 } });
  await sendOne(server, "late");
  await server.untilState("late", ["uncertain"]);
  const { carrierMessageId } = await server.untilState("late", ["submitted"]);
  assert.equal(carrierMessageId, simulator.received()[0]?.messageId);
  assert.equal(simulator.received().length, 1);
  assert.equal((await server.message("late"))?.attempts, 1);
});

test("over TLS a carrier is sent to and reports; one whose certificate is a stranger's is not bound to", async (t) => {
  const folder = createFolder(t);
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, TEST_CA);
  const secure = await startCarrierSide(t, { tls: { key: TEST_SERVER_PEM, cert: TEST_SERVER_PEM } });
  const stranger = await startCarrierSide(t, { tls: { key: TEST_STRANGER_PEM, cert: TEST_STRANGER_PEM } });
  const carriers = {
    stranger: { port: stranger.port, tls: { ca } },
    secure: { port: secure.port, tls: { ca } },
  };
  const config = { routes: { main: ["stranger", "secure"] } };
  const settings = { "health.downAfterMs": 50 };
  const { server } = await startSmppCarrierServer(t, carriers, { config, settings });
  const destinations = Array.from({ length: 20 }, (_, index) => ({ to: String(385_981_000_000 + index) }));
  await server.client.send(oneSms({ destinations, content: { text: "long ".repeat(80) } }));
  assert.equal((await server.untilAllEnded()).delivered, 20);
  assert.equal(secure.received().length, 60);
  assert.equal(stranger.counters.binds, 0);
  assert.equal((await detailsOf(server, "secure"))["bound"], "1/1");
});

test("query_sm asks for each id as the carrier has written it, with its zeros and in its letter case", async (t) => {
  const style = { messageIds: { base: "hex", width: 12 }, firstMessageNumber: 0xab_c0 } as const;
  const simulator = await startCarrierSide(t, { ...style, receipts: "never", receiptDelay: 0 });
  const proxy = await CaptureProxy.start({ port: simulator.port });
  t.after(() => proxy.close());
  const carriers = { north: { port: proxy.port, canQuery: true } };
  const { server } = await startSmppCarrierServer(t, carriers, { settings: { "report.queryAfterMs": 100 } });
  await sendOne(server, "asked");
  await server.untilState("asked", ["delivered"]);
  const asked = proxy.sessions.flatMap((said) =>
    pdusOf(said, "ESME").flatMap((pdu) => (pdu.command === "query_sm" ? [pdu.messageId] : [])),
  );
  assert.deepEqual([...new Set(asked)], [simulator.received()[0]?.messageId]);
  assert.equal(asked[0]?.length, 12);
});

test("query_sm asks with the carrier's own spelling also after a restart, before any answer", async (t) => {
  const clock = new FakeClock();
  const style = { messageIds: { base: "hex", width: 12 }, firstMessageNumber: 0xab_c0 } as const;
  const simulator = await startCarrierSide(t, { ...style, receipts: "never", receiptDelay: 0 });
  const proxy = await CaptureProxy.start({ port: simulator.port });
  t.after(() => proxy.close());
  const carriers = { north: { port: proxy.port, canQuery: true } };
  const running = await startSmppCarrierServer(t, carriers, { clock, settings: { "report.queryAfterMs": 60_000 } });
  await sendOne(running.server, "asked");
  await running.server.untilState("asked", ["submitted"]);
  // A server that stops waits for time to go by. Not so fast that answers would seem to be late.
  const ticking = setInterval(() => clock.advance(100), 5);
  t.after(() => clearInterval(ticking));
  const server = await restartSmppCarrierServer(t, running, { clock });
  await server.untilState("asked", ["delivered"]);
  const asked = proxy.sessions.flatMap((said) =>
    pdusOf(said, "ESME").flatMap((pdu) => (pdu.command === "query_sm" ? [pdu.messageId] : [])),
  );
  assert.deepEqual([...new Set(asked)], [simulator.received()[0]?.messageId]);
  assert.equal(asked[0], "00000000abc0");
});

const phonesOf = (simulator: Simulator) => simulator.received().map(({ pdu }) => pdu.destinationAddr);

const WINDOW = 10;
/** A few, all of which the carrier has taken over, and so many that most still wait in the store. */
for (const count of [15, 100]) {
  test(`two carriers: what waits of ${count} for one that is killed is with the other within 5 s, and none is sent twice`, async (t) => {
    const clock = new FakeClock();
    // A server that stops waits for time to go by, also when this test has failed.
    t.after(() => void setInterval(() => clock.advance(1_000), 5).unref());
    const north = await startCarrierSide(t, { rules: [{ behaviour: { answer: "dropped", receipts: [] } }] });
    const south = await startCarrierSide(t);
    const carriers = { north: { port: north.port, windowSize: WINDOW }, south: { port: south.port, windowSize: 100 } };
    const { server } = await startSmppCarrierServer(t, carriers, {
      clock,
      config: { routes: { main: ["north", "south"] } },
      // As they are unless somebody sets them.
      settings: { "dispatch.retryBaseMs": 1_000, "dispatch.pollIntervalMs": 1_000 },
    });
    let elapsedMs = 0;
    const step = () => {
      if (elapsedMs >= FAILOVER_MS) return;
      elapsedMs += CLOCK_STEP_MS;
      clock.advance(CLOCK_STEP_MS);
    };
    for (const name of ["north", "south"]) {
      await until(`${name} is bound`, async () => (await detailsOf(server, name))["bound"] === "1/1");
    }
    const ids = Array.from({ length: count }, (_, index) => `m${index}`);
    const destinations = ids.map((messageId, index) => ({ to: String(385_981_000_000 + index), messageId }));
    await server.client.send(oneSms({ destinations }));
    await until(
      "north has a window of them",
      () => north.received().length === WINDOW,
      () => clock.advance(CLOCK_STEP_MS),
    );
    north.drop("reset");
    await north.close();
    await until("we know it", async () => (await detailsOf(server))["bound"] === "0/1");
    // From here on time goes by, and not a moment more than there is.
    elapsedMs = 0;
    const waiting = count - WINDOW;
    await until("south has what waited", () => south.received().length >= waiting, step);
    await until("all of it is reported", async () => (await server.ledger()).delivered === waiting);
    const sent = [...phonesOf(north), ...phonesOf(south)];
    assert.deepEqual([sent.length, new Set(sent).size], [count, count], "none is sent twice");
    const states = await Promise.all(ids.map(async (id) => (await server.message(id))?.state));
    assert.equal(states.filter((state) => state === "uncertain").length, WINDOW, "what had left is in doubt, and held");
  });
}

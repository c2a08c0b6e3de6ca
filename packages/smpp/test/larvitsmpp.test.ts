/** Our ESME against larvitsmpp's server, and larvitsmpp's client against our SMSC. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import {
  buildUdh,
  COMMAND_STATUS as S,
  concatenationElement,
  encodeText,
  ESM_CLASS,
  isSmppError,
  messageTextOf,
} from "../src/index.ts";
import {
  larvitClient,
  type LarvitPdu,
  larvitServer,
  type LarvitSession,
  type LarvitSms,
} from "./harness/larvitsmpp.ts";
import { esmeFor, simulatorFor, until } from "./harness/simulated.ts";

const PHONE = "385981234567";

async function serverFor(t: TestContext, onSms: (sms: LarvitSms) => void) {
  const messages: LarvitSms[] = [];
  const server = await larvitServer((session) => {
    session.on("sms", (sms: LarvitSms) => {
      messages.push(sms);
      onSms(sms);
    });
  });
  t.after(() => server.close());
  return { at: { host: "127.0.0.1", port: server.port }, server, messages };
}

test("larvitsmpp's server takes our ESME's bind, refuses a wrong password, and is unbound", async (t) => {
  const { at } = await serverFor(t, (sms) => sms.sendResp());
  for (const bindAs of ["transceiver", "transmitter", "receiver"] as const) {
    const esme = await esmeFor(t, at, { bindAs });
    await esme.session.unbind();
    assert.deepEqual(esme.closed, ["unbound"]);
  }
  await assert.rejects(
    esmeFor(t, at, { bind: { systemId: "demo", password: "wrong" } }),
    (error) => isSmppError(error) && error.code === "SMPP_BIND_REFUSED" && error.commandStatus === S.RBINDFAIL,
  );
});

test("larvitsmpp's server reads what our ESME submits, and our ESME its receipts, whose dates are a month early", async (t) => {
  const { at, messages } = await serverFor(t, (sms) => {
    sms.smsId = `id-${messages.length}`;
    sms.sendResp(sms.to === "1" ? "ESME_RINVDSTADR" : undefined);
    if (sms.dlr) sms.sendDlr(sms.to === "2" ? "UNDELIVERABLE" : undefined);
  });
  const esme = await esmeFor(t, at);
  const text = (text: string, encoding: "latin1" | "ucs2", dataCoding: number) => ({
    shortMessage: encodeText(text, encoding),
    dataCoding,
  });
  assert.equal(await esme.submit(PHONE, text("Grüße", "latin1", 3)), "id-1");
  assert.equal(await esme.submit("2", text("Привет", "ucs2", 8)), "id-2");
  assert.equal(await esme.submit("1", { registeredDelivery: 0 }), "0xb");
  assert.equal(await esme.submit(PHONE, { ...text("no receipt", "latin1", 3), registeredDelivery: 0 }), "id-4");
  await until("both receipts came", () => esme.receipts.length === 2);
  assert.deepEqual(
    esme.receipts.map(({ messageIds, state }) => [messageIds[0], state]),
    [
      ["id-1", "DELIVERED"],
      ["id-2", "UNDELIVERABLE"],
    ],
  );
  assert.deepEqual(
    messages.map(({ from, to, message, dlr }) => [from, to, message, dlr]),
    [
      ["Shop", PHONE, "Grüße", true],
      ["Shop", "2", "Привет", true],
      ["Shop", "1", "", false],
      ["Shop", PHONE, "no receipt", false],
    ],
  );
});

test("larvitsmpp's server joins the parts of our ESME, in whatever order, and gives each an id", async (t) => {
  const { at, messages } = await serverFor(t, (sms) => {
    sms.smsId = "long";
    sms.sendResp();
  });
  const esme = await esmeFor(t, at);
  const texts = ["a".repeat(153), "b".repeat(153), "end"];
  const parts = texts.map((text, index) => {
    const element = concatenationElement({ reference: 7, partCount: 3, partNumber: index + 1 }, 8);
    const shortMessage = Buffer.concat([buildUdh([element]), encodeText(text, "latin1")]);
    return { shortMessage, dataCoding: 3, esmClass: ESM_CLASS.udhi };
  });
  // The first one says how many there are; the others come behind each other the wrong way round.
  const ids = await Promise.all([parts[0], parts[2], parts[1]].map((part) => esme.submit(PHONE, part)));
  assert.equal(messages[0]?.message, texts.join(""));
  assert.deepEqual(new Set(ids), new Set(["long-1", "long-2", "long-3"]));
});

test("larvitsmpp's server and our ESME ask each other for life, and each other's commands are refused politely", async (t) => {
  const { at, server } = await serverFor(t, (sms) => sms.sendResp());
  const esme = await esmeFor(t, at);
  esme.session.sendEnquireLink();
  const asked = await esme.session.send({ command: "query_sm", messageId: "x" });
  assert.equal(asked.commandStatus, S.RINVCMDID);
  const [theirs] = server.sessions;
  assert.ok(theirs !== undefined);
  const answer = (pdu: object) => new Promise<LarvitPdu>((resolve) => theirs.send(pdu, (_error, pdu) => resolve(pdu)));
  assert.equal((await answer({ cmdName: "enquire_link" })).cmdStatus, "ESME_ROK");
  const params = { source_addr: PHONE, destination_addr: "12345", short_message: "A reply" };
  assert.equal((await answer({ cmdName: "deliver_sm", params })).cmdStatus, "ESME_ROK");
  assert.deepEqual(esme.log, ["text A reply"]);
  assert.equal((await answer({ cmdName: "submit_sm", params })).cmdStatus, "ESME_RINVBNDSTS");
  assert.equal(esme.unexpected, 0);
});

test("larvitsmpp's client binds to our SMSC, submits, gets its receipt, asks for life and unbinds", async (t) => {
  const simulator = await simulatorFor(t, { accounts: [{ systemId: "demo", password: "secret" }] });
  await assert.rejects(larvitClient(simulator.port, "demo", "wrong"), /refused login/);
  const client: LarvitSession = await larvitClient(simulator.port, "demo", "secret");
  const receipts: { statusMsg: string; smsId: string }[] = [];
  client.on("dlr", (receipt) => receipts.push(receipt));
  const submit = (to: string, message: string, more: object = {}) =>
    new Promise<{ ids: readonly string[]; statuses: string[] }>((resolve) => {
      client.sendSms({ from: "46701113311", to, message, dlr: true, ...more }, (_error, ids, answers) =>
        resolve({ ids, statuses: answers.map(({ cmdStatus }) => cmdStatus) }),
      );
    });
  const short = await submit(PHONE, "«Grüße»");
  assert.deepEqual(short.statuses, ["ESME_ROK"]);
  const failing = await submit("447700900509", "never comes");
  assert.deepEqual((await submit("447700900404", "refused")).statuses, ["ESME_RINVDSTADR"]);
  const long = await submit(PHONE, "Привет ".repeat(20));
  assert.ok(long.ids.length > 1);
  const received = simulator.received().map(({ pdu }) => messageTextOf(pdu).text);
  assert.equal(received[0], "«Grüße»");
  assert.equal(received.slice(-long.ids.length).join(""), "Привет ".repeat(20));
  await until("every receipt came", () => receipts.length === 2 + long.ids.length);
  const states = new Map(receipts.map(({ smsId, statusMsg }) => [smsId, statusMsg]));
  assert.equal(states.get(short.ids[0] ?? ""), "DELIVERED");
  assert.equal(states.get(failing.ids[0] ?? ""), "UNDELIVERABLE");
  assert.ok(long.ids.every((id) => states.get(id) === "DELIVERED"));
  const alive = await new Promise<LarvitPdu>((resolve) =>
    client.send({ cmdName: "enquire_link" }, (_error, answer) => resolve(answer)),
  );
  assert.equal(alive.cmdStatus, "ESME_ROK");
  const closed = once(client, "close");
  client.unbind();
  await closed;
  await until("the session has ended", () => simulator.sessions().length === 0);
  assert.equal(simulator.counters.faults, 0);
});

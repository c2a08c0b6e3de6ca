/** Our ESME against the server of npm's smpp (0.5.1), unmodified. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  COMMAND_STATUS as S,
  concatenationOf,
  encodeText,
  formatReceiptText,
  isSmppError,
  MESSAGE_STATE,
  messageTextOf,
  tlv,
  tlvValue,
} from "../src/index.ts";
import { ask, type NpmPdu, npmSmppServer } from "./harness/npm-smpp.ts";
import { esmeFor, until } from "./harness/simulated.ts";

const PHONE = "385981234567";

/** As the harness has it, and gone with the test. */
async function serverFor(t: TestContext) {
  const server = await npmSmppServer();
  t.after(() => server.close());
  return server;
}

const fields = (pdu: NpmPdu | undefined, names: readonly string[]) => names.map((name) => pdu?.[name]);

test("npm smpp's server is bound in every way, refuses a wrong password, and reads our bind as we meant it", async (t) => {
  const { at, heard } = await serverFor(t);
  for (const bindAs of ["transceiver", "transmitter", "receiver"] as const) {
    const bind = {
      systemId: "demo",
      password: "secret",
      systemType: "VMA",
      addrTon: 1,
      addrNpi: 1,
      addressRange: "^38",
    };
    const esme = await esmeFor(t, at, { bindAs, bind });
    const names = ["command", "system_id", "system_type", "interface_version", "addr_ton", "addr_npi", "address_range"];
    assert.deepEqual(fields(heard.at(-1), names), [`bind_${bindAs}`, "demo", "VMA", 0x34, 1, 1, "^38"]);
    await esme.session.unbind();
    assert.deepEqual(esme.closed, ["unbound"]);
  }
  await assert.rejects(
    esmeFor(t, at, { bind: { systemId: "demo", password: "wrong" } }),
    (error) => isSmppError(error) && error.code === "SMPP_BIND_REFUSED" && error.commandStatus === S.RINVPASWD,
  );
});

test("npm smpp's server reads every field and parameter of our submit_sm, and a refusal has its status", async (t) => {
  const { at, heard } = await serverFor(t);
  const esme = await esmeFor(t, at);
  const id = await esme.submit(PHONE, {
    serviceType: "CMT",
    sourceAddrTon: 5,
    destAddrTon: 1,
    destAddrNpi: 1,
    esmClass: 3,
    protocolId: 0x41,
    priorityFlag: 2,
    scheduleDeliveryTime: "000001000000000R",
    validityPeriod: "000002000000000R",
    registeredDelivery: 0x11,
    dataCoding: 8,
    shortMessage: encodeText("Привет 👋", "ucs2"),
    tlvs: [
      tlv("userMessageReference", 0x1234),
      tlv("sarMsgRefNum", 300),
      tlv("sarTotalSegments", 2),
      tlv("sarSegmentSeqnum", 1),
      tlv("sourcePort", 5000),
      { tag: 0x1400, value: Buffer.from("vendor") },
    ],
  });
  assert.equal(id, "A1");
  const submitted = heard.at(-1);
  assert.ok(submitted !== undefined);
  const names = ["service_type", "source_addr_ton", "source_addr", "dest_addr_ton", "destination_addr", "esm_class"];
  assert.deepEqual(fields(submitted, names), ["CMT", 5, "Shop", 1, PHONE, 3]);
  const more = ["protocol_id", "priority_flag", "registered_delivery", "data_coding", "user_message_reference"];
  assert.deepEqual(fields(submitted, more), [0x41, 2, 0x11, 8, 0x1234]);
  const parts = ["sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum", "source_port"];
  assert.deepEqual(fields(submitted, parts), [300, 2, 1, 5000]);
  assert.equal((submitted["short_message"] as { message: string }).message, "Привет 👋");
  assert.equal(await esme.submit("1"), "0xb");
});

test("npm smpp's server sends receipts and messages from phones, in deliver_sm and data_sm, and our ESME reads them", async (t) => {
  const { at, sessions, heard } = await serverFor(t);
  const esme = await esmeFor(t, at);
  const messageId = await esme.submit(PHONE);
  const [server] = sessions;
  assert.ok(server !== undefined);
  const atMs = Date.UTC(2026, 10, 22, 12);
  const text = formatReceiptText({ id: messageId, state: "DELIVERED", submittedAtMs: atMs, doneAtMs: atMs });
  const ends = { source_addr: PHONE, destination_addr: "Shop" };
  const told = { receipted_message_id: messageId, message_state: MESSAGE_STATE.DELIVERED };
  const receipts = [
    await ask((done) => server.deliver_sm({ ...ends, esm_class: 4, short_message: text, ...told }, done)),
    await ask((done) => server.deliver_sm({ ...ends, esm_class: 4, short_message: text }, done)),
    await ask((done) => server.deliver_sm({ ...ends, esm_class: 4, ...told, message_state: 5 }, done)),
    await ask((done) => server.data_sm({ ...ends, esm_class: 4, message_payload: text, ...told }, done)),
  ];
  assert.ok(receipts.every(({ command_status }) => command_status === 0));
  const delivered = `receipt ${messageId} DELIVERED`;
  const undelivered = `receipt ${messageId} UNDELIVERABLE`;
  assert.deepEqual(esme.log.slice(1), [delivered, delivered, undelivered, delivered]);
  esme.requests.length = 0;
  const udh = Buffer.from("050003070201", "hex");
  await ask((done) => server.deliver_sm({ ...ends, data_coding: 8, short_message: "Zażółć" }, done));
  await ask((done) => server.deliver_sm({ ...ends, short_message: { udh, message: "5 € {part}" } }, done));
  await ask((done) => server.deliver_sm({ ...ends, message_payload: "x".repeat(3000), user_response_code: 9 }, done));
  const [first, second, third] = esme.requests.map((request) => {
    assert.ok(request.command === "deliver_sm");
    return { text: messageTextOf(request, { alphabet1: "gsm7" }).text, part: concatenationOf(request), request };
  });
  assert.deepEqual([first?.text, second?.text, third?.text], ["Zażółć", "5 € {part}", "x".repeat(3000)]);
  assert.deepEqual([second?.part?.reference, second?.part?.partCount, second?.part?.partNumber], [7, 2, 1]);
  assert.equal(tlvValue(third?.request.tlvs ?? [], "userResponseCode"), 9);
  assert.equal(heard.filter(({ command }) => command === "generic_nack").length, 0);
});

test("npm smpp's server answers whatever else our ESME asks, out of a full window, too", async (t) => {
  const { at, heard } = await serverFor(t);
  const esme = await esmeFor(t, at);
  const { session } = esme;
  const asked = { sourceAddr: "Shop" };
  const query = await session.send({ command: "query_sm", messageId: "A1", ...asked });
  assert.ok(query.command === "query_sm_resp" && query.messageState === 2);
  const cancel = { command: "cancel_sm", messageId: "A1", destinationAddr: PHONE, ...asked } as const;
  assert.equal((await session.send(cancel)).commandStatus, 0);
  assert.equal((await session.send({ command: "replace_sm", messageId: "A1", ...asked })).commandStatus, 0);
  const payload = [tlv("messagePayload", Buffer.from("data"))];
  const data = await session.send({ command: "data_sm", destinationAddr: PHONE, tlvs: payload });
  assert.ok(data.command === "data_sm_resp" && data.messageId.startsWith("A"));
  const dest = { destFlag: 1, destAddrTon: 1, destAddrNpi: 1, destinationAddr: PHONE } as const;
  const many = await session.send({ command: "submit_multi", destAddresses: [dest, { destFlag: 2, dlName: "list" }] });
  assert.ok(many.command === "submit_multi_resp" && many.unsuccessSmes.length === 0);
  const before = heard.length;
  const ids = await Promise.all(Array.from({ length: 1000 }, (_, index) => esme.submit(String(1000 + index))));
  assert.equal(new Set(ids).size, 1000);
  const destinations = heard.slice(before).map((pdu) => pdu["destination_addr"]);
  assert.deepEqual(
    destinations,
    Array.from({ length: 1000 }, (_, index) => String(1000 + index)),
  );
  assert.equal(esme.unexpected, 0);
});

test("npm smpp's server and our ESME ask each other for life, and either may unbind", async (t) => {
  const { at, sessions, heard } = await serverFor(t);
  const esme = await esmeFor(t, at);
  const [server] = sessions;
  assert.ok(server !== undefined);
  assert.equal((await ask((done) => server.enquire_link({}, done))).command_status, 0);
  esme.session.sendEnquireLink();
  await until("it was asked", () => heard.some(({ command }) => command === "enquire_link"));
  assert.equal((await ask((done) => server.unbind(done))).command_status, 0);
  await until("our session has ended", () => esme.closed.length > 0);
  assert.deepEqual(esme.closed, ["peer-unbound"]);
});

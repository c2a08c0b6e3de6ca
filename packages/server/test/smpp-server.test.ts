/** SMPP for customers, over real sockets. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  COMMAND_STATUS as S,
  encodeText,
  formatAbsoluteTime,
  isSmppError,
  MESSAGE_STATE,
  tlv,
  tlvValue,
} from "@posthorn/smpp";
import { FakeClock } from "./harness/fake-clock.ts";
import { FakeCarrier, never } from "./harness/fake-carrier.ts";
import { freePort, npmSmpp, type NpmPdu, SmppCustomer } from "./harness/smpp-customer.ts";
import { TEST_CA, TEST_SERVER_PEM } from "./harness/test-certificates.ts";
import {
  cleanupAfterFile,
  createFolder,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const PHONE = "385981234567";
const HOUR_MS = 3_600_000;
const cleanup = cleanupAfterFile();

async function startSmpp(
  settings: Readonly<Record<string, string | number | boolean>> = {},
  options: Omit<TestServerOptions, "settings"> = {},
) {
  const port = await freePort();
  const server = await startTestServer(cleanup, { settings: { "smpp.port": port, ...settings }, ...options });
  return { port, server };
}

const { port, server } = await startSmpp();

async function keyOf(of: TestServer = server, scopes?: readonly string[]) {
  const { id, secret } = await of.addKey(scopes === undefined ? {} : { scopes });
  return { systemId: id, password: secret };
}

const bindWith = async (more: Partial<Parameters<typeof SmppCustomer.bind>[1]> = {}) =>
  SmppCustomer.bind(cleanup, { port, ...(await keyOf()), ...more });

const refusalOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => assert.fail("it was bound"),
    (reason: unknown) => reason,
  );
  assert.ok(isSmppError(error), String(error));
  return error.commandStatus;
};

async function statusOf(answer: Promise<{ readonly commandStatus: number }>): Promise<number> {
  return (await answer).commandStatus;
}

test("the whole way: bind, submit, the sandbox delivers, the receipt comes", async () => {
  const customer = await bindWith();
  const messageId = await customer.submitted(PHONE, "Order 42 has shipped", { registeredDelivery: 1 });
  const text = await customer.receipt(messageId);
  assert.match(
    text,
    /^id:\d+ sub:001 dlvrd:001 submit date:\d{10} done date:\d{10} stat:DELIVRD err:000 text:Order 42 has shipped$/,
  );
  const [receipt] = customer.delivered;
  assert.ok(receipt !== undefined);
  assert.equal(receipt.esmClass, 0x04);
  assert.deepEqual([receipt.sourceAddrTon, receipt.sourceAddrNpi, receipt.sourceAddr], [1, 1, PHONE]);
  assert.deepEqual([receipt.destAddrTon, receipt.destinationAddr], [5, "Shop"]);
  assert.equal(tlvValue(receipt.tlvs, "receiptedMessageId"), messageId);
  assert.equal(tlvValue(receipt.tlvs, "messageState"), MESSAGE_STATE.DELIVERED);
  const record = await server.message(messageId);
  assert.deepEqual([record?.sender, record?.text, record?.state], ["Shop", "Order 42 has shipped", "delivered"]);
});

test("npm's smpp binds, submits, gets its receipt, asks whether we are there, and unbinds", async () => {
  const { systemId, password } = await keyOf();
  const session = npmSmpp.connect({ url: `smpp://127.0.0.1:${port}` });
  const receipts: NpmPdu[] = [];
  session.on("deliver_sm", (pdu) => {
    receipts.push(pdu);
    session.send(pdu.response());
  });
  const ask = (call: (done: (pdu: NpmPdu) => void) => void) => new Promise<NpmPdu>((resolve) => call(resolve));
  await ask((done) => session.on("connect", done));
  const credentials = { system_id: systemId, password };
  assert.equal((await ask((done) => session.bind_transceiver(credentials, done))).command_status, 0);
  const message = { source_addr: "Shop", destination_addr: PHONE, short_message: "Grüße €", registered_delivery: 1 };
  const submitted = await ask((done) => session.submit_sm(message, done));
  assert.equal(submitted.command_status, 0);
  const messageId = submitted.message_id ?? "";
  await until("the receipt has come", () => receipts.length > 0);
  assert.equal(String(receipts[0]?.["receipted_message_id"]), messageId);
  assert.equal((await server.message(messageId))?.text, "Grüße €");
  assert.equal((await ask((done) => session.enquire_link({}, done))).command_status, 0);
  assert.equal((await ask((done) => session.unbind(done))).command_status, 0);
  session.close();
});

test("without registered_delivery there is no receipt and no report, and the ledger counts the message", async () => {
  const customer = await bindWith();
  const before = await server.ledger();
  const silent = await customer.submitted(PHONE, "silent");
  const told = await customer.submitted(PHONE, "told", { registeredDelivery: 1 });
  await server.untilState(silent, ["delivered"]);
  await customer.receipt(told);
  assert.deepEqual(customer.receipts(silent), []);
  const { body } = await server.client.call("GET", "/sms/3/reports?limit=1000");
  assert.deepEqual(body.results, []);
  assert.equal((await server.ledger()).delivered, before.delivered + 2);
});

test("receipts wait while nobody is bound that may receive, and come to another session of the same key only", async () => {
  const key = await keyOf();
  const sender = await bindWith({ ...key, bindAs: "transmitter" });
  const messageId = await sender.submitted(PHONE, "waits", { registeredDelivery: 1 });
  await server.untilState(messageId, ["delivered"]);
  const stranger = await bindWith();
  const receiver = await bindWith({ ...key, bindAs: "receiver" });
  assert.match(await receiver.receipt(messageId), /stat:DELIVRD/);
  assert.deepEqual([sender.delivered, stranger.delivered], [[], []]);
});

test("a receipt that was refused for now comes again, and one whose session ended goes to the next", async () => {
  const key = await keyOf();
  let calls = 0;
  const first = await bindWith({
    ...key,
    onDeliver: (_deliver, answer) => {
      calls += 1;
      if (calls === 1) answer({ commandStatus: S.RX_T_APPN });
      // And the second one is never answered.
    },
  });
  const messageId = await first.submitted(PHONE, "twice", { registeredDelivery: 1 });
  await until("it came twice", () => calls === 2);
  first.session.close();
  const second = await bindWith(key);
  assert.match(await second.receipt(messageId), /stat:DELIVRD/);
});

test("wrong credentials, a key without the scope, a key of other addresses and too many sessions are refused", async () => {
  const { systemId, password } = await keyOf();
  assert.equal(await refusalOf(bindWith({ systemId, password: "wrong" })), S.RINVPASWD);
  assert.equal(await refusalOf(bindWith({ systemId: "somebody", password })), S.RINVPASWD);
  const reader = await keyOf(server, ["sms:inbound-message:read"]);
  assert.equal(await refusalOf(bindWith({ ...reader, bindAs: "transmitter" })), S.RBINDFAIL);
  assert.equal(await refusalOf(bindWith({ ...reader, bindAs: "transceiver" })), S.RBINDFAIL);
  await bindWith({ ...reader, bindAs: "receiver" });
  const limits = { validFrom: 0, allowedIps: ["10.0.0.0/8"], permissions: [], platform: [] };
  const elsewhere = await server.addKey({ limits });
  assert.equal(await refusalOf(bindWith({ systemId: elsewhere.id, password: elsewhere.secret })), S.RINVPASWD);
  const over = await server.addKey({ validUntil: 1 });
  assert.equal(await refusalOf(bindWith({ systemId: over.id, password: over.secret })), S.RINVPASWD);
  assert.equal(await refusalOf(bindWith({ interfaceVersion: 0x33 })), S.RBINDFAIL);
  const many = await keyOf();
  const sessions = await Promise.all(Array.from({ length: 4 }, () => bindWith(many)));
  assert.equal(await refusalOf(bindWith(many)), S.RBINDFAIL);
  await sessions[0]?.session.unbind();
  await until("its place is free", () => bindWith(many).catch(() => null));
});

test("a system_id that fails too often is not looked at any more, and others of its address are", async () => {
  const { port: guarded, server: other } = await startSmpp();
  const key = await keyOf(other);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    assert.equal(await refusalOf(bindWith({ ...key, port: guarded, password: "wrong" })), S.RINVPASWD);
  }
  assert.equal(await refusalOf(bindWith({ ...key, port: guarded })), S.RBINDFAIL);
  await bindWith({ ...(await keyOf(other)), port: guarded });
});

test("what cannot be accepted is answered with its own status, and makes no receipt", async () => {
  const customer = await bindWith();
  const rd = { registeredDelivery: 1 };
  assert.equal(await statusOf(customer.submit("12", "short", rd)), S.RINVDSTADR);
  assert.equal(await statusOf(customer.submit("no number", "word", rd)), S.RINVDSTADR);
  assert.equal(await statusOf(customer.submit("0981234567", "national", rd)), S.RINVDSTADR);
  const blocked = "385989999999";
  const blocklist = [{ channel: "SMS", destinations: [{ to: blocked }] }];
  assert.equal((await server.client.call("POST", "/platform/1/blocklists", { json: { blocklist } })).status, 202);
  assert.equal(await statusOf(customer.submit(blocked, "blocked", rd)), S.RINVDSTADR);
  const payload = tlv("messagePayload", Buffer.alloc(25 * 153 + 1, "a"));
  const empty = { shortMessage: Buffer.alloc(0) };
  assert.equal(await statusOf(customer.submit(PHONE, "", { ...empty, tlvs: [payload], ...rd })), S.RINVMSGLEN);
  assert.equal(await statusOf(customer.submit(PHONE, "", { ...empty, ...rd })), S.RINVMSGLEN);
  assert.equal(await statusOf(customer.submit(PHONE, "both", { tlvs: [payload] })), S.ROPTPARNOTALLWD);
  assert.equal(await statusOf(customer.submit(PHONE, "x", { esmClass: 0x40 })), S.RINVESMCLASS);
  assert.equal(await statusOf(customer.submit(PHONE, "x", { esmClass: 0x08 })), S.RINVESMCLASS);
  assert.equal(await statusOf(customer.submit(PHONE, "x", { scheduleDeliveryTime: "tomorrow" })), S.RINVSCHED);
  assert.equal(await statusOf(customer.submit(PHONE, "x", { scheduleDeliveryTime: "010000000000000R" })), S.RINVSCHED);
  assert.equal(await statusOf(customer.submit(PHONE, "x", { validityPeriod: "200101000000000+" })), S.RINVEXPIRY);
  assert.equal(await statusOf(customer.submit(PHONE, "x", { replaceIfPresentFlag: 1 })), S.RINVREPFLAG);
  assert.equal(await statusOf(customer.submit(PHONE, "x", { smDefaultMsgId: 1 })), S.RINVDFTMSGID);
  const octets = { shortMessage: Buffer.from([0xe9]) };
  assert.equal(await statusOf(customer.submit(PHONE, "x", octets)), S.RINVDCS);
  const last = await customer.submitted(PHONE, "fine", rd);
  await customer.receipt(last);
  assert.equal(customer.delivered.length, 1);
});

test("limits and faults: too fast, too many open, a disk that fails; the session goes on", async () => {
  const settings = { "smpp.throughputPerSecond": 1, "accept.openMessagesMax": 3, "sandbox.paused": true };
  const { port: slow, server: other } = await startSmpp(settings, { clock: new FakeClock() });
  const customer = await bindWith({ ...(await keyOf(other)), port: slow });
  for (let message = 0; message < 3; message += 1) await customer.submitted(PHONE, "taken");
  assert.equal(await statusOf(customer.submit(PHONE, "one too many")), S.RMSGQFUL);
  // The bucket has ten, and no time goes by that would fill it.
  const rest = await Promise.all(Array.from({ length: 10 }, () => statusOf(customer.submit(PHONE, "too fast"))));
  assert.ok(rest.includes(S.RTHROTTLED));
  assert.deepEqual(new Set(rest), new Set([S.RMSGQFUL, S.RTHROTTLED]));
  await other.store.close();
  const { port: broken, server: another } = await startSmpp();
  const unlucky = await bindWith({ ...(await keyOf(another)), port: broken });
  await unlucky.submitted(PHONE, "fine");
  await another.store.close();
  assert.equal(await statusOf(unlucky.submit(PHONE, "lost")), S.RSYSERR);
  assert.equal(unlucky.session.isBound, true);
});

test("every data_coding that customers use is read as they mean it", async () => {
  const customer = await bindWith();
  const sent = async (shortMessage: Uint8Array, dataCoding: number, more: object = {}) => {
    const record = await server.message(await customer.submitted(PHONE, "", { shortMessage, dataCoding, ...more }));
    return [record?.text, record?.encoding, record?.partCount];
  };
  assert.deepEqual(await sent(encodeText("5 € @ {home}", "gsm7"), 0), ["5 € @ {home}", "GSM7", 1]);
  assert.deepEqual(await sent(encodeText("5 € @ home", "gsm7"), 1), ["5 € @ home", "GSM7", 1]);
  assert.deepEqual(await sent(encodeText("Grüße", "latin1"), 3), ["Grüße", "GSM7", 1]);
  assert.deepEqual(await sent(encodeText("Привет 👋", "ucs2"), 8), ["Привет 👋", "UCS2", 1]);
  assert.deepEqual(await sent(Buffer.from("0102ff", "hex"), 4), ["0102ff", "BINARY", 1]);
  assert.deepEqual(await sent(Buffer.from("0102ff", "hex"), 0xf5), ["0102ff", "BINARY", 1]);
  const tlvs = [tlv("messagePayload", encodeText("x".repeat(400), "gsm7"))];
  assert.deepEqual(await sent(Buffer.alloc(0), 0, { tlvs }), ["x".repeat(400), "GSM7", 3]);
  const flash = await server.message(await customer.submitted(PHONE, "now", { dataCoding: 0x10 }));
  assert.equal((JSON.parse(flash?.options ?? "{}") as { flash?: boolean }).flash, true);
});

test("parts that the customer has cut go out one by one as they are, and share a bulkId", async () => {
  const customer = await bindWith();
  const part = async (header: string, text: string, more: object = {}) => {
    const shortMessage = Buffer.concat([Buffer.from(header, "hex"), encodeText(text, "gsm7")]);
    const record = await server.message(
      await customer.submitted(PHONE, "", { shortMessage, esmClass: header === "" ? 0 : 0x40, ...more }),
    );
    assert.ok(record !== null);
    return { ...record, options: JSON.parse(record.options ?? "{}") as Record<string, unknown> };
  };
  const full = "a".repeat(153);
  const one = await part("050003070201", full);
  const two = await part("050003070202", "end");
  assert.deepEqual([one.text, one.partCount, one.encoding], [full, 1, "GSM7"]);
  assert.deepEqual([one.options["userDataHeader"], two.options["userDataHeader"]], ["050003070201", "050003070202"]);
  assert.equal(one.bulkId, two.bulkId);
  // The same reference once more is another text.
  assert.notEqual((await part("050003070201", "again")).bulkId, one.bulkId);
  const sar = [tlv("sarMsgRefNum", 258), tlv("sarTotalSegments", 2), tlv("sarSegmentSeqnum", 1)];
  assert.equal((await part("", "sar", { tlvs: sar })).options["userDataHeader"], "06080401020201");
  const turkish = encodeText("şöyle", "gsm7", { singleShift: 1 });
  const shortMessage = Buffer.concat([Buffer.from("03240101", "hex"), turkish]);
  const national = await server.message(await customer.submitted(PHONE, "", { shortMessage, esmClass: 0x40 }));
  assert.deepEqual([national?.text, national?.encoding, national?.partCount], ["şöyle", "GSM7", 1]);
  assert.deepEqual(JSON.parse(national?.options ?? ""), {
    userDataHeader: "03240101",
    nationalTables: { singleShift: 1 },
  });
  const tooLong = { shortMessage: Buffer.from("050003070201".padEnd(12 + 154 * 2, "61"), "hex"), esmClass: 0x40 };
  assert.equal(await statusOf(customer.submit(PHONE, "", tooLong)), S.RINVMSGLEN);
});

test("schedule and validity, relative and absolute, become the message's own times", async () => {
  // A time that is relative begins when the PDU is read: the clock stands still, so that this is also its acceptance.
  const clock = new FakeClock();
  const { port: own, server: other } = await startSmpp({}, { clock });
  const customer = await bindWith({ ...(await keyOf(other)), port: own });
  const timesOf = async (scheduleDeliveryTime: string, validityPeriod: string) => {
    const times = { scheduleDeliveryTime, validityPeriod };
    const record = await other.message(await customer.submitted(PHONE, "later", times));
    assert.ok(record !== null);
    const { acceptedAt, sentAt, expiresAt } = record;
    return { sentAt, waitsMs: sentAt - acceptedAt, livesMs: expiresAt - sentAt };
  };
  const hour = "000000010000000R";
  const { waitsMs, livesMs } = await timesOf(hour, hour);
  assert.deepEqual([waitsMs, livesMs], [HOUR_MS, HOUR_MS]);
  const at = clock.now() + 2 * HOUR_MS;
  const absolute = await timesOf(formatAbsoluteTime(at), formatAbsoluteTime(at + HOUR_MS));
  assert.deepEqual([absolute.sentAt, absolute.livesMs], [at, HOUR_MS]);
  assert.equal((await timesOf("", hour)).livesMs, HOUR_MS);
});

test("query_sm tells the state, cancel_sm reaches what has not left, replace_sm is refused", async () => {
  const customer = await bindWith();
  const { session } = customer;
  const rest = { sourceAddr: "Shop", sourceAddrTon: 5 };
  const messageId = await customer.submitted(PHONE, "wait", {
    scheduleDeliveryTime: "000000010000000R",
    registeredDelivery: 1,
  });
  const asked = await session.send({ command: "query_sm", messageId, ...rest });
  assert.ok(asked.command === "query_sm_resp");
  assert.deepEqual([asked.commandStatus, asked.messageState, asked.finalDate], [0, MESSAGE_STATE.ENROUTE, ""]);
  assert.equal(await statusOf(session.send({ command: "query_sm", messageId, sourceAddr: "Else" })), S.RQUERYFAIL);
  assert.equal(await statusOf(session.send({ command: "query_sm", messageId: "none", ...rest })), S.RQUERYFAIL);
  assert.equal(await statusOf(session.send({ command: "replace_sm", messageId, ...rest })), S.RREPLACEFAIL);
  const cancel = () => statusOf(session.send({ command: "cancel_sm", messageId, ...rest }));
  assert.equal(await cancel(), 0);
  assert.match(await customer.receipt(messageId), /stat:DELETED/);
  assert.equal(await cancel(), S.RCANCELFAIL);
  const again = await session.send({ command: "query_sm", messageId, ...rest });
  assert.ok(again.command === "query_sm_resp");
  assert.equal(again.messageState, MESSAGE_STATE.DELETED);
  assert.match(again.finalDate, /^\d{12}\d00\+$/);
});

test("submit_multi: one id for all, the refused ones listed; data_sm is accepted too", async () => {
  const customer = await bindWith();
  const to = (destinationAddr: string) => ({ destFlag: 1, destAddrTon: 1, destAddrNpi: 1, destinationAddr }) as const;
  const answer = await customer.session.send({
    command: "submit_multi",
    sourceAddr: "Shop",
    destAddresses: [to(PHONE), to("12"), to("385981234568"), { destFlag: 2, dlName: "friends" }],
    shortMessage: encodeText("Hi all", "gsm7"),
    registeredDelivery: 1,
  });
  assert.ok(answer.command === "submit_multi_resp");
  const refused = new Map(answer.unsuccessSmes.map((sme) => [sme.destinationAddr, sme.errorStatusCode]));
  assert.deepEqual(
    refused,
    new Map([
      ["12", S.RINVDSTADR],
      ["friends", S.RINVDLNAME],
    ]),
  );
  await until("both have receipts", () => customer.receipts(answer.messageId).length === 2);
  const sources = customer.delivered.map(({ sourceAddr }) => sourceAddr);
  assert.deepEqual(new Set(sources), new Set([PHONE, "385981234568"]));
  const data = await customer.session.send({
    command: "data_sm",
    sourceAddr: "Shop",
    destinationAddr: PHONE,
    registeredDelivery: 1,
    tlvs: [tlv("messagePayload", encodeText("data", "gsm7")), tlv("qosTimeToLive", 60)],
  });
  assert.ok(data.command === "data_sm_resp");
  assert.match(await customer.receipt(data.messageId), /stat:DELIVRD err:000 text:data$/);
});

test("only failures, when only they are asked for", async () => {
  const customer = await bindWith();
  const failing = "447700900509";
  const good = await customer.submitted(PHONE, "good", { registeredDelivery: 2 });
  const bad = await customer.submitted(failing, "bad", { registeredDelivery: 2 });
  const ended = await server.untilState(bad, ["undeliverable", "rejected", "expired"]);
  assert.match(await customer.receipt(bad), ended.state === "expired" ? /EXPIRED/ : /UNDELIV|REJECTD/);
  assert.deepEqual(customer.receipts(good), []);
});

test("on the way, too, when intermediate notifications are asked for; the receipt comes after them", async () => {
  const customer = await bindWith();
  const messageId = await customer.submitted(PHONE, "on its way", { registeredDelivery: 0x11 });
  await until("both have come", () => customer.receipts(messageId).length === 2);
  const seen = customer.delivered.map(({ esmClass, tlvs }) => [esmClass, tlvValue(tlvs, "messageState")]);
  assert.deepEqual(seen, [
    [0x20, MESSAGE_STATE.ENROUTE],
    [0x04, MESSAGE_STATE.DELIVERED],
  ]);
});

test("what phones write to a number with SMPP_FORWARD waits for a session, and is not pulled", async () => {
  const number = "447860000017";
  const path = "/resource-management/1/inbound-message-configurations";
  const { port: own, server: other } = await startSmpp();
  const { client } = other;
  const configuration = { channel: "SMS", number, forwarding: { type: "SMPP_FORWARD" } };
  assert.equal((await client.call("POST", path, { json: configuration })).status, 200);
  const long = "Zażółć gęślą jaźń ".repeat(20);
  for (const text of ["Hello {you}", long]) {
    const answer = await client.call("POST", "/sandbox/inbound", { json: { from: PHONE, to: number, text } });
    assert.equal(answer.status, 200, answer.text);
  }
  const sendOnly = await bindWith({ ...(await keyOf(other, ["sms:message:send"])), port: own });
  const receiver = await bindWith({
    ...(await keyOf(other, ["sms:inbound-message:read"])),
    port: own,
    bindAs: "receiver",
  });
  await until("both have come", () => receiver.delivered.length === 2);
  const [first, second] = receiver.delivered;
  assert.deepEqual([first?.sourceAddr, first?.destinationAddr, first?.esmClass], [PHONE, number, 0]);
  assert.deepEqual(Buffer.from(first?.shortMessage ?? []), encodeText("Hello {you}", "gsm7"));
  assert.deepEqual([second?.dataCoding, second?.shortMessage.length], [8, 0]);
  const payload = tlvValue(second?.tlvs ?? [], "messagePayload");
  assert.deepEqual(Buffer.from(payload ?? []), encodeText(long, "ucs2"));
  assert.deepEqual((await client.call("GET", "/sms/1/inbox/reports")).body.results, []);
  assert.deepEqual(sendOnly.delivered, []);
});

test("sessions begin with TLS on the port for it", async () => {
  const folder = createFolder(cleanup);
  const pem = join(folder, "server.pem");
  writeFileSync(pem, TEST_SERVER_PEM);
  const tlsPort = await freePort();
  const files = { "smpp.tlsCertificateFile": pem, "smpp.tlsKeyFile": pem };
  const { server: other } = await startSmpp({ "smpp.tlsPort": tlsPort, ...files });
  const customer = await bindWith({ ...(await keyOf(other)), port: tlsPort, tls: { ca: TEST_CA } });
  assert.equal((await customer.submitted(PHONE, "safe")).length > 0, true);
});

test("a stop unbinds every session after what it has under way was answered", async () => {
  const carrier = new FakeCarrier({ answer: never });
  const { port: stopping, server: other } = await startSmpp({ "shutdown.timeoutMs": 100 }, { carriers: [carrier] });
  const customer = await bindWith({ ...(await keyOf(other)), port: stopping });
  const answers = Array.from({ length: 10 }, () => statusOf(customer.submit(PHONE, "on its way")));
  await Promise.all(answers);
  const stopped = other.stop();
  await until("it was unbound", () => customer.closeReason);
  assert.equal(customer.closeReason, "peer-unbound");
  await stopped;
});

test("a session whose key was revoked is unbound", async () => {
  const clock = new FakeClock();
  const { port: own, server: other } = await startSmpp({}, { clock });
  const key = await other.addKey();
  const customer = await bindWith({ systemId: key.id, password: key.secret, port: own });
  const kept = await bindWith({ ...(await keyOf(other)), port: own });
  const record = (await other.store.listApiKeys()).find(({ id }) => id === key.id);
  assert.ok(record !== undefined);
  await other.store.saveApiKey({ ...record, revokedAt: clock.now() });
  await until(
    "it was unbound",
    () => customer.closeReason,
    () => clock.advance(1000),
  );
  assert.equal(kept.closeReason, null);
});

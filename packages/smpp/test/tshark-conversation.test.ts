/** What our ESME and our simulator say to each other, read by Wireshark's decoder. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeText, type MoMethod, tlv } from "../src/index.ts";
import { CaptureProxy } from "./harness/capture-proxy.ts";
import { judgeConversation } from "./harness/judge-conversation.ts";
import { esmeFor, simulatorFor, until } from "./harness/simulated.ts";
import { TSHARK_SKIP } from "./harness/tshark.ts";

const PHONE = "385981234567";
/** Magic destinations after which the session goes on. */
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `447700900${from + index}`);
const REFUSED = numbers(401, 412);
const REPORTED = [...numbers(500, 515), ...numbers(801, 814), ...numbers(902, 905), "447700900915", "447700900916"];
const REPLYING = numbers(921, 926);

test("11 tshark finds nothing wrong in what our ESME and our simulator say to each other", {
  skip: TSHARK_SKIP,
}, async (t) => {
  const simulator = await simulatorFor(t, { accounts: [{ systemId: "demo", password: "secret" }] });
  const proxy = await CaptureProxy.start(simulator);
  t.after(() => proxy.close());
  const at = { host: "127.0.0.1", port: proxy.port };
  const esme = await esmeFor(t, at);
  const receiver = await esmeFor(t, at, { bindAs: "receiver" });
  const transmitter = await esmeFor(t, at, { bindAs: "transmitter" });
  await assert.rejects(esmeFor(t, at, { bind: { systemId: "demo", password: "wrong" } }));

  await Promise.all([...REFUSED, ...REPORTED, ...REPLYING].map((to) => esme.submit(to, { registeredDelivery: 0x11 })));
  await Promise.all([
    transmitter.submit(PHONE, { shortMessage: encodeText("Привет 👋", "ucs2"), dataCoding: 8 }),
    transmitter.submit(PHONE, { tlvs: [tlv("messagePayload", Buffer.alloc(3000, "a")), tlv("sourcePort", 1)] }),
  ]);
  await until("all receipts came", () => esme.receipts.length + receiver.receipts.length > REPORTED.length);
  for (const method of ["udh8", "udh16", "sar", "payload"] as const satisfies MoMethod[]) {
    for (const text of ["x".repeat(400), "я".repeat(200)]) {
      await simulator.mo({ source: PHONE, destination: "12345", text, method });
    }
  }
  const { session } = esme;
  const messageId = await esme.submit(PHONE);
  await session.send({ command: "query_sm", messageId, sourceAddr: "Shop" });
  await session.send({ command: "cancel_sm", messageId, sourceAddr: "Shop", destinationAddr: PHONE });
  await session.send({ command: "replace_sm", messageId, sourceAddr: "Shop" });
  await session.send({ command: "data_sm", destinationAddr: PHONE, tlvs: [tlv("messagePayload", Buffer.from("x"))] });
  session.sendEnquireLink();
  await Promise.all([session, receiver.session, transmitter.session].map((bound) => bound.unbind()));

  const counts = judgeConversation(proxy.sessions);
  assert.equal(proxy.sessions.length, 4);
  for (const command of ["submit_sm", "deliver_sm", "data_sm", "query_sm", "cancel_sm", "replace_sm", "unbind"]) {
    assert.ok((counts.get(command) ?? 0) > 0 && counts.has(`${command}_resp`), command);
  }
  assert.equal(counts.get("enquire_link"), counts.get("enquire_link_resp"));
  assert.ok((counts.get("deliver_sm") ?? 0) > 40 && (counts.get("data_sm") ?? 0) > 1);
});

/** What a customer and our SMPP server say to each other, read by Wireshark's decoder. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S, encodeText, tlv } from "@posthorn/smpp";
import { CaptureProxy } from "../../smpp/test/harness/capture-proxy.ts";
import { judgeConversation } from "../../smpp/test/harness/judge-conversation.ts";
import { TSHARK_SKIP } from "../../smpp/test/harness/tshark.ts";
import { freePort, SmppCustomer } from "./harness/smpp-customer.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const PHONE = "385981234567";
const NUMBER = "447860000017";

test("11 tshark finds nothing wrong in what our SMPP server says: answers, refusals, receipts, inbound messages", {
  skip: TSHARK_SKIP,
}, async (t) => {
  const smppPort = await freePort();
  const server = await startTestServer(t, { settings: { "smpp.port": smppPort } });
  const proxy = await CaptureProxy.start({ port: smppPort });
  t.after(() => proxy.close());
  const { id: systemId, secret: password } = await server.addKey();
  const customer = await SmppCustomer.bind(t, { port: proxy.port, systemId, password });
  await assert.rejects(SmppCustomer.bind(t, { port: proxy.port, systemId, password: "wrong" }));

  const wanted = { registeredDelivery: 0x11 };
  const ids = [
    await customer.submitted(PHONE, "Order 42 has shipped", wanted),
    await customer.submitted("447700900509", "never comes", wanted),
    await customer.submitted(PHONE, "", { ...wanted, shortMessage: encodeText("Привет 👋", "ucs2"), dataCoding: 8 }),
    await customer.submitted(PHONE, "later", { ...wanted, scheduleDeliveryTime: "000000010000000R" }),
  ];
  const [first = "", , , waiting = ""] = ids;
  const { session } = customer;
  assert.equal((await customer.submit("12", "refused")).commandStatus, S.RINVDSTADR);
  const asked = { sourceAddr: "Shop" };
  await session.send({ command: "query_sm", messageId: first, ...asked });
  await session.send({ command: "cancel_sm", messageId: waiting, ...asked });
  await session.send({ command: "replace_sm", messageId: first, ...asked });
  const dest = { destFlag: 1, destAddrTon: 1, destAddrNpi: 1 } as const;
  const many = await session.send({
    command: "submit_multi",
    ...asked,
    destAddresses: [
      { ...dest, destinationAddr: PHONE },
      { ...dest, destinationAddr: "12" },
    ],
    shortMessage: encodeText("Hi all", "gsm7"),
  });
  assert.ok(many.command === "submit_multi_resp" && many.unsuccessSmes.length === 1);
  await session.send({ command: "data_sm", destinationAddr: PHONE, tlvs: [tlv("messagePayload", Buffer.from("x"))] });
  session.sendEnquireLink();
  await until("every message has its receipt", () => ids.every((id) => customer.receipts(id).length > 0));

  const configuration = { channel: "SMS", number: NUMBER, forwarding: { type: "SMPP_FORWARD" } };
  const path = "/resource-management/1/inbound-message-configurations";
  assert.equal((await server.client.call("POST", path, { json: configuration })).status, 200);
  const before = customer.delivered.length;
  for (const text of ["Hello {you}", "Zażółć gęślą jaźń ".repeat(20)]) {
    await server.client.call("POST", "/sandbox/inbound", { json: { from: PHONE, to: NUMBER, text } });
  }
  await until("both inbound messages have come", () => customer.delivered.length >= before + 2);
  await session.unbind();

  const counts = judgeConversation(proxy.sessions);
  for (const command of ["bind_transceiver", "submit_sm", "deliver_sm", "query_sm", "cancel_sm", "submit_multi"]) {
    assert.ok((counts.get(command) ?? 0) > 0 && counts.has(`${command}_resp`), command);
  }
  assert.ok((counts.get("deliver_sm") ?? 0) >= ids.length + 2);
  assert.equal(counts.get("unbind_resp"), 1);
});

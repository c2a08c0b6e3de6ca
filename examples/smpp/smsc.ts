// A message centre that lets one customer in, takes every message and reports each as delivered.
//
//   node examples/smpp/smsc.ts [PORT]
import { createSmsc, ESM_CLASS, formatReceiptText, MESSAGE_STATE, messageTextOf, tlv } from "@posthorn/smpp";

const REGISTERED_DELIVERY_MASK = 0x03;
let lastId = 0;

const smsc = await createSmsc({
  port: Number(process.argv[2] ?? 2775),
  onSession: ({ remoteAddress }) => ({
    onBind: ({ systemId, password }) => ({ commandStatus: systemId === "demo" && password === "secret" ? 0 : 0x0e }),
    onRequest(request, answer, session) {
      if (request.command !== "submit_sm") return answer({ commandStatus: 0x03 });
      const messageId = String(++lastId);
      console.log(`${remoteAddress} to ${request.destinationAddr}: ${messageTextOf(request).text}`);
      answer({ messageId });
      if ((request.registeredDelivery & REGISTERED_DELIVERY_MASK) === 0) return;
      const now = Date.now();
      const text = formatReceiptText({ id: messageId, state: "DELIVERED", submittedAtMs: now, doneAtMs: now });
      session
        .send({
          command: "deliver_sm",
          esmClass: ESM_CLASS.receipt,
          sourceAddr: request.destinationAddr,
          destinationAddr: request.sourceAddr,
          shortMessage: Buffer.from(text, "latin1"),
          tlvs: [tlv("receiptedMessageId", messageId), tlv("messageState", MESSAGE_STATE.DELIVERED)],
        })
        .catch((error: Error) => console.log(`receipt of ${messageId}: ${error.message}`));
    },
    onClose: (reason) => console.log(`${remoteAddress}: ${reason}`),
  }),
});
console.log(`listening on ${smsc.host}:${smsc.port}`);
process.once("SIGTERM", () => void smsc.close());
process.once("SIGINT", () => void smsc.close());

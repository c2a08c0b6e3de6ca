// Sends one SMS through an SMSC, such as examples/smpp/smsc.ts, and waits for its receipt.
//
//   node examples/smpp/send.ts [PORT]
import { commandStatusName, connectEsme, encodeText, type Receipt, receiptOf } from "@posthorn/smpp";

const arrived = Promise.withResolvers<Receipt>();

const session = await connectEsme({
  host: "127.0.0.1",
  port: Number(process.argv[2] ?? 2775),
  bind: { systemId: "demo", password: "secret" },
  handlers: {
    onRequest(request, answer) {
      const receipt = request.command === "deliver_sm" ? receiptOf(request) : null;
      // A program that keeps receipts answers here only once this one is kept.
      answer();
      if (receipt !== null) arrived.resolve(receipt);
    },
    onClose: (reason) => arrived.reject(new Error(reason)),
  },
});

const response = await session.send({
  command: "submit_sm",
  sourceAddrTon: 5,
  sourceAddr: "Shop",
  destAddrTon: 1,
  destAddrNpi: 1,
  destinationAddr: "385981234567",
  registeredDelivery: 1,
  shortMessage: encodeText("Order 42 shipped, 10 € to pay", "gsm7"),
});
if (response.command === "generic_nack" || response.commandStatus !== 0) {
  throw new Error(`refused: ${commandStatusName(response.commandStatus)}`);
}
console.log(`submitted as ${response.messageId}`);
const receipt = await arrived.promise;
console.log(`${receipt.messageIds.join(", ")}: ${receipt.state}`);
await session.unbind();

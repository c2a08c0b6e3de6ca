// How to test a program that sends with Infobip's API: the program gets Posthorn's URL, and the test looks at the phone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { infobip } from "@posthorn/component";
import { startPosthorn } from "@posthorn/server/testing";

/** The program under test. */
async function sendOrderNotice(baseUrl: string, key: string, order: { id: number; phone: string }) {
  const client = infobip({ key, baseUrl });
  await client.sendSMS(
    { sender: "Shop", to: [order.phone], text: `Order ${order.id} has shipped` },
    { idempotencyKey: `order-${order.id}-shipped` },
  );
}

test("a customer is told once that the order has shipped, also when the notice is sent again", async () => {
  await using posthorn = await startPosthorn();
  const order = { id: 17, phone: "447700900000" };

  await sendOrderNotice(posthorn.url, posthorn.key, order);
  const message = await posthorn.phones.waitFor({ to: order.phone });
  assert.deepEqual([message.from, message.text], ["Shop", "Order 17 has shipped"]);

  await sendOrderNotice(posthorn.url, posthorn.key, order);
  await sendOrderNotice(posthorn.url, posthorn.key, { id: 18, phone: order.phone });
  await posthorn.phones.waitFor({ text: "Order 18" });
  assert.equal(posthorn.phones.messages({ text: "Order 17" }).length, 1);
});

/**
 * The whole way against another's idea of the Cloud API: the component, the server, the carrier, the emulator, and back
 * by signed webhooks to the customer.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { infobip } from "@posthorn/component";
import { OPERATIONS } from "@posthorn/contract";
import { type EmulatorEvent, startEmulator } from "@posthorn/whatsapp-emulator";
import { startCloudServer } from "../harness/cloud-server.ts";
import { APP_SECRET, NUMBER, PHONE_NUMBER_ID, TOKEN, VERIFY_TOKEN } from "../harness/graph-stub.ts";
import { subscribe } from "../harness/subscribing.ts";
import { atEnd, cleanupAfterFile } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { WebhookSink } from "../harness/webhook-sink.ts";
import { WHATSAPP_BODIES, type WhatsAppSend } from "../harness/whatsapp-bodies.ts";

const USER = "385981234567";
const cleanup = cleanupAfterFile();
const events: EmulatorEvent[] = [];
const emulator = await startEmulator({
  token: TOKEN,
  appSecret: APP_SECRET,
  verifyToken: VERIFY_TOKEN,
  numbers: [{ phoneNumberId: PHONE_NUMBER_ID, displayPhoneNumber: `+${NUMBER}`, wabaId: "419561257915477" }],
  templates: [
    {
      name: "order_shipped",
      language: "en",
      components: [{ type: "BODY", text: "Order {{1}} has shipped", example: { body_text: [["17"]] } }],
    },
  ],
  onEvent: (event) => events.push(event),
});
atEnd(cleanup, () => emulator.close());
const { server, webhookUrl } = await startCloudServer(cleanup, { entry: { baseUrl: emulator.url } });
emulator.setWebhook(webhookUrl);
const sink = await WebhookSink.start(cleanup);
await subscribe(server.client, sink.url, { channel: "WHATSAPP", events: ["DELIVERY", "SEEN", "INBOUND_MESSAGE"] });
const client = infobip({ key: "a-key-for-tests", baseUrl: server.url });

const told = (messageId: string) =>
  (sink.reports as unknown as readonly Readonly<Record<string, unknown>>[]).filter(
    (report) => report["messageId"] === messageId,
  );

async function send(name: WhatsAppSend, json: object): Promise<string> {
  const { status, text, body } = await server.client.call("POST", OPERATIONS[name].path, { json });
  assert.equal(status, 200, text);
  const answer = body as { messageId?: string; messages?: readonly { messageId: string }[] };
  return answer.messageId ?? answer.messages?.[0]?.messageId ?? "";
}
const sendText = (to: string) => send("sendWhatsappTextMessage", { from: NUMBER, to, content: { text: "Hi" } });

test("the emulator's handshake with our webhook succeeds", async () => {
  assert.equal(await emulator.verifyWebhook(), true);
});

test("a user writes, is told to the customer, is answered through the component, and both reports come", async () => {
  const received = emulator.receive({
    from: USER,
    phoneNumberId: PHONE_NUMBER_ID,
    type: "text",
    text: { body: "Où est ma commande ?" },
  });
  const [inbound] = await until("the customer is told", () =>
    told(received.id).length > 0 ? told(received.id) : null,
  );
  assert.deepEqual([inbound?.["from"], inbound?.["message"]], [USER, { type: "TEXT", text: "Où est ma commande ?" }]);
  const { messageId = "" } = await client.sendWhatsappTextMessage({
    from: NUMBER,
    to: USER,
    text: "Elle arrive demain.",
  });
  const { carrierMessageId } = await server.untilState(messageId, ["delivered"]);
  emulator.sendStatus({ id: carrierMessageId ?? "", status: "read" });
  await until("both are told", () => told(messageId).length >= 2);
  await emulator.idle();
  const [delivery, seen] = told(messageId);
  assert.equal(JSON.stringify(delivery?.["status"]).includes('"DELIVERED_TO_HANDSET"'), true);
  assert.notEqual(seen?.["seenAt"], undefined);
  assert.deepEqual(
    emulator.webhooks().filter(({ isTaken }) => !isTaken),
    [],
  );
});

test("a medium that a user sends is fetched by the URL that the customer is told", async () => {
  const data = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3]);
  const image = { data, mime_type: "image/png", caption: "Look" };
  const { id } = emulator.receive({ from: USER, phoneNumberId: PHONE_NUMBER_ID, type: "image", image });
  const [inbound] = await until("the customer is told", () => (told(id).length > 0 ? told(id) : null));
  const { url = "" } = (inbound?.["message"] ?? {}) as { url?: string };
  const answer = await fetch(url, { headers: { authorization: "App a-key-for-tests" } });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "image/png"]);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), data);
});

test("a read mark and a typing indicator reach the user", async () => {
  const { id } = emulator.receive({
    from: USER,
    phoneNumberId: PHONE_NUMBER_ID,
    type: "text",
    text: { body: "Hello?" },
  });
  await until("the customer is told", () => told(id).length > 0);
  const receivedNow = () => emulator.received().find((message) => message.id === id);
  const mark = await server.client.call("POST", `/whatsapp/1/senders/${NUMBER}/message/${id}/read`);
  assert.equal(mark.status, 204, mark.text);
  assert.equal(receivedNow()?.isRead, true);
  const typing = { events: [{ sender: NUMBER, destinations: [{ to: USER }], content: { type: "TYPING_INDICATOR" } }] };
  await server.untilState(await send("sendWhatsappEvents", typing), ["delivered"]);
  assert.equal(receivedNow()?.isTypingShown, true);
});

test("outside the 24 hours a text fails with EC_NO_SESSION, and a template arrives", async () => {
  const stranger = "385981234999";
  const { state, errorId } = await server.untilState(await sendText(stranger), ["undeliverable", "delivered"]);
  assert.deepEqual([state, errorId], ["undeliverable", 7010]);
  const template = (templateName: string, placeholders: readonly string[]) =>
    send("sendWhatsappTemplateMessage", {
      messages: [
        {
          from: NUMBER,
          to: stranger,
          content: { templateName, language: "en", templateData: { body: { placeholders } } },
        },
      ],
    });
  await server.untilState(await template("order_shipped", ["17"]), ["delivered"]);
  assert.equal((await server.untilState(await template("order_shipped", []), ["rejected"])).errorId, 7008);
  assert.equal((await server.untilState(await template("order_lost", ["17"]), ["rejected"])).errorId, 7009);
});

const FREE_FORM = (Object.keys(WHATSAPP_BODIES) as WhatsAppSend[]).filter(
  (name) =>
    name !== "sendWhatsappTemplateMessage" &&
    name !== "sendWhatsappEvents" &&
    name !== "sendWhatsappInteractiveRequestContactInfoMessage" &&
    name !== "sendWhatsappInteractiveInThreadAuthenticationRequestMessage",
);

/** Infobip lets it have no words, and WhatsApp asks for some. */
const WORDLESS = JSON.stringify(WHATSAPP_BODIES.sendWhatsappInteractiveOrderStatusMessage[0]);

test("the emulator takes every type of message as it is posted, and each is delivered", async () => {
  const before = events.length;
  const ids = await Promise.all(
    FREE_FORM.flatMap((name) =>
      WHATSAPP_BODIES[name]
        .filter((body) => JSON.stringify(body) !== WORDLESS)
        .map(async (body) => [name, await send(name, body)] as const),
    ),
  );
  for (const [name, id] of ids) {
    const { state } = await server.untilState(id, ["delivered", "rejected", "undeliverable"]);
    const refusals = events.slice(before).filter(({ type }) => type === "refused");
    assert.equal(state, "delivered", `${name}: ${JSON.stringify(refusals)}`);
  }
});

test("messages of one user arrive in the order in which they were accepted", async () => {
  const patient = "385981234333";
  emulator.receive({ from: patient, phoneNumberId: PHONE_NUMBER_ID, type: "text", text: { body: "Hi" } });
  const texts = Array.from({ length: 20 }, (_, nth) => `number ${nth}`);
  const ids: string[] = [];
  for (const text of texts)
    ids.push(await send("sendWhatsappTextMessage", { from: NUMBER, to: patient, content: { text } }));
  for (const id of ids) await server.untilState(id, ["delivered"]);
  const arrived = emulator.messages().flatMap(({ body }) => {
    const { body: text = "" } = (body["text"] ?? {}) as { body?: string };
    return text.startsWith("number ") ? [text] : [];
  });
  assert.deepEqual(arrived, texts);
});

test("what is refused for now is tried until it is taken, and sent once", async () => {
  const flaky = "385981234111";
  emulator.receive({ from: flaky, phoneNumberId: PHONE_NUMBER_ID, type: "text", text: { body: "Hi" } });
  emulator.addRule({ to: flaky, times: 1, behaviour: { errorCode: 131016 } });
  const id = await sendText(flaky);
  await server.untilState(id, ["delivered"]);
  assert.equal(emulator.messages().filter(({ to }) => to === flaky).length, 1);
  assert.ok(((await server.message(id))?.attempts ?? 0) > 1);
});

test("statuses that come twice, and read without delivered, are told once each", async () => {
  const odd = "385981234222";
  emulator.receive({ from: odd, phoneNumberId: PHONE_NUMBER_ID, type: "text", text: { body: "Hi" } });
  emulator.addRule({
    to: odd,
    behaviour: { statuses: [{ status: "read", copies: 3 }, { status: "sent" }, { status: "delivered", copies: 2 }] },
  });
  const id = await sendText(odd);
  await server.untilState(id, ["delivered"]);
  await until("both are told", () => told(id).length >= 2);
  await emulator.idle();
  await server.settle();
  assert.deepEqual(
    told(id)
      .map((report) => report["seenAt"] !== undefined)
      .toSorted((a, b) => Number(a) - Number(b)),
    [false, true],
  );
});

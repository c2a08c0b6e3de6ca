/** A conversation, whole, as its three sides see it: the component's user, WhatsApp's user, and the customer's receiver. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SentMessage } from "@posthorn/whatsapp-emulator";
import { startCloudEmulator, startEmulatedCloud } from "../harness/cloud-emulator.ts";
import { startCloudServer } from "../harness/cloud-server.ts";
import { NUMBER, PHONE_NUMBER_ID } from "../harness/graph-stub.ts";
import { createFolder } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";

const USER = "385981234567";
const TEMPLATE = {
  name: "order_shipped",
  language: "en",
  components: [{ type: "BODY", text: "Order {{1}} has shipped", example: { body_text: [["17"]] } }],
} as const;

const statusNameOf = (report: Readonly<Record<string, unknown>> | undefined) =>
  (report?.["status"] as { readonly name: string } | undefined)?.name;

test("a template is delivered and seen, its user answers it, and the answer to that is delivered and seen, too", async (t) => {
  const { emulator, server, client, told, untilTold } = await startEmulatedCloud(t, { templates: [TEMPLATE] });
  assert.equal(await emulator.verifyWebhook(), true);
  const takenBy = async (messageId: string): Promise<SentMessage> => {
    const { carrierMessageId } = await server.untilState(messageId, ["delivered"]);
    const sent = emulator.messages().find(({ id }) => id === carrierMessageId);
    assert.ok(sent !== undefined, "it has WhatsApp's own id");
    return sent;
  };
  /** The user reads it: the customer is told of the delivery and then of that, each once. */
  const untilSeen = async (messageId: string) => {
    const { id } = await takenBy(messageId);
    await untilTold(messageId);
    emulator.sendStatus({ id, status: "read" });
    const [delivery, seen, ...others] = await untilTold(messageId, 2);
    assert.deepEqual([statusNameOf(delivery), delivery?.["to"], others.length], ["DELIVERED_TO_HANDSET", USER, 0]);
    assert.deepEqual([seen?.["from"], seen?.["to"], typeof seen?.["seenAt"]], [USER, NUMBER, "string"]);
    return id;
  };

  // Nobody has written yet, so free text does not reach the user; a template does.
  const early = await client.sendWhatsappTextMessage({ from: NUMBER, to: USER, text: "Hello" });
  const refused = await server.untilState(early.messageId ?? "", ["undeliverable", "delivered"]);
  assert.deepEqual([refused.state, refused.errorId], ["undeliverable", 7010]);
  const { messages } = await client.sendWhatsappTemplateMessage({
    from: NUMBER,
    to: USER,
    templateName: TEMPLATE.name,
    language: TEMPLATE.language,
    placeholders: { _1: "17" },
  });
  const first = messages[0]?.messageId ?? "";
  const firstWamid = await untilSeen(first);

  const question = emulator.receive({
    from: USER,
    phoneNumberId: PHONE_NUMBER_ID,
    profileName: "Ada",
    type: "text",
    text: { body: "Which of them?" },
    inReplyTo: firstWamid,
  });
  const [contact] = await untilTold(question.id);
  assert.deepEqual(
    [contact?.["integrationType"], contact?.["from"], contact?.["to"], contact?.["pairedMessageId"]],
    ["WHATSAPP", USER, NUMBER, first],
  );
  assert.deepEqual(contact?.["message"], {
    type: "TEXT",
    text: "Which of them?",
    context: { from: NUMBER, id: first },
  });

  // Within the window any text goes, and it is an answer to what the user wrote.
  const json = {
    from: NUMBER,
    to: USER,
    content: { text: "Both." },
    context: { replyToMessageId: question.id },
  };
  const answer = await server.client.call("POST", "/whatsapp/1/message/text", { json });
  assert.equal(answer.status, 200, answer.text);
  const second = (answer.body as { readonly messageId: string }).messageId;
  await untilSeen(second);
  const { body } = await takenBy(second);
  assert.deepEqual(
    [body["text"], body["context"]],
    [{ body: "Both.", preview_url: false }, { message_id: question.id }],
  );

  // The user answers that one, too, and the component's next text still goes.
  const thanks = emulator.receive({
    from: USER,
    phoneNumberId: PHONE_NUMBER_ID,
    type: "reaction",
    reaction: { message_id: (await takenBy(second)).id, emoji: "👍" },
  });
  const [reaction] = await untilTold(thanks.id);
  assert.equal(reaction?.["pairedMessageId"], second);
  const last = await client.sendWhatsappTextMessage({ from: NUMBER, to: USER, text: "Bye." });
  await untilSeen(last.messageId ?? "");

  await emulator.idle();
  await until("everything was told", async () => (await server.ledger()).open === 0);
  await server.settle();
  assert.deepEqual(
    [first, question.id, second, thanks.id, last.messageId ?? ""].map((id) => told(id).length),
    [2, 1, 2, 1, 2],
  );
  assert.deepEqual(
    emulator.webhooks().filter(({ isTaken, attempts }) => !isTaken || attempts !== 1),
    [],
  );
});

test("typing is shown as an answer to what the user wrote before the restart", async (t) => {
  const emulator = await startCloudEmulator(t);
  const folder = createFolder(t);
  const begin = async () => {
    const cloud = await startCloudServer(t, { entry: { baseUrl: emulator.url }, folder });
    emulator.setWebhook(cloud.webhookUrl);
    return cloud.server;
  };
  const before = await begin();
  const from = { from: USER, phoneNumberId: PHONE_NUMBER_ID, type: "text" } as const;
  for (const body of ["Hello?", "Anybody?"]) emulator.receive({ ...from, text: { body } });
  await emulator.idle();
  await before.stop();
  const server = await begin();
  const show = async (to: string, messageId: string) => {
    const content = { type: "TYPING_INDICATOR", messageId };
    const json = { events: [{ sender: NUMBER, destinations: [{ to, messageId }], content }] };
    const { status, text } = await server.client.call("POST", "/whatsapp/1/events", { json });
    assert.equal(status, 200, text);
    return server.untilState(messageId, ["delivered", "rejected"]);
  };
  assert.equal((await show(USER, "typing")).state, "delivered");
  assert.deepEqual(
    emulator.received().map(({ isTypingShown }) => isTypingShown),
    [false, true],
  );
  const nobody = await show("385981234569", "to nobody");
  assert.deepEqual([nobody.state, nobody.errorId], ["rejected", 7010]);
});

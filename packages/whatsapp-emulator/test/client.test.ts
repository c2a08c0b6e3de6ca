import assert from "node:assert/strict";
import test from "node:test";
import { Client, MessageType } from "@great-detail/whatsapp";
import { APP_SECRET, PHONE, Setting, TOKEN, USER, WABA } from "./harness/setting.ts";

/** A client that others wrote, for Meta's own server: only its base URL is another. */
function clientOf({ emulator }: Setting): Client {
  return new Client({
    baseUrl: emulator.url,
    graphVersion: "v25.0",
    request: { headers: { Authorization: `Bearer ${TOKEN}` } },
  });
}

const BODY = { type: "BODY" as const, text: "Order {{1}} has shipped.", example: { body_text: ["17"] } };

test("a client that others wrote sends texts, buttons and templates, and marks as read", async () => {
  await using setting = await Setting.start({
    templates: [{ name: "shipped", language: "en_US", components: [BODY] }],
  });
  const client = clientOf(setting);
  const received = setting.emulator.receive({ from: USER, type: "text", text: { body: "Hi" } });
  const status = { phoneNumberID: PHONE, message_id: received.id, status: "read" } as const;
  await client.message.createStatus({ ...status, typing_indicator: { type: "text" } }).json();
  assert.deepEqual(
    setting.emulator.received().map(({ isRead, isTypingShown }) => ({ isRead, isTypingShown })),
    [{ isRead: true, isTypingShown: true }],
  );
  const to = { phoneNumberID: PHONE, to: USER } as const;
  const text = await client.message.createMessage({ ...to, type: MessageType.Text, text: { body: "Hello" } }).json();
  await client.message
    .createMessage({
      ...to,
      type: MessageType.Interactive,
      interactive: {
        type: "button",
        body: { text: "Well?" },
        action: { buttons: [{ type: "reply", reply: { id: "yes", title: "Yes" } }] },
      },
    })
    .json();
  await client.message
    .createMessage({
      ...to,
      type: MessageType.Template,
      template: {
        name: "shipped",
        language: { code: "en_US" },
        components: [{ type: "body", parameters: [{ type: "text", text: "17" }] }],
      },
    })
    .json();
  await setting.emulator.idle();
  assert.deepEqual(
    setting.emulator.messages().map(({ type, statuses }) => [type, statuses.map(({ status }) => status)]),
    [
      ["text", ["sent", "delivered"]],
      ["interactive", ["sent", "delivered"]],
      ["template", ["sent", "delivered"]],
    ],
  );
  assert.equal(text.messages[0]?.id, setting.emulator.messages()[0]?.id);
});

test("a client that others wrote uploads, finds and deletes media", async () => {
  await using setting = await Setting.start();
  const client = clientOf(setting);
  const data = new Uint8Array([0xff, 0xd8, 0xff, 0xd9]);
  const file = new Blob([data], { type: "image/jpeg" });
  const { id } = await client.media.upload({ phoneNumberID: PHONE, file, mimeType: "image/jpeg" }).json();
  const found = await client.media.getURL({ mediaID: id, phoneNumberID: PHONE }).json();
  assert.equal(found.mime_type, "image/jpeg");
  assert.equal(Number(found.file_size), 4);
  const bytes = await fetch(found.url, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.deepEqual(new Uint8Array(await bytes.arrayBuffer()), data);
  await client.media.delete({ mediaID: id }).json();
  await assert.rejects(async () => client.media.getURL({ mediaID: id, request: { retry: 0 } }).json());
});

test("a client that others wrote makes, lists and deletes templates, and reads numbers", async () => {
  await using setting = await Setting.start();
  const client = clientOf(setting);
  const made = await client.template
    .create(WABA, {
      name: "shipped",
      language: "en_US",
      category: "UTILITY",
      parameter_format: "POSITIONAL",
      components: [BODY],
    })
    .json();
  assert.equal(made.status, "PENDING");
  await setting.emulator.idle();
  const listed = await client.template.list(WABA, { status: ["APPROVED"], limit: 10 }).json();
  assert.deepEqual(
    listed.data.map(({ name }) => name),
    ["hello_world", "shipped"],
  );
  await client.template.delete(WABA, { name: "shipped" }).json();
  const numbers = await client.phoneNumbers.listPhoneNumbers({ businessAccountID: WABA }).json();
  assert.deepEqual(
    numbers.data.map(({ id }) => id),
    [PHONE],
  );
  await client.businessProfile.updateBusinessProfile({ phoneNumberID: PHONE, about: "Open" }).json();
  assert.match(
    JSON.stringify(await client.businessProfile.getBusinessProfile({ phoneNumberID: PHONE }).json()),
    /Open/,
  );
});

test("a client that others wrote finds the signature of webhooks right", async () => {
  await using setting = await Setting.start();
  setting.emulator.receive({ from: USER, type: "text", text: { body: "Zdravo šđ 👍" } });
  await setting.emulator.idle();
  const [webhook] = setting.receiver.webhooks;
  assert.ok(webhook !== undefined);
  const event = await clientOf(setting).webhook.eventNotification({
    method: "POST",
    query: {},
    headers: webhook.headers as Record<string, string>,
    body: webhook.text,
  });
  await event.verifySignature(APP_SECRET);
  await assert.rejects(() => event.verifySignature("another-secret"));
});

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import test from "node:test";
import { errorCodesOf } from "./harness/receiver.ts";
import { APP_SECRET, BUSINESS, PHONE, Setting, USER, WABA } from "./harness/setting.ts";

test("a message is answered with its id, then sent and delivered, with the caller's own data", async () => {
  await using setting = await Setting.start();
  setting.emulator.receive({ from: USER, type: "text", text: { body: "Hi" } });
  const answer = await setting.send(`+${USER}`, { text: { body: "Hello" }, biz_opaque_callback_data: "order-17" });
  await setting.emulator.idle();
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body["contacts"], [{ input: `+${USER}`, wa_id: USER }]);
  assert.deepEqual(setting.statusesOf(answer.wamid), ["sent", "delivered"]);
  const [status] = setting.receiver.statuses;
  assert.equal(status?.["biz_opaque_callback_data"], "order-17");
  assert.equal(status?.["recipient_id"], USER);
  assert.equal(status?.["timestamp"], String(setting.clock.now() / 1000));
  const webhook = setting.receiver.webhooks.at(-1);
  assert.equal(webhook?.wabaId, WABA);
  assert.deepEqual(webhook?.value["metadata"], { display_phone_number: BUSINESS, phone_number_id: PHONE });
  assert.deepEqual(
    setting.emulator.messages().map(({ id, type, to }) => ({ id, type, to })),
    [{ id: answer.wamid, type: "text", to: USER }],
  );
});

test("free text reaches a user only for 24 hours after they wrote; templates do at any time", async () => {
  await using setting = await Setting.start();
  const ends = async (sent: Promise<{ readonly wamid: string | null }>) => {
    const { wamid } = await sent;
    await setting.emulator.idle();
    return setting.receiver.statuses.filter(({ id }) => id === wamid).at(-1);
  };
  const closed = await ends(setting.text(USER));
  assert.equal(closed?.status, "failed");
  assert.deepEqual(errorCodesOf(closed), [131047]);
  setting.emulator.receive({ from: USER, type: "text", text: { body: "Hi" } });
  assert.equal((await ends(setting.text(USER)))?.status, "delivered");
  setting.clock.advance(24 * 3_600_000 - 1);
  assert.equal((await ends(setting.text(USER)))?.status, "delivered");
  setting.clock.advance(1);
  assert.equal((await ends(setting.text(USER)))?.status, "failed");
  const template = { type: "template", template: { name: "hello_world", language: { code: "en_US" } } };
  assert.equal((await ends(setting.send(USER, template)))?.status, "delivered");
});

test("webhooks are signed over their very bytes, which are ASCII", async () => {
  await using setting = await Setting.start();
  setting.emulator.receive({ from: USER, type: "text", text: { body: "Zdravo šđ 👍 a/b" } });
  await setting.emulator.idle();
  const [webhook] = setting.receiver.webhooks;
  assert.ok(webhook !== undefined);
  assert.match(webhook.text, /Zdravo \\u0161\\u0111 \\ud83d\\udc4d a\\\/b/);
  assert.match(webhook.text, /^[\x20-\x7e]+$/);
  const digest = createHmac("sha256", APP_SECRET).update(webhook.text).digest("hex");
  assert.equal(webhook.headers["x-hub-signature-256"], `sha256=${digest}`);
});

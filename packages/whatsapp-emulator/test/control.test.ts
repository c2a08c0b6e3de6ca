import assert from "node:assert/strict";
import test from "node:test";
import { answerOf, PHONE, Setting, TOKEN, USER } from "./harness/setting.ts";

async function control({ emulator }: Setting, method: string, path: string, body?: object) {
  const response = await fetch(`${emulator.url}/emulator/${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answerOf(response.status, (await response.json()) as Readonly<Record<string, unknown>>);
}

test("from outside a user can write anything, and what came of it can be seen", async () => {
  await using setting = await Setting.start();
  const inbound: readonly object[] = [
    { type: "text", text: { body: "Hi" } },
    { type: "image", image: { data: Buffer.from("picture").toString("base64"), mime_type: "image/png" } },
    { type: "location", location: { latitude: 1, longitude: 2 } },
    { type: "contacts", contacts: [{ name: { formatted_name: "Ana" } }] },
    { type: "reaction", reaction: { message_id: "wamid.x" } },
    { type: "button", button: { payload: "y", text: "Yes" }, inReplyTo: "wamid.x" },
    { type: "interactive", interactive: { type: "button_reply", button_reply: { id: "y", title: "Yes" } } },
    { type: "order", order: { catalog_id: "1", product_items: [{ product_retailer_id: "1" }] } },
    { type: "system", system: { wa_id: "447700900000" } },
    { type: "unsupported" },
  ];
  for (const message of inbound) {
    const { status, error } = await control(setting, "POST", "inbound", { from: USER, ...message });
    assert.equal(status, 200, error?.details);
  }
  await setting.emulator.idle();
  const types = inbound.map((message) => (message as { type: string }).type);
  assert.deepEqual(
    setting.receiver.messages.map(({ type }) => type),
    types,
  );
  const received = (await control(setting, "GET", "received")).body["messages"] as readonly { type: string }[];
  assert.deepEqual(
    received.map(({ type }) => type),
    types.toReversed(),
  );
  const { wamid } = await setting.text(USER);
  await setting.text("447700900000");
  await setting.emulator.idle();
  await control(setting, "POST", "statuses", { id: wamid, status: "read" });
  await setting.emulator.idle();
  const { body } = await control(setting, "GET", `messages?to=${USER}`);
  const [message, ...others] = body["messages"] as readonly { id: string; statuses: readonly { status: string }[] }[];
  assert.equal(message?.id, wamid);
  assert.deepEqual(others, []);
  assert.deepEqual(
    message?.statuses.map(({ status }) => status),
    ["sent", "delivered", "read"],
  );
  const webhooks = (await control(setting, "GET", "webhooks")).body["webhooks"] as readonly { isTaken: boolean }[];
  assert.equal(webhooks.length, types.length + 5);
  assert.ok(webhooks.every(({ isTaken }) => isTaken));
  await control(setting, "DELETE", "messages");
  assert.deepEqual((await control(setting, "GET", "messages")).body["messages"], []);
  const late = await setting.text(USER);
  await setting.emulator.idle();
  assert.deepEqual(setting.statusesOf(late.wamid), ["failed"]);
});

test("what cannot be written is refused, and the details name the property", async () => {
  await using setting = await Setting.start();
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ from: USER }, /^type /],
    [{ from: USER, type: "poem" }, /^type /],
    [{ from: USER, type: "text" }, /^text /],
    [{ from: "Ana", type: "unsupported" }, /^from /],
    [{ type: "unsupported" }, /^from or userId /],
    [{ userId: "Ana", type: "unsupported" }, /^userId /],
    [{ from: USER, type: "unsupported", phoneNumberId: "999" }, /^phoneNumberId /],
    [{ from: USER, type: "unsupported", copies: 11 }, /^copies /],
    [{ from: USER, type: "unsupported", profileName: 5 }, /^profileName /],
  ];
  for (const [body, details] of wrong) {
    const { status, error } = await control(setting, "POST", "inbound", body);
    assert.equal(status, 400);
    assert.match(error?.details ?? "", details);
  }
  assert.match(
    (await control(setting, "POST", "statuses", { id: "x", status: "gone" })).error?.details ?? "",
    /^status /,
  );
  assert.match((await control(setting, "POST", "statuses", { id: "x", status: "read" })).error?.details ?? "", /^id /);
  assert.deepEqual(setting.receiver.webhooks, []);
  assert.deepEqual(setting.emulator.received(), []);
});

test("a message of a user is marked as read by its id, and typing is shown", async () => {
  await using setting = await Setting.start();
  const { id } = setting.emulator.receive({ userId: "US.13491208655302741918", type: "text", text: { body: "Hi" } });
  const mark = (message_id: string, more: object = {}) =>
    setting.ask("POST", `${PHONE}/messages`, { messaging_product: "whatsapp", status: "read", message_id, ...more });
  assert.deepEqual((await mark(id)).body, { success: true });
  assert.deepEqual(
    setting.emulator.received().map(({ isRead, isTypingShown }) => [isRead, isTypingShown]),
    [[true, false]],
  );
  await mark(id, { typing_indicator: { type: "text" } });
  assert.equal(setting.emulator.received()[0]?.isTypingShown, true);
  assert.match((await mark("wamid.x")).error?.details ?? "", /^message_id /);
  assert.match(
    (await mark(id, { typing_indicator: { type: "audio" } })).error?.details ?? "",
    /^typing_indicator\.type /,
  );
  await setting.emulator.idle();
  assert.equal(setting.receiver.messages[0]?.["from"], undefined);
});

test("a user presses what a message offers: a row of a list, a button of a template", async () => {
  await using setting = await Setting.start({
    templates: [
      {
        name: "asked",
        language: "en",
        components: [
          { type: "BODY", text: "Well?" },
          { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Yes" }] },
        ],
      },
    ],
  });
  const rows = [{ id: "1", title: "One", description: "The first" }];
  const action = { button: "Choose", sections: [{ rows }] };
  await setting.send("447700900949", {
    type: "interactive",
    interactive: { type: "list", body: { text: "Which?" }, action },
  });
  const components = [
    { type: "button", sub_type: "quick_reply", index: "0", parameters: [{ type: "payload", payload: "y" }] },
  ];
  const template = { name: "asked", language: { code: "en" } };
  await setting.send("447700900949", { type: "template", template: { ...template, components } });
  await setting.send("447700900949", { type: "template", template });
  await setting.emulator.idle();
  assert.deepEqual(
    setting.receiver.messages.map(({ interactive, button }) => interactive ?? button),
    [
      { type: "list_reply", list_reply: rows[0] },
      { payload: "y", text: "Yes" },
      { payload: "Yes", text: "Yes" },
    ],
  );
});

test("a number's code, profile and name can be set and read", async () => {
  await using setting = await Setting.start();
  const { emulator } = setting;
  const verify = (code: string) => setting.ask("POST", `${PHONE}/verify_code`, { code });
  assert.equal(emulator.verificationCodeOf(PHONE), null);
  assert.equal((await verify("000000")).status, 422);
  await setting.ask("POST", `${PHONE}/request_code`, { code_method: "VOICE", language: "en_US" });
  const code = emulator.verificationCodeOf(PHONE) ?? "";
  assert.match(code, /^\d{6}$/);
  assert.deepEqual((await verify(code)).body, { success: true, id: PHONE });
  assert.equal((await verify(code)).status, 422);
  const update = (more: object) =>
    setting.ask("POST", `${PHONE}/whatsapp_business_profile`, { messaging_product: "whatsapp", ...more });
  await update({ about: "Open", email: "shop@example.com" });
  await update({ email: "new@example.com" });
  assert.match((await update({ about: "x".repeat(140) })).error?.details ?? "", /^about /);
  assert.match((await update({ websites: ["a", "b", "c"] })).error?.details ?? "", /^websites /);
  const profile = await setting.ask("GET", `${PHONE}/whatsapp_business_profile?fields=about,email`);
  assert.deepEqual(profile.body["data"], [{ about: "Open", email: "new@example.com" }]);
  await setting.ask("POST", `${PHONE}?new_display_name=Shop`);
  const number = await setting.ask("GET", `${PHONE}?fields=verified_name`);
  assert.deepEqual(number.body, { id: PHONE, verified_name: "Shop" });
});

import assert from "node:assert/strict";
import test from "node:test";
import { BUSINESS, PHONE, Setting, TOKEN, USER, WABA } from "./harness/setting.ts";

const user = (index: number) => `4477009000${String(index).padStart(2, "0")}`;

test("a number sends so many messages a second, and more are refused with 130429", async () => {
  await using setting = await Setting.start({ throughputPerSecond: 3, hasMagicNumbers: false });
  const codes = async (count: number) => {
    const all: unknown[] = [];
    for (let index = 0; index < count; index += 1) all.push((await setting.text(user(index))).error?.code ?? "taken");
    return all;
  };
  assert.deepEqual(await codes(4), ["taken", "taken", "taken", 130429]);
  setting.clock.advance(334);
  assert.deepEqual(await codes(2), ["taken", 130429]);
  setting.clock.advance(1000);
  assert.deepEqual(await codes(4), ["taken", "taken", "taken", 130429]);
});

test("one user gets so many messages at once, then one each six seconds, else 131056; others are not concerned", async () => {
  await using setting = await Setting.start({ pairBurst: 2 });
  const code = async (to = USER) => (await setting.text(to)).error?.code ?? "taken";
  assert.deepEqual([await code(), await code(), await code()], ["taken", "taken", 131056]);
  assert.equal(await code("447700900002"), "taken");
  setting.clock.advance(5999);
  assert.equal(await code(), 131056);
  setting.clock.advance(1);
  assert.deepEqual([await code(), await code()], ["taken", 131056]);
});

test("with webhooks waiting up to the limit, messages are refused with 131016 and nothing is kept of them", async () => {
  await using setting = await Setting.start({ pendingMax: 2 });
  setting.receiver.answers.push(500, 500);
  await setting.text(USER);
  await setting.emulator.idle();
  setting.emulator.receive({ from: USER, type: "text", text: { body: "Hi" } });
  await setting.emulator.idle();
  const { error } = await setting.text(USER);
  assert.equal(error?.code, 131016);
  assert.equal(setting.emulator.messages().length, 1);
  setting.clock.advance(1250);
  await setting.emulator.idle();
  assert.equal((await setting.text(USER)).status, 200);
});

test("every memory forgets its oldest", async () => {
  await using setting = await Setting.start({ messagesMax: 2, webhooksMax: 3, mediaMax: 2, conversationsMax: 1 });
  const { emulator } = setting;
  for (const from of [user(11), user(12), user(13)]) emulator.receive({ from, type: "image" });
  for (const to of [user(11), user(12), user(13)]) await setting.text(to);
  await emulator.idle();
  assert.deepEqual(
    emulator.messages().map(({ to }) => to),
    [user(12), user(13)],
  );
  assert.equal(emulator.received().length, 2);
  assert.equal(emulator.webhooks().length, 3);
  const media = setting.receiver.messages.map(({ image }) => (image as { id: string }).id);
  const found = await Promise.all(media.map(async (id) => (await setting.ask("GET", id)).status));
  assert.deepEqual(found, [400, 200, 200]);
  // Only the last conversation is known, so only its window is open.
  const ends = setting.receiver.statuses.map(({ status }) => status);
  assert.deepEqual(ends, ["failed", "failed", "failed"]);
});

test("media are forgotten by their bytes too", async () => {
  await using setting = await Setting.start({ mediaBytesMax: 100 });
  for (const size of [60, 40, 1]) {
    setting.emulator.receive({ from: USER, type: "image", image: { data: new Uint8Array(size) } });
  }
  await setting.emulator.idle();
  const ids = setting.receiver.messages.map(({ image }) => (image as { id: string }).id);
  const found = await Promise.all(ids.map(async (id) => (await setting.ask("GET", id)).status));
  assert.deepEqual(found, [400, 200, 200]);
});

test("the number itself is no recipient, and one that is not registered sends nothing", async () => {
  await using setting = await Setting.start({ windowIsOpen: () => true });
  assert.equal((await setting.text(`+${BUSINESS}`)).error?.code, 131021);
  await setting.ask("POST", `${PHONE}/deregister`);
  assert.equal((await setting.text(USER)).error?.code, 133010);
  const pin = (digits: string) =>
    setting.ask("POST", `${PHONE}/register`, { messaging_product: "whatsapp", pin: digits });
  assert.match((await pin("12345")).error?.details ?? "", /^pin /);
  await pin("123456");
  assert.equal((await setting.text(USER)).status, 200);
});

test("users that there are not fail with 131026", async () => {
  await using setting = await Setting.start({ isUser: (who) => who !== USER, windowIsOpen: () => true });
  const failed = await setting.text(USER);
  const taken = await setting.text("447700900002");
  await setting.emulator.idle();
  assert.deepEqual(setting.statusesOf(failed.wamid), ["failed"]);
  assert.deepEqual(setting.statusesOf(taken.wamid), ["sent", "delivered"]);
});

test("rules decide by number, type, count and chance, and the newest first", async () => {
  await using setting = await Setting.start({
    hasMagicNumbers: false,
    rules: [
      { to: "4477009000*", every: 2, times: 2, behaviour: { errorCode: 131049 } },
      {
        type: "template",
        behaviour: { statuses: [{ status: "delivered" }, { status: "sent", copies: 2, delayMs: 10 }] },
      },
      { to: "43*", chance: 0.5, behaviour: { errorCode: 131000 } },
      { to: "44*", chance: 0.51, behaviour: { statuses: [] } },
    ],
  });
  const codes: unknown[] = [];
  for (let index = 0; index < 8; index += 1) codes.push((await setting.text(USER)).error?.code ?? "taken");
  assert.deepEqual(codes, ["taken", 131049, "taken", 131049, "taken", "taken", "taken", "taken"]);
  await setting.emulator.idle();
  assert.deepEqual(setting.receiver.statuses, []);
  assert.equal((await setting.text("4366012345678")).status, 200);
  const template = { type: "template", template: { name: "hello_world", language: { code: "en_US" } } };
  const { wamid } = await setting.send("4366012345678", template);
  await setting.emulator.idle();
  setting.clock.advance(10);
  await setting.emulator.idle();
  assert.deepEqual(setting.statusesOf(wamid), ["delivered", "sent", "sent"]);
  setting.emulator.addRule({ to: "43*", behaviour: { errorCode: 10 } });
  assert.equal((await setting.text("4366012345678")).error?.code, 10);
});

test("options that cannot be are refused by their name", async () => {
  const number = { phoneNumberId: PHONE, displayPhoneNumber: BUSINESS, wabaId: WABA };
  for (const [options, message] of [
    [{ token: "" }, /^token /],
    [{ numbers: [] }, /^numbers /],
    [{ numbers: [{ ...number, wabaId: "x" }] }, /^phoneNumberId and wabaId /],
    [{ numbers: [number, number] }, /^phoneNumberId /],
    [{ statusDelayMs: -1 }, /^statusDelayMs /],
    [{ pendingMax: 0 }, /^pendingMax /],
    [{ messagesMax: 0.5 }, /memory/],
    [{ webhook: { url: "ftp://a.b" } }, /URL/],
    [{ rules: [{ behaviour: { replyCopies: 11 } }] }, /^copies /],
    [{ rules: [{ every: 0, behaviour: {} }] }, /^every/],
    [{ token: TOKEN, rules: [{ chance: 2, behaviour: {} }] }, /^chance /],
  ] as const) {
    await assert.rejects(Setting.start(options), { name: "EmulatorOptionError", message });
  }
});

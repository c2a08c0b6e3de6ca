import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { Receiver } from "./harness/receiver.ts";
import { PHONE, Setting, USER, WABA } from "./harness/setting.ts";

const HI = { from: USER, type: "text", text: { body: "Hi" } } as const;
const DAY_MS = 24 * 3_600_000;

test("a webhook that is not answered with 200 comes again, later each time, the same to the byte", async () => {
  await using setting = await Setting.start({ random: () => 0 });
  const { emulator, receiver, clock } = setting;
  receiver.answers.push(500, 404, 202);
  emulator.receive(HI);
  await emulator.idle();
  const waits: unknown[] = [];
  while (clock.nextMs !== null) {
    waits.push(clock.nextMs);
    clock.advance(clock.nextMs);
    await emulator.idle();
  }
  assert.deepEqual(waits, [1000, 2000, 4000]);
  assert.equal(new Set(receiver.webhooks.map(({ text }) => text)).size, 1);
  assert.equal(new Set(receiver.webhooks.map(({ headers }) => headers["x-hub-signature-256"])).size, 1);
  const [webhook] = emulator.webhooks();
  assert.deepEqual([webhook?.attempts, webhook?.isTaken, webhook?.lastStatus], [4, true, 200]);
});

test("a webhook that nobody takes is given up after a week, an hour at most between attempts", async () => {
  await using setting = await Setting.start();
  const { emulator, receiver, clock } = setting;
  emulator.setWebhook("http://127.0.0.1:1/nobody");
  emulator.receive(HI);
  await emulator.idle();
  let waitMax = 0;
  const start = clock.now();
  while (clock.nextMs !== null) {
    waitMax = Math.max(waitMax, clock.nextMs);
    clock.advance(clock.nextMs);
    await emulator.idle();
  }
  assert.equal(waitMax, 3_600_000 * 1.125);
  const days = (clock.now() - start) / DAY_MS;
  assert.ok(days > 6.9 && days <= 7, `${days}`);
  assert.equal(emulator.counters.webhooksLost, 1);
  assert.equal(emulator.webhooks()[0]?.lastStatus, null);
  assert.deepEqual(receiver.webhooks, []);
});

test("a later webhook overtakes one that waits for its next attempt", async () => {
  await using setting = await Setting.start();
  const { emulator, receiver, clock } = setting;
  receiver.answers.push(503);
  const first = emulator.receive(HI);
  const second = emulator.receive(HI);
  await emulator.idle();
  clock.advance(2000);
  await emulator.idle();
  assert.deepEqual(
    receiver.messages.map(({ id }) => id),
    [first.id, second.id, first.id],
  );
});

test("a receiver that does not answer is left after the time that it has", async () => {
  await using setting = await Setting.start({ webhookTimeoutMs: 700 });
  const { emulator, clock } = setting;
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  emulator.setWebhook(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
  emulator.receive(HI);
  while (clock.nextMs === null) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(clock.nextMs, 700);
  clock.advance(700);
  await emulator.idle();
  assert.deepEqual(
    emulator.webhooks().map(({ attempts, lastStatus }) => [attempts, lastStatus]),
    [[1, null]],
  );
  silent.closeAllConnections();
  silent.close();
});

test("webhooks go where the account's or the number's subscription says, after the handshake", async () => {
  await using setting = await Setting.start();
  const { emulator, receiver } = setting;
  const other = await Receiver.start("other-token");
  const third = await Receiver.start("third-token");
  const arrived = async () => {
    emulator.receive(HI);
    await emulator.idle();
    const counts = [receiver, other, third].map(({ webhooks }) => webhooks.splice(0).length);
    return counts;
  };
  try {
    assert.deepEqual(await arrived(), [1, 0, 0]);
    const subscribe = (verify_token: string, override_callback_uri = other.url) =>
      setting.ask("POST", `${WABA}/subscribed_apps`, { override_callback_uri, verify_token });
    assert.match((await subscribe("wrong")).error?.details ?? "", /^override_callback_uri .*challenge/);
    assert.match((await subscribe("x", "nowhere")).error?.details ?? "", /^override_callback_uri /);
    assert.deepEqual(await arrived(), [1, 0, 0]);
    assert.equal((await subscribe("other-token")).status, 200);
    assert.deepEqual(await arrived(), [0, 1, 0]);
    const configuration = { override_callback_uri: third.url, verify_token: "third-token" };
    await setting.ask("POST", PHONE, { webhook_configuration: configuration });
    assert.deepEqual(await arrived(), [0, 0, 1]);
    await setting.ask("POST", PHONE, { webhook_configuration: {} });
    assert.deepEqual(await arrived(), [0, 1, 0]);
    await setting.ask("DELETE", `${WABA}/subscribed_apps`);
    assert.deepEqual(await arrived(), [0, 0, 0]);
    assert.deepEqual((await setting.ask("GET", `${WABA}/subscribed_apps`)).body["data"], []);
    await setting.ask("POST", `${WABA}/subscribed_apps`, {});
    assert.deepEqual(await arrived(), [1, 0, 0]);
  } finally {
    await other.close();
    await third.close();
  }
});

test("the emulator's own webhook is verified on demand", async () => {
  await using right = await Setting.start();
  assert.equal(await right.emulator.verifyWebhook(), true);
  await using wrong = await Setting.start({ verifyToken: "another" });
  assert.equal(await wrong.emulator.verifyWebhook(), false);
  wrong.emulator.setWebhook(null);
  assert.equal(await wrong.emulator.verifyWebhook(), false);
});

test("any status and any webhook can be sent by hand", async () => {
  await using setting = await Setting.start();
  const { emulator, receiver } = setting;
  const { wamid } = await setting.text("447700900000");
  await emulator.idle();
  emulator.sendStatus({ id: wamid ?? "", status: "sent", timestamp: "1700000000" });
  emulator.sendStatus({ id: wamid ?? "", status: "failed", errorCode: 131026 });
  emulator.sendWebhook({ wabaId: WABA, field: "account_update", value: { event: "VERIFIED_ACCOUNT" } });
  await emulator.idle();
  assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered", "sent", "failed"]);
  assert.equal(receiver.statuses[2]?.["timestamp"], "1700000000");
  const own = receiver.webhooks.find(({ field }) => field === "account_update");
  assert.deepEqual(own?.value, { event: "VERIFIED_ACCOUNT" });
  assert.throws(() => emulator.sendStatus({ id: "wamid.x", status: "read" }), { name: "EmulatorOptionError" });
});

test("a webhook that waits when the emulator closes is dropped, and closing ends", async () => {
  const setting = await Setting.start();
  setting.receiver.answers.push(500);
  setting.emulator.receive(HI);
  await setting.emulator.idle();
  await setting[Symbol.asyncDispose]();
  setting.clock.advance(DAY_MS);
  await setting.emulator.idle();
  assert.equal(setting.receiver.webhooks.length, 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Setting, WABA, PHONE, TOKEN } from "./harness/setting.ts";

const NEW = { name: "shipped", language: "en", category: "UTILITY", components: [{ type: "BODY", text: "Hello" }] };
const form = (members: Readonly<Record<string, string | Blob>>) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(members)) data.append(name, value);
  return data;
};
const post = async (setting: Setting, path: string, members: Readonly<Record<string, string | Blob>>) => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${setting.emulator.url}/v25.0/${path}`, { method: "POST", headers, body: form(members) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const control = (setting: Setting, path: string, body: object) =>
  fetch(`${setting.emulator.url}/emulator/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("what is decided anew on a template is shown, and told by its webhook", async () => {
  await using setting = await Setting.start();
  const { body: made } = await setting.ask("POST", `${WABA}/message_templates`, NEW);
  await setting.emulator.idle();
  setting.receiver.webhooks.length = 0;
  const change = { name: "shipped", language: "en", status: "PAUSED", quality: "RED", category: "MARKETING" };
  assert.equal((await control(setting, "templates", change)).status, 200);
  assert.equal((await control(setting, "templates", change)).status, 200);
  await setting.emulator.idle();
  const told = setting.receiver.webhooks.map(({ field, value }) => {
    const { event, new_quality_score: quality, new_category: category } = value;
    return [field, event ?? quality ?? category];
  });
  assert.deepEqual(told, [
    ["template_category_update", "MARKETING"],
    ["message_template_quality_update", "RED"],
    ["message_template_status_update", "PAUSED"],
  ]);
  const { body } = await setting.ask("GET", String(made["id"]));
  assert.deepEqual(
    [body["status"], body["category"], body["quality_score"]],
    ["PAUSED", "MARKETING", { score: "RED" }],
  );
  assert.equal((await control(setting, "templates", { ...change, name: "nobody" })).status, 400);
  assert.equal((await control(setting, "templates", { ...change, status: "LOST" })).status, 400);
});

test("a number's quality and limit are shown, and told by their webhook", async () => {
  await using setting = await Setting.start();
  assert.equal((await control(setting, "numbers", { quality: "RED", limit: "TIER_1K" })).status, 200);
  setting.emulator.changeNumber({ phoneNumberId: PHONE, quality: "GREEN", limit: "TIER_10K" });
  await setting.emulator.idle();
  const events = setting.receiver.webhooks.map(({ field, value }) => [field, value["event"], value["current_limit"]]);
  const field = "phone_number_quality_update";
  assert.deepEqual(events, [
    [field, "FLAGGED", "TIER_1K"],
    [field, "DOWNGRADE", "TIER_1K"],
    [field, "UNFLAGGED", "TIER_10K"],
    [field, "UPGRADE", "TIER_10K"],
  ]);
  const { body } = await setting.ask("GET", PHONE);
  assert.deepEqual([body["quality_rating"], body["messaging_limit_tier"]], ["GREEN", "TIER_10K"]);
  assert.equal((await control(setting, "numbers", { limit: "TIER_3" })).status, 400);
  assert.equal((await control(setting, "numbers", { phoneNumberId: "1" })).status, 400);
});

test("a flow is a draft until it is published, and its JSON is what was uploaded", async () => {
  await using setting = await Setting.start();
  const { body: made } = await post(setting, `${WABA}/flows`, { name: "signup", categories: '["SIGN_UP"]' });
  const id = String(made["id"]);
  assert.equal((await post(setting, `${WABA}/flows`, { name: "signup", categories: '["SIGN_UP"]' })).status, 400);
  const upload = (json: object) =>
    post(setting, `${id}/assets`, {
      asset_type: "FLOW_JSON",
      name: "flow.json",
      file: new Blob([JSON.stringify(json)]),
    });
  assert.equal(((await upload({ version: "7.0" })).body["validation_errors"] as unknown[]).length, 1);
  assert.equal((await setting.ask("POST", `${id}/publish`)).error?.code, 100);
  const json = { version: "7.0", screens: [] };
  assert.deepEqual((await upload(json)).body["validation_errors"], []);
  const { body: assets } = await setting.ask("GET", `${id}/assets`);
  const [asset] = assets["data"] as { download_url: string }[];
  const download = await fetch(asset?.download_url ?? "", { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.deepEqual(await download.json(), json);
  assert.equal((await post(setting, id, { name: "sign-up" })).status, 200);
  assert.equal((await setting.ask("POST", `${id}/deprecate`)).error?.code, 100);
  await setting.ask("POST", `${id}/publish`);
  assert.equal((await setting.ask("DELETE", id)).error?.code, 100);
  const { body: shown } = await setting.ask("GET", `${id}?fields=name,status,preview.invalidate(false)`);
  assert.deepEqual([shown["name"], shown["status"], typeof shown["preview"]], ["sign-up", "PUBLISHED", "object"]);
  const cloned = await post(setting, `${WABA}/flows`, { name: "again", categories: '["OTHER"]', clone_flow_id: id });
  assert.equal((await setting.ask("DELETE", String(cloned.body["id"]))).status, 200);
  const { body: listed } = await setting.ask("GET", `${WABA}/flows`);
  assert.deepEqual(
    (listed["data"] as { id: string }[]).map((flow) => flow.id),
    [id],
  );
});

test("a number's public key is kept, and nobody may be called", async () => {
  await using setting = await Setting.start();
  const edge = `${PHONE}/whatsapp_business_encryption`;
  const keyNow = async () => ((await setting.ask("GET", edge)).body["data"] as Record<string, string>[])[0];
  assert.equal((await keyNow())?.["business_public_key_signature_status"], "MISMATCH");
  assert.equal((await post(setting, edge, { business_public_key: "key" })).status, 400);
  const pem = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----";
  assert.equal((await setting.ask("POST", edge, { business_public_key: pem })).status, 200);
  const valid = { business_public_key: pem, business_public_key_signature_status: "VALID" };
  assert.deepEqual(await keyNow(), valid);
  const { body } = await setting.ask("GET", `${PHONE}/call_permissions?user_wa_id=385981234567`);
  assert.deepEqual(body["permission"], { status: "denied" });
  assert.equal((await setting.ask("GET", `${PHONE}/call_permissions`)).error?.code, 100);
});

test("a number that is added is verified by the code that was asked for", async () => {
  await using setting = await Setting.start();
  const request = { cc: "44", phone_number: "7700900123", verified_name: "New" };
  const { body: added } = await setting.ask("POST", `${WABA}/phone_numbers`, request);
  const id = String(added["id"]);
  assert.equal((await setting.ask("POST", `${WABA}/phone_numbers`, request)).error?.code, 100);
  assert.equal((await setting.ask("POST", `1/phone_numbers`, request)).error?.code, 100);
  await setting.ask("POST", `${id}/request_code`, { code_method: "SMS", language: "en_US" });
  const code = setting.emulator.verificationCodeOf(id) ?? "";
  assert.equal((await setting.ask("POST", `${id}/verify_code`, { code })).status, 200);
  const { body } = await setting.ask("GET", id);
  assert.deepEqual(
    [body["verified_name"], body["code_verification_status"], body["status"]],
    ["New", "VERIFIED", "UNLINKED"],
  );
});

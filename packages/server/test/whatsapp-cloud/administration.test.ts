/** A sender on the Cloud API, played by the emulator: its rating, profile, key, flows, media and registration. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { startEmulator } from "@posthorn/whatsapp-emulator";
import { startCloudServer } from "../harness/cloud-server.ts";
import { FakeClock } from "../harness/fake-clock.ts";
import { APP_SECRET, NUMBER, PHONE_NUMBER_ID, TOKEN, VERIFY_TOKEN } from "../harness/graph-stub.ts";
import { atEnd, cleanupAfterFile } from "../harness/test-server.ts";

const WABA = "419561257915477";
const cleanup = cleanupAfterFile();
const clock = new FakeClock();
const emulator = await startEmulator({
  token: TOKEN,
  appSecret: APP_SECRET,
  verifyToken: VERIFY_TOKEN,
  numbers: [
    { phoneNumberId: PHONE_NUMBER_ID, displayPhoneNumber: `+${NUMBER}`, wabaId: WABA, verifiedName: "The Shop" },
  ],
});
atEnd(cleanup, () => emulator.close());
process.env["POSTHORN_TEST_PIN"] = "135790";
const { server, webhookUrl } = await startCloudServer(cleanup, {
  entry: { baseUrl: emulator.url, businessAccountId: WABA, registrationPin: { env: "POSTHORN_TEST_PIN" } },
  carriersBeside: { sandbox: { type: "sandbox" } },
  clock,
});
emulator.setWebhook(webhookUrl);
const call = (method: string, path: string, json?: unknown) =>
  server.client.call(method, `/whatsapp/1/${path}`, json === undefined ? {} : { json });
const atMeta = async (path: string, method = "GET") => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  return (await (await fetch(`${emulator.url}/v25.0/${path}`, { method, headers })).json()) as Record<string, unknown>;
};

test("a sender's quality is what Meta says now, and what it said last while it does not answer", async () => {
  const rating = async () => {
    const { status, body } = await call("GET", `senders/quality?senders=${NUMBER}`);
    const [{ qualityRating, currentLimit, status: state }] = body.results;
    return [status, qualityRating, state, currentLimit];
  };
  assert.deepEqual(await rating(), [200, "HIGH", "CONNECTED", "UNLIMITED"]);
  emulator.changeNumber({ quality: "RED", limit: "TIER_1K" });
  assert.deepEqual(await rating(), [200, "LOW", "CONNECTED", "LIMIT_2K"]);
});

test("a business profile is changed at Meta, and read from there", async () => {
  const path = `senders/${NUMBER}/business-info`;
  const changes = { about: "We send things", vertical: "SHOPPING_AND_RETAIL", websites: ["https://shop.example"] };
  assert.equal((await call("PATCH", path, changes)).status, 204);
  const profile = (await atMeta(`${PHONE_NUMBER_ID}/whatsapp_business_profile`))["data"] as Record<string, unknown>[];
  assert.deepEqual([profile[0]?.["about"], profile[0]?.["vertical"]], ["We send things", "RETAIL"]);
  const { body } = await call("GET", path);
  assert.deepEqual(body, { ...changes, address: "", description: "", email: "", displayName: "The Shop" });
  const logo = await call("PATCH", path, { logoUrl: "https://shop.example/logo.png" });
  assert.deepEqual([logo.status, /Meta's own manager/.test(logo.text)], [400, true]);
});

test("a public key goes to Meta, and its status comes from there", async () => {
  const path = `/whatsapp/1/senders/${NUMBER}/public-key`;
  assert.equal((await server.client.call("GET", path)).body.publicKeySignatureStatus, "MISMATCH");
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString().trim();
  const form = new FormData();
  form.append("file", new Blob([pem]), "key.pem");
  const headers = { authorization: "App a-key-for-tests" };
  const uploaded = await fetch(`${server.url}${path}`, { method: "POST", headers, body: form });
  assert.equal(uploaded.ok, true, await uploaded.text());
  const { body } = await server.client.call("GET", path);
  assert.deepEqual(body, { publicKey: pem, publicKeySignatureStatus: "VALID" });
});

test("who may be called is Meta's answer", async () => {
  const { status, body } = await call("GET", `senders/${NUMBER}/calls/385981234567/permissions`);
  assert.equal(status, 200);
  assert.equal(body.status, "NO_PERMISSION");
  assert.deepEqual(
    body.actions.map((action: { name: string; canPerformAction: boolean }) => [action.name, action.canPerformAction]),
    [
      ["START_CALL", false],
      ["SEND_CALL_PERMISSION_REQUEST", true],
    ],
  );
});

test("a medium is deleted at Meta", async () => {
  const image = { data: Buffer.from([1, 2, 3]), mime_type: "image/png" };
  const { message } = emulator.receive({ from: "385981234567", phoneNumberId: PHONE_NUMBER_ID, type: "image", image });
  const { id } = message["image"] as { id: string };
  const url = `${server.url}/whatsapp/1/senders/${NUMBER}/media/${id}`;
  assert.equal((await call("DELETE", `senders/${NUMBER}/media`, { url })).status, 204);
  assert.notEqual((await atMeta(id))["error"], undefined);
  assert.equal((await call("DELETE", `senders/${NUMBER}/media`, { url })).status, 404);
});

test("a flow is made at Meta, given its JSON, shown, published, deprecated, and others are deleted", async () => {
  const flows = `senders/${NUMBER}/flows`;
  const made = await call("POST", flows, { name: "signup", categories: ["SIGN_UP"] });
  assert.equal(made.status < 300, true, made.text);
  const { id } = made.body;
  const wrong = await call("PUT", `${flows}/${id}/json`, { version: "7.0" });
  assert.deepEqual(
    wrong.body.validationErrors.map((error: { errorType: string }) => error.errorType),
    ["JSON_SCHEMA_ERROR"],
  );
  const refused = await call("POST", `${flows}/${id}/publish`);
  assert.deepEqual([refused.status, /errors/.test(refused.text)], [400, true]);
  const json = { version: "7.0", screens: [{ id: "ONE" }] };
  assert.deepEqual((await call("PUT", `${flows}/${id}/json`, json)).body.validationErrors, []);
  const { externalDownloadUrl } = (await call("GET", `${flows}/${id}/json`)).body;
  const download = await fetch(externalDownloadUrl, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.deepEqual(await download.json(), json);
  assert.match((await call("GET", `${flows}/${id}/preview`)).body.previewUrl, /^http/);
  assert.equal((await call("PATCH", `${flows}/${id}`, { name: "sign-up" })).status < 300, true);
  assert.equal((await call("POST", `${flows}/${id}/publish`)).status < 300, true);
  assert.equal((await call("POST", `${flows}/${id}/deprecate`)).status < 300, true);
  const listed = (await call("GET", flows)).body.flows;
  const shown = { id, name: "sign-up", businessAccountId: Number(WABA), categories: ["SIGN_UP"], status: "DEPRECATED" };
  assert.deepEqual(listed, [shown]);
  const other = (await call("POST", flows, { name: "other", categories: ["OTHER"] })).body.id;
  assert.equal((await call("DELETE", `${flows}/${other}`)).status < 300, true);
  assert.equal((await call("GET", flows)).body.flows.length, 1);
  assert.equal((await call("POST", `${flows}/${other}/publish`)).status, 404);
});

test("a number is added to the business account, verified by the code that Meta sends, and registered", async () => {
  const place = "embedded-signup/registrations";
  const request = { countryCode: "44", phoneNumber: "7700900123", displayName: "New", type: "EXTERNAL_SMS" };
  const added = await call("POST", `${place}/business-account/${WABA}/senders`, request);
  assert.equal(added.body.status, "OTP_REQUESTED", added.text);
  const numbers = (await atMeta(`${WABA}/phone_numbers`))["data"] as { id: string; verified_name: string }[];
  const { id = "" } = numbers.find(({ verified_name: name }) => name === "New") ?? {};
  const first = emulator.verificationCodeOf(id);
  const verification = `${place}/senders/447700900123/verification`;
  assert.equal((await call("PUT", verification, { type: "EXTERNAL_VOICE", locale: "en_US" })).status < 300, true);
  const code = emulator.verificationCodeOf(id);
  assert.notEqual(code, null);
  assert.notEqual(first, null);
  const wrong = code === "123456" ? "654321" : "123456";
  assert.equal((await call("POST", verification, { code: wrong })).status, 400);
  const verified = await call("POST", verification, { code });
  assert.equal(verified.status < 300, true, verified.text);
  assert.equal((await atMeta(id))["status"], "LINKED");
});

test("what only the sandbox plays is not there for a sender of a carrier", async () => {
  const { status } = await call("GET", `${NUMBER}/contacts/385981234567/identity`);
  assert.equal(status, 404);
  assert.equal((await call("GET", `senders/${NUMBER}/payments/upi/some`)).status, 404);
  assert.equal((await call("GET", "447796344125/contacts/385981234567/identity")).status, 200);
});

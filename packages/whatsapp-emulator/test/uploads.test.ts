/** Uploads to the app, whose handles stand for files in profiles and templates. */
import assert from "node:assert/strict";
import test from "node:test";
import { UPLOAD_SESSION_MS, UPLOAD_SESSIONS_MAX } from "../src/limits.ts";
import { answerOf, PHONE, Setting, TOKEN, WABA } from "./harness/setting.ts";

const APP = "670843887433847";
const DATA = new Uint8Array([0xff, 0xd8, 0xff, 1, 2]);

async function open(setting: Setting, { name = "a.jpg", type = "image/jpeg", length = DATA.byteLength } = {}) {
  const query = new URLSearchParams({ file_name: name, file_type: type, file_length: String(length) });
  return setting.ask("POST", `${APP}/uploads?${query.toString()}`);
}

async function put(setting: Setting, session: unknown, data = DATA, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${setting.emulator.url}/v25.0/${String(session)}`, {
    method: "POST",
    headers: { authorization: `OAuth ${TOKEN}`, file_offset: "0", ...headers },
    body: data,
  });
  return answerOf(response.status, (await response.json()) as Readonly<Record<string, unknown>>);
}

async function upload(setting: Setting): Promise<unknown> {
  const { body } = await open(setting);
  return (await put(setting, body["id"])).body["h"];
}

const pictureOf = async (setting: Setting) => {
  const { body } = await setting.ask("GET", `${PHONE}/whatsapp_business_profile?fields=profile_picture_url`);
  return (body["data"] as readonly { readonly profile_picture_url?: string }[])[0]?.profile_picture_url;
};

test("an uploaded picture is the profile's, and shown to whoever knows its URL, for 30 days", async () => {
  await using setting = await Setting.start();
  assert.equal(await pictureOf(setting), undefined);
  const handle = await upload(setting);
  const profile = { messaging_product: "whatsapp", profile_picture_handle: handle };
  assert.equal((await setting.ask("POST", `${PHONE}/whatsapp_business_profile`, profile)).status, 200);
  const url = (await pictureOf(setting)) ?? "";
  const shown = await fetch(url);
  assert.equal(shown.headers.get("content-type"), "image/jpeg");
  assert.deepEqual(new Uint8Array(await shown.arrayBuffer()), DATA);
  assert.equal((await fetch(`${url}0`)).status, 404);
  setting.clock.advance(30 * 24 * 3_600_000);
  assert.equal((await fetch(url)).status, 404);
});

test("a handle that no upload gave is no picture", async () => {
  await using setting = await Setting.start();
  const profile = { messaging_product: "whatsapp", profile_picture_handle: "4::made-up" };
  assert.equal((await setting.ask("POST", `${PHONE}/whatsapp_business_profile`, profile)).error?.code, 100);
  assert.equal(await pictureOf(setting), undefined);
});

test("a template shows the URL of its example in place of the handle, also in a carousel", async () => {
  await using setting = await Setting.start();
  const handle = await upload(setting);
  const header = { type: "HEADER", format: "IMAGE", example: { header_handle: [handle] } };
  const body = { type: "BODY", text: "Hi" };
  const components = [header, body, { type: "CAROUSEL", cards: [{ components: [header, body] }] }];
  const template = { name: "shown", language: "en", category: "MARKETING", components };
  assert.equal((await setting.ask("POST", `${WABA}/message_templates`, template)).status, 200);
  const listed = await setting.ask("GET", `${WABA}/message_templates?name=shown`);
  const urls = [...JSON.stringify(listed.body).matchAll(/"header_handle":\["(.*?)"\]/g)].map(([, url]) => url ?? "");
  assert.equal(urls.length, 2);
  for (const url of urls) assert.deepEqual(new Uint8Array(await (await fetch(url)).arrayBuffer()), DATA);
});

test("an upload that is not as Meta wants it is refused, and the session stays", async () => {
  await using setting = await Setting.start();
  const { id } = (await open(setting)).body;
  const codeOf = async (data = DATA, headers = {}) => (await put(setting, id, data, headers)).error?.code;
  assert.equal(await codeOf(DATA, { authorization: `Bearer ${TOKEN}` }), 190);
  assert.equal(await codeOf(DATA, { file_offset: "3" }), 100);
  assert.equal(await codeOf(DATA.slice(1)), 100);
  assert.equal(await codeOf(new Uint8Array(6)), 100);
  assert.equal((await put(setting, String(id).split("?")[0])).error?.code, 100);
  assert.equal((await put(setting, id)).status, 200);
  assert.equal((await put(setting, id)).error?.code, 100, "its file has come");
});

test("a session is for a file that may be, of the one app, for a day, and the oldest go first", async () => {
  await using setting = await Setting.start();
  assert.equal((await open(setting, { type: "image/gif" })).error?.code, 100);
  assert.equal((await open(setting, { length: 0 })).error?.code, 100);
  assert.equal((await open(setting, { length: 101 * 1_048_576 })).error?.code, 100);
  assert.equal((await setting.ask("POST", `${PHONE}/uploads?file_length=5&file_type=image/png`)).error?.code, 100);
  const late = (await open(setting)).body["id"];
  setting.clock.advance(UPLOAD_SESSION_MS);
  assert.equal((await put(setting, late)).error?.code, 100);
  const first = (await open(setting)).body["id"];
  for (let count = 0; count < UPLOAD_SESSIONS_MAX; count += 1) await open(setting);
  assert.equal((await put(setting, first)).error?.code, 100);
});

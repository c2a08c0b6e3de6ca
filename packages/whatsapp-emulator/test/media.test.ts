import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { answerOf, PHONE, Setting, TOKEN, USER } from "./harness/setting.ts";

const DAY_MS = 24 * 3_600_000;

async function upload(setting: Setting, data: Uint8Array<ArrayBuffer>, type = "image/jpeg", fields: object = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ messaging_product: "whatsapp", type, ...fields })) form.set(name, value);
  form.set("file", new File([data], "file", { type }));
  const response = await fetch(`${setting.emulator.url}/v25.0/${PHONE}/media`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: form,
  });
  return answerOf(response.status, (await response.json()) as Readonly<Record<string, unknown>>);
}

const fetchUrl = (url: unknown, token = TOKEN) =>
  fetch(url as string, { headers: { authorization: `Bearer ${token}` } });

test("an upload is found by its id and fetched by a URL that works for five minutes, with the token", async () => {
  await using setting = await Setting.start();
  const data = new Uint8Array([1, 2, 3, 255]);
  const id = (await upload(setting, data)).body["id"] as string;
  const { body } = await setting.ask("GET", `${id}?phone_number_id=${PHONE}`);
  const { url, ...rest } = body;
  assert.deepEqual(rest, {
    messaging_product: "whatsapp",
    mime_type: "image/jpeg",
    sha256: createHash("sha256").update(data).digest("hex"),
    file_size: "4",
    id,
  });
  const fetched = await fetchUrl(url);
  assert.equal(fetched.headers.get("content-type"), "image/jpeg");
  assert.deepEqual(new Uint8Array(await fetched.arrayBuffer()), data);
  assert.equal((await fetchUrl(url, "another-token")).status, 401);
  setting.clock.advance(5 * 60_000 - 1);
  assert.equal((await fetchUrl(url)).status, 200);
  setting.clock.advance(1);
  assert.equal((await fetchUrl(url)).status, 404);
  const again = await setting.ask("GET", id);
  assert.equal((await fetchUrl(again.body["url"])).status, 200);
  assert.equal((await fetchUrl(url)).status, 404);
  assert.equal((await setting.ask("GET", `${id}?phone_number_id=999`)).error?.code, 100);
});

test("an upload can be sent for 30 days, or until it is deleted", async () => {
  await using setting = await Setting.start({ windowIsOpen: () => true });
  const ids: string[] = [];
  for (let index = 0; index < 2; index += 1) {
    ids.push((await upload(setting, new Uint8Array([index]))).body["id"] as string);
  }
  const [kept = "", deleted = ""] = ids;
  const send = (id: string) => setting.send(USER, { type: "image", image: { id, caption: "Look" } });
  assert.equal((await send(deleted)).status, 200);
  assert.deepEqual((await setting.ask("DELETE", deleted)).body, { success: true });
  assert.match((await send(deleted)).error?.details ?? "", /^image\.id /);
  assert.equal((await setting.ask("DELETE", deleted)).error?.code, 100);
  setting.clock.advance(30 * DAY_MS - 1);
  assert.equal((await send(kept)).status, 200);
  setting.clock.advance(1);
  assert.match((await send(kept)).error?.details ?? "", /^image\.id /);
  const template = { name: "hello_world", language: { code: "en_US" } };
  const components = [{ type: "header", parameters: [{ type: "image", image: { id: kept } }] }];
  const { error } = await setting.send(USER, { type: "template", template: { ...template, components } });
  assert.match(error?.details ?? "", /^template\.components\[0\]\.parameters\[0\]\.image\.id /);
});

test("what a user sent can be fetched for 7 days", async () => {
  await using setting = await Setting.start();
  const data = Buffer.from("a picture");
  setting.emulator.receive({ from: USER, type: "image", image: { data, mime_type: "image/png" } });
  await setting.emulator.idle();
  const image = setting.receiver.messages[0]?.["image"] as { id: string; sha256: string; mime_type: string };
  assert.equal(image.mime_type, "image/png");
  assert.equal(image.sha256, createHash("sha256").update(data).digest("base64"));
  const { body } = await setting.ask("GET", image.id);
  assert.equal(await (await fetchUrl(body["url"])).text(), "a picture");
  setting.clock.advance(7 * DAY_MS);
  assert.equal((await setting.ask("GET", image.id)).error?.code, 100);
});

test("uploads that cannot be are refused", async () => {
  await using setting = await Setting.start();
  const small = new Uint8Array(1);
  const refusal = async (answer: ReturnType<typeof upload>) => {
    const { error } = await answer;
    return [error?.code, error?.details.split(/[ :]/)[0]];
  };
  assert.deepEqual(await refusal(upload(setting, small, "image/tiff")), [100, "type"]);
  assert.deepEqual(await refusal(upload(setting, small, "image/png", { messaging_product: "x" })), [
    100,
    "messaging_product",
  ]);
  assert.deepEqual(await refusal(upload(setting, new Uint8Array(0))), [131053, "file"]);
  const image = 5 * 1_048_576;
  assert.equal((await upload(setting, new Uint8Array(image))).status, 200);
  assert.deepEqual(await refusal(upload(setting, new Uint8Array(image + 1))), [131053, "file"]);
  assert.deepEqual(await refusal(upload(setting, new Uint8Array(500 * 1024 + 1), "image/webp")), [131053, "file"]);
  assert.equal((await upload(setting, small, "audio/ogg; codecs=opus")).status, 200);
  const json = await setting.ask("POST", `${PHONE}/media`, { file: "x", messaging_product: "whatsapp" });
  assert.match(json.error?.details ?? "", /multipart/);
});

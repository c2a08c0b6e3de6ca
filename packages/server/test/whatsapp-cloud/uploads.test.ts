/** Files that requests name by URLs, fetched and uploaded to Meta, which the emulator plays. */
import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { startEmulator } from "@posthorn/whatsapp-emulator";
import { startCloudServer } from "../harness/cloud-server.ts";
import { APP_SECRET, NUMBER, PHONE_NUMBER_ID, TOKEN, VERIFY_TOKEN } from "../harness/graph-stub.ts";
import { TEST_CA, TEST_SERVER_PEM } from "../harness/test-certificates.ts";
import { atEnd, cleanupAfterFile, type TestServer } from "../harness/test-server.ts";

const WABA = "419561257915477";
const APP = "670843887433847";
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 9]);
const PDF = Buffer.from("%PDF-1.7 some");
const MP4 = Buffer.from("\0\0\0\x18ftypmp42");
const FILES: Readonly<Record<string, Buffer>> = {
  "/logo": JPEG,
  "/two.png": PNG,
  "/bill.pdf": PDF,
  "/film.mp4": MP4,
  "/text": Buffer.from("no picture"),
  "/large.jpg": Buffer.concat([JPEG, Buffer.alloc(5 * 1_048_576)]),
};

setDefaultCACertificates([...getCACertificates("default"), TEST_CA]);
const cleanup = cleanupAfterFile();
const asked: string[] = [];
const shop = createServer({ key: TEST_SERVER_PEM, cert: TEST_SERVER_PEM }, ({ url = "" }, response) => {
  asked.push(url);
  const file = FILES[url];
  // Many servers say so of everything: what it is is to be seen in it.
  const headers = { "content-type": "application/octet-stream" };
  if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, headers).end(file);
});
await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
atEnd(cleanup, async () => {
  shop.closeAllConnections();
  await new Promise((resolve) => shop.close(resolve));
});
const SHOP = `https://127.0.0.1:${(shop.address() as AddressInfo).port}`;

const emulator = await startEmulator({
  token: TOKEN,
  appSecret: APP_SECRET,
  verifyToken: VERIFY_TOKEN,
  numbers: [{ phoneNumberId: PHONE_NUMBER_ID, displayPhoneNumber: `+${NUMBER}`, wabaId: WABA }],
});
atEnd(cleanup, () => emulator.close());
const entry = { baseUrl: emulator.url, businessAccountId: WABA, appId: APP };
const { server } = await startCloudServer(cleanup, { entry });

const INFO = `/whatsapp/1/senders/${NUMBER}/business-info`;
const change = (logoUrl: string, at: TestServer = server) => at.client.call("PATCH", INFO, { json: { logoUrl } });
const logoOf = (at: TestServer = server) =>
  fetch(`${at.url}${INFO}/logo`, { headers: { authorization: "App a-key-for-tests" } });
const create = (structure: object, name: string, at: TestServer = server) =>
  at.client.call("POST", `/whatsapp/2/senders/${NUMBER}/templates`, {
    json: { name, language: "en", category: "MARKETING", structure },
  });
/** What stands as examples in the headers of a template at Meta, in its order. */
async function examplesOf(name: string): Promise<readonly Buffer[]> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const listed = await fetch(`${emulator.url}/v25.0/${WABA}/message_templates?name=${name}`, { headers });
  const found = [...(await listed.text()).matchAll(/"header_handle":\["(.*?)"\]/g)];
  return Promise.all(found.map(async ([, url = ""]) => Buffer.from(await (await fetch(url)).arrayBuffer())));
}

test("a logo is fetched, uploaded, and read from where Meta shows it", async () => {
  assert.equal((await logoOf()).status, 404);
  const changed = await change(`${SHOP}/logo`);
  assert.equal(changed.status, 204, changed.text);
  const first = await logoOf();
  assert.deepEqual([first.status, first.headers.get("content-type")], [200, "image/jpeg"]);
  assert.deepEqual(Buffer.from(await first.arrayBuffer()), JPEG);
  assert.equal((await change(`${SHOP}/two.png`)).status, 204);
  const second = await logoOf();
  assert.equal(second.headers.get("content-type"), "image/png");
  assert.deepEqual(Buffer.from(await second.arrayBuffer()), PNG);
  assert.equal((await server.client.call("PATCH", INFO, { json: { about: "Hi" } })).status, 204);
  assert.equal((await logoOf()).status, 200, "it stays where it is not named");
});

test("what is no logo that WhatsApp takes is a violation of logoUrl, and nothing changes", async () => {
  assert.equal((await change(`${SHOP}/logo`)).status, 204);
  const problems = [
    [`${SHOP}/gone`, /HTTP 404/],
    [`${SHOP}/text`, /is not image\/jpeg or image\/png/],
    [`${SHOP}/bill.pdf`, /is not image\/jpeg or image\/png/],
    [`${SHOP}/large.jpg`, /more than 5242880 bytes/],
    [`${SHOP.replace("https", "http")}/logo`, /must begin with https/],
  ] as const;
  for (const [url, problem] of problems) {
    const { status, body, text } = await change(url);
    assert.equal(status, 400, text);
    assert.equal(body.violations[0].property, "logoUrl");
    assert.match(body.violations[0].violation, problem);
  }
  assert.equal((await logoOf()).headers.get("content-type"), "image/jpeg");
});

test("an example of a header is the file that its URL leads to", async () => {
  for (const [format, path] of [
    ["IMAGE", "/logo"],
    ["DOCUMENT", "/bill.pdf"],
    ["VIDEO", "/film.mp4"],
  ] as const) {
    const name = `header_${format.toLowerCase()}`;
    const example = `${SHOP}${path}`;
    const made = await create({ header: { format, example }, body: { text: "Look" } }, name);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.structure.header.example, example);
    assert.deepEqual(await examplesOf(name), [FILES[path]]);
  }
});

test("each card of a carousel has its own, and a file that several have is fetched once", async () => {
  asked.length = 0;
  const cards = ["/logo", "/two.png", "/logo"].map((path) => ({
    header: { format: "IMAGE", example: `${SHOP}${path}` },
    body: { text: "Look" },
    buttons: [{ type: "QUICK_REPLY", text: "Yes" }],
  }));
  const made = await create({ body: { text: "Look" }, carousel: { cards } }, "cards");
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(await examplesOf("cards"), [JPEG, PNG, JPEG]);
  assert.deepEqual(asked, ["/logo", "/two.png"]);
});

test("an example that cannot be used makes no template, and says where it stands", async () => {
  const header = { format: "DOCUMENT", example: `${SHOP}/logo` };
  const refused = await create({ header, body: { text: "Look" } }, "wrong_header");
  assert.equal(refused.status, 400, refused.text);
  assert.match(refused.text, /structure\.header\.example.*is not application\/pdf/);
  assert.deepEqual(await examplesOf("wrong_header"), []);
});

test("files on private networks are not asked for where they may not be, and the logo of an emulator there is read", async (t) => {
  const settings = { "webhooks.allowPrivateTargets": "never" };
  const { server: strict } = await startCloudServer(t, { entry, settings });
  asked.length = 0;
  const { status, text } = await change(`${SHOP}/logo`, strict);
  assert.deepEqual([status, /private network/.test(text)], [400, true], text);
  assert.deepEqual(asked, []);
  assert.equal((await logoOf(strict)).status, 200);
});

test("without an app the refusal names the setting, and nothing is fetched", async (t) => {
  const { server: without } = await startCloudServer(t, { entry: { baseUrl: emulator.url, businessAccountId: WABA } });
  asked.length = 0;
  for (const { status, text } of [
    await change(`${SHOP}/logo`, without),
    await create({ header: { format: "IMAGE", example: `${SHOP}/logo` }, body: { text: "Look" } }, "no_app", without),
  ]) {
    assert.deepEqual([status, /carriers\.meta\.appId/.test(text)], [400, true], text);
  }
  assert.deepEqual(asked, []);
});

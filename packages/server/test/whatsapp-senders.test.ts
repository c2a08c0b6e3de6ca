import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { OPERATIONS, type Operation } from "@posthorn/contract";
import { CALLING_RULES, CODE_WRONG, EXAMPLES, IDENTITY_HASH } from "../src/whatsapp/rules.ts";
import { PAYMENT_RULES, PICTURE, QUALITY_RULES } from "../src/whatsapp/rules.ts";
import { violationsOf } from "./harness/api-client.ts";
import { assertFits, type Json, lookUp, SKIP } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile(), { settings: { "sandbox.examples": true } });
const SENDER = "447796344125";
const HERE = `/whatsapp/1/senders/${SENDER}`;
const call = (method: string, path: string, json?: unknown) =>
  server.client.call(method, path, json === undefined ? {} : { json });
const upload = (raw: string, path = `${HERE}/public-key`) =>
  server.client.call("POST", path, { raw, headers: { "content-type": "multipart/form-data; boundary=edge" } });
const form = (content: string, name = "file") =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"; filename="key.pem"\r\n\r\n${content}\r\n--edge--\r\n`;
const pem = (modulusLength: number, type: "spki" | "pkcs1" = "spki") =>
  generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ type, format: "pem" }).toString();

for (const { ending, outcome } of QUALITY_RULES) {
  test(`a sender that ends with ${ending} is ${outcome.qualityRating} and ${outcome.status}`, async () => {
    const { body } = await call("GET", `/whatsapp/1/senders/quality?senders=4477${ending}`);
    const { lastUpdated, ...shown } = body.results[0];
    assert.ok(lastUpdated.endsWith("T00:00:00.000+0000"));
    assert.deepEqual(shown, { sender: `4477${ending}`, ...outcome });
  });
}

test("quality is shown of each sender once, of numbers only, and of a hundred at most", async () => {
  const quality = (query: string) => call("GET", `/whatsapp/1/senders/quality?${query}`);
  const { body } = await quality(`senders=${SENDER},Posthorn,${SENDER}&senders=447796344126`);
  const rated = body.results.map(({ sender, qualityRating }: Json) => `${String(sender)} ${String(qualityRating)}`);
  assert.deepEqual(rated, [`${SENDER} HIGH`, "447796344126 HIGH"]);
  const many = Array.from({ length: 101 }, (_, index) => 447_000_000_000 + index);
  for (const bad of ["", "senders=", "senders=,", `senders=${many.join()}`]) {
    assert.equal((await quality(bad)).status, 400, bad.slice(0, 20));
  }
});

for (const { prefix, outcome } of PAYMENT_RULES) {
  test(`a payment whose id begins with ${prefix} is ${outcome}`, async () => {
    const { status, body } = await call("GET", `${HERE}/payments/br/${prefix}1`);
    if (outcome === "missing") return assert.equal(status, 404);
    assert.equal(body.paymentStatus, outcome);
    assert.equal(body.currency, "BRL");
  });
}

test("other payments are captured, and their ids are checked as each path says", async () => {
  const { body } = await call("GET", `${HERE}/payments/upi/42`);
  assert.deepEqual([body.paymentStatus, body.currency, body.transactions[0].status], ["CAPTURED", "INR", "SUCCESS"]);
  assert.equal((await call("GET", `${HERE}/payments/upi/a%20b`)).status, 400);
  assert.equal((await call("GET", `${HERE}/payments/upi/${"a".repeat(36)}`)).status, 400);
  assert.equal((await call("GET", `${HERE}/payments/upi/payu/${"a".repeat(26)}`)).status, 400);
  assert.equal((await call("GET", `${HERE}/payments/upi/payu/${"a".repeat(25)}`)).status, 200);
});

for (const { ending, outcome } of [...CALLING_RULES, { ending: "123456", outcome: "NO_PERMISSION" }]) {
  test(`a user whose number ends with ${ending} gives ${outcome}`, async () => {
    const { body } = await call("GET", `${HERE}/calls/4477${ending}/permissions`);
    assert.equal(body.status, outcome);
    assert.equal(body.expirationTime !== undefined, outcome === "TEMPORARY");
    const start = body.actions.find(({ name }: Json) => name === "START_CALL");
    assert.equal(start.canPerformAction, outcome !== "NO_PERMISSION");
  });
}

test("an identity is acknowledged from its confirmation until it is deleted", async () => {
  const path = `/whatsapp/1/${SENDER}/contacts/441134960001/identity`;
  const isAcknowledged = async () => (await call("GET", path)).body.acknowledged;
  assert.equal(await isAcknowledged(), false);
  assert.equal((await call("PUT", path, { hash: "another" })).status, 409);
  assert.equal(await isAcknowledged(), false);
  assert.equal((await call("PUT", path, { hash: IDENTITY_HASH })).status, 204);
  assert.equal(await isAcknowledged(), true);
  assert.equal((await call("DELETE", path)).status, 204);
  assert.equal(await isAcknowledged(), false);
  for (const nobody of [`/whatsapp/1/0123/contacts/4411349/identity`, `/whatsapp/1/${SENDER}/contacts/x/identity`]) {
    assert.equal((await call("GET", nobody)).status, 404);
  }
});

test("business information keeps what an update does not name", async () => {
  const info = async () => (await call("GET", `${HERE}/business-info`)).body;
  const update = (json: object) => call("PATCH", `${HERE}/business-info`, json);
  assert.equal((await update({ about: "We", websites: ["https://example.com"] })).status, 204);
  await update({ vertical: "EDUCATION" });
  const { about, websites, vertical, displayName } = await info();
  assert.deepEqual([about, websites, vertical, displayName], ["We", ["https://example.com"], "EDUCATION", ""]);
  for (const bad of [{ about: "x".repeat(131) }, { websites: ["a", "b", "c"] }, { vertical: "X" }, { email: 1 }]) {
    assert.equal((await update(bad)).status, 400);
  }
  assert.equal((await call("GET", "/whatsapp/1/senders/0123/business-info")).status, 404);
  assert.equal((await call("GET", "/whatsapp/1/senders/Posthorn/business-info")).status, 400);
});

test("a logo is a picture once it has a URL of one", async () => {
  const path = "/whatsapp/1/senders/447796344199/business-info";
  assert.equal((await call("GET", `${path}/logo`)).status, 404);
  for (const logoUrl of ["ftp://example.com/a.png", "https://example.com/a.gif?x"]) {
    const answer = await call("PATCH", path, { logoUrl });
    assert.deepEqual(Object.keys(violationsOf(answer)), ["logoUrl"]);
  }
  await call("PATCH", path, { logoUrl: "https://example.com/logo" });
  const { authorization } = server.client;
  const logo = await fetch(`${server.url}${path}/logo`, { headers: { authorization } });
  assert.equal(logo.headers.get("content-type"), "image/png");
  assert.deepEqual(Buffer.from(await logo.arrayBuffer()), PICTURE);
});

test("a public key is uploaded as a file and replaces the one before", async () => {
  const shown = async () => (await call("GET", `${HERE}/public-key`)).body;
  assert.deepEqual(await shown(), { publicKey: " ", publicKeySignatureStatus: "MISMATCH" });
  for (const key of [pem(2048), pem(2048, "pkcs1")]) {
    assert.equal((await upload(form(key))).status, 204);
    assert.deepEqual(await shown(), { publicKey: key.trim(), publicKeySignatureStatus: "VALID" });
  }
});

test("what is no public RSA key of 2048 bits is refused, and no other operation takes a form with files", async () => {
  const secret = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const pkcs8 = secret.export({ type: "pkcs8", format: "pem" }).toString();
  for (const content of [pem(1024), pkcs8, "no key", "x".repeat(20_000)]) {
    const answer = await upload(form(content));
    assert.deepEqual([answer.status, Object.keys(violationsOf(answer))], [400, ["file"]]);
  }
  assert.deepEqual(Object.keys(violationsOf(await upload(form(pem(2048), "other")))), ["file"]);
  assert.deepEqual(Object.keys(violationsOf(await upload("no form"))), ["body"]);
  assert.equal((await upload(form("x".repeat(70_000)))).status, 413);
  assert.equal((await upload(form("x"), `${HERE}/flows`)).status, 415);
  assert.equal((await call("POST", `${HERE}/public-key`, { file: 7 })).status, 400);
});

test("a sender is added, verified and then registered, and its templates belong to its own account", async () => {
  const accounts = "/whatsapp/1/embedded-signup/registrations/business-account";
  const verification = "/whatsapp/1/embedded-signup/registrations/senders/447796344777/verification";
  const how = { type: "EXTERNAL_SMS", locale: "en_US" };
  const request = { countryCode: "44", phoneNumber: "7796 344777", displayName: "Shop", ...how };
  assert.equal((await call("POST", verification, { code: "123456" })).status, 404);
  const added = await call("POST", `${accounts}/555/senders`, request);
  assert.deepEqual([added.status, added.body], [202, { status: "OTP_REQUESTED" }]);
  const { results } = (await call("GET", "/whatsapp/1/senders/quality?senders=447796344777")).body;
  assert.equal(results[0].status, "UNVERIFIED");
  assert.equal((await call("PUT", verification, how)).status, 202);
  for (const code of [CODE_WRONG, "12345", "abcdef"]) {
    assert.equal((await call("POST", verification, { code })).status, 400, code);
  }
  assert.equal((await call("POST", verification, { code: "123456" })).status, 202);
  assert.equal((await call("PUT", verification, how)).status, 400);
  assert.deepEqual((await call("POST", `${accounts}/555/senders`, request)).body, {
    status: "SUBMITTED_FOR_REGISTRATION",
  });
  assert.equal((await call("GET", "/whatsapp/1/senders/447796344777/business-info")).body.displayName, "Shop");
  const template = { name: "own", language: "en", category: "UTILITY", structure: { body: { text: "Hi" } } };
  const made = await call("POST", "/whatsapp/2/senders/447796344777/templates", template);
  assert.equal(made.body.businessAccountId, 555);
  assert.equal((await call("GET", `/whatsapp/2/senders/${SENDER}/templates/${made.body.id}`)).status, 404);
  assert.equal((await call("POST", `${accounts}/x/senders`, request)).status, 400);
  assert.equal((await call("POST", `${accounts}/555/senders`, { ...request, phoneNumber: "x" })).status, 400);
});

test("conversions are taken whole or not at all", async () => {
  const conversion = { ctwaClickId: "click", type: "PURCHASE", details: { currency: "EUR", value: 1 } };
  const submit = (path: string, json: object) => call("POST", `/whatsapp/1/conversions${path}`, json);
  assert.equal((await submit("", { conversions: [conversion] })).status, 204);
  assert.equal((await submit("/waba", { sourceId: SENDER, conversions: [conversion] })).status, 204);
  const wrong = { ...conversion, details: { currency: "EUR" } };
  assert.equal((await submit("", { conversions: [conversion, wrong] })).status, 400);
  assert.equal((await submit("", { conversions: [] })).status, 400);
  const large = { ...conversion, details: { currency: "EUR", value: 1, note: "x".repeat(600_000) } };
  assert.deepEqual(Object.keys(violationsOf(await submit("", { conversions: [large] }))), ["conversions"]);
  assert.deepEqual(Object.keys(violationsOf(await submit("/waba", { sourceId: "x", conversions: [conversion] }))), [
    "sourceId",
  ]);
});

test("there is the media of Infobip's examples, and none else to download or delete", async () => {
  const remove = (url: string) => call("DELETE", `${HERE}/media`, { url });
  assert.equal((await call("GET", `${HERE}/media/${EXAMPLES.mediaId}`)).headers.get("content-type"), "image/png");
  assert.equal((await call("GET", `${HERE}/media/other`)).status, 404);
  assert.equal((await remove(`${server.url}${HERE}/media/${EXAMPLES.mediaId}`)).status, 204);
  assert.equal((await remove("https://example.com/%zz")).status, 404);
  assert.equal((await remove("no url")).status, 400);
});

const SERVED = (Object.values(OPERATIONS) as Operation[]).filter(
  ({ document, path }) => document === "whatsapp" && !/\/message(\/|$)|\/events/.test(path),
);

test("all operations of the document are served that send no message", () => assert.equal(SERVED.length, 38));

test("every one of Infobip's examples is answered as its document says", { skip: SKIP }, async () => {
  let asked = 0;
  // What is deleted is gone, so deletions come last.
  const inOrder = SERVED.toSorted((one, other) => Number(one.method === "DELETE") - Number(other.method === "DELETE"));
  for (const { method, path, body, takesUpload, status = 200, response, answersOctets } of inOrder) {
    const names = ["paths", path, method.toLowerCase()];
    const at = [...names, "requestBody", "content", "application/json", "examples"];
    const examples = takesUpload === true ? [] : Object.keys(lookUp(FILE, at)?.value ?? {});
    for (const name of body === undefined ? [null] : examples) {
      const url = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => IDS[parameter] ?? templateId);
      const json = name === null ? undefined : lookUp(FILE, [...at, name])?.value["value"];
      const query = path.endsWith("/quality") ? "?senders=447796344125,447796344126" : "";
      const answer = await call(method, url + query, json);
      assert.equal(answer.status, status, `${method} ${path} ${String(name)}: ${answer.text}`);
      asked += 1;
      if (response === undefined || answersOctets === true) continue;
      assertFits(answer.body, response, FILE, [...names, "responses", String(status)]);
    }
  }
  assert.ok(asked > 60, `${asked} examples`);
});

const FILE = "whatsapp";
/** Ids of Infobip's examples; those of templates are given by the server. */
const IDS: Readonly<Record<string, string>> = {
  sender: SENDER,
  flowId: EXAMPLES.flowId,
  templateName: EXAMPLES.templates[0].name,
  mediaId: EXAMPLES.mediaId,
  paymentId: "16085194825",
  userNumber: "441134960001",
};
const templateId = (
  await call("POST", `/whatsapp/2/senders/${SENDER}/templates`, {
    name: "for_examples",
    language: "en",
    category: "MARKETING",
    structure: { body: { text: "Hi" } },
  })
).body.id as string;

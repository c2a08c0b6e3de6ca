import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApiClient, violationsOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const TO = "385981234567";
const FORM = "application/x-www-form-urlencoded";
const PATHS = ["/sms/3/text/query", "/sms/1/text/query"] as const;

const server = await startTestServer(cleanupAfterFile(), { carriers: [new FakeCarrier()] });
const { client } = server;

function post(path: string, form: Readonly<Record<string, string>> | string, headers: Record<string, string> = {}) {
  const raw = typeof form === "string" ? form : new URLSearchParams(form).toString();
  return client.call("POST", path, { raw, headers: { "content-type": FORM, ...headers } });
}

for (const path of PATHS) {
  test(`${path}: a form is what its parameters would be in the URL`, async () => {
    const text = "5 + 5 = 10 & \u{1F600}";
    const form = { from: "Shop", to: `${TO}, 385981234568`, text, bulkId: `form${path}`, flash: "true" };
    const answer = await post(path, form, { "content-type": `${FORM}; charset=UTF-8` });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.bulkId, `form${path}`);
    assert.equal(answer.body.messages.length, 2);
    const record = await server.message(answer.body.messages[0].messageId);
    assert.deepEqual([record?.text, record?.sender, record?.destination], [text, "Shop", TO]);
    assert.match(record?.options ?? "", /"flash":true/);
    const byUrl = await client.call("GET", `${path}?${new URLSearchParams(form).toString()}`);
    assert.deepEqual(Object.keys(answer.body.messages[0]), Object.keys(byUrl.body.messages[0]));
  });

  test(`${path}: a form's parameter that comes twice is a list, and the URL's parameters count beside it`, async () => {
    const answer = await post(`${path}?text=Hi&to=1`, `to=${TO}&to=385981234568`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.messages.length, 2);
  });

  test(`${path}: a form has the limits of the query, in the same words`, async () => {
    const bad = { to: TO, text: "Hi", validityPeriod: "0", flash: "maybe", notifyUrl: "x".repeat(2049) };
    const answer = await post(path, bad);
    assert.equal(answer.status, 400);
    const byUrl = await client.call("GET", `${path}?${new URLSearchParams(bad).toString()}`);
    assert.deepEqual(violationsOf(answer), violationsOf(byUrl));
    assert.deepEqual(Object.keys(violationsOf(answer)), ["flash", "notifyUrl", "validityPeriod"]);
    assert.equal((await post(path, { text: "Hi" })).status, 400);
    const prototype = await post(path, `to=${TO}&text=Hi&__proto__=x&constructor=y`);
    assert.equal(prototype.status, 200, prototype.text);
  });

  test(`${path}: a form that is too large is a 413, and one of another type a 415`, async () => {
    assert.equal((await post(path, { to: TO, text: "x".repeat(512 * 1024) })).status, 413);
    for (const type of ["application/json", "application/xml", "text/plain", "multipart/form-data; boundary=x"]) {
      const answer = await post(path, '{"to":"1","text":"Hi"}', { "content-type": type });
      assert.equal(answer.status, 415, type);
    }
  });

  test(`${path}: a form heeds the Idempotency-Key, and is the same request as its GET`, async () => {
    const form = { to: TO, text: "once" };
    const headers = { "idempotency-key": `form${path}` };
    const first = await post(path, form, headers);
    const { accepted } = await server.ledger();
    const again = await post(path, form, headers);
    const byUrl = await client.call("GET", `${path}?${new URLSearchParams(form).toString()}`, { headers });
    assert.deepEqual([again.text, byUrl.text], [first.text, first.text]);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal((await server.ledger()).accepted, accepted);
    assert.equal((await post(path, { ...form, text: "other" }, headers)).status, 409);
  });

  test(`${path}: with nothing in its body everything may be in the URL, whatever type the nothing has`, async () => {
    for (const type of [FORM, "application/xml"]) {
      const answer = await post(`${path}?to=${TO}&text=Hi`, "", { "content-type": type });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.text.startsWith("<?xml"), type === "application/xml");
    }
    assert.equal((await post("/sms/3/messages", "")).status, 415);
  });

  test(`${path}: a form may be answered in XML`, async () => {
    const answer = await post(`${path}.xml`, { to: TO, text: "Hi" });
    assert.equal(answer.headers.get("content-type"), "application/xml; charset=utf-8");
    assert.match(answer.text, /<messages><message>/);
  });
}

const without = (form: Readonly<Record<string, string>>, path: string, by: ApiClient = client) =>
  by.call("POST", path, {
    raw: new URLSearchParams(form).toString(),
    headers: { "content-type": FORM },
    authorization: null,
  });

test("version 1 takes the credentials from the form or from the URL, version 3 from neither", async () => {
  const { id, secret } = await server.addKey();
  const form = { to: TO, text: "Hi" };
  const credentials = { username: id, password: secret };
  assert.equal((await without({ ...form, ...credentials }, "/sms/1/text/query")).status, 200);
  const query = new URLSearchParams(credentials).toString();
  assert.equal((await without(form, `/sms/1/text/query?${query}`)).status, 200);
  assert.equal((await without({ ...form, ...credentials }, "/sms/3/text/query")).status, 401);
});

test("a form without the right credentials is a 401 or a 403, whatever else is wrong with it, and stores nothing", async () => {
  const { accepted } = await server.ledger();
  const { id, secret } = await server.addKey({ scopes: ["account-management:manage"] });
  const path = "/sms/1/text/query";
  assert.equal((await without({ to: TO, text: "Hi" }, path)).status, 401);
  assert.equal((await without({ username: id, password: "wrong" }, path)).status, 401);
  assert.equal((await without({ username: id, password: secret, to: TO, text: "Hi" }, path)).status, 403);
  const twice = `username=${id}&username=${id}&password=${secret}&to=${TO}&text=Hi`;
  assert.equal(
    (await client.call("POST", path, { raw: twice, headers: { "content-type": FORM }, authorization: null })).status,
    401,
  );
  assert.equal((await client.call("POST", path, { authorization: null })).status, 401);
  assert.equal((await server.ledger()).accepted, accepted);
});

test("a header that is wrong is not made good by the form", async () => {
  const { id, secret } = await server.addKey();
  const answer = await client.call("POST", "/sms/1/text/query", {
    raw: new URLSearchParams({ username: id, password: secret, to: TO, text: "Hi" }).toString(),
    headers: { "content-type": FORM },
    authorization: "App wrong",
  });
  assert.equal(answer.status, 401);
});

test("where a header says who asks, nothing of the body is read before it is believed", async () => {
  const broken = { raw: "{", headers: { "content-type": "application/json" } };
  const answer = await client.call("POST", "/sms/1/text/query", { ...broken, authorization: "App wrong" });
  assert.equal(answer.status, 401);
});

test("no other operation takes a form", async () => {
  for (const path of ["/sms/3/messages", "/sms/1/text/single", "/whatsapp/1/message/text"]) {
    assert.equal((await post(path, { to: TO, text: "Hi" })).status, 415, path);
  }
});

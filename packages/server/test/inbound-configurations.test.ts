import assert from "node:assert/strict";
import { test } from "node:test";
import { InboundConfiguration, InboundConfigurations } from "@posthorn/contract";
import { Check } from "typebox/value";
import { type ApiClient, violationsOf } from "./harness/api-client.ts";
import { assertFits, SKIP } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const PATH = "/resource-management/1/inbound-message-configurations";
const NUMBER = "447860000001";

const server = await startTestServer(cleanupAfterFile());
let accounts = 1;

/** An account of its own for each test. */
async function newAccount(): Promise<ApiClient> {
  accounts += 1;
  return (await server.addKey({ accountId: accounts, scopes: ["numbers:manage"] })).client;
}

async function save(client: ApiClient, configuration: object) {
  const answer = await client.call("POST", PATH, { json: { channel: "SMS", number: NUMBER, ...configuration } });
  assert.equal(answer.status, 200, answer.text);
  assert.ok(Check(InboundConfiguration, answer.body), answer.text);
  return answer.body;
}

async function list(client: ApiClient, query = "") {
  const answer = await client.call("GET", `${PATH}?channel=SMS${query}`);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(Check(InboundConfigurations, answer.body), answer.text);
  return answer.body;
}

const EVERYTHING = {
  keyword: "Quiz",
  countryCode: "GB",
  username: "me",
  platform: { applicationId: "a", entityId: "e" },
  forwarding: { type: "HTTP_FORWARD", url: "https://example.com/in", format: "MO_JSON_2" },
  conversations: { enabled: true },
  answers: { enabled: true },
  autoResponse: {
    message: "Thanks",
    sender: "Shop",
    deliveryTimeWindow: { from: "08:35", to: "16:35", days: ["MONDAY"] },
  },
  blockListConfiguration: { type: "BLOCK", level: "FROM_ANY_SENDER" },
};

test("a configuration is answered and listed whole, and is gone when it is deleted", async () => {
  const client = await newAccount();
  const { configurationKey, ...shown } = await save(client, EVERYTHING);
  assert.match(configurationKey, /^[0-9A-F]{32}$/);
  const { countryCode, ...set } = structuredClone(EVERYTHING);
  Object.assign(set.autoResponse.deliveryTimeWindow, { deliveryTimeZone: "USER_TIME_ZONE" });
  assert.deepEqual(shown, { channel: "SMS", ...set });
  const listed = await list(client, `&number=${NUMBER}`);
  assert.deepEqual(listed, [{ configurationKey, channel: "SMS", ...set }]);
  if (SKIP === false) {
    const names = ["paths", PATH, "get", "responses", "200"];
    assertFits(listed, InboundConfigurations, "resources", names);
  }
  for (let nth = 0; nth < 2; nth += 1) {
    const { status, text } = await client.call("DELETE", `${PATH}/${configurationKey}`);
    assert.deepEqual([status, text], [204, ""]);
  }
  assert.deepEqual(await list(client), []);
});

test("the same number and keyword is the same configuration; what a request does not have stays", async () => {
  const client = await newAccount();
  const first = await save(client, { keyword: "QUIZ", forwarding: { type: "PULL" }, username: "me" });
  const second = await save(client, { number: `+${NUMBER}`, keyword: " quiz ", username: "you" });
  assert.equal(second.configurationKey, first.configurationKey);
  assert.deepEqual([second.username, second.forwarding], ["you", { type: "PULL" }]);
  const keys = new Set([first.configurationKey]);
  for (const other of [{}, { keyword: "other" }, { number: "447860000002" }, { channel: "WHATSAPP" }]) {
    keys.add((await save(client, other)).configurationKey);
  }
  assert.equal((await save(client, { keyword: "" })).configurationKey, (await save(client, {})).configurationKey);
  const another = await newAccount();
  keys.add((await save(another, { keyword: "QUIZ" })).configurationKey);
  assert.equal(keys.size, 6);
});

test("unset goes first, then the values are set; false is the same as unset", async () => {
  const client = await newAccount();
  const { configurationKey } = await save(client, EVERYTHING);
  const of = (more: object) => save(client, { keyword: "Quiz", countryCode: "GB", ...more });
  const changed = await of({ unset: ["FORWARDING", "AUTORESPONSE", "USERNAME"], forwarding: { type: "PULL" } });
  assert.deepEqual(changed.forwarding, { type: "PULL" });
  assert.deepEqual([changed.autoResponse, changed.username], [undefined, undefined]);
  assert.deepEqual(changed.platform, EVERYTHING.platform);
  const off = await of({ conversations: { enabled: false }, answers: { enabled: false } });
  assert.deepEqual([off.conversations, off.answers], [undefined, undefined]);
  const bare = await of({ unset: ["PLATFORM", "BLOCKLISTCONFIGURATION", "FORWARDING", "CONVERSATIONS", "ANSWERS"] });
  assert.deepEqual(bare, { configurationKey, channel: "SMS", keyword: "Quiz" });
});

test("configurations are found by their key, number, keyword and country, each account its own", async () => {
  const client = await newAccount();
  const { configurationKey } = await save(client, { keyword: "A" });
  await save(client, { keyword: "B", countryCode: "GB" });
  await save(client, { number: "447860000009" });
  await save(client, { channel: "RCS", number: undefined, resource: "agent" });
  const keywords = async (query: string) =>
    (await list(client, query)).map(({ keyword }: { keyword?: string }) => keyword);
  assert.deepEqual(await keywords(""), ["A", "B", undefined]);
  assert.deepEqual(await keywords(`&number=${NUMBER}`), ["A", "B"]);
  assert.deepEqual(await keywords(`&number=%2B${NUMBER}&keyword=b`), ["B"]);
  assert.deepEqual(await keywords("&countryCode=GB"), ["B"]);
  assert.deepEqual(await keywords(`&configurationKey=${configurationKey}`), ["A"]);
  assert.deepEqual(await keywords("&numberKey=58BC6DB7966CB9F69A91EB956DF73239"), []);
  const { body } = await client.call("GET", `${PATH}?channel=RCS&resource=agent`);
  assert.equal(body.length, 1);
  assert.deepEqual(await list(await newAccount()), []);
});

const HTTP = { type: "HTTP_FORWARD", url: "https://example.com" };
const hours = (more: object) => ({
  autoResponse: { message: "x", deliveryTimeWindow: { from: "08:00", to: "09:00", days: ["MONDAY"], ...more } },
});
for (const [body, ...properties] of [
  [{ number: undefined }, "number"],
  [{ channel: "RCS" }, "resource"],
  [{ channel: undefined }, "channel"],
  [{ channel: "FAX" }, "channel"],
  [{ number: 7 }, "number"],
  [{ keyword: "x".repeat(51) }, "keyword"],
  [{ countryCode: "gb" }, "countryCode"],
  [{ username: "  " }, "username"],
  [{ platform: { entityId: "x".repeat(256) } }, "platform.entityId"],
  [{ forwarding: {} }, "forwarding.type"],
  [{ forwarding: { type: "FAX" } }, "forwarding.type"],
  [{ forwarding: { type: "FORWARD_TO_IVR" } }, "forwarding.type"],
  [{ forwarding: { type: "HTTP_FORWARD" } }, "forwarding.url"],
  [{ forwarding: { ...HTTP, url: "ftp://example.com" } }, "forwarding.url"],
  [{ forwarding: { ...HTTP, format: "MO_XML" } }, "forwarding.format"],
  [{ forwarding: { type: "MAIL_FORWARD" } }, "forwarding.mail"],
  [{ conversations: {} }, "conversations.enabled"],
  [{ autoResponse: {} }, "autoResponse.message"],
  [{ autoResponse: { message: "x".repeat(1081) } }, "autoResponse.message"],
  [hours({ from: "8:00" }), "autoResponse.deliveryTimeWindow.from"],
  [hours({ to: "24:00" }), "autoResponse.deliveryTimeWindow.to"],
  [hours({ days: [] }), "autoResponse.deliveryTimeWindow.days"],
  [hours({ deliveryTimeZone: "DESTINATION_TIME_ZONE" }), "autoResponse.deliveryTimeWindow.deliveryTimeZone"],
  [{ blockListConfiguration: { type: "BLOCK" } }, "blockListConfiguration.level"],
  [{ unset: ["EVERYTHING"] }, "unset[0]"],
] as const) {
  test(`POST with ${JSON.stringify(body).slice(0, 100)} is 400 and names ${properties.join()}`, async () => {
    const answer = await server.client.call("POST", PATH, { json: { channel: "SMS", number: NUMBER, ...body } });
    assert.equal(answer.status, 400, answer.text);
    assert.deepEqual(Object.keys(violationsOf(answer)), properties);
  });
}

test("an unknown numberKey is 404, a key and its scope are needed, and a null keyword is none", async () => {
  const client = await newAccount();
  const json = { channel: "SMS", numberKey: "58BC6DB7966CB9F69A91EB956DF73239" };
  assert.equal((await client.call("POST", PATH, { json })).status, 404);
  const body = { json: { channel: "SMS", number: NUMBER, keyword: null } };
  assert.equal((await client.call("POST", PATH, body)).body.keyword, undefined);
  assert.equal((await client.call("POST", PATH, { ...body, authorization: null })).status, 401);
  const sender = (await server.addKey({ scopes: ["sms:manage"] })).client;
  assert.equal((await sender.call("POST", PATH, body)).status, 403);
  assert.equal((await sender.call("GET", `${PATH}?channel=SMS`)).status, 403);
  assert.equal((await client.call("GET", PATH)).status, 400);
});

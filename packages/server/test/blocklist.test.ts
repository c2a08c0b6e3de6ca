import assert from "node:assert/strict";
import { test } from "node:test";
import { BlocklistGetResponse } from "@posthorn/contract";
import { BlocklistDesk } from "../src/account/blocklist.ts";
import { DEFAULT_ACCOUNT_ID } from "../src/http/key-ring.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { oneSms, statusesOf, violationsOf } from "./harness/api-client.ts";
import { assertFits } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const PATH = "/platform/1/blocklists";
const server = await startTestServer(cleanupAfterFile());

const change = (method: "POST" | "DELETE", ...blocklist: object[]) =>
  server.client.call(method, PATH, { json: { blocklist } });
const entry = (to: string, more: object = {}) => ({ destinations: [{ to }], ...more });
const list = async (query: string) => {
  const answer = await server.client.call("GET", `${PATH}?${query}`);
  assert.equal(answer.status, 200, answer.text);
  assertFits(answer.body, BlocklistGetResponse, "blocklist", ["paths", PATH, "get", "responses", "200"]);
  return answer.body as BlocklistGetResponse;
};

test("a message to a blocked destination is rejected alone, with its report, and leaves again when it is free", async () => {
  assert.deepEqual((await list("")).results, []);
  const request = () => ({
    messages: [
      { sender: "Shop", destinations: [{ to: "385981000001" }, { to: "385981000002" }], content: { text: "Hi" } },
    ],
  });
  assert.deepEqual(statusesOf(await server.client.send(request())), ["PENDING_ACCEPTED", "PENDING_ACCEPTED"]);

  const added = await change("POST", entry("+385 98 1000 001"));
  assert.deepEqual([added.status, added.text], [202, ""]);
  const answer = await server.client.send(request());
  assert.deepEqual(statusesOf(answer), ["REJECTED_DESTINATION_BLOCKLISTED", "PENDING_ACCEPTED"]);
  assert.equal(answer.messages[0]?.status?.id, 14);
  const [report] = await server.client.reports(`messageId=${answer.messages[0]?.messageId}`);
  assert.deepEqual([report?.error?.id, report?.status?.groupName], [2052, "REJECTED"]);

  const removed = await change("DELETE", entry("385981000001"));
  assert.deepEqual([removed.status, removed.text], [202, ""]);
  assert.deepEqual(statusesOf(await server.client.send(request())), ["PENDING_ACCEPTED", "PENDING_ACCEPTED"]);
});

test("sender and channel narrow an entry", async () => {
  await change(
    "POST",
    entry("385981000003", { sender: "Shop", channel: "SMS" }),
    entry("385981000004", { channel: "WHATSAPP" }),
  );
  const sms = async (to: string, sender: string) => statusesOf(await server.client.send(oneSms({ sender }, { to })))[0];
  const chat = async (to: string) =>
    (await server.client.whatsApp({ from: "Shop", to, content: { text: "Hi" } })).body.status.name;
  assert.deepEqual(
    [await sms("385981000003", "Shop"), await sms("385981000003", "Bank"), await chat("385981000003")],
    ["REJECTED_DESTINATION_BLOCKLISTED", "PENDING_ACCEPTED", "PENDING_ENROUTE"],
  );
  assert.deepEqual(
    [await sms("385981000004", "Shop"), await chat("385981000004")],
    ["PENDING_ACCEPTED", "REJECTED_DESTINATION_BLOCKLISTED"],
  );
  // What has another fault keeps it.
  await change("POST", entry("no number"));
  assert.equal(await sms("no number", "Shop"), "REJECTED_DESTINATION");
});

test("the list has each entry once, as it was given, and is filtered and paged", async () => {
  const now = Date.now();
  await change(
    "POST",
    entry("385981000010"),
    entry("00385981000010"),
    entry("Jane@Example.com", { channel: "EMAIL", sender: "a@b" }),
  );
  const [number] = (await list("destination=%2B385981000010")).results;
  const { accountKey, createdDate, ...rest } = number ?? assert.fail();
  assert.deepEqual(rest, { destination: "385981000010", sourceType: "CUSTOM" });
  assert.match(createdDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.match(accountKey, /^[0-9A-F]{32}$/);
  const mail = (await list("channel=EMAIL&sender=a%40b")).results;
  assert.deepEqual(
    mail.map(({ destination }) => destination),
    ["jane@example.com"],
  );
  const all = await list("size=1000");
  const page = await list("size=1&page=1");
  assert.deepEqual(page.results, all.results.slice(1, 2));
  const total = all.results.length;
  assert.deepEqual(page.paging, { page: 1, size: 1, totalPages: total, totalResults: total });
  assert.equal((await list("sourceType=MO")).paging.totalResults, 0);
  const dates = (from: number, to: number) =>
    `createdDateFrom=${new Date(from).toISOString()}&createdDateTo=${new Date(to).toISOString()}`;
  assert.equal((await list(`destination=385981000010&${dates(now - 60_000, now + 60_000)}`)).results.length, 1);
  assert.equal((await list(`destination=385981000010&${dates(0, now - 3_600_000)}`)).results.length, 0);
});

test("an entry is taken away only as it was given, and by its source where one is named", async () => {
  await change("POST", entry("385981000020", { sender: "Shop" }));
  const isThere = async () => (await list("destination=385981000020")).results.length === 1;
  await change("DELETE", entry("385981000020"), entry("385981000020", { sender: "Shop", channel: "SMS" }));
  await change("DELETE", entry("385981000020", { sender: "Shop", sourceType: "MO" }));
  assert.equal(await isThere(), true);
  await change("DELETE", entry("385981000020", { sender: "Shop", sourceType: "CUSTOM" }));
  assert.equal(await isThere(), false);
});

test("a request may have fifty thousand destinations, and not one more", async () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ to: String(49_100_000_000 + index) }));
  assert.equal((await change("POST", { destinations: many(50_000) })).status, 202);
  assert.equal((await list("destination=49100049999")).results.length, 1);
  const tooMany = await change("POST", { destinations: many(50_000) }, entry("491"));
  assert.equal(tooMany.status, 400);
  assert.deepEqual(Object.keys(violationsOf(tooMany)), ["blocklist"]);
  assert.equal((await change("DELETE", { destinations: many(50_001) })).status, 400);
  assert.equal((await change("DELETE", { destinations: many(50_000) })).status, 202);
  assert.equal((await list("destination=49100049999")).results.length, 0);
});

test("what other stages add is blocked and shown with its source, and they take away only their own", async () => {
  const told: number[] = [];
  const clock = { ...systemClock, now: () => 1_700_000_000_000 };
  const desk = new BlocklistDesk({ store: server.store, clock, onAdded: (accountId) => void told.push(accountId) });
  const stop = { accountId: DEFAULT_ACCOUNT_ID, destination: "+385981000030", sender: "Shop", channel: "SMS" };
  await change("POST", entry("385981000030", { sender: "Shop", channel: "SMS" }));
  await desk.add([{ ...stop, sourceType: "MO", campaign: null }]);
  assert.deepEqual(told, [DEFAULT_ACCOUNT_ID]);
  const sources = async () => (await list("destination=385981000030")).results.map(({ sourceType }) => sourceType);
  assert.deepEqual(await sources(), ["MO", "CUSTOM"]);
  await desk.remove([{ ...stop, sourceType: "MO" }]);
  assert.deepEqual(await sources(), ["CUSTOM"]);
});

const REFUSED: readonly [entry: object, property: string][] = [
  [{}, "blocklist[0].destinations"],
  [entry(""), "blocklist[0].destinations[0].to"],
  [entry("1".repeat(256)), "blocklist[0].destinations[0].to"],
  [entry("385", { sender: "" }), "blocklist[0].sender"],
  [entry("385", { sender: "a".repeat(256) }), "blocklist[0].sender"],
  [entry("385", { channel: "PIGEON" }), "blocklist[0].channel"],
];
for (const [given, property] of REFUSED) {
  test(`an entry ${JSON.stringify(given).slice(0, 60)} is refused with the name of its property`, async () => {
    for (const method of ["POST", "DELETE"] as const) {
      const answer = await change(method, given);
      assert.equal(answer.status, 400);
      assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
    }
  });
}

test("sender and destination have 255 characters", async () => {
  assert.equal((await change("POST", entry("x".repeat(255), { sender: "s".repeat(255) }))).status, 202);
});

for (const query of [
  "page=-1",
  "size=0",
  "size=1001",
  "channel=PIGEON",
  "sourceType=GUESS",
  "sender=",
  "createdDateFrom=2026-01-01T00:00:00.000Z",
  "createdDateFrom=2026-01-02T00:00:00.000Z&createdDateTo=2026-01-01T00:00:00.000Z",
]) {
  test(`a list with ${query} is refused`, async () => {
    assert.equal((await server.client.call("GET", `${PATH}?${query}`)).status, 400);
  });
}

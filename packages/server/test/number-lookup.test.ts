import assert from "node:assert/strict";
import { test } from "node:test";
import { type NcLogResponse, NcLogResponse as NcLogs, NcResponse, NcResponseAsync } from "@posthorn/contract";
import { violationsOf } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { assertFits } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const HOUR_MS = 3_600_000;
const clock = new FakeClock();
const server = await startTestServer(cleanupAfterFile(), { clock });
const sink = await WebhookSink.start(cleanupAfterFile(), clock);

const names = (path: string, method: string) => ["paths", path, method, "responses", "200"];

async function query(...to: string[]): Promise<NcResponse & { results: NonNullable<NcResponse["results"]> }> {
  const answer = await server.client.call("POST", "/number/1/query", { json: { to } });
  assert.equal(answer.status, 200, answer.text);
  assertFits(answer.body, NcResponse, "number-lookup", names("/number/1/query", "post"));
  return answer.body;
}

async function logs(parameters: string): Promise<NonNullable<NcLogResponse["results"]>> {
  const answer = await server.client.call("GET", `/number/1/logs?${parameters}`);
  assert.equal(answer.status, 200, answer.text);
  assertFits(answer.body, NcLogs, "number-lookup", names("/number/1/logs", "get"));
  return answer.body.results;
}

test("a number's plan is told, and that nothing else is known", async () => {
  const { results, bulkId } = await query("+41 79 302 67 27");
  assert.match(bulkId ?? "", /^\d+$/);
  assert.deepEqual(results, [
    {
      to: "41793026727",
      originalNetwork: { countryName: "Switzerland", countryPrefix: "41" },
      status: {
        groupId: 4,
        groupName: "EXPIRED",
        id: 29,
        name: "EXPIRED_DLR_UNKNOWN",
        description: "Valid mobile number (Switzerland); whether its phone can be reached is not known",
      },
      error: {
        groupId: 0,
        groupName: "Ok",
        id: 0,
        name: "NO_ERROR",
        description: "No network was asked: reachability, operator, porting, roaming and IMSI are not known",
        permanent: false,
      },
    },
  ]);
});

test("what is no number of any country is rejected, each for itself and in its place", async () => {
  const { results } = await query(
    "442079460000",
    "385981234567",
    "3859812345678901",
    "999123456789",
    "0911234567",
    "",
    "x",
  );
  assert.deepEqual(
    results.map(({ status, error }) => [status?.name, error?.name]),
    [
      ["EXPIRED_DLR_UNKNOWN", "NO_ERROR"],
      ["EXPIRED_DLR_UNKNOWN", "NO_ERROR"],
      ["REJECTED_DESTINATION", "EC_INVALID_DESTINATION_ADDRESS"],
      ["REJECTED_DESTINATION", "EC_INVALID_DESTINATION_ADDRESS"],
      ["REJECTED_PREFIX_MISSING", "EC_INVALID_DESTINATION_ADDRESS"],
      ["MISSING_TO", "EC_INVALID_DESTINATION_ADDRESS"],
      ["REJECTED_DESTINATION", "EC_INVALID_DESTINATION_ADDRESS"],
    ],
  );
  assert.match(results[0]?.status?.description ?? "", /fixed line number \(United Kingdom\)/);
});

test("a number of more than 256 characters is clipped, also in the answer", async () => {
  assert.equal((await query("x".repeat(257))).results[0]?.to, "x".repeat(256));
  assert.equal((await query("x".repeat(2048))).results[0]?.to, "x".repeat(256));
});

test("a request has one to a thousand numbers", async () => {
  assert.equal((await query(...Array.from({ length: 1000 }, () => "41793026727"))).results.length, 1000);
  for (const path of ["/number/1/query", "/number/1/notify"]) {
    for (const [json, property] of [
      [{ to: [] }, "to"],
      [{ to: Array.from({ length: 1001 }, () => "1") }, "to"],
      [{ to: "41793026727" }, "to"],
      [{ to: [1] }, "to[0]"],
      [{ to: ["1".repeat(2049)] }, "to[0]"],
      [{}, "to"],
    ] as const) {
      const answer = await server.client.call("POST", path, { json });
      assert.equal(answer.status, 400);
      assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
    }
  }
});

test("a lookup with a URL is answered at once, and its result is pushed", async () => {
  const json = { to: ["41793026727", "x"], notifyUrl: sink.url, notifyContentType: "application/json" };
  const answer = await server.client.call("POST", "/number/1/notify", { json });
  assert.equal(answer.status, 200, answer.text);
  assertFits(answer.body, NcResponseAsync, "number-lookup", names("/number/1/notify", "post"));
  const { results, bulkId } = answer.body;
  assert.deepEqual(
    results.map((row: { to: string; status: { id: number } }) => [row.to, row.status.id]),
    [
      ["41793026727", 3],
      ["x", 3],
    ],
  );
  await until(
    "the results have come",
    () => sink.reports.length === 2,
    () => clock.advanceAndSettle(0),
  );
  assert.equal(sink.calls.length, 1);
  const { results: looked } = await query("41793026727", "x");
  const pushed = JSON.parse(sink.calls[0]?.text ?? "") as object;
  assert.deepEqual(pushed, {
    results: looked.map((details, index) => ({ ...details, messageId: results[index].messageId, bulkId })),
  });
});

test("a result is pushed again until it is taken, also after a restart of its receiver", async () => {
  sink.behaviour = 500;
  const before = sink.calls.length;
  await server.client.call("POST", "/number/1/notify", { json: { to: ["41793026727"], notifyUrl: sink.url } });
  await until("it was tried", () => sink.calls.length === before + 1);
  sink.behaviour = 200;
  await until(
    "it was tried again",
    () => sink.calls.length === before + 2,
    () => clock.advanceAndSettle(60_000),
  );
  assert.equal(sink.calls.at(-1)?.text, sink.calls.at(-2)?.text);
});

test("a lookup without a URL is in the log alone, and one with a bad URL is refused", async () => {
  const calls = sink.calls.length;
  const { body } = await server.client.call("POST", "/number/1/notify", { json: { to: ["41793026727"] } });
  assert.equal((await logs(`bulkId=${body.bulkId}`))[0]?.messageId, body.results[0].messageId);
  assert.equal(sink.calls.length, calls);
  for (const notifyUrl of ["ftp://a.example", "here", `http://a.example/${"a".repeat(2048)}`]) {
    const answer = await server.client.call("POST", "/number/1/notify", { json: { to: ["1"], notifyUrl } });
    assert.deepEqual([answer.status, Object.keys(violationsOf(answer))], [400, ["notifyUrl"]]);
  }
});

test("the log has the lookups of two days, the newest first, and is filtered", async () => {
  await clock.advanceAndSettle(48 * HOUR_MS + 1);
  assert.deepEqual(await logs(""), []);
  const first = await query("41793026727", "385981234567");
  await clock.advanceAndSettle(HOUR_MS);
  const second = await query("x");
  const of = async (parameters: string) => (await logs(parameters)).map(({ to }) => to);
  assert.deepEqual(await of(""), ["x", "385981234567", "41793026727"]);
  assert.deepEqual(await of("limit=1"), ["x"]);
  assert.deepEqual(await of("to=%2B41793026727"), ["41793026727"]);
  assert.deepEqual(await of(`bulkId=${first.bulkId}`), ["385981234567", "41793026727"]);
  assert.deepEqual(await of(`bulkId=${first.bulkId},${second.bulkId}&generalStatus=REJECTED`), ["x"]);
  const [row] = await logs(`bulkId=${second.bulkId}`);
  assert.deepEqual(await of(`messageId=${row?.messageId}`), ["x"]);
  assert.deepEqual(row?.price, { currency: "EUR", pricePerLookup: 0 });
  assert.deepEqual([row?.status, row?.error], [second.results[0]?.status, second.results[0]?.error]);
  const at = (ms: number) => encodeURIComponent(new Date(ms).toISOString());
  assert.deepEqual(await of(`sentSince=${at(clock.now())}`), ["x"]);
  assert.deepEqual(await of(`sentUntil=${at(clock.now())}`), ["385981234567", "41793026727"]);
  // No lookup knows its network.
  assert.deepEqual(await of("mcc=228"), []);
  for (const bad of ["limit=0", "limit=1001", "mnc=01", "generalStatus=GONE", "sentSince=yesterday"]) {
    assert.equal((await server.client.call("GET", `/number/1/logs?${bad}`)).status, 400, bad);
  }
});

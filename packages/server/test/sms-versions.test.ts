import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { formatDate, SmsResponse, SmsResponseEnvelope } from "@posthorn/contract";
import { ApiClient, violationsOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { assertFits, SKIP } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const POLL_MS = 1_000;
const TO = "385981234567";

const clock = new FakeClock(Date.UTC(2026, 2, 10, 12));
const carrier = new FakeCarrier();
const server = await startTestServer(cleanupAfterFile(), {
  clock,
  carriers: [carrier],
  settings: { "accept.destinationsPerRequestMax": 5 },
});
const { client } = server;

if (SKIP !== false) test("bodies are compared with Infobip's documents", { skip: SKIP }, () => undefined);

const ok = (path: string, method: string) => ["paths", path, method, "responses", "200"];
const TEXT = "/sms/2/text/advanced";
const BINARY = "/sms/2/binary/advanced";

async function post(path: string, json: unknown): Promise<SmsResponse> {
  const answer = await client.call("POST", path, { json });
  assert.equal(answer.status, 200, answer.text);
  return answer.body as SmsResponse;
}

async function get(path: string, query: Readonly<Record<string, string>>, by: ApiClient = client) {
  return by.call("GET", `${path}?${new URLSearchParams(query).toString()}`);
}

/** One message to one destination, as the older version has it. */
const one = (message: object = {}, destination: object = {}, request: object = {}) => ({
  ...request,
  messages: [{ from: "Posthorn", destinations: [{ to: TO, ...destination }], text: "Hi", ...message }],
});

async function stored(messageId: string) {
  const record = await server.message(messageId);
  assert.ok(record !== null, messageId);
  return { ...record, options: record.options === null ? null : (JSON.parse(record.options) as object) };
}

test("a text of version 2 is answered per destination, in order, with status 26 of group 1 and no count", async () => {
  const answer = await post(TEXT, {
    bulkId: "v2-bulk",
    messages: [
      {
        from: "A",
        destinations: [
          { to: TO, messageId: "v2-1" },
          { to: "nobody", messageId: "v2-2" },
        ],
        text: "Hi",
      },
      { destinations: [{ to: "+385 98 123 4568", messageId: "v2-3" }], text: "x".repeat(161) },
    ],
  });
  assertFits(answer, SmsResponse, "sms", ok(TEXT, "post"));
  assert.equal(answer.bulkId, "v2-bulk");
  assert.deepEqual(
    answer.messages?.map(({ to, messageId, status, smsCount }) => [
      to,
      messageId,
      status?.groupId,
      status?.id,
      smsCount,
    ]),
    [
      [TO, "v2-1", 1, 26, undefined],
      ["nobody", "v2-2", 5, 52, undefined],
      ["385981234568", "v2-3", 1, 26, undefined],
    ],
  );
  assert.equal(answer.messages?.[0]?.status?.name, "PENDING_ACCEPTED");
  assert.deepEqual([(await stored("v2-1")).sender, (await stored("v2-3")).sender], ["A", ""]);
});

test("the count of parts is in the answer when it is asked for, and always in the oldest shapes", async () => {
  const text = "x".repeat(161);
  const counts = async (path: string, json: object) =>
    (await post(path, json)).messages?.map(({ smsCount }) => smsCount);
  assert.deepEqual(await counts(TEXT, one({ text }, {}, { includeSmsCountInResponse: true })), [2]);
  assert.deepEqual(await counts(TEXT, one({ text }, {}, { includeSmsCountInResponse: false })), [undefined]);
  assert.deepEqual(await counts("/sms/1/text/single", { to: TO, text }), [2]);
  assert.deepEqual(await counts("/sms/2/text/single", { to: [TO, TO], text }), [2, 2]);
  assert.deepEqual(await counts("/sms/1/text/multi", { messages: [{ to: TO, text }] }), [2]);
});

test("without a bulkId one is made, and the same for all messages", async () => {
  const { bulkId, messages } = await post(TEXT, { messages: [...one().messages, ...one().messages] });
  assert.ok(bulkId !== undefined && bulkId !== "");
  for (const { messageId = "" } of messages ?? []) assert.equal((await stored(messageId)).bulkId, bulkId);
});

test("every option of a text of version 2 is kept under the name that the newer version has for it", async () => {
  const window = { days: ["TUESDAY"], from: { hour: 6, minute: 0 }, to: { hour: 15, minute: 30 } };
  const regional = { indiaDlt: { principalEntityId: "p" }, southKorea: { resellerCode: 7 } };
  const message = {
    flash: true,
    transliteration: "TURKISH",
    language: { languageCode: "TR", singleShift: true },
    validityPeriod: 720,
    deliveryTimeWindow: window,
    intermediateReport: true,
    callbackData: "data",
    notifyUrl: "https://example.com/reports",
    notifyContentType: "application/json",
    regional,
    entityId: "e",
    applicationId: "a",
    campaignReferenceId: "c",
    unknown: 1,
  };
  const request = {
    sendingSpeedLimit: { amount: 5, timeUnit: "HOUR" },
    urlOptions: { shortenUrl: false, unknown: 1 },
    tracking: { track: "SMS", type: "MINE", processKey: "k" },
  };
  await post(TEXT, one(message, { messageId: "v2-all" }, request));
  const record = await stored("v2-all");
  assert.deepEqual(record.options, {
    sendingSpeedLimit: { amount: 5, timeUnit: "HOUR" },
    deliveryTimeWindow: window,
    regional,
    flash: true,
    intermediateReport: true,
    tracking: { shortenUrl: false },
    conversionTracking: { useConversionTracking: true, conversionTrackingName: "MINE", track: "SMS", processKey: "k" },
    content: { transliteration: "TURKISH", language: { languageCode: "TR", singleShift: true } },
  });
  assert.deepEqual(
    [record.callbackData, record.entityId, record.applicationId, record.campaignReferenceId],
    ["data", "e", "a", "c"],
  );
  assert.equal(record.expiresAt, clock.now() + 720 * 60_000);
});

test("a binary message of version 2 keeps its octets and how they are coded", async () => {
  const binary = { hex: "0048 0065 006c", dataCoding: 8, esmClass: 0 };
  const answer = await post(BINARY, {
    messages: [
      { destinations: [{ to: TO, messageId: "bin-1" }], binary, flash: true },
      { destinations: [{ to: TO, messageId: "bin-2" }], binary: { hex: "41 20 …" } },
    ],
  });
  assertFits(answer, SmsResponse, "sms", ok(BINARY, "post"));
  assert.deepEqual(
    answer.messages?.map(({ status, smsCount }) => [status?.id, smsCount]),
    [
      [26, undefined],
      [24, undefined],
    ],
  );
  const { encoding, text, options } = await stored("bin-1");
  assert.deepEqual([encoding, text], ["BINARY", binary.hex]);
  assert.deepEqual(options, { flash: true, content: { dataCoding: 8, esmClass: 0 } });
  const { results = [] } = await client.logs("messageId=bin-1");
  assert.deepEqual(results[0]?.content, binary);
});

test("a message without content is rejected alone", async () => {
  const destinations = [{ to: TO }];
  for (const [path, messages] of [
    [TEXT, [{ destinations }, { destinations, text: "" }, { destinations, text: "Hi" }]],
    [BINARY, [{ destinations }, { destinations, binary: { hex: "" } }, { destinations, binary: { hex: "00" } }]],
  ] as const) {
    const answer = await client.call("POST", path, { json: { messages } });
    if (path === BINARY) {
      assert.deepEqual(Object.keys(violationsOf(answer)), ["messages[1].binary.hex"]);
      continue;
    }
    const statuses = (answer.body as SmsResponse).messages?.map(({ status }) => status?.name);
    assert.deepEqual(statuses, ["REJECTED", "REJECTED", "PENDING_ACCEPTED"]);
  }
  const { messages } = await post(BINARY, { messages: [{ destinations }] });
  assert.equal(messages?.[0]?.status?.name, "REJECTED");
  assert.equal((await get("/sms/1/text/query", { to: TO })).body.messages[0].status.name, "REJECTED");
});

test("ids that are too long are clipped, where the newer version refuses them", async () => {
  const [bulkId, messageId] = ["b".repeat(101), `${"m".repeat(199)}😀x`];
  for (const path of [TEXT, BINARY]) {
    const id = path === TEXT ? messageId : `n${messageId.slice(1)}`;
    const message = path === TEXT ? {} : { text: undefined, binary: { hex: "00" } };
    const answer = await post(path, one(message, { messageId: id }, { bulkId }));
    assert.deepEqual([answer.bulkId, answer.messages?.[0]?.messageId], [bulkId.slice(0, 100), id.slice(0, 201)]);
    assert.equal((await stored(id.slice(0, 201))).bulkId, bulkId.slice(0, 100));
  }
  const query = await get("/sms/1/text/query", { to: TO, text: "Hi", bulkId });
  assert.equal(query.body.bulkId, bulkId.slice(0, 100));
  assert.equal((await get("/sms/3/text/query", { to: TO, text: "Hi", bulkId })).status, 400);
  assert.equal((await client.sms({ ...one(), options: { schedule: { bulkId } } })).status, 400);
  const exact = await post(TEXT, one({}, { messageId: "e".repeat(200) }, { bulkId: "b".repeat(100) }));
  assert.deepEqual([exact.bulkId?.length, exact.messages?.[0]?.messageId?.length], [100, 200]);
});

test("ids that are the same once they are clipped are duplicates", async () => {
  const id = "d".repeat(200);
  const { messages } = await post(TEXT, {
    messages: [
      {
        destinations: [
          { to: TO, messageId: `${id}1` },
          { to: TO, messageId: `${id}2` },
        ],
        text: "Hi",
      },
    ],
  });
  assert.deepEqual(
    messages?.map(({ status }) => status?.name),
    ["PENDING_ACCEPTED", "REJECTED_DUPLICATE_MESSAGE_ID"],
  );
});

test("each message of version 2 has a schedule of its own", async () => {
  const at = (hours: number) => formatDate(clock.now() + hours * HOUR_MS);
  const now = clock.now();
  await post(TEXT, {
    messages: [
      { destinations: [{ to: TO, messageId: "at-1" }], text: "Hi", sendAt: at(1) },
      { destinations: [{ to: TO, messageId: "at-2" }], text: "Hi", sendAt: at(2), validityPeriod: 5 },
      { destinations: [{ to: TO, messageId: "at-0" }], text: "Hi" },
    ],
  });
  await server.untilState("at-0", ["submitted"], () => clock.advanceAndSettle(POLL_MS));
  assert.deepEqual([(await stored("at-1")).state, (await stored("at-2")).state], ["held", "held"]);
  assert.equal((await stored("at-2")).expiresAt, now + 2 * HOUR_MS + 5 * 60_000);
  clock.set(now + HOUR_MS);
  await server.untilState("at-1", ["submitted"], () => clock.advanceAndSettle(POLL_MS));
  assert.deepEqual([carrier.timesHanded("at-1"), carrier.timesHanded("at-2")], [1, 0]);
  clock.set(now + 2 * HOUR_MS);
  await server.untilState("at-2", ["submitted"], () => clock.advanceAndSettle(POLL_MS));
});

test("a validity above 2880 minutes is 2880 minutes", async () => {
  for (const [minutes, expected] of [
    [1, 1],
    [2880, 2880],
    [2881, 2880],
    [Number.MAX_SAFE_INTEGER, 2880],
    [undefined, 2880],
  ] as const) {
    const messageId = `validity-${minutes}`;
    await post(TEXT, one({ validityPeriod: minutes }, { messageId }));
    assert.equal((await stored(messageId)).expiresAt, clock.now() + expected * 60_000);
  }
});

const tooFar = formatDate(clock.now() + 400 * DAY_MS);
const six = Array.from({ length: 6 }, () => ({ to: TO }));
const dlt = { principalEntityId: 1 };
const half = { days: ["MONDAY"], from: { hour: 8, minute: 0 } };

const REFUSED: readonly (readonly [name: string, path: string, json: object, property: string])[] = [
  ["no messages", TEXT, {}, "messages"],
  ["an empty list of messages", BINARY, { messages: [] }, "messages"],
  ["no destinations", TEXT, { messages: [{ text: "Hi" }] }, "messages[0].destinations"],
  ["a destination without to", TEXT, one({ destinations: [{}] }), "messages[0].destinations[0].to"],
  ["a date too far ahead", TEXT, one({ sendAt: tooFar }), "messages[0].sendAt"],
  ["a date that is none", TEXT, one({ sendAt: "soon" }), "messages[0].sendAt"],
  ["a URL that is none", TEXT, one({ notifyUrl: "ftp://example.com" }), "messages[0].notifyUrl"],
  ["half a window", TEXT, one({ deliveryTimeWindow: half }), "messages[0].deliveryTimeWindow.to"],
  ["an unknown alphabet", TEXT, one({ transliteration: "KLINGON" }), "messages[0].transliteration"],
  [
    "a wrong registration",
    TEXT,
    one({ regional: { indiaDlt: dlt } }),
    "messages[0].regional.indiaDlt.principalEntityId",
  ],
  ["a validity of nothing", TEXT, one({ validityPeriod: 0 }), "messages[0].validityPeriod"],
  ["too many destinations", TEXT, one({ destinations: six }), "messages[0].destinations"],
  ["too many destinations of octets", BINARY, { messages: [{ destinations: six }] }, "messages[0].destinations"],
  ["too many destinations of one text", "/sms/1/text/single", { to: six.map(() => TO), text: "Hi" }, "to"],
  ["no text", "/sms/1/text/single", { to: TO }, "text"],
  ["no destination", "/sms/2/text/single", { text: "Hi" }, "to"],
  ["a number for a phone", "/sms/1/text/multi", { messages: [{ to: 1, text: "Hi" }] }, "messages[0].to"],
];

for (const [name, path, json, property] of REFUSED) {
  test(`POST ${path} with ${name} is 400, names ${property} and stores nothing`, async () => {
    const { accepted } = await server.ledger();
    const answer = await client.call("POST", path, { json });
    assert.equal(answer.status, 400, answer.text);
    assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
    assert.equal(answer.body.requestError.serviceException.messageId, "BAD_REQUEST");
    assert.equal((await server.ledger()).accepted, accepted);
  });
}

test("the oldest shapes take one destination or a list, and many texts", async () => {
  for (const path of ["/sms/1/text/single", "/sms/2/text/single"]) {
    const single = await post(path, { from: "Old", to: TO, text: "Hi" });
    const list = await post(path, { from: "Old", to: [TO, "+385981234568", ""], text: "Hi" });
    const ids = [...(single.messages ?? []), ...(list.messages ?? [])].map(({ to, status }) => [to, status?.id]);
    assert.deepEqual(ids, [
      [TO, 26],
      [TO, 26],
      ["385981234568", 26],
      ["", 51],
    ]);
    assert.equal((await stored(single.messages?.[0]?.messageId ?? "")).sender, "Old");
  }
  const multi = await post("/sms/1/text/multi", {
    messages: [
      { from: "A", to: [TO, TO], text: "one" },
      { from: "B", to: TO, text: "two" },
    ],
  });
  const texts = await Promise.all((multi.messages ?? []).map(async ({ messageId = "" }) => stored(messageId)));
  assert.deepEqual(
    texts.map(({ sender, text, bulkId }) => [sender, text, bulkId]),
    [
      ["A", "one", multi.bulkId],
      ["A", "one", multi.bulkId],
      ["B", "two", multi.bulkId],
    ],
  );
});

test("a client that writes absent properties as null is understood", async () => {
  const answer = await post(TEXT, one({ sendAt: null, language: null, deliveryTimeWindow: null }, { messageId: null }));
  assert.equal(answer.messages?.[0]?.status?.id, 26);
});

const QUERY = {
  from: "Query",
  to: `${TO}, +385981234568`,
  text: "Grüße & mehr",
  flash: "true",
  transliteration: "GREEK",
  languageCode: "TR",
  intermediateReport: "true",
  notifyUrl: "https://example.com/reports",
  callbackData: "data",
  validityPeriod: "720",
  trackingType: "MINE",
  indiaDltPrincipalEntityId: "p",
  turkeyIysRecipientType: "TACIR",
  southKoreaResellerCode: "7",
};
const QUERY_OPTIONS = {
  flash: true,
  intermediateReport: true,
  regional: {
    indiaDlt: { principalEntityId: "p" },
    turkeyIys: { recipientType: "TACIR" },
    southKorea: { resellerCode: 7 },
  },
  content: { transliteration: "GREEK", language: { languageCode: "TR" } },
};

test("a query of version 3 is a message with all its options, answered as version 3 does", async () => {
  const answer = await get("/sms/3/text/query", { ...QUERY, trackingUrl: "https://example.com/clicks" });
  assertFits(answer.body, SmsResponseEnvelope, "sms", ok("/sms/3/text/query", "get"));
  const { messages } = answer.body as SmsResponseEnvelope;
  assert.deepEqual(
    messages.map(({ destination, status, details }) => [destination, status?.id, details?.messageCount]),
    [
      [TO, 26, 1],
      ["385981234568", 26, 1],
    ],
  );
  const record = await stored(messages[0]?.messageId ?? "");
  assert.deepEqual([record.sender, record.text, record.callbackData], ["Query", QUERY.text, "data"]);
  assert.equal(record.expiresAt, clock.now() + 720 * 60_000);
  assert.deepEqual(record.options, {
    ...QUERY_OPTIONS,
    tracking: { trackingUrl: "https://example.com/clicks" },
    conversionTracking: { useConversionTracking: true, conversionTrackingName: "MINE" },
  });
});

test("a query of version 1 is answered as version 2 does, with the count", async () => {
  const answer = await get("/sms/1/text/query", { ...QUERY, track: "SMS", processKey: "k" });
  assertFits(answer.body, SmsResponse, "sms", ok("/sms/1/text/query", "get"));
  const { messages = [] } = answer.body as SmsResponse;
  assert.deepEqual(
    messages.map(({ to, status, smsCount }) => [to, status?.groupId, status?.id, smsCount]),
    [
      [TO, 1, 26, 1],
      ["385981234568", 1, 26, 1],
    ],
  );
  assert.deepEqual((await stored(messages[0]?.messageId ?? "")).options, {
    ...QUERY_OPTIONS,
    conversionTracking: {
      useConversionTracking: true,
      conversionTrackingName: "MINE",
      track: "SMS",
      processKey: "k",
    },
  });
});

test("a repeated parameter is a list, and a list of nothing is a destination that is missing", async () => {
  for (const path of ["/sms/1/text/query", "/sms/3/text/query"]) {
    const idsOf = async (to: string) => {
      const { body } = await client.call("GET", `${path}?text=Hi&${to}`);
      return body.messages.map(({ status }: { status: { id: number } }) => status.id);
    };
    assert.deepEqual(await idsOf(`to=${TO}&to=${TO},+${TO}`), [26, 26, 26]);
    assert.deepEqual(await idsOf("to=,"), [51]);
  }
});

const BAD_QUERIES: readonly (readonly [query: Readonly<Record<string, string>>, property: string])[] = [
  [{ text: "Hi" }, "to"],
  [{ to: Array.from({ length: 6 }, () => TO).join(), text: "Hi" }, "to"],
  [{ to: TO, text: "Hi", sendAt: tooFar }, "sendAt"],
  [{ to: TO, text: "Hi", sendAt: "soon" }, "sendAt"],
  [{ to: TO, text: "Hi", notifyUrl: "nowhere" }, "notifyUrl"],
  [{ to: TO, text: "Hi", validityPeriod: "long" }, "validityPeriod"],
  [{ to: TO, text: "Hi", flash: "perhaps" }, "flash"],
  [{ to: TO, text: "Hi", indiaDltTelemarketerId: "t" }, "indiaDltPrincipalEntityId"],
  [{ to: TO, text: "Hi", turkeyIysBrandCode: "1" }, "turkeyIysRecipientType"],
];

for (const path of ["/sms/1/text/query", "/sms/3/text/query"]) {
  for (const [query, property] of BAD_QUERIES) {
    test(`GET ${path} with ${JSON.stringify(query).slice(0, 80)} is 400 and names ${property}`, async () => {
      const { accepted } = await server.ledger();
      const answer = await get(path, query);
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
      assert.equal((await server.ledger()).accepted, accepted);
    });
  }
}

test("a query of version 1 lets its parameters say who asks, unless a header does", async () => {
  const { id, secret } = await server.addKey({ scopes: ["sms:message:send"] });
  const reader = await server.addKey({ scopes: ["sms:logs:read"] });
  const ask = async (username: string, password: string, authorization: string | null = null) => {
    const query = new URLSearchParams({ username, password, to: TO, text: "Hi" }).toString();
    return (await client.call("GET", `/sms/1/text/query?${query}`, { authorization })).status;
  };
  assert.equal(await ask(id, secret), 200);
  assert.equal(await ask(id, secret, `App ${reader.secret}`), 403);
  assert.equal(await ask("x", "x", `App ${secret}`), 200);
  assert.equal(await ask(id, secret, "App nonsense"), 401);
  for (const [username, password] of [
    [id, "x"],
    ["x", secret],
    ["", secret],
    [reader.id, secret],
    [id, "x".repeat(5_000)],
  ] as const) {
    assert.equal(await ask(username, password), 401, `${username} ${password.slice(0, 9)}`);
  }
  assert.equal(await ask(reader.id, reader.secret), 403);
  const twice = `/sms/1/text/query?username=${id}&password=${secret}&password=${secret}&to=${TO}&text=Hi`;
  assert.equal((await client.call("GET", twice, { authorization: null })).status, 401);
});

test("a secret that came in a query is in no line of the log, whatever becomes of the request", async (t) => {
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  const own = await startTestServer(t, { log });
  const { id, secret } = await own.addKey();
  const statuses: number[] = [];
  const ask = async (rest: string) => {
    const path = `/sms/1/text/query${rest}&username=${id}&password=${secret}`;
    statuses.push((await own.client.call("GET", path, { authorization: null })).status);
  };
  for (const rest of [`?to=${TO}&text=Hi`, "?text=Hi", "/%zz?", `?to=${TO}&username=x`]) await ask(rest);
  await own.stop();
  assert.deepEqual(statuses, [200, 400, 400, 401]);
  assert.ok(lines.some((line) => line.includes("start.listening")));
  assert.ok(!lines.join("").includes(secret));
});

test("no other operation lets its parameters say who asks", async () => {
  const { id, secret } = await server.addKey();
  const query = { username: id, password: secret, to: TO, text: "Hi" };
  for (const path of ["/sms/3/text/query", "/sms/1/reports", "/sms/1/logs", "/account/1/balance"]) {
    const answer = await client.call("GET", `${path}?${new URLSearchParams(query).toString()}`, {
      authorization: null,
    });
    assert.equal(answer.status, 401, path);
  }
});

test("the path may name the type of the answer, and end in a slash", async () => {
  for (const suffix of ["", "/", ".json", ".json/"]) {
    assert.equal((await client.call("GET", `/sms/1/reports${suffix}`)).status, 200, suffix);
    assert.equal((await client.call("GET", `/sms/1/logs${suffix}`)).status, 200, suffix);
    assert.equal((await get(`/sms/1/text/query${suffix}`, { to: TO, text: "Hi" })).status, 200, suffix);
  }
  assert.equal((await client.call("GET", "/sms/1/logs.json", { authorization: null })).status, 401);
});

import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { ApiError, ApiException, type Envelope } from "@posthorn/contract";
import { Compile } from "typebox/compile";
import { type Answer, type CallOptions, oneSms, violationsOf } from "./harness/api-client.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const BODY_LIMIT_BYTES = 65_536;

const server = await startTestServer(cleanupAfterFile(), { settings: { "http.bodyLimitBytes": BODY_LIMIT_BYTES } });

const ONE_WHATSAPP = { from: "441134960000", to: "385981234567", content: { text: "Hi" } };

interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly envelope: Envelope;
  readonly json?: object;
  /** A property that must be text, and the same body with something else there. */
  readonly broken?: { readonly property: string; readonly json: object };
}

const SMS: Endpoint = {
  method: "POST",
  path: "/sms/3/messages",
  envelope: "ApiError",
  json: oneSms(),
  broken: { property: "messages[0].content.text", json: oneSms({ content: { text: 5 } }) },
};
const WHATSAPP: Endpoint = {
  method: "POST",
  path: "/whatsapp/1/message/text",
  envelope: "ApiException",
  json: ONE_WHATSAPP,
  broken: { property: "content.text", json: { ...ONE_WHATSAPP, content: { text: 5 } } },
};
const SENDING = [SMS, WHATSAPP];
const REPORTS: Endpoint = { method: "GET", path: "/sms/3/reports", envelope: "ApiError" };
const LOGS: Endpoint = { method: "GET", path: "/sms/3/logs", envelope: "ApiError" };
const BALANCE: Endpoint = { method: "GET", path: "/account/1/balance", envelope: "ApiException" };
const ALL = [...SENDING, REPORTS, LOGS, BALANCE];

const isApiError = Compile(ApiError);
const isApiException = Compile(ApiException);
const NAMES: Readonly<Record<number, string>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
};

function assertRefused(answer: Answer, status: number, envelope: Envelope) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
  const isFitting = envelope === "ApiError" ? isApiError.Check(answer.body) : isApiException.Check(answer.body);
  assert.ok(isFitting, `${answer.text} is no ${envelope}`);
  const { errorCode, requestError } = answer.body;
  if (envelope === "ApiError") assert.equal(errorCode, `E${status}`);
  else assert.equal(requestError.serviceException.messageId, NAMES[status]);
}

/** Calls, checks the refusal, and that it left nothing behind. */
async function refused(endpoint: Endpoint, status: number, options: CallOptions): Promise<Answer> {
  const { accepted } = await server.ledger();
  const answer = await server.client.call(endpoint.method, endpoint.path, options);
  assertRefused(answer, status, endpoint.envelope);
  assert.equal((await server.ledger()).accepted, accepted);
  return answer;
}

const asJson = ({ json }: Endpoint): CallOptions => (json === undefined ? {} : { json });

test("what is refused here is accepted without its fault", async () => {
  for (const endpoint of ALL) {
    const answer = await server.client.call(endpoint.method, endpoint.path, asJson(endpoint));
    assert.equal(answer.status, 200, `${endpoint.path}: ${answer.text}`);
  }
});

for (const endpoint of ALL) {
  const name = `${endpoint.method} ${endpoint.path}`;
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  const NOBODY: Readonly<Record<string, string | null>> = {
    "no Authorization": null,
    "an empty Authorization": "",
    "a wrong key": "App nobody-has-this-key",
    "a key without its scheme": "a-key-for-tests",
    "the scheme alone": "App",
    "an unknown scheme": "Bearer a-key-for-tests",
    "a scheme of Infobip that we do not have": "IBSSO a-key-for-tests",
    "two keys": "App a-key-for-tests a-key-for-tests",
    "Basic that is not base64": "Basic %%%",
    "Basic without a colon": basic("a-key-for-tests"),
    "Basic with another key's id": basic("nobody:a-key-for-tests"),
    "Basic with a wrong secret": basic("configured:wrong"),
    "a key as long as a book": `App ${"x".repeat(8_000)}`,
  };
  for (const [what, authorization] of Object.entries(NOBODY)) {
    test(`${name} with ${what} is 401 in its envelope`, async () => {
      await refused(endpoint, 401, { ...asJson(endpoint), authorization });
    });
  }

  test(`${name} with a key without its scopes is 403 in its envelope`, async () => {
    const { client } = await server.addKey({ scopes: ["2fa:manage"] });
    await refused(endpoint, 403, { ...asJson(endpoint), authorization: client.authorization });
  });

  test(`${name} with a key that is no longer valid is 401`, async () => {
    const expired = await server.addKey({ validUntil: Date.now() - 1 });
    await refused(endpoint, 401, { ...asJson(endpoint), authorization: expired.client.authorization });
    const revoked = await server.addKey({ revokedAt: 1 });
    await refused(endpoint, 401, { ...asJson(endpoint), authorization: revoked.client.authorization });
  });

  test(`${name} with keyId:secret as Basic is let in, in any case of the scheme's name`, async () => {
    const { id, secret } = await server.addKey();
    for (const authorization of [basic(`${id}:${secret}`), basic(`${id}:${secret}`).replace("Basic", "basic")]) {
      const answer = await server.client.call(endpoint.method, endpoint.path, { ...asJson(endpoint), authorization });
      assert.equal(answer.status, 200, answer.text);
    }
  });

  test(`${name} answers with a slash at the end, too`, async () => {
    const answer = await server.client.call(endpoint.method, `${endpoint.path}/`, asJson(endpoint));
    assert.equal(answer.status, 200, answer.text);
  });

  test(`another method on ${endpoint.path} is 404 in its envelope`, async () => {
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", endpoint.method === "GET" ? "POST" : "GET"]) {
      await refused({ ...endpoint, method }, 404, {});
    }
  });
}

for (const endpoint of SENDING) {
  const name = `${endpoint.method} ${endpoint.path}`;

  test(`${name} with a body over the limit is 413 in its envelope`, async () => {
    const padding = "x".repeat(BODY_LIMIT_BYTES);
    await refused(endpoint, 413, { json: { ...endpoint.json, padding } });
  });

  test(`${name} with a body at the limit is accepted`, async () => {
    const length = JSON.stringify({ ...endpoint.json, padding: "" }).length;
    const padding = "x".repeat(BODY_LIMIT_BYTES - length);
    const answer = await server.client.call(endpoint.method, endpoint.path, { json: { ...endpoint.json, padding } });
    assert.equal(answer.status, 200, answer.text);
  });

  test(`${name} with a wrong key and a body over the limit is 401: nobody reads a stranger's body`, async () => {
    const json = { padding: "x".repeat(BODY_LIMIT_BYTES) };
    await refused(endpoint, 401, { json, authorization: "App wrong" });
  });

  const text = JSON.stringify(endpoint.json);
  const NO_JSON: Readonly<Record<string, string>> = {
    "cut JSON": text.slice(0, -1),
    "two JSON texts": text + text,
    "JSON with a comment": `// ${text}`,
    "no JSON at all": "to=385981234567&text=Hi",
    "__proto__ in it": `{"__proto__":{"isAdmin":true},${text.slice(1)}`,
    "a hidden __proto__": `{"\\u005f_proto__":{"isAdmin":true},${text.slice(1)}`,
    "constructor.prototype in it": `{"constructor":{"prototype":{"isAdmin":true}},${text.slice(1)}`,
    "nothing in it": "",
  };
  for (const [what, raw] of Object.entries(NO_JSON)) {
    test(`${name} with ${what} is 400 in its envelope`, async () => {
      const answer = await refused(endpoint, 400, { raw, headers: { "content-type": "application/json" } });
      assert.deepEqual(Object.keys(violationsOf(answer)), ["body"]);
      assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
    });
  }

  test(`${name} with another kind of JSON than an object is 400`, async () => {
    for (const raw of [`[${text}]`, '"text"', "7", "null", "true", "[]", "{}"]) {
      await refused(endpoint, 400, { raw });
    }
  });

  test(`${name} without a body is 400`, async () => {
    await refused(endpoint, 400, {});
  });

  test(`${name} with another content type is 415 in its envelope`, async () => {
    for (const type of [
      "text/plain",
      "application/soap+xml",
      "application/x-www-form-urlencoded",
      "text/json",
      "nonsense",
    ]) {
      await refused(endpoint, 415, { raw: text, headers: { "content-type": type } });
    }
  });

  test(`${name} takes a content type with a charset`, async () => {
    const headers = { "content-type": "application/JSON; charset=utf-8" };
    const answer = await server.client.call(endpoint.method, endpoint.path, { raw: text, headers });
    assert.equal(answer.status, 200, answer.text);
  });

  test(`${name} names the property that is wrong`, async () => {
    const { property, json } = endpoint.broken ?? { property: "", json: {} };
    assert.deepEqual(violationsOf(await refused(endpoint, 400, { json })), { [property]: "must be a string" });
  });

  test(`${name} with a body nested as deep as it may be long is refused, and nobody else is`, async () => {
    const depth = 30_000;
    const raw = `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    await refused(endpoint, 400, { raw });
    const answer = await server.client.call(endpoint.method, endpoint.path, asJson(endpoint));
    assert.equal(answer.status, 200);
  });
}

const BAD_SMS: Readonly<Record<string, readonly [message: object, property: string]>> = {
  "a number as text": [{ options: { validityPeriod: { amount: "5" } } }, "messages[0].options.validityPeriod.amount"],
  "a truth as text": [{ options: { flash: "true" } }, "messages[0].options.flash"],
  "text as a number": [{ sender: 123 }, "messages[0].sender"],
  "a text of 100 000 characters": [{ content: { text: "x".repeat(40_001) } }, "messages[0].content.text"],
  "an empty text": [{ content: { text: "" } }, "messages[0].content.text"],
  "text and hex": [{ content: { text: "x", hex: "00" } }, "messages[0].content.text"],
  "no content": [{ content: null }, "messages[0].content"],
  "no destinations": [{ destinations: [] }, "messages[0].destinations"],
  "a destination that is a text": [{ destinations: ["385981234567"] }, "messages[0].destinations[0]"],
  "a to that is too long": [{ destinations: [{ to: "1".repeat(65) }] }, "messages[0].destinations[0].to"],
  "a messageId that is too long": [
    { destinations: [{ to: "1", messageId: "m".repeat(201) }] },
    "messages[0].destinations[0].messageId",
  ],
  "an unknown unit": [
    { options: { validityPeriod: { amount: 1, timeUnit: "DAYS" } } },
    "messages[0].options.validityPeriod.timeUnit",
  ],
  "a webhook that is no URL": [{ webhooks: { delivery: { url: "example" } } }, "messages[0].webhooks.delivery.url"],
  "a webhook that is a file": [
    { webhooks: { delivery: { url: "file:///etc/passwd" } } },
    "messages[0].webhooks.delivery.url",
  ],
};

for (const [what, [message, property]] of Object.entries(BAD_SMS)) {
  test(`an SMS with ${what} is 400 and names ${property}`, async () => {
    const answer = await refused(SMS, 400, { json: oneSms(message) });
    assert.ok(property in violationsOf(answer), answer.text);
  });
}

test("one bad message refuses the whole request", async () => {
  const { messages } = oneSms() as { messages: object[] };
  const answer = await refused(SMS, 400, { json: { messages: [...messages, { destinations: [{ to: "1" }] }] } });
  assert.deepEqual(Object.keys(violationsOf(answer)), ["messages[1].content"]);
});

const BAD_WHATSAPP: Readonly<Record<string, readonly [change: object, property: string]>> = {
  "no from": [{ from: undefined }, "from"],
  "an empty to": [{ to: "" }, "to"],
  "text of 4097 characters": [{ content: { text: "x".repeat(4097) } }, "content.text"],
  "a webhook that is no URL": [{ notifyUrl: "example" }, "notifyUrl"],
  "a preview of no link": [{ content: { text: "Hi", previewUrl: true } }, "content.previewUrl"],
  "a preview of a link without protocol": [
    { content: { text: "see https://example.com", previewUrl: true }, urlOptions: { removeProtocol: true } },
    "urlOptions.removeProtocol",
  ],
  "a context without a message": [{ context: {} }, "context.replyToMessageId"],
};

for (const [what, [change, property]] of Object.entries(BAD_WHATSAPP)) {
  test(`a WhatsApp text with ${what} is 400 and names ${property}`, async () => {
    const answer = await refused(WHATSAPP, 400, { json: { ...ONE_WHATSAPP, ...change } });
    assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
  });
}

const BAD_QUERIES: readonly (readonly [path: string, query: string, property: string])[] = [
  ...["/sms/3/reports", "/sms/3/logs"].flatMap((path) =>
    ["limit=abc", "limit=0", "limit=1001", "limit=-1", "limit=", "limit=1&limit=2"].map(
      (query) => [path, query, "limit"] as const,
    ),
  ),
  ["/sms/3/logs", "cursor=zzz", "cursor"],
  ["/sms/3/logs", "cursor=", "cursor"],
  ["/sms/3/logs", `cursor=${"a".repeat(3_000)}`, "cursor"],
  ["/sms/3/logs", "useCursor=perhaps", "useCursor"],
  ["/sms/3/logs", "generalStatus=LOST", "generalStatus"],
  ["/sms/3/logs", "sentSince=yesterday", "sentSince"],
  ["/sms/3/logs", "mnc=01", "mcc"],
  ["/sms/3/logs", `bulkId=${"b".repeat(2_049)}`, "bulkId"],
  ["/sms/3/reports", `messageId=${"m".repeat(256)}`, "messageId"],
];

for (const [path, query, property] of BAD_QUERIES) {
  test(`GET ${path}?${query.slice(0, 40)} is 400 and names ${property}`, async () => {
    const answer = await refused({ method: "GET", path: `${path}?${query}`, envelope: "ApiError" }, 400, {});
    assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
  });
}

const UNKNOWN_PATHS: readonly (readonly [path: string, envelope: Envelope])[] = [
  ["/", "ApiError"],
  ["/sms/3/nothing", "ApiError"],
  ["/sms/3/messages/1", "ApiError"],
  ["/SMS/3/messages", "ApiError"],
  ["/sms/1/nothing", "ApiException"],
  ["/sms/2/text/advanced?a=b", "ApiException"],
  ["/whatsapp/1/message/template", "ApiException"],
  ["/account/1/nothing", "ApiException"],
  ["/posthorn/1/messages/nobody", "ApiError"],
];

for (const [path, envelope] of UNKNOWN_PATHS) {
  test(`${path} is 404 in the envelope ${envelope}`, async () => {
    await refused({ method: "GET", path, envelope }, 404, {});
  });
}

test("a path that cannot be decoded is 400", async () => {
  await refused({ method: "GET", path: "/sms/3/%zz", envelope: "ApiError" }, 400, {});
});

test("a HEAD takes no report: it is given once, and to somebody who reads it", async () => {
  const { messages } = await server.client.send(oneSms());
  const messageId = messages[0]?.messageId ?? "";
  await server.untilState(messageId, ["delivered"]);
  const answer = await server.client.call("HEAD", "/sms/3/reports");
  assert.equal(answer.status, 404);
  assert.equal((await server.client.reports(`messageId=${messageId}`)).length, 1);
});

test("health is told to anybody, also by HEAD", async () => {
  for (const method of ["GET", "HEAD"]) {
    for (const path of ["/health/live", "/health/ready"]) {
      assert.equal((await server.client.call(method, path, { authorization: null })).status, 200);
    }
  }
});

test("what is no HTTP is told so in an envelope, and the connection is closed", async () => {
  for (const [bytes, status] of [
    ["\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", 400],
    ["GET /sms/3/reports HTTP/9.9\r\n\r\n", 400],
    [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(100_000)}\r\n\r\n`, 431],
  ] as const) {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.write(bytes);
    const text = (await Array.fromAsync(socket.setEncoding("utf8"))).join("");
    assert.match(text, new RegExp(`^HTTP/1.1 ${status} `), JSON.stringify(text.slice(0, 80)));
    assert.equal(JSON.parse(text.split("\r\n\r\n")[1] ?? "").errorCode, "E400");
  }
});

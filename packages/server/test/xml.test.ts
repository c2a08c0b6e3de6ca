import { ApiError, OPERATIONS, type Operation, readXml, writeXml } from "@posthorn/contract";
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseXml } from "../src/http/xml-parser.ts";
import { type Answer, type CallOptions, oneSms } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const TO = "385981234567";
const XML = "application/xml";

const carrier = new FakeCarrier();
const server = await startTestServer(cleanupAfterFile(), { carriers: [carrier] });
const { client } = server;

const operations = (Object.entries(OPERATIONS) as [string, Operation][]).filter(([, { hasXml }]) => hasXml === true);

/** A body, or the parameters, that each operation takes. */
const REQUESTS: Readonly<Record<string, object>> = {
  sendSmsMessages: oneSms(),
  previewSmsMessage: { text: "Hi" },
  sendSmsAdvancedText: { messages: [{ destinations: [{ to: TO }], text: "Hi" }] },
  sendSmsAdvancedBinary: { messages: [{ destinations: [{ to: TO }], binary: { hex: "00" } }] },
  sendSmsSingleV2: { to: TO, text: "Hi" },
  sendSmsSingle: { to: [TO, "385981234568"], text: "Hi" },
  sendSmsMulti: { messages: [{ to: TO, text: "Hi" }] },
  sendSmsByQuery: { to: TO, text: "Hi" },
  sendSmsByQueryV1: { to: TO, text: "Hi" },
};

function call(name: string, suffix = "", options: CallOptions & { xml?: boolean } = {}): Promise<Answer> {
  const { method, path, body } = OPERATIONS[name as keyof typeof OPERATIONS] as Operation;
  const { xml = false, headers, ...rest } = options;
  const request = REQUESTS[name] ?? {};
  if (body === undefined) {
    const query = new URLSearchParams(request as Record<string, string>).toString();
    return client.call(method, `${path}${suffix}?${query}`, { headers: headers ?? {}, ...rest });
  }
  if (!xml) return client.call(method, path + suffix, { json: request, headers: headers ?? {}, ...rest });
  return client.call(method, path + suffix, {
    raw: writeXml(body, request),
    headers: { "content-type": XML, ...headers },
    ...rest,
  });
}

function postXml(text: string | Uint8Array, path = "/sms/3/messages", headers: Record<string, string> = {}) {
  return client.call("POST", path, { raw: text, headers: { "content-type": XML, ...headers } });
}

function isXml(answer: Answer): boolean {
  const type = answer.headers.get("content-type");
  const xml = answer.text.startsWith("<?xml");
  assert.equal(type, `application/${xml ? "xml" : "json"}; charset=utf-8`, answer.text);
  return xml;
}

const rootOf = (answer: Answer) => parseXml(Buffer.from(answer.text)).name;

for (const [name, { body, response }] of operations) {
  test(`${name}: a suffix of the path is above Accept, Accept above the request's type`, async () => {
    const mirrored = body === undefined ? { headers: { "content-type": XML } } : { xml: true };
    const cases: readonly [suffix: string, options: CallOptions & { xml?: boolean }, xml: boolean][] = [
      ["", {}, false],
      ["", mirrored, true],
      ["", { headers: { accept: XML } }, true],
      ["/", { headers: { accept: "text/xml" } }, true],
      ["", { ...mirrored, headers: { ...mirrored.headers, accept: "application/json" } }, false],
      ["", { headers: { accept: "image/png" } }, false],
      [".xml", { headers: { accept: "application/json" } }, true],
      [".xml/", {}, true],
      [".json", { ...mirrored, headers: { ...mirrored.headers, accept: XML } }, false],
      [".json/", {}, false],
    ];
    for (const [suffix, options, xml] of cases) {
      const answer = await call(name, suffix, options);
      // What needs something to be there first is refused here, which must come in the same type.
      assert.ok(answer.status === 200 || !Object.hasOwn(REQUESTS, name), answer.text);
      assert.equal(isXml(answer), xml, `${suffix} ${JSON.stringify(options)}`);
      if (!xml || response === undefined) continue;
      const good = /<(\w+)/.exec(writeXml(response, {}))?.[1];
      assert.equal(rootOf(answer), answer.status === 200 ? good : OPERATIONS[name as keyof typeof OPERATIONS].envelope);
    }
  });

  test(`${name}: errors come in the type of the answer`, async () => {
    const { envelope } = OPERATIONS[name as keyof typeof OPERATIONS];
    const unknown = await call(name, ".xml", { authorization: null });
    assert.equal(unknown.status, 401);
    assert.equal(isXml(unknown), true);
    assert.equal(rootOf(unknown), envelope);
    if (!Object.hasOwn(REQUESTS, name)) return;
    const { method, path } = OPERATIONS[name as keyof typeof OPERATIONS];
    const options = body === undefined ? {} : { raw: "<x/>", headers: { "content-type": XML } };
    const empty = await client.call(method, `${path}.xml`, options);
    assert.equal(empty.status, 400);
    assert.equal(rootOf(empty), envelope);
  });
}

test("an operation without XML answers in JSON, and takes none", async () => {
  const answer = await client.call("GET", "/account/1/balance", { headers: { accept: XML, "content-type": XML } });
  assert.equal(isXml(answer), false);
  const refused = await postXml("<x/>", "/whatsapp/1/message/text");
  assert.equal(refused.status, 415);
  assert.equal(isXml(refused), false);
  for (const path of ["/account/1/balance.xml", "/whatsapp/1/message/text.json", "/sms/3/messages.yaml"]) {
    assert.equal((await client.call("GET", path)).status, 404, path);
  }
});

test("a message in XML is sent as it would be from JSON", async () => {
  const text = ' <"5" & 6>\n\u{1F600} ';
  const message = { destinations: [{ to: TO, messageId: "from-xml" }], content: { text, language: {} } };
  const envelope = { messages: [message], options: { schedule: { bulkId: "xml-bulk" } } };
  const answer = await postXml(writeXml(OPERATIONS.sendSmsMessages.body, envelope));
  const read = readXml(OPERATIONS.sendSmsMessages.response, parseXml(Buffer.from(answer.text)));
  assert.deepEqual(read, {
    bulkId: "xml-bulk",
    messages: [
      {
        messageId: "from-xml",
        status: {
          groupId: 1,
          groupName: "PENDING",
          id: 26,
          name: "PENDING_ACCEPTED",
          description: "Message sent to next instance",
        },
        destination: TO,
        details: { messageCount: 1 },
      },
    ],
  });
  const record = await server.message("from-xml");
  assert.equal(record?.text, text);
  const logs = await client.call("GET", "/sms/3/logs.xml?messageId=from-xml");
  assert.ok(logs.text.includes('<text> &lt;"5" &amp; 6&gt;\n\u{1F600} </text>'), logs.text);
});

test("violations name the properties that the same request in JSON would have", async () => {
  const violations = (answer: Answer) =>
    (readXml(ApiError, parseXml(Buffer.from(answer.text))) as { violations: object[] }).violations;
  const answer = await postXml(
    "<any><messages><message><content><text/></content><destinations/>" +
      "<options><flash>maybe</flash><validityPeriod><amount>1.5</amount></validityPeriod></options></message></messages></any>",
  );
  assert.equal(answer.status, 400);
  const json = await client.sms({
    messages: [
      { content: { text: "" }, destinations: [], options: { flash: "maybe", validityPeriod: { amount: 1.5 } } },
    ],
  });
  assert.deepEqual(violations(answer), json.body.violations);
  const missing = await postXml("<any/>");
  assert.deepEqual(violations(missing), [{ property: "messages", violation: "must not be null" }]);
});

test("hostile XML is a 400 in the endpoint's envelope, and nothing is stored", async () => {
  const before = (await server.ledger()).accepted;
  const hostile: readonly (string | Uint8Array)[] = [
    "",
    "no xml",
    '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>',
    "<a>".repeat(100_000),
    `<a ${'b="c" '.repeat(100_000)}/>`,
    "<a>\u0000</a>",
    Buffer.from([0x3c, 0x61, 0xff, 0x2f, 0x3e]),
    '<?xml version="1.0" encoding="utf-16"?><a/>',
    "<?php evil ?><a/>",
    "<messages><message></messages>",
  ];
  for (const [path, root] of [
    ["/sms/3/messages", "ApiError"] as const,
    ["/sms/1/text/single", "ApiException"] as const,
  ]) {
    for (const text of hostile) {
      const answer = await postXml(text, path);
      assert.equal(answer.status, 400, String(text).slice(0, 60));
      assert.equal(isXml(answer), true);
      assert.equal(rootOf(answer), root);
      assert.match(answer.text, /body/);
    }
  }
  const latin = await postXml("<a/>", "/sms/3/messages", { "content-type": "text/xml; charset=iso-8859-1" });
  assert.equal(latin.status, 400);
  assert.match(latin.text, /must be in UTF-8/);
  assert.equal((await server.ledger()).accepted, before);
});

test("XML above its size is a 413 in XML, also where a body in JSON may be larger", async (t) => {
  const large = await startTestServer(t, { settings: { "http.bodyLimitBytes": 8 * 1024 * 1024 } });
  const text = "x".repeat(5 * 1024 * 1024);
  const call = (type: string, raw: string) =>
    large.client.call("POST", "/sms/3/messages", { raw, headers: { "content-type": type } });
  const answer = await call(XML, `<a>${text}</a>`);
  assert.equal(answer.status, 413);
  assert.equal(rootOf(answer), "ApiError");
  assert.equal((await call("application/json", JSON.stringify({ text }))).status, 400);
  assert.equal((await call(XML, `<a>${text.slice(0, 3 * 1024 * 1024)}</a>`)).status, 400);
});

test("a repeat with the same Idempotency-Key is given the same answer in the type that it asks for", async () => {
  const headers = { "idempotency-key": "both-types" };
  const first = await call("sendSmsMessages", "", { headers });
  const again = await call("sendSmsMessages", "", { headers, xml: true });
  const { accepted } = await server.ledger();
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal(isXml(again), true);
  const { response } = OPERATIONS.sendSmsMessages;
  assert.deepEqual(readXml(response, parseXml(Buffer.from(again.text))), first.body);
  const third = await call("sendSmsMessages", ".json", { headers, xml: true });
  assert.deepEqual([third.text, isXml(third)], [first.text, false]);
  assert.equal((await server.ledger()).accepted, accepted);

  const key = { "idempotency-key": "xml-first" };
  const xmlFirst = await call("sendSmsSingle", "", { headers: key, xml: true });
  const xmlAgain = await call("sendSmsSingle", "", { headers: key, xml: true });
  assert.deepEqual([xmlAgain.text, xmlAgain.headers.get("idempotency-replayed")], [xmlFirst.text, "true"]);
  const other = await postXml("<request><to>1</to><text>other</text></request>", "/sms/1/text/single", key);
  assert.equal(other.status, 409);
  assert.equal(rootOf(other), "ApiException");
});

test("the sandbox's refusals come in the type of the answer", async (t) => {
  const sandboxed = await startTestServer(t);
  const body = OPERATIONS.sendSmsMessages.body;
  for (const suffix of ["", ".xml"]) {
    const answer = await sandboxed.client.call("POST", `/sms/3/messages${suffix}`, {
      raw: writeXml(body, oneSms({ sender: "HTTP429" })),
      headers: { "content-type": XML },
    });
    assert.equal(answer.status, 429);
    assert.equal(rootOf(answer), "ApiError");
  }
});

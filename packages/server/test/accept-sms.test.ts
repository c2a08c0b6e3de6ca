import assert from "node:assert/strict";
import { test } from "node:test";
import { oneSms, statusesOf } from "./harness/api-client.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile());
const { client } = server;

test("every destination of every message is answered in its order, each with its status", async () => {
  const answer = await client.send({
    messages: [
      {
        destinations: [
          { to: "385981234567", messageId: "order-1" },
          { to: "", messageId: "order-2" },
          { to: "+385 (98) 123-4568", messageId: "order-3" },
          { to: "nobody", messageId: "order-4" },
        ],
        content: { text: "one" },
      },
      {
        destinations: [
          { to: "0981234567", messageId: "order-5" },
          { to: "1234", messageId: "order-6" },
          { to: "00385981234569", messageId: "order-7" },
          { to: "1234567890123456", messageId: "order-8" },
        ],
        content: { text: "two" },
      },
    ],
  });
  assert.deepEqual(
    answer.messages.map(({ messageId, destination, status }) => [messageId, destination, status?.id]),
    [
      ["order-1", "385981234567", 26],
      ["order-2", "", 51],
      ["order-3", "385981234568", 26],
      ["order-4", "nobody", 52],
      ["order-5", "0981234567", 8],
      ["order-6", "1234", 52],
      ["order-7", "385981234569", 26],
      ["order-8", "1234567890123456", 52],
    ],
  );
});

test("a refused destination has its report and its log like any other message", async () => {
  await client.send(oneSms({}, { to: "nobody", messageId: "refused-1" }));
  assert.equal((await client.logs("messageId=refused-1")).results?.[0]?.status?.name, "REJECTED_DESTINATION");
  const reports = await client.reports("messageId=refused-1");
  assert.deepEqual(
    reports.map(({ to, status }) => [to, status?.groupName, status?.id]),
    [["nobody", "REJECTED", 52]],
  );
  assert.deepEqual(await client.reports("messageId=refused-1"), []);
});

test("nothing is sent to a phone for a message that was refused", async () => {
  await client.send(oneSms({}, { to: "", messageId: "refused-2" }));
  await client.send(oneSms({}, { messageId: "sent-after-it" }));
  await server.untilState("sent-after-it", ["delivered"]);
  const record = await server.message("refused-2");
  assert.deepEqual([record?.state, record?.attempts, record?.carrierMessageId], ["rejected", 0, null]);
});

const GSM = "a";
const UCS2 = "ж";
const PARTS: readonly (readonly [name: string, content: object, parts: number])[] = [
  ["160 characters", { text: GSM.repeat(160) }, 1],
  ["161 characters", { text: GSM.repeat(161) }, 2],
  ["306 characters", { text: GSM.repeat(306) }, 2],
  ["307 characters", { text: GSM.repeat(307) }, 3],
  ["80 euro signs", { text: "€".repeat(80) }, 1],
  ["81 euro signs", { text: "€".repeat(81) }, 2],
  ["a euro sign that would be cut", { text: `${GSM.repeat(152)}€${GSM.repeat(152)}` }, 3],
  ["70 Cyrillic letters", { text: UCS2.repeat(70) }, 1],
  ["71 Cyrillic letters", { text: UCS2.repeat(71) }, 2],
  ["one Cyrillic letter in 161", { text: GSM.repeat(160) + UCS2 }, 3],
  ["35 emoji", { text: "😀".repeat(35) }, 1],
  ["36 emoji", { text: "😀".repeat(36) }, 2],
  ["140 octets", { hex: "00".repeat(140) }, 1],
  ["141 octets", { hex: "00 ".repeat(141).trim() }, 2],
  ["25 parts", { text: GSM.repeat(25 * 153) }, 25],
];

for (const [name, content, parts] of PARTS) {
  test(`${name} are ${parts} part${parts === 1 ? "" : "s"}, in the answer, the log and the report`, async () => {
    const { messages } = await client.send(oneSms({ content }));
    const messageId = messages[0]?.messageId ?? "";
    assert.deepEqual([messages[0]?.details?.messageCount, messages[0]?.status?.id], [parts, 26]);
    await server.untilState(messageId, ["delivered"]);
    const [log] = (await client.logs(`messageId=${messageId}`)).results ?? [];
    assert.deepEqual([log?.messageCount, log?.content], [parts, content]);
    assert.deepEqual(
      (await client.reports(`messageId=${messageId}`)).map((report) => report.messageCount),
      [parts],
    );
  });
}

test("a text of 26 parts is refused for that message alone", async () => {
  const { messages } = oneSms() as { messages: object[] };
  const tooLong = [
    { text: GSM.repeat(25 * 153 + 1) },
    { text: UCS2.repeat(25 * 67 + 1) },
    { text: "x".repeat(40_000) },
    { hex: "00".repeat(25 * 134 + 1) },
  ].map((content) => ({ destinations: [{ to: "385981234567" }], content }));
  const answer = await client.send({ messages: [...tooLong, ...messages] });
  assert.deepEqual(statusesOf(answer), [...tooLong.map(() => "REJECTED_MESSAGE_TOO_LONG"), "PENDING_ACCEPTED"]);
});

test("hex that is none is refused for that message alone", async () => {
  const bad = ["xyz", "0", "0f0", "0 f", "00-11"].map((hex) => ({
    destinations: [{ to: "385981234567" }],
    content: { hex },
  }));
  const { messages } = oneSms() as { messages: object[] };
  const answer = await client.send({ messages: [...bad, ...messages] });
  assert.deepEqual(statusesOf(answer), [...bad.map(() => "REJECTED_INVALID_UDH"), "PENDING_ACCEPTED"]);
});

test("without a carrier every message is REJECTED_ROUTE_NOT_AVAILABLE, and a bad destination says that", async (t) => {
  const lone = await startTestServer(t, { settings: { "sandbox.enabled": false } });
  const answer = await lone.client.send({
    messages: [{ destinations: [{ to: "385981234567" }, { to: "" }], content: { text: "Hi" } }],
  });
  assert.deepEqual(
    answer.messages.map(({ status }) => status?.id),
    [19, 51],
  );
  assert.equal((await lone.client.reports()).length, 2);
});

test("the bulkId is the client's, or one that is made for all messages of the request", async () => {
  const named = await client.send({ ...oneSms(), options: { schedule: { bulkId: "my-bulk" } } });
  assert.equal(named.bulkId, "my-bulk");
  const many = {
    messages: [{ destinations: [{ to: "385981234567" }, { to: "385981234568" }], content: { text: "x" } }],
  };
  const made = [await client.send(many), await client.send(many)];
  assert.notEqual(made[0]?.bulkId, made[1]?.bulkId);
  for (const { bulkId = "" } of made) {
    assert.match(bulkId, /^\d{13,}$/);
    assert.equal((await client.logs(`bulkId=${bulkId}`)).results?.length, 2);
  }
});

test("an empty messageId or bulkId is as good as none", async () => {
  const answer = await client.send({ ...oneSms({}, { messageId: "" }), options: { schedule: { bulkId: "" } } });
  assert.match(answer.bulkId ?? "", /^\d{13,}$/);
  assert.match(answer.messages[0]?.messageId ?? "", /^\d{13,}$/);
});

test("properties that are null count as absent", async () => {
  const answer = await client.sms({
    messages: [
      {
        sender: null,
        destinations: [{ to: "385981234567", messageId: null, networkId: null }],
        content: { text: "Hi", language: null, transliteration: null },
        options: { platform: null, validityPeriod: { amount: 5, timeUnit: null }, flash: null },
        webhooks: null,
      },
    ],
    options: null,
  });
  assert.equal(answer.status, 200, answer.text);
});

test("properties that nobody knows are ignored, wherever they are and whatever hangs on them", async () => {
  // Too deep for JSON.stringify, which the server would have to use to store it.
  const [deep, nest] = ["to be replaced", `${"[".repeat(20_000)}${"]".repeat(20_000)}`];
  const body = {
    ...oneSms(
      {
        content: { text: "Hi", deep, language: { languageCode: "TR", deep } },
        options: { deep, flash: true, regional: { deep, indiaDlt: { principalEntityId: "1", deep } } },
        webhooks: { deep, delivery: { deep } },
        deep,
      },
      { deep, messageId: "with-extras" },
    ),
    options: { deep, schedule: { deep }, tracking: { deep, shortenUrl: true } },
    deep,
  };
  const raw = JSON.stringify(body).replaceAll(`"${deep}"`, nest);
  const [answer, neighbour] = await Promise.all([
    client.call("POST", "/sms/3/messages", { raw }),
    client.sms(oneSms()),
  ]);
  assert.deepEqual([answer.status, neighbour.status], [200, 200], answer.text);
  assert.deepEqual((await client.logs("messageId=with-extras")).results?.[0]?.content, {
    text: "Hi",
    language: { languageCode: "TR" },
  });
  assert.deepEqual(JSON.parse((await server.message("with-extras"))?.options ?? ""), {
    content: { language: { languageCode: "TR" } },
    flash: true,
    regional: { indiaDlt: { principalEntityId: "1" } },
    tracking: { shortenUrl: true },
  });
});

const ODD_TEXTS: Readonly<Record<string, string>> = {
  "a NUL": "before\u0000after",
  "line breaks": "one\r\ntwo\n",
  "a right-to-left mark": "\u202eabc",
  "every character of one octet": Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join(""),
  "nothing but spaces": "   ",
  "a whole surrogate pair": "😀",
};

for (const [name, text] of Object.entries(ODD_TEXTS)) {
  test(`${name} in a text comes back as it went in`, async () => {
    const { messages } = await client.send(oneSms({ content: { text } }));
    const { results } = await client.logs(`messageId=${messages[0]?.messageId}`);
    assert.deepEqual(results?.[0]?.content, { text });
  });
}

test("half a surrogate pair becomes the replacement character, in the text and in the id that is answered", async () => {
  const { messages } = await client.send(oneSms({ content: { text: "a\ud800b" } }, { messageId: "half\udc00" }));
  assert.equal(messages[0]?.messageId, "half\ufffd");
  const { results } = await client.logs(`messageId=${encodeURIComponent("half\ufffd")}`);
  assert.deepEqual(
    results?.map(({ messageId, content }) => ({ messageId, content })),
    [{ messageId: "half\ufffd", content: { text: "a\ufffdb" } }],
  );
});

test("notify:false gives no report at all, pulled or pushed", async () => {
  const webhooks = { delivery: { notify: false, url: "http://127.0.0.1:1/reports" } };
  await client.send(oneSms({ webhooks }, { messageId: "quiet-1" }));
  await client.send(oneSms({ webhooks: { delivery: { notify: false } } }, { messageId: "quiet-2" }));
  await client.send(oneSms({ webhooks }, { messageId: "quiet-3", to: "" }));
  await server.untilState("quiet-1", ["delivered"]);
  await server.untilState("quiet-2", ["delivered"]);
  for (const messageId of ["quiet-1", "quiet-2", "quiet-3"]) {
    assert.deepEqual(await client.reports(`messageId=${messageId}`), []);
    assert.ok(!server.webhooks().some((webhook) => webhook.messageId === messageId));
    assert.equal((await client.logs(`messageId=${messageId}`)).results?.length, 1);
  }
});

test("a WhatsApp text is answered flat, with PENDING_ENROUTE", async () => {
  const answer = await client.whatsApp({ from: "441134960000", to: "+385981234567", content: { text: "Hi" } });
  assert.equal(answer.status, 200, answer.text);
  const { messageId, status, ...rest } = answer.body;
  assert.deepEqual(rest, { to: "385981234567", messageCount: 1 });
  assert.deepEqual([status.id, status.name, status.groupName], [7, "PENDING_ENROUTE", "PENDING"]);
  assert.equal((await server.message(messageId))?.channel, "WHATSAPP");
});

test("a bad WhatsApp destination is a status inside the 200", async () => {
  const answer = await client.whatsApp({ from: "441134960000", to: "nobody", content: { text: "Hi" } });
  assert.deepEqual([answer.status, answer.body.status.id], [200, 52]);
});

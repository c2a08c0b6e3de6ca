import assert from "node:assert/strict";
import { test } from "node:test";
import { oneSms, statusesOf } from "./harness/api-client.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile());
const { client } = server;

/** Sends one message with this content, waits for its end, and gives what each place says of it. */
async function sent(content: object) {
  const { messages } = await client.send(oneSms({ content }));
  const messageId = messages[0]?.messageId ?? "";
  const { text, encoding, partCount, options } = await server.untilState(messageId, ["delivered"]);
  const { results = [] } = await client.logs(`messageId=${messageId}`);
  const [report] = await client.reports(`messageId=${messageId}`);
  return {
    counts: [messages[0]?.details?.messageCount, partCount, results[0]?.messageCount, report?.messageCount],
    text,
    encoding,
    options: options === null ? null : (JSON.parse(options) as unknown),
    log: results[0]?.content,
  };
}

test("a transliterated text is stored, counted and logged as it is sent, and the original is kept", async () => {
  const text = "άλφα ".repeat(31);
  const written = "AΛΦA ".repeat(31);
  const content = { transliteration: "GREEK" };
  assert.deepEqual(await sent({ text, ...content }), {
    counts: [1, 1, 1, 1],
    text: written,
    encoding: "GSM7",
    options: { content, originalText: text },
    log: { text: written, ...content },
  });
});

test("a text that its transliteration does not change is not kept twice", async () => {
  const content = { transliteration: "CYRILLIC" };
  for (const text of ["plain", "你好"]) {
    const { options, log } = await sent({ text, ...content });
    assert.deepEqual([options, log], [{ content }, { text, ...content }]);
  }
});

test("national tables go to the options; the encoding stays GSM7 and the text as it is", async () => {
  const text = "ğışçİ".padEnd(98, "a");
  const content = { language: { languageCode: "TR" } };
  assert.deepEqual(await sent({ text, ...content }), {
    counts: [1, 1, 1, 1],
    text,
    encoding: "GSM7",
    options: { content, nationalTables: { lockingShift: 1 } },
    log: { text, ...content },
  });
});

test("the flags of a language say which tables may be used", async () => {
  const tables = async (language: object) => {
    const { options } = await sent({ text: "ığ", language });
    return (options as { nationalTables?: object }).nationalTables;
  };
  assert.deepEqual(await tables({ languageCode: "TR", singleShift: true }), { singleShift: 1 });
  assert.deepEqual(await tables({ languageCode: "TR", lockingShift: true }), { lockingShift: 1 });
  assert.equal(await tables({ languageCode: "NONE", lockingShift: true }), undefined);
  assert.equal(await tables({ languageCode: "ES" }), undefined);
});

test("without language and transliteration the same text is UCS2, of as many parts as that takes", async () => {
  const { counts, encoding, options } = await sent({ text: "ğışçİ".padEnd(98, "a") });
  assert.deepEqual([counts, encoding, options], [[2, 2, 2, 2], "UCS2", null]);
});

test("whether a text is too long is judged by what is sent", async () => {
  const tooLong = { text: "я".repeat(25 * 153 + 1), transliteration: "CYRILLIC" };
  const content = [
    { text: "я".repeat(1800) },
    { text: "я".repeat(1800), transliteration: "CYRILLIC" },
    tooLong,
    { text: "ъ".repeat(30_000) + "да", transliteration: "CYRILLIC" },
  ];
  const messages = content.map((item) => ({ destinations: [{ to: "385981234567" }], content: item }));
  assert.deepEqual(statusesOf(await client.send({ messages })), [
    "REJECTED_MESSAGE_TOO_LONG",
    "PENDING_ACCEPTED",
    "REJECTED_MESSAGE_TOO_LONG",
    "PENDING_ACCEPTED",
  ]);
});

test("a carrier gets the text that is to be sent, and the tables with it", async (t) => {
  const carrier = new FakeCarrier();
  const lone = await startTestServer(t, { carriers: [carrier] });
  await lone.client.send(oneSms({ content: { text: "Щи", transliteration: "CYRILLIC" } }, { messageId: "text-1" }));
  await lone.client.send(
    oneSms({ content: { text: "ığ", language: { languageCode: "TR" } } }, { messageId: "text-2" }),
  );
  await lone.untilState("text-1", ["submitted"]);
  await lone.untilState("text-2", ["submitted"]);
  const handed = carrier.handed.toSorted((a, b) => a.messageId.localeCompare(b.messageId));
  assert.deepEqual(
    handed.map(({ text, encoding, options }) => [
      text,
      encoding,
      (JSON.parse(options ?? "{}") as { nationalTables?: object }).nationalTables,
    ]),
    [
      ["Shchi", "GSM7", undefined],
      ["ığ", "GSM7", { lockingShift: 1 }],
    ],
  );
});

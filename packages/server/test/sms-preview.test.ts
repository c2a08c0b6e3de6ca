import assert from "node:assert/strict";
import { test } from "node:test";
import type { PreviewResponse } from "@posthorn/contract";
import { violationsOf } from "./harness/api-client.ts";
import { type Json, lookUp, SKIP } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile());
const { client } = server;

const call = (json: unknown) => client.call("POST", "/sms/1/preview", { json });

async function preview(json: unknown): Promise<PreviewResponse> {
  const { status, text, body } = await call(json);
  assert.equal(status, 200, text);
  return body as PreviewResponse;
}

const TURKISH = "ğışçİ".padEnd(98, "a");
const GREEK = "άλφα ".repeat(31);

test("a text that asks for nothing has one preview, of the text as it is", async () => {
  const text = "a".repeat(60);
  assert.deepEqual(await preview({ text }), {
    originalText: text,
    previews: [{ textPreview: text, messageCount: 1, charactersRemaining: 100, configuration: {} }],
  });
});

test("a language is previewed beside the text without it, which says what forced UCS-2", async () => {
  assert.deepEqual((await preview({ text: TURKISH, languageCode: "TR" })).previews, [
    {
      textPreview: TURKISH,
      messageCount: 2,
      charactersRemaining: 36,
      configuration: {},
      forcedBy: { character: "ğ", index: 0 },
    },
    {
      textPreview: TURKISH,
      messageCount: 1,
      charactersRemaining: 57,
      configuration: { language: { languageCode: "TR" } },
    },
  ]);
});

test("a transliteration is previewed as it will be sent", async () => {
  const { originalText, previews } = await preview({ text: GREEK, transliteration: "GREEK" });
  assert.equal(originalText, GREEK);
  assert.deepEqual(
    previews?.map(({ messageCount, charactersRemaining, configuration }) => [
      messageCount,
      charactersRemaining,
      configuration,
    ]),
    [
      [3, 46, {}],
      [1, 5, { transliteration: "GREEK" }],
    ],
  );
  assert.equal(previews?.[1]?.textPreview, "AΛΦA ".repeat(31));
});

test("a language and a transliteration have a preview each, and NONE has none", async () => {
  const both = await preview({ text: "ığ я", languageCode: "AUTODETECT", transliteration: "ALL" });
  assert.deepEqual(
    both.previews?.map(({ configuration, forcedBy }) => [configuration, forcedBy?.character]),
    [
      [{}, "ı"],
      [{ language: { languageCode: "AUTODETECT" } }, "я"],
      [{ transliteration: "ALL" }, undefined],
    ],
  );
  assert.equal((await preview({ text: "ığ", transliteration: "NONE" })).previews?.length, 1);
});

test("previews are Infobip's, to the letter, for the requests of its examples", { skip: SKIP }, async () => {
  const names = ["paths", "/sms/1/preview", "post"];
  const examplesIn = (...at: string[]) => {
    const { examples } = lookUp("sms", [...names, ...at, "content", "application/json"])?.value ?? {};
    return Object.values(examples as Json).map((example) => (example as Json)["value"]);
  };
  const requests = examplesIn("requestBody");
  const answers = examplesIn("responses", "200") as PreviewResponse[];
  assert.equal(requests.length, 3);
  assert.equal(answers.length, 3);
  for (const [index, request] of requests.entries()) {
    const { previews } = await preview(request);
    const shown = previews?.map(({ forcedBy, ...rest }) => rest);
    assert.deepEqual(shown, answers[index]?.previews);
  }
});

test("what the contract's patterns do not name is refused in the older envelope", async () => {
  for (const [body, property] of [
    [{}, "text"],
    [{ text: "" }, "text"],
    [{ text: "Hi", languageCode: "NONE" }, "languageCode"],
    [{ text: "Hi", languageCode: "DE" }, "languageCode"],
    [{ text: "Hi", transliteration: "KLINGON" }, "transliteration"],
  ] as const) {
    const answer = await call(body);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.requestError.serviceException.messageId, "BAD_REQUEST");
    assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
  }
});

test("only a key with sms:manage may preview, and a preview stores nothing", async () => {
  const sender = await server.addKey({ scopes: ["sms:message:send"] });
  const manager = await server.addKey({ scopes: ["sms:manage"] });
  const json = { text: "Hi" };
  assert.equal((await sender.client.call("POST", "/sms/1/preview", { json })).status, 403);
  assert.equal((await manager.client.call("POST", "/sms/1/preview", { json })).status, 200);
  assert.equal((await server.ledger()).accepted, 0);
});

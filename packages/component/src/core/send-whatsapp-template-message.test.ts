import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DUPLICATE,
  fakeRuntime,
  fetchFailed,
  listedTemplate,
  TEMPLATE_INPUT,
  TEMPLATE_SENT,
  templatesAnswer,
} from "../../test/fake-runtime.ts";
import { fc } from "../../test/seed.ts";
import { isComponentError } from "./error.ts";
import { perform } from "./perform.ts";

const NAME = "sendWhatsappTemplateMessage";
const IN_ENGLISH = { ...TEMPLATE_INPUT, language: "en" };
const bodyOf = (count: number) => ({
  body: { text: Array.from({ length: count }, (_, index) => `{{${index + 1}}}`).join(" and ") },
});

interface Sent {
  readonly content: {
    readonly language: string;
    readonly templateData: {
      readonly body: { readonly placeholders: unknown };
      readonly header?: unknown;
      readonly buttons?: unknown;
    };
  };
}

/** The one message that a call sent, after `askedCount` questions. */
async function sentMessage(input: object, ...templates: readonly object[]): Promise<Sent> {
  const replies = templates.length === 0 ? [] : [templatesAnswer(...templates)];
  const runtime = fakeRuntime([...replies, TEMPLATE_SENT]);
  await perform(NAME, input, runtime, { messageIds: ["a"] });
  assert.equal(runtime.requests.length, replies.length + 1, "asked more, or less, than was expected");
  const request = runtime.requests.at(-1);
  assert.ok(request !== undefined);
  assert.deepEqual([request.method, request.path], ["POST", "/whatsapp/1/message/template"]);
  const [message] = (request.body as { messages: readonly Sent[] }).messages;
  assert.ok(message !== undefined);
  return message;
}

/** The places at which a call is refused before anything is sent. */
async function refusedAt(input: object, ...templates: readonly object[]): Promise<readonly string[]> {
  const runtime = fakeRuntime(templates.length === 0 ? [TEMPLATE_SENT] : [templatesAnswer(...templates)]);
  let places: readonly string[] = [];
  await assert.rejects(perform(NAME, input, runtime), (error) => {
    assert.ok(isComponentError(error));
    assert.deepEqual([error.code, error.outcome, error.isRetryable], ["INVALID_INPUT", "not-sent", false]);
    places = error.violations.map(({ property, violation }) => `${property} ${violation}`);
    return true;
  });
  assert.ok(runtime.requests.every(({ method }) => method === "GET"));
  return places;
}

test("sends exactly the reference component's request, and asks nothing when nothing was left out", async () => {
  const message = await sentMessage({ ...IN_ENGLISH, placeholders: { _1: "Anna", _2: "17" } });
  assert.deepEqual(message, {
    from: "385000000009",
    to: "385000000001",
    messageId: "a",
    content: {
      templateName: "order_shipped",
      templateData: { body: { placeholders: ["Anna", "17"] } },
      language: "en",
    },
  });
});

test("a template without placeholders is sent with an empty list, not without one", async () => {
  const message = await sentMessage(IN_ENGLISH);
  assert.deepEqual(message.content.templateData, { body: { placeholders: [] } });
});

test("placeholders go in the order of their numbers, however many there are and however they were written", async () => {
  const ten = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`_${12 - index}`, `v${12 - index}`]));
  const message = await sentMessage({ ...IN_ENGLISH, placeholders: ten });
  const expected = ["v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12"];
  assert.deepEqual(message.content.templateData.body.placeholders, expected);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100 }).chain((count) =>
        fc.shuffledSubarray(
          Array.from({ length: count }, (_, index) => index + 1),
          { minLength: count, maxLength: count },
        ),
      ),
      fc.boolean(),
      async (numbers, hasUnderscore) => {
        const names = numbers.map((number): [string, string] => [`${hasUnderscore ? "_" : ""}${number}`, `v${number}`]);
        const sent = await sentMessage({ ...IN_ENGLISH, placeholders: Object.fromEntries(names) });
        const inOrder = numbers.toSorted((left, right) => left - right).map((number) => `v${number}`);
        assert.deepEqual(sent.content.templateData.body.placeholders, inOrder);
      },
    ),
    { numRuns: 50 },
  );
});

test("a gap in the placeholders is refused: every later value would move into a wrong place", async () => {
  assert.deepEqual(await refusedAt({ ...IN_ENGLISH, placeholders: { _1: "a", _3: "c" } }), [
    "placeholders._2 is required",
  ]);
  assert.deepEqual(await refusedAt({ ...IN_ENGLISH, placeholders: { _1: "a", 1: "b" } }), [
    "placeholders has {{1}} as _1 and 1",
  ]);
  assert.deepEqual(await refusedAt({ ...IN_ENGLISH, placeholders: { _1: "a", secret: "b" } }), [
    "placeholders has 1 name(s) that do not fit ^_?[1-9][0-9]{0,2}$",
  ]);
  assert.deepEqual(await refusedAt({ ...IN_ENGLISH, placeholders: { _1: " " } }), [
    "placeholders._1 must not be blank",
  ]);
});

test("the language is the template's own, found among others and among those that cannot be sent", async () => {
  const message = await sentMessage(
    { ...TEMPLATE_INPUT, placeholders: { _1: "a" } },
    listedTemplate({ name: "other", language: "de" }),
    listedTemplate({ language: "fr", status: "REJECTED" }),
    listedTemplate({ language: "hr", structure: bodyOf(1) }),
    listedTemplate({ language: "it", status: "PENDING" }),
  );
  assert.equal(message.content.language, "hr");
});

test("a template with several languages asks for one instead of taking the first", async () => {
  const several = [listedTemplate({ language: "en" }), listedTemplate({ language: "hr" })];
  assert.deepEqual(await refusedAt(TEMPLATE_INPUT, ...several), ["language is required: the template has en, hr"]);
  assert.equal((await sentMessage({ ...TEMPLATE_INPUT, language: "hr" })).content.language, "hr");
});

test("a template that is not there, or cannot be sent, is refused instead of sent without a language", async () => {
  const notSendable = ["PENDING", "REJECTED", "IN_APPEAL", "DISABLED", "FIRST_PAUSED", "SECOND_PAUSED", "DELETED"];
  const listed = notSendable.map((status) => listedTemplate({ status }));
  assert.deepEqual(await refusedAt(TEMPLATE_INPUT, ...listed), [
    "templateName names no template of this sender that can be sent",
  ]);
  const typed = { ...TEMPLATE_INPUT, language: "de", header: { mediaUrl: "https://x.example/a.png" } };
  assert.deepEqual(await refusedAt(typed, listedTemplate()), [
    "language names no template of this name that can be sent",
  ]);
});

test("values that Infobip adds later hurt nobody", async () => {
  const message = await sentMessage(
    TEMPLATE_INPUT,
    { name: 5 },
    listedTemplate({ name: "later", status: "SOON", category: "NEWS", structure: { header: { format: "HOLOGRAM" } } }),
    listedTemplate({ category: "NEWER", structure: { buttons: [{ type: "TELEPORT" }, null] } }),
  );
  assert.equal(message.content.language, "en");
});

test("what does not fit the looked-up template is refused before it is sent", async () => {
  assert.deepEqual(
    await refusedAt({ ...TEMPLATE_INPUT, placeholders: { _1: "a" } }, listedTemplate({ structure: bodyOf(3) })),
    ["placeholders._2 is required", "placeholders._3 is required"],
  );
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, placeholders: { _1: "a" } }, listedTemplate()), [
    "placeholders._1 is not in the template",
  ]);
  const withImage = listedTemplate({ structure: { header: { format: "IMAGE" } } });
  assert.deepEqual(await refusedAt(TEMPLATE_INPUT, withImage), [
    "header is required: the template has one of type IMAGE",
  ]);
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, header: { placeholder: "x" } }, withImage), [
    "header.mediaUrl is required by a header of type IMAGE",
    "header.placeholder does not belong to a header of type IMAGE",
  ]);
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, header: { placeholder: "x" } }, listedTemplate()), [
    "header is not in the template, or has nothing to fill in",
  ]);
});

test("each type of header is sent with its own members, its type looked up or written", async () => {
  const mediaUrl = "https://x.example/a";
  const headers = [
    { type: "TEXT", placeholder: "Anna" },
    { type: "IMAGE", mediaUrl },
    { type: "VIDEO", mediaUrl },
    { type: "DOCUMENT", mediaUrl, filename: "a.pdf" },
    { type: "LOCATION", latitude: 45.8, longitude: -15.9 },
  ];
  for (const { type, ...members } of headers) {
    const structure = { header: { format: type, ...(type === "TEXT" ? { text: "Dear {{1}}" } : {}) } };
    const lookedUp = await sentMessage({ ...TEMPLATE_INPUT, header: members }, listedTemplate({ structure }));
    assert.deepEqual(lookedUp.content.templateData.header, { type, ...members });
    const written = await sentMessage({ ...IN_ENGLISH, header: { type, ...members } });
    assert.deepEqual(written.content.templateData.header, { type, ...members });
    assert.notEqual((await refusedAt({ ...IN_ENGLISH, header: { type } })).length, 0, type);
  }
  assert.deepEqual(await refusedAt({ ...IN_ENGLISH, header: { type: "LOCATION", latitude: 91, longitude: "1" } }), [
    "header.latitude must be at most 90",
    "header.longitude must be a number, not a string",
  ]);
});

test("a text header without a placeholder needs nothing", async () => {
  const structure = { header: { format: "TEXT", text: "Your order" } };
  const message = await sentMessage(TEMPLATE_INPUT, listedTemplate({ structure }));
  assert.equal(message.content.templateData.header, undefined);
});

test("buttons are given in the template's order, without those that take no parameter", async () => {
  const buttons = [
    { type: "PHONE_NUMBER", text: "Call" },
    { type: "QUICK_REPLY", text: "Stop" },
    { type: "URL", text: "Home", url: "https://x.example" },
    { type: "URL", text: "Track", url: "https://x.example/{{1}}" },
    { type: "COPY_CODE", text: "Copy" },
  ];
  const listed = listedTemplate({ structure: { buttons } });
  const parameters = (...values: string[]) => values.map((parameter) => ({ parameter }));
  const all = await sentMessage({ ...TEMPLATE_INPUT, buttons: parameters("stop", "17", "SAVE5") }, listed);
  assert.deepEqual(all.content.templateData.buttons, [
    { type: "QUICK_REPLY", parameter: "stop" },
    { type: "URL", parameter: "17" },
    { type: "COPY_CODE", parameter: "SAVE5" },
  ]);
  const withoutPayload = await sentMessage({ ...TEMPLATE_INPUT, buttons: parameters("17", "SAVE5") }, listed);
  assert.deepEqual(withoutPayload.content.templateData.buttons, [
    { type: "URL", parameter: "17" },
    { type: "COPY_CODE", parameter: "SAVE5" },
  ]);
  const missing = ["buttons must be 3, in the template's order: QUICK_REPLY, URL, COPY_CODE"];
  assert.deepEqual(await refusedAt(TEMPLATE_INPUT, listed), missing);
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, buttons: parameters("17") }, listed), missing);
  const mixed = [{ type: "URL", parameter: "17" }, { type: "COPY_CODE", parameter: "SAVE5" }, { parameter: "stop" }];
  assert.deepEqual(await refusedAt({ ...TEMPLATE_INPUT, buttons: mixed }, listed), [
    "buttons[0].type must be QUICK_REPLY, as in the template",
    "buttons[1].type must be URL, as in the template",
  ]);
});

test("callback data, notify URL, SMS failover and bulk id go where the API takes them", async () => {
  const options = {
    callbackData: "order-17",
    notifyUrl: "https://x.example/dlr",
    smsFailover: { from: "Shop", text: "Order 17 has shipped" },
  };
  const runtime = fakeRuntime([TEMPLATE_SENT]);
  await perform(NAME, { ...IN_ENGLISH, ...options, bulkId: "b-1" }, runtime, { messageIds: ["a"] });
  const body = runtime.requests[0]?.body as { messages: [Record<string, unknown>]; bulkId: string };
  assert.equal(body.bulkId, "b-1");
  const { callbackData, notifyUrl, smsFailover } = body.messages[0];
  assert.deepEqual({ callbackData, notifyUrl, smsFailover }, options);
});

test("the same key makes the same messageId, and a duplicate of a repeat is what was sent before", async () => {
  const duplicate = { json: { messages: [{ messageId: "a", status: DUPLICATE }], bulkId: "b" } };
  const runtime = fakeRuntime([duplicate]);
  const first = await perform(NAME, IN_ENGLISH, runtime, { idempotencyKey: "k" });
  const second = await perform(NAME, IN_ENGLISH, runtime, { idempotencyKey: "k" });
  assert.deepEqual(runtime.requests[0], runtime.requests[1]);
  assert.deepEqual([first.messages[0]?.status?.id, second.messages[0]?.status?.id, first.bulkId], [7, 7, "b"]);
  const unnamed = await perform(NAME, IN_ENGLISH, fakeRuntime([duplicate]));
  assert.equal(unnamed.messages[0]?.status?.id, 23);
});

test("a question that fails says that nothing was sent, whatever became of the question", async () => {
  for (const reply of [{ status: 503 }, { error: fetchFailed("ECONNRESET") }, { status: 403 }]) {
    const runtime = fakeRuntime([reply]);
    await assert.rejects(perform(NAME, TEMPLATE_INPUT, runtime), (error) => {
      assert.ok(isComponentError(error));
      assert.equal(error.outcome, "not-sent");
      return true;
    });
    assert.ok(runtime.requests.every(({ method }) => method === "GET"));
  }
});

test("question and send share one deadline", async () => {
  const limits = { attemptTimeoutMs: 30_000, deadlineMs: 40_000, attemptsMax: 6 };
  const runtime = fakeRuntime([{ ...templatesAnswer(listedTemplate()), tookMs: 25_000 }, TEMPLATE_SENT]);
  await perform(NAME, TEMPLATE_INPUT, runtime, {}, limits);
  assert.deepEqual(
    runtime.options.map(({ timeoutMs }) => timeoutMs),
    [30_000, 15_000],
  );
});

test("what the caller changes while the server is asked is not sent", async () => {
  const input = { ...TEMPLATE_INPUT, placeholders: { _1: "Anna" } };
  const runtime = fakeRuntime([], {
    async http(request) {
      runtime.requests.push(request);
      input.placeholders._1 = "Eve";
      const reply =
        request.method === "GET" ? templatesAnswer(listedTemplate({ structure: bodyOf(1) })) : TEMPLATE_SENT;
      return { status: 200, headers: {}, bodyText: JSON.stringify(reply.json) };
    },
  });
  await perform(NAME, input, runtime);
  assert.match(JSON.stringify(runtime.requests.at(-1)?.body), /Anna/);
});

test("the sender stands in the question's path as one segment", async () => {
  const runtime = fakeRuntime([templatesAnswer(listedTemplate()), TEMPLATE_SENT]);
  await perform(NAME, { ...TEMPLATE_INPUT, from: "../1?a=\ud800" }, runtime);
  assert.equal(runtime.requests[0]?.path, "/whatsapp/2/senders/..%2F1%3Fa%3D%EF%BF%BD/templates");
});

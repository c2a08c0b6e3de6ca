import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DUPLICATE,
  fakeRuntime,
  fetchFailed,
  PENDING,
  SMS_INPUT,
  smsAnswer,
  WHATSAPP_INPUT,
} from "../../test/fake-runtime.ts";
import { COMPONENT } from "./component.ts";
import { isComponentError } from "./error.ts";
import { type CallOptions, perform } from "./perform.ts";
import type { SendSmsOutput } from "./send-sms.ts";

const statusIds = ({ messages }: SendSmsOutput) => messages.map(({ status }) => status?.id);
const RESET = { error: fetchFailed("ECONNRESET") };

test("sends exactly the reference page's request, with a messageId for each destination", async () => {
  const runtime = fakeRuntime([smsAnswer(PENDING, PENDING)]);
  await perform("sendSMS", SMS_INPUT, runtime, { messageIds: ["a", "b"] });
  assert.deepEqual(runtime.requests, [
    {
      method: "POST",
      path: "/sms/3/messages",
      query: {},
      headers: { "content-type": "application/json", accept: "application/json" },
      body: {
        messages: [
          {
            sender: "Shop",
            destinations: [
              { to: "385000000001", messageId: "a" },
              { to: "385000000002", messageId: "b" },
            ],
            content: { text: "Hello" },
          },
        ],
      },
    },
  ]);
});

test("sends WhatsApp's flat request", async () => {
  const runtime = fakeRuntime([{ json: { messageId: "a", status: { id: 7 } } }]);
  await perform("sendWhatsappTextMessage", WHATSAPP_INPUT, runtime, { messageIds: ["a"] });
  assert.equal(runtime.requests[0]?.path, "/whatsapp/1/message/text");
  assert.deepEqual(runtime.requests[0]?.body, {
    from: "385000000009",
    to: "385000000001",
    messageId: "a",
    content: { text: "Hello" },
  });
});

test("refuses bad input and bad options before anything is sent", async () => {
  const runtime = fakeRuntime([smsAnswer(PENDING, PENDING)]);
  const refused: readonly [unknown, CallOptions, string][] = [
    [{ ...SMS_INPUT, to: ["1", ""] }, {}, "to[1]"],
    [SMS_INPUT, { idempotencyKey: "" }, "idempotencyKey"],
    [SMS_INPUT, { messageIds: ["a"] }, "messageIds"],
  ];
  for (const [input, options, property] of refused) {
    await assert.rejects(perform("sendSMS", input, runtime, options), (error) => {
      assert.ok(isComponentError(error));
      assert.deepEqual(
        [error.code, error.outcome, error.attempts, error.isRetryable],
        ["INVALID_INPUT", "not-sent", 0, false],
      );
      assert.equal(error.violations[0]?.property, property);
      return true;
    });
  }
  assert.equal(runtime.requests.length, 0);
});

test("repeats the same request, ids and all, even when the caller changes the input meanwhile", async () => {
  const to = ["385000000001"];
  const runtime = fakeRuntime([{ error: fetchFailed("ECONNRESET") }, smsAnswer(PENDING)], {
    async sleep() {
      to.push("385000000666");
    },
  });
  await perform("sendSMS", { ...SMS_INPUT, to }, runtime);
  assert.equal(runtime.requests.length, 2);
  assert.deepEqual(runtime.requests[1], runtime.requests[0]);
  assert.doesNotMatch(JSON.stringify(runtime.requests), /666/);
});

// The cases of perform's docstring, one by one.
test("on a retry, a duplicate is what the lost attempt sent: it becomes PENDING_ACCEPTED, the rest stays", async () => {
  const runtime = fakeRuntime([RESET, smsAnswer(DUPLICATE, PENDING)]);
  const output = await perform("sendSMS", SMS_INPUT, runtime);
  assert.deepEqual(statusIds(output), [26, 26]);
  const [first, second] = output.messages;
  assert.equal(first?.status?.groupId, 1);
  assert.equal(first?.status?.name, "PENDING_ACCEPTED");
  assert.deepEqual([first?.messageId, first?.destination], ["m0", "0"]);
  assert.deepEqual(second?.status, PENDING);
  assert.equal(output.bulkId, "b");
});

test("on a retry, other rejections stay rejections", async () => {
  const rejected = { groupId: 5, groupName: "REJECTED", id: 12, name: "REJECTED_NOT_ENOUGH_CREDITS" };
  const output = await perform("sendSMS", SMS_INPUT, fakeRuntime([{ status: 503 }, smsAnswer(rejected, DUPLICATE)]));
  assert.deepEqual(statusIds(output), [12, 26]);
});

test("on a first attempt with the caller's key, a duplicate is what an earlier call sent", async () => {
  const output = await perform("sendSMS", SMS_INPUT, fakeRuntime([smsAnswer(DUPLICATE, DUPLICATE)]), {
    idempotencyKey: "k",
  });
  assert.deepEqual(statusIds(output), [26, 26]);
});

test("the host's own key counts like the caller's, and the caller's comes first", async () => {
  const runtime = fakeRuntime([smsAnswer(DUPLICATE, PENDING)], { idempotencyKey: "host" });
  assert.deepEqual(statusIds(await perform("sendSMS", SMS_INPUT, runtime)), [26, 26]);
  await perform("sendSMS", SMS_INPUT, runtime, { idempotencyKey: "caller" });
  const plain = fakeRuntime([smsAnswer(PENDING)]);
  await perform("sendSMS", SMS_INPUT, plain, { idempotencyKey: "caller" });
  assert.notDeepEqual(runtime.requests[0], runtime.requests[1]);
  assert.deepEqual(runtime.requests[1], plain.requests[0]);
});

test("on a first attempt with the caller's messageIds, a duplicate is what an earlier call sent", async () => {
  const output = await perform("sendSMS", SMS_INPUT, fakeRuntime([smsAnswer(DUPLICATE, PENDING)]), {
    messageIds: ["a", "b"],
  });
  assert.deepEqual(statusIds(output), [26, 26]);
});

test("on a first attempt that nobody named, a duplicate stays as it came", async () => {
  const output = await perform("sendSMS", SMS_INPUT, fakeRuntime([smsAnswer(DUPLICATE, PENDING)]));
  assert.deepEqual(statusIds(output), [23, 26]);
});

test("WhatsApp's duplicate becomes PENDING_ENROUTE on a repeat, and stays without one", async () => {
  const body = { to: "1", messageCount: 1, messageId: "a", status: DUPLICATE };
  const repeated = await perform("sendWhatsappTextMessage", WHATSAPP_INPUT, fakeRuntime([RESET, { json: body }]));
  assert.deepEqual([repeated.status?.id, repeated.status?.name, repeated.status?.groupId], [7, "PENDING_ENROUTE", 1]);
  assert.deepEqual({ ...repeated, status: DUPLICATE }, body);
  const first = await perform("sendWhatsappTextMessage", WHATSAPP_INPUT, fakeRuntime([{ json: body }]));
  assert.deepEqual(first, body);
});

test("parseResponse survives entries that are no objects", () => {
  const response = { status: 200, headers: {}, bodyText: '{"messages":[null,5,{"status":null}]}' };
  const parsed = COMPONENT.actions.sendSMS.parseResponse(response, { isRepeat: true });
  assert.deepEqual(parsed, { ok: true, output: { messages: [null, 5, { status: null }] } });
});

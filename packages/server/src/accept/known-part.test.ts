import assert from "node:assert/strict";
import { test } from "node:test";
import { ImageMessage, InteractiveButtonsMessage, InteractiveFlowMessage, SmsMessageOptions } from "@posthorn/contract";
import { knownPart } from "./known-part.ts";

test("only named properties are kept, at any depth, with their values as they are", () => {
  const given = {
    flash: true,
    extra: 1,
    platform: { applicationId: "a", extra: [] },
    deliveryTimeWindow: { days: ["MONDAY"], from: { hour: 1, minute: 0, second: 5 } },
  };
  assert.deepEqual(knownPart(SmsMessageOptions, given as never), {
    flash: true,
    platform: { applicationId: "a" },
    deliveryTimeWindow: { days: ["MONDAY"], from: { hour: 1, minute: 0 } },
  });
});

test("nothing is made of what is absent, or only inherited", () => {
  assert.deepEqual(knownPart(SmsMessageOptions, undefined), {});
  assert.deepEqual(knownPart(SmsMessageOptions, Object.create({ flash: true }) as never), {});
  assert.deepEqual(Object.keys(knownPart(SmsMessageOptions, { flash: false })), ["flash"]);
});

test("lists and shapes that a type chooses are gone through, and what is the client's own is left whole", () => {
  const content = {
    body: { text: "a", extra: 1 },
    action: {
      flowToken: "t",
      flowId: "f",
      callToActionButton: "Go",
      flowActionPayload: { screen: "s", data: { own: { deep: [1] } }, extra: 1 },
    },
    header: { type: "TEXT" as const, text: "h", mediaUrl: "not of a text" },
  };
  const given = { from: "1", to: "2", content };
  const known = knownPart(InteractiveFlowMessage, given);
  assert.deepEqual(known.content, {
    body: { text: "a" },
    action: { ...content.action, flowActionPayload: { screen: "s", data: { own: { deep: [1] } } } },
    header: { type: "TEXT", text: "h" },
  });
  const buttons = [{ type: "REPLY", id: "1", title: "a", extra: 1 }];
  const message = { from: "1", to: "2", content: { body: { text: "a" }, action: { buttons } } };
  assert.deepEqual(knownPart(InteractiveButtonsMessage, message as never).content.action.buttons, [
    { type: "REPLY", id: "1", title: "a" },
  ]);
});

test("what is kept can be changed, and the request stays as it came", () => {
  const request = { from: "1", to: "2", content: { mediaUrl: "https://a.example", caption: "a" } };
  const known = knownPart(ImageMessage, request);
  known.content.caption = "b";
  assert.equal(request.content.caption, "a");
});

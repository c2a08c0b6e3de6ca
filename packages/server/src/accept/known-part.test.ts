import assert from "node:assert/strict";
import { test } from "node:test";
import { SmsMessageOptions } from "@posthorn/contract";
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

import assert from "node:assert/strict";
import { test } from "node:test";
import { SMS_INPUT, WHATSAPP_INPUT } from "../../test/fake-runtime.ts";
import { COMPONENT } from "./component.ts";
import { checkProperties, DEFERRED, DEFERRED_TEXT } from "./input.ts";
import { DESTINATION_COUNT_MAX } from "./limits.ts";

const checkSms = (input: unknown): readonly string[] =>
  checkProperties(COMPONENT.actions.sendSMS.properties, input).map(
    ({ property, violation }) => `${property} ${violation}`,
  );
const checkWhatsapp = (input: unknown): readonly string[] =>
  checkProperties(COMPONENT.actions.sendWhatsappTextMessage.properties, input).map(
    ({ property, violation }) => `${property} ${violation}`,
  );

test("takes the reference page's properties", () => {
  assert.deepEqual(checkSms(SMS_INPUT), []);
  assert.deepEqual(checkWhatsapp(WHATSAPP_INPUT), []);
});

test("names every property that is missing, blank or of a wrong type, with its place in an array", () => {
  assert.deepEqual(checkSms({}), ["sender is required", "to is required", "text is required"]);
  assert.deepEqual(checkSms({ sender: " ", to: ["1", 2, "", null], text: 5 }), [
    "sender must not be blank",
    "to[1] must be a string, not a number",
    "to[2] must not be blank",
    "to[3] must be a string, not null",
    "text must be a string, not a number",
  ]);
  assert.deepEqual(checkSms({ ...SMS_INPUT, to: [] }), ["to must not be empty"]);
  assert.deepEqual(checkSms({ ...SMS_INPUT, to: "385000000001" }), ["to must be an array, not a string"]);
  assert.deepEqual(checkWhatsapp({ ...WHATSAPP_INPUT, to: ["385000000001"] }), ["to must be a string, not an array"]);
  // oxlint-disable-next-line no-sparse-arrays -- the hole is the point
  assert.deepEqual(checkSms({ ...SMS_INPUT, to: ["1", , "3"] }), ["to[1] must be a string, not missing"]);
});

test("refuses what is no object, and properties that the action does not have", () => {
  assert.deepEqual(checkSms(null), ["input must be an object, not null"]);
  assert.deepEqual(checkSms([SMS_INPUT]), ["input must be an object, not an array"]);
  assert.deepEqual(checkSms({ ...SMS_INPUT, messageId: "x" }), ["messageId is not a property of this action"]);
  assert.deepEqual(checkSms(Object.create(SMS_INPUT)), ["sender is required", "to is required", "text is required"]);
});

test("holds the reference definition's limits of WhatsApp, counted in characters", () => {
  assert.deepEqual(checkWhatsapp({ from: "1".repeat(24), to: "2".repeat(24), text: "x".repeat(4096) }), []);
  assert.deepEqual(checkWhatsapp({ ...WHATSAPP_INPUT, text: "\u{1F600}".repeat(4096) }), []);
  assert.deepEqual(checkWhatsapp({ from: "1".repeat(25), to: "2".repeat(25), text: "x".repeat(4097) }), [
    "from must be at most 24 characters",
    "to must be at most 24 characters",
    "text must be at most 4096 characters",
  ]);
});

test("limits the destinations of one call", () => {
  assert.deepEqual(checkSms({ ...SMS_INPUT, to: Array.from({ length: DESTINATION_COUNT_MAX }, () => "1") }), []);
  const tooMany = Array.from({ length: DESTINATION_COUNT_MAX + 1 }, () => "1");
  assert.deepEqual(checkSms({ ...SMS_INPUT, to: tooMany }), [`to must have at most ${DESTINATION_COUNT_MAX} items`]);
});

test("lets what a data pill will fill in pass, as far as its type can be known", () => {
  assert.deepEqual(checkSms({ sender: DEFERRED, to: DEFERRED, text: DEFERRED_TEXT }), []);
  assert.deepEqual(checkSms({ ...SMS_INPUT, to: [DEFERRED_TEXT, DEFERRED] }), []);
  assert.deepEqual(checkSms({ ...SMS_INPUT, to: DEFERRED_TEXT }), ["to must be an array, not a string"]);
  assert.deepEqual(checkSms(DEFERRED), []);
});

test("never repeats a value in a violation", () => {
  const violations = [
    ...checkSms({ sender: 1, to: ["secret-number", {}], text: "" }),
    ...checkWhatsapp({ from: "s".repeat(30), to: 1, text: "" }),
  ];
  assert.equal(violations.length, 6);
  assert.doesNotMatch(violations.join(), /secret-number|sss/);
});

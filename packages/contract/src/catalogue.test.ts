import assert from "node:assert/strict";
import { test } from "node:test";
import { Compile } from "typebox/compile";
import { ERROR, ERRORS, messageError } from "./error-catalogue.ts";
import { MessageError, MessageStatus } from "./sms/status.ts";
import { messageStatus, STATUS, STATUSES } from "./status-catalogue.ts";
import { WhatsAppError } from "./whatsapp/reports.ts";

const CHAT_ERROR_ID_MIN = 7000;
const CHAT_ERROR_ID_MAX = 7999;

test("each status and error is found by group and id, and fits the wire", () => {
  assert.equal(STATUSES.length, 34);
  assert.equal(ERRORS.length, 246);
  for (const entry of STATUSES) {
    assert.equal(messageStatus(entry.id, entry.groupId), entry);
    assert.ok(Compile(MessageStatus).Check(entry));
  }
  for (const entry of ERRORS) {
    assert.equal(messageError(entry.id, entry.groupId), entry);
    const isChat = entry.id >= CHAT_ERROR_ID_MIN && entry.id <= CHAT_ERROR_ID_MAX;
    assert.equal(Compile(MessageError).Check(entry), !isChat, entry.name);
    assert.ok(Compile(WhatsAppError).Check(entry));
  }
});

test("group and id are unique together; only 87 and 4102 are in two groups", () => {
  for (const [entries, twice] of [
    [STATUSES, [87]],
    [ERRORS, [4102]],
  ] as const) {
    const ids = entries.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      twice,
    );
    assert.equal(new Set(entries.map(({ groupId, id }) => `${groupId} ${id}`)).size, entries.length);
  }
  assert.equal(messageStatus(87).groupId, 4);
  assert.equal(messageStatus(87, 5).groupName, "REJECTED");
  assert.equal(messageError(4102).groupId, 2);
  assert.equal(messageError(4102, 3).groupName, "OPERATOR_ERRORS");
});

test("a name gives its id, and that id that name", () => {
  for (const [name, id] of Object.entries(STATUS)) assert.equal(messageStatus(id).name, name);
  for (const [name, id] of Object.entries(ERROR)) assert.equal(messageError(id).name, name);
  assert.equal(Object.keys(STATUS).length, 33);
  assert.equal(Object.keys(ERROR).length, 245);
});

test("the texts that clients see in every answer are the protocol's own", () => {
  assert.deepEqual(messageStatus(STATUS.PENDING_ACCEPTED), {
    groupId: 1,
    groupName: "PENDING",
    id: 26,
    name: "PENDING_ACCEPTED",
    description: "Message sent to next instance",
  });
  assert.equal(messageStatus(STATUS.PENDING_ENROUTE).description, "Message sent to next instance");
  assert.equal(messageStatus(STATUS.DELIVERED_TO_HANDSET).description, "Message delivered to handset");
  assert.deepEqual(messageError(ERROR.NO_ERROR), {
    groupId: 0,
    groupName: "OK",
    id: 0,
    name: "NO_ERROR",
    description: "No Error",
    permanent: false,
  });
});

test("every description says something in one line", () => {
  for (const { name, description } of [...STATUSES, ...ERRORS]) {
    assert.match(description, /^[A-Z][^\n|]{7,99}$/, name);
    assert.ok(!description.endsWith("."), name);
  }
});

test("the catalogue cannot be changed by who gets it", () => {
  assert.throws(() => {
    messageStatus(26).description = "changed";
  }, TypeError);
  assert.throws(() => {
    messageError(0).permanent = true;
  }, TypeError);
});

test("an id outside the catalogue is a programmer error", () => {
  assert.throws(() => messageStatus(0), RangeError);
  assert.throws(() => messageStatus(26, 5), RangeError);
  assert.throws(() => messageError(99_999), RangeError);
});

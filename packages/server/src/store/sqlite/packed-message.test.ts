import assert from "node:assert/strict";
import { test } from "node:test";
import type { NewMessage } from "../store.ts";
import { type PackedMessage, packMessages } from "./packed-message.ts";

const MESSAGE: Required<NewMessage> = {
  accountId: 1,
  messageId: "m-1",
  bulkId: "b-1",
  channel: "SMS",
  sender: "Shop",
  destination: "447700900000",
  text: "one",
  encoding: "GSM7",
  partCount: 1,
  options: { flash: true },
  state: "queued",
  statusId: 26,
  errorId: 0,
  route: "north",
  carrier: "north",
  acceptedAt: 1_000,
  dueAt: 1_000,
  expiresAt: 2_000,
  callbackData: "data",
  applicationId: "application",
  entityId: "entity",
  campaignReferenceId: "campaign",
  webhookUrl: "https://hooks.example/reports",
  webhookKind: "SMS_V3",
  wantsReport: true,
};

/** What differs from the message above in one member. */
const OTHER: Required<NewMessage> = {
  accountId: 2,
  messageId: "m-2",
  bulkId: "b-2",
  channel: "WHATSAPP",
  sender: "Bank",
  destination: "447700900001",
  text: "two",
  encoding: "UCS2",
  partCount: 2,
  options: { flash: false },
  state: "held",
  statusId: 7,
  errorId: 5,
  route: "south",
  carrier: "south",
  acceptedAt: 1_001,
  dueAt: 1_002,
  expiresAt: 2_001,
  callbackData: null,
  applicationId: null,
  entityId: null,
  campaignReferenceId: null,
  webhookUrl: null,
  webhookKind: "SMS_V1",
  wantsReport: false,
};

function unpacked({ common: { optionsJson, ...common }, ...own }: PackedMessage): NewMessage {
  return { ...common, ...own, options: optionsJson === null ? null : JSON.parse(optionsJson) };
}

for (const name of Object.keys(MESSAGE) as (keyof NewMessage)[]) {
  test(`what a message has of its own is kept apart from its neighbour's: ${name}`, () => {
    const messages = [MESSAGE, { ...MESSAGE, [name]: OTHER[name] }, MESSAGE];
    assert.deepEqual(packMessages(messages).map(unpacked), messages);
  });
}

test("the destinations of a message are packed with one object between them", () => {
  const packed = packMessages([MESSAGE, { ...MESSAGE, messageId: "m-2", destination: "447700900001" }]);
  assert.equal(packed[0]?.common, packed[1]?.common);
});

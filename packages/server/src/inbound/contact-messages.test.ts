import assert from "node:assert/strict";
import { test } from "node:test";
import { contentOf, openedWindow, wholeOfContact } from "./contact-messages.ts";

const DAY_MS = 24 * 3_600_000;
const USER = "385919998888";

test("a window is open for a day from the user's message, on our clock where the carrier's is ahead", () => {
  const window = (receivedAt: number) => openedWindow({ sender: USER, receivedAt, storedAt: 1_000 }, {});
  assert.deepEqual(window(400), { contacts: [USER], openedAt: 400, closesAt: 400 + DAY_MS });
  assert.deepEqual(window(5_000), { contacts: [USER], openedAt: 1_000, closesAt: 1_000 + DAY_MS });
});

test("a user has a window by each address that is known of him, and each once", () => {
  const times = { receivedAt: 1, storedAt: 1 };
  const contactsOf = (sender: string, profile: object) => openedWindow({ sender, ...times }, profile).contacts;
  assert.deepEqual(contactsOf(USER, { phone: USER, userId: "HR.1" }), [USER, "HR.1"]);
  assert.deepEqual(contactsOf("HR.1", { userId: "HR.1" }), ["HR.1"]);
  assert.deepEqual(contactsOf("HR.1", { phone: "", userId: "HR.1" }), ["HR.1"]);
});

const WORDS: readonly [object, string][] = [
  [{ type: "TEXT", text: "hi" }, "hi"],
  [{ type: "BUTTON", text: "Yes", payload: "y" }, "Yes"],
  [{ type: "INTERACTIVE_LIST_REPLY", id: "1", title: "First", description: "of them" }, "First"],
  [{ type: "IMAGE", url: "https://files.example/1", caption: "Look" }, "Look"],
  [{ type: "REACTION", emoji: "🤓" }, ""],
  [{ type: "LOCATION", latitude: 1, longitude: 2, name: "Stop" }, ""],
  [{ type: "NEW_ONE", text: { deep: true }, title: 7 }, ""],
];
for (const [message, words] of WORDS) {
  const { type } = message as { type: string };
  test(`the words of ${type}: ${words === "" ? "none" : words}`, () => {
    const received = {
      channel: "WHATSAPP",
      sender: `+${USER}`,
      contact: {},
      destination: "+44 7860 099300",
      message: { type, ...message },
      receivedAt: 1,
      carrierMessageId: "wamid",
    } as const;
    const { text, sender, destination, partCount } = wholeOfContact("north", received, 7);
    assert.deepEqual([text, sender, destination, partCount], [words, USER, "447860099300", 1]);
  });
}

test("a content without a context stays without one, also where the answered message is known", () => {
  const message = { type: "TEXT", text: "hi" };
  assert.deepEqual(JSON.parse(contentOf({ message, contact: {} }, undefined)), { message, contact: {} });
  const known = { message, contact: {}, pairedMessageId: "m" };
  assert.deepEqual(JSON.parse(contentOf({ message, contact: {} }, "m")), known);
});

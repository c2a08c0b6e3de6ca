import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutboundMessage } from "../../store/store.ts";
import { readReference, referenceOf } from "./reference.ts";
import { isSigned } from "./signature.ts";

const message = (more: Partial<OutboundMessage>): OutboundMessage => ({
  seq: 70_000,
  accountId: 1,
  attempts: 1,
  messageId: "order-17",
  channel: "WHATSAPP",
  sender: "441134960000",
  destination: "385981234567",
  text: "Hi",
  encoding: "UTF8",
  partCount: 1,
  options: null,
  expiresAt: 0,
  possibleDuplicate: false,
  ...more,
});

test("a reference comes back as what it was made of, also for a user without a number and the greatest seq", () => {
  for (const [seq, destination] of [
    [1, "385981234567"],
    [Number.MAX_SAFE_INTEGER, "US.13491208655302741918"],
  ] as const) {
    const text = referenceOf(message({ seq, destination }));
    assert.deepEqual(readReference(text), { text, destination, low: seq % 65_536 });
  }
});

test("messages of two data folders with the same number have references of their own", () => {
  assert.notEqual(referenceOf(message({ messageId: "a" })), referenceOf(message({ messageId: "b" })));
  assert.equal(referenceOf(message({ attempts: 1 })), referenceOf(message({ attempts: 2 })));
});

test("the longest reference is one that WhatsApp takes", () => {
  const longest = message({
    seq: Number.MAX_SAFE_INTEGER,
    destination: `US.${"1".repeat(147)}`,
    messageId: "m".repeat(200),
  });
  assert.ok(referenceOf(longest).length <= 512);
  assert.notEqual(readReference(referenceOf(longest)), null);
});

test("what another program wrote is no reference", () => {
  for (const text of [
    undefined,
    "",
    "order-17",
    "posthorn1.0.abcdefghijkl.1",
    "posthorn1.1.abc.1",
    "posthorn2.1.abcdefghijkl.1",
  ]) {
    assert.equal(readReference(text), null);
  }
});

test("a signature holds for these octets and this secret alone", () => {
  const body = Buffer.from('{"text":"\\u00e9"}');
  // Made with: printf %s '{"text":"\u00e9"}' | openssl dgst -sha256 -hmac secret, the backslash as it stands.
  const signature = "sha256=a9e8fe141e1c7927425b03e8b9e35e02153b0808cffede2dd39e6b6c79aa89ea";
  assert.equal(isSigned(body, signature, "secret"), true);
  assert.equal(isSigned(body, signature.toUpperCase().replace("SHA256", "sha256"), "secret"), true);
  assert.equal(isSigned(Buffer.from('{"text":"é"}'), signature, "secret"), false);
  assert.equal(isSigned(body, signature, "another"), false);
  for (const header of [undefined, "", "sha256=", signature.slice(0, -1), signature.slice(7)]) {
    assert.equal(isSigned(body, header, "secret"), false);
  }
});

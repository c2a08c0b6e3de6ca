import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomFromEnvironment } from "../../test/harness/seed.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const { seed } = randomFromEnvironment("FC_SEED");
const part = fc.integer({ min: 0, max: 999_999_999_999_999 });

test("a cursor leads back to its place, and needs no escaping in a URL", () => {
  fc.assert(
    fc.property(part, part, (sentAt, seq) => {
      const cursor = encodeCursor({ sentAt, seq });
      assert.deepEqual(decodeCursor(cursor), { sentAt, seq });
      assert.equal(encodeURIComponent(cursor), cursor);
    }),
    { seed },
  );
});

test("whatever is no cursor of ours is refused as a wrong request", () => {
  const isRefused = (text: string) =>
    assert.throws(
      () => decodeCursor(text),
      (error) => error instanceof InvalidRequest && error.violations[0]?.property === "cursor",
    );
  const encoded = (text: string) => Buffer.from(text).toString("base64url");
  for (const text of [
    "",
    "x",
    "1.2",
    encoded("1"),
    encoded("1.2.3"),
    encoded("-1.2"),
    encoded("1.2 "),
    encoded("a.b"),
  ]) {
    isRefused(text);
  }
  isRefused(encoded("1234567890123456.1"));
});

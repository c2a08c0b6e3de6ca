import assert from "node:assert/strict";
import { test } from "node:test";
import { fc } from "../../test/seed.ts";
import { isComponentError } from "./error.ts";
import { IDEMPOTENCY_KEY_LENGTH_MAX, MESSAGE_ID_LENGTH_MAX } from "./limits.ts";
import { chooseMessageIds, deriveMessageIds, type MessageIdOptions } from "./message-ids.ts";

const choose = (options: MessageIdOptions, destinations = ["1", "2"]): readonly string[] =>
  chooseMessageIds(options, "sendSMS", destinations, Math.random);

function violationsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    assert.ok(isComponentError(error));
    assert.equal(error.code, "INVALID_INPUT");
    return error.violations.map(({ property }) => property);
  }
  throw new Error("nothing was refused");
}

// A failing golden value means that a retry after an upgrade would send twice. Do not adapt it; see DERIVATION.
test("derives the ids that earlier versions derived", () => {
  assert.deepEqual(deriveMessageIds("order-42", "sendSMS", ["385000000001", "385000000002", "385000000001"]), [
    "ph1-b6864fc051f7b30ac3accab416501414",
    "ph1-ff947d3a46ddf7092b749daf1fb1bc67",
    "ph1-9ebd24783eff7bea439c9b6d7c3c39e6",
  ]);
  assert.deepEqual(deriveMessageIds("order-42", "sendWhatsappTextMessage", ["385000000001"]), [
    "ph1-580ffc66c93f839dea25396d56b9d0f1",
  ]);
  assert.deepEqual(deriveMessageIds("Bestellung \u{1F4E6} ü", "sendSMS", ["+385000000001"]), [
    "ph1-f08f74b438e030cde24791cf07058c07",
  ]);
});

const key = fc
  .string({ minLength: 1, maxLength: IDEMPOTENCY_KEY_LENGTH_MAX, unit: "binary" })
  .filter((text) => text.trim() !== "");
const destinations = fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 30 });

test("gives the same ids for the same key, distinct within a call, within the length limit and safe in a URL", () => {
  fc.assert(
    fc.property(key, destinations, (idempotencyKey, to) => {
      const ids = choose({ idempotencyKey }, to);
      assert.deepEqual(choose({ idempotencyKey }, to), ids);
      assert.equal(new Set(ids).size, to.length);
      for (const id of ids) assert.match(id, /^ph1-[0-9a-f]{32}$/);
      assert.ok(ids.every((id) => id.length <= MESSAGE_ID_LENGTH_MAX));
    }),
  );
});

test("gives other ids for another key, action or destination, however the parts are cut", () => {
  fc.assert(
    fc.property(fc.tuple(key, fc.string(), fc.string()), fc.tuple(key, fc.string(), fc.string()), (left, right) => {
      const [one] = deriveMessageIds(left[0], left[1], [left[2]]);
      const [two] = deriveMessageIds(right[0], right[1], [right[2]]);
      assert.equal(one === two, JSON.stringify(left) === JSON.stringify(right));
    }),
  );
  assert.notDeepEqual(deriveMessageIds("ab", "sendSMS", ["c"]), deriveMessageIds("a", "sendSMS", ["bc"]));
});

test("keeps a destination's id when the list is reordered or shortened before the repeat", () => {
  fc.assert(
    fc.property(
      key,
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 20 }),
      (idempotencyKey, to) => {
        const ids = new Map(to.map((destination, index) => [destination, choose({ idempotencyKey }, to)[index]]));
        const repeated = to.toReversed().slice(1);
        assert.deepEqual(
          choose({ idempotencyKey }, repeated),
          repeated.map((destination) => ids.get(destination)),
        );
      },
    ),
  );
});

test("makes random ids without a key, others for each call", () => {
  assert.notDeepEqual(choose({}), choose({}));
  assert.equal(new Set(choose({}, ["1", "1", "1"])).size, 3);
});

test("takes the caller's ids as they are, before the key", () => {
  assert.deepEqual(choose({ messageIds: ["a", "b"], idempotencyKey: "k" }), ["a", "b"]);
});

test("refuses a key that is blank, too long or no string", () => {
  for (const idempotencyKey of ["", "  ", "k".repeat(IDEMPOTENCY_KEY_LENGTH_MAX + 1), 5 as unknown as string]) {
    assert.deepEqual(
      violationsOf(() => choose({ idempotencyKey })),
      ["idempotencyKey"],
    );
  }
  assert.equal(choose({ idempotencyKey: "k".repeat(IDEMPOTENCY_KEY_LENGTH_MAX) }).length, 2);
});

test("refuses ids of another count, blank, too long or repeated, naming each", () => {
  assert.deepEqual(
    violationsOf(() => choose({ messageIds: ["a"] })),
    ["messageIds"],
  );
  assert.deepEqual(
    violationsOf(() => choose({ messageIds: ["a", "a"] })),
    ["messageIds[1]"],
  );
  const tooLong = "x".repeat(MESSAGE_ID_LENGTH_MAX + 1);
  assert.deepEqual(
    violationsOf(() => choose({ messageIds: [" ", tooLong] })),
    ["messageIds[0]", "messageIds[1]"],
  );
});

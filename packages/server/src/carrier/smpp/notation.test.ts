import assert from "node:assert/strict";
import { test } from "node:test";
import { idOfAnswer } from "./message-ids.ts";
import { NotationLearner } from "./notation.ts";

const AUTO = { answers: "auto", receipts: "auto" } as const;
const idsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index * 1_111);

/** Receipts in decimal for answers in hexadecimal. */
const offerDecimal = (learner: NotationLearner, number: number) => {
  const raw = String(number);
  const answered = idOfAnswer(number.toString(16), AUTO);
  learner.matched([raw], answered);
  return learner.offer([raw]);
};

test("twenty matches that only one reading explains decide, and then it is the only one", () => {
  const learner = new NotationLearner(AUTO);
  const offers = idsFrom(5_000_000, 20).map((number) => offerDecimal(learner, number));
  assert.deepEqual(
    offers.slice(0, 19),
    Array.from({ length: 19 }, () => null),
  );
  assert.equal(learner.learned, "decimal-to-hex");
  assert.deepEqual(learner.offer(["255000"]), { carrierMessageId: idOfAnswer((255_000).toString(16), AUTO) });
});

test("ids that read the same in every way teach nothing", () => {
  const learner = new NotationLearner(AUTO);
  for (let time = 0; time < 50; time += 1) learner.matched([String(time % 10)], String(time % 10));
  assert.equal(learner.learned, null);
});

test("matches of two kinds in turns teach nothing", () => {
  const learner = new NotationLearner(AUTO);
  for (const number of idsFrom(5_000_000, 40)) {
    offerDecimal(learner, number);
    learner.matched([String(number)], idOfAnswer(String(number), AUTO));
  }
  assert.equal(learner.learned, null);
});

test("an id that cannot be read as learned is taken as it is, and twenty misses put it in question", () => {
  const learner = new NotationLearner(AUTO);
  for (const number of idsFrom(5_000_000, 20)) offerDecimal(learner, number);
  assert.equal(learner.offer(["a-word"]), null);
  for (let time = 0; time < 20; time += 1) learner.matched(["123456"], null);
  assert.equal(learner.learned, null);
});

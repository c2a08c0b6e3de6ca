import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomFromEnvironment } from "../../../test/harness/seed.ts";
import { formWith } from "../../../test/harness/smpp-forms.ts";
import { AnswerIds } from "./answer-ids.ts";
import { idOfAnswer } from "./message-ids.ts";

const { seed } = randomFromEnvironment("SMPP_FORMS_SEED");
const AUTO = formWith().messageIds;
const HEX = formWith({ messageIds: { answers: "hex" } }).messageIds;

test("an id is asked for as answers have it, first of all, whatever way ids are kept", () => {
  const width = fc.integer({ min: 1, max: 20 });
  const digits = fc.stringMatching(/^[1-9][0-9]{0,19}$/);
  const hex = fc.stringMatching(/^[1-9a-f][0-9a-f]{0,15}$/);
  for (const [notations, bare] of [
    [AUTO, digits],
    [AUTO, hex],
    [HEX, hex],
  ] as const) {
    fc.assert(
      fc.property(bare, width, fc.boolean(), (id, padding, isUpper) => {
        const padded = id.padStart(padding, "0");
        const answered = isUpper ? padded.toUpperCase() : padded;
        const ids = new AnswerIds(notations);
        ids.note(answered);
        const forms = ids.formsOf(idOfAnswer(answered, notations));
        assert.ok(forms.includes(answered), `${answered}: ${forms.join(" ")}`);
        if (notations === AUTO) assert.equal(forms[0], answered);
        assert.ok(forms.length <= 4);
      }),
      { seed },
    );
  }
});

test("an id that was kept as it was answered is asked for in that form only, and one of another submission is not", () => {
  const spelled = fc.stringMatching(/^0{0,8}[1-9a-fA-F][0-9a-fA-F]{0,15}$/);
  for (const notations of [AUTO, HEX]) {
    fc.assert(
      fc.property(spelled, (answered) => {
        const ids = new AnswerIds(notations);
        assert.deepEqual(ids.formsOf(idOfAnswer(answered, notations), answered), [answered]);
        assert.ok(!ids.formsOf("4711", `${answered}f`).includes(`${answered}f`));
      }),
      { seed },
    );
  }
});

test("before the first answer an id is asked for without zeros, in capitals and in small letters", () => {
  assert.deepEqual(new AnswerIds(AUTO).formsOf("1A2B"), ["1A2B", "1a2b"]);
  assert.deepEqual(new AnswerIds(AUTO).formsOf("42"), ["42"]);
  assert.deepEqual(new AnswerIds(HEX).formsOf("6699"), ["1a2b", "1A2B"]);
});

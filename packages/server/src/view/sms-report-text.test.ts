import assert from "node:assert/strict";
import { test } from "node:test";
import { ERRORS, STATUSES } from "@posthorn/contract";
import fc from "fast-check";
import { randomFromEnvironment } from "../../test/harness/seed.ts";
import { MESSAGE_STATES } from "../message/state.ts";
import type { ReportRecord } from "../store/store.ts";
import { createSmsReportText } from "./sms-report-text.ts";
import { toSmsReport } from "./view.ts";

const { seed: SEED } = randomFromEnvironment("FC_SEED");
const OPTIONS = { price: { pricePerMessage: 0.035, currency: "EUR" } };

/** Quotes, control characters, halves of surrogate pairs and what else JSON or an eager writer of it may stumble on. */
const hostile = fc.string({
  unit: fc.constantFrom(
    '"',
    "\\",
    "\u0000",
    "\n",
    "\u001f",
    "\u007f",
    "\u2028",
    "\ud83d",
    "\ude00",
    "\u{1f600}",
    "a",
    "é",
    "/",
  ),
});
const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), hostile);
const textOrNull = fc.option(text);
const time = fc.integer({ min: 0, max: 253_402_300_799_999 });

const record: fc.Arbitrary<ReportRecord> = fc.record({
  messageId: text,
  bulkId: text,
  sender: text,
  destination: text,
  partCount: fc.integer({ min: 0, max: 1000 }),
  state: fc.constantFrom(...MESSAGE_STATES),
  statusId: fc.oneof(fc.constantFrom(...STATUSES.map(({ id }) => id)), fc.integer()),
  errorId: fc.oneof(fc.constantFrom(...ERRORS.map(({ id }) => id)), fc.integer()),
  doubt: fc.constantFrom(null, "resent", "held"),
  sentAt: time,
  doneAt: fc.option(time),
  callbackData: textOrNull,
  applicationId: textOrNull,
  entityId: textOrNull,
  campaignReferenceId: textOrNull,
});

test("a report's text is octet for octet what JSON makes of the report", () => {
  const textOf = createSmsReportText(OPTIONS);
  fc.assert(
    fc.property(record, (given) => {
      assert.equal(textOf(given), JSON.stringify(toSmsReport(given, OPTIONS)));
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test("of reports that differ in one thing from the one before, each says its own", () => {
  const textOf = createSmsReportText(OPTIONS);
  const members = Object.keys(fc.sample(record, { numRuns: 1, seed: SEED })[0] ?? {}) as (keyof ReportRecord)[];
  assert.ok(members.length > 10);
  fc.assert(
    fc.property(record, record, (given, other) => {
      for (const member of members) {
        const changed = { ...given, [member]: other[member] };
        for (const one of [given, changed]) {
          assert.equal(textOf(one), JSON.stringify(toSmsReport(one, OPTIONS)));
        }
      }
    }),
    { seed: SEED, numRuns: 200 },
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isSamePhone, phoneDigitsOf, phoneTailOf } from "./same-phone.ts";

const SAME = [
  ["385981234567", "385981234567"],
  ["385981234567", "+385 98 123-4567"],
  ["385981234567", "00385981234567"],
  ["385981234567", "0981234567"],
  ["385981234567", "1234567"],
  ["12345", "12345"],
] as const;
const OTHER = [
  ["385981234567", "385981234568"],
  ["385981234567", "38591234567"],
  ["385981234567", "234567"],
  ["12345", "385912345"],
] as const;

const digits = (written: string) => phoneDigitsOf(written) ?? assert.fail(`${written} is no number`);

for (const [one, other] of SAME) {
  test(`${one} and ${other} are one phone, whichever comes first`, () => {
    assert.ok(isSamePhone(digits(one), digits(other)));
    assert.ok(isSamePhone(digits(other), digits(one)));
  });
}

for (const [one, other] of OTHER) {
  test(`${one} and ${other} are two phones`, () => {
    assert.ok(!isSamePhone(digits(one), digits(other)));
    assert.ok(!isSamePhone(digits(other), digits(one)));
  });
}

test("what is no number is not compared", () => {
  for (const written of ["", "InfoSMS", "HR.a1b2", "000", "+"]) assert.equal(phoneDigitsOf(written), null, written);
});

test("numbers that are the same are found by the same key", () => {
  const number = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 15 }).map((all) => all.join(""));
  fc.assert(
    fc.property(number, fc.nat(15), (written, cut) => {
      const [whole, end] = [phoneDigitsOf(written), phoneDigitsOf(written.slice(cut % written.length))];
      if (whole === null || end === null || !isSamePhone(whole, end)) return;
      assert.equal(phoneTailOf(whole), phoneTailOf(end));
    }),
  );
});

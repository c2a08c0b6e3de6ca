import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDestination } from "./destination.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

test("a number is kept as digits, however people write it", () => {
  const ways = [
    "41793026727",
    "+41793026727",
    "0041793026727",
    " 41793026727 ",
    "+41 79 302 67 27",
    "+41-79-302-67-27",
    "+41.79.302.67.27",
    "+41 (79) 302 67 27",
    "(+41) 793026727",
    "+(41) 793026727",
    "00 41 79 302 67 27",
    "+41\u00a079 302 67 27",
  ];
  for (const to of ways) assert.deepEqual(parseDestination("SMS", to), { address: "41793026727" }, to);
});

test("5 to 15 digits are a number, fewer and more are not", () => {
  for (const to of ["12345", "123456789012345", "+12345", "00123456789012345"]) {
    assert.ok("address" in parseDestination("SMS", to), to);
  }
  for (const to of ["1", "1234", "1234567890123456", "+1234", "001234", "00", "+"]) {
    assert.deepEqual(parseDestination("SMS", to), { refusal: "REJECTED_DESTINATION" }, to);
  }
});

test("nothing at all is a missing destination", () => {
  for (const to of ["", " ", "\t\n"]) {
    for (const channel of ["SMS", "WHATSAPP"] as const) {
      assert.deepEqual(parseDestination(channel, to), { refusal: "MISSING_TO" });
    }
  }
});

test("a national number lacks its prefix", () => {
  for (const to of ["0793026727", "079 302 67 27", "+0793026727", "000793026727", "+0041793026727"]) {
    assert.deepEqual(parseDestination("SMS", to), { refusal: "REJECTED_PREFIX_MISSING" }, to);
  }
});

test("what is no number is a rejected destination", () => {
  const others = [
    "InfoSMS",
    "4179302672x",
    "++41793026727",
    "41+793026727",
    "41793026727+",
    "-41793026727",
    ".41793026727",
    "41793026727,41793026728",
    "41793026727;",
    "tel:41793026727",
    "٤١٧٩٣٠٢٦٧٢٧",
    "1".repeat(100_000),
    "4179302672\u0000",
  ];
  for (const to of others) {
    assert.deepEqual(parseDestination("SMS", to), { refusal: "REJECTED_DESTINATION" }, to.slice(0, 30));
  }
});

test("a business-scoped user id is an address on WHATSAPP, as written, and none on SMS", () => {
  assert.deepEqual(parseDestination("WHATSAPP", "US.13491208655302741918"), { address: "US.13491208655302741918" });
  assert.deepEqual(parseDestination("WHATSAPP", " HR.aB9z "), { address: "HR.aB9z" });
  assert.deepEqual(parseDestination("WHATSAPP", "+41 79 302 67 27"), { address: "41793026727" });
  assert.deepEqual(parseDestination("SMS", "US.13491208655302741918"), { refusal: "REJECTED_DESTINATION" });
  for (const to of ["us.1349", "US.", "USA.1349", "US.13 49", "US-1349", `US.${"1".repeat(148)}`]) {
    assert.deepEqual(parseDestination("WHATSAPP", to), { refusal: "REJECTED_DESTINATION" }, to.slice(0, 30));
  }
});

test("an address is 5 to 15 digits without a leading 0 and is its own address, whatever was written", () => {
  const written = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(..."0123456789+-(). ".split("")), maxLength: 25 }),
  );
  fc.assert(
    fc.property(written, (to) => {
      const parsed = parseDestination("SMS", to);
      if (!("address" in parsed)) return;
      assert.match(parsed.address, /^[1-9][0-9]{4,14}$/);
      assert.deepEqual(parseDestination("SMS", parsed.address), parsed);
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

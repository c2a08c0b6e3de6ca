import assert from "node:assert/strict";
import { test } from "node:test";
import { createIpMatcher, parseIpRange } from "./ip-ranges.ts";

test("addresses and ranges of both kinds are read, and nothing else", () => {
  for (const good of ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::1", "2001:db8::/32", "::/0", " 10.0.0.1 "]) {
    assert.notEqual(parseIpRange(good), null, good);
  }
  for (const bad of [
    "",
    "10.0.0",
    "10.0.0.1/33",
    "::1/129",
    "10.0.0.1/",
    "10.0.0.1/8/8",
    "a.example",
    "fe80::1%eth0",
  ]) {
    assert.equal(parseIpRange(bad), null, bad);
  }
  assert.throws(() => createIpMatcher(["10.0.0.1", "here"]), /"here"/);
});

test("a range holds its first and its last address and not those beside them", () => {
  const matches = createIpMatcher(["10.1.0.0/16", "192.0.2.7", "2001:db8::/32"]);
  for (const inside of ["10.1.0.0", "10.1.255.255", "192.0.2.7", "::ffff:192.0.2.7", "2001:db8:ffff::1"]) {
    assert.equal(matches(inside), true, inside);
  }
  for (const outside of ["10.0.255.255", "10.2.0.0", "192.0.2.8", "2001:db9::1", "::ffff:10.2.0.0", "", "unknown"]) {
    assert.equal(matches(outside), false, outside);
  }
  assert.equal(createIpMatcher([])("10.0.0.1"), false);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback, isPrivateAddress } from "./private-address.ts";

const PRIVATE = [
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "fc00::1",
  "fdff::1",
  "fe80::1",
  "fec0::1",
  "ff02::1",
];

/** An IPv4 address inside an IPv6 one, as translators and old stacks write it. */
const WRAPPED = [
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::127.0.0.1",
  "64:ff9b::10.0.0.1",
  "2002:c0a8:1::",
  "2002:7f00:1::1",
];

for (const address of [...PRIVATE, ...WRAPPED]) {
  test(`${address} is private`, () => assert.equal(isPrivateAddress(address), true));
}

const PUBLIC = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "192.169.0.0",
  "223.255.255.255",
  "2606:4700::1111",
  "::ffff:1.1.1.1",
  "64:ff9b::1.1.1.1",
  "2002:101:101::1",
];

for (const address of PUBLIC) {
  test(`${address} is public`, () => assert.equal(isPrivateAddress(address), false));
}

test("only what nobody else reaches is loopback; an address that stands for all is not", () => {
  for (const host of ["localhost", "127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
    assert.ok(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "192.168.1.1", "8.8.8.8", "localhost.example.com", "posthorn"]) {
    assert.ok(!isLoopback(host), host);
  }
});

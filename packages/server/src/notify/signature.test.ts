import assert from "node:assert/strict";
import { test } from "node:test";
import { signatureOf } from "./signature.ts";

// RFC 4231, test case 2, and RFC 2202, test cases 2: published results, computed by others.
const KEY = "Jefe";
const DATA = "what do ya want for nothing?";
const PUBLISHED = {
  HMAC_MD5: "750c783e6ab0b503eaa86e310a5db738",
  HMAC_SHA_1: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
  HMAC_SHA_224: "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
  HMAC_SHA_256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  HMAC_SHA_384: "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
  HMAC_SHA_512:
    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
} as const;

for (const [algorithm, hex] of Object.entries(PUBLISHED) as [keyof typeof PUBLISHED, string][]) {
  test(`${algorithm} is what its standard's example says, in every format`, () => {
    const credentials = { secretKey: KEY, algorithm };
    const base64 = Buffer.from(hex, "hex").toString("base64");
    const name = algorithm.replace("HMAC_", "").replace("_", "").toLowerCase();
    assert.equal(signatureOf(DATA, credentials, "hex"), hex);
    assert.equal(signatureOf(DATA, credentials, "base64"), base64);
    assert.equal(signatureOf(DATA, credentials, "prefixed-hex"), `${name}=${hex}`);
    assert.equal(signatureOf(DATA, credentials, "prefixed-base64"), `${name}=${base64}`);
  });
}

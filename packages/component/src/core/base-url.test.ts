import assert from "node:assert/strict";
import { test } from "node:test";
import { fc } from "../../test/seed.ts";
import { normaliseBaseUrl } from "./base-url.ts";
import { isComponentError } from "./error.ts";

const ACCEPTED: readonly [string, string][] = [
  ["xxxxx.api.infobip.com", "https://xxxxx.api.infobip.com"],
  ["https://xxxxx.api.infobip.com/", "https://xxxxx.api.infobip.com"],
  ["  https://x.example  ", "https://x.example"],
  ["HTTPS://X.Example", "https://x.example"],
  ["https://x.example:443", "https://x.example"],
  ["https://x.example:8443/", "https://x.example:8443"],
  ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
  ["localhost:8080", "https://localhost:8080"],
  ["http://localhost", "http://localhost"],
  ["[::1]:8080", "https://[::1]:8080"],
  ["http://[::1]", "http://[::1]"],
  ["x.example/sms/3/messages", "https://x.example"],
  ["https://x.example/some/path/", "https://x.example"],
  ["bücher.example", "https://xn--bcher-kva.example"],
];

for (const [given, expected] of ACCEPTED) {
  test(`takes ${JSON.stringify(given)} as ${expected}`, () => assert.equal(normaliseBaseUrl(given), expected));
}

const REFUSED: readonly unknown[] = [
  "",
  "   ",
  undefined,
  null,
  42,
  "ftp://x.example",
  "javascript:alert(1)",
  "file:///etc/passwd",
  "https://user:secret-word@x.example",
  "user@x.example",
  "https://x.example?a=1",
  "https://x.example/?",
  "https://x.example/#top",
  "https:/x.example",
  "https:x.example",
  "https://",
  "//x.example",
  "/x",
  "x.example:0",
  "x.example:65536",
  "x.example:port",
  "x.example:",
  "::1",
  "[::1",
  "[zz]",
  "x example",
  "x.example\\path",
  "https://x.example/a b",
  "x.example\r\nhost: evil",
  "a".repeat(2000),
];

for (const given of REFUSED) {
  test(`refuses ${JSON.stringify(given)?.slice(0, 50)}, naming baseUrl and not repeating the value`, () => {
    assert.throws(
      () => normaliseBaseUrl(given),
      (error) => {
        assert.ok(isComponentError(error));
        assert.equal(error.code, "INVALID_CONNECTION");
        assert.equal(error.violations[0]?.property, "baseUrl");
        assert.doesNotMatch(`${error.message}${error.stack}`, /secret-word|evil|passwd/);
        return true;
      },
    );
  });
}

const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
);
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });

test("gives an origin that stays as it is when normalised again, whatever scheme, port, slash and space came with it", () => {
  const scheme = fc.constantFrom("", "https://", "http://", "HTTP://");
  const tail = fc.constantFrom("", "/", "/a/b", "//", "  ");
  fc.assert(
    fc.property(scheme, host, port, tail, (schemeText, hostText, portNumber, tailText) => {
      const url = normaliseBaseUrl(
        `${schemeText}${hostText}${portNumber === undefined ? "" : `:${portNumber}`}${tailText}`,
      );
      assert.equal(normaliseBaseUrl(url), url);
      assert.equal(new URL(url).origin, url);
      assert.equal(url.startsWith("http://"), schemeText.toLowerCase() === "http://");
      const isDefaultPort = portNumber === (url.startsWith("http://") ? 80 : 443);
      assert.equal(new URL(url).port, portNumber === undefined || isDefaultPort ? "" : String(portNumber));
    }),
  );
});

test("never gives anything but an http(s) origin and never throws anything but its own error", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true, withFragments: true })), (text) => {
      try {
        const url = normaliseBaseUrl(text);
        assert.equal(new URL(url).origin, url);
        assert.match(url, /^https?:\/\//);
      } catch (error) {
        assert.ok(isComponentError(error), String(error));
      }
    }),
  );
});

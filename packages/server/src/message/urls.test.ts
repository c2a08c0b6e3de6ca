import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findUrls, isWebUrl, replaceUrls, URL_LENGTH_MAX } from "./urls.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

/** Texts with their URLs between `[[` and `]]`. */
const CASES: readonly string[] = [
  "no link at all, not even example.com or www.example.com",
  "[[https://example.com]]",
  "See [[http://example.com/a?b=c&d=e#f]] now",
  "See [[https://example.com/a]].",
  "See [[https://example.com/a]], [[https://example.com/b]]; and [[HTTPS://EXAMPLE.COM/C]]!?",
  "(see [[https://example.com/a]])",
  "(see [[https://example.com/a_(b)]])",
  "(see [[https://example.com/a_(b)]].)",
  "[see [[https://example.com/a[0]]].",
  "<[[https://example.com/a]]>",
  '"[[https://example.com/a]]"',
  "'[[https://example.com/a]]'",
  "“[[https://example.com/a]]”",
  "*[[https://example.com/a]]* and _[[https://example.com/b]]_",
  "markdown [text]([[https://example.com/a]])",
  "Ends in a slash: [[https://example.com/]].",
  "Sentence.[[https://example.com/a]]",
  "访问[[https://example.com/a]]。谢谢",
  "（[[https://example.com/a]]）",
  "IDN [[https://münchen.example/straße?ä=ö]].",
  "IDN [[http://пример.испытание/путь]], да",
  "port [[http://192.0.2.1:8080/x]] and [[http://[2001:db8::1]:8080/x]]",
  "template [[https://example.com/?q={a}]]",
  "emoji [[https://example.com/a]]\u200b",
  "lines\n[[https://example.com/a]]\r\n[[https://example.com/b]]",
  "git+https://example.com and xhttps://example.com are other schemes",
  "https:// and http://. and https:///// and https://? are none",
  "ftp://example.com mailto:a@example.com javascript:alert(1)",
  "not a host: http://exa%mple.com/ or http://[::1",
  "back\\slash [[https://example.com/a]]\\b",
  "lone [[https://example.com/a]]\ud83d",
];

for (const marked of CASES) {
  test(`finds what is a URL and no more: ${JSON.stringify(marked)}`, () => {
    const expected: string[] = [];
    const text = marked.replaceAll(/\[\[(https?:\/\/.+?)\]\](?=[^\]]|$)/giu, (_, url: string) => {
      expected.push(url);
      return url;
    });
    const found = findUrls(text);
    assert.deepEqual(
      found.map(({ url }) => url),
      expected,
    );
    for (const { url, start } of found) assert.equal(text.slice(start, start + url.length), url);
  });
}

test("a URL that is too long for a browser is left alone", () => {
  const base = "https://example.com/";
  const longest = base + "a".repeat(URL_LENGTH_MAX - base.length);
  assert.deepEqual(findUrls(`x ${longest} y`), [{ url: longest, start: 2 }]);
  assert.deepEqual(findUrls(`x ${longest}a y`), []);
});

test("hostile texts of a request's size are looked through in their length, not its square", () => {
  const size = 1_000_000;
  for (const text of [
    `https://example.com/${")".repeat(size)}`,
    `https://example.com/${"(".repeat(size)}${")".repeat(size)}`,
    `https://example.com/${".".repeat(size)}`,
    "https://".repeat(size / 8),
    "http://a ".repeat(size / 9),
    `${"https:/".repeat(size / 7)}`,
  ]) {
    assert.ok(Array.isArray(findUrls(text)));
  }
});

const word = fc.string({ unit: fc.constantFrom(...Array.from("abcz09é漢🙂.,;:!?()[]{}'\"*_~-/\\ \n")), maxLength: 20 });
const url = fc
  .tuple(
    fc.constantFrom("http://", "https://", "HTTP://"),
    fc.constantFrom("example.com", "a.b.example:8080", "münchen.example", "192.0.2.7"),
    fc.constantFrom("", "/", "/a", "/a_(b)", "/p/ä/ü", "/a,b;c"),
    fc.constantFrom("", "?a=b", "?a=%20&b=(c)", "?x={y}"),
    fc.constantFrom("", "#top"),
  )
  .map((parts) => parts.join(""));

test("a URL between blanks is found whole, whatever stands around, and nothing else is changed", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, url), { maxLength: 5 }), word, (pairs, end) => {
      const text = pairs.map(([before, one]) => `${before} ${one} `).join("") + end;
      const found = findUrls(text);
      assert.deepEqual(
        found.map((one) => one.url),
        pairs.map(([, one]) => one),
      );
      const replaced = replaceUrls(text, found, () => "<>");
      assert.equal(replaced, pairs.map(([before]) => `${before} <> `).join("") + end);
    }),
    { seed: SEED },
  );
});

test("whatever the text, what is found is there, is a web URL, and put back gives the same text", () => {
  const piece = fc.oneof(
    word,
    url,
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("https://", "://", "http"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const found = findUrls(text);
      let end = 0;
      for (const one of found) {
        assert.ok(one.start >= end && isWebUrl(one.url));
        assert.equal(text.slice(one.start, one.start + one.url.length), one.url);
        end = one.start + one.url.length;
      }
      assert.equal(
        replaceUrls(text, found, (one) => one),
        text,
      );
    }),
    { seed: SEED },
  );
});

test("only http and https with a host are places to send a browser to", () => {
  for (const one of ["http://a", "https://a.example/x", "HTTPS://A.EXAMPLE"]) assert.ok(isWebUrl(one), one);
  for (const one of [
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "ftp://a",
    "//a",
    "/a",
    "",
    "http://",
  ])
    assert.ok(!isWebUrl(one), one);
});

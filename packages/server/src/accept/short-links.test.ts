import assert from "node:assert/strict";
import { test } from "node:test";
import { Shortener } from "./short-links.ts";

const shortener = new Shortener({ baseUrl: "https://go.example/", customDomains: ["links.shop.example"] });
const TEXT = "A https://a.example/1, b http://b.example/2 and again https://a.example/1.";

test("each URL of a text has one link, also where it stands twice", () => {
  const plan = shortener.plan(TEXT, {});
  assert.equal(plan?.linkCount, 2);
  const { text, links } = plan.shorten();
  const [first, second] = links.map(({ code }) => `https://go.example/l/${code}`);
  assert.equal(text, `A ${first}, b ${second} and again ${first}.`);
  assert.deepEqual(
    links.map(({ target }) => target),
    ["https://a.example/1", "http://b.example/2"].map((url) => ({ url, trackingUrl: null, tracksClicks: true })),
  );
});

test("every destination gets links of its own, of the same length", () => {
  const plan = shortener.plan(TEXT, {});
  const [one, other] = [plan?.shorten(), plan?.shorten()];
  assert.equal(one?.text.length, other?.text.length);
  assert.equal(new Set([...(one?.links ?? []), ...(other?.links ?? [])].map(({ code }) => code)).size, 4);
});

test("a text without URLs, and one that is not to be shortened, have no plan", () => {
  assert.equal(shortener.plan("no link", {}), null);
  assert.equal(shortener.plan(TEXT, { shortenUrl: false, trackClicks: true }), null);
});

const ADDRESSES = [
  [{}, "https://go.example/l/"],
  [{ removeProtocol: true }, "go.example/l/"],
  [{ customDomain: "links.shop.example" }, "https://links.shop.example/l/"],
  [{ customDomain: "HTTPS://Links.Shop.Example/", removeProtocol: true }, "links.shop.example/l/"],
  [{ customDomain: "dead.example" }, "https://go.example/l/"],
] as const;

for (const [options, address] of ADDRESSES) {
  test(`with ${JSON.stringify(options)} a link is ${address}{code}`, () => {
    const shortened = shortener.plan("https://a.example/1", options)?.shorten();
    assert.equal(shortened?.text, address + shortened?.links[0]?.code);
  });
}

test("a base address may have a path and need not be secure", () => {
  const other = new Shortener({ baseUrl: "http://10.0.0.1:8080/s", customDomains: ["c.example"] });
  assert.match(other.plan("https://a.example", {})?.shorten().text ?? "", /^http:\/\/10\.0\.0\.1:8080\/s\/l\/\w{10}$/);
  const named = other.plan("https://a.example", { customDomain: "c.example" })?.shorten().text ?? "";
  assert.match(named, /^http:\/\/c\.example\/l\/\w{10}$/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { recipientInfoOf } from "./device.ts";
import { isPerson } from "./visitor.ts";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const ANDROID =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";
const WINDOWS =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

const PEOPLE = [
  IPHONE,
  ANDROID,
  WINDOWS,
  `${IPHONE} [FBAN/FBIOS;FBAV/470.0]`,
  `${ANDROID} Instagram 300.0`,
  "",
  "Mozilla/5.0 (Linux; Android 10; Cubot X30) Chrome/120 Mobile",
];
const PROGRAMS = [
  "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
  "WhatsApp/2.23.20.0 A",
  "Twitterbot/1.0",
  "TelegramBot (like TwitterBot)",
  "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
  "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
  "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 (KHTML, like Gecko) facebookexternalhit/1.1 Facebot Twitterbot/1.0",
  "curl/8.5.0",
];

test("browsers of people are clicks", () => {
  for (const agent of PEOPLE) {
    assert.ok(isPerson({ method: "GET", headers: { "user-agent": agent } }), agent);
  }
  assert.ok(isPerson({ method: "GET", headers: {} }));
});

test("programs that look at a link are none", () => {
  for (const agent of PROGRAMS) assert.ok(!isPerson({ method: "GET", headers: { "user-agent": agent } }), agent);
});

test("HEAD and what is fetched before anybody asks are none", () => {
  assert.ok(!isPerson({ method: "HEAD", headers: { "user-agent": IPHONE } }));
  for (const headers of [
    { purpose: "prefetch" },
    { "sec-purpose": "prefetch;prerender" },
    { "x-purpose": "preview" },
    { "x-moz": "prefetch" },
  ]) {
    assert.ok(!isPerson({ method: "GET", headers: { "user-agent": IPHONE, ...headers } }), JSON.stringify(headers));
  }
});

test("a device is told in Infobip's words as far as its user agent tells it", () => {
  assert.deepEqual(recipientInfoOf(IPHONE), { deviceType: "Phone", os: "iOS 17.5", deviceName: "Apple" });
  assert.deepEqual(recipientInfoOf(ANDROID), { deviceType: "Phone", os: "Android 14" });
  assert.deepEqual(recipientInfoOf(WINDOWS), { deviceType: "Desktop", os: "Windows 10" });
});

test("no user agent makes the parser throw or wait", () => {
  for (const agent of [
    "",
    " ",
    "x",
    "\0",
    "(".repeat(100_000),
    "Mozilla/5.0 (".repeat(10_000),
    "__proto__",
    "constructor",
  ]) {
    assert.equal(typeof recipientInfoOf(agent), "object");
  }
  assert.deepEqual(recipientInfoOf("curl/8"), {});
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { stringify } from "yaml";
import { loadConfig } from "../config/config.ts";
import { banner } from "./banner.ts";
import { shownCarriers } from "./shown-carriers.ts";

function read(t: TestContext, carriers: object, flags: Readonly<Record<string, boolean>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "posthorn.yaml");
  writeFileSync(file, stringify({ carriers }));
  return loadConfig({ file, env: {}, flags });
}

const env = (name: string) => ({ env: name });
const meta = (...numbers: readonly number[]) => ({
  type: "whatsapp-cloud",
  token: env("A"),
  appSecret: env("B"),
  verifyToken: env("C"),
  senders: numbers.map((number) => ({ number: String(number), phoneNumberId: String(number) })),
});
const smpp = { type: "smpp", host: "smsc.example", port: 2775, systemId: "shop", password: env("D") };

test("the carriers are shown in one line, with where they lead", (t) => {
  const lineOf = (carriers: object, flags = {}) => shownCarriers(read(t, carriers, flags).config).line;
  assert.equal(lineOf({}), "sandbox (sandbox: nothing leaves this machine)");
  assert.equal(lineOf({}, { "sandbox.enabled": false }), "none: messages are refused");
  assert.equal(lineOf({ a: { type: "sandbox", paused: true } }), "a (sandbox, paused)");
  assert.equal(
    lineOf({ north: smpp, meta: meta(441_134_960_000, 441_134_960_001) }),
    "north (SMPP to smsc.example:2775), meta (WhatsApp from 441134960000 and 1 more)",
  );
  const many = Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [name, smpp]));
  assert.match(lineOf(many), /^a .*, d \(SMPP to smsc\.example:2775\), 2 more$/);
});

test("the line to paste sends by what is configured, and so does what is named next", (t) => {
  const bannerOf = (carriers: object) => {
    const { config, sources } = read(t, carriers);
    const url = "http://127.0.0.1:8080";
    return banner({ config, sources, url, firstKey: "key", logLevel: "info", env: {}, hasColour: false });
  };
  const whatsApp = bannerOf({ meta: meta(441_134_960_000) });
  assert.match(whatsApp, /Carriers {5}meta \(WhatsApp from 441134960000\)\n/);
  assert.match(whatsApp, /curl .*\/whatsapp\/1\/message\/text .*"from":"441134960000","to":"447700900000"/);
  assert.match(whatsApp, /Next: posthorn send whatsapp --help, posthorn ledger/);
  for (const carriers of [{}, { north: smpp }]) {
    assert.match(bannerOf(carriers), /curl .*\/sms\/3\/messages/);
    assert.match(bannerOf(carriers), /Next: posthorn send sms --help, posthorn ledger/);
  }
  const both = bannerOf({ meta: meta(441_134_960_000), north: smpp });
  assert.match(both, /curl .*\/sms\/3\/messages/);
  assert.match(both, /Next: posthorn send sms --help, posthorn send whatsapp --help, posthorn ledger/);
});

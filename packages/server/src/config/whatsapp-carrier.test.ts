import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { stringify } from "yaml";
import { isConfigError, loadConfig, printConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "posthorn-cloud-"));
after(() => rmSync(folder, { recursive: true }));
const FILE = join(folder, "posthorn.yaml");
const ENTRY = {
  type: "whatsapp-cloud",
  token: { env: "WA_TOKEN" },
  appSecret: { file: "/run/secrets/app" },
  verifyToken: { env: "WA_VERIFY" },
  senders: [{ number: 441134960000, phoneNumberId: 106540352242922 }],
};

function load(entry: object) {
  writeFileSync(FILE, stringify({ carriers: { meta: entry } }));
  return loadConfig({ file: FILE, env: {}, flags: {} });
}

test("an entry is read with its defaults, plain numbers as the digits that they are, and printed without a secret", () => {
  const { config, sources } = load(ENTRY);
  assert.deepEqual(config.carriers["meta"], {
    type: "whatsapp-cloud",
    baseUrl: "https://graph.facebook.com",
    graphVersion: "v25.0",
    token: { env: "WA_TOKEN" },
    appSecret: { file: "/run/secrets/app" },
    verifyToken: { env: "WA_VERIFY" },
    senders: [{ number: "441134960000", phoneNumberId: "106540352242922" }],
    windowSize: 40,
    messagesPerSecond: 80,
    connectTimeoutMs: 5_000,
    answerTimeoutMs: 20_000,
    uncertain: "hold",
  });
  const printed = printConfig(config, sources);
  writeFileSync(FILE, printed);
  assert.deepEqual(loadConfig({ file: FILE, env: {}, flags: {} }).config, config);
});

const REFUSALS: readonly [name: string, change: object, path: string, message: RegExp][] = [
  ["the secret itself", { token: "EAAB" }, "carriers.meta.token", /expected a mapping/],
  ["no place of a secret", { token: {} }, "carriers.meta.token", /either env or file/],
  ["two places of a secret", { appSecret: { env: "A", file: "/b" } }, "carriers.meta.appSecret", /either env or file/],
  ["no senders", { senders: [] }, "carriers.meta.senders", /empty/],
  [
    "a number with a plus",
    { senders: [{ number: "+441134960000", phoneNumberId: "1" }] },
    "carriers.meta.senders.0.number",
    /digits/,
  ],
  [
    "a number twice",
    { senders: [ENTRY.senders[0], { ...ENTRY.senders[0], phoneNumberId: 2 }] },
    "carriers.meta.senders.1.number",
    /there already/,
  ],
  [
    "a phone number ID twice",
    { senders: [ENTRY.senders[0], { ...ENTRY.senders[0], number: 441134960001 }] },
    "carriers.meta.senders.1.phoneNumberId",
    /there already/,
  ],
  ["a slash at the end", { baseUrl: "https://graph.facebook.com/" }, "carriers.meta.baseUrl", /without \/ at its end/],
  ["a version that is none", { graphVersion: "25" }, "carriers.meta.graphVersion", /v25\.0/],
];

for (const [name, change, path, message] of REFUSALS) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => load({ ...ENTRY, ...change }),
      (error) => {
        assert.ok(isConfigError(error));
        assert.deepEqual(
          error.problems.map((problem) => problem.path),
          [path],
        );
        assert.match(error.problems[0]?.message ?? "", message);
        return true;
      },
    );
  });
}

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { ConfigError, type ConfigProblem, isConfigError, loadConfig } from "./config.ts";
import { SECTIONS, type Setting, SETTINGS, type SettingValue } from "./settings.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

const folder = mkdtempSync(join(tmpdir(), "posthorn-config-"));
after(() => rmSync(folder, { recursive: true }));
const FILE = join(folder, "posthorn.yaml");

const NOTHING = { env: {}, flags: {} };

function loadText(text: string): ReturnType<typeof loadConfig> {
  writeFileSync(FILE, text);
  return loadConfig({ file: FILE, ...NOTHING });
}

function problemsOf(load: () => unknown): readonly ConfigProblem[] {
  try {
    load();
  } catch (error) {
    assert.ok(isConfigError(error), String(error));
    return error.problems;
  }
  return assert.fail("the configuration was taken");
}

test("without any source every setting has its default", () => {
  const { config, sources } = loadConfig(NOTHING);
  assert.equal(config.http.host, "127.0.0.1");
  assert.equal(config.http.port, 8080);
  assert.equal(config.webhooks.allowPrivateTargets, "auto");
  assert.equal(Object.keys(sources).length, SETTINGS.length);
  assert.deepEqual(new Set(Object.values(sources)), new Set(["default"]));
  const values = config as unknown as Record<string, Record<string, SettingValue>>;
  for (const setting of SETTINGS) assert.equal(values[setting.section]?.[setting.name], setting.default, setting.path);
});

test("flags override the environment, the environment the file, the file the defaults", () => {
  writeFileSync(FILE, "http: {host: file, port: 1}\nlog: {level: warn}\ndata: {directory: file}\n");
  const { config, sources } = loadConfig({
    file: FILE,
    env: { POSTHORN_HTTP_PORT: "2", POSTHORN_DATA_DIRECTORY: "environment" },
    flags: { "http.port": "3" },
  });
  assert.deepEqual(
    [config.http.port, config.data.directory, config.http.host, config.log.level, config.http.bodyLimitBytes],
    [3, "environment", "file", "warn", 4_194_304],
  );
  assert.deepEqual(
    ["http.port", "data.directory", "http.host", "log.level", "http.bodyLimitBytes"].map((path) => sources[path]),
    ["flag", "environment", "file", "file", "default"],
  );
});

test("each trusted proxy is an address or a range, or is named with its place", () => {
  assert.equal(loadText("http:\n  trustedProxies: 10.0.0.0/8,::1\n").config.http.trustedProxies, "10.0.0.0/8,::1");
  const [problem, ...others] = problemsOf(() => loadText("http:\n  trustedProxies: 10.0.0.1, 10.0.0/8\n"));
  assert.deepEqual([problem?.path, problem?.line, others], ["http.trustedProxies", 2, []]);
  assert.match(problem?.message ?? "", /"10\.0\.0\/8" is no IP address/);
});

test("a configuration cannot be changed after it was loaded", () => {
  const { config } = loadConfig(NOTHING);
  assert.throws(() => Object.assign(config.http, { port: 1 }), TypeError);
  assert.throws(() => Object.assign(config, { http: {} }), TypeError);
});

test("an empty file and empty sections change nothing", () => {
  for (const text of ["", "# only a comment\n", "~\n", "---\n", "http:\nlog:\n  # level: debug\n", "http: {}\n"]) {
    assert.deepEqual(loadText(text).config, loadConfig(NOTHING).config, JSON.stringify(text));
  }
});

const REFUSALS: readonly [name: string, yaml: string, line: number, path: string, message: RegExp][] = [
  ["unknown setting", "http:\n  host: a\n  prot: 1\n", 3, "http.prot", /unknown setting; did you mean http\.port\?/],
  ["setting of another section", "log:\n  port: 1\n", 2, "log.port", /did you mean http\.port\?/],
  ["unknown setting like none", "log:\n  xyzzyxyzzy: 1\n", 2, "log.xyzzyxyzzy", /^unknown setting$/],
  ["unknown section", "log: {}\nwebhoks:\n  a: 1\n", 2, "webhoks", /did you mean webhooks\?/],
  ["unknown section like none", "customers: []\n", 1, "customers", /there are http, data, auth/],
  ["setting without its section", "\n\nport: 1\n", 3, "port", /did you mean http\.port\?/],
  ["dotted setting", "http.port: 1\n", 1, "http.port", /write "http:" and, indented below it, "port:"/],
  ["number as text", 'http:\n  port: "8080"\n', 2, "http.port", /an integer from 0 to 65535 \(TCP port\), got "8080"/],
  ["fraction", "http:\n  port: 80.5\n", 2, "http.port", /got 80\.5/],
  ["below the minimum", "data:\n  retentionHours: 47\n", 2, "data.retentionHours", /from 48 .*got 47/],
  ["above the maximum", "http:\n  port: 65536\n", 2, "http.port", /got 65536/],
  ["not a number", "account:\n  balance: .nan\n", 2, "account.balance", /a number from 0/],
  ["infinite", "account:\n  balance: .inf\n", 2, "account.balance", /a number from 0/],
  ["switch as word", "sandbox:\n  enabled: yes\n", 2, "sandbox.enabled", /true or false, got "yes"/],
  ["choice", "sandbox:\n  uncertain: drop\n", 2, "sandbox.uncertain", /one of resend, hold, got "drop"/],
  ["pattern", "account:\n  currency: euro\n", 2, "account.currency", /three capital letters.*got "euro"/],
  ["empty text", 'data:\n  directory: ""\n', 2, "data.directory", /not empty, got an empty text/],
  ["no value", "log: {}\nhttp:\n  port:\n", 3, "http.port", /got null/],
  ["no value in a flow", "http: {port}\n", 1, "http.port", /got null/],
  ["list", "http:\n  port: [1]\n", 2, "http.port", /got a list/],
  ["mapping", "http:\n  port: {a: 1}\n", 2, "http.port", /got a mapping/],
  ["section that is a value", "log: {}\nsandbox: true\n", 2, "sandbox", /is a section/],
  ["file that is a list", "- 1\n", 1, "", /expected sections/],
  ["given twice", "http:\n  port: 1\n  port: 2\n", 3, "", /unique/],
  ["syntax", "http:\n  port: [1\n", 3, "", /./],
  ["tab", "http:\n\tport: 1\n", 2, "", /Tabs/],
  ["tag", "log: {}\nhttp: !custom {}\n", 2, "", /Unresolved tag/],
  ["second document", "http: {}\n---\nhttp: {}\n", 2, "", /a second document begins/],
  ["alias to nothing", "log: {}\nhttp: *there\n", 2, "http", /is a section/],
  ["prototype", "__proto__:\n  polluted: 1\n", 1, "__proto__", /unknown section/],
  ["prototype of a section", "http:\n  constructor: 1\n", 2, "http.constructor", /unknown setting/],
];

test("everything wrong in a file is refused with its line", () => {
  for (const [name, yaml, line, path, message] of REFUSALS) {
    const [problem, ...others] = problemsOf(() => loadText(yaml));
    assert.deepEqual(others, [], name);
    assert.deepEqual([problem?.file, problem?.line, problem?.path], [FILE, line, path], name);
    assert.ok((problem?.column ?? 0) > 0, name);
    assert.match(problem?.message ?? "", message, name);
  }
});

test("a value that stands behind an alias is read and checked like any other", () => {
  assert.equal(loadText("log: {level: &name debug}\nhttp: {host: *name}\n").config.http.host, "debug");
  const [problem] = problemsOf(() => loadText("log: &log {level: debug}\nhttp: *log\n"));
  assert.equal(problem?.path, "http.level");
});

test("a file that cannot be read is a problem, with its name", () => {
  for (const [file, message] of [
    [join(folder, "absent.yaml"), /cannot be read: .*ENOENT/],
    [folder, /cannot be read/],
  ] as const) {
    const [problem] = problemsOf(() => loadConfig({ file, ...NOTHING }));
    assert.equal(problem?.file, file);
    assert.match(problem?.message ?? "", message);
  }
  const [problem] = problemsOf(() => loadText(`# ${"x".repeat(1_048_576)}`));
  assert.match(problem?.message ?? "", /larger than/);
});

test("every setting is read from its own environment variable and from its flag", () => {
  const other = (setting: Setting): string => {
    switch (setting.kind) {
      case "boolean":
        return String(!setting.default);
      case "choice":
        return setting.choices?.find((value) => value !== setting.default) ?? "";
      case "string":
        if (setting.path === "tracking.baseUrl") return "https://go.example";
        if (setting.path === "http.trustedProxies") return "10.0.0.0/8, ::1";
        return setting.path === "account.currency" ? "HRK" : "elsewhere";
      case "integer":
      case "number":
        return String(setting.maximum);
    }
  };
  // Raised together, because they have an order among themselves.
  const larger = { "accept.pendingMessagesMax": 10_000_000, "dispatch.retryMaxMs": 86_400_000 };
  for (const setting of SETTINGS) {
    const fromEnvironment = loadConfig({
      env: { [setting.variable]: other(setting) },
      flags: { ...larger, [setting.path]: other(setting) },
    });
    assert.equal(fromEnvironment.sources[setting.path], "flag");
    const { [setting.path]: _, ...rest } = larger as Record<string, number>;
    const { config, sources } = loadConfig({ env: { [setting.variable]: other(setting) }, flags: rest });
    const values = config as unknown as Record<string, Record<string, SettingValue>>;
    assert.equal(String(values[setting.section]?.[setting.name]), other(setting), setting.path);
    assert.equal(typeof values[setting.section]?.[setting.name], typeof setting.default, setting.path);
    assert.equal(sources[setting.path], "environment");
  }
});

test("a value of the environment or of a flag that is not wholly of its type is refused by its name", () => {
  for (const text of ["8080x", "", " 8080", "0x1F90", "8e3", "80.5", "+8080", "65536", "-1", "Infinity"]) {
    const [fromEnvironment] = problemsOf(() => loadConfig({ env: { POSTHORN_HTTP_PORT: text }, flags: {} }));
    assert.match(fromEnvironment?.message ?? "", /^expected an integer.* \(from POSTHORN_HTTP_PORT\)$/, text);
    const [fromFlag] = problemsOf(() => loadConfig({ env: {}, flags: { "http.port": text } }));
    assert.match(fromFlag?.message ?? "", /^expected an integer.* \(from the command line\)$/, text);
    assert.equal(fromFlag?.path, "http.port");
  }
  for (const text of ["yes", "TRUE", "1", ""]) {
    assert.equal(problemsOf(() => loadConfig({ env: { POSTHORN_SANDBOX_PAUSED: text }, flags: {} })).length, 1, text);
  }
  assert.equal(problemsOf(() => loadConfig({ env: {}, flags: { "http.port": true } })).length, 1);
  assert.equal(loadConfig({ env: {}, flags: { "http.port": 9 } }).config.http.port, 9);
});

test("an unknown variable with our prefix is refused, and others are none of our business", () => {
  for (const [variable, suggestion] of [
    ["POSTHORN_HTTP_PROT", "POSTHORN_HTTP_PORT"],
    ["POSTHORN_AUTH_API_KEY", "POSTHORN_API_KEY"],
    ["POSTHORN_CONFG", "POSTHORN_CONFIG"],
  ] as const) {
    const [problem] = problemsOf(() => loadConfig({ env: { [variable]: "1" }, flags: {} }));
    assert.equal(problem?.path, variable);
    assert.equal(problem?.message, `unknown environment variable; did you mean ${suggestion}?`);
  }
  const [problem] = problemsOf(() => loadConfig({ env: { POSTHORN_XYZZY: "1" }, flags: {} }));
  assert.equal(problem?.message, "unknown environment variable");
  const env = {
    POSTHORN_CONFIG: "a",
    POSTHORN_BASE_URL: "b",
    HTTP_PORT: "c",
    POSTHORNX: "d",
    POSTHORN_HTTP_PORT: undefined,
  };
  assert.deepEqual(new Set(Object.values(loadConfig({ env, flags: {} }).sources)), new Set(["default"]));
});

test("an unknown flag is refused with the flag that was meant", () => {
  const [problem] = problemsOf(() => loadConfig({ env: {}, flags: { "htp.port": 1 } }));
  assert.equal(problem?.message, "unknown setting; did you mean --http.port?");
});

test("all problems of all sources are told at once, also those of values that are overridden", () => {
  writeFileSync(FILE, "http:\n  port: x\n  prot: 1\n");
  const problems = problemsOf(() =>
    loadConfig({ file: FILE, env: { POSTHORN_HTTP_PORT: "x", POSTHORN_NO: "1" }, flags: { "http.port": 1, no: 1 } }),
  );
  assert.equal(problems.length, 5);
  const { message } = new ConfigError(problems);
  assert.ok(message.startsWith("The configuration has 5 problems:\n"));
  assert.ok(message.includes(`\n  ${FILE}:2:9 http.port: expected an integer`));
  assert.equal(message.split("\n").length, 6);
});

test("settings that contradict each other are refused where the smaller one stands", () => {
  const [problem, ...others] = problemsOf(() => loadText("dispatch:\n  retryMaxMs: 500\n  retryBaseMs: 501\n"));
  assert.deepEqual(others, []);
  assert.deepEqual([problem?.path, problem?.line, problem?.column], ["dispatch.retryBaseMs", 3, 16]);
  assert.match(problem?.message ?? "", /501 is more than dispatch\.retryMaxMs \(500\)/);
  assert.equal(loadText("dispatch:\n  retryMaxMs: 500\n  retryBaseMs: 500\n").config.dispatch.retryMaxMs, 500);
  const [inFlags] = problemsOf(() => loadConfig({ env: {}, flags: { "accept.pendingMessagesMax": 9999 } }));
  assert.equal(inFlags?.path, "accept.destinationsPerRequestMax");
  assert.equal(inFlags?.line, undefined);
});

test("an API key is empty or at least eight characters, and no error repeats it", () => {
  assert.equal(loadText("auth:\n  apiKey: eightchr\n").config.auth.apiKey, "eightchr");
  assert.equal(loadConfig({ env: { POSTHORN_API_KEY: "" }, flags: {} }).config.auth.apiKey, "");
  writeFileSync(FILE, "auth:\n  apiKey: s3cr3t\n");
  const problems = problemsOf(() =>
    loadConfig({ file: FILE, env: { POSTHORN_API_KEY: "s3cr3t" }, flags: { "auth.apiKey": "s3cr3t s3cr3t" } }),
  );
  assert.equal(problems.length, 3);
  assert.ok(!new ConfigError(problems).message.includes("s3cr3t"));
});

test("the mask of a printed configuration is not taken for a key", () => {
  const [problem] = problemsOf(() => loadText('auth:\n  apiKey: "********"\n'));
  assert.match(problem?.message ?? "", /only stands for a secret/);
});

test("a configuration error is known by its marker, and nothing else is", () => {
  assert.ok(isConfigError(new ConfigError([])));
  for (const other of [new Error("x"), null, undefined, "x", { problems: [] }]) assert.ok(!isConfigError(other));
});

const anyText = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => /\S/.test(text));
function anyValue(setting: Setting): fc.Arbitrary<SettingValue> {
  const { minimum: min = 0, maximum: max = 0 } = setting;
  switch (setting.kind) {
    case "boolean":
      return fc.boolean();
    case "choice":
      return fc.constantFrom(...(setting.choices ?? []));
    case "integer":
      return fc.integer({ min, max });
    case "number":
      return fc.double({ min, max, noNaN: true });
    case "string":
      if (setting.path === "account.currency") return fc.stringMatching(/^[A-Z]{3}$/);
      if (setting.path === "http.trustedProxies") return fc.constantFrom("", "10.0.0.1", "10.0.0.0/8, ::1");
      if (setting.path === "auth.apiKey") return fc.constantFrom("", "eightchr", "12345678", "true-true");
      if (setting.path === "tracking.baseUrl") return fc.constantFrom("", "https://go.example", "http://h:8080/s/");
      if (setting.path === "webhooks.signatureHeader") return fc.stringMatching(/^[A-Za-z0-9-]{1,100}$/);
      return anyText;
  }
}

test("any valid configuration written as YAML loads as it was", () => {
  const anySections = fc.record(
    Object.fromEntries(
      SECTIONS.map(({ name, settings }) => [
        name,
        fc.record(Object.fromEntries(settings.map((setting) => [setting.name, anyValue(setting)]))),
      ]),
    ),
  );
  fc.assert(
    fc.property(anySections, (sections) => {
      const { accept, dispatch, health } = sections as Record<string, Record<string, number>>;
      assert.ok(accept !== undefined && dispatch !== undefined && health !== undefined);
      health["probeAfterMaxMs"] = Math.max(health["probeAfterMaxMs"] ?? 0, health["probeAfterMs"] ?? 0);
      accept["pendingMessagesMax"] = Math.max(
        accept["pendingMessagesMax"] ?? 0,
        accept["destinationsPerRequestMax"] ?? 0,
      );
      dispatch["retryMaxMs"] = Math.max(dispatch["retryMaxMs"] ?? 0, dispatch["retryBaseMs"] ?? 0);
      const { config, sources } = loadText(stringify(sections));
      // The clone has the ordinary prototype that generated records lack.
      assert.deepEqual(config, structuredClone({ ...sections, carriers: {}, routes: {}, rules: [] }));
      assert.deepEqual(new Set(Object.values(sources)), new Set(["file"]));
    }),
    { seed: SEED },
  );
});

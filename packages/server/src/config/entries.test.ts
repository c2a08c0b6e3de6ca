import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type ConfigProblem, isConfigError, loadConfig, printConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "posthorn-entries-"));
after(() => rmSync(folder, { recursive: true }));
const FILE = join(folder, "posthorn.yaml");

function load(text: string) {
  writeFileSync(FILE, text);
  return loadConfig({ file: FILE, env: {}, flags: {} });
}

const TWO = "carriers:\n  north: {type: sandbox}\n  south: {type: sandbox, windowSize: 5}\n";

test("carriers, routes and rules are read, in short and at length, with their defaults", () => {
  const { config } = load(`${TWO}routes:
  home: [north, south]
  abroad:
    split: weight
    carriers: [{carrier: south, weight: 3, cost: 0.02}, north]
rules:
  - {channel: SMS, country: [HR, SI], sender: Shop*, prefix: 385, account: 7, route: home}
  - route: abroad
`);
  assert.deepEqual(config.carriers, {
    north: { type: "sandbox", paused: false },
    south: { type: "sandbox", paused: false, windowSize: 5 },
  });
  assert.deepEqual(config.routes["home"], {
    split: "order",
    carriers: [
      { carrier: "north", weight: 1, cost: 0 },
      { carrier: "south", weight: 1, cost: 0 },
    ],
  });
  assert.deepEqual(config.routes["abroad"]?.carriers[0], { carrier: "south", weight: 3, cost: 0.02 });
  assert.deepEqual(config.rules, [
    { channel: ["SMS"], sender: ["Shop*"], prefix: ["385"], country: ["HR", "SI"], account: [7], route: "home" },
    { route: "abroad" },
  ]);
  assert.throws(() => Object.assign(config.carriers["north"] ?? {}, { type: "x" }), TypeError);
});

test("printed entries load again as they were", () => {
  const text = `${TWO}routes:\n  "1": [north]\nrules:\n  - {sender: "a: #*", country: "NO", mcc: 242, mnc: "01", route: "1"}\n`;
  const { config, sources } = load(text);
  assert.deepEqual(load(printConfig(config, sources)).config, config);
});

const REFUSALS: readonly [name: string, yaml: string, line: number, path: string, message: RegExp][] = [
  ["a list of carriers", "carriers: []\n", 1, "carriers", /a mapping of names/],
  ["a mapping of rules", "rules: {a: 1}\n", 1, "rules", /is a list/],
  ["no type", "carriers:\n  a: {}\n", 2, "carriers.a", /expected sandbox or smpp or whatsapp-cloud, it is missing/],
  ["unknown type", "carriers:\n  a: {type: sandbx}\n", 2, "carriers.a.type", /did you mean sandbox\?/],
  ["bad name", "carriers:\n  A/b: {type: sandbox}\n", 2, "carriers.A/b", /expected a name/],
  ["name of nothing", "carriers:\n  none: {type: sandbox}\n", 2, "carriers.none", /expected a name/],
  ["prototype", "carriers:\n  __proto__: {type: sandbox}\n", 2, "carriers.__proto__", /expected a name/],
  ["unknown member", `${TWO}rules:\n  - {prefx: 1, route: north}\n`, 5, "rules.0.prefx", /did you mean prefix\?/],
  ["no route", `${TWO}rules:\n  - {prefix: 1}\n`, 5, "rules.0", /route is missing/],
  ["unknown carrier", `${TWO}routes:\n  a: [nroth]\n`, 5, "routes.a.carriers.0", /did you mean north\?/],
  ["unknown route", `${TWO}rules:\n  - {route: sout}\n`, 5, "rules.0.route", /did you mean south\?/],
  ["carrier twice", `${TWO}routes:\n  a: [north, north]\n`, 5, "routes.a.carriers.1", /there already/],
  ["no carrier", `${TWO}routes:\n  a: []\n`, 5, "routes.a.carriers", /an empty list/],
  [
    "all weights 0",
    `${TWO}routes:\n  a: {split: weight, carriers: [{carrier: north, weight: 0}]}\n`,
    5,
    "routes.a.carriers",
    /nobody/,
  ],
  ["mnc alone", `${TWO}rules:\n  - {mnc: "01", route: north}\n`, 5, "rules.0.mnc", /together with mcc/],
  [
    "mnc that lost its zero",
    `${TWO}rules:\n  - {mcc: 219, mnc: 01, route: north}\n`,
    5,
    "rules.0.mnc",
    /in quotes, got 1/,
  ],
  ["no country", `${TWO}rules:\n  - {country: XX, route: north}\n`, 5, "rules.0.country", /no country/],
  ["NO that is false", `${TWO}rules:\n  - {country: no, route: north}\n`, 5, "rules.0.country", /two capital letters/],
  [
    "sandbox turned off",
    "sandbox: {enabled: false}\ncarriers:\n  a: {type: sandbox}\n",
    3,
    "carriers.a.type",
    /sandbox\.enabled/,
  ],
  ["value out of bounds", "carriers:\n  a: {type: sandbox, windowSize: 0}\n", 2, "carriers.a.windowSize", /from 1/],
  ["alias to nothing", "carriers: *there\n", 1, "", /./],
];

test("everything wrong in an entry is refused with its line and its path", () => {
  for (const [name, yaml, line, path, message] of REFUSALS) {
    let problems: readonly ConfigProblem[] = [];
    try {
      load(yaml);
    } catch (error) {
      assert.ok(isConfigError(error), `${name}: ${String(error)}`);
      problems = error.problems;
    }
    assert.equal(problems.length, 1, `${name}: ${JSON.stringify(problems)}`);
    const [problem] = problems;
    assert.match(problem?.message ?? "", message, name);
    if (path === "") continue;
    assert.deepEqual([problem?.path, problem?.line], [path, line], name);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { diffConfigs, loadConfig } from "./config.ts";

const load = (flags: Record<string, string | number>) => loadConfig({ env: {}, flags }).config;

test("a secret that changed is named and not shown, neither the old one nor the new one", () => {
  const changes = diffConfigs(load({ "auth.apiKey": "old-secret-1" }), load({ "auth.apiKey": "new-secret-2" }));
  assert.deepEqual(changes, [{ path: "auth.apiKey", before: "********", after: "********", needsRestart: true }]);
  const [removed] = diffConfigs(load({ "auth.apiKey": "old-secret-1" }), load({}));
  assert.deepEqual([removed?.before, removed?.after], ["********", ""]);
});

test("entries that came, changed and went are named; the order alone is a change, too", () => {
  const base = load({});
  const [a, b] = [
    { type: "sandbox", paused: false },
    { type: "sandbox", paused: true },
  ] as const;
  const diff = diffConfigs({ ...base, carriers: { x: a, y: a } }, { ...base, carriers: { y: b, z: a } });
  assert.deepEqual(
    diff.map(({ path, before, after }) => [path, before, after]),
    [
      ["carriers.x", a, null],
      ["carriers.y", a, b],
      ["carriers.z", null, a],
    ],
  );
  const order = diffConfigs({ ...base, carriers: { x: a, y: a } }, { ...base, carriers: { y: a, x: a } });
  assert.deepEqual(order, [{ path: "carriers", before: ["x", "y"], after: ["y", "x"], needsRestart: false }]);
  assert.deepEqual(diffConfigs(base, load({})), []);
});

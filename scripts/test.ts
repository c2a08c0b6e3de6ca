// Runs the tests: `npm test`, or `npm test -- packages/contract` for those below a folder (or whose path has the text).
// Options that begin with -- go to Node's test runner.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const PATTERNS = [
  "packages/*/src/**/*.test.ts",
  "packages/*/test/**/*.test.ts",
  "examples/**/*.test.ts",
  "scripts/**/*.test.ts",
  "bench/**/*.test.ts",
];
/** A test that hangs is ended and fails; the longest takes under a minute. */
const TEST_TIMEOUT_MS = 180_000;

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith("--"));
const words = args.filter((arg) => !arg.startsWith("--"));
const all = PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort();
const files = words.length === 0 ? all : all.filter((file) => words.some((word) => file.includes(word)));
if (files.length === 0) {
  process.stderr.write(`No test file ${words.length === 0 ? "was found" : `matches ${words.join(", ")}`}.\n`);
  process.exit(1);
}

const { status } = spawnSync(process.execPath, ["--test", `--test-timeout=${TEST_TIMEOUT_MS}`, ...options, ...files], {
  cwd: ROOT,
  stdio: "inherit",
});
process.exit(status ?? 1);

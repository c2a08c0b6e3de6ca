// `npm run check`: what can be known without running the program. Every step runs, so that one look shows all faults.
// Each step also proves that it read something: a check that reads nothing passes everything.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Finds in the output how many files the step read. */
  readonly filesRead?: RegExp;
}

const FILES_MIN = 100;

const STEPS: readonly Step[] = [
  { name: "format", command: ["biome", "format", "."], filesRead: /Checked (\d+) files/ },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings", "."], filesRead: /on (\d+) files/ },
  { name: "types", command: ["tsc", "--extendedDiagnostics"], filesRead: /Files:\s+(\d+)/ },
  { name: "layers", command: ["node", "--test", "packages/server/test/layers.test.ts"], filesRead: /tests (\d+)/ },
  { name: "docs", command: ["node", "scripts/docs.ts", "--check"] },
  { name: "dead code", command: ["knip"] },
];

let isFailed = false;
for (const { name, command, filesRead } of STEPS) {
  const [program, ...args] = command;
  const started = performance.now();
  const result = spawnSync(program, args, { cwd: ROOT, encoding: "utf8" });
  const output = `${result.stdout}${result.stderr}${result.error?.message ?? ""}`;
  const read = Number(filesRead?.exec(output)?.[1] ?? 0);
  const minimum = name === "layers" ? 1 : FILES_MIN;
  const hasRead = filesRead === undefined || read >= minimum;
  const isOk = result.status === 0 && hasRead;
  console.log(
    `${isOk ? "ok    " : "FAILED"} ${name.padEnd(10)} ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  if (isOk) continue;
  isFailed = true;
  console.log(output.trim().replaceAll(/^/gm, "       "));
  if (!hasRead) console.log(`       it read ${read} files, fewer than ${minimum}: it checked nothing`);
}
process.exit(isFailed ? 1 : 0);

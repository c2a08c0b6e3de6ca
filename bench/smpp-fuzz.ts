// Has every SMPP parser read what nobody should send: `node bench/smpp-fuzz.ts`. The environment says how much:
// SMPP_FUZZ_COUNT inputs for each parser (10 million unless given), SMPP_FUZZ_TIME_MS for each at most, SMPP_FUZZ_SEED
// to repeat a run, SMPP_FUZZ_ONLY for the parsers whose name has the text. It ends with 1 when one throws what is not
// its own error, when its memory grows, or when the time was not enough.
import { type FuzzedParser, fuzz, fuzzedParsers } from "../packages/smpp/test/harness/fuzz-parsers.ts";
import { numberFromEnvironment, seedFromEnvironment } from "../packages/smpp/test/harness/seed.ts";

const COUNT = numberFromEnvironment("SMPP_FUZZ_COUNT", 10_000_000);
const TIME_MS_MAX = numberFromEnvironment("SMPP_FUZZ_TIME_MS", 600_000);
const seed = seedFromEnvironment("SMPP_FUZZ_SEED");
const only = process.env["SMPP_FUZZ_ONLY"] ?? "";
/** Buffers that a parser would have to let go of; the heap itself breathes by more. */
const GROWTH_BYTES_MAX = 64 * 2 ** 20;

// Refusals are the normal case here, and nobody reads where they come from.
Error.stackTraceLimit = 0;

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
let total = 0;
let isFailed = false;

function run(name: string, parse: FuzzedParser): void {
  const before = process.memoryUsage();
  const started = performance.now();
  const { count, outcomes } = fuzz(parse, { seed, count: COUNT, timeMsMax: TIME_MS_MAX });
  const seconds = (performance.now() - started) / 1000;
  const after = process.memoryUsage();
  total += count;
  const share = (part: number): string => `${((part / count) * 100).toFixed(1)} %`.padStart(7);
  console.log(
    `${name.padEnd(26)} ${String(count).padStart(10)} in ${seconds.toFixed(1).padStart(6)} s  read ${share(outcomes.read)}` +
      `  refused ${share(outcomes.refused)}  unframed ${share(outcomes.unframed)}  RSS ${mib(after.rss)} MiB`,
  );
  const isGrown = after.arrayBuffers - before.arrayBuffers > GROWTH_BYTES_MAX;
  if (count === COUNT && !isGrown) return;
  isFailed = true;
  console.log(isGrown ? `${name}: its buffers have grown` : `${name}: the time was over after ${count} of ${COUNT}`);
}

const started = performance.now();
for (const [name, parse] of fuzzedParsers(seed)) if (name.includes(only)) run(name, parse);
const { maxRSS } = process.resourceUsage();
console.log(
  `${total} inputs in ${((performance.now() - started) / 1000).toFixed(0)} s, highest RSS ${mib(maxRSS * 1024)} MiB`,
);
process.exit(isFailed || total === 0 ? 1 : 0);

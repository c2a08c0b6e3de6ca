/**
 * What a message costs, beside the floors that nobody can go below on the same machine in the same minute. README.md
 * says how to read it.
 *
 *   npm run bench -- [--quick] [--seconds N] [--rounds N] [--only NAME] [--json] [--profile FOLDER] [--against FOLDER]
 */
import { cpus } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Contestant, CONTESTANTS, type Measurement } from "./contestants.ts";
import { FLOOR, OTHER, printTable, summarise } from "./summary.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    seconds: { type: "string" },
    rounds: { type: "string" },
    /** Writes V8's CPU profiles of the server there. It is slower then: do not read the figures. */
    profile: { type: "string" },
    /** Contestants whose name contains this. */
    only: { type: "string" },
    /** Another checkout, with its dependencies, whose contestants run in turn with these. */
    against: { type: "string" },
  },
});
const seconds = Number(values.seconds ?? (values.quick ? 1 : 4));
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const say = (text: string) => void (values.json || process.stdout.write(`${text}\n`));

const machine = {
  node: process.version,
  cores: cpus().length,
  cpu: cpus()[0]?.model ?? "unknown",
  platform: `${process.platform} ${process.arch}`,
};
say(`node ${machine.node}, ${machine.cores} cores (${machine.cpu}), ${machine.platform}`);
say(`${rounds} rounds of ${seconds} s each, in turn; the load generator runs on the same cores`);

const measured = new Map<string, Measurement[]>();
const only = values.only;
const contestants = (values.against === undefined ? CONTESTANTS : await withOthers(values.against)).filter(
  ({ name }) => only === undefined || name.includes(only),
);
for (let round = 1; round <= rounds; round += 1) {
  for (const contestant of contestants) {
    say(`round ${round}: ${contestant.name}`);
    const measurement = await contestant.run({ seconds, profileFolder: values.profile ?? null });
    measured.set(contestant.name, [...(measured.get(contestant.name) ?? []), measurement]);
  }
}
const summary = summarise(measured);
if (values.json) process.stdout.write(`${JSON.stringify({ machine, seconds, rounds, results: summary }, null, 2)}\n`);
else printTable(summary);

/** Each followed by the other checkout's contestant of its name. Floors of the machine are the same for both. */
async function withOthers(folder: string): Promise<readonly Contestant[]> {
  const file = pathToFileURL(resolve(folder, "bench/contestants.ts")).href;
  const others = ((await import(file)) as { CONTESTANTS: readonly Contestant[] }).CONTESTANTS;
  return CONTESTANTS.flatMap((contestant) => {
    const other = others.find(({ name }) => name === contestant.name);
    if (other === undefined || contestant.name.startsWith(FLOOR)) return [contestant];
    return [contestant, { name: contestant.name + OTHER, run: (options) => other.run(options) }];
  });
}

import { ENTRY_SECTIONS } from "./entries.ts";
import type { Config } from "./schema.ts";
import { SECRET_MASK, SETTINGS } from "./settings.ts";

/** One difference between two configurations. Secrets are masked. */
export interface ConfigChange {
  /** `section.name`, or of an entry `carriers.NAME`; `rules` as a whole, because their order counts. */
  readonly path: string;
  /** Null: it was not there, or is not there any more. */
  readonly before: unknown;
  readonly after: unknown;
  /** False: it holds from now on. */
  readonly needsRestart: boolean;
}

/** What a running server takes over. All else is read once, when it starts. */
const LIVE_SECTIONS: ReadonlySet<string> = new Set(["routing", "health"]);

type Members = Readonly<Record<string, unknown>>;

export function diffConfigs(before: Config, after: Config): readonly ConfigChange[] {
  const changes: ConfigChange[] = [];
  const valueOf = (config: Config, section: string, name: string) =>
    (config as unknown as Readonly<Record<string, Members>>)[section]?.[name] ?? null;
  for (const { path, section, name, isSecret } of SETTINGS) {
    const [old, next] = [valueOf(before, section, name), valueOf(after, section, name)];
    if (old === next) continue;
    const shown = (value: unknown) => (isSecret && value !== "" ? SECRET_MASK : value);
    changes.push({ path, before: shown(old), after: shown(next), needsRestart: !LIVE_SECTIONS.has(section) });
  }
  for (const section of ENTRY_SECTIONS) changes.push(...diffEntries(section, before[section], after[section]));
  return changes;
}

function diffEntries(section: string, before: unknown, after: unknown): readonly ConfigChange[] {
  const change = (path: string, old: unknown, next: unknown): readonly ConfigChange[] =>
    JSON.stringify(old) === JSON.stringify(next) ? [] : [{ path, before: old, after: next, needsRestart: false }];
  if (Array.isArray(after)) return change(section, before, after);
  const [old, next] = [before as Members, after as Members];
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  const changes = names.flatMap((name) => change(`${section}.${name}`, old[name] ?? null, next[name] ?? null));
  // The order of carriers and routes decides where there are no rules.
  const isReordered = changes.length === 0 && Object.keys(old).join() !== Object.keys(next).join();
  return isReordered ? change(section, Object.keys(old), Object.keys(next)) : changes;
}

/** The running configuration with what may change while it runs. */
export function withLiveSections(running: Config, next: Config): Config {
  const { routing, health, carriers, routes, rules } = next;
  return Object.freeze({ ...running, routing, health, carriers, routes, rules });
}

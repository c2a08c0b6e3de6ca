import { parseIpRange } from "../kernel/ip-ranges.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type EntryPath, noEntries } from "./entries.ts";
import { checkEntries } from "./entries-check.ts";
import type { Config } from "./schema.ts";
import {
  type ConfigSource,
  type ConfigSources,
  refusalOf,
  SETTING_OF_PATH,
  SETTING_OF_VARIABLE,
  type Setting,
  SETTINGS,
  type SettingValue,
  VARIABLE_PREFIX,
  valueOfText,
  variableByRule,
} from "./settings.ts";
import { type Position, readConfigFile } from "./yaml-file.ts";

// The rest of the configuration's face, so that other stages need to know this file only.
export { ConfigError, type ConfigProblem, isConfigError } from "./config-error.ts";
export { configReference } from "./config-reference.ts";
export { type ConfigChange, diffConfigs, withLiveSections } from "./config-diff.ts";
export type { CarrierEntry } from "./entries-schema.ts";
export { effectiveEntries } from "./entries-check.ts";
export { printConfig } from "./print-config.ts";
export type { Config } from "./schema.ts";
export { type ConfigSources, describeSettings } from "./settings.ts";

export interface ConfigInput {
  /** A YAML file. Without it there are no settings from a file. */
  file?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** By dotted path. Text is read as in the environment. */
  flags: Readonly<Record<string, SettingValue>>;
}

export interface LoadedConfig {
  config: Config;
  sources: ConfigSources;
}

/** Variables that are no settings: the configuration file itself, and the address that our clients call. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set(["POSTHORN_CONFIG", "POSTHORN_BASE_URL"]);

/** Pairs that must not be the wrong way round, and what would go wrong then. */
const ORDERED: readonly (readonly [smaller: string, larger: string, reason: string])[] = [
  ["dispatch.retryBaseMs", "dispatch.retryMaxMs", "the pause grows from the one to the other"],
  ["health.probeAfterMs", "health.probeAfterMaxMs", "the pause grows from the one to the other"],
  [
    "accept.destinationsPerRequestMax",
    "accept.pendingMessagesMax",
    "a request of that many destinations could never be accepted",
  ],
];

class Collector {
  readonly values = new Map<string, SettingValue>(SETTINGS.map((setting) => [setting.path, setting.default]));
  readonly sources = new Map<string, ConfigSource>(SETTINGS.map((setting) => [setting.path, "default"]));
  readonly positions = new Map<string, Position>();
  entries = noEntries();
  #positionOf: (path: EntryPath) => Position | undefined = () => undefined;
  readonly problems: ConfigProblem[] = [];

  addFile(file: string): void {
    const { values, positions, problems, entries, positionOf } = readConfigFile(file);
    this.entries = entries;
    this.#positionOf = positionOf;
    for (const [path, value] of values) this.#set(path, value, "file");
    for (const [path, position] of positions) this.positions.set(path, position);
    this.problems.push(...problems);
  }

  addEnvironment(env: ConfigInput["env"]): void {
    for (const [variable, text] of Object.entries(env)) {
      if (text === undefined || !variable.startsWith(VARIABLE_PREFIX) || OTHER_VARIABLES.has(variable)) continue;
      const setting = SETTING_OF_VARIABLE.get(variable);
      if (setting !== undefined) this.#addGiven(setting, text, "environment", variable);
      else {
        this.problems.push({ path: variable, message: unknown("environment variable", likelyVariable(variable)) });
      }
    }
  }

  addFlags(flags: ConfigInput["flags"]): void {
    for (const [path, value] of Object.entries(flags)) {
      const setting = SETTING_OF_PATH.get(path);
      if (setting !== undefined) this.#addGiven(setting, value, "flag", "the command line");
      else {
        const suggestion = didYouMean(path, SETTING_OF_PATH.keys());
        this.problems.push({ path, message: unknown("setting", suggestion && `--${suggestion}`) });
      }
    }
  }

  /** Only of a configuration whose every value is right by itself: else one mistake would be told twice. */
  checkOrder(): void {
    if (this.problems.length > 0) return;
    for (const [smaller, larger, reason] of ORDERED) {
      const [low, high] = [this.values.get(smaller), this.values.get(larger)];
      if (low === undefined || high === undefined || low <= high) continue;
      const position = this.sources.get(smaller) === "file" ? this.positions.get(smaller) : undefined;
      const message = `${low} is more than ${larger} (${high}): ${reason}`;
      this.problems.push({ path: smaller, message, ...position });
    }
  }

  /** What a pattern cannot say: each of them is an address or a range. */
  checkProxies(): void {
    const path = "http.trustedProxies";
    for (const range of String(this.values.get(path)).split(",")) {
      if (range.trim() === "" || parseIpRange(range) !== null) continue;
      const position = this.sources.get(path) === "file" ? this.positions.get(path) : undefined;
      const message = `${JSON.stringify(range.trim())} is no IP address and no range such as 10.0.0.0/8`;
      this.problems.push({ path, message, ...position });
    }
  }

  /** As late, and for the same reason. */
  checkEntries(): void {
    if (this.problems.length > 0) return;
    checkEntries(this.entries, this.values.get("sandbox.enabled") === true, (path, message) => {
      this.problems.push({ path: path.join("."), message, ...this.#positionOf(path) });
    });
  }

  #addGiven(setting: Setting, given: SettingValue, source: ConfigSource, name: string): void {
    const value = typeof given === "string" ? valueOfText(setting, given) : given;
    const refusal = refusalOf(setting, value);
    if (refusal === undefined) this.#set(setting.path, value, source);
    else this.problems.push({ path: setting.path, message: `${refusal} (from ${name})` });
  }

  #set(path: string, value: SettingValue, source: ConfigSource): void {
    this.values.set(path, value);
    this.sources.set(path, source);
  }
}

/** Compared without the prefix, which would make short names look alike. */
function likelyVariable(variable: string): string | undefined {
  const exact = SETTINGS.find((setting) => variableByRule(setting.path) === variable);
  if (exact !== undefined) return exact.variable;
  const known = [...SETTING_OF_VARIABLE.keys(), ...OTHER_VARIABLES].map((name) => name.slice(VARIABLE_PREFIX.length));
  const suggestion = didYouMean(variable.slice(VARIABLE_PREFIX.length), known);
  return suggestion && VARIABLE_PREFIX + suggestion;
}

const unknown = (what: string, suggestion: string | undefined): string =>
  `unknown ${what}${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`;

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) for (const member of Object.values(value)) deepFrozen(member);
  return Object.freeze(value);
}

/**
 * The configuration of this start: defaults, overridden by the file, by the environment, by flags. Everything is
 * checked, also what is overridden.
 *
 * @throws ConfigError with all problems at once; those of the file have their line and column
 */
export function loadConfig({ file, env, flags }: ConfigInput): LoadedConfig {
  const collector = new Collector();
  if (file !== undefined) collector.addFile(file);
  collector.addEnvironment(env);
  collector.addFlags(flags);
  collector.checkOrder();
  collector.checkProxies();
  collector.checkEntries();
  if (collector.problems.length > 0) throw new ConfigError(collector.problems);

  const sections: Record<string, Record<string, SettingValue>> = {};
  for (const { section, name, path } of SETTINGS) {
    const members = (sections[section] ??= {});
    members[name] = collector.values.get(path) as SettingValue;
  }
  for (const members of Object.values(sections)) Object.freeze(members);
  return {
    config: Object.freeze({ ...sections, ...deepFrozen(collector.entries) }) as unknown as Config,
    sources: Object.freeze(Object.fromEntries(collector.sources)),
  };
}

import { stringify } from "yaml";
import { ENTRY_SECTIONS } from "./entries.ts";
import { ENTRIES_SCHEMA } from "./entries-schema.ts";
import type { Config } from "./schema.ts";
import {
  type ConfigSources,
  describeAccepted,
  SECRET_MASK,
  SECTIONS,
  type Setting,
  type SettingValue,
} from "./settings.ts";

const COMMENT_WIDTH = 100;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** Text always in quotes and on one line, so that neither `no` nor a line break becomes anything else when read. */
const scalar = (value: SettingValue): string =>
  stringify(value, {
    defaultStringType: "QUOTE_DOUBLE",
    doubleQuotedMinMultiLineLength: Infinity,
    lineWidth: 0,
  }).trimEnd();

const shownValue = (setting: Setting, value: SettingValue): SettingValue =>
  setting.isSecret && value !== "" ? SECRET_MASK : value;

function shownSource(setting: Setting, sources: ConfigSources): string {
  const source = sources[setting.path] ?? "default";
  if (source === "environment") return `environment (${setting.variable})`;
  return source === "flag" ? `flag (--${setting.path})` : source;
}

/**
 * The configuration as a YAML file that could be loaded again: above each setting its description, what it accepts
 * with its unit, its default and its source. Secrets are masked.
 */
export function printConfig(config: Config, sources: ConfigSources): string {
  const values = config as unknown as Readonly<Record<string, Readonly<Record<string, SettingValue>>>>;
  const lines: string[] = [];
  for (const section of SECTIONS) {
    if (lines.length > 0) lines.push("");
    lines.push(...wrap(section.description, COMMENT_WIDTH).map((line) => `# ${line}`), `${section.name}:`);
    for (const setting of section.settings) {
      const value = values[section.name]?.[setting.name] ?? setting.default;
      const comments = [
        ...wrap(setting.description, COMMENT_WIDTH),
        `Accepts ${describeAccepted(setting)}. Default ${scalar(setting.default)}. Source: ${shownSource(setting, sources)}.`,
      ];
      lines.push(...comments.map((line) => `  # ${line}`), `  ${setting.name}: ${scalar(shownValue(setting, value))}`);
    }
  }
  for (const name of ENTRY_SECTIONS) {
    const { description } = ENTRIES_SCHEMA.properties[name] as { description?: string };
    lines.push(
      "",
      ...wrap(description ?? "", COMMENT_WIDTH).map((line) => `# ${line}`),
      ...entryLines(name, config[name]),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Entries hold no secret: they name the variables and files that do. */
function entryLines(name: string, entries: unknown): string[] {
  const text = stringify(
    { [name]: entries },
    { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 },
  );
  return text.trimEnd().split("\n");
}

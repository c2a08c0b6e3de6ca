import { isAbsolute, resolve } from "node:path";
import { loadConfig, type LoadedConfig } from "../config/config.ts";
import type { Options, Values } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import type { Context } from "./command.ts";

/** Options of every command that reads the configuration. */
export const CONFIG_OPTIONS = {
  config: { kind: "text", value: "FILE", description: "Configuration file (YAML). Also POSTHORN_CONFIG." },
  data: { kind: "text", value: "DIR", description: "Data folder: data.directory." },
  set: { kind: "list", value: "NAME=VALUE", description: "Any setting by its path: --set http.port=9000." },
} as const satisfies Options;

/** Short names for the settings that a start is most often given. */
export const SERVE_OPTIONS = {
  ...CONFIG_OPTIONS,
  port: { kind: "text", value: "PORT", description: "Port to listen on: http.port." },
  host: { kind: "text", value: "ADDRESS", description: "Address to listen on: http.host." },
  "no-welcome": { kind: "flag", description: "No first messages at the first start: welcome.enabled." },
  "log-level": {
    kind: "text",
    value: "LEVEL",
    description: "trace, debug, info, warn, error, fatal or silent: log.level.",
  },
} as const satisfies Options;

const SHORTCUTS = { data: "data.directory", port: "http.port", host: "http.host", "log-level": "log.level" } as const;

/**
 * @throws ConfigError; CliError USAGE for a `--set` that is none
 */
export function readConfiguration(
  values: Partial<Values<typeof SERVE_OPTIONS>>,
  settings: Readonly<Record<string, string>>,
  { env }: Pick<Context, "env">,
): LoadedConfig & { readonly file: string | undefined } {
  const flags: Record<string, string> = { ...settings };
  for (const assignment of values.set ?? []) {
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
    if (path === undefined || value === undefined) {
      throw new CliError(
        "USAGE",
        `--set takes NAME=VALUE, for example http.port=9000; got ${JSON.stringify(assignment)}`,
      );
    }
    flags[path] = value;
  }
  for (const [name, path] of Object.entries(SHORTCUTS)) {
    const value = values[name as keyof typeof SHORTCUTS];
    if (value !== undefined) flags[path] = value;
  }
  if (values["no-welcome"] === true) flags["welcome.enabled"] = "false";
  const file = values.config ?? (env["POSTHORN_CONFIG"] || undefined);
  return { ...loadConfig({ file, env, flags }), file };
}

/** The data folder as people find it again from another folder. */
export function shownFolder(folder: string): string {
  return isAbsolute(folder) ? folder : resolve(folder);
}

import { type Connection, type Infobip, infobip, normaliseBaseUrl } from "@posthorn/component";
import type { Options, Values } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import type { Context } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export const BASE_URL_DEFAULT = "http://127.0.0.1:8080";

export const CONNECTION_OPTIONS = {
  "base-url": {
    kind: "text",
    value: "URL",
    description: `Where to send. Also POSTHORN_BASE_URL or INFOBIP_BASE_URL. Default ${BASE_URL_DEFAULT}.`,
  },
  key: {
    kind: "text",
    value: "KEY",
    description: "API key. Better in POSTHORN_API_KEY or INFOBIP_API_KEY: others see a command's options.",
  },
} as const satisfies Options;

/**
 * @throws CliError AUTH without a key; ComponentError INVALID_CONNECTION for a base URL that is none
 */
export function connectionOf(
  values: Values<typeof CONNECTION_OPTIONS>,
  { env }: Pick<Context, "env">,
): Required<Connection> {
  // One pair or the other: a key of the one must not go to the other's address.
  const names = env["POSTHORN_API_KEY"] || env["POSTHORN_BASE_URL"] ? "POSTHORN" : "INFOBIP";
  const key = values.key ?? (env[`${names}_API_KEY`] || undefined);
  if (key === undefined) {
    throw new CliError(
      "AUTH",
      "no API key: set POSTHORN_API_KEY, or give --key. The first start of `posthorn serve` showed one",
    );
  }
  const baseUrl = values["base-url"] ?? (env[`${names}_BASE_URL`] || BASE_URL_DEFAULT);
  return { key, baseUrl: normaliseBaseUrl(baseUrl) };
}

/** A client that tells a waiting person why nothing happens: retries may take two minutes. */
export function clientOf(connection: Connection, terminal: Terminal): Infobip {
  return infobip(connection, {
    log: ({ attempt, waitMs = 0, code = "unknown" }) => {
      if (terminal.isErrTty)
        terminal.err(`try ${attempt} failed (${code}); the next one in ${(waitMs / 1000).toFixed(1)} s`);
    },
  });
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { DATABASE_FILE, openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import type { Values } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import type { Context } from "./command.ts";
import { type CONFIG_OPTIONS, readConfiguration, shownFolder } from "./configuration.ts";

interface Given {
  readonly values: Values<typeof CONFIG_OPTIONS>;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Runs `use` with the data folder's store, also beside a running server.
 *
 * @throws CliError USAGE where there is no data yet, unless `mayCreate`: a mistyped folder would look like an empty one
 */
export async function withStore<Result>(
  { values, settings }: Given,
  context: Context,
  options: { readonly mayCreate: boolean },
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const { config } = readConfiguration(values, settings, context);
  const folder = config.data.directory;
  if (!options.mayCreate && !existsSync(join(folder, DATABASE_FILE))) {
    throw new CliError("USAGE", `there is no data in ${shownFolder(folder)}; give the server's folder with --data`);
  }
  const store = await openSqliteStore(folder, { serve: false });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

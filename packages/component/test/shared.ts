import { existsSync, readdirSync, readFileSync } from "node:fs";

const SHARED = new URL("../../../../shared/", import.meta.url);

/** A file of the reference data beside the checkout, or undefined where there is none. */
export function readShared(path: string): string | undefined {
  const url = new URL(path, SHARED);
  return existsSync(url) ? readFileSync(url, "utf8") : undefined;
}

/** The page that the component began with. */
export function readSeedPage(): string | undefined {
  const folder = new URL("seeds/", SHARED);
  const name = existsSync(folder) ? readdirSync(folder).find((file) => file.endsWith(".txt")) : undefined;
  return name === undefined ? undefined : readFileSync(new URL(name, folder), "utf8");
}

export const ABSENT = "the reference data is not beside this checkout";

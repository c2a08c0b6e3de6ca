import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where distributions keep what only administrators usually start. */
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The path of a program that is installed, or null. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...MORE_FOLDERS];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/**
 * For a test's `skip`: false where every program is there, otherwise a line that says which one is not. Where
 * POSTHORN_REQUIRE_PEERS is set nothing is skipped, so that a test that cannot run fails.
 */
export function skipWithout(...names: readonly string[]): string | false {
  const missing = names.filter((name) => findProgram(name) === null);
  if (missing.length === 0 || isRequired()) return false;
  return `${missing.join(" and ")}: not installed`;
}

function isRequired(): boolean {
  return !["", "0", undefined].includes(process.env["POSTHORN_REQUIRE_PEERS"]);
}

/** @throws Error where it is not installed, which is how a test fails that may not be skipped */
export function programPath(name: string): string {
  const path = findProgram(name);
  if (path === null) throw new Error(`${name} is not installed, and POSTHORN_REQUIRE_PEERS says that it must be`);
  return path;
}

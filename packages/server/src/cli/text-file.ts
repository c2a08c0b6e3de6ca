import { readFileSync, statSync } from "node:fs";
import { CliError } from "./cli-error.ts";

/** @throws CliError USAGE for a file that is not there, is none, or is too large */
export function readTextFile(file: string, bytesMax: number): string {
  try {
    const { size } = statSync(file);
    if (size > bytesMax) throw new CliError("USAGE", `${file} has ${size} bytes; the limit is ${bytesMax}`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "is a folder" : String(code);
    throw new CliError("USAGE", `cannot read ${file}: ${reason}`, { cause: error });
  }
}

import { readTextFile } from "./text-file.ts";
import { CliError } from "./cli-error.ts";
import type { Terminal } from "./terminal.ts";

/** One command's worth. More belongs into a program that can go on where it stopped. */
export const DESTINATIONS_MAX = 100_000;
/** Room for DESTINATIONS_MAX lines of a table with a few columns. */
const FILE_BYTES_MAX = 16 * 1_048_576;

/**
 * Destinations of `--to` (repeated, or separated by commas) and of a file, in that order.
 *
 * @throws CliError USAGE without any, or with more than DESTINATIONS_MAX
 */
export async function readDestinations(
  to: readonly string[],
  file: string | undefined,
  terminal: Pick<Terminal, "readInput">,
): Promise<readonly string[]> {
  const listed = to.flatMap((text) => text.split(",")).map((text) => text.trim());
  if (listed.includes("")) throw new CliError("USAGE", "--to has an empty number");
  const text =
    file === undefined
      ? ""
      : file === "-"
        ? await terminal.readInput(FILE_BYTES_MAX)
        : readTextFile(file, FILE_BYTES_MAX);
  const destinations = [...listed, ...parseNumbers(text)];
  if (destinations.length === 0) {
    throw new CliError("USAGE", file === undefined ? "--to or --to-file is missing" : `${file} has no number`);
  }
  if (destinations.length > DESTINATIONS_MAX) {
    throw new CliError(
      "USAGE",
      `${destinations.length} destinations are more than one command takes (${DESTINATIONS_MAX})`,
    );
  }
  return destinations;
}

/** One number a line, or the first column of a CSV file. Empty lines, lines that begin with # and a heading are left out. */
export function parseNumbers(text: string): readonly string[] {
  const cells = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => (/^"([^"]*)"/.exec(line)?.[1] ?? line.split(/[,;\t]/)[0] ?? "").trim());
  // A heading has no digit; any other cell without one goes to the server, which says what is wrong with it.
  const isHeading = cells[0] !== undefined && !/\d/.test(cells[0]);
  return (isHeading ? cells.slice(1) : cells).filter((cell) => cell !== "");
}

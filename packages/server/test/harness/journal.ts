import { existsSync, readFileSync } from "node:fs";

/** What the sandbox's network saw of one message (settings: sandbox.journal). */
export interface JournalLine {
  readonly channel: string;
  readonly messageId: string;
  readonly carrierMessageId: string;
  readonly to: string;
  readonly text: string;
  readonly possibleDuplicate: boolean;
}

/**
 * All lines of the files in order. A kill may tear the last line of a file: it is left out when `mayBeTorn`, since
 * what was not written whole was not handed over whole either.
 */
export function readJournal(
  files: readonly string[],
  { mayBeTorn }: { readonly mayBeTorn: boolean },
): readonly JournalLine[] {
  return files.filter(existsSync).flatMap((file) => {
    const texts = readFileSync(file, "utf8").split("\n");
    const torn = texts.pop();
    if (torn !== "" && !mayBeTorn) throw new Error(`${file} ends within a line: ${torn}`);
    return texts.map((text) => JSON.parse(text) as JournalLine);
  });
}

export function groupByMessage(lines: readonly JournalLine[]): Map<string, JournalLine[]> {
  return Map.groupBy(lines, (line) => line.messageId);
}

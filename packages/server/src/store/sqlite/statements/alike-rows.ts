import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The columns of rows that are inserted together. */
export interface AlikeColumns {
  /** Those in which they are the same: bound once, as the first parameters. */
  readonly shared: readonly string[];
  /** Those in which they differ: bound once for each row, behind the others. */
  readonly own: readonly string[];
}

/** Rows in one statement, the most first. A hundred gain a twentieth more than fifty. */
const ROW_COUNTS = [50, 10, 1] as const;

/** The most that any statement inserts. */
export const ROWS_AT_ONCE_MAX = ROW_COUNTS[0];

/** The most that one statement inserts of so many. */
export function rowsAtOnce(count: number): number {
  return ROW_COUNTS.find((rows) => rows <= count) ?? 1;
}

/**
 * A statement begins once for all its rows, and what they share is converted and copied once. Only what is bound for
 * several rows has a number: before Node binds a value it looks for its parameter along the list of all that have one.
 */
export function insertAlike(table: string, { shared, own }: AlikeColumns, count: number): string {
  const first = shared.map((_, index) => (count === 1 ? "?" : `?${index + 1}`));
  const row = `(${[...first, ...own.map(() => "?")].join(", ")})`;
  return `insert into ${table} (${[...shared, ...own].join(", ")}) values ${Array(count).fill(row).join(", ")}`;
}

/** The statement for each number of rows that `rowsAtOnce` gives. */
export function prepareAlike(
  database: DatabaseSync,
  textFor: (count: number) => string,
): (count: number) => StatementSync {
  const statements = new Map(ROW_COUNTS.map((count) => [count as number, database.prepare(textFor(count))]));
  return (count) => {
    const statement = statements.get(count);
    if (statement === undefined) throw new Error(`there is no statement for ${count} rows`);
    return statement;
  };
}

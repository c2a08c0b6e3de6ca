/** The columns of rows that are inserted together. */
export interface AlikeColumns {
  /** Those in which they are the same: bound once, as the first parameters. */
  readonly shared: readonly string[];
  /** Those in which they differ: bound once for each row, behind the others. */
  readonly own: readonly string[];
}

/** Enough for nearly all that is gained by it; what is left over is inserted one by one. */
export const ROWS_TOGETHER = 10;

/** One statement for `count` rows: it is begun once, and what they share is converted and copied once. */
export function insertAlike(table: string, { shared, own }: AlikeColumns, count: number): string {
  const first = shared.map((_, index) => `?${index + 1}`).join(", ");
  const rows = Array.from({ length: count }, (_, row) => {
    const values = own.map((_column, index) => `?${shared.length + row * own.length + index + 1}`);
    return `(${first}, ${values.join(", ")})`;
  });
  return `insert into ${table} (${[...shared, ...own].join(", ")}) values ${rows.join(", ")}`;
}

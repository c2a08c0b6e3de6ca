/**
 * Rows as they cross between the threads: the first one whole, and of the others only the columns that are not the same
 * in all of them, as most of a bulk is. Objects cost three to six times as much to copy, and each copy has texts of its
 * own, which the other thread then keeps as long as the rows.
 */
export interface PackedRows {
  readonly count: number;
  readonly first: readonly unknown[];
  readonly varying: readonly VaryingColumn[];
}

interface VaryingColumn {
  readonly column: number;
  /** From the second row on; `AS_BEFORE` where it is as in the row before. */
  readonly values: unknown[];
}

/** No value is undefined by itself. */
const AS_BEFORE = undefined;

/** How a kind of row is taken apart and put together. */
export interface RowShape<Row> {
  /** Values of a row. */
  readonly width: number;
  /** `null` stands for a member that is absent. */
  readonly valuesOf: (row: Row) => readonly unknown[];
  /** The array is used again for the next row. */
  readonly rowOf: (values: readonly unknown[]) => Row;
}

/** All members of a row, so that none is forgotten: an optional one may be undefined, which says the same as its absence. */
type Whole<Row> = { readonly [Name in keyof Required<Row>]: Row[Name] | undefined };

export function shapeOf<Row, const Values extends readonly unknown[]>(
  width: Values["length"],
  valuesOf: (row: Row) => Values,
  rowOf: (values: Values) => Whole<Row>,
): RowShape<Row> {
  return { width, valuesOf, rowOf: rowOf as unknown as RowShape<Row>["rowOf"] };
}

export function packRows<Row>(rows: readonly Row[], { width, valuesOf }: RowShape<Row>): PackedRows {
  const first = rows.length === 0 ? [] : valuesOf(rows[0] as Row);
  const varying: VaryingColumn[] = [];
  const valuesByColumn: (unknown[] | undefined)[] = first.map(() => undefined);
  let before = first;
  for (let index = 1; index < rows.length; index += 1) {
    const row = valuesOf(rows[index] as Row);
    for (let column = 0; column < width; column += 1) {
      const value = row[column];
      let values = valuesByColumn[column];
      if (value === before[column]) {
        values?.push(AS_BEFORE);
        continue;
      }
      if (values === undefined) {
        values = Array.from({ length: index - 1 }, () => AS_BEFORE);
        valuesByColumn[column] = values;
        varying.push({ column, values });
      }
      values.push(value);
    }
    before = row;
  }
  return { count: rows.length, first, varying };
}

/** Rows with the same text share it. */
export function unpackRows<Row>({ count, first, varying }: PackedRows, { rowOf }: RowShape<Row>): Row[] {
  if (count === 0) return [];
  const row = [...first];
  const rows = [rowOf(row)];
  for (let index = 0; index < count - 1; index += 1) {
    for (const { column, values } of varying) {
      const value = values[index];
      if (value !== AS_BEFORE) row[column] = value;
    }
    rows.push(rowOf(row));
  }
  return rows;
}

/** Id, name, permanent (no repeat can succeed), description. */
export type ErrorRow = readonly [id: number, name: string, permanent: boolean, description: string];

/** Name to id of a list of rows, literally typed. */
export type IdByName<Row extends readonly [number, string, ...unknown[]]> = { readonly [R in Row as R[1]]: R[0] };

export function idByName<Row extends readonly [number, string, ...unknown[]]>(rows: readonly Row[]): IdByName<Row> {
  return Object.freeze(Object.fromEntries(rows.map(([id, name]) => [name, id]))) as IdByName<Row>;
}

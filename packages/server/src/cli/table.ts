import { paint, plain, type Terminal } from "./terminal.ts";

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

const GAP = "  ";

/** Rows under their titles, each column as wide as its widest cell; numbers to the right. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  { hasOutColour }: Pick<Terminal, "hasOutColour">,
): string {
  const texts = rows.map((row) => columns.map((_, index) => plain(String(row[index] ?? ""))));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...texts.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ isNumber }, index) => {
        const [cell, width] = [cells[index] ?? "", widths[index] ?? 0];
        return isNumber === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(GAP)
      .trimEnd();
  const head = paint(hasOutColour, "dim", line(columns.map(({ title }) => title)));
  return [head, ...texts.map(line)].join("\n");
}

import type { Network } from "./networks.ts";

/** Files of prefixes and prices, as rows of named cells: CSV with a line of titles, or JSON with a list of objects. */

/** Reading stops the server for about 3 ms per thousand rows, also at a reload. */
export const TABLE_ROWS_MAX = 500_000;
const PROBLEMS_SHOWN_MAX = 20;

export interface Price {
  readonly carrier: string;
  /** Null: for every country, MCC or MNC that no other row names. */
  readonly country: string | null;
  readonly mcc: string | null;
  readonly mnc: string | null;
  readonly price: number;
}

export type Table<Row> = { readonly rows: readonly Row[] } | { readonly problems: readonly TableProblem[] };

export interface TableProblem {
  /** From 1: the line of a CSV file, the object of a JSON file. */
  readonly line: number;
  readonly message: string;
}

type Cells = Readonly<Record<string, string>>;

export function parsePrefixTable(text: string): Table<Network> {
  return parseTable(text, ["prefix"], ["country", "mcc", "mnc"], (cells) => ({
    prefix: cell(cells, "prefix", /^[1-9][0-9]{0,14}$/, "1 to 15 digits") ?? "",
    ...networkCells(cells),
  }));
}

export function parsePriceTable(text: string): Table<Price> {
  return parseTable(text, ["carrier", "price"], ["country", "mcc", "mnc"], (cells) => ({
    carrier: cells["carrier"] ?? "",
    ...networkCells(cells),
    price: Number(cell(cells, "price", /^[0-9]{1,9}(?:\.[0-9]{1,9})?$/, "a number such as 0.0125")),
  }));
}

function networkCells(cells: Cells) {
  const mcc = cell(cells, "mcc", /^(?:[0-9]{3})?$/, "three digits") ?? "";
  const mnc = cell(cells, "mnc", /^(?:[0-9]{2,3})?$/, "two or three digits") ?? "";
  if (mnc !== "" && mcc === "") throw new Error("mnc means something only together with mcc");
  return {
    country: cell(cells, "country", /^(?:[A-Z]{2})?$/, "two capital letters") || null,
    mcc: mcc || null,
    mnc: mnc || null,
  };
}

function cell(cells: Cells, name: string, pattern: RegExp, rule: string): string | undefined {
  const text = cells[name] ?? "";
  if (!pattern.test(text)) throw new Error(`${name}: expected ${rule}, got ${JSON.stringify(text.slice(0, 40))}`);
  return text;
}

function parseTable<Row>(
  text: string,
  required: readonly string[],
  optional: readonly string[],
  rowOf: (cells: Cells) => Row,
): Table<Row> {
  const read = /^\s*\[/.test(text) ? readJson(text) : readCsv(text);
  if ("problems" in read) return read;
  const rows: Row[] = [];
  const problems: TableProblem[] = [];
  const known = [...required, ...optional];
  for (const { line, cells } of read.rows) {
    try {
      const unknown = Object.keys(cells).find((name) => !known.includes(name));
      if (unknown !== undefined) throw new Error(`unknown column ${unknown}; there are ${known.join(", ")}`);
      const missing = required.find((name) => (cells[name] ?? "") === "");
      if (missing !== undefined) throw new Error(`${missing} is missing`);
      rows.push(rowOf(cells));
    } catch (error) {
      problems.push({ line, message: (error as Error).message });
      if (problems.length >= PROBLEMS_SHOWN_MAX) break;
    }
  }
  return problems.length === 0 ? { rows } : { problems };
}

type Lines = Table<{ readonly line: number; readonly cells: Cells }>;

const one = (line: number, message: string) => ({ problems: [{ line, message }] });

function readCsv(text: string): Lines {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines.length > TABLE_ROWS_MAX) return one(TABLE_ROWS_MAX, `more than ${TABLE_ROWS_MAX} lines`);
  const titles = cellsOf(lines[0] ?? "");
  const rows = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "" || line.startsWith("#")) continue;
    const values = cellsOf(line);
    if (values.length > titles.length) return one(index + 1, `${values.length} cells under ${titles.length} titles`);
    const cells = Object.fromEntries(titles.map((title, column) => [title, values[column] ?? ""]));
    rows.push({ line: index + 1, cells });
  }
  return { rows };
}

/** No value of these tables has a comma or a quote in it; quotes around one are dropped. */
function cellsOf(line: string): readonly string[] {
  return line.split(",").map((text) => text.trim().replace(/^"([^"]*)"$/, "$1"));
}

function readJson(text: string): Lines {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return one(1, (error as Error).message);
  }
  if (!Array.isArray(list)) return one(1, "expected a list of objects");
  if (list.length > TABLE_ROWS_MAX) return one(TABLE_ROWS_MAX, `more than ${TABLE_ROWS_MAX} objects`);
  const rows = [];
  for (const [index, value] of list.entries()) {
    if (typeof value !== "object" || value === null) return one(index + 1, "expected an object");
    const cells = Object.entries(value).map(([name, member]: [string, unknown]) => [name, textOf(member)]);
    rows.push({ line: index + 1, cells: Object.fromEntries(cells) as Cells });
  }
  return { rows };
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}

import type { Measurement } from "./contestants.ts";

export interface Range {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface SummaryRow {
  readonly name: string;
  readonly rounds: number;
  readonly messagesPerSecond: Range;
  readonly cpuUsPerMessage: Range;
  /** By process; empty where nothing but the measured process ran. */
  readonly harnessUsPerMessage: Readonly<Record<string, Range>>;
  readonly p50Ms: Range | null;
  readonly p99Ms: Range | null;
  readonly rssMb: Range | null;
  /** Messages per second against the floors of this run. */
  readonly ratios: Readonly<Record<string, number>>;
}

export const FLOOR = "floor: ";
/** Stands after the name of another checkout's contestant. */
export const OTHER = " (other)";
/** Which floors a contestant stands on: HTTP of its own request size, and the disk. */
const FLOORS_OF: Readonly<Record<string, readonly string[]>> = {
  "accept, 1 per request": ["floor: node:http, 1 per request", "floor: SQLite insert, commits of 500"],
  "accept, 100 per request": ["floor: node:http, 100 per request", "floor: SQLite insert, commits of 500"],
  "store alone, whole lives": ["floor: SQLite insert, commits of 500"],
  "whole way, 1 per request": ["floor: node:http, 1 per request", "store alone, whole lives"],
  "whole way, 100 per request": ["floor: node:http, 100 per request", "store alone, whole lives"],
};

export function summarise(measured: ReadonlyMap<string, readonly Measurement[]>): readonly SummaryRow[] {
  const speeds = new Map([...measured].map(([name, all]) => [name, rangeOf(all.map((one) => one.messagesPerSecond))]));
  return [...measured].map(([name, all]) => ({
    name,
    rounds: all.length,
    messagesPerSecond: rangeOf(all.map((one) => one.messagesPerSecond)),
    cpuUsPerMessage: rangeOf(all.map((one) => one.cpuUsPerMessage)),
    harnessUsPerMessage: rangesOf(all.map((one) => one.harnessUsPerMessage ?? {})),
    p50Ms: rangeOfSome(all.map((one) => one.p50Ms)),
    p99Ms: rangeOfSome(all.map((one) => one.p99Ms)),
    rssMb: rangeOfSome(all.map((one) => one.rssMb)),
    ratios: Object.fromEntries(
      [...(FLOORS_OF[name.replace(OTHER, "")] ?? []), name + OTHER]
        .filter((floor) => speeds.has(floor))
        .map((floor) => [floor, (speeds.get(name)?.median ?? 0) / (speeds.get(floor)?.median ?? 1)]),
    ),
  }));
}

function rangeOf(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
}

function rangesOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, Range>> {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rangeOf(all.map((one) => one[name] ?? Number.NaN))]));
}

function rangeOfSome(values: readonly (number | undefined)[]): Range | null {
  const some = values.filter((value) => value !== undefined);
  return some.length === 0 ? null : rangeOf(some);
}

export function printTable(rows: readonly SummaryRow[]) {
  const head = [
    "",
    "messages/s",
    "min-max",
    "CPU us/msg",
    "harness us/msg",
    "p50 ms",
    "p99 ms",
    "RSS MB",
    "of its floors",
  ];
  const lines = rows.map((row) => [
    row.name,
    round(row.messagesPerSecond.median),
    `${round(row.messagesPerSecond.min)}-${round(row.messagesPerSecond.max)}`,
    row.cpuUsPerMessage.median.toFixed(1),
    harnessText(row.harnessUsPerMessage),
    row.p50Ms?.median.toFixed(1) ?? "",
    row.p99Ms?.median.toFixed(1) ?? "",
    row.rssMb === null ? "" : round(row.rssMb.median),
    Object.entries(row.ratios)
      .map(([floor, ratio]) => `${(ratio * 100).toFixed(0)} % of ${floor.replace(FLOOR, "")}`)
      .join("; "),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)));
  const print = (line: readonly string[]) =>
    process.stdout.write(
      `${line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
    );
  process.stdout.write("\n");
  print(head);
  for (const line of lines) print(line);
}

/** The sum, and what of it is whose. */
function harnessText(ranges: Readonly<Record<string, Range>>): string {
  const parts = Object.entries(ranges);
  const sum = parts.reduce((all, [, { median }]) => all + median, 0);
  if (parts.length < 2) return parts.length === 0 ? "" : sum.toFixed(1);
  return `${sum.toFixed(1)} (${parts.map(([name, { median }]) => `${name} ${median.toFixed(1)}`).join(", ")})`;
}

function round(value: number): string {
  return String(Math.round(value));
}

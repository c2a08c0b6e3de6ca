import { GraphError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { PAGE_MAX } from "../limits.ts";

const PAGE_DEFAULT = 25;

/** Of `fields=a,b{c}`: the names before the braces, or null for all. */
function fieldsOf(query: URLSearchParams): readonly string[] | null {
  const fields = query.get("fields");
  if (fields === null || fields === "") return null;
  return fields
    .replaceAll(/\{[^}]*\}/g, "")
    .split(",")
    .map((field) => field.trim());
}

/** Only what `fields` asks for, and the id. */
export function pickFields(object: JsonObject, query: URLSearchParams): JsonObject {
  const fields = fieldsOf(query);
  if (fields === null) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => name === "id" || fields.includes(name)));
}

const cursorOf = (offset: number): string => Buffer.from(`posthorn:${offset}`).toString("base64url");

function offsetOf(cursor: string): number {
  const match = /^posthorn:(\d{1,9})$/.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  if (match === null) throw new GraphError(100, "after or before is no cursor of this list");
  return Number(match[1]);
}

/** A page by `limit` and `after` or `before`, with cursors to its neighbours. */
export function pageOf(items: readonly JsonObject[], query: URLSearchParams): JsonObject {
  const limit = Number(query.get("limit") ?? PAGE_DEFAULT);
  if (!Number.isInteger(limit) || limit < 1) throw new GraphError(100, "limit is a whole number from 1 on");
  const size = Math.min(limit, PAGE_MAX);
  const [after, before] = [query.get("after"), query.get("before")];
  const from = after !== null ? offsetOf(after) : before !== null ? Math.max(0, offsetOf(before) - size) : 0;
  const data = items.slice(from, from + size).map((item) => pickFields(item, query));
  if (data.length === 0) return { data };
  return { data, paging: { cursors: { before: cursorOf(from), after: cursorOf(from + data.length) } } };
}

/** Whether a filter has the value: it is not given, the value itself, or a list in JSON with it. */
export function fitsFilter(query: URLSearchParams, name: string, value: string): boolean {
  const filter = query.get(name);
  if (filter === null) return true;
  const wanted = filter.startsWith("[") ? parseList(filter, name) : [filter];
  return wanted.some((one) => one.toLowerCase() === value.toLowerCase());
}

function parseList(text: string, name: string): readonly string[] {
  try {
    return (JSON.parse(text) as readonly unknown[]).map(String);
  } catch {
    throw new GraphError(100, `${name} is not JSON`);
  }
}

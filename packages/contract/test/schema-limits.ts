import assert from "node:assert/strict";
import { test } from "node:test";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";

/** What a limit stands in: a schema, a body that it takes, and the path of a value in that. */
type Place = readonly [schema: TSchema, body: () => object, path: string];

const nameOf = ([schema, , path]: Place) => `${(schema as { title: string }).title}.${path}`;

/** A copy of `body` with the value at `path` (dots, numbers for array places); objects on the way are made. */
export function withValue(body: object, path: string, value: unknown): object {
  const result = structuredClone(body);
  const keys = path.split(".");
  let parent = result as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) parent = (parent[key] ??= {}) as Record<string, unknown>;
  parent[keys.at(-1) as string] = value;
  return result;
}

export function testLengths(rows: readonly (readonly [...Place, max: number])[]): void {
  for (const [schema, body, path, max] of rows) {
    test(`${nameOf([schema, body, path])} takes ${max} characters and no more`, () => {
      const validator = Compile(schema);
      assert.equal(validator.Check(withValue(body(), path, "a".repeat(max))), true);
      assert.equal(validator.Check(withValue(body(), path, "a".repeat(max + 1))), false);
      assert.equal(validator.Check(withValue(body(), path, 1)), false);
    });
  }
}

export function testRanges(rows: readonly (readonly [...Place, min: number, max: number])[]): void {
  for (const [schema, body, path, min, max] of rows) {
    test(`${nameOf([schema, body, path])} takes integers from ${min} to ${max}`, () => {
      const validator = Compile(schema);
      const check = (value: unknown): boolean => validator.Check(withValue(body(), path, value));
      assert.deepEqual([min - 1, min, max, max + 1].map(check), [false, true, true, false]);
      assert.equal(check(min + 0.5), false);
    });
  }
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { fc } from "../test/seed.ts";
import { INTERPOLATED_LENGTH_MAX, PARAMETER_DEPTH_MAX, PILL_DEPTH_MAX } from "./core/limits.ts";
import { formatPill, formatTemplate, parseTemplate, resolvePills } from "./data-pill.ts";

const SCOPE = new Map<string, unknown>(
  Object.entries({
    step: {
      text: "hi",
      count: 3,
      zero: 0,
      no: false,
      none: null,
      list: ["a", { b: "c" }],
      "with-dash": 1,
      nested: { deep: { er: [[1], [2]] } },
    },
    name: "Ann",
  }),
);

const resolve = (value: unknown): unknown => {
  const result = resolvePills(value, SCOPE, "p");
  assert.deepEqual(result.violations, []);
  return result.value;
};
const faults = (value: unknown, scope: ReadonlyMap<string, unknown> = SCOPE): readonly string[] =>
  resolvePills(value, scope, "p").violations.map(({ property, violation }) => `${property} ${violation}`);

test("a string that is exactly one pill keeps the value's type", () => {
  assert.equal(resolve("${step.count}"), 3);
  assert.equal(resolve("${step.no}"), false);
  assert.equal(resolve("${ step.text }"), "hi");
  assert.deepEqual(resolve("${step.list}"), ["a", { b: "c" }]);
  assert.equal(resolve("${step.list[1].b}"), "c");
  assert.equal(resolve("${step.with-dash}"), 1);
  assert.equal(resolve("${step.nested.deep.er[1][0]}"), 2);
});

test("in any other string values are filled in as text", () => {
  assert.equal(resolve("Hello ${name}, ${step.count} + ${step.zero} is ${step.no}"), "Hello Ann, 3 + 0 is false");
  assert.equal(resolve("${name}${name}"), "AnnAnn");
  assert.equal(resolve(" ${name}"), " Ann");
  assert.equal(resolve("list: ${step.list}"), 'list: ["a",{"b":"c"}]');
});

test("pills are found everywhere below a value, and other values stay as they are", () => {
  assert.deepEqual(resolve({ a: ["${name}", { b: "${step.count}" }], c: 5, d: null, e: true }), {
    a: ["Ann", { b: 3 }],
    c: 5,
    d: null,
    e: true,
  });
});

test("dollar signs before a brace come in pairs; others mean nothing", () => {
  assert.equal(resolve("$${name}"), "${name}");
  assert.equal(resolve("$$${name}"), "$Ann");
  assert.equal(resolve("$$$${name}"), "$${name}");
  assert.equal(resolve("5$ {name} $name } { $"), "5$ {name} $name } { $");
});

test("a value that looks like a pill or a formula is text, not filled in again", () => {
  const scope = new Map([
    ["a", "${b}"],
    ["b", "secret"],
    ["f", "=now()"],
  ]);
  assert.equal(resolvePills("x ${a}", scope, "p").value, "x ${b}");
  assert.equal(resolvePills("${f}", scope, "p").value, "=now()");
});

test("refuses formulas, broken pills and expressions, naming the place", () => {
  assert.deepEqual(faults({ a: "=concat('a')" }), ["p.a is a formula; formulas are not supported"]);
  assert.deepEqual(faults(["ok", "x ${name"]), ["p[1] has a data pill without its closing brace"]);
  for (const pill of [
    "${}",
    "${1a}",
    "${a b}",
    "${a.}",
    "${a[]}",
    "${a[-1]}",
    "${a['b']}",
    "${a + 1}",
    "${${name}}",
    "${a..b}",
  ]) {
    assert.match(faults(pill)[0] ?? "", /not a data pill/, pill);
  }
});

test("a pill without a value is refused by name; null too, except alone where null is allowed", () => {
  assert.deepEqual(faults("${nobody.here}"), ["p has ${nobody.here}, which names no value"]);
  assert.deepEqual(faults("a ${step.missing}"), ["p has ${step.missing}, which names no value"]);
  assert.deepEqual(faults("a ${step.none}"), ["p has ${step.none}, which is null and cannot be part of a text"]);
  assert.deepEqual(faults("${step.none}"), ["p has ${step.none}, which is null"]);
  assert.deepEqual(resolvePills("${step.none}", SCOPE, "p", true), { value: null, violations: [] });
});

test("looks only at own members of objects and at indexes of arrays", () => {
  for (const pill of [
    "${step.toString}",
    "${step.list.length}",
    "${step.text.length}",
    "${step.list.map}",
    "${step.text[0]}",
    "${step[0]}",
    "${step.list[2]}",
    "${name.x}",
  ]) {
    assert.match(faults(pill)[0] ?? "", /names no value/, pill);
  }
  for (const pill of [
    "${__proto__}",
    "${constructor}",
    "${step.__proto__}",
    "${step.constructor.name}",
    "${step.prototype}",
  ]) {
    assert.match(faults(pill)[0] ?? "", /reserved name/, pill);
  }
  assert.deepEqual(faults(JSON.parse('{"__proto__": {"polluted": true}}')), ["p.__proto__ is a reserved name"]);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test("holds the limits of depth and length", () => {
  const deep = (steps: number) => `\${a${".b".repeat(steps)}}`;
  assert.match(faults(deep(PILL_DEPTH_MAX + 1))[0] ?? "", /deeper/);
  assert.match(faults(deep(PILL_DEPTH_MAX))[0] ?? "", /names no value/);
  const nest = (levels: number): unknown => (levels === 0 ? "x" : [nest(levels - 1)]);
  assert.deepEqual(faults(nest(PARAMETER_DEPTH_MAX)), []);
  assert.match(faults(nest(PARAMETER_DEPTH_MAX + 1))[0] ?? "", /nested deeper/);
  const scope = new Map([["long", "x".repeat(INTERPOLATED_LENGTH_MAX)]]);
  assert.deepEqual(faults("${long}", scope), []);
  assert.match(faults("${long}!${long}", scope)[0] ?? "", /is longer than/);
});

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const path = fc.array(fc.oneof(name, fc.nat({ max: 99 })), { maxLength: 5 });
const pill = fc.record({ name, path }).map((fields) => ({ ...fields, source: formatPill(fields) }));
const literal = fc.string({ unit: fc.constantFrom("$", "{", "}", "a", " ", "ü", "."), minLength: 1, maxLength: 8 });

test("formatting and parsing a template gives its parts again, dollar signs and braces included", () => {
  // Two neighbouring texts are one text, and an empty one is none: the generator makes what parsing can give.
  const template = fc.array(fc.tuple(fc.option(literal, { nil: "" }), pill), { maxLength: 4 }).chain((pairs) =>
    fc.option(literal, { nil: "" }).map((last) => {
      const parts = [...pairs.flat(), last].filter((part) => part !== "");
      return parts.length === 0 ? [""] : parts;
    }),
  );
  fc.assert(fc.property(template, (parts) => assert.deepEqual(parseTemplate(formatTemplate(parts)), parts)));
});

test("any text can be written so that it comes out as it is, and any JSON value keeps its type through a pill", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }).filter((text) => !text.startsWith("=")),
      (text) => {
        assert.equal(resolvePills(formatTemplate([text]), new Map(), "p").value, text);
      },
    ),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(resolvePills("${v.x[0]}", new Map([["v", { x: [value] }]]), "p", true), {
        value,
        violations: [],
      });
    }),
  );
});

test("no text makes the parser throw", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("$", "{", "}", "[", "]", ".", "a", "0", "=") }),
      (text) => void parseTemplate(text),
    ),
  );
});

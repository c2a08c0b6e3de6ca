import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS, type Operation, readXml, writeXml } from "@posthorn/contract";
import fc from "fast-check";
import type { TSchema } from "typebox";
import { parseXml } from "./xml-parser.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now() % 2 ** 31);
process.stdout.write(`xml-parser.test seed ${SEED}\n`);

const parse = (text: string | Uint8Array) => parseXml(typeof text === "string" ? Buffer.from(text) : text);

function refusalOf(text: string | Uint8Array): string {
  try {
    parse(text);
  } catch (error) {
    const { violations } = error as { violations?: { property: string; violation: string }[] };
    assert.ok(violations !== undefined, `not a refusal but ${String(error)}`);
    assert.equal(violations[0]?.property, "body");
    return violations[0].violation;
  }
  assert.fail(`taken: ${String(text).slice(0, 200)}`);
}

test("elements, text, CDATA and references become a tree; comments, attributes and prefixes are left out", () => {
  const root = parse(
    '\uFEFF<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<!-- a > b -->\n' +
      `<s:a xmlns:s='urn:x' note=">"><s:b>1 &lt;&#50;&#x33;&amp;amp;<!-- no --><![CDATA[<&amp;]]>\r\n</s:b><c/></s:a>\n`,
  );
  assert.deepEqual(root, {
    name: "a",
    text: "",
    children: [
      { name: "b", text: "1 <23&amp;<&amp;\n", children: [] },
      { name: "c", text: "", children: [] },
    ],
  });
});

const WELL_FORMED = /must be well-formed XML/;
const CHARACTERS = /characters that XML 1.0 forbids/;
const HOSTILE: readonly [what: string, text: string | Uint8Array, violation: RegExp][] = [
  ["nothing", "", WELL_FORMED],
  ["words", "hello", WELL_FORMED],
  ["JSON", '{"a":1}', WELL_FORMED],
  ["a document type", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', /document type/],
  ["an entity bomb", '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>', /document type/],
  ["an entity that is not declared", "<a>&bomb;</a>", WELL_FORMED],
  ["a bare ampersand", "<a>you & me</a>", WELL_FORMED],
  ["a reference that a comment splits", "<a>&<!-- -->amp;</a>", WELL_FORMED],
  ["a reference to NUL", "<a>&#0;</a>", CHARACTERS],
  ["a reference to half a surrogate pair", "<a>&#xD800;</a>", CHARACTERS],
  ["a reference beyond Unicode", "<a>&#9999999;</a>", CHARACTERS],
  ["NUL", "<a>\u0000</a>", CHARACTERS],
  ["an escape character", "<a>\u001B[0m</a>", CHARACTERS],
  ["invalid UTF-8", Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xfe, 0x3c, 0x2f, 0x61, 0x3e]), /UTF-8/],
  ["overlong UTF-8", Buffer.from([0x3c, 0x61, 0x3e, 0xc0, 0x80, 0x3c, 0x2f, 0x61, 0x3e]), /UTF-8/],
  ["UTF-16", Buffer.from("\uFEFF<a/>", "utf16le"), /UTF-8/],
  ["another encoding in the declaration", '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', /UTF-8/],
  ["a processing instruction", '<?xml-stylesheet href="x"?><a/>', /processing instructions/],
  ["a processing instruction inside", "<a><?php echo 1 ?></a>", /processing instructions/],
  ["a second declaration", '<?xml version="1.0"?><?xml version="1.0"?><a/>', /processing instructions/],
  ["an open element", "<a><b></b>", WELL_FORMED],
  ["elements that cross", "<a><b></a></b>", WELL_FORMED],
  ["two roots", "<a/><b/>", WELL_FORMED],
  ["text behind the root", "<a/>text", WELL_FORMED],
  ["CDATA without a root", "<![CDATA[x]]>", /document type/],
  ["CDATA without an end", "<a><![CDATA[x</a>", WELL_FORMED],
  ["the end of CDATA without one", "<a>]]></a>", WELL_FORMED],
  ["a comment without an end", "<a><!-- </a>", WELL_FORMED],
  ["a tag without an end", "<a><b", WELL_FORMED],
  ["a name that is none", "<a><1/></a>", WELL_FORMED],
  ["a tag with a blank before its name", "<a>< b/></a>", WELL_FORMED],
  ["an attribute without quotes", "<a b=c/>", WELL_FORMED],
  ["an attribute with markup", '<a b="<"/>', WELL_FORMED],
  ["attributes without number", `<a ${'b="" '.repeat(100_000)}/>`, /at most 2048 characters/],
  ["an attribute without end", `<a b="${"x".repeat(4_000_000)}"/>`, /at most 2048 characters/],
  ["blanks without end", `<a${" ".repeat(4_000_000)}x`, /at most 2048 characters/],
  ["a name without end", `<${"a".repeat(4_000_000)}/>`, /at most 2048 characters/],
  ["depth without end", "<a>".repeat(1_000_000), /at most 32 levels/],
  ["elements without number", `<a>${"<b/>".repeat(1_000_000)}</a>`, /at most 200000 elements/],
  ["a name that is dangerous in JavaScript", "<a><__proto__/></a>", WELL_FORMED],
];

for (const [what, text, violation] of HOSTILE) {
  test(`${what}: refused, with the reason`, () => {
    assert.match(refusalOf(text), violation);
  });
}

test("thirty-two levels and two hundred thousand elements are taken", () => {
  assert.equal(parse("<a>".repeat(32) + "</a>".repeat(32)).name, "a");
  assert.equal(parse(`<a>${"<b/>".repeat(199_999)}</a>`).children.length, 199_999);
});

test("whatever comes is a tree or a refusal, never another error", () => {
  const bits = fc.constantFrom(
    "<",
    ">",
    "/",
    "a",
    "</a>",
    "<a>",
    "&",
    "&amp;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?",
    "?>",
    '"',
    "=",
    " ",
    "\u0000",
    "constructor",
    "toString",
  );
  const check = (text: string) => {
    try {
      assert.equal(typeof parse(text).name, "string");
    } catch (error) {
      assert.ok((error as { violations?: unknown }).violations !== undefined, String(error));
    }
  };
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 20 }), (parts) => check(parts.join(""))),
    {
      seed: SEED,
      numRuns: 3000,
    },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => check(`<a>${text}</a>`)),
    { seed: SEED, numRuns: 1000 },
  );
});

interface Keywords {
  readonly type?: string;
  readonly title?: string;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly minItems?: number;
  readonly items?: Keywords;
  readonly properties?: Readonly<Record<string, Keywords>>;
  readonly anyOf?: readonly Keywords[];
  readonly required?: readonly string[];
}

/** Every character that XML can carry, with those that are special in it more often than chance would have them. */
const characters = fc
  .array(
    fc.oneof(
      fc.constantFrom("<", ">", "&", '"', "'", "\r", "\n", "\t", " ", "]", "]]>", "&amp;", "\u{1F600}"),
      fc.string({ unit: "grapheme" }),
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(""));

/** Values of a schema's types; its limits are not what is looked at here. */
function valuesOf(schema: Keywords): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.title === "DateTime") return fc.constant("2026-01-31T13:45:00.000+0000");
  if (schema.type === "string") return characters;
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "integer") return fc.integer();
  if (schema.type === "number") return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  if (schema.type === "array") {
    return fc.array(valuesOf(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
  }
  const members = Object.entries(schema.properties ?? {}).map(([name, property]) => [name, valuesOf(property)]);
  // Without a prototype they would not be equal to what was read.
  return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...(schema.required ?? [])],
    noNullPrototype: true,
  });
}

const withXml = (Object.entries(OPERATIONS) as [string, Operation][]).filter(([, { hasXml }]) => hasXml === true);
assert.ok(withXml.length >= 13);
for (const [name, { body, response }] of withXml) {
  for (const [part, schema] of [["request", body] as const, ["answer", response] as const]) {
    if (schema === undefined) continue;
    test(`${name}: every ${part} comes back from XML as it went in`, () => {
      fc.assert(
        fc.property(valuesOf(schema as Keywords), (value) => {
          assert.deepEqual(readXml(schema, parse(writeXml(schema as TSchema, value))), value);
        }),
        { seed: SEED, numRuns: 100 },
      );
    });
  }
}

// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

test("every text is answered in well-formed XML, whatever is in it", () => {
  const schema = OPERATIONS.sendSmsMessages.response;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const bulkId = String.fromCharCode(...units);
      const expected = bulkId.toWellFormed().replaceAll(FORBIDDEN, "\uFFFD");
      assert.deepEqual(readXml(schema, parse(writeXml(schema, { bulkId }))), { bulkId: expected });
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

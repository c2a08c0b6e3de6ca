import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { ApiError, ApiException } from "./error-schemas.ts";
import { errorBody } from "./http-errors.ts";
import { PreviewResponse } from "./sms/preview.ts";
import { SmsRequestEnvelope, SmsResponseEnvelope } from "./sms/send.ts";
import { SmsResponse, SmsSingleText } from "./sms/send-v2.ts";
import { readXml, writeXml, type XmlElement } from "./xml.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** An element by its name and what is in it: a text, or children. */
function element(name: string, ...inner: (XmlElement | string)[]): XmlElement {
  const children = inner.filter((one) => typeof one !== "string");
  return { name, text: inner.filter((one) => typeof one === "string").join(""), children };
}

test("a list is an element with one child for each item, named in the singular or as the schema says", () => {
  assert.equal(
    writeXml(SmsResponseEnvelope, { bulkId: "b", messages: [{ messageId: "1" }, { messageId: "2" }] }),
    `${DECLARATION}<SmsResponseEnvelope><bulkId>b</bulkId><messages><message><messageId>1</messageId></message>` +
      "<message><messageId>2</messageId></message></messages></SmsResponseEnvelope>",
  );
  assert.equal(
    writeXml(PreviewResponse, { previews: [{ messageCount: 1, configuration: {} }] }),
    `${DECLARATION}<PreviewResponse><previews><previews><messageCount>1</messageCount><configuration/></previews>` +
      "</previews></PreviewResponse>",
  );
});

test("the root is the schema's title, or the name that it gives for XML", () => {
  assert.equal(writeXml(SmsResponseEnvelope, { messages: [] }).includes("<SmsResponseEnvelope><messages/>"), true);
  assert.equal(writeXml(SmsResponse, {}), `${DECLARATION}<smsResponse/>`);
});

test("a member that is null or absent is not written", () => {
  assert.equal(writeXml(SmsResponse, { bulkId: undefined, messages: null }), `${DECLARATION}<smsResponse/>`);
});

test("an error names the properties: the newer envelope as a list, the older one as entries of a map", () => {
  const violations = [
    { property: "messages[0].to", violation: "must not be <blank>" },
    { property: "messages[0].to", violation: "second" },
  ];
  const newer = writeXml(ApiError, errorBody("ApiError", 400, { violations }));
  assert.ok(newer.startsWith(`${DECLARATION}<ApiError><errorCode>E400</errorCode>`));
  assert.ok(
    newer.includes(
      "<violations><violation><property>messages[0].to</property><violation>must not be &lt;blank&gt;</violation>",
    ),
  );
  assert.ok(newer.endsWith("<resources/></ApiError>"));
  const older = writeXml(ApiException, errorBody("ApiException", 400, { violations }));
  assert.ok(
    older.includes(
      "<validationErrors><entry><key>messages[0].to</key><value><value>must not be &lt;blank&gt;</value>" +
        "<value>second</value></value></entry></validationErrors>",
    ),
    older,
  );
});

test("what XML cannot carry is replaced, and what would be markup is written as a reference", () => {
  const bulkId = "a\u0000b\u001Bc\uFFFEd\uD800e & <f> ]]> \r\n\t\u{1F600}";
  assert.equal(
    writeXml(SmsResponse, { bulkId }),
    `${DECLARATION}<smsResponse><bulkId>a\uFFFDb\uFFFDc\uFFFDd\uFFFDe &amp; &lt;f&gt; ]]&gt; &#13;\n\t\u{1F600}</bulkId></smsResponse>`,
  );
});

test("a key that could be no element's name is written as an entry", () => {
  for (const key of ["__proto__ x", "<script>", "", "1a", "a b"]) {
    const answer = writeXml(SmsResponse, Object.fromEntries([[key, "v"]]));
    assert.match(answer, /<entry><key(?:\/>|>.*<\/key>)<value>v<\/value><\/entry>/, key);
    assert.ok(!answer.includes("<script>"));
  }
});

const Everything = Type.Object(
  {
    count: Type.Optional(Type.Integer()),
    price: Type.Optional(Type.Number()),
    flag: Type.Optional(Type.Boolean()),
    text: Type.Optional(Type.String()),
    word: Type.Optional(Type.Enum(["A", "B"], { type: "string" })),
    days: Type.Optional(Type.Array(Type.String())),
    inner: Type.Optional(Type.Object({ a: Type.Optional(Type.String()) })),
  },
  { title: "Everything" },
);
const readOne = (name: string, ...inner: (XmlElement | string)[]) =>
  readXml(Everything, element("x", element(name, ...inner)));

test("text becomes what the schema names", () => {
  assert.deepEqual(readOne("count", " 7\n"), { count: 7 });
  assert.deepEqual(readOne("price", "-0.25"), { price: -0.25 });
  assert.deepEqual(readOne("flag", "true"), { flag: true });
  assert.deepEqual(readOne("flag", "0"), { flag: false });
  assert.deepEqual(readOne("word", " A "), { word: "A" });
  assert.deepEqual(readOne("text", "  007 "), { text: "  007 " });
});

test("text that is not what the schema names is handed on for the validator to refuse", () => {
  assert.deepEqual(readOne("count", "seven"), { count: "seven" });
  assert.deepEqual(readOne("count", "0x10"), { count: "0x10" });
  assert.deepEqual(readOne("flag", "yes"), { flag: "yes" });
  assert.deepEqual(readOne("flag", "constructor"), { flag: "constructor" });
  assert.deepEqual(readOne("inner", "words"), { inner: "words" });
  assert.deepEqual(readOne("text", element("b", "bold")), { text: {} });
});

test("an element with nothing in it is an empty text, list or object, and a null where it can be none of them", () => {
  assert.deepEqual(readOne("text"), { text: "" });
  assert.deepEqual(readOne("days", "\n "), { days: [] });
  assert.deepEqual(readOne("inner"), { inner: {} });
  assert.deepEqual(readOne("count"), { count: null });
});

test("a list has one item for each child whatever its name, and goes on when it is said again", () => {
  assert.deepEqual(readOne("days", element("days", "1")), { days: ["1"] });
  assert.deepEqual(readOne("days", element("day", "1"), element("item", "2")), { days: ["1", "2"] });
  const twice = element("x", element("days", "1"), element("days", "2"), element("days", element("days", "3")));
  assert.deepEqual(readXml(Everything, twice), { days: ["1", "2", "3"] });
});

test("where one value may stand for a list, both forms are read", () => {
  const read = (...to: XmlElement[]) => readXml(SmsSingleText, element("request", ...to));
  assert.deepEqual(read(element("to", "1")), { to: "1" });
  assert.deepEqual(read(element("to", element("to", "1"), element("to", "2"))), { to: ["1", "2"] });
  assert.deepEqual(read(element("to", "1"), element("to", "2")), { to: ["1", "2"] });
});

test("elements that the schema does not have are left out, those with dangerous names too", () => {
  const message = element("message", element("sender", "S"), element("colour", "red"), element("__proto__", "x"));
  const root = element("any", element("messages", message), element("constructor", element("prototype", "x")));
  const value = readXml(SmsRequestEnvelope, root) as { messages: object[] };
  assert.deepEqual(value, { messages: [{ sender: "S" }] });
  assert.equal(Object.getPrototypeOf(value.messages[0]), Object.prototype);
});

test("members of either branch of a union are read", () => {
  const content = (...inner: XmlElement[]) =>
    element("x", element("messages", element("message", element("content", ...inner))));
  assert.deepEqual(readXml(SmsRequestEnvelope, content(element("text", "5"))), {
    messages: [{ content: { text: "5" } }],
  });
  assert.deepEqual(readXml(SmsRequestEnvelope, content(element("hex", "05"), element("dataCoding", "8"))), {
    messages: [{ content: { hex: "05", dataCoding: 8 } }],
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { wantsXml } from "./answer-type.ts";

const XML = "application/xml";
const JSON_TYPE = "application/json";

const CASES: readonly [what: string, accept: string | undefined, contentType: string | undefined, xml: boolean][] = [
  ["no header says JSON", undefined, undefined, false],
  ["a JSON request is answered so", undefined, JSON_TYPE, false],
  ["an XML request is answered so", undefined, XML, true],
  ["text/xml is XML", undefined, "text/xml; charset=utf-8", true],
  ["the case of a type does not count", undefined, "Application/XML", true],
  ["a type that only ends in xml is not XML", undefined, "application/soap+xml", false],
  ["anything is accepted, so the request decides", "*/*", XML, true],
  ["an empty header is none", "", XML, true],
  ["Accept is above the request: XML", XML, JSON_TYPE, true],
  ["Accept is above the request: JSON", JSON_TYPE, XML, false],
  ["both alike, so the request decides", `${XML}, ${JSON_TYPE}`, XML, true],
  ["both alike, and no request's type", `${XML}, ${JSON_TYPE}`, undefined, false],
  ["the greater quality wins", `${XML};q=0.4, ${JSON_TYPE};q=0.5`, XML, false],
  ["the greater quality wins, blanks and all", ` ${JSON_TYPE} ; q=0.4 , ${XML} ; q=0.5 `, JSON_TYPE, true],
  ["a quality of none refuses", `${XML};q=0, */*`, XML, false],
  ["a quality of none refuses JSON", `${JSON_TYPE};q=0, */*`, JSON_TYPE, false],
  ["the specific range is above the general one", `${XML};q=0.1, */*;q=0.9`, XML, false],
  ["a browser prefers XML to anything", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", true],
  ["neither is accepted: JSON, and no 406", "text/html+xml", XML, false],
  ["neither is accepted: JSON, also for an XML request", "image/png", XML, false],
  ["a quality that is no number is none", `${XML};q=much, ${JSON_TYPE};q=0.1`, XML, false],
];

for (const [what, accept, contentType, xml] of CASES) {
  test(`${what} (${accept ?? "no Accept"})`, () => {
    const headers = {
      ...(accept === undefined ? {} : { accept }),
      ...(contentType === undefined ? {} : { "content-type": contentType }),
    };
    assert.equal(wantsXml(headers, null), xml);
    assert.equal(wantsXml(headers, "xml"), true);
    assert.equal(wantsXml(headers, "json"), false);
  });
}

test("a header that never ends is read to its limit", () => {
  assert.equal(wantsXml({ accept: `${"a/b,".repeat(32)}${XML}` }, null), false);
  assert.equal(wantsXml({ accept: `${"a/b,".repeat(31)}${XML}` }, null), true);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArguments } from "./arguments.ts";

const OPTIONS = {
  help: { kind: "flag", short: "h", description: "" },
  text: { kind: "text", description: "" },
  to: { kind: "list", description: "" },
  wait: { kind: "text", bareValue: "60", description: "" },
} as const;
const RULES = { command: "send sms", positionals: [] };

const parse = (...args: string[]) => parseArguments(args, OPTIONS, RULES).values;

test("flags, texts and lists get their values; the last text counts", () => {
  assert.deepEqual({ ...parse() }, { help: false, text: undefined, to: [], wait: undefined });
  const values = parse("-h", "--text", "a", "--text=b", "--to", "1", "--to=2");
  assert.deepEqual({ ...values }, { help: true, text: "b", to: ["1", "2"], wait: undefined });
});

test("an option with an optional value takes a number that follows, and nothing else", () => {
  assert.equal(parse("--wait").wait, "60");
  assert.equal(parse("--wait", "--text", "x").wait, "60");
  assert.equal(parse("--wait", "5").wait, "5");
  assert.equal(parse("--wait=0.5").wait, "0.5");
});

test("a value that begins with a hyphen needs an equals sign; a hyphen alone is a value", () => {
  assert.equal(parse("--text", "-").text, "-");
  assert.equal(parse("--text=-x").text, "-x");
  assert.equal(parse("--text=").text, "");
  assert.throws(() => parse("--text", "-x"), /--text needs a value; .* --text=-x/);
});

test("names of JavaScript's own objects are unknown options", () => {
  assert.throws(() => parse("--constructor", "x"), /unknown option --constructor/);
  assert.throws(() => parse("--__proto__=x"), /unknown option --__proto__/);
});

test("positionals are counted, and what stands after two hyphens is one", () => {
  const rules = { command: "run", positionals: ["FILE"] };
  assert.deepEqual(parseArguments(["--", "--wait"], OPTIONS, rules).positionals, ["--wait"]);
  assert.throws(() => parseArguments([], OPTIONS, rules), /FILE is missing/);
  assert.throws(() => parseArguments(["a", "b"], OPTIONS, rules), /unexpected argument "b"/);
  assert.equal(parseArguments(["--help"], OPTIONS, rules).isHelp, true);
});

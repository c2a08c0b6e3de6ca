import { definition, referencePage } from "@posthorn/component";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT_CODES } from "../../src/cli/exit-codes.ts";
import { COMMANDS } from "../../src/cli/run-cli.ts";
import { createFolder } from "../harness/test-server.ts";
import { runCommand } from "./run-command.ts";

test("every command has a help that names its options, and `help COMMAND` prints the same", async () => {
  assert.ok(COMMANDS.length >= 11);
  for (const { name } of COMMANDS) {
    const words = name.split(" ");
    const { code, out } = await runCommand([...words, "--help"]);
    assert.equal(code, 0, name);
    assert.match(out, new RegExp(`Usage: posthorn ${name}`));
    assert.match(out, /-h, --help/);
    assert.equal((await runCommand(["help", ...words])).out, out);
  }
});

test("help lists every command and every exit status", async () => {
  const { code, out } = await runCommand(["help"]);
  assert.equal(code, 0);
  for (const { name, summary } of COMMANDS) assert.ok(out.includes(name) && out.includes(summary), name);
  for (const { meaning } of Object.values(EXIT_CODES)) assert.ok(out.includes(meaning));
  assert.deepEqual(await runCommand(["--help"]), { code, out, err: "" });
});

test("docs/cli.md has every command, every option and the table of exit statuses", async () => {
  const page = readFileSync(new URL("../../../../docs/cli.md", import.meta.url), "utf8");
  for (const { name, summary } of COMMANDS) {
    assert.ok(page.includes(`\`posthorn ${name}`), `posthorn ${name}`);
    const { out } = await runCommand([...name.split(" "), "--help"]);
    const options = [...out.matchAll(/^ {2}(?:-\w, | {4})(--[\w-]+)/gm)].map((match) => match[1] as string);
    assert.ok(options.length > 0, summary);
    for (const option of options) assert.ok(page.includes(`\`${option}`), `${name} ${option}`);
  }
  for (const { code, meaning } of Object.values(EXIT_CODES)) {
    assert.ok(page.includes(`| ${code} | ${meaning} |`), String(code));
  }
});

test("a mistyped command or option suggests the right one and is exit status 2", async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["srve"], /unknown command srve; did you mean serve\?/],
    [["send", "template"], /unknown command send template; see `posthorn send`/],
    [["send", "smss"], /did you mean send sms\?/],
    [["kye", "create"], /did you mean key create\?/],
    [["serve", "--prot", "9000"], /unknown option --prot; did you mean --port\?/],
    [["serve", "--http.prot=9000"], /did you mean --http\.port\?/],
    [["serve", "--port"], /--port needs a value/],
    [["serve", "--port", "--host", "x"], /--port needs a value/],
    [["serve", "--no-welcome=yes"], /--no-welcome takes no value/],
    [["serve", "now"], /unexpected argument "now"/],
    [["serve", "--set", "http.port"], /NAME=VALUE/],
    [["--port", "9000"], /before the command/],
  ];
  for (const [args, expected] of cases) {
    const { code, out, err } = await runCommand(args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(out, "");
    assert.match(err, expected);
  }
  for (const args of [[], ["key"], ["send"]]) {
    const { code, err } = await runCommand(args);
    assert.equal(code, 2);
    assert.match(err, /^Usage: posthorn/m);
  }
});

test("the version and the component's definition and page are printed as they are", async () => {
  assert.match((await runCommand(["--version"])).out, /^\d+\.\d+\.\d+\n$/);
  assert.deepEqual(JSON.parse((await runCommand(["definition"])).out), JSON.parse(JSON.stringify(definition())));
  assert.equal((await runCommand(["definition", "--page"])).out, referencePage());
});

test("config print shows where values come from and hides secrets; config check tells every problem with its place", async (t) => {
  const file = join(createFolder(t), "posthorn.yaml");
  writeFileSync(file, "http:\n  port: 9000\n");
  const env = { POSTHORN_API_KEY: "a-secret-of-ours", POSTHORN_CONFIG: file };
  const printed = await runCommand(["config", "print", "--set", "log.level=debug"], { env });
  assert.equal(printed.code, 0);
  assert.match(printed.out, /Source: file\.\n {2}port: 9000\n/);
  assert.match(printed.out, /Source: flag \(--log\.level\)\.\n {2}level: "debug"\n/);
  assert.ok(!printed.out.includes(env.POSTHORN_API_KEY));
  assert.equal((await runCommand(["config", "check"], { env })).code, 0);

  writeFileSync(file, "http:\n  prot: 9000\n  host: 7\n");
  const { code, err } = await runCommand(["config", "check", "--config", file]);
  assert.equal(code, 2);
  assert.ok(err.includes(`${file}:2:3 `) && err.includes(`${file}:3:`), err);
});

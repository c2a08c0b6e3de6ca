import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNumbers } from "./destinations.ts";
import { ProgressBar } from "./progress-bar.ts";
import { table } from "./table.ts";
import { paint, plain, processTerminal } from "./terminal.ts";
import type { CarrierEntry } from "../config/config.ts";
import { commandName, curlLine, exampleSend, localUrl } from "./banner.ts";

test("a table aligns texts to the left and numbers to the right, without blanks at the end of a line", () => {
  const columns = [{ title: "NAME" }, { title: "N", isNumber: true }, { title: "" }];
  const text = table(
    columns,
    [
      ["a", 1, ""],
      ["longer", 100, "x"],
    ],
    { hasOutColour: false },
  );
  assert.equal(text, "NAME      N\na         1\nlonger  100  x");
});

test("other people's text cannot steer the terminal", () => {
  assert.equal(plain("a\u001b[2Jb\rc\u0007d"), "ab c d");
  const text = table([{ title: "T" }], [["\u001b]0;title\u0007x"]], { hasOutColour: false });
  assert.equal(text, "T\nx");
});

test("colours are there only when asked for", () => {
  assert.equal(paint(false, "red", "x"), "x");
  assert.equal(paint(true, "red", "x"), "\u001b[31mx\u001b[39m");
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    const { hasOutColour, hasErrColour } = processTerminal(env);
    assert.deepEqual([hasOutColour, hasErrColour], [false, false]);
  }
});

function drawn(isErrTty: boolean, columns: number, work: (bar: ProgressBar) => void): string[] {
  const texts: string[] = [];
  const terminal = { isErrTty, columns, draw: (text: string) => void texts.push(text) };
  work(new ProgressBar(terminal as never, "Sending", 200));
  return texts.map((text) => text.replaceAll("\r\u001b[K", "<"));
}

test("a progress bar shows the share, draws nothing twice, and is gone at the end", () => {
  const texts = drawn(true, 200, (bar) => {
    bar.update(100);
    bar.update(100);
    bar.update(200);
    bar.end();
  });
  assert.deepEqual(texts, [
    `<Sending [${".".repeat(40)}] 0 %  0/200`,
    `<Sending [${"#".repeat(20)}${".".repeat(20)}] 50 %  100/200`,
    `<Sending [${"#".repeat(40)}] 100 %  200/200`,
    "<",
  ]);
});

test("a progress bar fits into a narrow terminal, and is not drawn where there is none", () => {
  for (const text of drawn(true, 30, (bar) => bar.update(100))) assert.ok(text.length <= 30, text);
  assert.deepEqual(
    drawn(true, 5, () => undefined),
    ["<Sending 0 %  0/200"],
  );
  assert.deepEqual(
    drawn(false, 80, (bar) => bar.end()),
    [],
  );
});

test("numbers come one a line or from a table's first column", () => {
  assert.deepEqual(parseNumbers('\uFEFFnumber,name\r\n1,a\r\n\r\n# no\r\n"2",b\n 3 ;c\n4\tx\n'), ["1", "2", "3", "4"]);
  assert.deepEqual(parseNumbers("1\nnot a number\n"), ["1", "not a number"]);
  assert.deepEqual(parseNumbers("# nothing\n\n"), []);
});

test("the curl line is safe to paste whatever the key is", () => {
  assert.ok(curlLine("http://127.0.0.1:8080", "a'b").includes(String.raw`'Authorization: App a'\''b'`));
  assert.ok(curlLine("http://[::1]:8080", null).includes('"Authorization: App $POSTHORN_API_KEY"'));
});

test("the curl line sends an SMS, but where every carrier is WhatsApp's alone", () => {
  const cloud = { type: "whatsapp-cloud", senders: [{ number: "447860000001" }] } as unknown as CarrierEntry;
  const sandbox = { type: "sandbox", paused: false } as CarrierEntry;
  for (const carriers of [{}, { sandbox }, { cloud, sandbox }]) {
    assert.equal(exampleSend({ carriers }).path, "/sms/3/messages");
  }
  const line = curlLine("http://127.0.0.1:8080", null, exampleSend({ carriers: { cloud } }));
  assert.match(line, /8080\/whatsapp\/1\/message\/text .*"from":"447860000001","to":"447700900000"/);
});

test("the address that is shown is one that can be called", () => {
  assert.equal(localUrl("127.0.0.1", "http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  assert.equal(localUrl("0.0.0.0", "http://10.0.0.1:9000"), "http://127.0.0.1:9000");
  assert.equal(localUrl("::", "http://[::]:9000"), "http://[::1]:9000");
});

test("commands are named as the reader can type them", () => {
  assert.equal(commandName({}), "posthorn");
  assert.equal(commandName({ npm_package_name: "posthorn" }), "npm run posthorn --");
  assert.equal(commandName({ npm_package_name: "shop" }), "posthorn");
});

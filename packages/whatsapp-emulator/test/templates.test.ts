import assert from "node:assert/strict";
import test from "node:test";
import { REVIEW_OUTCOMES } from "../src/templates/review.ts";
import { Setting, USER, WABA } from "./harness/setting.ts";

const text = (value: string, more: object = {}) => ({ type: "text", text: value, ...more });
const body = (...parameters: readonly object[]) => ({ type: "body", parameters });
const header = (...parameters: readonly object[]) => ({ type: "header", parameters });
const button = (index: number, sub_type: string, ...parameters: readonly object[]) => {
  return { type: "button", sub_type, index: String(index), parameters };
};

const TEMPLATES = [
  { name: "two", components: [{ type: "BODY", text: "{{1}} and {{2}}" }] },
  { name: "named", components: [{ type: "BODY", text: "{{first}} and {{second}}" }] },
  {
    name: "greeted",
    components: [
      { type: "HEADER", format: "TEXT", text: "Dear {{who}}" },
      { type: "BODY", text: "Hello" },
    ],
  },
  {
    name: "pictured",
    components: [
      { type: "HEADER", format: "IMAGE" },
      { type: "BODY", text: "Look" },
    ],
  },
  {
    name: "headed",
    components: [
      { type: "HEADER", format: "TEXT", text: "Dear {{1}}" },
      { type: "BODY", text: "Hello" },
    ],
  },
  {
    name: "pressed",
    components: [
      { type: "BODY", text: "Well?" },
      {
        type: "BUTTONS",
        buttons: [
          { type: "QUICK_REPLY", text: "Yes" },
          { type: "URL", text: "See", url: "https://a.b/{{1}}" },
          { type: "COPY_CODE", example: "X" },
        ],
      },
    ],
  },
  {
    name: "code",
    category: "AUTHENTICATION",
    components: [
      { type: "BODY", add_security_recommendation: true },
      { type: "BUTTONS", buttons: [{ type: "OTP", text: "Copy" }] },
    ],
  },
  { name: "paused", status: "PAUSED" as const, components: [{ type: "BODY", text: "x" }] },
  { name: "disabled", status: "DISABLED" as const, components: [{ type: "BODY", text: "x" }] },
  { name: "rejected", status: "REJECTED" as const, components: [{ type: "BODY", text: "x" }] },
].map((template) => ({ ...template, language: "en" }));

const image = { type: "image", image: { link: "https://a.b/c.jpg" } };
const URL_PART = button(1, "url", text("17"));
const COUPON = button(2, "copy_code", { type: "coupon_code", coupon_code: "X" });

/** Template, components, and the code with what its details name; null: taken. */
const SENDS: readonly (readonly [string, readonly object[], number | null, RegExp?])[] = [
  ["two", [body(text("a"), text("b"))], null],
  ["two", [body(text("a"))], 132000, /^template\.components\[0\]: 1 given, and the template has 2/],
  ["two", [body(text("a"), text("b"), text("c"))], 132000, /3 given/],
  ["two", [], 132000, /0 given/],
  [
    "two",
    [body(text("a"), { type: "currency", currency: { fallback_value: "1", code: "EUR", amount_1000: 1 } })],
    null,
  ],
  ["two", [body(text("a"), image)], 132012, /parameters\[1\]\.type is image/],
  ["two", [body(text("a"), text("b\nc"))], 132012, /parameters\[1\]\.text has a new line/],
  ["two", [body(text("a"), text("x".repeat(1024)))], 132005, /1030 characters/],
  ["two", [body(text("a"), text("b")), button(0, "quick_reply", text("x"))], 132012, /no button 0/],
  ["two", [body({ type: "text" })], 131008, /parameters\[0\]\.text /],
  ["two", [body({ type: "poem" })], 131009, /parameters\[0\]\.type /],
  ["named", [body(text("a", { parameter_name: "first" }), text("b", { parameter_name: "second" }))], null],
  [
    "named",
    [body(text("a", { parameter_name: "first" }), text("b", { parameter_name: "third" }))],
    100,
    /parameter_name/,
  ],
  [
    "named",
    [body(text("a", { parameter_name: "first" }), text("b", { parameter_name: "first" }))],
    100,
    /parameters\[1\]\.parameter_name first is given twice/,
  ],
  ["named", [body(text("a", { parameter_name: "first" }))], 132000, /1 given, and the template has 2/],
  ["named", [body(text("b", { parameter_name: "second" }), text("a", { parameter_name: "first" }))], null],
  ["greeted", [header(text("Ana", { parameter_name: "who" }))], null],
  ["greeted", [header(text("Ana"))], 100, /parameters\[0\]\.parameter_name is one of who/],
  ["greeted", [], 132000, /0 given/],
  ["named", [body(text("a"), text("b"))], 100, /parameters\[0\]\.parameter_name/],
  ["pictured", [header(image)], null],
  ["pictured", [], 132012, /nothing given, and the header is IMAGE/],
  ["pictured", [header(text("x"))], 132012, /text given, and the header is IMAGE/],
  ["headed", [header(text("Ana"))], null],
  ["headed", [], 132000, /0 given/],
  ["headed", [header(text("x".repeat(60)))], 132005, /65 characters/],
  ["pressed", [button(0, "quick_reply", { type: "payload", payload: "y" }), URL_PART, COUPON], null],
  ["pressed", [URL_PART, COUPON], null],
  ["pressed", [COUPON], 131008, /button 1 needs a parameter/],
  ["pressed", [URL_PART], 131008, /button 2 needs a parameter/],
  ["pressed", [button(0, "url", text("x")), URL_PART, COUPON], 132012, /sub_type is url/],
  ["code", [body(text("123456")), button(0, "url", text("123456"))], null],
  ["code", [button(0, "url", text("123456"))], 132000, /0 given/],
  ["paused", [], 132015, /^template\.name: paused/],
  ["disabled", [], 132016, /^template\.name: disabled/],
  ["rejected", [], 132001, /^template\.name: rejected/],
  ["nobody", [], 132001, /^template\.name: nobody/],
];

test("what a send gives has to fit its template", async (t) => {
  await using setting = await Setting.start({ templates: TEMPLATES, pairBurst: 100 });
  for (const [index, [name, components, code, details]] of SENDS.entries()) {
    await t.test(`${index}: ${name} ${JSON.stringify(components)}`, async () => {
      const template = { name, language: { code: "en" }, components };
      const { error } = await setting.send(USER, { type: "template", template });
      assert.equal(error?.code ?? null, code, error?.details);
      if (details !== undefined) assert.match(error?.details ?? "", details);
    });
  }
  const otherLanguage = { name: "two", language: { code: "de" }, components: [body(text("a"), text("b"))] };
  assert.equal((await setting.send(USER, { type: "template", template: otherLanguage })).error?.code, 132001);
});

test("a list says whether a template's gaps have numbers or names", async () => {
  await using setting = await Setting.start({ templates: TEMPLATES });
  const { body: listed } = await setting.ask("GET", `${WABA}/message_templates?limit=100`);
  const formats = new Map(
    (listed["data"] as readonly Readonly<Record<string, string>>[]).map(({ name, parameter_format: format }) => [
      name,
      format,
    ]),
  );
  assert.deepEqual(
    ["two", "named", "greeted", "pictured"].map((name) => formats.get(name)),
    ["POSITIONAL", "NAMED", "NAMED", "POSITIONAL"],
  );
});

test("authentication templates reach phone numbers only", async () => {
  await using setting = await Setting.start({ templates: TEMPLATES });
  const components = [body(text("123456")), button(0, "url", text("123456"))];
  const template = { name: "code", language: { code: "en" }, components };
  const { error } = await setting.send(
    "",
    { type: "template", template },
    { to: undefined, recipient: "GB.123456789012345678" },
  );
  assert.equal(error?.code, 131062);
});

const NEW = { language: "en", category: "UTILITY", components: [{ type: "BODY", text: "Hello" }] };

for (const { prefix, status, event, reason, description } of REVIEW_OUTCOMES) {
  test(`a template whose name begins with ${prefix} is ${description}`, async () => {
    await using setting = await Setting.start();
    const name = `${prefix}one`;
    const made = await setting.ask("POST", `${WABA}/message_templates`, { ...NEW, name });
    await setting.emulator.idle();
    if (status === null) {
      assert.equal(made.error?.code, 100);
      assert.match(JSON.stringify(made.body), /"error_subcode":2388024/);
      return;
    }
    assert.equal(made.body["status"], "PENDING");
    const { body: one } = await setting.ask("GET", made.body["id"] as string);
    assert.equal(one["status"], status);
    const told = setting.receiver.webhooks.map(({ field, value }) => [field, value["event"], value["reason"]]);
    assert.deepEqual(told, event === null ? [] : [["message_template_status_update", event, reason ?? "NONE"]]);
    assert.ok(description.includes(`\`${status}\``));
    const sent = await setting.send(USER, { type: "template", template: { name, language: { code: "en" } } });
    const refusal = /refused: (\d+)/.exec(description)?.[1];
    assert.equal(String(sent.error?.code ?? ""), refusal ?? "");
  });
}

test("any other template is approved after the review, and told by webhook; so is one that is edited", async () => {
  await using setting = await Setting.start({ reviewDelayMs: 60_000 });
  const { body: made } = await setting.ask("POST", `${WABA}/message_templates`, { ...NEW, name: "shipped" });
  const id = made["id"] as string;
  const statusNow = async () => (await setting.ask("GET", `${id}?fields=status`)).body;
  setting.clock.advance(59_999);
  assert.deepEqual(await statusNow(), { id, status: "PENDING" });
  setting.clock.advance(1);
  await setting.emulator.idle();
  assert.deepEqual(await statusNow(), { id, status: "APPROVED" });
  const { value } = setting.receiver.webhooks[0] ?? {};
  assert.deepEqual(value, {
    event: "APPROVED",
    message_template_id: Number(id),
    message_template_name: "shipped",
    message_template_language: "en",
    message_template_category: "UTILITY",
    reason: "NONE",
  });
  await setting.ask("POST", id, {
    components: [{ type: "BODY", text: "Hello {{1}}", example: { body_text: [["Ana"]] } }],
  });
  assert.deepEqual(await statusNow(), { id, status: "PENDING" });
  setting.clock.advance(60_000);
  const template = { name: "shipped", language: { code: "en" }, components: [body(text("Ana"))] };
  assert.equal((await setting.send(USER, { type: "template", template })).status, 200);
});

test("a template that cannot be is refused, and the details name the property", async () => {
  await using setting = await Setting.start();
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ name: "Shipped!" }, /^name /],
    [{ category: "NEWS" }, /^category /],
    [{ language: undefined }, /^language /],
    [{ components: [] }, /^components /],
    [{ components: [{ type: "FOOTER", text: "x" }] }, /^components /],
    [{ components: [{ type: "POEM", text: "x" }] }, /^components\[0\]\.type /],
    [{ components: [{ type: "BODY", text: "Hi {{1}}" }] }, /^components\[0\]\.example /],
    [{ components: [{ type: "BODY", text: "x".repeat(1025) }] }, /^components\[0\]\.text /],
    [{ components: [{ type: "HEADER", format: "SOUND" }, ...NEW.components] }, /^components\[0\]\.format /],
    [
      { components: [...NEW.components, { type: "BUTTONS", buttons: [{ type: "URL", text: "x" }] }] },
      /buttons\[0\]\.url /,
    ],
  ];
  for (const [more, details] of wrong) {
    const { error } = await setting.ask("POST", `${WABA}/message_templates`, { ...NEW, name: "one", ...more });
    assert.match(error?.details ?? "taken", details);
  }
  await setting.ask("POST", `${WABA}/message_templates`, { ...NEW, name: "one" });
  const again = await setting.ask("POST", `${WABA}/message_templates`, { ...NEW, name: "one" });
  assert.match(again.error?.details ?? "", /already/);
});

test("templates are listed by page and filter, and deleted by name or by name and id", async () => {
  await using setting = await Setting.start();
  for (const name of ["a_one", "a_two", "pend_three"]) {
    await setting.ask("POST", `${WABA}/message_templates`, { ...NEW, name });
    await setting.ask("POST", `${WABA}/message_templates`, { ...NEW, name, language: "de" });
  }
  await setting.emulator.idle();
  const list = async (query: string) => {
    const { body: answer } = await setting.ask("GET", `${WABA}/message_templates?${query}`);
    const data = answer["data"] as readonly { readonly name: string; readonly id: string }[];
    return { names: data.map(({ name }) => name), ids: data.map(({ id }) => id), paging: answer["paging"] };
  };
  const first = await list("limit=4");
  assert.deepEqual(first.names, ["hello_world", "a_one", "a_one", "a_two"]);
  const { after } = (first.paging as { cursors: { after: string } }).cursors;
  const second = await list(`limit=4&after=${after}`);
  assert.deepEqual(second.names, ["a_two", "pend_three", "pend_three"]);
  const { before } = (second.paging as { cursors: { before: string } }).cursors;
  assert.deepEqual((await list(`limit=4&before=${before}`)).names, first.names);
  assert.deepEqual((await list("status=PENDING")).names, ["pend_three", "pend_three"]);
  assert.deepEqual((await list('language=["de"]&status=["APPROVED"]')).names, ["a_one", "a_two"]);
  assert.deepEqual((await list("name_or_content=a_t&limit=9")).names, ["a_two", "a_two"]);
  const [id] = (await list("name=a_two&language=de")).ids;
  await setting.ask("DELETE", `${WABA}/message_templates?name=a_two&hsm_id=${id}`);
  await setting.ask("DELETE", `${WABA}/message_templates?name=a_one`);
  assert.deepEqual((await list("status=APPROVED")).names, ["hello_world", "a_two"]);
  assert.equal((await setting.ask("DELETE", `${WABA}/message_templates?name=a_one`)).status, 404);
  assert.equal((await setting.ask("GET", `${WABA}/message_templates?limit=0`)).error?.code, 100);
  assert.equal((await setting.ask("GET", `${WABA}/message_templates?after=x`)).error?.code, 100);
});

test("templates are bounded, and a status can be set from inside", async () => {
  await using setting = await Setting.start({ templatesMax: 2 });
  for (const name of ["one", "two"]) await setting.ask("POST", `${WABA}/message_templates`, { ...NEW, name });
  await setting.emulator.idle();
  const send = (name: string) => setting.send(USER, { type: "template", template: { name, language: { code: "en" } } });
  assert.equal(
    (await setting.send(USER, { type: "template", template: { name: "hello_world", language: { code: "en_US" } } }))
      .error?.code,
    132001,
  );
  assert.equal((await send("one")).status, 200);
  setting.emulator.setTemplateStatus({ name: "one", language: "en", status: "PAUSED" });
  assert.equal((await send("one")).error?.code, 132015);
  assert.throws(() => setting.emulator.setTemplateStatus({ name: "x", language: "en", status: "PAUSED" }), /x in en/);
});

import assert from "node:assert/strict";
import test from "node:test";
import { PHONE, Setting, USER, WABA } from "./harness/setting.ts";

const button = (id: string, title: string) => ({ type: "reply", reply: { id, title } });
const interactive = (action: object, more: object = {}, type = "button") => ({
  type: "interactive",
  interactive: { type, body: { text: "Well?" }, action, ...more },
});
const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `${index}`, title: "Row" }));
const list = (sections: readonly object[]) => interactive({ button: "Choose", sections }, {}, "list");

/** What is sent, the code, and what the details name. */
const WRONG: readonly (readonly [string, object, number, RegExp])[] = [
  ["a text without a body", { type: "text", text: {} }, 131008, /^text\.body /],
  ["a text that is none", { type: "text", text: "Hello" }, 100, /^text /],
  ["an empty text", { text: { body: "" } }, 131009, /^text\.body /],
  ["a body that is a number", { text: { body: 5 } }, 100, /^text\.body /],
  ["a property that nobody knows", { text: { body: "x", previewUrl: true } }, 100, /^text\.previewUrl /],
  ["preview_url as a text", { text: { body: "x", preview_url: "yes" } }, 100, /^text\.preview_url /],
  ["a type without its content", { type: "image" }, 131008, /^image /],
  ["a type that nobody knows", { type: "poem", poem: {} }, 131009, /^type /],
  ["media with neither id nor link", { type: "image", image: {} }, 131008, /^image /],
  ["media with both", { type: "image", image: { id: "1", link: "https://a.b/c" } }, 100, /^image /],
  ["a link that is none", { type: "image", image: { link: "file:///etc" } }, 131009, /^image\.link /],
  ["media that nobody uploaded", { type: "image", image: { id: "123" } }, 100, /^image\.id /],
  ["a caption of audio", { type: "audio", audio: { link: "https://a.b/c", caption: "x" } }, 100, /^audio\.caption /],
  ["a latitude beyond the pole", { type: "location", location: { latitude: 91, longitude: 0 } }, 131009, /latitude/],
  ["a longitude that is missing", { type: "location", location: { latitude: 1 } }, 131008, /^location\.longitude /],
  ["a contact without a name", { type: "contacts", contacts: [{ phones: [] }] }, 131008, /^contacts\[0\]\.name /],
  ["no contact", { type: "contacts", contacts: [] }, 131009, /^contacts /],
  ["a reaction to nothing", { type: "reaction", reaction: { emoji: "x" } }, 131008, /^reaction\.message_id /],
  ["buttons of the same id", interactive({ buttons: [button("1", "A"), button("1", "B")] }), 131009, /buttons/],
  ["buttons of the same title", interactive({ buttons: [button("1", "A"), button("2", "A")] }), 131009, /buttons/],
  ["four buttons", interactive({ buttons: ["1", "2", "3", "4"].map((id) => button(id, id)) }), 131009, /buttons/],
  [
    "eleven rows",
    list([
      { title: "A", rows: rows(10) },
      { title: "B", rows: [{ id: "x", title: "X" }] },
    ]),
    131009,
    /rows/,
  ],
  ["rows of the same id", list([{ rows: [...rows(1), ...rows(1)] }]), 131009, /rows/],
  ["sections without titles", list([{ rows: rows(1) }, { title: "B", rows: [] }]), 131008, /sections\[0\]\.title/],
  ["an interactive type that nobody knows", interactive({}, {}, "quiz"), 131009, /^interactive\.type /],
  ["an interactive without a body", { type: "interactive", interactive: { type: "list", action: {} } }, 131008, /body/],
  [
    "a flow by id and name",
    interactive(
      { name: "flow", parameters: { flow_message_version: "3", flow_cta: "Go", flow_id: "1", flow_name: "n" } },
      {},
      "flow",
    ),
    131009,
    /parameters/,
  ],
  ["a template without a language", { type: "template", template: { name: "hello_world" } }, 131008, /language/],
  ["callback data of 513", { text: { body: "x" }, biz_opaque_callback_data: "x".repeat(513) }, 131009, /^biz_opaque/],
  ["a context without an id", { text: { body: "x" }, context: {} }, 131008, /^context\.message_id /],
  ["a group", { text: { body: "x" }, recipient_type: "group" }, 131009, /^recipient_type /],
  ["another product", { text: { body: "x" }, messaging_product: "messenger" }, 100, /^messaging_product /],
];

test("what is wrong with a message is refused, and the details name the property", async (t) => {
  await using setting = await Setting.start({ pairBurst: 1000 });
  for (const [name, content, code, details] of WRONG) {
    await t.test(name, async () => {
      const { status, error, body } = await setting.send(USER, content);
      assert.equal(error?.code, code, error?.details);
      assert.match(error.details, details);
      assert.equal(status, 400);
      assert.match(error.message, new RegExp(`^\\(#${code}\\) `));
      assert.match(JSON.stringify(body), /"fbtrace_id":"A/);
    });
  }
  assert.deepEqual(setting.emulator.messages(), []);
});

/** The longest that is taken, by a message with a text of that length. */
const LENGTHS: readonly (readonly [string, number, (text: string) => object])[] = [
  ["text.body", 4096, (body) => ({ text: { body } })],
  ["image.caption", 1024, (caption) => ({ type: "image", image: { link: "https://a.b/c", caption } })],
  ["interactive.body.text", 1024, (text) => interactive({ buttons: [button("1", "A")] }, { body: { text } })],
  ["interactive.footer.text", 60, (text) => interactive({ buttons: [button("1", "A")] }, { footer: { text } })],
  [
    "interactive.header.text",
    60,
    (text) => interactive({ buttons: [button("1", "A")] }, { header: { type: "text", text } }),
  ],
  ["interactive.action.buttons[0].reply.title", 20, (title) => interactive({ buttons: [button("1", title)] })],
  ["interactive.action.buttons[0].reply.id", 256, (id) => interactive({ buttons: [button(id, "A")] })],
  ["interactive.action.sections[0].rows[0].title", 24, (title) => list([{ rows: [{ id: "1", title }] }])],
  ["interactive.action.sections[0].rows[0].id", 200, (id) => list([{ rows: [{ id, title: "A" }] }])],
  [
    "interactive.action.sections[0].rows[0].description",
    72,
    (description) => list([{ rows: [{ id: "1", title: "A", description }] }]),
  ],
];

for (const [path, max, contentOf] of LENGTHS) {
  test(`${path} has ${max} characters at most`, async () => {
    await using setting = await Setting.start();
    assert.equal((await setting.send(USER, contentOf("x".repeat(max)))).status, 200);
    const { error } = await setting.send(USER, contentOf("x".repeat(max + 1)));
    assert.equal(error?.code, 131009);
    assert.ok(error.details.startsWith(`${path} `), error.details);
  });
}

test("a message needs a recipient: a number in any notation, or a user id", async () => {
  await using setting = await Setting.start({ windowIsOpen: () => true });
  const send = (recipient: object) =>
    setting.ask("POST", `${PHONE}/messages`, { messaging_product: "whatsapp", text: { body: "Hi" }, ...recipient });
  assert.match((await send({})).error?.details ?? "", /^to /);
  assert.match((await send({ to: "Ana" })).error?.details ?? "", /^to /);
  assert.match((await send({ recipient: "Ana" })).error?.details ?? "", /^recipient /);
  const numbered = await send({ to: "+44 (7700) 900-001" });
  assert.deepEqual(numbered.body["contacts"], [{ input: "+44 (7700) 900-001", wa_id: USER }]);
  const named = await send({ recipient: "US.13491208655302741918" });
  assert.deepEqual(named.body["contacts"], [{ input: "US.13491208655302741918", user_id: "US.13491208655302741918" }]);
  await setting.emulator.idle();
  const status = setting.receiver.statuses.find(({ id }) => id === named.wamid);
  assert.equal(status?.["recipient_user_id"], "US.13491208655302741918");
  assert.equal(status["recipient_id"], undefined);
});

test("a number and the user id that the emulator gave it are one user", async () => {
  await using setting = await Setting.start();
  setting.emulator.receive({ from: USER, type: "text", text: { body: "Hi" } });
  await setting.emulator.idle();
  const userId = setting.receiver.messages[0]?.["from_user_id"];
  const message = { messaging_product: "whatsapp", recipient: userId, text: { body: "Hi" } };
  const { wamid } = await setting.ask("POST", `${PHONE}/messages`, message);
  await setting.emulator.idle();
  assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered"]);
  const magic = { ...message, recipient: "GB.447700900126" };
  assert.equal((await setting.ask("POST", `${PHONE}/messages`, magic)).error?.code, 131026);
});

test("the token decides who may ask, and what is asked for must exist", async () => {
  await using setting = await Setting.start();
  const wrong = await setting.ask("POST", `${PHONE}/messages`, {}, "another-token");
  assert.deepEqual([wrong.status, wrong.error?.code], [401, 190]);
  const byQuery = await fetch(`${setting.emulator.url}/v19.0/${PHONE}?access_token=a-token`);
  assert.equal(byQuery.status, 200);
  for (const [method, path] of [
    ["GET", "999"],
    ["POST", `${WABA}/messages`],
    ["POST", `${PHONE}/message_templates`],
    ["PUT", PHONE],
    ["GET", `${PHONE}/constructor`],
    ["GET", "nonsense/of/some/length"],
  ] as const) {
    const { status, error, body } = await setting.ask(method, path, method === "GET" ? undefined : {});
    assert.deepEqual([status, error?.code], [400, 100], path);
    assert.match(JSON.stringify(body), /"error_subcode":33/);
  }
});

test("a body that is no JSON, no object or too large is refused", async () => {
  await using setting = await Setting.start();
  assert.match((await setting.ask("POST", `${PHONE}/messages`, "{")).error?.details ?? "", /JSON/);
  assert.match((await setting.ask("POST", `${PHONE}/messages`, "[]")).error?.details ?? "", /object/);
  const large = await setting.ask("POST", `${PHONE}/messages`, { a: "x".repeat(1_048_576) });
  assert.equal(large.status, 413);
  assert.equal(large.error?.code, 100);
});

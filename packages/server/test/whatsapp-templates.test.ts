import assert from "node:assert/strict";
import { test } from "node:test";
import { TEMPLATE_RULES } from "../src/whatsapp/rules.ts";
import { violationsOf } from "./harness/api-client.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile());
const SENDER = "447796344125";
const BODY = { text: "Hello {{1}}", examples: ["you"] };
const template = (changes: object = {}) => ({
  name: "greeting",
  language: "en",
  category: "MARKETING",
  structure: { body: BODY },
  ...changes,
});
const call = (method: string, path: string, json?: unknown) =>
  server.client.call(method, `/whatsapp/2/senders/${path}`, json === undefined ? {} : { json });
const create = (changes?: object, sender = SENDER) => call("POST", `${sender}/templates`, template(changes));
const accountList = (query: string) => server.client.call("GET", `/whatsapp/1/templates?${query}`);
const namesOf = ({ body }: { body: { results: { name: string }[] } }) => body.results.map(({ name }) => name);

for (const { prefix, outcome } of [...TEMPLATE_RULES, { prefix: "plain_", outcome: "APPROVED" }]) {
  test(`a template whose name begins with ${prefix} is ${outcome}`, async () => {
    const { status, body } = await create({ name: `${prefix}one` });
    if (outcome === "taken") return assert.equal(status, 400);
    assert.equal(status, 201);
    assert.equal(body.status, outcome);
  });
}

test("a template is shown by its id, in both versions' lists and to all senders of its business account", async () => {
  const { body: made } = await create({ name: "shown" });
  assert.deepEqual((await call("GET", `${SENDER}/templates/${made.id}`)).body, made);
  const listed = (await call("GET", "447796344126/templates")).body.templates;
  assert.deepEqual(
    listed.find(({ id }: { id: string }) => id === made.id),
    made,
  );
  const older = (await server.client.call("GET", `/whatsapp/1/senders/${SENDER}/templates`)).body.templates;
  const { structure, category } = older.find(({ id }: { id: string }) => id === made.id);
  assert.deepEqual({ structure, category }, { structure: { body: BODY.text, type: "TEXT" }, category: "MARKETING" });
});

test("a template made again replaces the one of its name and language, and another language is another", async () => {
  const first = (await create({ name: "again" })).body;
  const second = (await create({ name: "again", category: "UTILITY" })).body;
  const german = (await create({ name: "again", language: "de" })).body;
  assert.equal(second.id, first.id);
  assert.notEqual(german.id, first.id);
  assert.equal((await call("GET", `${SENDER}/templates/${first.id}`)).body.category, "UTILITY");
});

test("a deletion takes all languages, and nothing is found afterwards", async () => {
  const { id } = (await create({ name: "going" })).body;
  await create({ name: "going", language: "de" });
  assert.equal((await call("DELETE", `${SENDER}/templates/going`)).status, 204);
  assert.deepEqual(namesOf(await accountList("name=going")), []);
  assert.equal((await call("GET", `${SENDER}/templates/${id}`)).status, 404);
  assert.equal((await call("DELETE", `${SENDER}/templates/going`)).status, 404);
  assert.equal((await call("DELETE", `${SENDER}/templates/Going`)).status, 400);
});

test("an edit changes what it names, and only of templates that may be edited", async () => {
  const { id, structure } = (await create({ name: "edited" })).body;
  const path = `${SENDER}/templates/${id}`;
  assert.equal((await call("PATCH", path, { category: "UTILITY" })).body.category, "UTILITY");
  const changed = (await call("PATCH", path, { structure: { body: { text: "Bye" } } })).body;
  assert.deepEqual(changed.structure, { body: { text: "Bye" }, type: "TEXT" });
  assert.notDeepEqual(structure, changed.structure);
  const refused = await call("PATCH", path, { structure: { body: { text: "{{2}}" } } });
  assert.deepEqual(Object.keys(violationsOf(refused)), ["structure.body.text"]);
  const pending = (await create({ name: "pend_edit" })).body;
  assert.equal((await call("PATCH", `${SENDER}/templates/${pending.id}`, { category: "UTILITY" })).status, 400);
  assert.equal((await call("PATCH", `${SENDER}/templates/x`, {})).status, 400);
  assert.equal((await call("PATCH", `${SENDER}/templates/1`, {})).status, 404);
});

test("an authentication template gets WhatsApp's own words, or has the structure of a utility template", async () => {
  const own = { body: { addSecurityRecommendation: true }, footer: { codeExpirationMinutes: 5 } };
  const buttons = [{ otpType: "COPY_CODE", text: "Copy" }];
  const category = "AUTHENTICATION";
  const { structure } = (await create({ name: "code", category, structure: { ...own, buttons } })).body;
  assert.match(structure.body.text, /^\*\{\{1\}\}\* is your verification code\. /);
  assert.match(structure.footer.text, /5 minutes/);
  assert.equal((await create({ name: "code_in", category, structure: { body: BODY } })).status, 201);
  const broken = await create({ name: "code", category, structure: { ...own, buttons: [{ otpType: "ONE_TAP" }] } });
  assert.deepEqual(Object.keys(violationsOf(broken)), [
    "structure.buttons[0].packageName",
    "structure.buttons[0].signatureHash",
  ]);
});

const REFUSED: readonly [changes: object, property: string][] = [
  [{ name: "Upper" }, "name"],
  [{ language: "xx" }, "language"],
  [{ category: "OTHER" }, "category"],
  [{ subCategory: "ORDER_STATUS" }, "subCategory"],
  [{ validityPeriod: { amount: 5 } }, "validityPeriod"],
  [{ structure: {} }, "structure.body"],
  [{ structure: { body: { text: "x".repeat(70_000) } } }, "structure"],
];

for (const [changes, property] of REFUSED) {
  test(`a template is refused for its ${property}: ${JSON.stringify(changes).slice(0, 60)}`, async () => {
    const answer = await create(changes);
    assert.equal(answer.status, 400);
    assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
  });
}

test("the account's templates are filtered, ordered and paged", async () => {
  await create({ name: "filter_b", platform: { applicationId: "app", entityId: "shop" } });
  await create({ name: "filter_a", language: "de", category: "UTILITY", platform: { applicationId: "app" } });
  const found = async (query: string) => namesOf(await accountList(`applicationId=app&${query}`));
  assert.deepEqual(await found("orderBy=name,ASC"), ["filter_a", "filter_b"]);
  assert.deepEqual(await found("orderBy=name,DESC"), ["filter_b", "filter_a"]);
  assert.deepEqual(await found("language=en,fr"), ["filter_b"]);
  assert.deepEqual(await found("category=UTILITY&category=AUTHENTICATION"), ["filter_a"]);
  assert.deepEqual(await found("entityId=shop"), ["filter_b"]);
  assert.deepEqual(await found("status=REJECTED"), []);
  assert.deepEqual(await found(`sender=${SENDER}&size=1&page=1`), ["filter_a"]);
  assert.deepEqual(await found("sender=0123"), []);
  const { paging } = (await accountList("applicationId=app&size=1&page=1")).body;
  assert.deepEqual(paging, { page: 1, size: 1, totalPages: 2, totalResults: 2 });
  for (const bad of ["status=NONE", "language=xx", "category=x", "orderBy=age", "size=101", "page=-1"]) {
    assert.equal((await accountList(bad)).status, 400, bad);
  }
});

test("no sender begins with 0 or has a name", async () => {
  for (const sender of ["0123456", "Posthorn", "123"]) {
    assert.equal((await call("GET", `${sender}/templates`)).status, 404, sender);
    assert.equal((await create({}, sender)).status, 404, sender);
  }
});

test("templates outlive a restart, and ids go on where they were", async (t) => {
  const first = await startTestServer(t);
  const path = `/whatsapp/2/senders/${SENDER}/templates`;
  const { body: made } = await first.client.call("POST", path, { json: template() });
  await first.stop();
  const second = await startTestServer(t, { folder: first.folder });
  assert.deepEqual((await second.client.call("GET", `${path}/${made.id}`)).body, made);
  const { body: next } = await second.client.call("POST", path, { json: template({ name: "next" }) });
  assert.equal(Number(next.id), Number(made.id) + 1);
});

test("without a sandbox nobody approves, rates, pays or verifies", async (t) => {
  const real = await startTestServer(t, { settings: { "sandbox.enabled": false } });
  const asked = (method: string, path: string, json?: unknown) =>
    real.client.call(method, path, json === undefined ? {} : { json });
  const senders = `/whatsapp/1/senders/${SENDER}`;
  const made = await asked("POST", `/whatsapp/2/senders/${SENDER}/templates`, template());
  assert.equal(made.body.status, "PENDING");
  const { results } = (await asked("GET", `/whatsapp/1/senders/quality?senders=${SENDER}`)).body;
  assert.equal(results[0].qualityRating, "UNKNOWN");
  for (const path of [`${senders}/payments/br/1`, `${senders}/flows/123456/json`, `${senders}/media/1`]) {
    assert.equal((await asked("GET", path)).status, 404, path);
  }
});

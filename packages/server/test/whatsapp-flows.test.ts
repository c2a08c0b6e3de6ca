import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLES } from "../src/whatsapp/rules.ts";
import { violationsOf } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, createFolder, startTestServer } from "./harness/test-server.ts";

const server = await startTestServer(cleanupAfterFile());
const FLOWS = "/whatsapp/1/senders/447796344125/flows";
const call = (method: string, path: string, json?: unknown) =>
  server.client.call(method, FLOWS + path, json === undefined ? {} : { json });
const SCREEN = { id: "FIRST", title: "First", layout: { type: "SingleColumnLayout", children: [] } };
const JSON_OF_FLOW = { version: "7.0", screens: [SCREEN] };

async function made(changes: object = {}): Promise<string> {
  const { body } = await call("POST", "", { name: "My flow", categories: ["SURVEY"], ...changes });
  return body.id as string;
}
const flowOf = async (id: string) =>
  (await call("GET", "")).body.flows.find((flow: { id: string }) => flow.id === id) as Record<string, unknown>;
const linked = async (id: string): Promise<Record<string, unknown>> => {
  const { externalDownloadUrl } = (await call("GET", `/${id}/json`)).body;
  return (await fetch(externalDownloadUrl)).json() as Promise<Record<string, unknown>>;
};

test("a flow is made as a draft, changed, published and deprecated", async () => {
  const id = await made();
  assert.equal((await call("PATCH", `/${id}`, { name: "Renamed", categories: ["OTHER"] })).status, 204);
  const { name, status, categories } = await flowOf(id);
  assert.deepEqual({ name, status, categories }, { name: "Renamed", status: "DRAFT", categories: ["OTHER"] });
  assert.equal((await call("POST", `/${id}/publish`)).status, 204);
  assert.equal((await flowOf(id))["status"], "PUBLISHED");
  assert.equal((await call("POST", `/${id}/deprecate`)).status, 204);
  assert.equal((await flowOf(id))["status"], "DEPRECATED");
});

test("what a flow's status forbids is refused in words of its own", async () => {
  const id = await made();
  assert.equal((await call("POST", `/${id}/deprecate`)).status, 400);
  await call("POST", `/${id}/publish`);
  for (const [method, path, json, description] of [
    ["PATCH", "", { name: "x" }, "Updating attempt failed."],
    ["PUT", "/json", JSON_OF_FLOW, "Updating attempt failed."],
    ["DELETE", "", undefined, "Deletion attempt failed."],
    ["POST", "/publish", undefined, "Publishing attempt failed."],
  ] as const) {
    const answer = await call(method, `/${id}${path}`, json);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.description, description);
    assert.equal(answer.body.errorCode, "E400");
    assert.deepEqual(Object.keys(violationsOf(answer)), ["flowId"]);
  }
});

test("a flow's JSON is checked, kept all the same, and published only without errors", async () => {
  const id = await made();
  const bad = await call("PUT", `/${id}/json`, { screens: [{ title: "x" }] });
  assert.equal(bad.status, 201);
  assert.equal(bad.body.validationErrors.length, 3);
  assert.equal((await call("POST", `/${id}/publish`)).status, 400);
  const good = await call("PUT", `/${id}/json`, JSON_OF_FLOW);
  assert.deepEqual(good.body, { validationErrors: [] });
  assert.deepEqual((await flowOf(id))["initialScreens"], ["FIRST"]);
  assert.deepEqual(await linked(id), JSON_OF_FLOW);
  assert.equal((await call("POST", `/${id}/publish`)).status, 204);
});

test("a clone has the JSON of its source, and a source from elsewhere gives a new flow's", async () => {
  const source = await made();
  await call("PUT", `/${source}/json`, JSON_OF_FLOW);
  assert.deepEqual(await linked(await made({ cloneFlowId: source })), JSON_OF_FLOW);
  assert.deepEqual(await linked(await made({ cloneFlowId: "912079080628183" })), await linked(await made()));
});

test("a deleted flow is gone, with its JSON", async () => {
  const id = await made();
  const { externalDownloadUrl } = (await call("GET", `/${id}/json`)).body;
  assert.equal((await call("DELETE", `/${id}`)).status, 204);
  assert.equal((await fetch(externalDownloadUrl)).status, 404);
  const answer = await call("DELETE", `/${id}`);
  assert.equal(answer.status, 404);
  assert.equal(answer.body.errorCode, "WA-FLOW-ID404");
});

test("links need no key, show markup as text, and cannot be guessed", async () => {
  const id = await made();
  const text = "<script>alert(1)</script>";
  await call("PUT", `/${id}/json`, { ...JSON_OF_FLOW, note: text });
  const { previewUrl } = (await call("GET", `/${id}/preview`)).body;
  const page = await fetch(previewUrl);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const shown = await page.text();
  assert.ok(shown.includes("&lt;script&gt;") && !shown.includes("<script>"));
  const last = previewUrl.at(-"/preview".length - 1);
  const other = `${previewUrl.slice(0, -"/preview".length - 1)}${last === "0" ? "1" : "0"}/preview`;
  assert.equal((await fetch(other)).status, 404);
});

test("a preview works for 30 days", async (t) => {
  const clock = new FakeClock();
  const own = await startTestServer(t, { clock });
  const { body } = await own.client.call("POST", FLOWS, { json: { name: "x", categories: [] } });
  const { previewUrl } = (await own.client.call("GET", `${FLOWS}/${body.id}/preview`)).body;
  const day = 24 * 3_600_000;
  clock.advance(30 * day - 1);
  assert.equal((await fetch(previewUrl)).status, 200);
  clock.advance(1);
  assert.equal((await fetch(previewUrl)).status, 404);
});

test("the flow of Infobip's examples is there, takes everything in any order, and is gone when it was deleted", async (t) => {
  const folder = createFolder(t);
  const settings = { "sandbox.examples": true };
  const own = await startTestServer(t, { folder, settings });
  const path = `${FLOWS}/${EXAMPLES.flowId}`;
  for (const rest of ["/publish", "/deprecate", "/publish"]) {
    assert.equal((await own.client.call("POST", path + rest)).status, 204);
  }
  assert.equal((await own.client.call("PATCH", path, { json: { name: "Mine" } })).status, 204);
  const [flow, ...others] = (await own.client.call("GET", FLOWS)).body.flows;
  assert.deepEqual([flow.id, flow.name, flow.status, others.length], [EXAMPLES.flowId, "Mine", "DRAFT", 0]);
  const { externalDownloadUrl } = (await own.client.call("GET", `${path}/json`)).body;
  assert.equal(((await (await fetch(externalDownloadUrl)).json()) as { version: string }).version, "7.0");
  assert.equal((await own.client.call("DELETE", path)).status, 204);
  assert.equal((await own.client.call("POST", `${path}/publish`)).status, 404);
  await own.stop();
  const again = await startTestServer(t, { folder, settings });
  assert.equal((await again.client.call("GET", `${path}/json`)).status, 404, "it came back");
  assert.equal((await call("GET", `/${EXAMPLES.flowId}/json`)).status, 404, "it is there without having been made");
});

test("a flow is generated from the fields that a prompt names, and a second prompt adds to it", async () => {
  const first = (await call("POST", "/generate", { prompt: "A form with name and email" })).body;
  const fieldsOf = (answer: typeof first): string[] =>
    answer.generatedFlow.screens[0].layout.children[0].children.map(({ name }: { name: string }) => name);
  assert.deepEqual(fieldsOf(first), ["name", "email"]);
  const second = (await call("POST", "/generate", { prompt: "Add a phone", responseId: first.responseId })).body;
  assert.deepEqual(fieldsOf(second), ["name", "email", "phone"]);
  for (const responseId of ["0", "x", "999999"]) {
    assert.equal((await call("POST", "/generate", { prompt: "x", responseId })).status, 400, responseId);
  }
});

test("a name that is taken, a category that is none and a sender that is none are refused", async () => {
  const taken = await call("POST", "", { name: "taken flow", categories: [] });
  assert.equal(taken.body.action, "Please use different flow name.");
  assert.equal((await call("POST", "", { name: "x", categories: ["NONE"] })).status, 400);
  const nobody = await server.client.call("GET", "/whatsapp/1/senders/0123/flows");
  assert.equal(nobody.status, 404);
  assert.equal(nobody.body.errorCode, "WA-FLOW-SENDER404");
});

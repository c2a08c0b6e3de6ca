/** A sandbox beside the Cloud API: who sends may be another than who decides on templates. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { startCloudServer } from "../harness/cloud-server.ts";
import { type GraphCall, NUMBER } from "../harness/graph-stub.ts";

const WABA = "102290129340398";
const SANDBOX_SENDER = "447796344125";
const USER = "385981234567";
/** Longer than a number can tell apart from the next one. */
const META_ID = "90071992547409930";

/** Meta has one template, and yes to everything else. */
function answer({ method, path }: GraphCall): object {
  if (method !== "GET" || !path.includes("/message_templates")) return { success: true };
  if (path.includes("after=")) return { data: [] };
  const components = [{ type: "BODY", text: "Order {{1}}", example: { body_text: [["17"]] } }];
  const facts = { id: META_ID, name: "shipped", language: "en", status: "APPROVED", category: "UTILITY" };
  return { data: [{ ...facts, components }] };
}

/** Everything of WhatsApp goes to the sandbox, while the number is the Cloud API's. */
async function startBeside(t: TestContext, entry: object) {
  const carriersBeside = { played: { type: "sandbox" } };
  const { server, graph } = await startCloudServer(t, { entry, carriersBeside, rules: [{ route: "played" }] });
  graph.reply = answer;
  const call = (method: string, path: string, json?: unknown) =>
    server.client.call(method, `/whatsapp/${path}`, json === undefined ? {} : { json });
  const send = async (messageId: string, templateName: string, sender = NUMBER) => {
    const templateData = { body: { placeholders: ["17"] } };
    const content = { templateName, templateData, language: "en" };
    const message = { from: sender, to: USER, messageId, content };
    const { status, text } = await call("POST", "1/message/template", { messages: [message] });
    assert.equal(status, 200, text);
    return (await server.untilState(messageId, ["delivered", "rejected"])).state;
  };
  return { call, send, graph };
}

test("the sandbox sends what a carrier's sender has at Meta, and nothing that only the sandbox's senders have", async (t) => {
  const { call, send, graph } = await startBeside(t, { businessAccountId: WABA });
  const listed = await call("GET", `2/senders/${NUMBER}/templates`);
  assert.equal(listed.body.templates[0]?.id, META_ID, listed.text);
  const own = { name: "greeting", language: "en", category: "UTILITY", structure: { body: { text: "Hi {{1}}" } } };
  const made = await call("POST", `2/senders/${SANDBOX_SENDER}/templates`, own);
  assert.deepEqual([made.status, made.body.status], [201, "APPROVED"], made.text);
  assert.equal(made.body.id, "1000001", "it counts on from ours");
  assert.equal(await send("at-meta", "shipped"), "delivered");
  assert.equal(await send("not-at-meta", "greeting"), "rejected");
  assert.equal(await send("own", "greeting", SANDBOX_SENDER), "delivered");
  assert.equal(await send("not-own", "shipped", SANDBOX_SENDER), "rejected");
  assert.deepEqual(graph.sent, []);
});

test("a carrier whose business account is not configured stops no send of the sandbox", async (t) => {
  const { send } = await startBeside(t, {});
  assert.equal(await send("unknown", "shipped"), "rejected");
});

/** What is asked of Meta when senders are administered, against Meta's own document where it is at hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TEMPLATE_CATEGORIES } from "@posthorn/contract";
import { componentsOf } from "../../src/carrier/whatsapp/template-components.ts";
import { templateIn } from "../../src/carrier/whatsapp/template-structure.ts";
import { FakeClock } from "../harness/fake-clock.ts";
import { startCloudServer } from "../harness/cloud-server.ts";
import {
  APP_SECRET,
  type GraphCall,
  graphError,
  NUMBER,
  PHONE_NUMBER_ID,
  signed,
  TOKEN,
} from "../harness/graph-stub.ts";
import { requestFaults, SKIP, templateExamples } from "../harness/meta-schemas.ts";
import { subscribe } from "../harness/subscribing.ts";
import { type Cleanup, cleanupAfterFile } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { WebhookSink } from "../harness/webhook-sink.ts";

const WABA = "102290129340398";
const cleanup = cleanupAfterFile();
const clock = new FakeClock();
process.env["POSTHORN_TEST_PIN"] = "135790";
const entry = { businessAccountId: WABA, registrationPin: { env: "POSTHORN_TEST_PIN" } };
const { server, graph, notify } = await startCloudServer(cleanup, { entry, clock });
const sink = await WebhookSink.start(cleanup);
await subscribe(server.client, sink.url, { channel: "WHATSAPP", events: ["TEMPLATE_UPDATE"] });
const told = () => sink.calls.map(({ text }) => (JSON.parse(text) as { change: object }).change);

const TEMPLATE = {
  name: "shipped",
  language: "en",
  category: "UTILITY",
  structure: { body: { text: "Order {{1}}", examples: ["17"] }, footer: { text: "The Shop" } },
};
const AT_META = {
  id: "1689556908129832",
  name: "shipped",
  language: "en",
  status: "APPROVED",
  category: "UTILITY",
  components: [
    { type: "BODY", text: "Order {{1}}", example: { body_text: [["17"]] } },
    { type: "FOOTER", text: "The Shop" },
  ],
};
/** Meta as it is asked here: one template, and yes to everything. */
function yes({ method, path }: GraphCall): object {
  const [place = ""] = path.split("?");
  if (method === "GET" && place.endsWith("/message_templates"))
    return path.includes("after=") ? { data: [] } : { data: [AT_META] };
  if (method === "GET" && place.endsWith("/flows")) return { data: [] };
  if (method === "GET" && place.endsWith("/assets"))
    return { data: [{ asset_type: "FLOW_JSON", download_url: "https://a.b" }] };
  if (method === "GET" && path.includes("preview")) {
    return { preview: { preview_url: "https://a.b", expires_at: "2027-05-21T11:18:09+0000" } };
  }
  if (method === "GET") return { data: [], id: PHONE_NUMBER_ID };
  return { success: true, id: AT_META.id, status: "PENDING", category: "UTILITY" };
}
graph.reply = yes;
const call = (method: string, path: string, json?: unknown) =>
  server.client.call(method, `/whatsapp/${path}`, json === undefined ? {} : { json });
const later = () => clock.advance(10 * 60_000);

/** Our request, and the operations of the document that it has to become, in their order. */
const REQUESTS: readonly (readonly [method: string, path: string, body: unknown, ...operations: readonly string[]])[] =
  [
    ["POST", `2/senders/${NUMBER}/templates`, TEMPLATE, "POST {WABA-ID}/message_templates"],
    ["GET", `2/senders/${NUMBER}/templates`, undefined, "GET {WABA-ID}/message_templates"],
    ["PATCH", `2/senders/${NUMBER}/templates/${AT_META.id}`, { category: "MARKETING" }, "POST {TEMPLATE_ID}"],
    ["DELETE", `2/senders/${NUMBER}/templates/shipped`, undefined, "DELETE {WABA-ID}/message_templates"],
    ["GET", `1/senders/quality?senders=${NUMBER}`, undefined, "GET {Phone-Number-ID}"],
    [
      "GET",
      `1/senders/${NUMBER}/business-info`,
      undefined,
      "GET {Phone-Number-ID}/whatsapp_business_profile",
      "GET {Phone-Number-ID}",
    ],
    [
      "PATCH",
      `1/senders/${NUMBER}/business-info`,
      { about: "Hi", vertical: "AUTOMOTIVE" },
      "POST {Phone-Number-ID}/whatsapp_business_profile",
    ],
    ["GET", `1/senders/${NUMBER}/public-key`, undefined, "GET {Phone-Number-ID}/whatsapp_business_encryption"],
    ["GET", `1/senders/${NUMBER}/calls/385981234567/permissions`, undefined, "GET {Phone-Number-ID}/call_permissions"],
    ["DELETE", `1/senders/${NUMBER}/media`, { url: "https://a.b/whatsapp/media/17" }, "DELETE {Media-ID}"],
    ["GET", `1/senders/${NUMBER}/flows`, undefined, "GET {WABA-ID}/flows"],
    ["POST", `1/senders/${NUMBER}/flows`, { name: "a", categories: ["OTHER"] }, "POST {WABA-ID}/flows"],
    ["PATCH", `1/senders/${NUMBER}/flows/17`, { name: "b" }, "POST {Flow-ID}"],
    ["PUT", `1/senders/${NUMBER}/flows/17/json`, { version: "7.0" }, "POST {Flow-ID}/assets"],
    ["GET", `1/senders/${NUMBER}/flows/17/json`, undefined, "GET {Flow-ID}/assets"],
    ["GET", `1/senders/${NUMBER}/flows/17/preview`, undefined, "GET {Flow-ID}"],
    ["POST", `1/senders/${NUMBER}/flows/17/publish`, undefined, "POST {Flow-ID}/publish"],
    ["POST", `1/senders/${NUMBER}/flows/17/deprecate`, undefined, "POST {Flow-ID}/deprecate"],
    ["DELETE", `1/senders/${NUMBER}/flows/17`, undefined, "DELETE {Flow-ID}"],
    [
      "POST",
      `1/embedded-signup/registrations/business-account/${WABA}/senders`,
      { countryCode: "44", phoneNumber: "7700900123", displayName: "New", type: "EXTERNAL_VOICE" },
      "POST {WABA-ID}/phone_numbers",
      "POST {Phone-Number-ID}/request_code",
    ],
    [
      "POST",
      "1/embedded-signup/registrations/senders/447700900123/verification",
      { code: "123456" },
      "POST {Phone-Number-ID}/verify_code",
      "POST {Phone-Number-ID}/register",
    ],
  ];

for (const [method, path, body, ...operations] of REQUESTS) {
  test(`${method} ${path} becomes ${operations.join(" and ")}`, async () => {
    const before = graph.calls.length;
    const { status, text } = await call(method, path, body);
    assert.equal(status < 300, true, text);
    const calls = graph.calls.slice(before).filter(({ path: asked }) => !asked.includes("after="));
    // The list of templates is read whenever that was not done lately, also on the way to one of them.
    const isList = ({ method: each, path: to }: GraphCall) => each === "GET" && to.includes("/message_templates");
    const wanted = operations.filter((operation) => operation !== "GET {WABA-ID}/message_templates");
    const asked = calls.filter((each) => !isList(each));
    if (wanted.length < operations.length) assert.equal(calls.some(isList), true);
    assert.equal(asked.length, wanted.length);
    for (const [index, operation] of wanted.entries()) {
      const [verb = "", place = ""] = operation.split(" ");
      const one = asked[index];
      assert.equal(one?.method, verb);
      const [, , ...edge] = (one?.path.split("?")[0] ?? "").split("/").slice(1);
      assert.deepEqual(edge, place.split("/").slice(1));
      assert.equal(one?.headers.authorization, `Bearer ${TOKEN}`);
      if (SKIP === false) assert.deepEqual(requestFaults(place, verb, one?.body ?? {}), []);
    }
  });
}

test("the components of Meta's examples are read, and made again as they were", { skip: SKIP }, () => {
  let compared = 0;
  for (const [name, example] of templateExamples()) {
    // Infobip names flows by their id only, and has its own words for authentication and files.
    if (/Flow|authentication|catalog|document|image/.test(name)) continue;
    const read = templateIn({ ...example, id: "1", status: "APPROVED" });
    const category = TEMPLATE_CATEGORIES.find((each) => each === example["category"]);
    assert.ok(read !== null && category !== undefined, name);
    const { type, ...structure } = read.structure;
    assert.equal(type, "MEDIA");
    assert.deepEqual(componentsOf(category, structure, new Map()), example["components"], name);
    compared += 1;
  }
  assert.equal(compared >= 3, true);
});

const templateNews = (field: string, value: object, { time, waba = WABA }: { time?: number; waba?: string } = {}) => ({
  object: "whatsapp_business_account",
  entry: [
    {
      id: waba,
      ...(time === undefined ? {} : { time }),
      changes: [
        {
          field,
          value: {
            message_template_id: Number(AT_META.id),
            message_template_name: "shipped",
            message_template_language: "en",
            ...value,
          },
        },
      ],
    },
  ],
});
const statusNow = async () => {
  const { body } = await call("GET", `2/senders/${NUMBER}/templates/${AT_META.id}`);
  return [body.status, body.category, body.quality];
};

test("status, quality and category that Meta tells are written and told once; late and others' news are not", async () => {
  later();
  await call("GET", `2/senders/${NUMBER}/templates`);
  sink.calls.length = 0;
  const untilTold = (count: number) =>
    until(
      `${count} are told`,
      () => told().length >= count,
      () => clock.advance(1),
    );
  const paused = { event: "PAUSED", reason: "NONE", other_info: { title: "SECOND_PAUSE" } };
  const news = templateNews("message_template_status_update", paused, { time: 2_000 });
  assert.equal((await notify(news)).status, 200);
  await notify(news);
  await untilTold(1);
  await notify(
    templateNews("message_template_quality_update", { previous_quality_score: "UNKNOWN", new_quality_score: "RED" }),
  );
  await untilTold(2);
  await notify(templateNews("template_category_update", { previous_category: "UTILITY", new_category: "MARKETING" }));
  await untilTold(3);
  const announced = { new_category: "MARKETING", correct_category: "UTILITY" };
  await notify(templateNews("template_category_update", announced));
  await notify(templateNews("message_template_status_update", { event: "APPROVED" }, { time: 1_000 }));
  await notify(templateNews("message_template_status_update", { event: "APPROVED" }, { waba: "1" }));
  await notify(templateNews("message_template_status_update", { event: "UNHEARD_OF" }, { time: 3_000 }));
  assert.deepEqual(await statusNow(), ["SECOND_PAUSED", "MARKETING", "LOW"]);
  assert.deepEqual(told(), [
    { type: "TEMPLATE_STATUS_UPDATE", newStatus: "SECOND_PAUSED" },
    { type: "TEMPLATE_QUALITY_UPDATE", previousQualityScore: "UNKNOWN", newQualityScore: "LOW" },
    { type: "TEMPLATE_CATEGORY_UPDATE", previousCategory: "UTILITY", newCategory: "MARKETING" },
  ]);
  const { text, signature } = signed(news, `not ${APP_SECRET}`);
  assert.equal((await notify(JSON.parse(text), signature)).status, 401);
});

test("while Meta does not answer lists are as they were, and changes are to be asked for again", async (t) => {
  t.after(() => (graph.reply = yes));
  await call("GET", `1/senders/quality?senders=${NUMBER}`);
  graph.reply = () => "reset";
  later();
  const { status, body } = await call("GET", `2/senders/${NUMBER}/templates`);
  assert.deepEqual([status, body.templates.map(({ name }: { name: string }) => name)], [200, ["shipped"]]);
  assert.equal((await call("POST", `2/senders/${NUMBER}/templates`, { ...TEMPLATE, name: "lost" })).status, 503);
  const rating = { display_phone_number: NUMBER, event: "DOWNGRADE", current_limit: "TIER_250" };
  await notify(templateNews("phone_number_quality_update", rating));
  const quality = await call("GET", `1/senders/quality?senders=${NUMBER}`);
  assert.deepEqual([quality.status, quality.body.results[0].currentLimit], [200, "LIMIT_250"]);
});

test("Meta's refusal has its status and its words, and never the token", async (t) => {
  t.after(() => (graph.reply = yes));
  const refused = async (code: number, more: object = {}) => {
    graph.reply = () => graphError(code, more);
    const { status, text } = await call("DELETE", `2/senders/${NUMBER}/templates/shipped`);
    return [status, text] as const;
  };
  const [status, text] = await refused(190, { error_user_msg: `The token ${TOKEN} has expired.` });
  assert.deepEqual([status, text.includes("The token *** has expired."), text.includes(TOKEN)], [403, true, false]);
  assert.equal((await refused(80008))[0], 429);
  assert.equal((await refused(100, { error_subcode: 2593002 }))[0], 404);
  assert.equal((await refused(2))[0], 503);
});

test("without a business account templates and flows are refused, and the setting is named", async (t) => {
  const own: Cleanup = { after: (work) => t.after(work) };
  const other = await startCloudServer(own);
  other.graph.reply = yes;
  for (const path of [`2/senders/${NUMBER}/templates`, `1/senders/${NUMBER}/flows`]) {
    const { status, text } = await other.server.client.call("GET", `/whatsapp/${path}`);
    assert.deepEqual([status, text.includes("carriers.meta.businessAccountId")], [400, true]);
  }
  const all = await other.server.client.call("GET", "/whatsapp/1/templates");
  assert.equal(all.status, 200);
  assert.equal((await other.server.client.call("GET", `/whatsapp/1/senders/quality?senders=${NUMBER}`)).status, 200);
});

test("an example of a header that is a file is refused before Meta is asked", async () => {
  const structure = { header: { format: "IMAGE", example: "https://a.b/c.png" }, body: { text: "Look" } };
  const before = graph.calls.length;
  const { status } = await call("POST", `2/senders/${NUMBER}/templates`, { ...TEMPLATE, structure });
  assert.deepEqual([status, graph.calls.length], [400, before]);
});

test("after a change the next list asks Meta, and the one after it does not", async () => {
  const listsOf = async (work: () => Promise<unknown>) => {
    const before = graph.calls.length;
    await work();
    const calls = graph.calls.slice(before);
    return calls.filter(({ method, path }) => method === "GET" && path.includes("/message_templates?")).length > 0;
  };
  const list = () => call("GET", `2/senders/${NUMBER}/templates`);
  later();
  await list();
  const structure = { body: { text: "Order {{1}}!", examples: ["17"] } };
  const edited = await call("PATCH", `2/senders/${NUMBER}/templates/${AT_META.id}`, { structure });
  assert.equal(edited.status, 200, edited.text);
  assert.deepEqual([await listsOf(list), await listsOf(list)], [true, false]);
});

import { referencePage } from "@posthorn/component";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cleanupAfterFile, createFolder, startTestServer } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { runCommand } from "./run-command.ts";

const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup);
const folder = createFolder(cleanup);
const env = { POSTHORN_BASE_URL: server.url, POSTHORN_API_KEY: "a-key-for-tests" };
const TO = "447700900000";
const EXAMPLES = fileURLToPath(new URL("../../../../examples/", import.meta.url));

const run = (...args: string[]) => runCommand(["run", ...args], { env });

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function get<Body>(path: string): Promise<Body> {
  const response = await fetch(server.url + path, { headers: { authorization: `App ${env.POSTHORN_API_KEY}` } });
  return (await response.json()) as Body;
}

interface ReportsBody {
  readonly results: readonly { readonly messageId: string; readonly status: { readonly name: string } }[];
}

interface Task {
  readonly name: string;
  readonly parameters: object;
}

/** The page's examples, with values where it has empty ones. */
function examplesOfThePage(parameters: Readonly<Record<string, object>>): ReadonlyMap<string, string> {
  const blocks = [...referencePage().matchAll(/```json\n([^]*?)\n```/g)].map(
    (match) => JSON.parse(match[1] ?? "") as Task,
  );
  return new Map(
    blocks.map((task) => {
      const given = parameters[task.name];
      assert.ok(given !== undefined, `no values for ${task.name}`);
      assert.deepEqual(Object.keys(given).toSorted(), Object.keys(task.parameters).toSorted());
      return [task.name, file(`${task.name}.json`, JSON.stringify({ ...task, parameters: given }))];
    }),
  );
}

test("the examples of the reference page run, with the documented outputs, and are delivered", async () => {
  const template = {
    name: "order_shipped",
    language: "en",
    category: "MARKETING",
    structure: {
      header: { format: "IMAGE", example: "https://shop.example/1.png" },
      body: { text: "Order {{1}} is on its way", examples: ["17"] },
      limitedTimeOffer: { text: "Another one?", hasExpiration: true },
      buttons: [
        { type: "COPY_CODE", example: "SAVE5" },
        { type: "URL", text: "Track", url: "https://shop.example/{{1}}", example: "https://shop.example/17" },
      ],
    },
  };
  const made = await server.client.call("POST", "/whatsapp/2/senders/447700900001/templates", { json: template });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const examples = examplesOfThePage({
    sendSMS: { sender: "CompanyName", to: [TO], text: "Hello" },
    sendWhatsappTextMessage: { from: "447700900001", to: TO, text: "Hello" },
    sendWhatsappTemplateMessage: {
      from: "447700900001",
      to: TO,
      templateName: "order_shipped",
      placeholders: { _1: "17" },
      language: "en",
      // Without their types, so that they are looked up.
      header: { mediaUrl: "https://shop.example/17.png" },
      buttons: [{ parameter: "SAVE5" }, { parameter: "17" }],
      cards: [],
      limitedTimeOffer: { expirationTime: "2099-01-01T10:00:00.000Z" },
      orderStatuses: [{ type: "ORDER_STATUS", payment: { type: "UPI_INTENT", id: "17" }, status: "SHIPPED" }],
      callbackData: "order-17",
      notifyUrl: "https://shop.example/reports",
      bulkId: "orders",
      smsFailover: { from: "Shop", text: "Order 17 is on its way" },
    },
  });
  assert.equal(examples.size, 3);

  const sms = await run(examples.get("sendSMS") ?? "", "--json");
  assert.equal(sms.code, 0, sms.err);
  const smsOutput = JSON.parse(sms.out) as { bulkId: string; messages: { messageId: string }[] };
  const pendingStatus = { groupId: 1, groupName: "PENDING", description: "Message sent to next instance" };
  const { messageId } = smsOutput.messages[0] ?? {};
  assert.ok(messageId !== undefined && smsOutput.bulkId !== "");
  assert.deepEqual(smsOutput, {
    bulkId: smsOutput.bulkId,
    messages: [
      {
        messageId,
        status: { ...pendingStatus, id: 26, name: "PENDING_ACCEPTED" },
        destination: TO,
        details: { messageCount: 1 },
      },
    ],
  });
  const report = await until("the report is there", async () => (await get<ReportsBody>("/sms/3/reports")).results[0]);
  assert.equal(report.messageId, messageId);
  assert.equal(report.status.name, "DELIVERED_TO_HANDSET");

  const whatsApp = await run(examples.get("sendWhatsappTextMessage") ?? "", "--json");
  assert.equal(whatsApp.code, 0, whatsApp.err);
  const whatsAppOutput = JSON.parse(whatsApp.out) as { messageId: string };
  assert.deepEqual(whatsAppOutput, {
    to: TO,
    messageCount: 1,
    messageId: whatsAppOutput.messageId,
    status: { ...pendingStatus, id: 7, name: "PENDING_ENROUTE" },
  });
  await until("the WhatsApp text is delivered", async () => {
    const { status } = await get<{ status: { name: string } }>(`/posthorn/1/messages/${whatsAppOutput.messageId}`);
    return status.name === "DELIVERED_TO_HANDSET";
  });

  const templated = await run(examples.get("sendWhatsappTemplateMessage") ?? "", "--json");
  assert.equal(templated.code, 0, templated.err);
  const templateOutput = JSON.parse(templated.out) as { messages: { messageId: string }[] };
  const templateId = templateOutput.messages[0]?.messageId;
  assert.deepEqual(templateOutput, {
    bulkId: "orders",
    messages: [
      {
        to: TO,
        messageCount: 1,
        messageId: templateId,
        status: { ...pendingStatus, id: 7, name: "PENDING_ENROUTE" },
      },
    ],
  });
  await until("the template is delivered", async () => {
    const { status } = await get<{ status: { name: string } }>(`/posthorn/1/messages/${templateId}`);
    return status.name === "DELIVERED_TO_HANDSET";
  });
});

test("the example tasks run", async () => {
  for (const name of ["send-sms.json", "whatsapp-text.json", "whatsapp-template.json"]) {
    const { code, out, err } = await run(join(EXAMPLES, name));
    assert.equal(code, 0, err);
    assert.match(out, /"groupName": "PENDING"/);
  }
});

test("the example workflow runs with typed inputs, and again with the same run id sends nothing", async () => {
  const args = [
    join(EXAMPLES, "order-shipped.yaml"),
    "--input",
    `phone=${TO}`,
    "--input",
    "order=4711",
    "--run-id",
    "order-4711",
  ];
  const first = await run(...args, "--json");
  assert.equal(first.code, 0, first.err);
  const result = JSON.parse(first.out) as { outputs: { sms: string; whatsApp: string }; steps: object };
  assert.deepEqual(Object.keys(result.steps), ["notice", "details"]);
  const { text } = await get<{ text?: string; destination: string }>(`/posthorn/1/messages/${result.outputs.whatsApp}`);
  assert.ok(text === undefined || text.includes(result.outputs.sms));
  await server.untilAllEnded();
  const { accepted } = await server.ledger();

  const second = await run(...args);
  assert.equal(second.code, 0, second.err);
  assert.match(second.out, /^notice\n\{[^]*\ndetails\n\{[^]*\noutputs\n\{/);
  assert.ok(second.out.includes(result.outputs.sms));
  assert.equal((await server.ledger()).accepted, accepted);
});

test("a wrong file or input is exit status 2 and sends nothing", async () => {
  const workflow = join(EXAMPLES, "order-shipped.yaml");
  const { accepted } = await server.ledger();
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["/no/such/file.yaml"], /no such file/],
    [[file("broken.json", "{")], /is no JSON/],
    [[file("broken.yaml", "a: [")], /is no YAML/],
    [[file("long.yaml", "#".repeat(1_048_577))], /limit is 1048576/],
    [[file("empty.yaml", "")], /workflow must be an object/],
    [[file("formula.json", JSON.stringify({ name: "a", type: "infobip/v1/sendSms" }))], /unknown action/],
    [[workflow, "--input", `phone=${TO}`], /inputs\.order is required/],
    [[workflow, "--input", `phone=${TO}`, "--input", "order=many"], /inputs\.order must be of type integer/],
    [[workflow, "--input", "phone"], /NAME=VALUE/],
    [[], /FILE is missing/],
  ];
  for (const [args, expected] of cases) {
    const { code, err } = await run(...args);
    assert.equal(code, 2, `${args.join(" ")}: ${err}`);
    assert.match(err, expected);
  }
  assert.equal((await server.ledger()).accepted, accepted);
});

test("a rejected message of a workflow is exit status 4", async () => {
  const task = { name: "a", type: "infobip/v1/sendSMS", parameters: { sender: "A", to: ["0123"], text: "Hello" } };
  const { code, out } = await run(file("rejected.json", JSON.stringify(task)));
  assert.equal(code, 4);
  assert.match(out, /REJECTED_DESTINATION/);
});

/** Every WhatsApp send, over HTTP to us, and from us to the Cloud API. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { OPERATIONS } from "@posthorn/contract";
import { startCloudServer } from "../harness/cloud-server.ts";
import { PHONE_NUMBER_ID, TOKEN } from "../harness/graph-stub.ts";
import { SKIP, faultsOf } from "../harness/meta-schemas.ts";
import { cleanupAfterFile } from "../harness/test-server.ts";
import { until } from "../harness/until.ts";
import { WHATSAPP_BODIES, type WhatsAppSend } from "../harness/whatsapp-bodies.ts";

/** What is posted for every body of the harness, whole: a reviewer sees what a change does to it. */
const EXPECTED = JSON.parse(readFileSync(new URL("expected-bodies.json", import.meta.url), "utf8")) as Readonly<
  Record<string, readonly (readonly object[])[]>
>;

const cleanup = cleanupAfterFile();
const { graph, server } = await startCloudServer(cleanup);

/** What no form of the Cloud API is documented for; and what needs a message of the user's to answer. */
const REFUSED: Readonly<Partial<Record<WhatsAppSend, string>>> = {
  sendWhatsappInteractiveInThreadAuthenticationRequestMessage: "7018",
  sendWhatsappInteractiveRequestContactInfoMessage: "7018",
  sendWhatsappEvents: "7010",
};

interface Answer {
  readonly messageId?: string;
  readonly messages?: readonly { readonly messageId: string }[];
}

async function send(name: WhatsAppSend, body: object): Promise<readonly string[]> {
  const { status, text, body: answer } = await server.client.call("POST", OPERATIONS[name].path, { json: body });
  assert.equal(status, 200, text);
  const { messageId, messages } = answer as Answer;
  return messages?.map((message) => message.messageId) ?? [messageId ?? ""];
}

/** Without what differs from run to run. */
function comparable({ biz_opaque_callback_data: reference, ...body }: Readonly<Record<string, unknown>>) {
  assert.match(
    String(reference),
    /^posthorn1\.\d+\.[\w-]{12}\.385981234567$|^posthorn1\.\d+\.[\w-]{12}\.385981234568$/,
  );
  return JSON.parse(JSON.stringify(body).replaceAll(/"timestamp":"\d+"/g, '"timestamp":"T"')) as object;
}

for (const [name, bodies] of Object.entries(WHATSAPP_BODIES) as [WhatsAppSend, readonly [object, object]][]) {
  for (const [index, body] of bodies.entries()) {
    test(`${name}, ${index === 0 ? "plain" : "with everything"}, is posted as the Cloud API has it`, async () => {
      const before = graph.calls.length;
      const messageIds = await send(name, body);
      const errorId = REFUSED[name];
      for (const id of messageIds) {
        const record = await server.untilState(id, [errorId === undefined ? "submitted" : "rejected"]);
        if (errorId !== undefined) assert.equal(record.errorId, Number(errorId));
        else assert.match(record.carrierMessageId ?? "", /^wamid\./);
      }
      const calls = graph.calls.slice(before);
      assert.equal(calls.length, errorId === undefined ? messageIds.length : 0);
      for (const { method, path, headers } of calls) {
        assert.deepEqual([method, path], ["POST", `/v25.0/${PHONE_NUMBER_ID}/messages`]);
        assert.equal(headers.authorization, `Bearer ${TOKEN}`);
      }
      if (errorId !== undefined) return;
      const posted = calls
        .map((call) => comparable(call.body))
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      assert.deepEqual(posted, EXPECTED[name]?.[index]);
    });
  }
}

test("every expected body belongs to a test", () => {
  const sent = Object.keys(WHATSAPP_BODIES).filter((name) => !Object.hasOwn(REFUSED, name));
  assert.deepEqual(Object.keys(EXPECTED).toSorted(), sent.toSorted());
});

test("what Meta's document describes of these fits it", { skip: SKIP }, () => {
  const judged = graph.sent.flatMap(({ biz_opaque_callback_data: _, ...body }) => {
    const faults = faultsOf(body);
    return faults === null ? [] : [{ type: String(body["type"]), faults, body }];
  });
  assert.deepEqual(
    judged.filter(({ faults }) => faults.length > 0),
    [],
  );
  const types = new Set(judged.map(({ type }) => type));
  const described = [
    "text",
    "template",
    "document",
    "image",
    "audio",
    "video",
    "sticker",
    "location",
    "contacts",
    "interactive",
  ];
  assert.deepEqual([...types].toSorted(), described.toSorted());
});

test("an answer to a message of ours names it as WhatsApp does, and one to nothing known is sent without", async () => {
  const base = { from: "441134960000", to: "385981234567", content: { text: "Hi" } };
  const [first = ""] = await send("sendWhatsappTextMessage", base);
  const { carrierMessageId } = await server.untilState(first, ["submitted"]);
  const contextOf = async (replyToMessageId: string) => {
    const before = graph.sent.length;
    await send("sendWhatsappTextMessage", { ...base, context: { replyToMessageId } });
    await until("it was sent", () => graph.sent.length > before);
    return graph.sent.at(-1)?.["context"];
  };
  assert.deepEqual(await contextOf(first), { message_id: carrierMessageId });
  assert.deepEqual(await contextOf("wamid.OF_A_USER"), { message_id: "wamid.OF_A_USER" });
  assert.equal(await contextOf("nothing of ours"), undefined);
});

test("a user without a number is written to by the user id", async () => {
  const [id = ""] = await send("sendWhatsappTextMessage", {
    from: "441134960000",
    to: "US.13491208655302741918",
    content: { text: "Hi" },
  });
  await server.untilState(id, ["submitted"]);
  const body = graph.sent.at(-1);
  assert.deepEqual([body?.["to"], body?.["recipient"]], [undefined, "US.13491208655302741918"]);
});

test("a sender that is none of the carrier's is refused, and nothing is sent", async () => {
  const before = graph.calls.length;
  const [id = ""] = await send("sendWhatsappTextMessage", {
    from: "441134960001",
    to: "385981234567",
    content: { text: "Hi" },
  });
  assert.equal((await server.untilState(id, ["rejected"])).errorId, 7034);
  assert.equal(graph.calls.length, before);
});

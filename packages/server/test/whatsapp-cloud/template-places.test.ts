/** Sends that know their template: what its definition says is put into them, and the emulator checks it as Meta does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startCloudEmulator } from "../harness/cloud-emulator.ts";
import { startCloudServer } from "../harness/cloud-server.ts";
import { FakeClock } from "../harness/fake-clock.ts";
import { NUMBER } from "../harness/graph-stub.ts";
import { cleanupAfterFile } from "../harness/test-server.ts";

const WABA = "419561257915477";
const cleanup = cleanupAfterFile();
const TEMPLATES = [
  {
    name: "behind",
    language: "en",
    components: [
      { type: "BODY", text: "Order {{1}}" },
      {
        type: "BUTTONS",
        buttons: [
          { type: "PHONE_NUMBER", text: "Call", phone_number: "+447700900000" },
          { type: "URL", text: "Home", url: "https://shop.example/" },
          { type: "URL", text: "Track", url: "https://shop.example/{{1}}" },
          { type: "COPY_CODE", example: "SAVE5" },
        ],
      },
    ],
  },
  {
    name: "named",
    language: "en",
    components: [
      { type: "HEADER", format: "TEXT", text: "Dear {{who}}" },
      { type: "BODY", text: "{{item}} comes {{day}}. Yes, {{item}}." },
    ],
  },
];
const SENDS = {
  behind: {
    body: { placeholders: ["17"] },
    buttons: [
      { type: "URL", parameter: "17" },
      { type: "COPY_CODE", parameter: "SAVE5" },
    ],
  },
  named: { header: { type: "TEXT", placeholder: "Ana" }, body: { placeholders: ["The lamp", "today"] } },
};

const emulator = await startCloudEmulator(cleanup, { templates: TEMPLATES });

async function start(entry: object) {
  const clock = new FakeClock();
  const { server } = await startCloudServer(cleanup, { clock, entry: { baseUrl: emulator.url, ...entry } });
  let sent = 0;
  /** What became of it. */
  const send = async (templateName: keyof typeof SENDS, changes: object = {}) => {
    sent += 1;
    const messageId = `${templateName}-${sent}`;
    const content = { templateName, language: "en", templateData: { ...SENDS[templateName], ...changes } };
    const json = { messages: [{ from: NUMBER, to: `38598123456${sent % 10}`, messageId, content }] };
    const { status, text } = await server.client.call("POST", "/whatsapp/1/message/template", { json });
    assert.equal(status, 200, text);
    // A number's next message waits for its place on the clock.
    const isDone = server.untilState(messageId, ["submitted", "rejected"], () => clock.advance(100));
    return (await isDone).state;
  };
  const list = () => server.client.call("GET", `/whatsapp/2/senders/${NUMBER}/templates`);
  return { clock, send, list };
}

test("buttons behind others and named gaps are sent as the template has them, once it is known here", async () => {
  const { clock, send, list } = await start({ businessAccountId: WABA });
  assert.deepEqual([await send("behind"), await send("named")], ["rejected", "rejected"], "nothing is known yet");
  const { status, body } = await list();
  assert.deepEqual([status, body.templates.length >= TEMPLATES.length], [200, true]);
  clock.advance(1_000);
  assert.deepEqual([await send("behind"), await send("named")], ["submitted", "submitted"]);
  const swapped = { buttons: SENDS.behind.buttons.toReversed() };
  assert.equal(await send("behind", swapped), "submitted", "in whatever order");
  assert.equal(await send("named", { body: { placeholders: ["The lamp"] } }), "rejected", "WhatsApp counts them");
});

test("without a business account in the entry nothing is known, and sends are as Infobip lists them", async () => {
  const { send } = await start({});
  assert.deepEqual([await send("behind"), await send("named")], ["rejected", "rejected"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { oneSms } from "../harness/api-client.ts";
import { FakeCarrier, receiptOf } from "../harness/fake-carrier.ts";
import { startTestServer } from "../harness/test-server.ts";
import { runCommand } from "./run-command.ts";

const PHONE = "385981234567";

test("receipts without a message are listed and tried again from the command line", async (t) => {
  const carrier = new FakeCarrier({ answer: () => ({ outcome: "submitted", carrierMessageId: "1A2B" }) });
  const server = await startTestServer(t, { carriers: [carrier] });
  const env = {
    POSTHORN_BASE_URL: server.url,
    POSTHORN_API_KEY: server.client.authorization.slice("App ".length),
  };
  assert.match((await runCommand(["receipts"], { env })).out, /There are none/);
  await server.client.send(oneSms({}, { to: PHONE, messageId: "one" }));
  await server.untilState("one", ["submitted"]);
  const foreign = { ...receiptOf("foreign", "undeliverable", Date.now()), otherIds: ["f0"] };
  await carrier.emit(foreign, { ...receiptOf("6699", "delivered", Date.now()), destination: PHONE });

  const listed = await runCommand(["receipts", "--carrier", "fake", "--limit", "1"], { env });
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out, /\d+ +fake +6699 +- +385981234567 +delivered +20/);
  assert.doesNotMatch(listed.out, /foreign/);
  assert.match(listed.err, /More with --before \d+/);
  const byId = await runCommand(["receipts", "--message-id", "f0", "--json"], { env });
  const { receipts } = JSON.parse(byId.out) as { receipts: { messageId: string; state: string }[] };
  assert.deepEqual(
    receipts.map(({ messageId, state }) => [messageId, state]),
    [["foreign", "undeliverable"]],
  );

  assert.match((await runCommand(["receipts", "rematch", "--carrier", "other"], { env })).out, /^0 of 0 /);
  assert.match((await runCommand(["receipts", "rematch"], { env })).out, /^1 of 2 found their messages/);
  assert.equal((await server.message("one"))?.state, "delivered");
  assert.deepEqual(JSON.parse((await runCommand(["receipts", "rematch", "--json"], { env })).out), {
    looked: 1,
    matched: 0,
  });
  assert.equal((await runCommand(["receipts", "--limit", "x"], { env })).code, 2);
});

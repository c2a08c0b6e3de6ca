/** larvitsmpp's client as a customer of our SMPP server, over the whole way. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { larvitClient, type LarvitPdu } from "../../smpp/test/harness/larvitsmpp.ts";
import { freePort } from "./harness/smpp-customer.ts";
import { startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const PHONE = "385981234567";

test("larvitsmpp's client binds, submits short and long texts, gets a receipt for each part, asks for life and unbinds", async (t) => {
  const port = await freePort();
  const server = await startTestServer(t, { settings: { "smpp.port": port } });
  const { id, secret } = await server.addKey();
  await assert.rejects(larvitClient(port, id, "wrong"), /refused login/);
  const client = await larvitClient(port, id, secret);
  const receipts: { statusMsg: string; smsId: string }[] = [];
  client.on("dlr", (receipt) => receipts.push(receipt));
  const submit = (to: string, message: string, more: object = {}) =>
    new Promise<{ ids: readonly string[]; statuses: string[] }>((resolve) => {
      client.sendSms({ from: "46701113311", to, message, dlr: true, ...more }, (_error, ids, answers) =>
        resolve({ ids, statuses: answers.map(({ cmdStatus }) => cmdStatus) }),
      );
    });
  const texts = ["Order 42 has shipped", "«Grüße»", "Привет"];
  const ids: string[] = [];
  for (const text of texts) {
    const { ids: given, statuses } = await submit(PHONE, text);
    assert.deepEqual([given.length, statuses], [1, ["ESME_ROK"]]);
    assert.equal((await server.message(given[0] ?? ""))?.text, text);
    ids.push(given[0] ?? "");
  }
  const long = "Sedam dana u tjednu. ".repeat(20);
  const parts = await submit(PHONE, long);
  assert.ok(parts.ids.length > 1 && parts.statuses.every((status) => status === "ESME_ROK"));
  const records = await Promise.all(parts.ids.map((messageId) => server.message(messageId)));
  assert.equal(records.map((record) => record?.text).join(""), long);
  assert.equal(new Set(records.map((record) => record?.bulkId)).size, 1);
  assert.deepEqual((await submit("12", "refused")).statuses, ["ESME_RINVDSTADR"]);
  ids.push(...parts.ids);
  await until("every message has its receipt", () => receipts.length === ids.length);
  assert.deepEqual(
    new Map(receipts.map(({ smsId, statusMsg }) => [smsId, statusMsg])),
    new Map(ids.map((messageId) => [messageId, "DELIVERED"])),
  );
  const alive = await new Promise<LarvitPdu>((resolve) =>
    client.send({ cmdName: "enquire_link" }, (_error, answer) => resolve(answer)),
  );
  assert.equal(alive.cmdStatus, "ESME_ROK");
  const closed = once(client, "close");
  client.unbind();
  await closed;
});

/** WhatsApp says that a user has another device or another number, and the customer is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readNotification } from "../../src/carrier/whatsapp/notification.ts";
import { startEmulatedCloud } from "../harness/cloud-emulator.ts";
import { startCloudServer } from "../harness/cloud-server.ts";
import { NUMBER, notificationOf, PHONE_NUMBER_ID } from "../harness/graph-stub.ts";
import { SKIP, schemaOf } from "../harness/infobip-schemas.ts";
import { subscribe } from "../harness/subscribing.ts";
import { until } from "../harness/until.ts";
import { WebhookSink } from "../harness/webhook-sink.ts";

const USER = "385981234567";
const CHANGED = {
  from: USER,
  from_user_id: "HR.1",
  id: "wamid.S1",
  timestamp: "1749416383",
  type: "system",
  system: { body: "The security code changed", identity: "eU2Fdi4EMUw=", type: "user_identity_changed" },
};
const MOVED = {
  from: USER,
  id: "wamid.S2",
  timestamp: "1749416384",
  type: "system",
  system: { body: `User changed from ${USER} to 385981234568`, wa_id: "385981234568", type: "user_changed_number" },
};
const identitiesOf = (...messages: readonly object[]) =>
  readNotification(notificationOf({ messages }), {
    numberOf: () => NUMBER,
    mediaUrlOf: () => () => "",
    isAnswered: () => false,
    now: 5,
  })?.identities;

test("a notice is read with what it says, in either of its names, and no message is made of it", () => {
  const change = {
    id: "wamid.S1",
    destination: NUMBER,
    sender: USER,
    userId: "HR.1",
    description: "The security code changed",
    hash: "eU2Fdi4EMUw=",
    changedAt: 1_749_416_383_000,
  };
  const older = { ...CHANGED, system: { ...CHANGED.system, type: "customer_identity_changed" } };
  const beside = {
    ...CHANGED,
    identity: { hash: "eU2Fdi4EMUw=" },
    system: { body: "The security code changed", type: "user_identity_changed" },
  };
  for (const message of [CHANGED, older, beside]) assert.deepEqual(identitiesOf(message), [change]);
  assert.deepEqual(identitiesOf(MOVED), [
    {
      id: "wamid.S2",
      destination: NUMBER,
      sender: USER,
      description: MOVED.system.body,
      changedAt: 1_749_416_384_000,
    },
  ]);
  const { timestamp: _, ...timeless } = { ...CHANGED, system: { type: "user_identity_changed" } };
  assert.deepEqual(
    identitiesOf(timeless, { ...CHANGED, id: undefined }, { ...CHANGED, system: {} })?.map(
      ({ description, changedAt }) => [description, changedAt],
    ),
    [["The user's identity has changed.", 5]],
  );
});

test("the customer is told of each once, and a confirmed identity is confirmed no more", async (t) => {
  const { server, notify } = await startCloudServer(t);
  const sink = await WebhookSink.start(t);
  await subscribe(server.client, sink.url, { channel: "WHATSAPP", events: ["IDENTITY_CHANGE"] });
  const id = `${NUMBER}/${USER}`;
  const at = 1;
  const body = JSON.stringify({ hash: "eU2Fdi4EMUw=", createdAt: at });
  await server.store.changeDocuments([{ action: "create", accountId: 1, kind: "whatsapp-identity", id, body, at }]);
  const notices = notificationOf({ messages: [CHANGED, MOVED] });
  assert.equal((await notify(notices)).status, 200);
  assert.equal((await notify(notices)).status, 200);
  assert.equal(await server.store.findDocument(1, "whatsapp-identity", id), null);
  await until("both are told", () => sink.calls.length >= 2);
  await server.settle();
  const told = sink.calls.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
  assert.deepEqual(
    told.toSorted((one, other) => (String(one["createdAt"]) < String(other["createdAt"]) ? -1 : 1)),
    [
      {
        from: NUMBER,
        content: {
          description: "The security code changed",
          hash: "eU2Fdi4EMUw=",
          type: "user_identity_changed",
          userNumber: USER,
          userId: "HR.1",
        },
        createdAt: "2025-06-08T20:59:43.000+0000",
      },
      {
        from: NUMBER,
        content: { description: MOVED.system.body, type: "user_identity_changed", userNumber: USER },
        createdAt: "2025-06-08T20:59:44.000+0000",
      },
    ],
  );
});

test("a notice that cannot be kept is not acknowledged", async (t) => {
  const { server, notify } = await startCloudServer(t);
  await server.store.close();
  assert.equal((await notify(notificationOf({ messages: [CHANGED] }))).status, 503);
});

test("so it is with the emulator, by both kinds, and in Infobip's shape", async (t) => {
  const { emulator, sink } = await startEmulatedCloud(t);
  const from = { from: USER, phoneNumberId: PHONE_NUMBER_ID, type: "system" } as const;
  emulator.receive({ ...from, system: { identity: "c29tZWhhc2g=" }, copies: 2 });
  emulator.receive({ ...from, system: { wa_id: "385981234568" } });
  await until("both are told", () => sink.calls.length >= 2);
  await emulator.idle();
  const told = sink.calls.map(({ text }) => JSON.parse(text) as { readonly content: { readonly hash?: string } });
  assert.deepEqual(new Set(told.map(({ content }) => content.hash)), new Set(["c29tZWhhc2g=", undefined]));
  if (SKIP !== false) return;
  const fits = schemaOf("whatsapp", [
    "webhooks",
    "receive-whatsapp-identity-change-notification",
    "post",
    "requestBody",
  ]);
  assert.ok(fits !== null);
  for (const notice of told) assert.ok(fits(notice), JSON.stringify([fits.errors, notice]));
});

/** What Meta's webhook tells, as receipts and as messages in Infobip's shapes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR, STATUS } from "@posthorn/contract";
import { readNotification } from "../../src/carrier/whatsapp/notification.ts";
import { NUMBER, notificationOf, PHONE_NUMBER_ID } from "../harness/graph-stub.ts";
import { SKIP as NO_INFOBIP, schemaOf } from "../harness/infobip-schemas.ts";
import { SKIP as NO_META, webhookExamples } from "../harness/meta-schemas.ts";

const NOW = 1_760_000_000_000;
const PHONE = "16505551234";
const REFERENCE = `posthorn1.65537.abcdefghijkl.${PHONE}`;
const CONTACTS = [{ profile: { name: "Ada", username: "ada" }, wa_id: PHONE, user_id: "US.1" }];

const context = {
  numberOf: (id: string) => (id === PHONE_NUMBER_ID ? NUMBER : undefined),
  mediaUrlOf: (number: string) => (id: string) => `https://posthorn.example/whatsapp/1/senders/${number}/media/${id}`,
  isAnswered: (wamid: string) => wamid === "wamid.ANSWERED",
  now: NOW,
};
const read = (payload: unknown) => {
  const notification = readNotification(payload, context);
  assert.ok(notification !== null);
  return notification;
};
const status = (name: string, more: object = {}) => ({
  id: "wamid.A",
  status: name,
  timestamp: "1749416383",
  recipient_id: "5216505551234",
  ...more,
});
const receiptsOf = (...statuses: readonly object[]) => read(notificationOf({ statuses })).receipts;

test("a status that names our message goes by WhatsApp's id, by ours, and by number and user", () => {
  assert.deepEqual(receiptsOf(status("delivered", { biz_opaque_callback_data: REFERENCE })), [
    {
      carrierMessageId: "wamid.A",
      otherIds: [REFERENCE],
      destination: PHONE,
      reference: 1,
      state: "delivered",
      statusId: STATUS.DELIVERED_TO_HANDSET,
      errorId: ERROR.NO_ERROR,
      doneAt: 1_749_416_383_000,
    },
  ]);
  const [other] = receiptsOf(status("delivered", { biz_opaque_callback_data: "another program's" }));
  assert.deepEqual([other?.otherIds, other?.destination, other?.reference], [undefined, undefined, undefined]);
});

test("what was sent has no other news than its id, where the answer to its submission has not come", () => {
  const ours = { biz_opaque_callback_data: REFERENCE };
  assert.deepEqual(receiptsOf(status("sent", ours)), [
    {
      carrierMessageId: "wamid.A",
      otherIds: [REFERENCE],
      destination: PHONE,
      reference: 1,
      state: "submitted",
      statusId: STATUS.PENDING_WAITING_DELIVERY,
      errorId: ERROR.NO_ERROR,
      doneAt: 1_749_416_383_000,
    },
  ]);
  assert.deepEqual(receiptsOf(status("sent", { ...ours, id: "wamid.ANSWERED" })), []);
  assert.deepEqual(receiptsOf(status("sent", { biz_opaque_callback_data: "another program's" })), []);
});

test("what was read or played was delivered, and is seen; what was sent is no news", () => {
  for (const name of ["read", "played"]) {
    const [receipt] = receiptsOf(status(name));
    assert.deepEqual(
      [receipt?.state, receipt?.seenAt, receipt?.doneAt],
      ["delivered", 1_749_416_383_000, 1_749_416_383_000],
    );
  }
  assert.equal(receiptsOf(status("delivered"))[0]?.seenAt, undefined);
  assert.deepEqual(receiptsOf(status("sent"), status("something new")), []);
});

const FAILURES: readonly [errors: unknown, state: string, statusId: number, errorId: number][] = [
  [[{ code: 131047, title: "x" }], "undeliverable", STATUS.UNDELIVERABLE_NOT_DELIVERED, ERROR.EC_NO_SESSION],
  [[{ code: 131026 }], "undeliverable", STATUS.UNDELIVERABLE_NOT_DELIVERED, ERROR.EC_UNKNOWN_USER],
  [[{ code: 132001 }], "rejected", STATUS.REJECTED, ERROR.EC_INVALID_TEMPLATE],
  [[{ code: 131000 }], "undeliverable", STATUS.UNDELIVERABLE_NOT_DELIVERED, ERROR.EC_PROVIDER_INTERNAL_ERROR],
  [[{ title: "no code" }], "undeliverable", STATUS.UNDELIVERABLE_NOT_DELIVERED, ERROR.EC_PROVIDER_DR_ERROR],
  [undefined, "undeliverable", STATUS.UNDELIVERABLE_NOT_DELIVERED, ERROR.EC_PROVIDER_DR_ERROR],
];

for (const [errors, state, statusId, errorId] of FAILURES) {
  test(`a failure with ${JSON.stringify(errors)} is ${state} with error ${errorId}`, () => {
    const [receipt] = receiptsOf(status("failed", { errors }));
    assert.deepEqual([receipt?.state, receipt?.statusId, receipt?.errorId], [state, statusId, errorId]);
  });
}

test("a time that cannot be read is now", () => {
  for (const timestamp of [undefined, "soon", -5]) {
    assert.equal(receiptsOf({ ...status("delivered"), timestamp })[0]?.doneAt, NOW);
  }
});

const message = (type: string, more: object) => ({
  from: PHONE,
  id: "wamid.B",
  timestamp: "1749416383",
  type,
  ...more,
});
const url = `https://posthorn.example/whatsapp/1/senders/${NUMBER}/media/9`;
const medium = { id: "9", mime_type: "a/b", sha256: "x" };
const interactive = (more: object) => message("interactive", { interactive: more });

const MESSAGES: readonly [sent: Readonly<Record<string, unknown>>, expected: object][] = [
  [message("text", { text: { body: "Hi" } }), { type: "TEXT", text: "Hi" }],
  [
    message("text", { text: { body: "Yes" }, context: { from: NUMBER, id: "wamid.A" } }),
    { type: "TEXT", text: "Yes", context: { from: NUMBER, id: "wamid.A" } },
  ],
  [
    message("text", {
      text: { body: "This one?" },
      context: { from: NUMBER, id: "wamid.A", referred_product: { catalog_id: "c", product_retailer_id: "p" } },
    }),
    {
      type: "TEXT",
      text: "This one?",
      context: { from: NUMBER, id: "wamid.A", referredProduct: { catalogId: "c", productRetailerId: "p" } },
    },
  ],
  [
    message("text", {
      text: { body: "Hi" },
      referral: {
        source_url: "https://fb.me/1",
        source_type: "ad",
        source_id: "1",
        headline: "H",
        body: "B",
        media_type: "image",
        image_url: "https://i.example",
        ctwa_clid: "c",
      },
    }),
    {
      type: "TEXT",
      text: "Hi",
      referral: {
        sourceType: "AD",
        sourceUrl: "https://fb.me/1",
        sourceId: "1",
        headline: "H",
        body: "B",
        referralMedia: { type: "IMAGE", url: "https://i.example" },
        ctwaClickId: "c",
      },
    },
  ],
  [message("image", { image: { ...medium, caption: "Horn" } }), { type: "IMAGE", url, caption: "Horn" }],
  [message("video", { video: medium }), { type: "VIDEO", url }],
  [
    message("document", { document: { ...medium, filename: "a.pdf", caption: "Bill" } }),
    { type: "DOCUMENT", url, caption: "Bill" },
  ],
  [message("document", { document: { ...medium, filename: "a.pdf" } }), { type: "DOCUMENT", url, caption: "a.pdf" }],
  [message("audio", { audio: { ...medium, voice: false } }), { type: "AUDIO", url }],
  [message("audio", { audio: { ...medium, voice: true } }), { type: "VOICE", url }],
  [message("sticker", { sticker: { ...medium, animated: true } }), { type: "STICKER", url }],
  [
    message("location", {
      location: { latitude: 45.8, longitude: 15.9, name: "N", address: "A", url: "https://u.example" },
    }),
    { type: "LOCATION", latitude: 45.8, longitude: 15.9, name: "N", address: "A", url: "https://u.example" },
  ],
  [
    message("contacts", {
      contacts: [
        {
          name: { first_name: "Ada", formatted_name: "Ada L.", prefix: "Dr" },
          phones: [
            { phone: "+1 650", wa_id: PHONE, type: "MOBILE" },
            { phone: "1", type: "Car" },
          ],
          addresses: [{ street: "1", country_code: "HR", type: "Home" }],
          org: { company: "C" },
        },
      ],
    }),
    {
      type: "CONTACT",
      contacts: [
        {
          name: { firstName: "Ada", formattedName: "Ada L.", namePrefix: "Dr" },
          phones: [{ phone: "+1 650", waId: PHONE, type: "CELL" }, { phone: "1" }],
          addresses: [{ street: "1", countryCode: "HR", type: "HOME" }],
          org: { company: "C" },
        },
      ],
    },
  ],
  [message("button", { button: { payload: "p", text: "Yes" } }), { type: "BUTTON", text: "Yes", payload: "p" }],
  [
    interactive({ type: "button_reply", button_reply: { id: "1", title: "Yes" } }),
    { type: "INTERACTIVE_BUTTON_REPLY", id: "1", title: "Yes" },
  ],
  [
    interactive({ type: "list_reply", list_reply: { id: "1", title: "One", description: "d" } }),
    { type: "INTERACTIVE_LIST_REPLY", id: "1", title: "One", description: "d" },
  ],
  [
    interactive({ type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: '{"a":1}' } }),
    { type: "INTERACTIVE_FLOW_REPLY", text: "Sent", response: { a: 1 } },
  ],
  [
    interactive({ type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: "{" } }),
    { type: "INTERACTIVE_FLOW_REPLY", text: "Sent", response: {} },
  ],
  [
    interactive({
      type: "call_permission_reply",
      call_permission_reply: { response: "accept", expiration_timestamp: 1_749_416_383 },
    }),
    {
      type: "INTERACTIVE_CALL_PERMISSION_REPLY",
      callPermissionReply: { response: "ACCEPT", expirationTimestamp: "2025-06-08T20:59:43.000+0000" },
    },
  ],
  [interactive({ type: "something_new" }), { type: "UNSUPPORTED" }],
  [
    message("order", {
      order: {
        catalog_id: "c",
        text: "t",
        product_items: [{ product_retailer_id: "p", quantity: 2, item_price: 30, currency: "USD" }],
      },
    }),
    {
      type: "ORDER",
      catalogId: "c",
      text: "t",
      productItems: [{ productRetailerId: "p", quantity: 2, itemPrice: 30, currency: "USD" }],
    },
  ],
  [
    message("reaction", { reaction: { message_id: "wamid.A", emoji: "👍" } }),
    { type: "REACTION", emoji: "👍", action: "ADDED", context: { id: "wamid.A" } },
  ],
  [
    message("reaction", { reaction: { message_id: "wamid.A" } }),
    { type: "REACTION", action: "REMOVED", context: { id: "wamid.A" } },
  ],
  [message("unsupported", { errors: [{ code: 131051 }] }), { type: "UNSUPPORTED" }],
  [message("image", {}), { type: "UNSUPPORTED" }],
  [message("something_new", {}), { type: "UNSUPPORTED" }],
];

for (const [sent, expected] of MESSAGES) {
  const { type } = expected as { type: string };
  test(`${String(sent["type"])} ${JSON.stringify(sent[String(sent["type"])] ?? {}).slice(0, 60)} becomes ${type}`, () => {
    const { messages } = read(notificationOf({ contacts: CONTACTS, messages: [sent] }));
    assert.deepEqual(messages, [
      {
        channel: "WHATSAPP",
        sender: PHONE,
        contact: { name: "Ada", phone: PHONE, userId: "US.1", username: "ada" },
        destination: NUMBER,
        message: expected,
        receivedAt: 1_749_416_383_000,
        carrierMessageId: "wamid.B",
      },
    ]);
  });
}

const SCHEMA = ["webhooks", "receive-inbound-whatsapp-messages", "post", "requestBody"];

test("every one of them is what Infobip's document says of an inbound message", { skip: NO_INFOBIP }, () => {
  const fits = schemaOf("whatsapp", SCHEMA);
  assert.ok(fits !== null);
  for (const [, content] of MESSAGES) {
    const report = {
      from: PHONE,
      to: NUMBER,
      integrationType: "WHATSAPP",
      receivedAt: "2025-06-08T20:59:43.000+0000",
      messageId: "m",
      message: content,
      price: {},
      contact: {},
    };
    assert.ok(fits({ results: [report] }), JSON.stringify([fits.errors, content]));
  }
});

test("a user without a number is known by the user id", () => {
  const sent = { from_user_id: "US.7", id: "wamid.B", timestamp: "1749416383", type: "text", text: { body: "Hi" } };
  const contacts = [
    { profile: { name: "Bob" }, user_id: "US.6" },
    { profile: { name: "Ada" }, user_id: "US.7", parent_user_id: "US.ENT.7" },
  ];
  const [read1] = read(notificationOf({ contacts, messages: [sent] })).messages;
  assert.deepEqual(
    [read1?.sender, read1?.contact],
    ["US.7", { name: "Ada", userId: "US.7", parentUserId: "US.ENT.7" }],
  );
});

test("what is about another number, or about no message, is passed over and named", () => {
  const other = notificationOf(
    { messages: [message("text", { text: { body: "Hi" } })], statuses: [status("read")] },
    "1",
  );
  assert.deepEqual(read(other), {
    receipts: [],
    messages: [],
    identities: [],
    passedOver: ["messages of another number"],
  });
  const payload = {
    object: "whatsapp_business_account",
    entry: [{ changes: [{ field: "account_update", value: {} }] }],
  };
  assert.deepEqual(read(payload).passedOver, ["account_update"]);
  const system = message("system", { system: { body: "changed", type: "something_new" } });
  assert.deepEqual(read(notificationOf({ messages: [system] })).passedOver, ["message system"]);
});

test("what is no notification is said to be none, and one with odd members is read as far as it goes", () => {
  for (const payload of [undefined, null, 1, [], {}, { object: "page", entry: [] }]) {
    assert.equal(readNotification(payload, context), null);
  }
  const odd = {
    object: "whatsapp_business_account",
    entry: [null, { changes: "x" }, { changes: [{ value: 1 }, null] }],
  };
  assert.deepEqual(read(odd).messages, []);
  const values = {
    contacts: 1,
    messages: [1, { id: 5 }, { id: "wamid.B", from: PHONE }],
    statuses: [{}, { id: "x", status: 5 }],
  };
  assert.deepEqual(
    read(notificationOf(values)).messages.map(({ message: { type } }) => type),
    ["UNSUPPORTED"],
  );
});

test("Meta's own examples are all read", { skip: NO_META }, () => {
  const examples = webhookExamples();
  assert.ok(examples.length >= 15);
  const types = examples.flatMap(([, payload]) => {
    const notification = readNotification(payload, { ...context, numberOf: () => NUMBER });
    assert.ok(notification !== null);
    return notification.messages.map((each) => each.message.type);
  });
  const expected = [
    "TEXT",
    "TEXT",
    "TEXT",
    "REACTION",
    "IMAGE",
    "LOCATION",
    "CONTACT",
    "UNSUPPORTED",
    "BUTTON",
    "INTERACTIVE_LIST_REPLY",
    "INTERACTIVE_BUTTON_REPLY",
    "ORDER",
  ];
  assert.deepEqual(types, expected);
});

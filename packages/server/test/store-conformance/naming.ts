import assert from "node:assert/strict";
import type { Move, NewMessage, OutboundMessage, Receipt, Store } from "../../src/store/store.ts";
import {
  assertLedgerCloses,
  claimOf,
  HOUR_MS,
  mustFind,
  newMessage,
  receiptOf,
  STATUS_ID,
  type StoreTest,
  submitAll,
  submitted,
  T0,
  type MessageChanges,
} from "./fixtures.ts";

const USER = "385919998888";
const NUMBER = "447860000001";
/** What we call the message while WhatsApp's own id of it is not known. */
const OURS = "posthorn1.1.digest.385919998888";
const TAKEN = { state: "submitted", statusId: STATUS_ID.enroute, errorId: 0 } as const;

const whatsApp = (messageId: string, changes: MessageChanges = {}) =>
  newMessage(messageId, { channel: "WHATSAPP", sender: NUMBER, destination: USER, ...changes });

const apply = (store: Store, receipts: readonly Receipt[], now = T0 + 30) => store.applyReceipts(receipts, now, 100);

async function claimOne(store: Store, message: NewMessage = whatsApp("m")): Promise<OutboundMessage> {
  await store.insertMessages([message]);
  const [claimed] = await store.claimDue(claimOf());
  assert.ok(claimed !== undefined);
  return claimed;
}

/** Its answer was lost: it is known by our name for it, or by none where nothing could be written. */
function uncertain(message: OutboundMessage, name: string | null = OURS): Move {
  const { carrierMessageId: _, submittedAt, ...move } = submitted(message, "");
  const named = name === null || submittedAt === undefined ? {} : { carrierMessageId: name, submittedAt };
  return { ...move, to: "uncertain", doubt: "held", ...named };
}

async function doubt(store: Store, message: NewMessage = whatsApp("m"), name: string | null = OURS) {
  const claimed = await claimOne(store, message);
  assert.deepEqual(await store.moveMessages([uncertain(claimed, name)]), [true]);
  return claimed;
}

const named = (changes: Partial<Receipt> = {}) => receiptOf("wamid.A", { otherIds: [OURS], ...changes });

async function idOf(store: Store, messageId = "m") {
  const { state, carrierMessageId } = await mustFind(store, messageId);
  return [state, carrierMessageId];
}

const doubtOf = (changes: object = {}) => ({
  accountId: 1,
  carrier: "north",
  sender: NUMBER,
  destinations: [USER],
  acceptedUntil: T0 + HOUR_MS,
  ...changes,
});

/** How a message of WhatsApp comes by the id that its user's answers name. */
export function describeNaming(test: StoreTest) {
  test("a message that is found by our name for it has WhatsApp's id from then on, also after a restart", async (store, home) => {
    await doubt(store);
    assert.deepEqual(await apply(store, [named()]), { outcomes: ["applied"], matchedIds: [OURS] });
    const reopened = await home.reopen();
    assert.deepEqual(await idOf(reopened), ["delivered", "wamid.A"]);
    assert.equal((await reopened.findByCarrierId(1, "north", "wamid.A"))?.messageId, "m");
    const seen = receiptOf("wamid.A", { doneAt: T0 + 40, seenAt: T0 + 40 });
    assert.deepEqual((await apply(reopened, [seen], T0 + 50)).outcomes, ["applied"]);
  });

  test("so has one that had ended by our name alone, of which nothing else is new", async (store) => {
    await doubt(store);
    await apply(store, [receiptOf(OURS)]);
    assert.deepEqual((await apply(store, [named(), named()])).outcomes, ["ignored", "ignored"]);
    assert.deepEqual(await idOf(store), ["delivered", "wamid.A"]);
  });

  test("an SMS keeps the notation of its submission", async (store) => {
    await submitAll(store, [newMessage("sms")]);
    await apply(store, [receiptOf("1F", { otherIds: ["c-sms"] })]);
    assert.deepEqual(await idOf(store, "sms"), ["delivered", "c-sms"]);
  });

  test("word that it was taken ends the doubt and no more; its end comes later", async (store) => {
    const message = await doubt(store);
    assert.deepEqual((await apply(store, [named(TAKEN)])).outcomes, ["applied"]);
    const found = await mustFind(store, "m");
    assert.deepEqual(
      [found.state, found.carrierMessageId, found.submittedAt, found.doneAt, found.doubt],
      ["submitted", "wamid.A", T0 + 10, null, "held"],
    );
    const [check] = await store.dueChecks(message.expiresAt, 10);
    assert.equal(check?.seq, message.seq, "its validity is looked at");
    await assertLedgerCloses(store);
    assert.deepEqual((await apply(store, [receiptOf("wamid.A")])).outcomes, ["applied"]);
    assert.deepEqual(await idOf(store), ["delivered", "wamid.A"]);
    await assertLedgerCloses(store);
  });

  test("it ends the doubt of a message without any id, by phone and reference", async (store) => {
    const { seq } = await doubt(store, whatsApp("m"), null);
    const receipt = named({ ...TAKEN, destination: USER, reference: seq & 0xffff, doneAt: T0 + 5 });
    assert.deepEqual(await apply(store, [receipt]), { outcomes: ["applied"], matchedIds: [null] });
    assert.deepEqual(await idOf(store), ["submitted", "wamid.A"]);
    assert.equal((await mustFind(store, "m")).submittedAt, T0 + 5);
  });

  test("word that comes before the answer is lost waits for the doubt, and is nothing where the answer comes", async (store) => {
    const first = await claimOne(store);
    const early = [named(TAKEN), named({ doneAt: T0 + 21 })];
    assert.deepEqual((await apply(store, early)).outcomes, ["parked", "parked"]);
    await store.moveMessages([uncertain(first)]);
    assert.deepEqual(await idOf(store), ["delivered", "wamid.A"]);

    const second = await claimOne(store, whatsApp("n"));
    await apply(store, [receiptOf("wamid.B", { ...TAKEN, otherIds: ["ours of n"] })]);
    await store.moveMessages([submitted(second, "wamid.B")]);
    assert.deepEqual(await idOf(store, "n"), ["submitted", "wamid.B"]);
    assert.deepEqual(await store.listUnmatchedReceipts({ limit: 10 }), []);
  });

  test("it moves nothing that is not in doubt: what is queued again goes its way, what has ended stays", async (store) => {
    const claimed = await claimOne(store);
    const again = { ...uncertain(claimed), to: "queued", dueAt: T0 + 40, doubt: "resent" } as const;
    assert.deepEqual(await store.moveMessages([again]), [true]);
    assert.deepEqual((await apply(store, [named(TAKEN)])).outcomes, ["ignored"]);
    assert.equal((await mustFind(store, "m")).state, "queued");
    await apply(store, [receiptOf("wamid.A")]);
    assert.deepEqual((await apply(store, [named(TAKEN)])).outcomes, ["ignored"]);
    assert.deepEqual(await idOf(store), ["delivered", "wamid.A"]);
  });

  test("of one number and user the only message in doubt is found, by phone or by user id", async (store) => {
    await doubt(store);
    await doubt(store, whatsApp("id", { destination: "HR.1349120865" }), null);
    const find = async (changes: object = {}) => (await store.findInDoubt(doubtOf(changes)))?.messageId ?? null;
    assert.equal(await find(), "m");
    assert.equal(await find({ destinations: ["HR.1349120865"] }), "id");
    assert.equal(await find({ destinations: ["x", `00${USER}`] }), "m");
    for (const other of [
      { accountId: 2 },
      { carrier: "south" },
      { sender: "447860000002" },
      { destinations: ["385919998889"] },
      { destinations: [] },
      { acceptedUntil: T0 - 1 },
    ]) {
      assert.equal(await find(other), null, JSON.stringify(other));
    }
    assert.equal(await find({ destinations: [USER, "HR.1349120865"] }), null, "either may be meant");
    await doubt(store, whatsApp("m2"), null);
    assert.equal(await find(), null, "one of two may be meant");
    await apply(store, [named()]);
    assert.equal(await find(), "m2", "a message that has ended is known by its id");
  });
}

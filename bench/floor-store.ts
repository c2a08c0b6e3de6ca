// The floors on disk, each in a process of its own: `insert` writes the real schema's rows with plain node:sqlite, in
// commits that are synced; `store` lets messages live through the store's port. Prints one JSON line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ERROR, STATUS } from "@posthorn/contract";
import { createIdGenerator } from "../packages/server/src/kernel/ids.ts";
import { systemClock } from "../packages/server/src/kernel/clock.ts";
import { systemRandom } from "../packages/server/src/kernel/random.ts";
import { openForWriting } from "../packages/server/src/store/sqlite/database.ts";
import { openSqliteStore } from "../packages/server/src/store/sqlite/sqlite-store.ts";
import type { MessageCommon, NewMessage, Store } from "../packages/server/src/store/store.ts";

export interface StoreResult {
  readonly messages: number;
  readonly elapsedMs: number;
  readonly cpuUs: number;
}

const BATCH = 500;
/** Batches on their way through the store at the same time. */
const BATCHES_IN_FLIGHT = 4;
const VALIDITY_MS = 48 * 3_600_000;

const ids = createIdGenerator(systemClock, systemRandom);

function newMessage(): NewMessage {
  const now = Date.now();
  const common: MessageCommon = {
    accountId: 1,
    bulkId: "1",
    channel: "SMS",
    sender: "Shop",
    text: "Your parcel is on its way; you will find it at the counter of the shop.",
    encoding: "GSM7",
    partCount: 1,
    options: null,
    route: "bench",
    carrier: "bench",
    acceptedAt: now,
    expiresAt: now + VALIDITY_MS,
    callbackData: null,
    applicationId: null,
    entityId: null,
    campaignReferenceId: null,
    webhookUrl: null,
    webhookKind: "SMS_V3",
    wantsReport: true,
  };
  return {
    common,
    messageId: ids.next(),
    destination: "385910000000",
    state: "queued",
    statusId: STATUS.PENDING_ACCEPTED,
    errorId: ERROR.NO_ERROR,
    dueAt: now,
  };
}

const COLUMNS = `account_id, message_id, bulk_id, channel, sender, destination, text, encoding, part_count, state,
  status_id, error_id, route, carrier, accepted_at, sent_at, expires_at, due_at, check_at, webhook_kind, wants_report`;

function insertPlainly(folder: string, endsAt: number, messagesMax: number): number {
  const database = openForWriting(join(folder, "floor.db"));
  const places = COLUMNS.split(",").map(() => "?");
  const insert = database.prepare(`insert into message (${COLUMNS}) values (${places.join(", ")})`);
  let count = 0;
  while (performance.now() < endsAt && count < messagesMax) {
    database.exec("begin immediate");
    for (let index = 0; index < BATCH; index += 1) {
      const m = newMessage();
      const c = m.common;
      const who = [c.accountId, m.messageId, c.bulkId, c.channel, c.sender, m.destination, c.text, c.encoding];
      const what = [c.partCount, m.state, m.statusId, m.errorId, c.route, c.carrier];
      const when = [c.acceptedAt, c.acceptedAt, c.expiresAt, m.dueAt, c.expiresAt];
      insert.run(...who, ...what, ...when, c.webhookKind, 1);
    }
    database.exec("commit");
    count += BATCH;
  }
  database.close();
  return count;
}

async function liveOnce(store: Store) {
  await store.insertMessages(Array.from({ length: BATCH }, newMessage));
  const now = Date.now();
  const claim = { route: "bench", carrier: "bench", now, leaseUntil: now + 60_000, limit: BATCH };
  const claimed = await store.claimDue(claim);
  const moves = claimed.map(({ seq, attempts, expiresAt }) => ({
    seq,
    attempts,
    from: "claimed" as const,
    to: "submitted" as const,
    statusId: STATUS.PENDING_WAITING_DELIVERY,
    errorId: ERROR.NO_ERROR,
    at: now,
    submittedAt: now,
    checkAt: expiresAt,
    carrierMessageId: ids.next(),
  }));
  await store.moveMessages(moves);
  const receipts = moves.map(({ carrierMessageId }) => ({
    carrier: "bench",
    carrierMessageId,
    state: "delivered" as const,
    statusId: STATUS.DELIVERED_TO_HANDSET,
    errorId: ERROR.NO_ERROR,
    doneAt: now,
  }));
  const { outcomes } = await store.applyReceipts(receipts, now, 0);
  return outcomes.filter((outcome) => outcome === "applied").length;
}

async function liveThroughStore(folder: string, endsAt: number, messagesMax: number): Promise<number> {
  const store = await openSqliteStore(folder, { serve: true });
  let count = 0;
  const lanes = Array.from({ length: BATCHES_IN_FLIGHT }, async () => {
    while (performance.now() < endsAt && count < messagesMax) {
      // In two steps: the other lanes count while this one waits.
      const ended = await liveOnce(store);
      count += ended;
    }
  });
  await Promise.all(lanes);
  await store.close();
  return count;
}

const [what, seconds, messagesMax] = process.argv.slice(2);
if (what !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-bench-"));
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const work = what === "insert" ? insertPlainly : liveThroughStore;
  const messages = await work(folder, startedAt + Number(seconds) * 1000, Number(messagesMax));
  const { user, system } = process.cpuUsage(before);
  const result: StoreResult = { messages, elapsedMs: performance.now() - startedAt, cpuUs: user + system };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  rmSync(folder, { recursive: true, force: true });
}

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import type { BlocklistFilter, LogFilter } from "../store.ts";
import { readMigrations } from "./database.ts";
import {
  countWaitingPartsOf,
  dueInboundGroups,
  findInboundGroups,
  hurryOldestGroup,
  inboundPartsOf,
  oldInboundGroups,
} from "./statements/inbound-groups.ts";
import {
  countAnswered,
  countInbox,
  findInboundDuplicate,
  purgeInbound,
  takeInbox,
} from "./statements/inbound-messages.ts";
import { findBlocked, listBlocklist } from "./statements/blocklist.ts";
import { findLookups, purgeLookups } from "./statements/number-lookups.ts";
import { insertMessages } from "./statements/insert-message.ts";
import { countBulk, purgeWishes, waitingOfBulk } from "./statements/bulks.ts";
import { convertMessage } from "./statements/convert-message.ts";
import { findRequest, purgeRequests } from "./statements/keyed-requests.ts";
import { supersedeMessage } from "./statements/supersede-message.ts";
import { anyDue } from "./statements/any-due.ts";
import { claimMessages, findDue } from "./statements/claim-due.ts";
import { dueChecks } from "./statements/due-checks.ts";
import { dueWebhooks } from "./statements/due-webhooks.ts";
import { findByCarrierId, findByPartId, findInDoubt } from "./statements/find-by-carrier-id.ts";
import { findLogs } from "./statements/find-logs.ts";
import { armFailover, dueFailovers, findFailover, takeFailover, withdrawFailover } from "./statements/failovers.ts";
import { findMessage } from "./statements/find-message.ts";
import { endMessage } from "./statements/end-message.ts";
import { findWaiting } from "./statements/find-waiting.ts";
import { keepOpen } from "./statements/keep-open.ts";
import { dueReceivers, firstDueOf, giveUpWebhooks } from "./statements/receivers.ts";
import { listFailedWebhooks, replayWebhooks } from "./statements/list-webhooks.ts";
import { moveToRoute } from "./statements/move-to-route.ts";
import { nextWaitingRoute } from "./statements/waiting-routes.ts";
import { purgeMessages, purgeWebhooks } from "./statements/purge.ts";
import { lastMessage, lastWebhook, messageAtOrAfter, webhookAtOrAfter } from "./statements/rows-by-age.ts";
import { dueSmppDeliveries, purgeSmppDeliveries } from "./statements/smpp-deliveries.ts";
import { countClick, findShortLink } from "./statements/short-links.ts";
import { findParkedReceipts } from "./statements/find-parked-receipts.ts";
import {
  listUnmatchedReceipts,
  listUnmatchedReceiptsOfId,
  unmatchedReceiptsAfter,
  unmatchedReceiptsInDoubt,
} from "./statements/unmatched-receipts.ts";
import { takeReports } from "./statements/take-reports.ts";

const STATEMENTS = join(import.meta.dirname, "statements");

let database: DatabaseSync;

before(() => {
  database = new DatabaseSync(":memory:");
  for (const { sql } of readMigrations()) database.exec(sql);
});
after(() => database.close());

const ALL_FILTERS = {
  sender: "s",
  destination: "d",
  bulkIds: ["b"],
  messageIds: ["m"],
  campaignReferenceIds: ["c"],
  applicationId: "a",
  entityId: "e",
  states: ["queued"],
  recentSince: 1,
  after: { sentAt: 1, seq: 1 },
} as const satisfies Partial<LogFilter>;

function logFilter(names: readonly string[]): LogFilter {
  const chosen = Object.fromEntries(Object.entries(ALL_FILTERS).filter(([name]) => names.includes(name)));
  return { accountId: 1, channel: "SMS", sentSince: 0, sentUntil: 1, limit: 1, ...chosen };
}

test("every statement is one that the newest schema understands", async () => {
  let count = 0;
  for (const file of readdirSync(STATEMENTS).filter((name) => name.endsWith(".ts"))) {
    const exported = Object.entries((await import(join(STATEMENTS, file))) as Record<string, unknown>);
    assert.ok(exported.length > 0, `${file} exports nothing`);
    for (const [name, text] of exported) {
      if (typeof text !== "string") continue;
      count += 1;
      assert.doesNotThrow(() => database.prepare(text), `${file}: ${name}`);
    }
  }
  assert.ok(count > 20, `only ${count} statements were found`);
});

test("a log query is understood with every combination of filters, and binds every value that it names", () => {
  const names = Object.keys(ALL_FILTERS);
  const texts = new Set<string>();
  for (let mask = 0; mask < 2 ** names.length; mask += 1) {
    const filter = logFilter(names.filter((_, index) => (mask & (1 << index)) !== 0));
    const { text, values } = findLogs(filter);
    texts.add(text);
    assert.deepEqual(database.prepare(text).all(values), []);
  }
  assert.equal(texts.size, 2 ** names.length);
});

const BLOCKLIST_FILTERS = {
  destination: "d",
  sender: "s",
  channel: "SMS",
  sourceType: "MO",
  campaign: "c",
  createdFrom: 1,
  createdUntil: 2,
} as const satisfies Partial<BlocklistFilter>;

test("a list of the blocklist is understood with every combination of filters", () => {
  const names = Object.keys(BLOCKLIST_FILTERS);
  for (let mask = 0; mask < 2 ** names.length; mask += 1) {
    const chosen = Object.entries(BLOCKLIST_FILTERS).filter((_, index) => (mask & (1 << index)) !== 0);
    const filter = { accountId: 1, limit: 1, offset: 0, ...Object.fromEntries(chosen) };
    const { list, count, values, page } = listBlocklist(filter);
    assert.deepEqual(database.prepare(list).all({ ...values, ...page }), []);
    assert.equal(database.prepare(count).get(values)?.["count"], 0);
  }
});

/** The steps of SQLite's plan: how it finds the rows of each table. */
function planOf(text: string): string[] {
  return database
    .prepare(`explain query plan ${text}`)
    .all()
    .map((row) => String(row["detail"]));
}

const blocklist = listBlocklist({ accountId: 1, limit: 1, offset: 0 });
const blocklistOfOne = listBlocklist({ accountId: 1, limit: 1, offset: 0, destination: "d" });

const PLANS: Readonly<Record<string, { readonly text: string; readonly uses: RegExp }>> = {
  findDue: { text: findDue, uses: /USING INDEX message_due \(route=\? AND due_at<\?\)/ },
  claimMessages: { text: claimMessages, uses: /USING INTEGER PRIMARY KEY/ },
  anyDue: { text: anyDue, uses: /SEARCH message USING INDEX message_due \(route=\? AND due_at<\?\)/ },
  findWaiting: { text: findWaiting, uses: /USING INDEX message_due \(route=\? AND due_at>\?\)/ },
  nextWaitingRoute: { text: nextWaitingRoute, uses: /USING COVERING INDEX message_due \(route>\?\)/ },
  moveToRoute: { text: moveToRoute, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  dueChecks: { text: dueChecks, uses: /USING INDEX message_check \(check_at<\?\)/ },
  dueFailovers: { text: dueFailovers, uses: /SCAN f USING (COVERING )?INDEX failover_waiting/ },
  findFailover: { text: findFailover, uses: /SEARCH failover USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  armFailover: { text: armFailover, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  takeFailover: { text: takeFailover, uses: /SEARCH failover USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  withdrawFailover: { text: withdrawFailover, uses: /SEARCH failover USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  takeReports: {
    text: takeReports,
    uses: /USING INDEX message_report \(account_id=\? AND channel=\? AND report_at>\?\)/,
  },
  findByCarrierId: { text: findByCarrierId, uses: /USING INDEX message_by_carrier_id \(carrier_message_id=\?\)/ },
  dueReceivers: { text: dueReceivers, uses: /SEARCH receiver USING INDEX receiver_due \(due_at<\?\)/ },
  firstDueOf: { text: firstDueOf, uses: /USING COVERING INDEX webhook_due \(origin=\? AND due_at>\?\)/ },
  giveUpWebhooks: { text: giveUpWebhooks, uses: /USING COVERING INDEX webhook_due \(origin=\? AND due_at<\?\)/ },
  listFailedWebhooks: { text: listFailedWebhooks, uses: /USING INDEX webhook_failed \(account_id=\? AND id<\?\)/ },
  replayWebhooks: { text: replayWebhooks, uses: /USING INDEX webhook_failed \(account_id=\?\)/ },
  dueSmppDeliveries: {
    text: dueSmppDeliveries,
    uses: /SEARCH d USING INDEX smpp_delivery_due \(account_id=\? AND system_id=\? AND due_at<\?\)/,
  },
  "dueSmppDeliveries of one message": {
    text: dueSmppDeliveries,
    uses: /SEARCH e USING COVERING INDEX smpp_delivery_by_message \(message_seq=\? AND rowid<\?\)/,
  },
  purgeSmppDeliveries: {
    text: purgeSmppDeliveries,
    uses: /USING COVERING INDEX smpp_delivery_by_age \(created_at<\?\)/,
  },
  dueWebhooks: { text: dueWebhooks, uses: /USING INDEX webhook_due \(origin=\? AND due_at<\?\)/ },
  findMessage: {
    text: findMessage,
    uses: /USING INDEX message_by_id \(account_id=\? AND message_id=\? AND superseded=\?\)/,
  },
  supersedeMessage: {
    text: supersedeMessage,
    uses: /USING INDEX message_by_id \(account_id=\? AND message_id=\? AND superseded=\?\)/,
  },
  findRequest: { text: findRequest, uses: /USING INDEX idempotency_key_by_key \(account_id=\? AND key=\?\)/ },
  purgeRequests: { text: purgeRequests, uses: /USING COVERING INDEX idempotency_key_by_age \(created_at<\?\)/ },
  findShortLink: { text: findShortLink, uses: /SEARCH l USING INDEX sqlite_autoindex_short_link_1 \(code=\?\)/ },
  countClick: { text: countClick, uses: /SEARCH short_link USING INDEX sqlite_autoindex_short_link_1 \(code=\?\)/ },
  keepOpen: { text: keepOpen, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  endMessage: { text: endMessage, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  countBulk: { text: countBulk, uses: /USING INDEX message_by_bulk \(bulk_id=\?\)/ },
  "purgeWishes among the messages": { text: purgeWishes, uses: /SEARCH m USING INDEX message_by_bulk \(bulk_id=\?\)/ },
  waitingOfBulk: { text: waitingOfBulk, uses: /USING INDEX message_by_bulk \(bulk_id=\? AND rowid>\?\)/ },
  purgeWishes: { text: purgeWishes, uses: /SEARCH b USING (COVERING )?INDEX bulk_by_age \(changed_at<\?\)/ },
  convertMessage: {
    text: convertMessage,
    uses: /USING INDEX message_by_id \(account_id=\? AND message_id=\? AND superseded=\?\)/,
  },
  findParkedReceipts: {
    text: findParkedReceipts,
    uses: /SEARCH r USING INDEX parked_receipt_by_carrier_id \(carrier_message_id=\?\)/,
  },
  "findParkedReceipts by other ids": {
    text: findParkedReceipts,
    uses: /SEARCH i USING COVERING INDEX parked_receipt_id_by_carrier_id \(carrier_message_id=\?\)/,
  },
  findByPartId: {
    text: findByPartId,
    uses: /SEARCH p USING COVERING INDEX message_part_by_carrier_id \(carrier_message_id=\?\)/,
  },
  "findByPartId of a first part": {
    text: findByPartId,
    uses: /SEARCH m USING INDEX message_by_carrier_id \(carrier_message_id=\?\)/,
  },
  findInDoubt: { text: findInDoubt, uses: /SEARCH m USING INDEX message_in_doubt \(carrier=\? AND <expr>=\?\)/ },
  listUnmatchedReceiptsOfId: {
    text: listUnmatchedReceiptsOfId,
    uses: /SEARCH parked_receipt USING COVERING INDEX parked_receipt_by_carrier_id/,
  },
  listUnmatchedReceipts: { text: listUnmatchedReceipts, uses: /SEARCH r USING INTEGER PRIMARY KEY \(rowid<\?\)/ },
  unmatchedReceiptsAfter: { text: unmatchedReceiptsAfter, uses: /SEARCH r USING INTEGER PRIMARY KEY \(rowid>\?\)/ },
  unmatchedReceiptsInDoubt: {
    text: unmatchedReceiptsInDoubt,
    uses: /SEARCH r USING INDEX parked_receipt_by_phone \(carrier=\? AND <expr>=\? AND rowid>\?\)/,
  },
  purgeMessages: { text: purgeMessages, uses: /SEARCH m USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/ },
  purgeWebhooks: { text: purgeWebhooks, uses: /SEARCH webhook USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/ },
  messageAtOrAfter: { text: messageAtOrAfter, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid>\?\)/ },
  webhookAtOrAfter: { text: webhookAtOrAfter, uses: /SEARCH webhook USING INTEGER PRIMARY KEY \(rowid>\?\)/ },
  lastMessage: { text: lastMessage, uses: /SEARCH message/ },
  lastWebhook: { text: lastWebhook, uses: /SEARCH webhook/ },
  takeInbox: {
    text: takeInbox,
    uses: /USING INDEX inbound_inbox \(account_id=\? AND channel=\? AND pull_at>\?\)/,
  },
  countInbox: {
    text: countInbox,
    uses: /USING INDEX inbound_inbox \(account_id=\? AND channel=\? AND pull_at>\?\)/,
  },
  findInboundDuplicate: {
    text: findInboundDuplicate,
    uses: /USING INDEX inbound_by_carrier_id \(account_id=\? AND carrier_message_id=\?\)/,
  },
  countAnswered: { text: countAnswered, uses: /USING INDEX inbound_answered \(account_id=\? AND sender=\? AND / },
  purgeInbound: { text: purgeInbound, uses: /USING COVERING INDEX inbound_by_age \(stored_at<\?\)/ },
  findInboundGroups: {
    text: findInboundGroups,
    uses: /USING INDEX inbound_group_by_key \(sender=\? AND destination=\? AND reference=\?\)/,
  },
  countWaitingPartsOf: { text: countWaitingPartsOf, uses: /USING COVERING INDEX inbound_group_open \(sender=\?\)/ },
  dueInboundGroups: { text: dueInboundGroups, uses: /USING INDEX inbound_group_due \(due_at<\?\)/ },
  hurryOldestGroup: { text: hurryOldestGroup, uses: /USING INDEX inbound_group_due \(due_at>\?\)/ },
  inboundPartsOf: { text: inboundPartsOf, uses: /USING PRIMARY KEY \(group_id=\?\)/ },
  oldInboundGroups: { text: oldInboundGroups, uses: /USING COVERING INDEX inbound_group_closed \(closed_at<\?\)/ },
  findLogs: {
    text: findLogs(logFilter(["recentSince"])).text,
    uses: /USING INDEX message_sent \(account_id=\? AND channel=\? AND sent_at>\? AND sent_at<\?\)/,
  },
  findBlocked: {
    text: findBlocked,
    uses: /USING COVERING INDEX blocklist_by_destination \(account_id=\? AND destination=\?\)/,
  },
  listBlocklist: { text: blocklist.list, uses: /USING INDEX blocklist_by_account \(account_id=\?\)/ },
  countBlocklist: { text: blocklist.count, uses: /USING COVERING INDEX/ },
  "listBlocklist of a destination": {
    text: blocklistOfOne.list,
    uses: /USING INDEX blocklist_by_destination \(account_id=\? AND destination=\?\)/,
  },
  findLookups: {
    text: findLookups,
    uses: /USING INDEX number_lookup_by_age \(account_id=\? AND created_at>\? AND created_at<\?\)/,
  },
  purgeLookups: { text: purgeLookups, uses: /USING COVERING INDEX number_lookup_by_creation \(created_at<\?\)/ },
  "findLogs after a cursor": {
    text: findLogs(logFilter(["after"])).text,
    uses: /USING INDEX message_sent \(account_id=\? AND channel=\?/,
  },
};

for (const [name, { text, uses }] of Object.entries(PLANS)) {
  test(`${name} finds its rows by its index and reads no table whole`, () => {
    const plan = planOf(text);
    assert.ok(plan.length > 0);
    assert.match(plan.join("\n"), uses);
    for (const step of plan)
      assert.doesNotMatch(
        step,
        /^SCAN (message|webhook|parked_receipt|idempotency_key|bulk|inbound_\w+|blocklist|number_lookup|m|w|b|g|p)\b/,
        plan.join("\n"),
      );
  });
}

for (const name of [
  "findDue",
  "waitingOfBulk",
  "findWaiting",
  "nextWaitingRoute",
  "dueChecks",
  "takeReports",
  "dueWebhooks",
  "dueFailovers",
  "dueReceivers",
  "firstDueOf",
  "findLogs",
  "findByCarrierId",
  "findBlocked",
  "listBlocklist",
]) {
  test(`${name} gets its order from the index and sorts nothing`, () => {
    assert.doesNotMatch(planOf(PLANS[name]?.text ?? "").join("\n"), /TEMP B-TREE/);
  });
}

test("whether a messageId is taken is answered by its index while inserting, and not looked up before", () => {
  const values = insertTypes.map((type) => (type === "text" ? "x" : 1));
  const statement = database.prepare(insertMessages(1));
  assert.equal(statement.run(...values).changes, 1);
  assert.equal(statement.run(...values).changes, 0);
  assert.deepEqual(
    planOf(insertMessages(1)).filter((step) => /message/.test(step)),
    [],
  );
  const indexes = database.prepare("pragma index_list(message)").all();
  assert.ok(indexes.some((index) => index["name"] === "message_by_id" && index["unique"] === 1));
});

/** The types of the columns that `insertMessages` names, in its order. */
const insertTypes = (() => {
  const columns = new Map<string, string>();
  const schema = new DatabaseSync(":memory:");
  for (const { sql } of readMigrations()) schema.exec(sql);
  for (const row of schema.prepare("pragma table_info(message)").all()) {
    columns.set(String(row["name"]), String(row["type"]).toLowerCase());
  }
  schema.close();
  const names = /\(([^)]*)\) values/.exec(insertMessages(1))?.[1] ?? "";
  return names.split(",").map((name) => columns.get(name.trim()));
})();

test("a finished message stands in no index of work", () => {
  for (const name of ["message_due", "message_check", "message_report", "webhook_due"]) {
    const row = database.prepare("select sql from sqlite_schema where name = ?").get(name);
    assert.match(String(row?.["sql"]), /where \w+_at is not null$/, name);
  }
});

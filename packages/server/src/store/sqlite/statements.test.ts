import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import type { LogFilter } from "../store.ts";
import { readMigrations } from "./database.ts";
import { insertMessage } from "./statements/insert-message.ts";
import { findRequest, purgeRequests } from "./statements/keyed-requests.ts";
import { supersedeMessage } from "./statements/supersede-message.ts";
import { claimDue } from "./statements/claim-due.ts";
import { countTakenOver } from "./statements/count-taken-over.ts";
import { dueChecks } from "./statements/due-checks.ts";
import { dueWebhooks } from "./statements/due-webhooks.ts";
import { findByCarrierId } from "./statements/find-by-carrier-id.ts";
import { findLogs } from "./statements/find-logs.ts";
import { findMessage } from "./statements/find-message.ts";
import { endMessage } from "./statements/end-message.ts";
import { findWaiting } from "./statements/find-waiting.ts";
import { keepOpen } from "./statements/keep-open.ts";
import { moveToRoute } from "./statements/move-to-route.ts";
import { nextWebhookOrigin } from "./statements/next-webhook-origin.ts";
import { nextWaitingRoute } from "./statements/waiting-routes.ts";
import { purgeMessages, purgeWebhooks } from "./statements/purge.ts";
import { lastMessage, lastWebhook, messageAtOrAfter, webhookAtOrAfter } from "./statements/rows-by-age.ts";
import { takeParkedReceipts } from "./statements/take-parked-receipts.ts";
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

/** The steps of SQLite's plan: how it finds the rows of each table. */
function planOf(text: string): string[] {
  return database
    .prepare(`explain query plan ${text}`)
    .all()
    .map((row) => String(row["detail"]));
}

const PLANS: Readonly<Record<string, { readonly text: string; readonly uses: RegExp }>> = {
  claimDue: { text: claimDue, uses: /USING (COVERING )?INDEX message_due \(route=\? AND due_at<\?\)/ },
  countTakenOver: { text: countTakenOver, uses: /USING INDEX message_due \(route=\? AND due_at<\?\)/ },
  findWaiting: { text: findWaiting, uses: /USING INDEX message_due \(route=\? AND due_at>\?\)/ },
  nextWaitingRoute: { text: nextWaitingRoute, uses: /USING COVERING INDEX message_due \(route>\?\)/ },
  moveToRoute: { text: moveToRoute, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  dueChecks: { text: dueChecks, uses: /USING INDEX message_check \(check_at<\?\)/ },
  takeReports: {
    text: takeReports,
    uses: /USING INDEX message_report \(account_id=\? AND channel=\? AND report_at>\?\)/,
  },
  findByCarrierId: { text: findByCarrierId, uses: /USING INDEX message_by_carrier_id \(carrier_message_id=\?\)/ },
  nextWebhookOrigin: { text: nextWebhookOrigin, uses: /USING COVERING INDEX webhook_due \(origin>\?\)/ },
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
  keepOpen: { text: keepOpen, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  endMessage: { text: endMessage, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid=\?\)/ },
  takeParkedReceipts: { text: takeParkedReceipts, uses: /USING INDEX parked_receipt_by_carrier_id/ },
  purgeMessages: { text: purgeMessages, uses: /SEARCH m USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/ },
  purgeWebhooks: { text: purgeWebhooks, uses: /SEARCH webhook USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/ },
  messageAtOrAfter: { text: messageAtOrAfter, uses: /SEARCH message USING INTEGER PRIMARY KEY \(rowid>\?\)/ },
  webhookAtOrAfter: { text: webhookAtOrAfter, uses: /SEARCH webhook USING INTEGER PRIMARY KEY \(rowid>\?\)/ },
  lastMessage: { text: lastMessage, uses: /SEARCH message/ },
  lastWebhook: { text: lastWebhook, uses: /SEARCH webhook/ },
  findLogs: {
    text: findLogs(logFilter([])).text,
    uses: /USING INDEX message_sent \(account_id=\? AND channel=\? AND sent_at>\? AND sent_at<\?\)/,
  },
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
      assert.doesNotMatch(step, /^SCAN (message|webhook|parked_receipt|idempotency_key|m|w)\b/, plan.join("\n"));
  });
}

for (const name of [
  "claimDue",
  "findWaiting",
  "nextWaitingRoute",
  "dueChecks",
  "takeReports",
  "dueWebhooks",
  "nextWebhookOrigin",
  "findLogs",
  "findByCarrierId",
]) {
  test(`${name} gets its order from the index and sorts nothing`, () => {
    assert.doesNotMatch(planOf(PLANS[name]?.text ?? "").join("\n"), /TEMP B-TREE/);
  });
}

test("whether a messageId is taken is answered by its index while inserting, and not looked up before", () => {
  const values = Array.from({ length: 29 }, (_, index) => (insertTypes[index] === "text" ? "x" : 1));
  const statement = database.prepare(insertMessage);
  assert.equal(statement.run(...values).changes, 1);
  assert.equal(statement.run(...values).changes, 0);
  assert.deepEqual(
    planOf(insertMessage).filter((step) => /message/.test(step)),
    [],
  );
  const indexes = database.prepare("pragma index_list(message)").all();
  assert.ok(indexes.some((index) => index["name"] === "message_by_id" && index["unique"] === 1));
});

/** The types of the columns that `insertMessage` names, in its order. */
const insertTypes = (() => {
  const columns = new Map<string, string>();
  const schema = new DatabaseSync(":memory:");
  for (const { sql } of readMigrations()) schema.exec(sql);
  for (const row of schema.prepare("pragma table_info(message)").all()) {
    columns.set(String(row["name"]), String(row["type"]).toLowerCase());
  }
  schema.close();
  const names = /\(([^)]*)\) values/.exec(insertMessage)?.[1] ?? "";
  return names.split(",").map((name) => columns.get(name.trim()));
})();

test("a finished message stands in no index of work", () => {
  for (const name of ["message_due", "message_check", "message_report", "webhook_due"]) {
    const row = database.prepare("select sql from sqlite_schema where name = ?").get(name);
    assert.match(String(row?.["sql"]), /where \w+_at is not null$/, name);
  }
});

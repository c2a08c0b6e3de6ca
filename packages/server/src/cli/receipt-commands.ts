import type { RematchAnswer, UnmatchedPage } from "../query/unmatched-receipts.ts";
import { defineCommand } from "./command.ts";
import { CONNECTION_OPTIONS, connectionOf } from "./connection.ts";
import { callOperatorPath } from "./operator-call.ts";
import { table } from "./table.ts";

const PATH = "/posthorn/1/unmatched-receipts";
const CARRIER_OPTION = { carrier: { kind: "text", value: "NAME", description: "Only this carrier's." } } as const;
const JSON_OPTION = { json: { kind: "flag", description: "Print JSON." } } as const;

export const receipts = defineCommand({
  name: "receipts",
  summary: "List carriers' receipts whose message is not known, the newest first.",
  options: {
    ...CARRIER_OPTION,
    "message-id": { kind: "text", value: "ID", description: "Only those of this id of the carrier's." },
    limit: { kind: "text", value: "COUNT", description: "How many at most. Default: 50." },
    before: { kind: "text", value: "NUMBER", description: "Only those before this one: the next page." },
    ...JSON_OPTION,
    ...CONNECTION_OPTIONS,
  },
  async run({ values }, context) {
    const query = queryOf({
      carrier: values.carrier,
      messageId: values["message-id"],
      limit: values.limit,
      before: values.before,
    });
    const page = await callOperatorPath<UnmatchedPage>(connectionOf(values, context), "GET", `${PATH}?${query}`);
    const { terminal } = context;
    if (values.json) terminal.out(JSON.stringify(page, null, 2));
    else if (page.receipts.length === 0) terminal.out("There are none.");
    else {
      const titles = ["ID", "CARRIER", "MESSAGE ID", "OTHER IDS", "PHONE", "STATE", "RECEIVED"];
      const rows = page.receipts.map((receipt) => [
        receipt.id,
        receipt.carrier,
        receipt.messageId,
        receipt.otherIds.join(" ") || "-",
        receipt.destination ?? "-",
        receipt.state,
        receipt.receivedAt,
      ]);
      terminal.out(
        table(
          titles.map((title) => ({ title })),
          rows,
          terminal,
        ),
      );
      if (page.nextBefore !== undefined) terminal.err(`More with --before ${page.nextBefore}.`);
    }
    return "OK";
  },
});

export const receiptsRematch = defineCommand({
  name: "receipts rematch",
  summary: "Try again to find the messages of receipts that are kept without one.",
  options: {
    ...CARRIER_OPTION,
    ...JSON_OPTION,
    ...CONNECTION_OPTIONS,
  },
  notes: "By their ids, and by phone and reference for messages whose answer was lost. Goes through all of them.",
  async run({ values }, context) {
    const connection = connectionOf(values, context);
    const sum = { looked: 0, matched: 0 };
    for (let after: number | undefined; ; ) {
      const query = queryOf({ carrier: values.carrier, after: after?.toString() });
      const answer = await callOperatorPath<RematchAnswer>(connection, "POST", `${PATH}/rematch?${query}`);
      sum.looked += answer.looked;
      sum.matched += answer.matched;
      after = answer.nextAfter;
      if (after === undefined) break;
    }
    const { terminal } = context;
    terminal.out(values.json ? JSON.stringify(sum, null, 2) : `${sum.matched} of ${sum.looked} found their messages.`);
    return "OK";
  },
});

function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, value);
  return query.toString();
}

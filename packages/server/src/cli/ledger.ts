import { showLedger } from "../query/operator-queries.ts";
import { defineCommand } from "./command.ts";
import { CONFIG_OPTIONS } from "./configuration.ts";
import { withStore } from "./data-folder.ts";
import { table } from "./table.ts";

const FIGURES = ["accepted", "delivered", "undeliverable", "expired", "rejected", "canceled", "open"] as const;

export const ledger = defineCommand({
  name: "ledger",
  summary: "Show what became of every accepted message, per channel and carrier, and whether it adds up.",
  options: { json: { kind: "flag", description: "Print JSON." }, ...CONFIG_OPTIONS },
  takesSettings: true,
  notes: "Reads the data folder itself, also beside a running server. Exit status 1 when a row does not close.",
  async run(given, context) {
    const view = await withStore(given, context, { mayCreate: false }, (store) => showLedger({ store }));
    const { terminal } = context;
    if (given.values.json) terminal.out(JSON.stringify(view, null, 2));
    else if (view.rows.length === 0) terminal.out("No message was accepted yet.");
    else {
      const columns = [
        { title: "CHANNEL" },
        { title: "CARRIER" },
        ...FIGURES.map((name) => ({ title: name.toUpperCase(), isNumber: true })),
        { title: "CLOSES" },
      ];
      const rows = view.rows.map((row) => [
        row.channel,
        row.carrier === "" ? "-" : row.carrier,
        ...FIGURES.map((name) => row[name]),
        row.closes ? "yes" : "NO",
      ]);
      terminal.out(table(columns, rows, terminal));
    }
    if (view.closes) return "OK";
    terminal.err(
      "The ledger does not close: messages are missing or counted twice. Keep the data folder and report it.",
    );
    return "FAILED";
  },
});

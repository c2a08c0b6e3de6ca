import { FAULTS } from "./faults.ts";

/** docs/faults.md: every fault with what it means and what to do about it. */
export function faultReference(): string {
  const rows = Object.entries(FAULTS).map(
    ([code, { http, text, remedy }]) => `| \`${code}\` | ${http} | ${cell(text)} | ${cell(remedy)} |`,
  );
  return [
    "# Faults",
    "",
    "<!-- Made from packages/server/src/kernel/faults.ts by `npm run docs`; a test compares. Change it there. -->",
    "",
    "What may go wrong between Posthorn and its operator or client. A log line has the code under `err.code`, a command",
    "prints the meaning and what to do, and a client sees the HTTP status. What befalls a single message is no fault: it",
    "is that message's status ([errors.md](errors.md)).",
    "",
    "| Code | HTTP | Meaning | What to do |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** A bar would begin another cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

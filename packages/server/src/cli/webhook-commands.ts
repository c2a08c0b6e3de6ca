import { CliError } from "./cli-error.ts";
import type { Context } from "./command.ts";
import { defineCommand } from "./command.ts";
import { CONNECTION_OPTIONS, connectionOf } from "./connection.ts";
import { table } from "./table.ts";

const REQUEST_TIMEOUT_MS = 30_000;
const PATH = "/posthorn/1/webhooks";
const JSON_OPTION = { json: { kind: "flag", description: "Print JSON." } } as const;
const RANGE_OPTIONS = {
  receiver: {
    kind: "text",
    value: "RECEIVER",
    description: "Only this receiver, as the list shows it: scheme, host and port, or profile:ACCOUNT:ID.",
  },
  since: { kind: "text", value: "TIME", description: "Only those born at or after it, 2026-01-31T13:45:00Z." },
  until: { kind: "text", value: "TIME", description: "Only those born at or before it." },
  limit: { kind: "text", value: "COUNT", description: "How many at most." },
} as const;

interface Shown {
  readonly id: number;
  readonly state: string;
  readonly kind: string;
  readonly receiver: string;
  readonly attempts: number;
  readonly dueAt: string | null;
  readonly lastError: string | null;
}

interface Attempt {
  readonly at: string;
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: string | null;
}

export const webhooksList = defineCommand({
  name: "webhooks list",
  summary: "List webhooks, the newest first.",
  options: {
    state: { kind: "text", value: "STATE", description: "waiting, delivered or failed. Without: all." },
    ...RANGE_OPTIONS,
    before: { kind: "text", value: "ID", description: "Only those before this one: the next page." },
    ...JSON_OPTION,
    ...CONNECTION_OPTIONS,
  },
  async run({ values }, context) {
    const query = new URLSearchParams();
    for (const name of ["state", "receiver", "since", "until", "limit", "before"] as const) {
      if (values[name] !== undefined) query.set(name, values[name]);
    }
    const answer = await call(values, context, "GET", `${PATH}?${query.toString()}`);
    const { terminal } = context;
    if (values.json) terminal.out(JSON.stringify(answer, null, 2));
    else {
      const titles = ["ID", "STATE", "KIND", "RECEIVER", "ATTEMPTS", "DUE", "LAST ERROR"].map((title) => ({ title }));
      const rows = (answer["webhooks"] as readonly Shown[]).map((webhook) => [
        webhook.id,
        webhook.state,
        webhook.kind,
        webhook.receiver,
        webhook.attempts,
        webhook.dueAt ?? "-",
        webhook.lastError ?? "-",
      ]);
      terminal.out(rows.length === 0 ? "There are none." : table(titles, rows, terminal));
      if (answer["nextBefore"] !== undefined) terminal.err(`More with --before ${answer["nextBefore"] as number}.`);
    }
    return "OK";
  },
});

export const webhooksShow = defineCommand({
  name: "webhooks show",
  summary: "Show one webhook with its last attempts.",
  positionals: ["ID"],
  options: { ...JSON_OPTION, ...CONNECTION_OPTIONS },
  async run({ values, positionals }, context) {
    const answer = await call(values, context, "GET", `${PATH}/${idOf(positionals)}`);
    const { terminal } = context;
    if (values.json) terminal.out(JSON.stringify(answer, null, 2));
    else {
      const { lastAttempts, ...rest } = answer as { lastAttempts: readonly Attempt[] };
      const facts: Readonly<Record<string, string | number | null>> = rest;
      for (const [name, value] of Object.entries(facts)) terminal.out(`${name.padEnd(14)}${String(value ?? "-")}`);
      const titles = ["AT", "STATUS", "MS", "ERROR"].map((title) => ({ title }));
      const rows = lastAttempts.map(({ at, status, durationMs, error }) => [
        at,
        status ?? "-",
        durationMs,
        error ?? "-",
      ]);
      terminal.out(table(titles, rows, terminal));
    }
    return "OK";
  },
});

export const webhooksReplay = defineCommand({
  name: "webhooks replay",
  summary: "Send a webhook again that was given up, or now one that waits.",
  positionals: ["ID"],
  options: { ...JSON_OPTION, ...CONNECTION_OPTIONS },
  async run({ values, positionals }, context) {
    const answer = await call(values, context, "POST", `${PATH}/${idOf(positionals)}/replay`);
    context.terminal.out(
      values.json ? JSON.stringify(answer, null, 2) : `${answer["replayed"] as number} is due again.`,
    );
    return "OK";
  },
});

export const webhooksReplayFailed = defineCommand({
  name: "webhooks replay-failed",
  summary: "Send all webhooks again that were given up, of a receiver or of a time.",
  options: { ...RANGE_OPTIONS, ...JSON_OPTION, ...CONNECTION_OPTIONS },
  notes: "Needs --receiver, --since or --until. At most 10 000 in one call; the output says when there are more.",
  async run({ values }, context) {
    const { receiver, since, until, limit } = values;
    if (receiver === undefined && since === undefined && until === undefined) {
      throw new CliError("USAGE", "give --receiver, --since or --until: which webhooks are meant?");
    }
    const body = { receiver, since, until, ...(limit === undefined ? {} : { limit: Number(limit) }) };
    const answer = await call(values, context, "POST", `${PATH}/replay`, body);
    const { terminal } = context;
    if (values.json) terminal.out(JSON.stringify(answer, null, 2));
    else {
      terminal.out(`${answer["replayed"] as number} are due again.`);
      if (answer["hasMore"] === true) terminal.err("There may be more: the same again makes them due.");
    }
    return "OK";
  },
});

function idOf([id = ""]: readonly string[]): string {
  if (!/^\d{1,15}$/.test(id)) throw new CliError("USAGE", `ID is a number; got ${JSON.stringify(id)}`);
  return id;
}

/** Over HTTP, so that the running server knows at once what is due. */
async function call(
  values: Parameters<typeof connectionOf>[0],
  context: Pick<Context, "env">,
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const { baseUrl, key } = connectionOf(values, context);
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { authorization: `App ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status === 401 || response.status === 403) {
    throw new CliError("AUTH", "the key is wrong, or lacks the scope subscriptions:manage");
  }
  const answer = parsed(text);
  if (!response.ok || answer === null) {
    const { description, violations = [] } = (answer ?? {}) as { description?: string; violations?: unknown[] };
    const details = violations.length === 0 ? "" : ` ${JSON.stringify(violations)}`;
    throw new CliError("FAILED", `${description ?? `the server answered HTTP ${response.status}`}${details}`);
  }
  return answer;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

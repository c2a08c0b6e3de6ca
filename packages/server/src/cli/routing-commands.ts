import type { Config } from "../config/config.ts";
import type { ExplainRequest } from "../http/routing-paths.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { compileRouting } from "../composition/routing.ts";
import {
  type ReloadResult,
  showExplanation,
  type ShownCarrier,
  type ShownExplanation,
} from "../composition/routing-answers.ts";
import { DEFAULT_ACCOUNT_ID } from "../http/key-ring.ts";
import { CliError } from "./cli-error.ts";
import { defineCommand } from "./command.ts";
import { CONFIG_OPTIONS, readConfiguration } from "./configuration.ts";
import { CONNECTION_OPTIONS, connectionOf } from "./connection.ts";
import { callOperatorPath } from "./operator-call.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const JSON_OPTION = { json: { kind: "flag", description: "Print JSON." } } as const;

export const carriers = defineCommand({
  name: "carriers",
  summary: "Show the carriers of a running server, and how each does.",
  options: { ...CONNECTION_OPTIONS, ...JSON_OPTION },
  notes:
    "LANES are the routes, or parts of split routes, that it claims from now. DETAILS are what its type has to say: for SMPP the binds, why one is missing, the throughput that it keeps to because the carrier refused more, and in which notation receipts have the ids of the answers; for the WhatsApp Cloud API the numbers that may send now, and why it does not answer.",
  async run({ values }, context) {
    const connection = connectionOf(values, context);
    const answer = await callOperatorPath<{ carriers: readonly ShownCarrier[] }>(
      connection,
      "GET",
      "/posthorn/1/carriers",
    );
    const { terminal } = context;
    if (values.json) terminal.out(JSON.stringify(answer, null, 2));
    else if (answer.carriers.length === 0) terminal.out("There are no carriers.");
    else {
      const hasDetails = answer.carriers.some(({ details }) => Object.keys(details).length > 0);
      const columns = [
        ...["NAME", "TYPE", "STATE", "SINCE"].map((title) => ({ title })),
        ...["IN FLIGHT", "CAPACITY", "CLAIMED", "FAILED", "THROTTLED", "ANSWER MS"].map((title) => ({
          title,
          isNumber: true,
        })),
        { title: "LANES" },
        ...(hasDetails ? [{ title: "DETAILS" }] : []),
      ];
      const rows = answer.carriers.map((carrier) => [
        carrier.name,
        carrier.type,
        carrier.state,
        carrier.since,
        carrier.inFlight,
        carrier.capacity,
        carrier.claimed,
        percent(carrier.failureRate),
        percent(carrier.throttledRate),
        Math.round(carrier.answerMeanMs),
        carrier.lanes.join(" ") || "-",
        ...(hasDetails ? [shownDetails(carrier)] : []),
      ]);
      terminal.out(table(columns, rows, terminal));
    }
    return "OK";
  },
});

function shownDetails({ details }: ShownCarrier): string {
  const pairs = Object.entries(details).map(([name, value]) => `${name}=${quoted(value)}`);
  return pairs.join(" ") || "-";
}

/** A value of several words in quotes, so that it is seen where it ends. */
const quoted = (value: string | number) => (/\s/.test(String(value)) ? JSON.stringify(value) : value);

const percent = (share: number) => `${Math.round(share * 100)} %`;

export const routeExplain = defineCommand({
  name: "route explain",
  summary: "Show which route a message would take, and why: every rule, and every carrier.",
  options: {
    to: { kind: "text", value: "NUMBER", description: "The destination." },
    channel: { kind: "text", value: "CHANNEL", description: "SMS (default) or WHATSAPP." },
    sender: { kind: "text", value: "SENDER", description: "The sender." },
    account: { kind: "text", value: "N", description: "The account. Default: the key's own." },
    application: { kind: "text", value: "ID", description: "The applicationId." },
    offline: {
      kind: "flag",
      description: "Ask no server: read the configuration. Carriers' health is not known then.",
    },
    ...CONNECTION_OPTIONS,
    ...JSON_OPTION,
    ...CONFIG_OPTIONS,
  },
  takesSettings: true,
  notes: "Exit status 4 when no rule has a route, so that the message would be rejected.",
  async run({ values, settings }, context) {
    const { to, channel = "SMS", sender = "", account, application, offline } = values;
    if (to === undefined) throw new CliError("USAGE", "--to is missing: which destination?");
    if (channel !== "SMS" && channel !== "WHATSAPP") throw new CliError("USAGE", "--channel is SMS or WHATSAPP");
    if (account !== undefined && !/^[1-9]\d{0,14}$/.test(account)) {
      throw new CliError("USAGE", `--account takes a whole number; got ${JSON.stringify(account)}`);
    }
    let shown: ShownExplanation;
    if (offline) {
      const { config } = readConfiguration(values, settings, context);
      const accountId = Number(account ?? DEFAULT_ACCOUNT_ID);
      const request = { channel, to, sender, accountId, applicationId: application ?? null } as const;
      shown = explainOffline(config, request);
    } else {
      const query = new URLSearchParams({ channel, to, sender });
      if (account !== undefined) query.set("account", account);
      if (application !== undefined) query.set("application", application);
      const path = `/posthorn/1/routes/explain?${query.toString()}`;
      shown = await callOperatorPath<ShownExplanation>(connectionOf(values, context), "GET", path);
    }
    const { terminal } = context;
    terminal.out(values.json ? JSON.stringify(shown, null, 2) : explained(shown, terminal));
    return shown.route === null ? "REJECTED" : "OK";
  },
});

/** @throws CliError USAGE for a destination that is none */
function explainOffline(config: Config, request: ExplainRequest): ShownExplanation {
  try {
    return showExplanation(compileRouting(config), null, request);
  } catch (error) {
    if (error instanceof InvalidRequest) throw new CliError("USAGE", error.message);
    throw error;
  }
}

function explained(shown: ShownExplanation, terminal: Terminal): string {
  const { channel, destination, network, rules, route, lane, carriers: order } = shown;
  const known = [network?.country, network?.mcc, network?.mnc].filter((part) => part !== null && part !== undefined);
  const lines = [`${channel} to ${destination}${known.length === 0 ? "" : ` (${known.join(" ")})`}`, ""];
  if (rules.length === 0) lines.push("There are no rules: the first route that serves the channel is taken.");
  for (const { rule, route: target, isChosen, isMatch, conditions } of rules) {
    const verdict = isChosen ? "TAKEN" : isMatch ? "would match, but a rule before it did" : "does not match";
    lines.push(`rule ${rule} -> ${target}: ${verdict}`);
    for (const { condition, wanted, got, isMet } of conditions) {
      lines.push(`  ${isMet ? "yes" : "NO "}  ${condition} ${wanted}: the message has ${got}`);
    }
  }
  if (route === null)
    return [...lines, "", "No route: the message would be rejected (REJECTED_ROUTE_NOT_AVAILABLE)."].join("\n");
  lines.push("", `route ${route}${lane === route ? "" : `, lane ${lane}`}; its carriers in their order:`);
  const columns = [
    { title: "CARRIER" },
    { title: "HEALTH" },
    { title: "WEIGHT", isNumber: true },
    { title: "COST", isNumber: true },
    { title: "SERVES NOW" },
  ];
  const rows = order.map(({ carrier, health, weight, cost, serves }) => [
    carrier,
    health,
    weight,
    cost,
    serves === null ? "unknown" : serves ? "yes" : "no",
  ]);
  return [...lines, table(columns, rows, terminal)].join("\n");
}

export const configReload = defineCommand({
  name: "config reload",
  summary: "Let a running server read its configuration again.",
  options: { ...CONNECTION_OPTIONS, ...JSON_OPTION },
  notes: "Carriers, routes, rules, routing and health change at once. When anything is wrong, nothing changes.",
  async run({ values }, context) {
    const connection = connectionOf(values, context);
    const result = await callOperatorPath<ReloadResult>(connection, "POST", "/posthorn/1/config/reload");
    const { terminal } = context;
    if (values.json) terminal.out(JSON.stringify(result, null, 2));
    else if (result.changes.length === 0)
      terminal.out("Nothing has changed. SMPP carriers that are not bound try again now.");
    else {
      for (const { path, before, after, needsRestart } of result.changes) {
        const restart = needsRestart ? "  (from the next start on)" : "";
        terminal.out(`${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}${restart}`);
      }
    }
    return "OK";
  },
});

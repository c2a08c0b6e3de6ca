import { isIPv6 } from "node:net";
import type { Config, ConfigSources } from "../config/config.ts";
import { shownFolder } from "./configuration.ts";
import { shownCarriers } from "./shown-carriers.ts";
import { paint } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** Of Ofcom's numbers for drama: nobody has it. */
export const EXAMPLE_DESTINATION = "447700900000";

const WILDCARDS = new Set(["0.0.0.0", "::"]);

/** Where a client on this machine reaches the server: loopback, when it listens on every address. */
export function localUrl(host: string, url: string): string {
  if (!WILDCARDS.has(host)) return url;
  return `http://${isIPv6(host) ? "[::1]" : "127.0.0.1"}:${new URL(url).port || 80}`;
}

/** How this program is called by whoever reads its output: from a clone through npm, else by its name. */
export function commandName(env: Readonly<Record<string, string | undefined>>): string {
  return env["npm_package_name"] === "posthorn" ? "npm run posthorn --" : "posthorn";
}

/** What the line to paste sends. */
export interface ExampleSend {
  readonly path: string;
  readonly body: object;
}

const EXAMPLE_SMS: ExampleSend = {
  path: "/sms/3/messages",
  body: { messages: [{ sender: "Posthorn", destinations: [{ to: EXAMPLE_DESTINATION }], content: { text: "Hello" } }] },
};

/** One that a carrier of the configuration can send: where all of them are WhatsApp's alone, an SMS has no route. */
export function exampleSend({ carriers }: Pick<Config, "carriers">): ExampleSend {
  const senders = Object.values(carriers).map((carrier) =>
    carrier.type === "whatsapp-cloud" ? carrier.senders : null,
  );
  const [first] = senders;
  if (first === undefined || first === null || senders.includes(null)) return EXAMPLE_SMS;
  const body = { from: first[0]?.number ?? "", to: EXAMPLE_DESTINATION, content: { text: "Hello" } };
  return { path: "/whatsapp/1/message/text", body };
}

/** One line for any POSIX shell. */
export function curlLine(url: string, secret: string | null, { path, body } = EXAMPLE_SMS): string {
  // Double quotes let the shell fill in the variable; a known key goes in single quotes, where nothing has a meaning.
  const authorization =
    secret === null ? '"Authorization: App $POSTHORN_API_KEY"' : quote(`Authorization: App ${secret}`);
  return [
    "curl -sS",
    quote(url + path),
    "-H",
    authorization,
    "-H 'Content-Type: application/json'",
    `-d ${quote(JSON.stringify(body))}`,
  ].join(" ");
}

function quote(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export interface BannerFacts {
  readonly config: Config;
  readonly sources: ConfigSources;
  readonly url: string;
  /** Made at this start. */
  readonly firstKey: string | null;
  readonly logLevel: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hasColour: boolean;
}

export function banner(facts: BannerFacts): string {
  const { config, url, firstKey, hasColour } = facts;
  const command = commandName(facts.env);
  const dataOption =
    facts.sources["data.directory"] === "default" ? "" : ` --data ${quote(shownFolder(config.data.directory))}`;
  const carriers = shownCarriers(config);
  const channels = [...(carriers.hasSms ? ["sms"] : []), ...(carriers.whatsAppSender === null ? [] : ["whatsapp"])];
  const sends = channels.map((channel) => `${command} send ${channel} --help, `).join("");
  const rows: [string, string][] = [
    ["Base URL", paint(hasColour, "green", localUrl(config.http.host, url))],
    ["API key", keyRow(facts, command, dataOption)],
    ["Data folder", shownFolder(config.data.directory)],
    ["Carriers", carriers.line],
    ["Log", `${facts.logLevel} and above, on stderr (--log-level)`],
  ];
  if (WILDCARDS.has(config.http.host))
    rows.splice(1, 0, ["Listens on", `every address of this machine (${config.http.host})`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    "",
    paint(hasColour, "bold", `Posthorn ${VERSION} is ready.`),
    "",
    ...rows.map(([name, value]) => `  ${paint(hasColour, "dim", name.padEnd(width))}  ${value}`),
    "",
    `Send a message${firstKey === null ? " (set POSTHORN_API_KEY to your key first)" : ""}:`,
    "",
    `  ${curlLine(localUrl(config.http.host, url), firstKey, exampleSend(config))}`,
    "",
    `Next: ${sends}${command} ledger${dataOption}, ${command} help. Ctrl-C stops.`,
    "",
  ].join("\n");
}

function keyRow({ config, sources, firstKey }: BannerFacts, command: string, dataOption: string): string {
  if (firstKey !== null) return `${firstKey}  (made now, shown only this once)`;
  if (config.auth.apiKey === "")
    return `made earlier and not kept in clear; make another: ${command} key create --name NAME${dataOption}`;
  const source = sources["auth.apiKey"];
  if (source === "environment") return "the value of POSTHORN_API_KEY";
  return source === "file" ? "auth.apiKey of the configuration file" : "the value of --auth.apiKey";
}

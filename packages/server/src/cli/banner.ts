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

/**
 * One line for any POSIX shell.
 *
 * @param whatsAppSender where given, it sends a text of WhatsApp's from there; an SMS otherwise
 */
export function curlLine(url: string, secret: string | null, whatsAppSender: string | null = null): string {
  const sms = {
    messages: [{ sender: "Posthorn", destinations: [{ to: EXAMPLE_DESTINATION }], content: { text: "Hello" } }],
  };
  const whatsApp = { from: whatsAppSender, to: EXAMPLE_DESTINATION, content: { text: "Hello" } };
  const [path, body] = whatsAppSender === null ? ["/sms/3/messages", sms] : ["/whatsapp/1/message/text", whatsApp];
  // Double quotes let the shell fill in the variable; a known key goes in single quotes, where nothing has a meaning.
  const authorization =
    secret === null ? '"Authorization: App $POSTHORN_API_KEY"' : quote(`Authorization: App ${secret}`);
  return [
    "curl -sS",
    quote(`${url}${path}`),
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
  // What can be sent is what the line sends: a carrier of WhatsApp's alone takes no SMS.
  const exampleSender = carriers.hasSms ? null : carriers.whatsAppSender;
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
    `  ${curlLine(localUrl(config.http.host, url), firstKey, exampleSender)}`,
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

/**
 * From the configuration to carriers and routes. What is wrong with files that the
 * configuration names is a ConfigError, too, and everything is known to be right before anything changes.
 */
import { readFileSync, statSync } from "node:fs";
import type { Carrier } from "../carrier/carrier.ts";
import type { SenderNotice } from "../carrier/sender-administration.ts";
import { type CarrierEntry, type Config, ConfigError, type ConfigProblem, effectiveEntries } from "../config/config.ts";
import { CarrierFleet, type FleetCarrier, type FleetOptions } from "../dispatch/fleet.ts";
import { rerouteOrphans } from "../dispatch/reroute.ts";
import { createIdGenerator } from "../kernel/ids.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { Channel } from "../message/destination.ts";
import { type RouteChooser, RoutingTable } from "../route/choose-route.ts";
import type { Facts } from "../route/conditions.ts";
import type { Lane, RouteDefinition } from "../route/lanes.ts";
import { createNetworks } from "../route/networks.ts";
import { parsePrefixTable, parsePriceTable, type Table } from "../route/tables.ts";
import type { Phones } from "../sandbox/phones.ts";
import { SandboxCarrier } from "../sandbox/sandbox-carrier.ts";
import { SandboxJournal } from "../sandbox/sandbox-journal.ts";
import type { NewMessage } from "../store/store.ts";
import { findSentTemplate } from "../whatsapp/sent-template.ts";
import { administrationOf } from "./administration-of.ts";
import type { Parts } from "./parts.ts";
import { createSmppCarrier } from "./smpp-carriers.ts";
import { allowsPrivateTargets } from "./webhooks.ts";
import { createCloudCarrier } from "./whatsapp-cloud.ts";

/** How a carrier is made from its entry; tests put theirs in its place. */
export type CreateCarrier = (name: string, entry: CarrierEntry) => Carrier;

type SandboxEntry = Extract<CarrierEntry, { readonly type: "sandbox" }>;

/** Channels that each type of carrier can serve. */
const CHANNELS_OF_TYPE: Readonly<Record<CarrierEntry["type"], readonly Channel[]>> = {
  sandbox: ["SMS", "WHATSAPP"],
  smpp: ["SMS"],
  "whatsapp-cloud": ["WHATSAPP"],
};

/** Larger files are something else. */
const TABLE_BYTES_MAX = 256 * 1_048_576;

/** @throws ConfigError for a file of prefixes or prices that cannot be read, or is wrong */
export function compileRouting(config: Config, extraCarriers: readonly string[] = []): RoutingTable {
  const { carriers, routes, rules } = entriesOf(config);
  const prefixes = readTable(config.routing.prefixFile, "routing.prefixFile", parsePrefixTable);
  const prices = readTable(config.routing.priceFile, "routing.priceFile", parsePriceTable);
  const needsNetworks =
    config.routing.prefixFile !== "" ||
    rules.some(({ country, mcc, mnc }) => country !== undefined || mcc !== undefined || mnc !== undefined) ||
    Object.values(routes).some(({ split }) => split === "cost");
  const channelsOf = (name: string): readonly Channel[] => {
    const carrier = carriers[name];
    if (carrier === undefined) return [];
    return ("channels" in carrier ? carrier.channels : undefined) ?? CHANNELS_OF_TYPE[carrier.type];
  };
  const own = Object.entries(routes).map(([name, { split, carriers: members }]): RouteDefinition => {
    const [first, ...others] = members.map(({ carrier }) => channelsOf(carrier));
    const channels = (first ?? []).filter((channel) => others.every((served) => served.includes(channel)));
    return { name, split, carriers: members, channels };
  });
  return new RoutingTable({
    routes: [...extraCarriers.map(routeOfOne), ...own],
    rules,
    networks: needsNetworks ? createNetworks(prefixes) : null,
    prices,
  });
}

function entriesOf(config: Config) {
  const { enabled, paused } = config.sandbox;
  return effectiveEntries(config, enabled, paused);
}

function routeOfOne(name: string): RouteDefinition {
  return { name, split: "order", carriers: [{ carrier: name, weight: 1, cost: 0 }], channels: ["SMS", "WHATSAPP"] };
}

function readTable<Row>(file: string, path: string, parse: (text: string) => Table<Row>): readonly Row[] {
  if (file === "") return [];
  const problem = (message: string, line?: number): ConfigProblem => ({
    path,
    message,
    file,
    ...(line === undefined ? {} : { line }),
  });
  let text: string;
  try {
    if (statSync(file).size > TABLE_BYTES_MAX) throw new Error(`larger than ${TABLE_BYTES_MAX} bytes`);
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError([problem(`cannot be read: ${error instanceof Error ? error.message : String(error)}`)]);
  }
  const table = parse(text);
  if ("rows" in table) return table.rows;
  throw new ConfigError(table.problems.map(({ line, message }) => problem(message, line)));
}

export interface RoutingOptions
  extends Parts,
    Pick<FleetOptions, "onReceipts" | "onInbound" | "onSeen" | "onIdentities" | "onReports"> {
  readonly config: Config;
  readonly phones: Phones;
  /** Made by somebody else, each with a route of its name before all others. */
  readonly extraCarriers: readonly Carrier[];
  readonly createCarrier?: CreateCarrier;
  /** Carriers tell of templates; resolves after the commit. */
  readonly onSenderNotices: (notices: readonly SenderNotice[]) => Promise<void>;
  /** Where secrets of entries are looked up; the process's own unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How often messages are looked for that wait where nobody serves, and carriers that may go. */
const UPKEEP_INTERVAL_MS = 5_000;

/** Carriers and routes as they are now. It chooses from the beginning; carriers run from `start` on. */
export class LiveRouting implements RouteChooser {
  readonly fleet: CarrierFleet;
  readonly #options: RoutingOptions;
  readonly #upkeep: WorkLoop;
  #config: Config;
  #table: RoutingTable;
  #sandboxes: ReadonlySet<string> = new Set();

  constructor(options: RoutingOptions) {
    const { config, clock, log, extraCarriers } = options;
    this.#options = options;
    this.#config = config;
    this.#table = compileRouting(
      config,
      extraCarriers.map(({ name }) => name),
    );
    this.fleet = new CarrierFleet({ ...options, ...config.dispatch, limits: config.health });
    const round = () => this.#keepUp();
    this.#upkeep = startWorkLoop({ name: "upkeep", clock, log, pollIntervalMs: UPKEEP_INTERVAL_MS, round });
  }

  /** @throws what a carrier's start rejects with. It is to be stopped then, too. */
  start(): Promise<void> {
    return this.#apply(this.#config, this.#table);
  }

  /** The first sandbox; null where there is none. */
  get sandbox(): SandboxCarrier | null {
    for (const carrier of this.fleet.carriers.values()) if (carrier instanceof SandboxCarrier) return carrier;
    return null;
  }

  /** Of this name; null where it is none. */
  sandboxOf(name: string): SandboxCarrier | null {
    const carrier = this.fleet.carriers.get(name);
    return carrier instanceof SandboxCarrier ? carrier : null;
  }

  isSandbox(carrier: string): boolean {
    return this.#sandboxes.has(carrier);
  }

  get table(): RoutingTable {
    return this.#table;
  }

  choose(facts: Facts, destination: string): Lane | null {
    return this.#table.choose(facts, destination);
  }

  /**
   * Takes carriers, routes, rules, their tables and the limits of health from another configuration. Carriers that wait
   * before they try to connect again try now.
   *
   * @throws ConfigError; what a carrier's start rejects with. Everything is as before then.
   */
  async reload(config: Config) {
    await this.#apply(
      config,
      compileRouting(
        config,
        this.#options.extraCarriers.map(({ name }) => name),
      ),
    );
    this.#config = config;
    // Whoever asks for a reload has mended something, be it a password in a file that no setting shows.
    for (const carrier of this.fleet.carriers.values()) carrier.reconnect?.();
    this.#upkeep.nudge();
  }

  async #apply(config: Config, table: RoutingTable) {
    const given = this.#options.extraCarriers.map((carrier) => fleetCarrierOf(carrier, config.report.queryAfterMs));
    const entries = Object.entries(entriesOf(config).carriers);
    const own = entries.map(([name, entry]) => this.#describe(config, name, entry));
    await this.fleet.apply([...given, ...own], [...table.lanes.values()], config.health);
    this.#sandboxes = new Set(entries.flatMap(([name, { type }]) => (type === "sandbox" ? [name] : [])));
    this.#table = table;
  }

  #describe(config: Config, name: string, entry: CarrierEntry): FleetCarrier {
    const { createCarrier } = this.#options;
    return {
      name,
      type: entry.type,
      key: JSON.stringify(entry),
      queryAfterMs: expectedDelayMs(config, entry) + config.report.queryAfterMs,
      create: () => createCarrier?.(name, entry) ?? this.#create(config, name, entry),
    };
  }

  #create(config: Config, name: string, entry: CarrierEntry): Carrier {
    const { clock, random, log, env = process.env } = this.#options;
    switch (entry.type) {
      case "sandbox":
        return this.#createSandbox(config, name, entry);
      case "smpp":
        return createSmppCarrier({ name, entry, env, leaseMs: config.dispatch.leaseMs, clock, random, log });
      case "whatsapp-cloud":
        return createCloudCarrier(name, entry, {
          ...this.#options,
          env,
          allowsPrivateTargets: allowsPrivateTargets(config),
        });
    }
  }

  #createSandbox({ sandbox }: Config, name: string, entry: SandboxEntry): SandboxCarrier {
    const { clock, random, phones, store } = this.#options;
    return new SandboxCarrier({
      name,
      clock,
      ids: createIdGenerator(clock, random),
      phones,
      deliveryDelayMs: entry.deliveryDelayMs ?? sandbox.deliveryDelayMs,
      lateByMs: sandbox.lateByMs,
      windowSize: entry.windowSize ?? sandbox.windowSize,
      isPaused: entry.paused,
      uncertainPolicy: entry.uncertain ?? sandbox.uncertain,
      journal: sandbox.journal === "" ? null : new SandboxJournal(sandbox.journal),
      findTemplate:
        sandbox.templates === "any"
          ? null
          : (name) =>
              findSentTemplate({ store, administrationOf: (...sender) => administrationOf(this, ...sender) }, name),
      windowClosesAt: async (accountId, sender, contact) => {
        const [window] = await store.findWindows({ accountId, sender, contact, limit: 1 });
        return window?.closesAt ?? null;
      },
    });
  }

  onInserted(messages: readonly NewMessage[]) {
    if (this.#table.lanes.size === 1) this.fleet.nudge();
    else this.fleet.nudge(new Set(messages.map(({ common }) => common.route)));
  }

  /**
   * A configuration that names no carriers and no routes moves nothing: a start without its file would hand everything
   * that waits for real carriers to the sandbox.
   */
  async #keepUp(): Promise<boolean> {
    const { store, log } = this.#options;
    const { carriers, routes } = this.#config;
    if (Object.keys(carriers).length > 0 || Object.keys(routes).length > 0) {
      const filled = await rerouteOrphans({ store, chooser: this, lanes: this.#table.lanes, log });
      if (filled.size > 0) this.fleet.nudge(filled);
    }
    await this.fleet.endDrained();
    return false;
  }

  /** Nothing is handed over after this; waits for the carriers' answers at most this long. */
  async stop(limitMs: number) {
    await this.#upkeep.stop();
    await this.fleet.stopClaiming(limitMs);
    await this.fleet.stopCarriers();
  }
}

/** How long a message takes to end, where that is known beforehand. */
function expectedDelayMs({ sandbox }: Config, entry: CarrierEntry): number {
  return entry.type === "sandbox" ? (entry.deliveryDelayMs ?? sandbox.deliveryDelayMs) : 0;
}

/** It is there already, so it never changes. */
function fleetCarrierOf(carrier: Carrier, queryAfterMs: number): FleetCarrier {
  return { name: carrier.name, type: "given", key: "", queryAfterMs, create: () => carrier };
}

/** What operators are told of carriers, routes and reloads, by HTTP and by the CLI. */
import { formatDate } from "@posthorn/contract";
import { type Config, type ConfigChange, diffConfigs, isConfigError, withLiveSections } from "../config/config.ts";
import type { ExplainRequest } from "../http/routing-paths.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import type { Log } from "../kernel/log.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import { parseDestination } from "../message/destination.ts";
import type { Explanation, RoutingTable } from "../route/choose-route.ts";
import type { LiveRouting } from "./routing.ts";

export interface ShownCarrier {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly since: string;
  readonly capacity: number;
  readonly inFlight: number;
  readonly claimed: number;
  readonly answers: number;
  readonly failureRate: number;
  readonly throttledRate: number;
  readonly answerMeanMs: number;
  readonly lanes: readonly string[];
  readonly details: Readonly<Record<string, string | number>>;
}

export function showCarriers(routing: Pick<LiveRouting, "fleet">): { readonly carriers: readonly ShownCarrier[] } {
  return { carriers: routing.fleet.list().map((view) => ({ ...view, since: formatDate(view.since) })) };
}

export interface ShownExplanation extends Omit<Explanation, "lane" | "carriers"> {
  readonly channel: string;
  readonly destination: string;
  /** Null: the message would be rejected. */
  readonly route: string | null;
  readonly lane: string | null;
  /** In the order in which they stand in for each other. `serves`: has the lane now; unknown where nothing runs. */
  readonly carriers: readonly (Explanation["carriers"][number] & {
    readonly health: string;
    readonly serves: boolean | null;
  })[];
}

/** @param fleet null: only the configuration is known @throws InvalidRequest for a destination that is none */
export function showExplanation(
  table: RoutingTable,
  fleet: LiveRouting["fleet"] | null,
  { to, ...facts }: ExplainRequest,
): ShownExplanation {
  const parsed = parseDestination(facts.channel, to);
  if ("refusal" in parsed) throw new InvalidRequest("to", `is no destination: ${parsed.refusal}`);
  const { lane, carriers, ...rest } = table.explain(facts, parsed.address);
  const serving = new Set(
    fleet?.list().flatMap(({ name, lanes }) => (lane !== null && lanes.includes(lane.name) ? [name] : [])),
  );
  return {
    channel: facts.channel,
    destination: parsed.address,
    ...rest,
    route: lane?.route ?? null,
    lane: lane?.name ?? null,
    carriers: carriers.map((carrier) => ({
      ...carrier,
      health: fleet?.stateOf(carrier.carrier) ?? "unknown",
      serves: fleet === null ? null : serving.has(carrier.carrier),
    })),
  };
}

export interface ReloadResult {
  readonly changes: readonly ConfigChange[];
  /** Settings that changed in the file and hold from the next start on. */
  readonly needsRestart: readonly string[];
}

/** Reads the configuration again and takes over what can change while the server runs; one after the other. */
export class Reloader {
  readonly #routing: LiveRouting;
  readonly #read: () => Config;
  readonly #log: Log;
  #running: Config;
  #last: Promise<unknown> = Promise.resolve();

  constructor(routing: LiveRouting, running: Config, read: () => Config, log: Log) {
    this.#routing = routing;
    this.#running = running;
    this.#read = read;
    this.#log = log;
  }

  /** @throws ConfigError; what a carrier's start rejects with. Nothing has changed then. */
  reload(): Promise<ReloadResult> {
    const next = this.#last.then(() => this.#reload());
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #reload(): Promise<ReloadResult> {
    try {
      const read = this.#read();
      const changes = diffConfigs(this.#running, read);
      const next = withLiveSections(this.#running, read);
      await this.#routing.reload(next);
      this.#running = next;
      const needsRestart = changes.filter((change) => change.needsRestart).map(({ path }) => path);
      for (const change of changes) this.#log.info({ event: "config.changed", ...change }, "configuration changed");
      this.#log.info({ event: "config.reloaded", changes: changes.length, needsRestart }, "configuration read again");
      return { changes, needsRestart };
    } catch (error) {
      this.#log.error({ event: "config.refused", err: error }, "configuration refused; the old one stays");
      throw error;
    }
  }
}

/** The same for HTTP: all that is wrong, each with its path. */
export async function reloadForHttp(reloader: Reloader): Promise<ReloadResult> {
  try {
    return await reloader.reload();
  } catch (error) {
    if (!isConfigError(error)) throw new RequestRefused(409, error instanceof Error ? error.message : String(error));
    const [first, ...others] = error.problems.map(({ path, message, file, line }) => ({
      property: path === "" ? "file" : path,
      violation: `${message}${line === undefined ? "" : ` (${file ?? "file"}, line ${line})`}`,
    }));
    throw new InvalidRequest(first?.property ?? "file", first?.violation ?? "is not right", others);
  }
}

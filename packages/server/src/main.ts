/**
 * The composition root: opens the store, starts the stages, and stops them in reverse. Only this file and the folder
 * composition/ import every stage. Stages speak only through the store; what they are given of each other are nudges.
 */
import { startSmsFailover } from "./accept/sms-failover.ts";
import type { Carrier } from "./carrier/carrier.ts";
import type { Config } from "./config/config.ts";
import { ensureFirstKey } from "./http/first-key.ts";
import { DEFAULT_ACCOUNT_ID } from "./http/key-ring.ts";
import { type Clock, sleep, systemClock } from "./kernel/clock.ts";
import type { Log } from "./kernel/log.ts";
import { type Random, systemRandom } from "./kernel/random.ts";
import type { WorkLoop } from "./kernel/work-loop.ts";
import type { SandboxCarrier } from "./sandbox/sandbox-carrier.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import type { Store } from "./store/store.ts";
import type { FastifyInstance } from "fastify";
import { openAccount } from "./composition/account.ts";
import { createAcceptContext, createApi } from "./composition/api.ts";
import type { Parts } from "./composition/parts.ts";
import type { CreateCarrier } from "./composition/routing.ts";
import { Reloader, type ReloadResult } from "./composition/routing-answers.ts";
import { type Stages, startStages } from "./composition/stages.ts";
import { type SmppServer, startSmppServer } from "./smpp-server/server.ts";
import { makeExamples } from "./whatsapp/examples.ts";

export interface ServerDependencies {
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: Random;
  /** The store has died and the server cannot go on; everything answered is on disk. Default: nothing is done. */
  readonly onCrash?: (error: Error) => void;
  /** Carriers beside the configured ones, each with a route of its name before theirs. For tests. */
  readonly carriers?: readonly Carrier[];
  /** Makes the configured carriers in place of those of their types. For tests. */
  readonly createCarrier?: CreateCarrier;
  /** Reads the configuration again. Absent: it cannot change while the server runs. @throws ConfigError */
  readonly readConfig?: () => Config;
}

export interface RunningServer {
  /** For example http://127.0.0.1:8080, without a slash at the end. */
  readonly url: string;
  readonly store: Store;
  readonly sandbox: SandboxCarrier | null;
  /** The secret of the key made at the first start; null when there was a key already. It is not kept. */
  readonly firstKey: string | null;
  /** True when the data folder held no key and no message before. */
  readonly isFirstStart: boolean;
  /**
   * Takes carriers, routes and rules from the configuration as it is now.
   *
   * @throws ConfigError; what a carrier's start rejects with. Nothing has changed then.
   */
  reload(): Promise<ReloadResult>;
  /** Refuses new requests, finishes what is in flight, and closes the store. Resolves when all of it is done. */
  stop(): Promise<void>;
}

/**
 * @throws Fault DATA_IN_USE, DATA_TOO_NEW, STORE_FAILED; an error with code EADDRINUSE and the like from listening
 */
export async function startServer(config: Config, dependencies: ServerDependencies): Promise<RunningServer> {
  const { log, clock = systemClock, random = systemRandom } = dependencies;
  let stages: Stages | null = null;
  let smpp: SmppServer | null = null;
  let failover: WorkLoop | null = null;
  const onCrash = (error: Error) => {
    if (stages !== null) stages.isReady = false;
    dependencies.onCrash?.(error);
  };
  const store = await openSqliteStore(config.data.directory, { serve: true, onCrash });
  try {
    const first = await ensureFirstKey(store, config.auth.apiKey, clock);
    const leftClaimed = await store.expireLeases(clock.now());
    if (leftClaimed > 0)
      log.warn({ event: "start.in_doubt", count: leftClaimed }, "messages were in flight when the last process ended");
    const parts = { log, clock, random, store };
    const account = openAccount(config, store, clock);
    const { carriers: extraCarriers = [], createCarrier, readConfig = () => config } = dependencies;
    const given = { extraCarriers, ...(createCarrier === undefined ? {} : { createCarrier }) };
    stages = await startStages(config, parts, given, account.blocklist);
    if (stages.routing.sandbox !== null && config.sandbox.examples) {
      await makeExamples(store, clock, DEFAULT_ACCOUNT_ID);
    }
    const acceptContextOf = createAcceptContext(config, parts, stages, account);
    const context = acceptContextOf([]);
    failover = startSmsFailover({ store, context, log, onInserted: stages.onInserted });
    const reloader = new Reloader(stages.routing, config, readConfig, log);
    const http = createApi(config, parts, stages, account, { acceptContextOf, reloader });
    const url = await http.listen({ host: config.http.host, port: config.http.port });
    if (stages.smpp !== null) {
      const context = { ...parts, keyRing: account.keyRing, acceptContextOf, onReports: stages.nudgeNotify };
      smpp = await startSmppServer(config.smpp, context, stages.smpp);
    }
    stages.isReady = true;
    log.info({ event: "start.listening", url }, "listening");
    const stop = createStop(config, parts, stages, { http, smpp, failover });
    const { secret: firstKey, isFirstStart } = first;
    const { sandbox } = stages.routing;
    return { url, store, sandbox, firstKey, isFirstStart, reload: () => reloader.reload(), stop };
  } catch (error) {
    await smpp?.stop();
    await failover?.stop();
    await stages?.stop(0);
    await store.close();
    throw error;
  }
}

interface Doors {
  readonly http: FastifyInstance;
  readonly smpp: SmppServer | null;
  /** Not a door to the world, but what it makes comes in like everything else. */
  readonly failover: WorkLoop;
}

/** In the order of a message's way: nothing new comes in, what is in flight ends, and then the store is closed. */
function createStop(config: Config, { log, clock, store }: Parts, stages: Stages, doors: Doors) {
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    stages.isReady = false;
    log.info({ event: "stop.begin" }, "stopping: finishing what is in flight");
    const { http, smpp, failover } = doors;
    const closed = Promise.all([http.close(), smpp?.stop()]);
    await withinMs(clock, config.shutdown.timeoutMs, closed, () => http.server.closeAllConnections());
    await failover.stop();
    await stages.stop(config.shutdown.timeoutMs);
    await store.close();
    log.info({ event: "stop.end" }, "stopped");
  };
  return () => (stopping ??= stop());
}

/** Waits for `work`, and after `limitMs` calls `hurry` once and goes on waiting. */
async function withinMs(clock: Clock, limitMs: number, work: PromiseLike<unknown>, hurry: () => void) {
  const done = Symbol("done");
  const first = await Promise.race([work.then(() => done), sleep(clock, limitMs)]);
  if (first === done) return;
  hurry();
  await work;
}

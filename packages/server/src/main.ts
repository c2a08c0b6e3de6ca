/**
 * The composition root, and the only file that imports every stage: opens the store, starts the stages, and stops them
 * in reverse. Stages speak only through the store; what is passed here from one to another are nudges.
 */
import type { FastifyInstance } from "fastify";
import type { Carrier, CarrierReceipt } from "./carrier/carrier.ts";
import type { Config } from "./config/config.ts";
import { IdempotencyGate } from "./accept/idempotency.ts";
import { acceptSmsMessages } from "./accept/sms-messages.ts";
import { acceptSmsQueryV1, acceptSmsQueryV3 } from "./accept/sms-query.ts";
import { acceptSmsAdvancedBinary, acceptSmsAdvancedText, acceptSmsMulti, acceptSmsSingle } from "./accept/sms-v2.ts";
import { acceptWhatsAppText } from "./accept/whatsapp-text.ts";
import { InsertQueue } from "./accept/insert-queue.ts";
import { registerAcceptFaults } from "./http/accept-faults.ts";
import { createHttpServer } from "./http/http-server.ts";
import { KeyRing } from "./http/key-ring.ts";
import { registerHealth, registerOperations, registerOperatorPaths } from "./http/routes.ts";
import { registerRoutingPaths } from "./http/routing-paths.ts";
import { registerSandboxPaths } from "./http/sandbox-paths.ts";
import { ensureFirstKey } from "./http/first-key.ts";
import { type Clock, sleep, systemClock } from "./kernel/clock.ts";
import { createIdGenerator } from "./kernel/ids.ts";
import type { Log } from "./kernel/log.ts";
import { type Random, systemRandom } from "./kernel/random.ts";
import { isLoopback } from "./notify/private-address.ts";
import { Notifier } from "./notify/notifier.ts";
import { createPusher } from "./notify/push.ts";
import { previewSms } from "./query/sms-preview.ts";
import { findSmsLogs, findSmsLogsV1, pullSmsReports, pullSmsReportsV1 } from "./query/sms-queries.ts";
import { showLedger, showMessage } from "./query/operator-queries.ts";
import { startChecks } from "./report/checks.ts";
import { recordReceipts } from "./report/receipts.ts";
import { startRetention } from "./report/retention.ts";
import { type CreateCarrier, LiveRouting } from "./routing.ts";
import { Reloader, reloadForHttp, type ReloadResult, showCarriers, showExplanation } from "./routing-answers.ts";
import { MAGIC_SENDERS } from "./sandbox/magic-senders.ts";
import { Phones } from "./sandbox/phones.ts";
import type { SandboxCarrier } from "./sandbox/sandbox-carrier.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import type { NewMessage, Store } from "./store/store.ts";

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

/** A push may take both time limits; then its lease must still hold while the result is written. */
const PUSH_LEASE_SLACK_MS = 30_000;

/**
 * @throws Fault DATA_IN_USE, DATA_TOO_NEW, STORE_FAILED; an error with code EADDRINUSE and the like from listening
 */
export async function startServer(config: Config, dependencies: ServerDependencies): Promise<RunningServer> {
  const { log, clock = systemClock, random = systemRandom } = dependencies;
  let stages: Stages | null = null;
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
    stages = await startStages(config, parts, dependencies);
    const { readConfig = () => config } = dependencies;
    const reloader = new Reloader(stages.routing, config, readConfig, log);
    const http = createApi(config, parts, stages, reloader);
    const url = await http.listen({ host: config.http.host, port: config.http.port });
    stages.isReady = true;
    log.info({ event: "start.listening", url }, "listening");
    const stop = createStop(config, parts, stages, http);
    const { secret: firstKey, isFirstStart } = first;
    return { url, store, sandbox: stages.sandbox, firstKey, isFirstStart, reload: () => reloader.reload(), stop };
  } catch (error) {
    await stages?.stop(0);
    await store.close();
    throw error;
  }
}

/** In the order of a message's way: nothing new comes in, what is in flight ends, and then the store is closed. */
function createStop(config: Config, { log, clock, store }: Parts, stages: Stages, http: FastifyInstance) {
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    stages.isReady = false;
    log.info({ event: "stop.begin" }, "stopping: finishing what is in flight");
    await withinMs(clock, config.shutdown.timeoutMs, http.close(), () => http.server.closeAllConnections());
    await stages.stop(config.shutdown.timeoutMs);
    await store.close();
    log.info({ event: "stop.end" }, "stopped");
  };
  return () => (stopping ??= stop());
}

/** What every stage is given. */
interface Parts {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
}

interface Stages {
  isReady: boolean;
  readonly sandbox: SandboxCarrier | null;
  readonly routing: LiveRouting;
  readonly onInserted: (messages: readonly NewMessage[]) => void;
  /** Waits for carriers' answers at most this long. */
  stop(limitMs: number): Promise<void>;
}

async function startStages(config: Config, parts: Parts, dependencies: ServerDependencies): Promise<Stages> {
  const { store, clock, log } = parts;
  const notifier = createNotifier(config, parts);
  const nudgeNotify = () => notifier.nudge();
  const phones = new Phones(clock);
  const { unmatchedReceiptsMax, queryAfterMs } = config.report;
  const onReceipts = (carrier: string, receipts: readonly CarrierReceipt[]) =>
    recordReceipts({ store, clock, log, unmatchedReceiptsMax, onReports: nudgeNotify }, carrier, receipts);
  const { carriers: extraCarriers = [], createCarrier } = dependencies;
  const given = { extraCarriers, ...(createCarrier === undefined ? {} : { createCarrier }) };
  const routing = await LiveRouting.start({ ...parts, config, phones, ...given, onReceipts });
  const { fleet } = routing;
  const checks = startChecks({
    store,
    carriers: fleet.carriers,
    clock,
    log,
    queryAfterMs,
    isInFlight: (seq) => fleet.holds(seq),
    onReceipts,
    onReports: nudgeNotify,
    onQueued: () => fleet.nudge(),
  });
  const retention = startRetention({
    store,
    clock,
    log,
    retentionHours: config.data.retentionHours,
    idempotencyHours: config.accept.idempotencyHours,
  });
  return {
    isReady: false,
    sandbox: routing.sandbox,
    routing,
    onInserted: (messages) => {
      routing.onInserted(messages);
      // A message that was refused at once has its report already.
      if (messages.some((message) => message.state === "rejected")) nudgeNotify();
    },
    // In the order of a message's way, so that nothing is handed to a stage that has stopped.
    stop: async (limitMs) => {
      await routing.stop(limitMs);
      await Promise.all([checks, retention].map((loop) => loop.stop()));
      await notifier.stop();
    },
  };
}

function createNotifier(config: Config, parts: Parts): Notifier {
  const { webhooks, http } = config;
  const allowsPrivateTargets =
    webhooks.allowPrivateTargets === "always" || (webhooks.allowPrivateTargets === "auto" && isLoopback(http.host));
  return new Notifier({
    ...parts,
    pusher: createPusher({ ...webhooks, allowsPrivateTargets }),
    view: viewOf(config),
    bucketSize: webhooks.bucketSize,
    concurrency: webhooks.concurrency,
    pollIntervalMs: webhooks.pollIntervalMs,
    retryBaseMs: webhooks.retryBaseMs,
    retriesMax: webhooks.retriesMax,
    leaseMs: webhooks.connectTimeoutMs + webhooks.readTimeoutMs + PUSH_LEASE_SLACK_MS,
  });
}

function viewOf(config: Config) {
  return { price: { pricePerMessage: config.account.pricePerMessage, currency: config.account.currency } };
}

function createApi(config: Config, { log, clock, random, store }: Parts, stages: Stages, reloader: Reloader) {
  const insertQueue = new InsertQueue({ store, ...config.accept, onInserted: stages.onInserted });
  const accept = {
    insertQueue,
    routing: stages.routing,
    clock,
    ids: createIdGenerator(clock, random),
    destinationsPerRequestMax: config.accept.destinationsPerRequestMax,
  };
  const query = { store, clock, view: viewOf(config) };
  const app = createHttpServer({ keyRing: new KeyRing(store, clock), log, ...config.http });
  registerHealth(app, { notReady: () => (stages.isReady ? null : "starting or stopping") });
  if (stages.sandbox !== null) {
    const faultOf = (sender: string) => MAGIC_SENDERS.get(sender)?.fault;
    registerAcceptFaults(app, { faultOf, clock, slowAnswerMs: config.sandbox.slowAnswerMs });
    registerSandboxPaths(app, stages.sandbox.phones);
  }
  registerOperations(app, new IdempotencyGate(store, clock), {
    sendSmsMessages: ({ accountId, body, claim }) => acceptSmsMessages(accept, accountId, body, claim),
    sendWhatsappTextMessage: ({ accountId, body, claim }) => acceptWhatsAppText(accept, accountId, body, claim),
    getSmsReports: ({ accountId, query: filter }) => pullSmsReports(query, accountId, filter),
    getSmsLogs: ({ accountId, query: filter }) => findSmsLogs(query, accountId, filter),
    previewSmsMessage: async ({ body }) => previewSms(body),
    sendSmsAdvancedText: ({ accountId, body, claim }) => acceptSmsAdvancedText(accept, accountId, body, claim),
    sendSmsAdvancedBinary: ({ accountId, body, claim }) => acceptSmsAdvancedBinary(accept, accountId, body, claim),
    sendSmsSingleV2: ({ accountId, body, claim }) => acceptSmsSingle(accept, accountId, body, claim),
    sendSmsSingle: ({ accountId, body, claim }) => acceptSmsSingle(accept, accountId, body, claim),
    sendSmsMulti: ({ accountId, body, claim }) => acceptSmsMulti(accept, accountId, body, claim),
    sendSmsByQuery: ({ accountId, query: parameters, claim }) => acceptSmsQueryV3(accept, accountId, parameters, claim),
    sendSmsByQueryV1: ({ accountId, query: parameters, claim }) =>
      acceptSmsQueryV1(accept, accountId, parameters, claim),
    getSmsReportsV1: ({ accountId, query: filter }) => pullSmsReportsV1(query, accountId, filter),
    getSmsLogsV1: ({ accountId, query: filter }) => findSmsLogsV1(query, accountId, filter),
    getAccountBalance: async () => ({ balance: config.account.balance, currency: config.account.currency }),
  });
  registerOperatorPaths(app, {
    findMessage: ({ accountId, messageId }) => showMessage(query, accountId, messageId),
    ledger: () => showLedger(query),
  });
  const { routing } = stages;
  registerRoutingPaths(app, {
    carriers: () => showCarriers(routing),
    explain: (request) => showExplanation(routing.table, routing.fleet, request),
    reload: () => reloadForHttp(reloader),
  });
  return app;
}

/** Waits for `work`, and after `limitMs` calls `hurry` once and goes on waiting. */
async function withinMs(clock: Clock, limitMs: number, work: PromiseLike<unknown>, hurry: () => void) {
  const done = Symbol("done");
  const first = await Promise.race([work.then(() => done), sleep(clock, limitMs)]);
  if (first === done) return;
  hurry();
  await work;
}

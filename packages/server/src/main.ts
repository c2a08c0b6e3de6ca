/**
 * The composition root, and the only file that imports every stage: opens the store, starts the stages, and stops them
 * in reverse. Stages speak only through the store; what is passed here from one to another are nudges.
 */
import type { FastifyInstance } from "fastify";
import { openAccountDesks } from "./account/desks.ts";
import type { Carrier, CarrierReceipt } from "./carrier/carrier.ts";
import type { Config } from "./config/config.ts";
import { rescheduleBulk, showBulk, showBulkStatus, updateBulkStatus } from "./accept/bulks.ts";
import { confirmConversion } from "./accept/conversion.ts";
import { FloodingFilter } from "./accept/flooding.ts";
import { IdempotencyGate } from "./accept/idempotency.ts";
import { acceptSmsMessages } from "./accept/sms-messages.ts";
import { acceptSmsQueryV1, acceptSmsQueryV3 } from "./accept/sms-query.ts";
import { acceptSmsAdvancedBinary, acceptSmsAdvancedText, acceptSmsMulti, acceptSmsSingle } from "./accept/sms-v2.ts";
import { acceptWhatsAppText } from "./accept/whatsapp-text.ts";
import { requireUrl } from "./accept/acceptance.ts";
import { BlocklistGate } from "./accept/blocklist-gate.ts";
import { InsertQueue } from "./accept/insert-queue.ts";
import { Shortener } from "./accept/short-links.ts";
import { Dispatcher } from "./dispatch/dispatcher.ts";
import { registerAcceptFaults } from "./http/accept-faults.ts";
import { composeAutoResponse } from "./accept/auto-response.ts";
import { createHttpServer } from "./http/http-server.ts";
import { DEFAULT_ACCOUNT_ID, KeyRing } from "./http/key-ring.ts";
import { registerHealth, registerOperations, registerOperatorPaths } from "./http/routes.ts";
import { registerSandboxInboundPaths } from "./http/sandbox-inbound-paths.ts";
import { registerSandboxPaths } from "./http/sandbox-paths.ts";
import { registerShortLinks } from "./http/short-link-path.ts";
import type { Blocklist } from "./inbound/blocklist.ts";
import { ConfigurationIndex } from "./inbound/configurations.ts";
import { Inbound } from "./inbound/receive.ts";
import {
  deleteInboundConfiguration,
  findInboundConfigurations,
  saveInboundConfiguration,
} from "./inbound/save-configuration.ts";
import { ensureFirstKey } from "./http/first-key.ts";
import { type Clock, sleep, systemClock } from "./kernel/clock.ts";
import { createIdGenerator } from "./kernel/ids.ts";
import type { Log } from "./kernel/log.ts";
import { type Random, systemRandom } from "./kernel/random.ts";
import type { WorkLoop } from "./kernel/work-loop.ts";
import { findNumberLogs, notifyNumbers, queryNumbers } from "./lookup/number-lookup.ts";
import { isLoopback } from "./notify/private-address.ts";
import { Notifier } from "./notify/notifier.ts";
import { createPusher } from "./notify/push.ts";
import { pullSmsInbox } from "./query/sms-inbox.ts";
import { previewSms } from "./query/sms-preview.ts";
import { findSmsLogs, findSmsLogsV1, pullSmsReports, pullSmsReportsV1 } from "./query/sms-queries.ts";
import { showLedger, showMessage } from "./query/operator-queries.ts";
import { startChecks } from "./report/checks.ts";
import { recordReceipts } from "./report/receipts.ts";
import { startRetention } from "./report/retention.ts";
import type { Route } from "./route/choose-route.ts";
import { MAGIC_SENDERS } from "./sandbox/magic-senders.ts";
import { Phones } from "./sandbox/phones.ts";
import { SANDBOX, SandboxCarrier } from "./sandbox/sandbox-carrier.ts";
import { SandboxJournal } from "./sandbox/sandbox-journal.ts";
import { toSmsInboundReport } from "./view/view.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import type { KeyPlatform, NewMessage, Store } from "./store/store.ts";
import { followShortLink } from "./tracking/clicks.ts";

export interface ServerDependencies {
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: Random;
  /** The store has died and the server cannot go on; everything answered is on disk. Default: nothing is done. */
  readonly onCrash?: (error: Error) => void;
  /** Carriers beside the sandbox, each with a route of its name. For tests, until carriers can be configured. */
  readonly carriers?: readonly Carrier[];
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
  /** Refuses new requests, finishes what is in flight, and closes the store. Resolves when all of it is done. */
  stop(): Promise<void>;
}

/** How often long messages are looked for whose time is over, when no part came that completes one. */
const JOIN_INTERVAL_MS = 1_000;
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
    const account = openAccount(config, store, clock);
    stages = await startStages(config, parts, dependencies.carriers ?? [], account.blocklist);
    const http = createApi(config, parts, stages, account);
    const url = await http.listen({ host: config.http.host, port: config.http.port });
    stages.isReady = true;
    log.info({ event: "start.listening", url }, "listening");
    const stop = createStop(config, parts, stages, http);
    return { url, store, sandbox: stages.sandbox, firstKey: first.secret, isFirstStart: first.isFirstStart, stop };
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
  readonly routes: readonly Route[];
  readonly inboundIndex: ConfigurationIndex;
  readonly onInserted: (messages: readonly NewMessage[]) => void;
  readonly nudgeDispatch: () => void;
  readonly nudgeNotify: () => void;
  /** Waits for carriers' answers at most this long. */
  stop(limitMs: number): Promise<void>;
}

async function startStages(
  config: Config,
  parts: Parts,
  extraCarriers: readonly Carrier[],
  blocklist: Blocklist,
): Promise<Stages> {
  const { store, clock, log } = parts;
  const sandbox = createSandbox(config, parts);
  const carriers = new Map<string, Carrier>();
  for (const carrier of [...extraCarriers, ...(sandbox === null ? [] : [sandbox])]) carriers.set(carrier.name, carrier);
  const notifier = createNotifier(config, parts);
  const nudgeNotify = () => notifier.nudge();
  const onReceipts = (carrier: string, receipts: readonly CarrierReceipt[]) =>
    recordReceipts(
      { store, clock, log, unmatchedReceiptsMax: config.report.unmatchedReceiptsMax, onReports: nudgeNotify },
      carrier,
      receipts,
    );
  const dispatchers = [...carriers.values()].map((carrier) => createDispatcher(config, parts, carrier, nudgeNotify));
  const nudgeDispatch = () => {
    for (const dispatcher of dispatchers) dispatcher.nudge();
  };
  const checks = startChecks({
    store,
    carriers,
    clock,
    log,
    queryAfterMs: config.report.queryAfterMs,
    isInFlight: (seq) => dispatchers.some((dispatcher) => dispatcher.holds(seq)),
    onReceipts,
    onReports: nudgeNotify,
    onQueued: nudgeDispatch,
  });
  const retention = startRetention({
    store,
    clock,
    log,
    retentionHours: config.data.retentionHours,
    idempotencyHours: config.accept.idempotencyHours,
  });
  const routes = [...carriers.keys()].map((name): Route => ({ name, carrier: name, channels: ["SMS", "WHATSAPP"] }));
  const inboundIndex = new ConfigurationIndex(store, clock);
  const inbound = createInbound(config, parts, {
    routes,
    index: inboundIndex,
    blocklist,
    onEvents: nudgeNotify,
    onReplies: nudgeDispatch,
  });
  for (const carrier of carriers.values()) {
    await carrier.start({
      receipts: (receipts) => onReceipts(carrier.name, receipts),
      inbound: (messages) => inbound.receive(carrier.name, messages),
      ready: nudgeDispatch,
    });
  }
  return {
    isReady: false,
    sandbox,
    routes,
    inboundIndex,
    onInserted: (messages) => {
      nudgeDispatch();
      // A message that was refused at once has its report already.
      if (messages.some((message) => message.state === "rejected")) nudgeNotify();
    },
    nudgeDispatch,
    nudgeNotify,
    stop: (limitMs) => stopStages(dispatchers, carriers, [checks, retention, inbound], notifier, limitMs),
  };
}

/** In the order of a message's way, so that nothing is handed to a stage that has stopped. */
async function stopStages(
  dispatchers: readonly Dispatcher[],
  carriers: ReadonlyMap<string, Carrier>,
  loops: readonly Pick<WorkLoop, "stop">[],
  notifier: Notifier,
  limitMs: number,
) {
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop(limitMs)));
  await Promise.all([...carriers.values()].map((carrier) => carrier.stop()));
  await Promise.all(loops.map((loop) => loop.stop()));
  await notifier.stop();
}

interface InboundWiring
  extends Pick<ConstructorParameters<typeof Inbound>[0], "index" | "blocklist" | "onEvents" | "onReplies"> {
  readonly routes: readonly Route[];
}

function createInbound(config: Config, parts: Parts, { routes, ...wiring }: InboundWiring): Inbound {
  const { clock, random } = parts;
  const ids = createIdGenerator(clock, random);
  const view = viewOf(config);
  return new Inbound({
    ...parts,
    ...wiring,
    ids,
    openMessagesMax: config.accept.openMessagesMax,
    composeReply: (reply) => composeAutoResponse({ routes, clock, ids }, reply),
    bodyOf: (message) => JSON.stringify(toSmsInboundReport(message, view)),
    defaultAccountId: DEFAULT_ACCOUNT_ID,
    joinTimeoutMs: config.inbound.joinTimeoutMs,
    pollIntervalMs: JOIN_INTERVAL_MS,
  });
}

function createSandbox(config: Config, { clock, random }: Parts): SandboxCarrier | null {
  const { enabled, paused, journal, deliveryDelayMs, lateByMs, windowSize, uncertain } = config.sandbox;
  if (!enabled) return null;
  return new SandboxCarrier({
    clock,
    ids: createIdGenerator(clock, random),
    phones: new Phones(clock),
    deliveryDelayMs,
    lateByMs,
    windowSize,
    isPaused: paused,
    uncertainPolicy: uncertain,
    journal: journal === "" ? null : new SandboxJournal(journal),
  });
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

function createDispatcher(config: Config, parts: Parts, carrier: Carrier, onReports: () => void): Dispatcher {
  const base = { ...parts, ...config.dispatch, route: carrier.name, carrier, onReports };
  if (carrier.query === undefined) return new Dispatcher(base);
  const expectedMs = carrier.name === SANDBOX ? config.sandbox.deliveryDelayMs : 0;
  return new Dispatcher({ ...base, queryAfterMs: expectedMs + config.report.queryAfterMs });
}

/** Short links of an earlier configuration are followed also when no new ones are made. */
function createShortener({ tracking }: Config, log: Log): { shortener?: Shortener } {
  if (tracking.baseUrl === "") {
    log.info({ event: "start.no_short_links" }, "tracking.baseUrl is not set: URLs in messages are not shortened");
    return {};
  }
  const customDomains = tracking.customDomains.split(",").filter((domain) => domain.trim() !== "");
  return { shortener: new Shortener({ baseUrl: tracking.baseUrl, customDomains }) };
}

function viewOf(config: Config) {
  return { price: { pricePerMessage: config.account.pricePerMessage, currency: config.account.currency } };
}

/** What accounts set up, and who is told when it changes: whatever remembers some of it. */
function openAccount(config: Config, store: Store, clock: Clock) {
  const keyRing = new KeyRing(store, clock);
  const blocklistGate = new BlocklistGate(store);
  const { handlers, provisioning, blocklist } = openAccountDesks({
    store,
    clock,
    shown: config.account,
    onKeyChanged: (secretHash) => keyRing.forget(secretHash),
    onBlocklisted: (accountId) => blocklistGate.noticeAdded(accountId),
  });
  const noticeEntities = (accountId: number, entityIds: ReadonlySet<string>) =>
    provisioning.noticeEntities(accountId, entityIds);
  return { keyRing, blocklist, blocklistGate, handlers, noticeEntities };
}

function createApi(
  config: Config,
  { log, clock, random, store }: Parts,
  stages: Stages,
  account: ReturnType<typeof openAccount>,
) {
  const insertQueue = new InsertQueue({ store, ...config.accept, onInserted: stages.onInserted });
  const plain = {
    insertQueue,
    routes: stages.routes,
    clock,
    ids: createIdGenerator(clock, random),
    destinationsPerRequestMax: config.accept.destinationsPerRequestMax,
    flooding: config.flooding.enabled ? new FloodingFilter({ ...config.flooding, exemptCarriers: [SANDBOX] }) : null,
    ...createShortener(config, log),
    blocklist: account.blocklistGate,
    onEntities: account.noticeEntities,
  };
  const accept = (platform: readonly KeyPlatform[]) => (platform.length === 0 ? plain : { ...plain, platform });
  const lookup = {
    store,
    clock,
    ids: plain.ids,
    currency: config.account.currency,
    requireUrl,
    onEvents: stages.nudgeNotify,
  };
  const bulks = { store, clock, onFreed: stages.nudgeDispatch, onReports: stages.nudgeNotify };
  const query = { store, clock, view: viewOf(config) };
  // Numbers have no registry yet, so no numberKey leads to one.
  const inbound = { store, clock, index: stages.inboundIndex, numberOf: async () => null };
  const app = createHttpServer({ keyRing: account.keyRing, log, ...config.http });
  const clicks = { store, clock, log, onEvent: stages.nudgeNotify };
  registerShortLinks(app, ({ code, ...visitor }) => followShortLink(clicks, code, visitor));
  registerHealth(app, { notReady: () => (stages.isReady ? null : "starting or stopping") });
  if (stages.sandbox !== null) {
    const faultOf = (sender: string) => MAGIC_SENDERS.get(sender)?.fault;
    registerAcceptFaults(app, { faultOf, clock, slowAnswerMs: config.sandbox.slowAnswerMs });
    registerSandboxPaths(app, stages.sandbox.phones);
    const { sandbox } = stages;
    registerSandboxInboundPaths(app, {
      message: (accountId, messageId) => sandbox.phones.message(accountId, messageId),
      obstacleTo: (address) => sandbox.obstacleTo(address),
      write: (message) => sandbox.write(message),
    });
  }
  registerOperations(app, new IdempotencyGate(store, clock), {
    sendSmsMessages: ({ accountId, body, claim, platform }) =>
      acceptSmsMessages(accept(platform), accountId, body, claim),
    sendWhatsappTextMessage: ({ accountId, body, claim, platform }) =>
      acceptWhatsAppText(accept(platform), accountId, body, claim),
    getSmsReports: ({ accountId, query: filter }) => pullSmsReports(query, accountId, filter),
    getSmsLogs: ({ accountId, query: filter }) => findSmsLogs(query, accountId, filter),
    previewSmsMessage: async ({ body }) => previewSms(body),
    sendSmsAdvancedText: ({ accountId, body, claim, platform }) =>
      acceptSmsAdvancedText(accept(platform), accountId, body, claim),
    sendSmsAdvancedBinary: ({ accountId, body, claim, platform }) =>
      acceptSmsAdvancedBinary(accept(platform), accountId, body, claim),
    sendSmsSingleV2: ({ accountId, body, claim, platform }) =>
      acceptSmsSingle(accept(platform), accountId, body, claim),
    sendSmsSingle: ({ accountId, body, claim, platform }) => acceptSmsSingle(accept(platform), accountId, body, claim),
    sendSmsMulti: ({ accountId, body, claim, platform }) => acceptSmsMulti(accept(platform), accountId, body, claim),
    sendSmsByQuery: ({ accountId, query: parameters, claim, platform }) =>
      acceptSmsQueryV3(accept(platform), accountId, parameters, claim),
    sendSmsByQueryV1: ({ accountId, query: parameters, claim, platform }) =>
      acceptSmsQueryV1(accept(platform), accountId, parameters, claim),
    getSmsReportsV1: ({ accountId, query: filter }) => pullSmsReportsV1(query, accountId, filter),
    getSmsLogsV1: ({ accountId, query: filter }) => findSmsLogsV1(query, accountId, filter),
    getBulk: ({ accountId, query: { bulkId } }) => showBulk(bulks, accountId, bulkId),
    rescheduleBulk: ({ accountId, query: { bulkId }, body }) => rescheduleBulk(bulks, accountId, bulkId, body),
    getBulkStatus: ({ accountId, query: { bulkId } }) => showBulkStatus(bulks, accountId, bulkId),
    updateBulkStatus: ({ accountId, query: { bulkId }, body }) => updateBulkStatus(bulks, accountId, bulkId, body),
    confirmConversion: ({ accountId, params: { messageId } }) =>
      confirmConversion({ store, clock }, accountId, messageId),
    getSmsInbox: ({ accountId, query: filter }) => pullSmsInbox(query, accountId, filter),
    saveInboundConfiguration: ({ accountId, body }) => saveInboundConfiguration(inbound, accountId, body),
    getInboundConfigurations: ({ accountId, query: filter }) => findInboundConfigurations(inbound, accountId, filter),
    deleteInboundConfiguration: ({ accountId, params }) =>
      deleteInboundConfiguration(inbound, accountId, params.configurationKey),
    ...account.handlers,
    queryNumbers: ({ accountId, body }) => queryNumbers(lookup, accountId, body),
    notifyNumbers: ({ accountId, body }) => notifyNumbers(lookup, accountId, body),
    getNumberLogs: ({ accountId, query: filter }) => findNumberLogs(lookup, accountId, filter),
  });
  registerOperatorPaths(app, {
    findMessage: ({ accountId, messageId }) => showMessage(query, accountId, messageId),
    ledger: () => showLedger(query),
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

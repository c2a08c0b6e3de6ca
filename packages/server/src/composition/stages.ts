import { composeAutoResponse } from "../accept/auto-response.ts";
import type { Carrier, CarrierReceipt, ReadMark } from "../carrier/carrier.ts";
import type { Config } from "../config/config.ts";
import { Dispatcher } from "../dispatch/dispatcher.ts";
import { DEFAULT_ACCOUNT_ID } from "../http/key-ring.ts";
import type { Blocklist } from "../inbound/blocklist.ts";
import { ConfigurationIndex } from "../inbound/configurations.ts";
import { Inbound } from "../inbound/receive.ts";
import { createIdGenerator } from "../kernel/ids.ts";
import type { WorkLoop } from "../kernel/work-loop.ts";
import { Notifier } from "../notify/notifier.ts";
import type { CertificateContext } from "../notify/subscriptions/certificates.ts";
import { startChecks } from "../report/checks.ts";
import { recordReceipts } from "../report/receipts.ts";
import { startRetention } from "../report/retention.ts";
import type { Route } from "../route/choose-route.ts";
import { Phones } from "../sandbox/phones.ts";
import { SANDBOX, SandboxCarrier } from "../sandbox/sandbox-carrier.ts";
import { SandboxJournal } from "../sandbox/sandbox-journal.ts";
import { isSmppServed, type SmppDelivering, startDelivering } from "../smpp-server/server.ts";
import type { NewMessage } from "../store/store.ts";
import { toSmsInboundReport } from "../view/view.ts";
import { type Parts, viewOf } from "./parts.ts";
import { createNotifier } from "./webhooks.ts";

/** How often long messages are looked for whose time is over, when no part came that completes one. */
const JOIN_INTERVAL_MS = 1_000;

/** The stages as they run, and what the API needs of them. */
export interface Stages {
  isReady: boolean;
  readonly sandbox: SandboxCarrier | null;
  /** What `/subscriptions/1/**` works with. */
  readonly subscriptions: CertificateContext;
  readonly routes: readonly Route[];
  readonly inboundIndex: ConfigurationIndex;
  readonly onInserted: (messages: readonly NewMessage[]) => void;
  readonly nudgeDispatch: () => void;
  readonly nudgeNotify: () => void;
  /** How a carrier tells a phone that its message was read; undefined where it cannot. */
  readonly markReadOf: (carrier: string) => ((mark: ReadMark) => Promise<void>) | undefined;
  /** Null: no SMPP sessions of customers are taken. */
  readonly smpp: SmppDelivering | null;
  /** Waits for carriers' answers at most this long. */
  stop(limitMs: number): Promise<void>;
}

/** @throws what a carrier rejects its start with */
export async function startStages(
  config: Config,
  parts: Parts,
  extraCarriers: readonly Carrier[],
  blocklist: Blocklist,
): Promise<Stages> {
  const { store, clock, log } = parts;
  const sandbox = createSandbox(config, parts);
  const all: readonly Carrier[] = sandbox === null ? extraCarriers : [...extraCarriers, sandbox];
  const carriers = new Map(all.map((carrier) => [carrier.name, carrier]));
  const { notifier, subscriptions } = createNotifier(config, parts);
  const { smpp, nudgeNotify } = startSmpp(config, parts, notifier);
  const { unmatchedReceiptsMax, queryAfterMs } = config.report;
  const onReceipts = (carrier: string, receipts: readonly CarrierReceipt[]) =>
    recordReceipts({ store, clock, log, unmatchedReceiptsMax, onReports: nudgeNotify }, carrier, receipts);
  const dispatchers = all.map((carrier) => createDispatcher(config, parts, carrier, nudgeNotify));
  const nudgeDispatch = () => {
    for (const dispatcher of dispatchers) dispatcher.nudge();
  };
  const checks = startChecks({
    store,
    carriers,
    clock,
    log,
    queryAfterMs,
    isInFlight: (seq) => dispatchers.some((dispatcher) => dispatcher.holds(seq)),
    onReceipts,
    onReports: nudgeNotify,
    onQueued: nudgeDispatch,
  });
  const { retentionHours } = config.data;
  const { idempotencyHours } = config.accept;
  const retention = startRetention({ store, clock, log, retentionHours, idempotencyHours });
  const routes = all.map(({ name }): Route => ({ name, carrier: name, channels: ["SMS", "WHATSAPP"] }));
  const inboundIndex = new ConfigurationIndex(store, clock);
  const wiring = { routes, index: inboundIndex, blocklist, onEvents: nudgeNotify, onReplies: nudgeDispatch };
  const inbound = createInbound(config, parts, wiring);
  for (const carrier of all) {
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
    subscriptions,
    onInserted: (messages) => {
      nudgeDispatch();
      // A message that was refused at once has its report already.
      if (messages.some((message) => message.state === "rejected")) nudgeNotify();
    },
    nudgeDispatch,
    nudgeNotify,
    markReadOf: (name) => {
      const carrier = carriers.get(name);
      return carrier?.markRead?.bind(carrier);
    },
    smpp,
    stop: (limitMs) => {
      const loops = [checks, retention, inbound, ...(smpp === null ? [] : [smpp.deliveries])];
      return stopStages(dispatchers, carriers, loops, notifier, limitMs);
    },
  };
}

/** Receipts over SMPP are born where webhooks are. */
function startSmpp(config: Config, parts: Parts, notifier: Notifier) {
  const smpp = isSmppServed(config.smpp) ? startDelivering(config.smpp, parts) : null;
  const nudgeNotify = () => {
    notifier.nudge();
    smpp?.deliveries.nudge();
  };
  return { smpp, nudgeNotify };
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
    isSmppServed: isSmppServed(config.smpp),
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

function createDispatcher(config: Config, parts: Parts, carrier: Carrier, onReports: () => void): Dispatcher {
  const base = { ...parts, ...config.dispatch, route: carrier.name, carrier, onReports };
  if (carrier.query === undefined) return new Dispatcher(base);
  const expectedMs = carrier.name === SANDBOX ? config.sandbox.deliveryDelayMs : 0;
  return new Dispatcher({ ...base, queryAfterMs: expectedMs + config.report.queryAfterMs });
}

import { composeAutoResponse } from "../accept/auto-response.ts";
import type { IdentityChange } from "../carrier/carrier.ts";
import type { Config } from "../config/config.ts";
import { DEFAULT_ACCOUNT_ID } from "../http/key-ring.ts";
import type { Blocklist } from "../inbound/blocklist.ts";
import { ConfigurationIndex } from "../inbound/configurations.ts";
import { Inbound } from "../inbound/receive.ts";
import { createIdGenerator } from "../kernel/ids.ts";
import { inboundAddress } from "../message/inbound-address.ts";
import type { CertificateContext } from "../notify/subscriptions/certificates.ts";
import type { Notifier } from "../notify/notifier.ts";
import { startChecks } from "../report/checks.ts";
import { startDoubts } from "../report/doubts.ts";
import { receiptOfSeen, recordReceipts } from "../report/receipts.ts";
import { startRetention } from "../report/retention.ts";
import type { RouteChooser } from "../route/choose-route.ts";
import { Phones } from "../sandbox/phones.ts";
import { isSmppServed, type SmppDelivering, startDelivering } from "../smpp-server/server.ts";
import type { NewMessage, Receipt, Store } from "../store/store.ts";
import { toSmsInboundReport } from "../view/view.ts";
import { toWhatsAppInboundReport } from "../view/whatsapp-view.ts";
import { recordIdentityChanges } from "../whatsapp/identity-changes.ts";
import { type Parts, viewOf } from "./parts.ts";
import { LiveRouting, type RoutingOptions } from "./routing.ts";
import { createNotifier } from "./webhooks.ts";
import { openDesks } from "./whatsapp-administration.ts";

/** How often long messages are looked for whose time is over, when no part came that completes one. */
const JOIN_INTERVAL_MS = 1_000;

/** The stages as they run, and what the API needs of them. */
export interface Stages {
  isReady: boolean;
  /** What `/subscriptions/1/**` works with. */
  readonly subscriptions: CertificateContext;
  readonly routing: LiveRouting;
  /** Everything of WhatsApp that sends no message. */
  readonly whatsApp: ReturnType<typeof openDesks>;
  readonly inboundIndex: ConfigurationIndex;
  readonly onInserted: (messages: readonly NewMessage[]) => void;
  readonly nudgeDispatch: () => void;
  readonly nudgeNotify: () => void;
  /** Null: no SMPP sessions of customers are taken. */
  readonly smpp: SmppDelivering | null;
  /** Waits for carriers' answers at most this long. */
  stop(limitMs: number): Promise<void>;
}

/** @throws ConfigError; what a carrier rejects its start with */
export async function startStages(
  config: Config,
  parts: Parts,
  given: Pick<RoutingOptions, "extraCarriers" | "createCarrier">,
  blocklist: Blocklist,
): Promise<Stages> {
  const { store, clock, log } = parts;
  const { notifier, subscriptions } = createNotifier(config, parts);
  const { smpp, nudgeNotify } = startSmpp(config, parts, notifier);
  const { unmatchedReceiptsMax } = config.report;
  const onReceipts = (carrier: string, receipts: readonly Receipt[]) =>
    recordReceipts(
      { store, clock, log, unmatchedReceiptsMax, onReports: nudgeNotify, push: notifier },
      carrier,
      receipts,
    );
  const routing: LiveRouting = new LiveRouting({
    ...parts,
    ...given,
    config,
    phones: new Phones(clock),
    onReceipts,
    onInbound: (carrier, messages) => inbound.receive(carrier, messages),
    onSeen: async (carrier, marks) =>
      void (await onReceipts(
        carrier,
        marks.map((mark) => receiptOfSeen(carrier, mark)),
      )),
    onIdentities: recorderOfIdentities(store, () => inboundIndex, nudgeNotify),
    onReports: nudgeNotify,
    onSenderNotices: (notices) => whatsApp.takeNotices(DEFAULT_ACCOUNT_ID, notices),
  });
  const { fleet } = routing;
  const nudgeDispatch = () => fleet.nudge();
  const inboundIndex = new ConfigurationIndex(store, clock);
  const wiring = { routing, index: inboundIndex, blocklist, onEvents: nudgeNotify, onReplies: nudgeDispatch };
  const inbound = createInbound(config, parts, wiring);
  const loops = startLoops(config, parts, { fleet, onReceipts, onReports: nudgeNotify, onQueued: nudgeDispatch });
  // In the order of a message's way, so that nothing is handed to a stage that has stopped.
  const stop = async (limitMs: number) => {
    await routing.stop(limitMs);
    const others = [...loops, inbound, ...(smpp === null ? [] : [smpp.deliveries])];
    await Promise.all(others.map((loop) => loop.stop()));
    await notifier.stop();
  };
  try {
    await routing.start();
  } catch (error) {
    await stop(0);
    throw error;
  }
  // Carriers are called by their peers only when the API listens, which is later.
  const whatsApp = openDesks(parts, routing, nudgeNotify);
  return {
    isReady: false,
    routing,
    whatsApp,
    inboundIndex,
    subscriptions,
    onInserted: nudgeAfterInsert(routing, nudgeNotify),
    nudgeDispatch,
    nudgeNotify,
    smpp,
    stop,
  };
}

interface LoopWiring
  extends Pick<Parameters<typeof startChecks>[0], "onReceipts" | "onReports" | "onQueued">,
    Pick<LiveRouting, "fleet"> {}

/** What looks now and then for messages whose time has come. */
function startLoops(config: Config, { store, clock, log }: Parts, { fleet, onReports, ...wiring }: LoopWiring) {
  const { report, dispatch, data, accept } = config;
  const checks = startChecks({
    ...wiring,
    store,
    carriers: fleet.carriers,
    clock,
    log,
    queryAfterMs: report.queryAfterMs,
    isInFlight: (seq) => fleet.holds(seq),
    onReports,
  });
  const doubts = startDoubts({ store, clock, log, leaseMs: dispatch.leaseMs, onReports });
  const { retentionHours } = data;
  const retention = startRetention({ store, clock, log, retentionHours, idempotencyHours: accept.idempotencyHours });
  return [checks, doubts, retention];
}

/** A number of WhatsApp's is whose who has set it up for what users write. */
function recorderOfIdentities(store: Store, index: () => ConfigurationIndex, onEvents: () => void) {
  const ownerOf = async (number: string) => {
    await index().refresh();
    return index().ownerOf("WHATSAPP", inboundAddress(number, "WHATSAPP"), DEFAULT_ACCOUNT_ID);
  };
  return (changes: readonly IdentityChange[]) => recordIdentityChanges({ store, ownerOf, onEvents }, changes);
}

function nudgeAfterInsert(routing: LiveRouting, nudgeNotify: () => void): Stages["onInserted"] {
  return (messages) => {
    routing.onInserted(messages);
    // A message that was refused at once has its report already.
    if (messages.some((message) => message.state === "rejected")) nudgeNotify();
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

interface InboundWiring
  extends Pick<ConstructorParameters<typeof Inbound>[0], "index" | "blocklist" | "onEvents" | "onReplies"> {
  readonly routing: RouteChooser;
}

function createInbound(config: Config, parts: Parts, { routing, ...wiring }: InboundWiring): Inbound {
  const { clock, random } = parts;
  const ids = createIdGenerator(clock, random);
  const view = viewOf(config);
  return new Inbound({
    ...parts,
    ...wiring,
    ids,
    openMessagesMax: config.accept.openMessagesMax,
    composeReply: (reply) => composeAutoResponse({ routing, clock, ids }, reply),
    bodyOf: (message) =>
      JSON.stringify(
        message.channel === "WHATSAPP" ? toWhatsAppInboundReport(message, view) : toSmsInboundReport(message, view),
      ),
    defaultAccountId: DEFAULT_ACCOUNT_ID,
    isSmppServed: isSmppServed(config.smpp),
    joinTimeoutMs: config.inbound.joinTimeoutMs,
    pollIntervalMs: JOIN_INTERVAL_MS,
  });
}

import { type AcceptContext, requireUrl } from "../accept/acceptance.ts";
import { FloodingFilter } from "../accept/flooding.ts";
import { IdempotencyGate } from "../accept/idempotency.ts";
import { InsertQueue } from "../accept/insert-queue.ts";
import { Shortener } from "../accept/short-links.ts";
import type { Config } from "../config/config.ts";
import { registerAcceptFaults } from "../http/accept-faults.ts";
import { registerCarrierWebhooks } from "../http/carrier-webhook-paths.ts";
import { createHttpServer } from "../http/http-server.ts";
import { registerFlowLinks } from "../http/flow-links-path.ts";
import { registerConversationWindows } from "../http/conversation-window-paths.ts";
import { registerHealth, registerOperations, registerOperatorPaths } from "../http/routes.ts";
import { registerRoutingPaths } from "../http/routing-paths.ts";
import { registerSandboxInboundPaths } from "../http/sandbox-inbound-paths.ts";
import { registerSandboxPaths } from "../http/sandbox-paths.ts";
import { registerShortLinks } from "../http/short-link-path.ts";
import { registerUnmatchedReceiptPaths } from "../http/unmatched-receipt-paths.ts";
import { registerWebhookPaths } from "../http/webhook-paths.ts";
import type { Clock } from "../kernel/clock.ts";
import { createIdGenerator } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { subscriptionHandlers } from "../notify/subscriptions/handlers.ts";
import { listConversationWindows } from "../query/conversation-windows.ts";
import { showLedger, showMessage } from "../query/operator-queries.ts";
import { listUnmatched, rematch } from "../query/unmatched-receipts.ts";
import { listWebhooks, replayFailed, replayWebhook, showWebhook } from "../query/webhook-queries.ts";
import { MAGIC_SENDERS } from "../sandbox/magic-senders.ts";
import type { SandboxCarrier } from "../sandbox/sandbox-carrier.ts";
import type { KeyPlatform } from "../store/store.ts";
import { followShortLink } from "../tracking/clicks.ts";
import type { ContactDesk } from "../whatsapp/contacts.ts";
import { FLOW_LINKS_PATH } from "../whatsapp/flows.ts";
import type { FastifyInstance } from "fastify";
import type { Account } from "./account.ts";
import { bulkHandlers, inboundHandlers, lookupHandlers, queryHandlers, sendHandlers } from "./handlers.ts";
import { type Parts, viewOf } from "./parts.ts";
import { type Reloader, reloadForHttp, showCarriers, showExplanation } from "./routing-answers.ts";
import type { LiveRouting } from "./routing.ts";
import type { Stages } from "./stages.ts";
import { mediaHandlers } from "./whatsapp-media.ts";
import { whatsAppReadHandlers } from "./whatsapp-sends.ts";

/** Short links of an earlier configuration are followed also when no new ones are made. */
function createShortener({ tracking }: Config, log: Log): { shortener?: Shortener } {
  if (tracking.baseUrl === "") {
    log.info({ event: "start.no_short_links" }, "tracking.baseUrl is not set: URLs in messages are not shortened");
    return {};
  }
  const customDomains = tracking.customDomains.split(",").filter((domain) => domain.trim() !== "");
  return { shortener: new Shortener({ baseUrl: tracking.baseUrl, customDomains }) };
}

export type AcceptContextOf = (platform: readonly KeyPlatform[]) => AcceptContext;

/** What accepting works with; `platform` is what the caller's key is linked to. */
export function createAcceptContext(
  config: Config,
  { log, clock, random, store }: Parts,
  stages: Stages,
  account: Account,
): AcceptContextOf {
  const { routing } = stages;
  // The sandbox's phones are not protected.
  const isExempt = (carrier: string) => routing.isSandbox(carrier);
  const plain = {
    insertQueue: new InsertQueue({
      store,
      clock,
      ...config.accept,
      offersFor: (messages) => routing.fleet.offersFor(messages),
      roomFor: (messages, pendingCount) => routing.fleet.roomFor(messages, pendingCount),
      onInserted: stages.onInserted,
    }),
    routing,
    clock,
    ids: createIdGenerator(clock, random),
    destinationsPerRequestMax: config.accept.destinationsPerRequestMax,
    flooding: config.flooding.enabled ? new FloodingFilter({ ...config.flooding, isExempt }) : null,
    ...createShortener(config, log),
    blocklist: account.blocklistGate,
    onEntities: account.noticeEntities,
  };
  return (platform: readonly KeyPlatform[]): AcceptContext => (platform.length === 0 ? plain : { ...plain, platform });
}

/** Everything that answers over HTTP. It does not listen yet. */
export function createApi(
  config: Config,
  parts: Parts,
  stages: Stages,
  account: Account,
  { acceptContextOf, reloader }: { readonly acceptContextOf: AcceptContextOf; readonly reloader: Reloader },
): FastifyInstance {
  const { log, clock, random, store } = parts;
  const { routing, nudgeNotify, nudgeDispatch } = stages;
  const app = createHttpServer({ keyRing: account.keyRing, log, ...config.http });
  const clicks = { store, clock, log, onEvent: nudgeNotify };
  registerShortLinks(app, ({ code, ...visitor }) => followShortLink(clicks, code, visitor));
  registerCarrierWebhooks(app, (name) => routing.fleet.carriers.get(name)?.webhook ?? null);
  registerHealth(app, { notReady: () => (stages.isReady ? null : "starting or stopping") });
  const { sandbox } = routing;
  const query = { store, clock, view: viewOf(config) };
  const lookup = { store, clock, ids: createIdGenerator(clock, random), currency: config.account.currency };
  const { whatsApp } = stages;
  if (sandbox !== null) registerSandbox(app, config, clock, { routing, sandbox, contacts: whatsApp.contacts });
  registerFlowLinks(app, FLOW_LINKS_PATH, (link, isPreview) => whatsApp.flows.follow(link, isPreview));
  registerOperations(app, new IdempotencyGate(store, clock), {
    ...sendHandlers(acceptContextOf),
    ...whatsAppReadHandlers({ routing, carriers: routing.fleet.carriers, log }),
    ...queryHandlers(query),
    ...bulkHandlers({ store, clock, onFreed: nudgeDispatch, onReports: nudgeNotify }),
    // Numbers have no registry yet, so no numberKey leads to one.
    ...inboundHandlers({ store, clock, index: stages.inboundIndex, numberOf: async () => null }),
    ...account.handlers,
    ...whatsApp.handlers,
    ...mediaHandlers(routing, whatsApp.handlers.downloadWhatsappMedia),
    ...lookupHandlers({ ...lookup, requireUrl, onEvents: nudgeNotify }),
    ...subscriptionHandlers(stages.subscriptions),
  });
  registerOperatorPaths(app, {
    findMessage: ({ accountId, messageId }) => showMessage(query, accountId, messageId),
    ledger: () => showLedger(query),
  });
  registerConversationWindows(app, (request) => listConversationWindows(query, request));
  registerRoutingPaths(app, {
    carriers: () => showCarriers(routing),
    explain: (request) => showExplanation(routing.table, routing.fleet, request),
    reload: () => reloadForHttp(reloader),
  });
  const unmatched = { store, clock, leaseMs: config.dispatch.leaseMs, onReports: nudgeNotify };
  registerUnmatchedReceiptPaths(app, {
    list: (filter) => listUnmatched(unmatched, filter),
    rematch: (filter) => rematch(unmatched, filter),
  });
  const webhooks = { store, clock, onDue: nudgeNotify };
  registerWebhookPaths(app, {
    list: (accountId, filter) => listWebhooks(webhooks, accountId, filter),
    show: (accountId, id) => showWebhook(webhooks, accountId, id),
    replay: (accountId, id) => replayWebhook(webhooks, accountId, id),
    replayFailed: (accountId, body) => replayFailed(webhooks, accountId, body),
  });
  return app;
}

interface Played {
  readonly routing: LiveRouting;
  readonly sandbox: SandboxCarrier;
  readonly contacts: ContactDesk;
}

function registerSandbox(app: FastifyInstance, config: Config, clock: Clock, { routing, sandbox, contacts }: Played) {
  // A reload may have put another one in its place.
  const sandboxNow = () => routing.sandbox ?? sandbox;
  const faultOf = (sender: string) => MAGIC_SENDERS.get(sender)?.fault;
  registerAcceptFaults(app, { faultOf, clock, slowAnswerMs: config.sandbox.slowAnswerMs });
  const { phones } = sandboxNow();
  registerSandboxPaths(app, phones);
  registerSandboxInboundPaths(app, {
    message: (accountId, messageId) => phones.message(accountId, messageId),
    obstacleTo: (address, channel) => sandboxNow().obstacleTo(address, channel),
    write: (message) => sandboxNow().write(message),
    see: (accountId, messageId) => {
      const { carrier, carrierMessageId } = phones.bearerOf(accountId, messageId) ?? {
        carrier: "",
        carrierMessageId: "",
      };
      return (routing.sandboxOf(carrier) ?? sandboxNow()).see(carrierMessageId);
    },
    changeIdentity: (accountId, { sender, user }) => contacts.changeIdentity(accountId, { sender, userNumber: user }),
  });
}

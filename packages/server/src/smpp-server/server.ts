import { readFileSync } from "node:fs";
import type { TlsOptions } from "node:tls";
import { createCodec, createSmsc, type Smsc, type SmscOptions } from "@posthorn/smpp";
import type { Config } from "../config/config.ts";
import type { Timer } from "../kernel/clock.ts";
import { BindGuard } from "./bind-guard.ts";
import { CustomerSession, type CustomerSessionContext } from "./customer-session.ts";
import { Customers } from "./customers.ts";
import { Deliveries, type DeliveriesOptions } from "./deliveries.ts";
import { CREDENTIAL_OCTETS_MAX, KEY_CHECK_INTERVAL_MS } from "./limits.ts";
import { PartBulks } from "./part-bulks.ts";

type SmppConfig = Config["smpp"];

/** How often what waits for customers is looked for, when nobody says that there is something. */
const POLL_INTERVAL_MS = 1_000;

export function isSmppServed({ port, tlsPort }: SmppConfig): boolean {
  return port !== 0 || tlsPort !== 0;
}

/** Who is bound and what is delivered to them; there before the listeners, because stages nudge it. */
export interface SmppDelivering {
  readonly customers: Customers;
  readonly deliveries: Deliveries;
}

export function startDelivering(
  config: SmppConfig,
  options: Pick<DeliveriesOptions, "store" | "clock" | "log">,
): SmppDelivering {
  const customers = new Customers({ ...config, clock: options.clock });
  return {
    customers,
    deliveries: new Deliveries({ ...config, ...options, customers, pollIntervalMs: POLL_INTERVAL_MS }),
  };
}

export interface SmppServer {
  /** Takes no more connections, unbinds every session, and resolves when what they had under way is settled and kept. */
  stop(): Promise<void>;
}

type SmppServerOptions = Omit<
  CustomerSessionContext,
  "customers" | "guard" | "partBulks" | "alphabet" | "onRoom" | "onEnd"
>;

/** @throws what listening or reading the certificate fails with */
export async function startSmppServer(
  config: SmppConfig,
  options: SmppServerOptions,
  { customers, deliveries }: SmppDelivering,
): Promise<SmppServer> {
  const { clock, log } = options;
  const open = new Set<CustomerSession>();
  const context: CustomerSessionContext = {
    ...options,
    customers,
    guard: new BindGuard(clock),
    partBulks: new PartBulks(clock),
    alphabet: config.alphabet,
    onRoom: () => deliveries.nudge(),
    onEnd: (session) => open.delete(session),
  };
  const shared: Omit<SmscOptions, "port"> = {
    ...sessionOptionsOf(config),
    onRejected: (error) => log.warn({ event: "smpp.rejected", err: error }, "a connection was dropped"),
    onSession(peer) {
      const session = new CustomerSession(context, peer);
      open.add(session);
      return session;
    },
  };
  const listeners: Smsc[] = [];
  try {
    if (config.port !== 0) listeners.push(await createSmsc({ ...shared, port: config.port }));
    if (config.tlsPort !== 0) listeners.push(await createSmsc({ ...shared, port: config.tlsPort, tls: tlsOf(config) }));
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }
  for (const { host, port } of listeners) log.info({ event: "smpp.listening", host, port }, "listening for SMPP");
  const keyCheck = startKeyCheck(context, open);
  return {
    async stop() {
      keyCheck.cancel();
      await deliveries.stopClaiming();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

function sessionOptionsOf(config: SmppConfig): Omit<SmscOptions, "onSession"> {
  const { host, sessionsMax, windowSize, deliverWindowSize, enquireLinkIntervalMs, inactivityTimeoutMs } = config;
  const credentials = { systemId: CREDENTIAL_OCTETS_MAX, password: CREDENTIAL_OCTETS_MAX };
  return {
    host,
    sessionsMax,
    enquireLinkIntervalMs,
    inactivityTimeoutMs,
    responseTimeoutMs: config.responseTimeoutMs,
    windowSize: deliverWindowSize,
    inboundWindowSize: windowSize,
    codec: createCodec({ decodeOctetsMax: credentials }),
  };
}

function tlsOf({ tlsCertificateFile, tlsKeyFile }: SmppConfig): TlsOptions {
  if (tlsCertificateFile === "" || tlsKeyFile === "") {
    throw new Error("smpp.tlsPort needs smpp.tlsCertificateFile and smpp.tlsKeyFile");
  }
  return { cert: readFileSync(tlsCertificateFile), key: readFileSync(tlsKeyFile), minVersion: "TLSv1.2" };
}

/** A key is asked for at the bind; a session may last for months. */
function startKeyCheck({ clock, log }: CustomerSessionContext, open: ReadonlySet<CustomerSession>): Timer {
  let timer: Timer | null = null;
  let isStopped = false;
  const check = async () => {
    try {
      for (const session of open) await session.checkKey();
    } catch (error) {
      log.error({ event: "smpp.key_check_failed", err: error }, "the keys of bound sessions could not be looked up");
    }
    if (!isStopped) timer = clock.after(KEY_CHECK_INTERVAL_MS, () => void check());
  };
  timer = clock.after(KEY_CHECK_INTERVAL_MS, () => void check());
  return {
    cancel() {
      isStopped = true;
      timer?.cancel();
    },
  };
}

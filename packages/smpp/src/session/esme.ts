import { connect as connectPlain } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { PduInputOf } from "../codec/pdu.ts";
import { commandStatusName } from "../command-status.ts";
import { SmppError } from "../errors.ts";
import type { SessionHandlers, SessionOptions } from "./options.ts";
import { SmppSession } from "./session.ts";
import { systemTicker, type Ticker } from "./ticker.ts";

export interface EsmeOptions extends SessionOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet on. The server's certificate is verified unless these options say otherwise. */
  readonly tls?: ConnectionOptions;
  /** For TCP and TLS together: 10 000. */
  readonly connectTimeoutMs?: number;
  /** `transceiver` unless given. */
  readonly bindAs?: "transceiver" | "transmitter" | "receiver";
  /** What the bind says: `systemId`, `password`, and whatever the carrier asks for. */
  readonly bind: Omit<PduInputOf<"bind_transceiver">, "command" | "commandStatus" | "sequenceNumber" | "tlvs">;
  readonly handlers: SessionHandlers;
}

const KEEP_ALIVE_DELAY_MS = 30_000;

function openSocket({ host, port, tls, connectTimeoutMs = 10_000 }: EsmeOptions, ticker: Ticker): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = tls === undefined ? connectPlain({ host, port }) : connectTls({ host, port, ...tls });
    const fail = (cause: unknown): void => {
      cancel();
      socket.destroy();
      reject(new SmppError("SMPP_CONNECT_FAILED", `No connection to ${host}:${port}`, { cause }));
    };
    const cancel = ticker.once(ticker.ticksOf(connectTimeoutMs), () => fail(new Error("It took too long")));
    socket.once("error", fail);
    socket.once(tls === undefined ? "connect" : "secureConnect", () => {
      cancel();
      socket.off("error", fail);
      socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
      resolve(socket);
    });
  });
}

/**
 * Connects to an SMSC and binds. The session that it resolves with is bound and lives until `onClose`; connecting again
 * is the caller's affair.
 *
 * @throws SmppError `SMPP_CONNECT_FAILED`, `SMPP_BIND_REFUSED` with the command status, or `SMPP_OUTCOME_UNKNOWN` when
 *   the bind was not answered. `onClose` is called after the latter two.
 */
export async function connectEsme(options: EsmeOptions): Promise<SmppSession> {
  const { ticker = systemTicker, bindAs = "transceiver" } = options;
  const session = new SmppSession(await openSocket(options, ticker), "ESME", options.handlers, options);
  try {
    const { commandStatus } = await session.bind({ ...options.bind, command: `bind_${bindAs}` });
    if (session.boundState !== null) return session;
    const message = `The peer answered bind_${bindAs} with ${commandStatusName(commandStatus)}`;
    throw new SmppError("SMPP_BIND_REFUSED", message, { commandStatus });
  } catch (error) {
    session.close();
    throw error;
  }
}

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import type { SessionHandlers, SessionOptions } from "./options.ts";
import { SmppSession } from "./session.ts";

export interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly isTls: boolean;
}

export interface SmscOptions extends SessionOptions {
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** 2775 unless given; 0 takes a free one. */
  readonly port?: number;
  /** TLS from the first octet on; plain sessions need a listener of their own. */
  readonly tls?: TlsOptions;
  /** Connections at a time, also such that have not bound or not finished their handshake: 1000. More are dropped. */
  readonly sessionsMax?: number;
  /** What the session of this peer calls; null drops the connection, for example of an address that is not allowed.
   * The socket is the session's own; it is shown to those who must break it. */
  readonly onSession: (peer: Peer, socket: Socket) => SessionHandlers | null;
  /** A connection that never became a session: a failed TLS handshake, or one above `sessionsMax`. */
  readonly onRejected?: (error: Error) => void;
}

export interface Smsc {
  readonly host: string;
  readonly port: number;
  /** Those whose connection is there, also when the session is over. */
  readonly sessions: ReadonlySet<SmppSession>;
  /** Takes no more connections, unbinds every session, and resolves when all are closed. */
  close(): Promise<void>;
}

const KEEP_ALIVE_DELAY_MS = 30_000;

function onListening(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Listens as an SMSC. Every connection becomes a session of its own with the handlers that `onSession` gives it. */
export async function createSmsc(options: SmscOptions): Promise<Smsc> {
  const { host = "127.0.0.1", port = 2775, tls, sessionsMax = 1000, onSession, onRejected } = options;
  const sessions = new Set<SmppSession>();
  let onEmpty = (): void => {};
  const onSocket = (socket: Socket): void => {
    const { remoteAddress = "", remotePort = 0 } = socket;
    const handlers = onSession({ remoteAddress, remotePort, isTls: tls !== undefined }, socket);
    if (handlers === null) {
      socket.on("error", () => {}).destroy();
      return;
    }
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    const session = new SmppSession(socket, "SMSC", handlers, options);
    sessions.add(session);
    socket.once("close", () => {
      sessions.delete(session);
      if (sessions.size === 0) onEmpty();
    });
  };
  const server =
    tls === undefined
      ? createServer(onSocket)
      : createTlsServer({ handshakeTimeout: options.sessionInitTimeoutMs ?? 10_000, ...tls }, onSocket);
  server.maxConnections = sessionsMax;
  server.on("drop", () => onRejected?.(new Error(`There are ${sessionsMax} connections`)));
  server.on("tlsClientError", (error: Error, socket: Socket) => {
    socket.destroy();
    onRejected?.(error);
  });
  const address = await onListening(server, host, port);
  return {
    host: address.address,
    port: address.port,
    sessions,
    async close() {
      const isEmpty = new Promise<void>((resolve) => {
        onEmpty = resolve;
        if (sessions.size === 0) resolve();
      });
      const isClosed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await Promise.all([...sessions].map((session) => session.unbind()));
      await Promise.all([isClosed, isEmpty]);
    },
  };
}

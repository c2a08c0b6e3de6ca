/** What of larvitsmpp (0.4.0) tests use: a codec and sessions of its own, written without us, and without types. */
import { EventEmitter, once } from "node:events";
import net, { type AddressInfo, type Server } from "node:net";
import { mock } from "node:test";
// @ts-expect-error: it has no types
import untyped from "larvitsmpp";

export interface LarvitPdu {
  readonly cmdName: string;
  readonly cmdStatus: string;
  readonly seqNr: number;
  readonly params: Readonly<Record<string, string | number>>;
  readonly tlvs: Readonly<Record<string, { readonly tagValue: string | number }>>;
}

export interface LarvitSms {
  readonly from: string;
  readonly to: string;
  readonly message: string;
  readonly dlr: boolean;
  smsId?: string;
  sendResp(status?: string): void;
  sendDlr(status?: string, done?: (error: Error | null, answer: LarvitPdu) => void): void;
}

export interface LarvitSession extends EventEmitter {
  sendSms(
    sms: { from: string; to: string; message: string; dlr?: boolean; flash?: boolean },
    done: (error: Error | null, smsIds: readonly string[], answers: readonly LarvitPdu[]) => void,
  ): void;
  send(pdu: object, done: (error: Error | null, answer: LarvitPdu) => void): void;
  unbind(): void;
  closeSocket(): void;
}

const larvitsmpp = untyped as {
  client(options: object, done: (error: Error | null, session: LarvitSession) => void): void;
  server(options: object, onSession: (error: Error | null, session: LarvitSession) => void): void;
};

const nothing = (): void => {};
const log = { silly: nothing, debug: nothing, verbose: nothing, info: nothing, warn: nothing, error: nothing };

/** Rejects when the login is refused. */
export function larvitClient(port: number, username: string, password: string): Promise<LarvitSession> {
  return new Promise((resolve, reject) => {
    larvitsmpp.client({ host: "127.0.0.1", port, username, password, log }, (error, session) => {
      if (error === null) resolve(session);
      else reject(error);
    });
  });
}

export interface LarvitServer {
  readonly port: number;
  readonly sessions: readonly LarvitSession[];
  close(): Promise<void>;
}

/** One that lets in whoever has the password. */
export async function larvitServer(
  onSession: (session: LarvitSession) => void,
  password = "secret",
): Promise<LarvitServer> {
  const sessions: LarvitSession[] = [];
  const isKnown = (_user: string, given: string, done: (error: null, isKnown: boolean) => void) =>
    done(null, given === password);
  // It keeps its listener to itself, and could never be closed otherwise.
  const created = mock.method(net, "createServer");
  larvitsmpp.server({ host: "127.0.0.1", port: 0, log, checkuserpass: isKnown }, (_error, session) => {
    sessions.push(session);
    onSession(session);
  });
  const server = created.mock.calls[0]?.result as Server;
  created.mock.restore();
  if (!server.listening) await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    async close() {
      for (const session of sessions) session.closeSocket();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

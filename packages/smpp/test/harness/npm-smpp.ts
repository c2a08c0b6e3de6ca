/** The server of npm's smpp (0.5.1), unmodified; it comes without types. */
import { type EventEmitter, once } from "node:events";
import type { AddressInfo, Server } from "node:net";
// @ts-expect-error: it has no types
import untyped from "smpp";
import { COMMAND_STATUS as S } from "../../src/index.ts";

export interface NpmPdu extends Readonly<Record<string, unknown>> {
  readonly command: string;
  readonly command_status: number;
  response(fields?: object): NpmPdu;
}

export interface NpmSession extends EventEmitter {
  send(pdu: NpmPdu): void;
  deliver_sm(fields: object, done: (pdu: NpmPdu) => void): void;
  data_sm(fields: object, done: (pdu: NpmPdu) => void): void;
  enquire_link(fields: object, done: (pdu: NpmPdu) => void): void;
  unbind(done: (pdu: NpmPdu) => void): void;
  close(): void;
}

const npmSmpp = untyped as { createServer(onSession: (session: NpmSession) => void): Server };

export const ask = (call: (done: (pdu: NpmPdu) => void) => void) => new Promise<NpmPdu>((resolve) => call(resolve));

export interface NpmSmppServerOptions {
  readonly password?: string;
  /** A message was taken under this id, and answered. */
  readonly onTaken?: (messageId: string, pdu: NpmPdu, session: NpmSession) => void;
}

/** A message centre that takes everything but destination 1, and remembers all it was told. */
export async function npmSmppServer({ password = "secret", onTaken }: NpmSmppServerOptions = {}) {
  const heard: NpmPdu[] = [];
  const sessions: NpmSession[] = [];
  let lastId = 0;
  const server = npmSmpp.createServer((session) => {
    sessions.push(session);
    session.on("error", () => {});
    session.on("pdu", (pdu: NpmPdu) => {
      if (pdu.command.endsWith("_resp")) return;
      heard.push(pdu);
      if (pdu.command.startsWith("bind_")) {
        const isKnown = pdu["password"] === password;
        session.send(pdu.response(isKnown ? { system_id: "npm" } : { command_status: S.RINVPASWD }));
      } else if (pdu["destination_addr"] === "1") {
        session.send(pdu.response({ command_status: S.RINVDSTADR }));
      } else {
        lastId += 1;
        session.send(pdu.response({ message_id: `A${lastId}`, message_state: 2, final_date: "" }));
        if (pdu.command === "unbind") session.close();
        if (pdu.command === "submit_sm") onTaken?.(`A${lastId}`, pdu, session);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    at: { host: "127.0.0.1", port },
    sessions,
    heard,
    async close() {
      for (const session of sessions) session.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { createServer } from "node:net";
import {
  type Answer,
  connectEsme,
  createCodec,
  encodeText,
  type EsmeOptions,
  type IncomingRequest,
  type PduInputOf,
  type PduOf,
  type SmppSession,
} from "@posthorn/smpp";
// @ts-expect-error: it has no types
import untypedSmpp from "smpp";
import { atEnd, type Cleanup } from "./test-server.ts";
import { until } from "./until.ts";

/** A port that was free a moment ago: `smpp.port` 0 means that there is none. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Secrets are longer than the specification's nine octets. */
const codec = createCodec({ encodeOctetsMax: { systemId: 256, password: 256 } });

export interface CustomerOptions {
  readonly port: number;
  readonly systemId: string;
  readonly password: string;
  readonly bindAs?: NonNullable<EsmeOptions["bindAs"]>;
  readonly interfaceVersion?: number;
  /** What a deliver_sm is answered. Default: taken. */
  readonly onDeliver?: (deliver: PduOf<"deliver_sm">, answer: Answer) => void;
  readonly tls?: EsmeOptions["tls"];
}

/** A customer's program: our own ESME, with all that it was told. */
export class SmppCustomer {
  readonly delivered: PduOf<"deliver_sm">[] = [];
  closeReason: string | null = null;
  session!: SmppSession;

  /** @throws SmppError SMPP_BIND_REFUSED with the command status */
  static async bind(cleanup: Cleanup, options: CustomerOptions): Promise<SmppCustomer> {
    const customer = new SmppCustomer();
    const { port, systemId, password, bindAs = "transceiver", interfaceVersion = 0x34, tls } = options;
    const onDeliver = options.onDeliver ?? ((_deliver, answer) => answer());
    customer.session = await connectEsme({
      host: "127.0.0.1",
      port,
      codec,
      ...(tls === undefined ? {} : { tls }),
      bindAs,
      bind: { systemId, password, interfaceVersion },
      handlers: {
        onRequest(request: IncomingRequest, answer: Answer) {
          if (request.command !== "deliver_sm") return answer();
          customer.delivered.push({ ...request, shortMessage: Buffer.from(request.shortMessage) });
          return onDeliver(request, answer);
        },
        onClose(reason) {
          customer.closeReason = reason;
        },
      },
    });
    atEnd(cleanup, () => customer.session.unbind());
    return customer;
  }

  /** Latin letters as GSM 7, unless the fields say otherwise. */
  submit(destinationAddr: string, text: string, more: Partial<PduInputOf<"submit_sm">> = {}) {
    return this.session.send({
      command: "submit_sm",
      sourceAddrTon: 5,
      sourceAddr: "Shop",
      destAddrTon: 1,
      destAddrNpi: 1,
      destinationAddr,
      shortMessage: encodeText(text, "gsm7"),
      ...more,
    });
  }

  /** @returns the message id. @throws when it is refused */
  async submitted(...args: Parameters<SmppCustomer["submit"]>): Promise<string> {
    const response = await this.submit(...args);
    if (response.command === "generic_nack" || response.commandStatus !== 0) {
      throw new Error(`refused with ${response.commandStatus}`);
    }
    return response.messageId;
  }

  receipts(messageId: string): readonly string[] {
    return this.delivered
      .map(({ shortMessage }) => Buffer.from(shortMessage).toString("latin1"))
      .filter((text) => text.startsWith(`id:${messageId} `));
  }

  receipt(messageId: string): Promise<string> {
    return until(`${messageId} has a receipt`, () => this.receipts(messageId)[0]);
  }
}

/** What of npm's smpp (0.5.1) these tests use; it has no types of its own. */
export interface NpmPdu extends Record<string, unknown> {
  readonly command: string;
  readonly command_status: number;
  readonly message_id?: string;
  response(fields?: object): NpmPdu;
}

export interface NpmSession {
  bind_transceiver(fields: object, done: (pdu: NpmPdu) => void): void;
  submit_sm(fields: object, done: (pdu: NpmPdu) => void): void;
  enquire_link(fields: object, done: (pdu: NpmPdu) => void): void;
  unbind(done: (pdu: NpmPdu) => void): void;
  send(pdu: NpmPdu): void;
  on(event: string, listener: (pdu: NpmPdu) => void): void;
  close(): void;
}

export const npmSmpp = untypedSmpp as {
  connect(options: { url: string }): NpmSession;
};

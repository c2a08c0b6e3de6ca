import { type Duplex, duplexPair } from "node:stream";
import { defaultCodec } from "../../src/codec/codec.ts";
import { FrameReader } from "../../src/codec/frame-reader.ts";
import type { Pdu, PduInput } from "../../src/codec/pdu.ts";
import type {
  Answer,
  CloseReason,
  IncomingRequest,
  SessionHandlers,
  SessionOptions,
} from "../../src/session/options.ts";
import { SmppSession } from "../../src/session/session.ts";
import type { Role } from "../../src/session/state.ts";
import { Ticker } from "../../src/session/ticker.ts";
import { FakeClock, settle } from "./fake-clock.ts";

/** The other side as octets: what it got, and a way to say anything. */
export class RawPeer {
  readonly received: Pdu[] = [];
  readonly socket: Duplex;
  isEnded = false;

  constructor(socket: Duplex) {
    this.socket = socket;
    const reader = new FrameReader();
    socket.on("data", (chunk: Buffer) => {
      reader.push(chunk);
      while (reader.next()) this.received.push(defaultCodec.decode(reader.octets, reader.start, reader.end));
    });
    socket.on("end", () => {
      this.isEnded = true;
    });
    socket.on("error", () => {});
  }

  /** Sends PDUs in one write, and lets the session take them. */
  async say(...pdus: readonly (PduInput | Buffer)[]): Promise<void> {
    this.socket.write(Buffer.concat(pdus.map((pdu) => (Buffer.isBuffer(pdu) ? pdu : defaultCodec.encode(pdu)))));
    await settle();
  }

  /** What came since the last time. */
  take(): Pdu[] {
    return this.received.splice(0);
  }

  /** The same in short: command, status, sequence number. */
  heard(): string[] {
    return this.take().map(
      ({ command, commandStatus, sequenceNumber }) => `${command} ${commandStatus} ${sequenceNumber}`,
    );
  }
}

export interface Pair {
  readonly session: SmppSession;
  /** The session's own. */
  readonly socket: Duplex;
  readonly peer: RawPeer;
  readonly clock: FakeClock;
  readonly requests: { readonly request: IncomingRequest; readonly answer: Answer }[];
  readonly closed: CloseReason[];
  readonly faults: unknown[];
  readyCount: number;
}

/** A session with a raw peer on a clock that stands still. Requests are kept, and answered when the test says so. */
export function pairOf(role: Role, options: SessionOptions = {}, handlers: Partial<SessionHandlers> = {}): Pair {
  const [ours, theirs] = duplexPair();
  const clock = new FakeClock();
  const pair = {
    clock,
    socket: ours,
    peer: new RawPeer(theirs),
    requests: [],
    closed: [],
    faults: [],
    readyCount: 0,
  } as unknown as {
    -readonly [Name in keyof Pair]: Pair[Name];
  };
  const session = new SmppSession(
    ours,
    role,
    {
      onRequest: (request, answer) => pair.requests.push({ request, answer }),
      onBind: () => ({ commandStatus: 0, systemId: "smsc" }),
      onReady: () => {
        pair.readyCount += 1;
      },
      onClose: (reason) => pair.closed.push(reason),
      onFault: (error) => pair.faults.push(error),
      ...handlers,
    },
    { ticker: new Ticker(clock), random: () => 0, ...options },
  );
  pair.session = session;
  return pair;
}

/** A session that is bound already. */
export async function boundPair(
  role: Role,
  bindAs: "transceiver" | "transmitter" | "receiver" = "transceiver",
  options: SessionOptions = {},
  handlers: Partial<SessionHandlers> = {},
): Promise<Pair> {
  const pair = pairOf(role, options, handlers);
  if (role === "SMSC") {
    await pair.peer.say({ command: `bind_${bindAs}`, sequenceNumber: 1, interfaceVersion: 0x34 });
  } else {
    const bound = pair.session.bind({ command: `bind_${bindAs}`, systemId: "esme" });
    await settle();
    const [bind] = pair.peer.received;
    await pair.peer.say({
      command: `bind_${bindAs}_resp`,
      sequenceNumber: bind?.sequenceNumber ?? 0,
      systemId: "smsc",
    });
    await bound;
  }
  pair.peer.take();
  return pair;
}

/** Submits `count` messages; the list fills with what became of each. */
export function submit(session: SmppSession, count: number): string[] {
  const outcomes: string[] = [];
  for (let index = 0; index < count; index += 1) {
    session.request({ command: "submit_sm", destinationAddr: String(index) }, (error, response) => {
      outcomes.push(error === null ? `${response?.command} ${response?.commandStatus}` : error.code);
    });
  }
  return outcomes;
}

import type { Duplex } from "node:stream";
import type { Codec } from "../codec/codec.ts";
import { FrameReader } from "../codec/frame-reader.ts";
import type { PduHeader } from "../codec/header.ts";
import type { Pdu, PduInput } from "../codec/pdu.ts";
import { COMMAND_STATUS } from "../command-status.ts";
import { isSmppError, type SmppError } from "../errors.ts";
import { Outbox } from "./outbox.ts";
import type { Ticker } from "./ticker.ts";

/** How long a socket that was ended may wait for the peer to end it, too. */
const SOCKET_END_TIMEOUT_TICKS = 20;

/** Whoever understands the PDUs: the session. */
export interface ConnectionOwner {
  /** Takes no PDU now; call `read` when that changes. */
  readonly isReadingStopped: boolean;
  onOctets(): void;
  onPdu(pdu: Pdu): void;
  /** A PDU that cannot be read, while the next one can. */
  onUnreadable(error: SmppError, header: PduHeader): void;
  /** All PDUs were taken that could be. */
  onIdle(): void;
  /** No more PDUs will come. */
  onEnd(reason: "peer-closed" | "socket-error" | "frame-invalid", error: Error | null): void;
}

/** A socket as PDUs: takes them one by one while the owner wants them and the socket drains, and writes them. */
export class Connection {
  readonly #socket: Duplex;
  readonly #codec: Codec;
  readonly #ticker: Ticker;
  readonly #owner: ConnectionOwner;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  #isReading = false;
  #isPaused = false;
  #isOver = false;

  constructor(
    socket: Duplex,
    owner: ConnectionOwner,
    { codec, ticker, reader }: { readonly codec: Codec; readonly ticker: Ticker; readonly reader: FrameReader },
  ) {
    this.#socket = socket;
    this.#codec = codec;
    this.#ticker = ticker;
    this.#owner = owner;
    this.#reader = reader;
    this.#outbox = new Outbox(socket, codec);
    let failure: Error | null = null;
    socket.on("data", this.#onData);
    socket.on("drain", () => {
      this.#outbox.isFull = false;
      this.read();
    });
    socket.on("error", (error: Error) => {
      failure = error;
      owner.onEnd("socket-error", error);
    });
    socket.on("end", () => owner.onEnd("peer-closed", null));
    socket.on("close", () => owner.onEnd(failure === null ? "peer-closed" : "socket-error", failure));
  }

  get isMidFrame(): boolean {
    return this.#reader.isMidFrame;
  }

  /** The socket holds more than it likes: no new work, and nothing is read, until it has drained. */
  get isFull(): boolean {
    return this.#outbox.isFull;
  }

  /** In the middle of handing out PDUs. */
  get isReading(): boolean {
    return this.#isReading;
  }

  /** Which write the next PDU is in; those of earlier ones have left. */
  get batch(): number {
    return this.#outbox.batch;
  }

  write(pdu: PduInput, sequenceNumber: number): void {
    this.#outbox.append(pdu, sequenceNumber);
  }

  /** Hands out PDUs while it may. Whoever comes here from inside of that finds it at work. */
  read(): void {
    if (this.#isReading || this.#isOver) return;
    this.#isReading = true;
    try {
      while (!this.#owner.isReadingStopped && !this.#isOver && this.#reader.next()) this.#take();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReading = false;
    }
    if (this.#isOver) return;
    if (this.#owner.isReadingStopped !== this.#isPaused) {
      this.#isPaused = !this.#isPaused;
      if (this.#isPaused) this.#socket.pause();
      else this.#socket.resume();
    }
    this.#owner.onIdle();
  }

  /**
   * Takes no more PDUs, lets what was written leave and waits for the peer's end. A socket that is destroyed while octets
   * of the peer are on their way is reset, and the peer might never read our last PDU.
   */
  end(): void {
    this.#isOver = true;
    this.#socket.resume();
    if (!this.#socket.writable || this.#outbox.isFull) {
      this.#outbox.discard();
      this.#socket.destroy();
      return;
    }
    this.#outbox.flush();
    const cancel = this.#ticker.once(SOCKET_END_TIMEOUT_TICKS, () => this.#socket.destroy());
    this.#socket.once("close", cancel);
    this.#socket.end();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#isOver) return;
    this.#owner.onOctets();
    this.#reader.push(chunk);
    this.read();
  };

  #take(): void {
    let pdu: Pdu;
    try {
      pdu = this.#codec.decode(this.#reader.octets, this.#reader.start, this.#reader.end);
    } catch (error) {
      if (!isSmppError(error) || error.header === undefined) throw error;
      this.#owner.onUnreadable(error, error.header);
      return;
    }
    this.#owner.onPdu(pdu);
  }

  /** Where the next PDU begins nobody knows: the peer is told, and there is no next one. */
  #fail(error: unknown): void {
    if (!isSmppError(error) || error.code !== "SMPP_FRAME_INVALID") throw error;
    this.write({ command: "generic_nack", commandStatus: COMMAND_STATUS.RINVCMDLEN }, 0);
    this.#owner.onEnd("frame-invalid", error);
  }
}

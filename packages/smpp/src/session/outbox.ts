import type { Duplex } from "node:stream";
import type { Codec } from "../codec/codec.ts";
import type { PduInput } from "../codec/pdu.ts";

/** The first slab of a session is small, since many sessions say little; each one after it is twice as large. */
const SLAB_OCTETS_MIN = 4 * 1024;
const SLAB_OCTETS_MAX = 64 * 1024;

/**
 * PDUs on their way to the socket. They are written one after the other into a slab, and what came together in one turn
 * of the event loop leaves in one write. A slab is used up and then left to the garbage collector, because the socket
 * reads from it until the kernel has its octets.
 */
export class Outbox {
  readonly #socket: Duplex;
  readonly #codec: Codec;
  #slab = Buffer.allocUnsafeSlow(SLAB_OCTETS_MIN);
  #start = 0;
  #end = 0;
  #scheduled: NodeJS.Immediate | null = null;
  /** The socket holds more than it likes; set until it has drained. */
  isFull = false;
  /** Which write the next PDU is in. A request with this number has not left. */
  batch = 0;

  constructor(socket: Duplex, codec: Codec) {
    this.#socket = socket;
    this.#codec = codec;
  }

  /** @throws SmppError `SMPP_FIELD_INVALID`; then nothing of the PDU leaves. */
  append(pdu: PduInput, sequenceNumber: number): void {
    let end = this.#codec.encodeInto(this.#slab, this.#end, pdu, sequenceNumber);
    if (end < 0) {
      this.flush();
      const slabOctets = Math.min(this.#slab.length * 2, SLAB_OCTETS_MAX);
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabOctets, -end));
      this.#start = 0;
      this.#end = 0;
      end = this.#codec.encodeInto(this.#slab, 0, pdu, sequenceNumber);
    }
    this.#end = end;
    this.#scheduled ??= setImmediate(this.flush);
  }

  readonly flush = (): void => {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled);
    this.#scheduled = null;
    if (this.#end === this.#start) return;
    const octets = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    if (!this.#socket.writable) return;
    this.batch += 1;
    if (!this.#socket.write(octets)) this.isFull = true;
  };

  /** What was not written never will be. */
  discard(): void {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled);
    this.#scheduled = null;
    this.#start = this.#end;
  }
}

import { SmppError } from "../errors.ts";
import { HEADER_OCTETS, readUint32 } from "./header.ts";

/** 64 KiB of message_payload and what stands around it. */
export const PDU_OCTETS_MAX = 70_000;

const LENGTH_OCTETS = 4;
const NOTHING = Buffer.alloc(0);

/** What else speaks on a port that somebody has mistaken. */
function guess(octets: Buffer): string {
  if (octets[0] === 0x16 && octets[1] === 0x03) return ", it looks like TLS";
  if (/^(GET|POST|HEAD|PUT|OPTIONS|CONNECT|PRI) /.test(octets.toString("latin1"))) return ", it looks like HTTP";
  return "";
}

/**
 * Finds PDUs in a stream that is cut anywhere. A PDU that lies within one chunk is handed out where it is; one that
 * straddles chunks is copied once, into a buffer of exactly its length. So an octet is copied at most once, and what is
 * kept is at most one PDU, plus the chunk that is being read.
 *
 * `push` a chunk, then call `next` until it is false; each time it is true, `octets`, `start` and `end` say where the
 * PDU is. What was handed out is never written again.
 */
export class FrameReader {
  readonly #octetsMax: number;
  #chunk: Buffer = NOTHING;
  #offset = 0;
  /** Chunks that came while `next` was not called to its end. */
  #waiting: Buffer[] = [];
  /** The PDU, or its first four octets, of which some are missing. */
  #partial: Buffer | null = null;
  #partialFilled = 0;

  octets: Buffer = NOTHING;
  start = 0;
  end = 0;

  constructor(options: { readonly pduOctetsMax?: number } = {}) {
    this.#octetsMax = options.pduOctetsMax ?? PDU_OCTETS_MAX;
  }

  /** A PDU has begun and its rest has not come. */
  get isMidFrame(): boolean {
    return this.#partial !== null;
  }

  push(chunk: Buffer): void {
    if (this.#offset === this.#chunk.length && this.#waiting.length === 0) {
      this.#chunk = chunk;
      this.#offset = 0;
    } else this.#waiting.push(chunk);
  }

  /** @throws SmppError `SMPP_FRAME_INVALID` on a length that cannot be; every later call throws the same. */
  next(): boolean {
    for (;;) {
      if (this.#partial === null ? this.#takeWhole() : this.#takePartial()) return true;
      if (this.#offset < this.#chunk.length) continue;
      const chunk = this.#waiting.shift();
      if (chunk === undefined) {
        this.#chunk = NOTHING;
        this.#offset = 0;
        return false;
      }
      this.#chunk = chunk;
      this.#offset = 0;
    }
  }

  #takeWhole(): boolean {
    const left = this.#chunk.length - this.#offset;
    if (left === 0) return false;
    if (left < LENGTH_OCTETS) {
      this.#begin(LENGTH_OCTETS);
      return false;
    }
    const length = this.#lengthAt(this.#chunk, this.#offset);
    if (left < length) {
      this.#begin(length);
      return false;
    }
    this.octets = this.#chunk;
    this.start = this.#offset;
    this.end = this.#offset + length;
    this.#offset = this.end;
    return true;
  }

  #takePartial(): boolean {
    const partial = this.#partial as Buffer;
    this.#fill(partial);
    if (this.#partialFilled < partial.length) return false;
    if (partial.length === LENGTH_OCTETS) {
      const whole = Buffer.allocUnsafeSlow(this.#lengthAt(partial, 0));
      whole.set(partial);
      this.#partial = whole;
      return false;
    }
    this.octets = partial;
    this.start = 0;
    this.end = partial.length;
    this.#partial = null;
    return true;
  }

  #begin(length: number): void {
    this.#partial = Buffer.allocUnsafeSlow(length);
    this.#partialFilled = 0;
    this.#fill(this.#partial);
  }

  #fill(partial: Buffer): void {
    const end = Math.min(this.#chunk.length, this.#offset + partial.length - this.#partialFilled);
    this.#chunk.copy(partial, this.#partialFilled, this.#offset, end);
    this.#partialFilled += end - this.#offset;
    this.#offset = end;
  }

  #lengthAt(octets: Buffer, offset: number): number {
    const length = readUint32(octets, offset);
    if (length >= HEADER_OCTETS && length <= this.#octetsMax) return length;
    const seen = octets.subarray(offset, offset + HEADER_OCTETS);
    const limits = `${HEADER_OCTETS} to ${this.#octetsMax}`;
    throw new SmppError(
      "SMPP_FRAME_INVALID",
      `command_length is ${length}, not ${limits}${guess(seen)}; first octets ${seen.toString("hex")}`,
    );
  }
}

/** HTTP/1.1 messages cut from the octets of a connection; of a head it reads only what says how long the message is. */

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
const DIGIT_0 = 0x30;
/** Between the capital and the small letter; harmless to the hyphen and to the colon. */
const CASE_BIT = 0x20;
const CONTENT_LENGTH = Buffer.from("content-length:");
const TRANSFER_ENCODING = Buffer.from("transfer-encoding:");
const CHUNKED = Buffer.from("chunked");

const HELD_OCTETS_MIN = 64 * 1024;
/** Of one message, so that a peer that never ends one costs no more. */
export const MESSAGE_OCTETS_MAX = 16 * 1024 * 1024;

/** The message is from `start`, its body from `bodyStart`, both to `end`. The octets are only lent. */
export type OnMessage = (octets: Buffer, start: number, bodyStart: number, end: number) => void;

/** Where the octets of a message end that is not all there. */
const INCOMPLETE = -1;

/** Cuts what comes on one connection into messages, wherever it was split on its way. */
export class HttpFrames {
  readonly #role: "request" | "answer";
  readonly #onMessage: OnMessage;
  /** The beginning of a message, empty as a rule: then messages are handed out of the chunk that they came in. */
  #held: Buffer = Buffer.alloc(0);
  #heldOctets = 0;
  /** Nothing is tried before so many are held. */
  #neededOctets = 0;
  #bodyStart = 0;
  #bodyOctets = 0;
  #isChunked = false;

  /** @param role without a length a request has no body, and an answer is an error */
  constructor(role: "request" | "answer", onMessage: OnMessage) {
    this.#role = role;
    this.#onMessage = onMessage;
  }

  /**
   * The first `octetCount` octets of the chunk; it may be reused afterwards.
   *
   * @throws Error for what has no length or too much of it, and then nothing more can be taken
   */
  push(chunk: Buffer, octetCount = chunk.length): void {
    if (this.#heldOctets === 0) {
      const taken = this.#cut(chunk, octetCount);
      if (taken < octetCount) this.#hold(chunk, taken, octetCount);
      return;
    }
    this.#hold(chunk, 0, octetCount);
    if (this.#heldOctets < this.#neededOctets) return;
    const taken = this.#cut(this.#held, this.#heldOctets);
    this.#held.copyWithin(0, taken, this.#heldOctets);
    this.#heldOctets -= taken;
  }

  #hold(chunk: Buffer, start: number, end: number): void {
    const octets = this.#heldOctets + end - start;
    if (octets > MESSAGE_OCTETS_MAX) throw new Error(`a message of more than ${MESSAGE_OCTETS_MAX} octets`);
    if (octets > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(HELD_OCTETS_MIN, this.#neededOctets, octets * 2));
      this.#held.copy(larger, 0, 0, this.#heldOctets);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#heldOctets, start, end);
    this.#heldOctets = octets;
  }

  /** @returns how many octets were messages */
  #cut(octets: Buffer, end: number): number {
    let start = 0;
    while (start < end) {
      this.#neededOctets = 0;
      if (!this.#readHead(octets, start, end)) break;
      const bodyStart = this.#bodyStart;
      if (this.#isChunked) {
        const next = this.#joinChunks(octets, start, bodyStart, end);
        if (next === INCOMPLETE) break;
        start = next;
      } else {
        const next = bodyStart + this.#bodyOctets;
        this.#neededOctets = next - start;
        if (this.#neededOctets > MESSAGE_OCTETS_MAX) throw new Error(`a message of ${this.#neededOctets} octets`);
        if (next > end) break;
        this.#onMessage(octets, start, bodyStart, next);
        start = next;
      }
    }
    return start;
  }

  /** @returns whether it is all there */
  #readHead(octets: Buffer, start: number, end: number): boolean {
    this.#bodyOctets = -1;
    this.#isChunked = false;
    let line = lineAfter(octets, start, end);
    while (line !== INCOMPLETE && line < end && octets[line] !== CR) {
      const next = lineAfter(octets, line, end);
      if (next === INCOMPLETE) return false;
      if (beginsWith(octets, line, CONTENT_LENGTH)) {
        this.#bodyOctets = numberAt(octets, line + CONTENT_LENGTH.length);
      } else if (beginsWith(octets, line, TRANSFER_ENCODING)) {
        this.#isChunked = octets.subarray(line, next).includes(CHUNKED);
      }
      line = next;
    }
    if (line === INCOMPLETE || line + 2 > end) return false;
    if (this.#bodyOctets === -1) {
      if (this.#role === "answer" && !this.#isChunked) throw new Error("an answer without a length");
      this.#bodyOctets = 0;
    }
    this.#bodyStart = line + 2;
    return true;
  }

  /** Hands out the message with its body in one piece. @returns where the next one begins, or INCOMPLETE */
  #joinChunks(octets: Buffer, start: number, bodyStart: number, end: number): number {
    const pieces = [octets.subarray(start, bodyStart)];
    let at = bodyStart;
    for (;;) {
      const data = lineAfter(octets, at, end);
      if (data === INCOMPLETE) return INCOMPLETE;
      const size = sizeAt(octets, at);
      if (size > MESSAGE_OCTETS_MAX) throw new Error(`a chunk of ${size} octets`);
      if (size === 0) {
        at = data;
        break;
      }
      at = data + size + 2;
      if (at > end) return INCOMPLETE;
      pieces.push(octets.subarray(data, data + size));
    }
    // Fields may follow the last chunk; an empty line ends them.
    for (let isEmpty = false; !isEmpty; ) {
      const next = lineAfter(octets, at, end);
      if (next === INCOMPLETE) return INCOMPLETE;
      isEmpty = octets[at] === CR;
      at = next;
    }
    const message = Buffer.concat(pieces);
    this.#onMessage(message, 0, bodyStart - start, message.length);
    return at;
  }
}

/** Where the line after this one begins, or INCOMPLETE. */
function lineAfter(octets: Buffer, line: number, end: number): number {
  for (let at = line; at < end; at += 1) if (octets[at] === LF) return at + 1;
  return INCOMPLETE;
}

/** Whether a field has this name, which is in small letters and ends with its colon. */
function beginsWith(octets: Buffer, line: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const octet = octets[line + index] as number;
    if ((octet === COLON ? octet : octet | CASE_BIT) !== name[index]) return false;
  }
  return true;
}

function numberAt(octets: Buffer, from: number): number {
  let at = from;
  while (octets[at] === SPACE) at += 1;
  let number = 0;
  let digit = (octets[at] as number) - DIGIT_0;
  if (!(digit >= 0 && digit <= 9)) throw new Error("a content-length that is no number");
  while (digit >= 0 && digit <= 9) {
    number = number * 10 + digit;
    at += 1;
    digit = (octets[at] as number) - DIGIT_0;
  }
  return number;
}

/** The size of a chunk, in hexadecimal; an extension after it is skipped. */
function sizeAt(octets: Buffer, from: number): number {
  const size = Number.parseInt(octets.toString("latin1", from, from + 8), 16);
  if (!Number.isInteger(size) || size < 0) throw new Error("a chunk without a size");
  return size;
}

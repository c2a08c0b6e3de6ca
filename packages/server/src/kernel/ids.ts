import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/**
 * Ids in the shape that Infobip's own have: digits only, 13 of epoch milliseconds and then a sequence. They sort by
 * time, also as text, and a bulk's id comes right before those of its messages.
 */
export interface IdGenerator {
  next(): string;
}

const SEQUENCE_DIGITS = 6;
const PROCESS_DIGITS = 4;
/** Above every sequence: the digits behind its first are the sequence with its zeros, and nothing has to be filled up. */
const SEQUENCE_END = 10 ** SEQUENCE_DIGITS;

/**
 * Never gives an id twice in one process, whatever the clock does: when it stands still or jumps back, the last
 * millisecond is kept and the sequence goes on; when the sequence is used up, the millisecond is moved on. Between
 * processes four random digits keep ids apart, and the store refuses the rest.
 */
export function createIdGenerator(clock: Clock, random: Random): IdGenerator {
  const process = String(Math.floor(random.float() * 10 ** PROCESS_DIGITS)).padStart(PROCESS_DIGITS, "0");
  let lastMs = 0;
  let sequence = 0;
  let prefix = "";
  const begin = (ms: number) => {
    lastMs = ms;
    sequence = 0;
    prefix = `${ms}${process}`;
  };
  return {
    next() {
      const nowMs = clock.now();
      if (nowMs > lastMs) begin(nowMs);
      else if (sequence + 1 === SEQUENCE_END) begin(lastMs + 1);
      else sequence += 1;
      return prefix + String(SEQUENCE_END + sequence).slice(1);
    },
  };
}

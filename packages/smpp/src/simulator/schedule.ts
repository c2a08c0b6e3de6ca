import { type SmppClock, systemClock } from "../session/ticker.ts";

/** Also the time of day, for receipts. */
export interface SimulatorClock extends SmppClock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

export const systemSimulatorClock: SimulatorClock = { ...systemClock, nowMs: () => Date.now() };

interface Entry {
  readonly dueMs: number;
  /** Of two that are due together the one that came first runs first. */
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Entry, b: Entry): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

/** Any number of things to be done later, on one timer: a binary heap by time. The caller bounds `size`. */
export class Schedule {
  readonly #clock: SimulatorClock;
  readonly #heap: Entry[] = [];
  #order = 0;
  #timer: { readonly dueMs: number; readonly handle: { cancel(): void } } | null = null;

  constructor(clock: SimulatorClock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#heap.length;
  }

  after(delayMs: number, run: () => void): void {
    this.#order += 1;
    this.#push({ dueMs: this.#clock.nowMs() + delayMs, order: this.#order, run });
    this.#arm();
  }

  /** Does everything that was planned now, in its order; for the end, when nothing new is planned. */
  drain(): void {
    this.#timer?.handle.cancel();
    this.#timer = null;
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      this.#shift();
      first.run();
    }
  }

  readonly #onTimer = (): void => {
    this.#timer = null;
    const nowMs = this.#clock.nowMs();
    // What a run plans for now waits for the next timer, or one that plans itself would never end.
    const orderMax = this.#order;
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= nowMs; first = this.#heap[0]) {
      if (first.order > orderMax) break;
      this.#shift();
      first.run();
    }
    this.#arm();
  };

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || (this.#timer !== null && this.#timer.dueMs <= first.dueMs)) return;
    this.#timer?.handle.cancel();
    const delayMs = Math.max(0, first.dueMs - this.#clock.nowMs());
    this.#timer = { dueMs: first.dueMs, handle: this.#clock.after(delayMs, this.#onTimer) };
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as Entry;
      if (!isBefore(entry, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  #shift(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      if (childIndex >= heap.length) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, heap[childIndex] as Entry)) childIndex += 1;
      const child = heap[childIndex] as Entry;
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}

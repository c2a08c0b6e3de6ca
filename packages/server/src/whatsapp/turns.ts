import { RequestRefused } from "../kernel/request-refused.ts";

/** Of one key: those that wait, and the one whose turn it is. */
const WAITING_MAX = 100;

/** Work of one key goes one after the other, of different keys side by side. */
export class Turns {
  readonly #queues = new Map<number, { tail: Promise<unknown>; count: number }>();

  /** @throws RequestRefused 429 where too much waits; whatever the work throws */
  async take<Result>(key: number, work: () => Promise<Result>): Promise<Result> {
    const queue = this.#queues.get(key) ?? { tail: Promise.resolve(), count: 0 };
    if (queue.count >= WAITING_MAX) throw new RequestRefused(429, "Too many changes of the business account wait.");
    this.#queues.set(key, queue);
    queue.count += 1;
    const turn = queue.tail.then(work);
    queue.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      queue.count -= 1;
      if (queue.count === 0) this.#queues.delete(key);
    }
  }
}

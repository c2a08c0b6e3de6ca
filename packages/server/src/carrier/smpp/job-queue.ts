import type { PduInputOf } from "@posthorn/smpp";
import type { OutboundMessage } from "../../store/store.ts";
import type { SubmitResult } from "../carrier.ts";

/** What is known of the parts of a message that has several. */
export interface JobParts {
  readonly pdus: readonly PduInputOf<"submit_sm">[];
  /** The carrier's ids of the parts that it has, in order: as many as were taken. */
  readonly ids: string[];
  /** The same as the carrier wrote them. */
  readonly spelledIds: string[];
}

/** One message on its way to the carrier. */
export interface Job {
  readonly message: OutboundMessage;
  readonly settle: (message: OutboundMessage, result: SubmitResult) => void;
  /** On the queue's own time, which never jumps. */
  readonly acceptedAt: number;
  /**
   * Null until the first of several parts leaves, and always where there is only one: it is made anew if it has to be
   * repeated. What waits should take little memory.
   */
  parts: JobParts | null;
  /** Times that the carrier said it was too much. */
  throttled: number;
  /** Of the send rate, when the part that is under way left. */
  epoch: number;
  /** Of the part that is under way. */
  sequenceNumber: number;
  /** The next message to the same phone, which waits for this one. */
  follower: Job | null;
}

/**
 * What waits, in order, and one message a phone at a time: the next one to the same phone leaves only when what became
 * of the one before is known. So no refusal, no other link and no lost session can turn their order round.
 */
export class JobQueue {
  /** What came back, the next one last. */
  readonly #first: Job[] = [];
  #rest: (Job | undefined)[] = [];
  #head = 0;
  /** The last message to each phone that has one here. */
  readonly #lastTo = new Map<string, Job>();

  /** Jobs that could leave now, without those that wait for one to the same phone. */
  get readyCount(): number {
    return this.#first.length + this.#rest.length - this.#head;
  }

  add(job: Job) {
    const { destination } = job.message;
    const last = this.#lastTo.get(destination);
    this.#lastTo.set(destination, job);
    if (last === undefined) this.#rest.push(job);
    else last.follower = job;
  }

  shift(): Job | undefined {
    const first = this.#first.pop();
    if (first !== undefined) return first;
    const job = this.#rest[this.#head];
    if (job === undefined) return undefined;
    this.#rest[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#rest.length) {
      this.#rest = [];
      this.#head = 0;
    }
    return job;
  }

  /** Back to the front: nothing of it has left. */
  unshift(job: Job) {
    this.#first.push(job);
  }

  /** What became of it is known, so the next one to its phone may leave. */
  end(job: Job) {
    const { follower } = job;
    if (follower !== null) this.#first.push(follower);
    else this.#lastTo.delete(job.message.destination);
  }

  /** Takes out those that could leave now and for which `isWanted` holds; the others stay as they are. */
  takeWhere(isWanted: (job: Job) => boolean): readonly Job[] {
    const taken: Job[] = [];
    const kept: Job[] = [];
    for (let job = this.shift(); job !== undefined; job = this.shift()) (isWanted(job) ? taken : kept).push(job);
    this.#rest = kept;
    this.#head = 0;
    return taken;
  }
}

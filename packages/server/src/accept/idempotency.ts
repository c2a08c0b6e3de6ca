import { type MessageStatus, messageStatus, STATUS } from "@posthorn/contract";
import { hash } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/faults.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import type { IdempotencyClaim, Store } from "../store/store.ts";

/** How long a repeat waits for the answer to the first request before it is told to come again. */
const FIRST_ANSWER_WAIT_MS = 10_000;
/** The contract's bodies are less than ten deep; without a limit a body of brackets would end the stack. */
const BODY_DEPTH_MAX = 64;

/** A request to send, with the key that its client gave it. */
export interface IdempotentRequest {
  readonly accountId: number;
  readonly key: string;
  readonly operation: string;
  readonly body: unknown;
}

export interface IdempotentAnswer {
  /** The body, as JSON. */
  readonly text: string;
  /** True when the request had been answered before, and nothing was done now. */
  readonly isReplay: boolean;
}

interface InFlight {
  readonly claim: IdempotencyClaim;
  readonly answer: Promise<IdempotentAnswer>;
}

/**
 * Sees to it that a request with an `Idempotency-Key` is done once: the first is done and its answer kept with its
 * messages, in one commit; the same again is given that answer. A first request that was refused has done nothing and
 * leaves nothing behind, so its key is free.
 */
export class IdempotencyGate {
  readonly #store: Pick<Store, "findRequest">;
  readonly #clock: Clock;
  /** One for each request that is being done now: as many as there are connections at most. */
  readonly #inFlight = new Map<string, InFlight>();

  constructor(store: Pick<Store, "findRequest">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * @param send does what the request asks, and keeps the claim with it
   * @throws Fault IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_BUSY; InvalidRequest; whatever `send` throws, also to those
   *   that waited for it
   */
  async answer(
    request: IdempotentRequest,
    send: (claim: IdempotencyClaim) => Promise<unknown>,
  ): Promise<IdempotentAnswer> {
    const { accountId, key, operation, body } = request;
    const claim = { key, operation, bodyHash: hashBody(body) };
    const place = `${accountId} ${key}`;
    const first = this.#inFlight.get(place);
    if (first !== undefined) {
      requireSame(first.claim, claim);
      return { ...(await this.#waitFor(first.answer)), isReplay: true };
    }
    const answer = this.#answerFirst(accountId, claim, send);
    this.#inFlight.set(place, { claim, answer });
    try {
      return await answer;
    } finally {
      this.#inFlight.delete(place);
    }
  }

  async #answerFirst(
    accountId: number,
    claim: IdempotencyClaim,
    send: (claim: IdempotencyClaim) => Promise<unknown>,
  ): Promise<IdempotentAnswer> {
    const kept = await this.#store.findRequest(accountId, claim.key);
    if (kept === null) return { text: JSON.stringify(await send(claim)), isReplay: false };
    requireSame(kept, claim);
    if (kept.refused.length === 0) return { text: kept.answer, isReplay: true };
    const answer = withDuplicates(JSON.parse(kept.answer) as SendAnswer, kept.refused);
    return { text: JSON.stringify(answer), isReplay: true };
  }

  async #waitFor(answer: Promise<IdempotentAnswer>): Promise<IdempotentAnswer> {
    const late = Promise.withResolvers<never>();
    const timer = this.#clock.after(FIRST_ANSWER_WAIT_MS, () => late.reject(new Fault("IDEMPOTENCY_KEY_BUSY")));
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      timer.cancel();
    }
  }
}

function requireSame(first: IdempotencyClaim, second: IdempotencyClaim) {
  if (first.operation === second.operation && first.bodyHash === second.bodyHash) return;
  throw new Fault("IDEMPOTENCY_KEY_REUSED");
}

interface AnswerEntry {
  readonly status?: MessageStatus;
}

/** Every answer to a request to send: one entry for each message in the request's order, or the entry of its only one. */
export type SendAnswer = AnswerEntry | { readonly messages: readonly AnswerEntry[] };

/**
 * The answer when the messages at `refused` were there already. The first answer and its repeats are both made here,
 * from the same text, so that they are the same to the byte.
 */
export function withDuplicates<Answer extends SendAnswer>(answer: Answer, refused: readonly number[]): Answer {
  if (refused.length === 0) return answer;
  const status = messageStatus(STATUS.REJECTED_DUPLICATE_MESSAGE_ID);
  if (!("messages" in answer)) return { ...answer, status };
  const places = new Set(refused);
  const messages = answer.messages.map((entry, index) => (places.has(index) ? { ...entry, status } : entry));
  return { ...answer, messages };
}

/** The same for bodies that mean the same: blanks and the order of an object's members do not count. */
function hashBody(body: unknown): string {
  return hash("sha256", canonical(body, 0));
}

function canonical(value: unknown, depth: number): string {
  if (depth > BODY_DEPTH_MAX) throw new InvalidRequest("body", `must be at most ${BODY_DEPTH_MAX} levels deep`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, depth + 1)).join(",")}]`;
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member, depth + 1)}`).join(",")}}`;
}

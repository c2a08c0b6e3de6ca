import { isFinal } from "../../message/state.ts";
import type { ClaimRequest, NewMessage } from "../store.ts";

interface OpenClaim {
  readonly claim: ClaimRequest;
  left: number;
}

/**
 * Which messages of one insert are claimed as they are inserted. As soon as one that is due finds no room left, none
 * after it does, so nothing overtakes.
 */
export class InsertClaims {
  readonly #byRoute = new Map<string, OpenClaim>();
  readonly #isPaused: (accountId: number, bulkId: string) => boolean;

  /** @param isAnyDue whether something waits already that the claim would have to take first */
  constructor(
    claims: readonly ClaimRequest[],
    isAnyDue: (claim: ClaimRequest) => boolean,
    isPaused: (accountId: number, bulkId: string) => boolean,
  ) {
    this.#isPaused = isPaused;
    for (const claim of claims) {
      if (claim.limit > 0 && !isAnyDue(claim)) this.#byRoute.set(claim.route, { claim, left: claim.limit });
    }
  }

  /** Null: the message is not claimed. */
  claimFor({ common, state, dueAt }: NewMessage): ClaimRequest | null {
    const open = this.#byRoute.get(common.route);
    if (open === undefined || open.left === 0 || isFinal(state)) return null;
    const { claim } = open;
    if (dueAt > claim.now || common.expiresAt <= claim.now) return null;
    return this.#isPaused(common.accountId, common.bulkId) ? null : claim;
  }

  /** How many more messages may be inserted with it. */
  leftOf({ route }: ClaimRequest): number {
    return this.#byRoute.get(route)?.left ?? 0;
  }

  /** So many messages were inserted with it. */
  used({ route }: ClaimRequest, count: number) {
    const open = this.#byRoute.get(route);
    if (open !== undefined) open.left -= count;
  }
}

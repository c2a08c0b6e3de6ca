import type { WebhookResult } from "../store.ts";

type Delivered = Extract<WebhookResult, { readonly outcome: "delivered" }>;

/** Results, one after the other, of webhooks that the same call brought there. */
export interface DeliveredRun extends Omit<Delivered, "id"> {
  readonly ids: readonly number[];
}

export type PackedResult = WebhookResult | DeliveredRun;

/**
 * For the way between the threads: an object for each result is read there at many times the price of its number, and
 * the receiver's 2xx is for a hundred of them at once. The order stays.
 */
export function packResults(results: readonly WebhookResult[]): readonly PackedResult[] {
  const packed: PackedResult[] = [];
  let run: { readonly first: Delivered; readonly ids: number[] } | null = null;
  for (const result of results) {
    if (result.outcome !== "delivered") {
      packed.push(result);
      run = null;
    } else if (run !== null && result.at === run.first.at && result.attempt === run.first.attempt) {
      run.ids.push(result.id);
    } else {
      const { id, ...same } = result;
      run = { first: result, ids: [id] };
      packed.push({ ...same, ids: run.ids });
    }
  }
  return packed;
}

/** One by one again. */
export function unpackResults(packed: readonly PackedResult[]): readonly WebhookResult[] {
  const results: WebhookResult[] = [];
  for (const one of packed) {
    if (!("ids" in one)) results.push(one);
    else {
      // Written out: an object made of the rest of another costs several times as much, for every report.
      const { ids, outcome, at, attempt } = one;
      for (const id of ids) results.push(attempt === undefined ? { id, outcome, at } : { id, outcome, at, attempt });
    }
  }
  return results;
}

import type { DueWebhook } from "../store/store.ts";

/** By receiver. */
export function groupByOrigin(webhooks: readonly DueWebhook[]): ReadonlyMap<string, DueWebhook[]> {
  const isSame = (a: DueWebhook, b: DueWebhook) => a.origin === b.origin;
  return groupsOf(webhooks, isSame, ({ origin }) => origin);
}

/** By what shares requests: one kind for one URL or subscription. */
export function groupByTarget(webhooks: readonly DueWebhook[]): ReadonlyMap<string, DueWebhook[]> {
  const isSame = (a: DueWebhook, b: DueWebhook) =>
    a.kind === b.kind && a.subscription === b.subscription && a.url === b.url;
  return groupsOf(webhooks, isSame, ({ kind, subscription, url }) => `${kind} ${subscription ?? url}`);
}

/** Each in its order. The key is made only where a webhook is not like the one before it: most come together. */
function groupsOf(
  webhooks: readonly DueWebhook[],
  isSame: (a: DueWebhook, b: DueWebhook) => boolean,
  keyOf: (webhook: DueWebhook) => string,
): ReadonlyMap<string, DueWebhook[]> {
  const groups = new Map<string, DueWebhook[]>();
  let previous: DueWebhook | null = null;
  let group: DueWebhook[] = [];
  for (const webhook of webhooks) {
    if (previous === null || !isSame(previous, webhook)) {
      const key = keyOf(webhook);
      group = groups.get(key) ?? [];
      groups.set(key, group);
    }
    group.push(webhook);
    previous = webhook;
  }
  return groups;
}

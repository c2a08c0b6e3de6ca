import assert from "node:assert/strict";
import type { ApiClient } from "./api-client.ts";

type Json = Readonly<Record<string, unknown>>;

export interface Subscribing {
  readonly id?: string;
  readonly channel?: string;
  readonly events?: readonly string[];
  /** Of the profile, beside its id and URL. */
  readonly profile?: Json;
  readonly subscription?: Json;
}

/** A subscription with a profile of the same id; answers what must be accepted. */
export async function subscribe(client: ApiClient, notifyUrl: string, options: Subscribing = {}) {
  const { id = "main", channel = "SMS", events = ["DELIVERY"], profile, subscription } = options;
  const answer = await client.call("POST", `/subscriptions/1/subscription/${channel}`, {
    json: {
      subscriptionId: id,
      events,
      profile: { profileId: id, webhook: { notifyUrl }, ...profile },
      ...subscription,
    },
  });
  assert.equal(answer.status, 201, answer.text);
  return answer;
}

/** An answer's body, which must be good. */
export async function ask(client: ApiClient, method: string, path: string, json?: unknown) {
  const answer = await client.call(method, path, json === undefined ? {} : { json });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  // oxlint-disable-next-line typescript/no-unsafe-return
  return answer.body;
}

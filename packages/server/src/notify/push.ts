import { lookup as lookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent } from "undici";
import type { Payload } from "./payload.ts";
import { post } from "./post.ts";
import { isPrivateAddress } from "./private-address.ts";

/** Requests to one receiver at the same time. */
export const CONNECTIONS_PER_ORIGIN_MAX = 8;

/** `status`: what the receiver answered, where it did. */
export type PushOutcome =
  | { readonly ok: true; readonly status?: number }
  | { readonly ok: false; readonly status?: number; readonly error: string };

export interface Pusher {
  /** Posts the body as what it is. Never rejects: whatever goes wrong is an outcome. */
  push(url: string, payload: Payload): Promise<PushOutcome>;
  close(): Promise<void>;
}

export interface PusherOptions {
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** False: receivers on loopback, private and link-local networks are refused, also behind a name. */
  readonly allowsPrivateTargets: boolean;
}

export function createPusher(options: PusherOptions): Pusher {
  const agent = new Agent({
    connections: CONNECTIONS_PER_ORIGIN_MAX,
    connectTimeout: options.connectTimeoutMs,
    headersTimeout: options.readTimeoutMs,
    bodyTimeout: options.readTimeoutMs,
    keepAliveTimeout: 4_000,
    connect: options.allowsPrivateTargets ? {} : { lookup: refusePrivateLookup },
  });
  return {
    async push(url, { body, contentType }) {
      try {
        const { origin, hostname, pathname, search } = new URL(url);
        if (!options.allowsPrivateTargets) refusePrivateHost(hostname);
        const headers = { "content-type": contentType, "user-agent": "Posthorn" };
        const { readTimeoutMs } = options;
        const status = await post(agent, { origin, path: `${pathname}${search}`, headers, body, readTimeoutMs });
        const isAccepted = status >= 200 && status < 300;
        return isAccepted ? { ok: true, status } : { ok: false, status, error: `HTTP ${status}` };
      } catch (error) {
        return { ok: false, error: describe(error) };
      }
    },
    close: () => agent.close(),
  };
}

class PrivateTargetError extends Error {
  constructor(host: string) {
    super(`${host} is on a private network (webhooks.allowPrivateTargets)`);
    this.name = "PrivateTargetError";
  }
}

/** A literal address is never looked up, so it is checked here. */
export function refusePrivateHost(hostname: string) {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw new PrivateTargetError(host);
}

/** Checked on the addresses that are connected to, not on the name: a name may point elsewhere a moment later. */
export const refusePrivateLookup: LookupFunction = (hostname, lookupOptions, callback) => {
  lookupAddress(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return callback(error, "", 0);
    if (addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(new PrivateTargetError(hostname), "", 0);
    }
    return lookupOptions.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

export function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return [code, message].filter((part) => part !== undefined && part !== "").join(": ") || String(error);
}

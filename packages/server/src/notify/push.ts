import { lookup as lookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, type Dispatcher, request } from "undici";
import type { Payload } from "./payload.ts";
import { isPrivateAddress } from "./private-address.ts";

/** What a receiver says is read this far and no further; nobody looks at it but an operator. */
const ANSWER_BYTES_MAX = 16 * 1024;
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
        if (!options.allowsPrivateTargets) refusePrivateHost(new URL(url).hostname);
        const response = await request(url, {
          method: "POST",
          dispatcher: agent,
          headers: { "content-type": contentType, "user-agent": "Posthorn" },
          body,
        });
        await skipBody(response.body, options.readTimeoutMs);
        const isAccepted = response.statusCode >= 200 && response.statusCode < 300;
        const status = response.statusCode;
        return isAccepted ? { ok: true, status } : { ok: false, status, error: `HTTP ${status}` };
      } catch (error) {
        return { ok: false, error: describe(error) };
      }
    },
    close: () => agent.close(),
  };
}

/**
 * The status has said it: an answer that breaks off, is too long or trickles on must not turn a 2xx into a failure, and
 * not hold the connection longer than reading may take.
 */
async function skipBody(body: Dispatcher.ResponseData["body"], timeoutMs: number) {
  try {
    await body.dump({ limit: ANSWER_BYTES_MAX, signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    body.destroy();
  }
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

/**
 * Fetches files that requests name. A server that fetches what it is told to is a way into the network around it: it goes
 * out by HTTPS alone, to no private address, follows no redirect, and reads so long and so far and no further.
 */
import { Agent, request } from "undici";
import type { FetchFile, FetchedFile } from "../carrier/file-fetcher.ts";
import { describe, refusePrivateHost, refusePrivateLookup } from "../notify/push.ts";

export interface FetchOptions {
  /** From the first octet to the last. */
  readonly timeoutMs: number;
  readonly allowsPrivateTargets: boolean;
}

export function createFileFetcher({ timeoutMs, allowsPrivateTargets }: FetchOptions): FetchFile {
  return async (url, { bytesMax, trustedOrigin }) => {
    if (!URL.canParse(url)) return { problem: "is no URL" };
    const { origin, protocol, hostname, username } = new URL(url);
    const isTrusted = origin === trustedOrigin;
    if (protocol !== "https:" && !isTrusted) return { problem: "must begin with https://" };
    if (username !== "") return { problem: "must not have credentials in it" };
    const isFree = isTrusted || allowsPrivateTargets;
    // Files are rare, and a connection to a stranger is not worth keeping.
    const agent = new Agent({ connections: 1, connect: isFree ? {} : { lookup: refusePrivateLookup } });
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      if (!isFree) refusePrivateHost(hostname);
      const headers = { "user-agent": "Posthorn" };
      const { statusCode, body } = await request(url, { dispatcher: agent, signal, headers });
      if (statusCode !== 200) return { problem: `could not be fetched: HTTP ${statusCode}` };
      return await read(body, bytesMax);
    } catch (error) {
      if (signal.aborted) return { problem: `could not be fetched within ${timeoutMs} ms` };
      return { problem: `could not be fetched: ${describe(error)}` };
    } finally {
      await agent.destroy();
    }
  };
}

async function read(body: AsyncIterable<Buffer>, bytesMax: number): Promise<FetchedFile> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of body) {
    byteCount += chunk.byteLength;
    if (byteCount > bytesMax) return { problem: `has more than ${bytesMax} bytes` };
    chunks.push(chunk);
  }
  return byteCount === 0 ? { problem: "is empty" } : { bytes: Buffer.concat(chunks) };
}

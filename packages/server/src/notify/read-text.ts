import type { Readable } from "node:stream";

/**
 * The beginning of an answer as text; the rest is not waited for. An answer that breaks off or trickles on ends where
 * it is: its status was already said.
 */
export async function readText(body: Readable, lengthMax: number, timeoutMs: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => body.destroy(), timeoutMs);
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= lengthMax) break;
    }
  } catch {
    // What came is what there is.
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
  return Buffer.concat(chunks).toString("utf8").slice(0, lengthMax);
}

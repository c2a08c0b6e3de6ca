import type { IncomingMessage } from "node:http";
import { GraphError } from "../errors.ts";
import { JSON_BODY_BYTES_MAX, UPLOAD_BODY_BYTES_MAX } from "../limits.ts";

/** @throws GraphError 100 for more than may be */
export async function readOctets(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of request) {
    byteCount += (chunk as Buffer).byteLength;
    if (byteCount > bytesMax) throw new GraphError(100, `The body has more than ${bytesMax} bytes`, { http: 413 });
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

const contentTypeOf = (request: IncomingMessage): string => request.headers["content-type"] ?? "";

/** JSON, or a form as an object; {} where there is no body. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readOctets(request, JSON_BODY_BYTES_MAX);
  if (bytes.byteLength === 0) return {};
  const text = bytes.toString("utf8");
  const type = contentTypeOf(request);
  if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  if (type.startsWith("multipart/form-data")) return Object.fromEntries(await formOf(bytes, type));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new GraphError(100, "The body is not JSON");
  }
}

/** The form of an upload. */
export async function readForm(request: IncomingMessage): Promise<FormData> {
  const type = contentTypeOf(request);
  if (!type.startsWith("multipart/form-data")) throw new GraphError(100, "The body is not multipart/form-data");
  return formOf(await readOctets(request, UPLOAD_BODY_BYTES_MAX), type);
}

async function formOf(bytes: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData();
  } catch {
    throw new GraphError(100, "The body is not a form");
  }
}

import { RESPONSE_BYTES_MAX } from "./core/limits.ts";
import type { HttpOptions, HttpRequest, HttpResponse } from "./core/runtime.ts";
import { ANSWER_TOO_LONG } from "./core/transport-error.ts";

export interface FetchTransportOptions {
  readonly fetch: typeof fetch;
  /** Origin without a trailing slash. */
  readonly baseUrl: string;
  /** Added to every request: authorization, user agent. */
  readonly headers: Readonly<Record<string, string>>;
  /** A signal that aborts after a time, and a way to stop its timer. */
  readonly startTimeout: StartTimeout;
}

export type StartTimeout = (timeoutMs: number) => { readonly signal: AbortSignal; stop(): void };

/** The core's `http` over fetch: whole answer or rejection within the time, no redirect followed, size bounded. */
export function fetchTransport(options: FetchTransportOptions) {
  return async (request: HttpRequest, { signal, timeoutMs }: HttpOptions): Promise<HttpResponse> => {
    const timeout = options.startTimeout(timeoutMs);
    try {
      const response = await options.fetch(urlOf(options.baseUrl, request), {
        method: request.method,
        headers: { ...request.headers, ...options.headers },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        // A followed redirect turns the POST into a GET (301, 302) and may carry the key to another host.
        redirect: "manual",
        signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
      });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        bodyText: await readText(response),
      };
    } catch (error) {
      // Whichever way fetch words it, an attempt that our timer ended is a timeout.
      if (timeout.signal.aborted && signal?.aborted !== true)
        throw Object.assign(new Error("timed out"), { name: "TimeoutError" });
      throw error;
    } finally {
      timeout.stop();
    }
  };
}

function urlOf(baseUrl: string, { path, query }: HttpRequest): string {
  const search = new URLSearchParams(query).toString();
  return `${baseUrl}${path}${search === "" ? "" : `?${search}`}`;
}

async function readText(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let byteCount = 0;
  let text = "";
  // Breaking out of the loop cancels the stream, and with it the connection.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    byteCount += chunk.byteLength;
    if (byteCount > RESPONSE_BYTES_MAX) {
      throw Object.assign(new Error(`the answer is longer than ${RESPONSE_BYTES_MAX} bytes`), {
        code: ANSWER_TOO_LONG,
      });
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

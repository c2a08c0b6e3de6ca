import type { Dispatcher } from "undici";

/** What a receiver says is read this far and no further; nobody looks at it but an operator. */
const ANSWER_BYTES_MAX = 16 * 1024;
/** Below it an answer is a word on the way to the answer (RFC 9110, 15.2). */
const FINAL_STATUS_MIN = 200;

export interface Post {
  readonly origin: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** For the whole of the answer's body. */
  readonly readTimeoutMs: number;
}

/**
 * Posts, and resolves to the status once the answer is over. Undici's own `request` makes a stream of every answer:
 * 57 us of CPU and 13 KB for a push of one report, against 35 us and 8 KB. Nobody reads these.
 *
 * @throws what came in place of a status
 */
export function post(dispatcher: Dispatcher, { origin, path, headers, body, readTimeoutMs }: Post): Promise<number> {
  return new Promise((resolve, reject) => {
    const handler = new SkippingHandler(readTimeoutMs, resolve, reject);
    dispatcher.dispatch({ origin, path, method: "POST", headers, body }, handler);
  });
}

/**
 * The status has said it: an answer that breaks off, is too long or trickles on must not turn a 2xx into a failure, and
 * not hold the connection longer than reading may take.
 */
class SkippingHandler implements Dispatcher.DispatchHandler {
  readonly #readTimeoutMs: number;
  readonly #resolve: (status: number) => void;
  readonly #reject: (error: Error) => void;
  #status: number | null = null;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(readTimeoutMs: number, resolve: (status: number) => void, reject: (error: Error) => void) {
    this.#readTimeoutMs = readTimeoutMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Undici knows a handler of its present kind by this method. */
  onRequestStart() {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number) {
    if (status < FINAL_STATUS_MIN) return;
    this.#status = status;
    this.#timer = setTimeout(() => controller.abort(new Error("the answer took too long")), this.#readTimeoutMs);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer) {
    this.#bytes += chunk.length;
    if (this.#bytes > ANSWER_BYTES_MAX) controller.abort(new Error("the answer is too long"));
  }

  onResponseEnd() {
    clearTimeout(this.#timer);
    if (this.#status !== null) this.#resolve(this.#status);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error) {
    clearTimeout(this.#timer);
    if (this.#status === null) this.#reject(error);
    else this.#resolve(this.#status);
  }
}

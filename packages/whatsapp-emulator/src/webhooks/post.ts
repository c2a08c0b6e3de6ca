import http from "node:http";
import https from "node:https";
import type { EmulatorClock } from "../clock.ts";

/** Connections at a time to one receiver. */
const SOCKETS_MAX = 16;

/** POSTs and GETs to receivers, over connections that are kept. */
export class Poster {
  readonly #http = new http.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  readonly #https = new https.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  readonly #clock: EmulatorClock;
  readonly #timeoutMs: number;
  readonly #requests = new Set<http.ClientRequest>();

  constructor(clock: EmulatorClock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** The answer's status and at most `textMax` characters of it; null where there was none. Never rejects. */
  send(
    method: "GET" | "POST",
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    textMax = 0,
  ): Promise<{ readonly status: number; readonly text: string } | null> {
    return new Promise((resolve) => {
      const isSecure = url.startsWith("https:");
      const agent = isSecure ? this.#https : this.#http;
      let request: http.ClientRequest;
      try {
        request = (isSecure ? https : http).request(url, { method, agent, headers });
      } catch {
        resolve(null);
        return;
      }
      this.#requests.add(request);
      const timer = this.#clock.after(this.#timeoutMs, () => request.destroy());
      const end = (answer: { status: number; text: string } | null): void => {
        timer.cancel();
        this.#requests.delete(request);
        resolve(answer);
      };
      request.on("error", () => end(null));
      request.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          if (text.length < textMax) text = (text + chunk).slice(0, textMax);
        });
        response.on("error", () => end(null));
        response.on("end", () => end({ status: response.statusCode ?? 0, text }));
      });
      request.end(body);
    });
  }

  close(): void {
    for (const request of this.#requests) request.destroy();
    this.#http.destroy();
    this.#https.destroy();
  }
}

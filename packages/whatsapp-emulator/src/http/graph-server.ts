import { timingSafeEqual, createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { runAfter } from "../clock.ts";
import { GraphError, isGraphError } from "../errors.ts";
import type { Ids } from "../ids.ts";
import { CONNECTIONS_MAX } from "../limits.ts";
import type { MessagesAnswer } from "../messages/sends.ts";
import type { World } from "../world.ts";
import { readBody } from "./body.ts";
import { type EdgeTable, type GraphAnswer, type GraphRequest, splitPath } from "./router.ts";

export interface GraphServerParts {
  readonly world: World;
  readonly ids: Ids;
  readonly edges: EdgeTable;
  /** Beside the Graph API: where media are fetched, and the emulator's own. By method and path. */
  readonly paths: EdgeTable;
  /** Likewise, for everybody: without a token. */
  readonly openPaths: EdgeTable;
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

function tokenOf({ headers }: IncomingMessage, query: URLSearchParams): string {
  const bearer = /^(?:Bearer|OAuth) +(.+)$/i.exec(headers.authorization ?? "");
  return bearer?.[1] ?? query.get("access_token") ?? "";
}

function unknownPath({ method, path }: Pick<GraphRequest, "method" | "path">): GraphError {
  const details = `Unsupported ${method.toLowerCase()} request: ${path} does not exist`;
  return new GraphError(100, details, { subcode: 33, type: "GraphMethodException" });
}

export class GraphServer {
  readonly #parts: GraphServerParts;
  readonly #server: Server;
  readonly #token: Buffer;

  constructor(parts: GraphServerParts) {
    this.#parts = parts;
    this.#token = digestOf(parts.world.settings.token);
    this.#server = createServer((request, response) => {
      const { activity, counters } = parts.world;
      counters.requests += 1;
      activity.begin();
      void this.#serve(request, response).finally(() => activity.end());
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  async listen(): Promise<number> {
    const { host, port } = this.#parts.world.settings;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(raw: IncomingMessage, response: ServerResponse): Promise<void> {
    const { ids, world } = this.#parts;
    const url = new URL(raw.url ?? "/", "http://emulator");
    const method = raw.method ?? "GET";
    try {
      const answer = await this.#answer(raw, method, url);
      if ("fault" in answer) await this.#sendMessages(response, answer);
      else if ("json" in answer) await sendJson(response, 200, answer.json);
      else await send(response, 200, answer.contentType, answer.data);
    } catch (error) {
      const refusal = isGraphError(error)
        ? error
        : new GraphError(1, `The emulator failed: ${String(error)}`, { http: 500 });
      world.counters.refused += 1;
      const { code, details, http } = refusal;
      world.settings.onEvent?.({ type: "refused", path: url.pathname, code, details });
      await sendJson(response, http, refusal.body(ids.traceId()));
      // A body that was refused by its size is not read to its end.
      if (!raw.complete) raw.destroy();
    }
  }

  async #answer(raw: IncomingMessage, method: string, url: URL): Promise<GraphAnswer> {
    const { edges, paths, openPaths } = this.#parts;
    const query = url.searchParams;
    const split = splitPath(url.pathname);
    const key = `${method} ${split === null ? url.pathname : split.edge}`;
    const isOpen = split === null && Object.hasOwn(openPaths, key);
    if (!isOpen && !timingSafeEqual(digestOf(tokenOf(raw, query)), this.#token)) {
      throw new GraphError(190, "The access token is missing or wrong");
    }
    const named = split === null ? paths : edges;
    const table = isOpen ? openPaths : named;
    const request: GraphRequest = {
      method,
      path: url.pathname,
      query,
      raw,
      objectId: split?.objectId ?? "",
      body: () => readBody(raw),
    };
    const answer = Object.hasOwn(table, key) ? table[key]?.(request) : undefined;
    if (answer === undefined) throw unknownPath(request);
    return answer;
  }

  async #sendMessages(response: ServerResponse, answer: MessagesAnswer): Promise<void> {
    const { body, delayMs, fault, afterAnswer } = answer;
    if (delayMs > 0) await new Promise<void>((resolve) => runAfter(this.#parts.world.settings.clock, delayMs, resolve));
    if (fault === "reset") response.socket?.resetAndDestroy();
    else if (fault !== "silent") {
      if (fault === "close") response.setHeader("connection", "close");
      await sendJson(response, 200, body);
    }
    afterAnswer();
  }
}

/** Resolves when it has left, or cannot any more. */
function send(response: ServerResponse, status: number, contentType: string, data: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      resolve();
      return;
    }
    response.once("close", resolve);
    const length = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
    response.writeHead(status, { "content-type": contentType, "content-length": length });
    response.end(data, () => resolve());
  });
}

function sendJson(response: ServerResponse, status: number, value: unknown): Promise<void> {
  return send(response, status, "application/json; charset=UTF-8", JSON.stringify(value));
}

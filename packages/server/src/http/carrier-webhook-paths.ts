/** `/carriers/{name}/webhook`: where carriers' peers call us. They have no key; each call carries its own proof. */
import type { FastifyInstance, FastifyReply } from "fastify";

/** A carrier's side of it, as carrier/webhook.ts has it. */
export interface WebhookListener {
  readonly bytesMax: number;
  challenge(query: Readonly<Record<string, unknown>>): string | null;
  take(call: {
    readonly body: Uint8Array;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly baseUrl: string;
  }): Promise<"taken" | "unsigned" | "unreadable" | "later">;
}

/** Longest body of any carrier: it is read before anybody knows who sent it. A carrier may have a lower limit. */
const BYTES_MAX = 4 * 1024 * 1024;

const STATUS_OF = { taken: 200, unsigned: 401, unreadable: 400, later: 503 } as const;

/** @param listenerOf the carrier of that name, if it has a webhook; asked for every call, since carriers come and go */
export function registerCarrierWebhooks(app: FastifyInstance, listenerOf: (name: string) => WebhookListener | null) {
  const url = "/carriers/:name/webhook";
  void app.register(async (scope) => {
    // What is signed are the octets as they come.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      "*",
      { parseAs: "buffer", bodyLimit: BYTES_MAX },
      (_request: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => {
        done(null, body);
      },
    );
    // Nothing is read for a carrier that is not there.
    scope.addHook<{ Params: { name: string } }>("onRequest", async ({ params }, reply) => {
      if (listenerOf(params.name) === null) reply.callNotFound();
    });
    scope.get<{ Params: { name: string } }>(url, async ({ params, query }, reply) => {
      const listener = listenerOf(params.name);
      if (listener === null) return reply.callNotFound();
      const answer = listener.challenge(query as Readonly<Record<string, unknown>>);
      if (answer === null) return end(reply, 403);
      return reply.type("text/plain; charset=utf-8").send(answer);
    });
    scope.post<{ Params: { name: string }; Body: Buffer | undefined }>(
      url,
      { bodyLimit: BYTES_MAX },
      async ({ params, body, headers, protocol, host, log }, reply) => {
        const listener = listenerOf(params.name);
        if (listener === null) return reply.callNotFound();
        if (body === undefined) return end(reply, 400);
        if (body.length > listener.bytesMax) return end(reply, 413);
        try {
          return end(reply, STATUS_OF[await listener.take({ body, headers, baseUrl: `${protocol}://${host}` })]);
        } catch (error) {
          log.error(
            { event: "http.webhook_failed", carrier: params.name, err: error },
            "a carrier's call was not kept",
          );
          return end(reply, STATUS_OF.later);
        }
      },
    );
  });
}

/** Programs call here, and look at the status alone. */
function end(reply: FastifyReply, status: number) {
  return reply.code(status).type("text/plain; charset=utf-8").send("");
}

import { errorBody, STATUS } from "@posthorn/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../kernel/clock.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What the sandbox was asked to do with the answer to this send. */
    answerFault: "reset" | "slow" | null;
  }
}

/** The faults of the sandbox's table that are played here, in HTTP's own terms. */
export type AcceptFault =
  | { readonly kind: "refused"; readonly status: 429 | 500 | 503; readonly retryAfterS?: number }
  | { readonly kind: "reset" }
  | { readonly kind: "slow" };

export interface AcceptFaultsOptions {
  readonly faultOf: (sender: string) => AcceptFault | undefined;
  readonly clock: Clock;
  readonly slowAnswerMs: number;
}

/** Where the senders are in what an operation is sent; undefined for one that does not play these faults. */
function sendersIn(path: string): ((body: unknown) => readonly (string | undefined)[]) | undefined {
  if (path === "/sms/3/messages") {
    return (body) => (body as { messages: { sender?: string }[] }).messages.map(({ sender }) => sender);
  }
  if (path === "/whatsapp/1/message/template") {
    return (body) => (body as { messages: { from: string }[] }).messages.map(({ from }) => from);
  }
  return path.startsWith("/whatsapp/1/message/") ? (body) => [(body as { from: string }).from] : undefined;
}

/**
 * Lets senders of the sandbox's table see what a bad day looks like. To be called before the operations are registered;
 * only those that send get the hooks, and all they do for another sender is to look it up.
 */
export function registerAcceptFaults(app: FastifyInstance, options: AcceptFaultsOptions) {
  app.decorateRequest("answerFault", null);
  app.addHook("onRoute", (route) => {
    // Whatever type of answer the path names.
    const path = route.url.replace(/\.(?:json|xml)$/, "");
    const sendersOf = route.method === "POST" ? sendersIn(path) : undefined;
    if (sendersOf === undefined) return;
    route.preHandler = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      const fault = firstFault(sendersOf(request.body), options);
      if (fault === undefined) return done();
      if (fault.kind !== "refused") {
        request.answerFault = fault.kind;
        return done();
      }
      if (fault.retryAfterS !== undefined) reply.header("retry-after", fault.retryAfterS);
      const envelope = request.routeOptions.config.envelope ?? "ApiError";
      // Answered: nothing comes after it.
      void reply.code(fault.status).send(errorBody(envelope, fault.status));
    };
    route.preSerialization = (request: FastifyRequest, _reply: FastifyReply, answer: unknown, done: () => void) => {
      if (request.answerFault === "reset" && storedSomething(answer)) request.raw.socket.resetAndDestroy();
      if (request.answerFault !== "slow") return done();
      options.clock.after(options.slowAnswerMs, done);
    };
  });
}

function firstFault(
  senders: readonly (string | undefined)[],
  { faultOf }: AcceptFaultsOptions,
): AcceptFault | undefined {
  for (const sender of senders) {
    const fault = sender === undefined ? undefined : faultOf(sender);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

interface Sent {
  readonly status?: { readonly id?: number };
}

/** Not so for a retry, which is answered; and not for an error. */
function storedSomething(answer: unknown): boolean {
  const { messages, status } = answer as Sent & { readonly messages?: readonly Sent[] };
  const sent = messages ?? (typeof status === "object" ? [{ status }] : []);
  return sent.some((message) => message.status?.id !== STATUS.REJECTED_DUPLICATE_MESSAGE_ID);
}

import type { FastifyInstance } from "fastify";

/** Previews are read by people; nothing of what they show may run. */
const PREVIEW_POLICY = "default-src 'none'; sandbox";

/**
 * `GET {path}/{link}/json` and `/preview`: where answers about flows lead to. No key is asked for: the links cannot be
 * guessed, and whoever has one may follow it.
 */
export function registerFlowLinks(
  app: FastifyInstance,
  path: string,
  /** The flow, or null. */
  follow: (link: string, isPreview: boolean) => Promise<object | null>,
) {
  app.get<{ Params: { link: string } }>(`${path}/:link/json`, async ({ params }, reply) => {
    const flow = await follow(params.link, false);
    return flow === null ? reply.callNotFound() : reply.send(flow);
  });
  app.get<{ Params: { link: string } }>(`${path}/:link/preview`, async ({ params }, reply) => {
    const flow = await follow(params.link, true);
    if (flow === null) return reply.callNotFound();
    const text = escaped(JSON.stringify(flow, null, 2));
    reply.type("text/html; charset=utf-8").header("content-security-policy", PREVIEW_POLICY);
    return reply.send(`<!doctype html>\n<meta charset="utf-8">\n<title>Flow</title>\n<pre>${text}</pre>\n`);
  });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

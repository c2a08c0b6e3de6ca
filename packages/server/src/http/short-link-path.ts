import type { FastifyInstance } from "fastify";

/** The page for a link that is unknown or whose message is no longer kept: people read it, on a phone. */
const GONE_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Link not found</title>
<h1>Link not found</h1>
<p>This link does not exist, or it has expired.</p>
</html>
`;

export interface ShortLinkRequest {
  readonly code: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** `GET /l/{code}`, and HEAD, which follows nothing. No key is asked for: whoever has a link may follow it. */
export function registerShortLinks(
  app: FastifyInstance,
  /** Where it leads, or null. */
  follow: (request: ShortLinkRequest) => Promise<string | null>,
) {
  app.route<{ Params: { code: string } }>({
    method: ["GET", "HEAD"],
    url: "/l/:code",
    handler: async ({ params, method, headers }, reply) => {
      const target = await follow({ code: params.code, method, headers });
      // Kept by nobody on the way: every click must come here.
      reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer");
      if (target === null) return reply.code(404).type("text/html; charset=utf-8").send(GONE_PAGE);
      return reply.code(302).header("location", target).send();
    },
  });
}

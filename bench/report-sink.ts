// Takes reports and counts them, in a process of its own. Prints its URL as a JSON line; answers "count" over IPC.
import { createServer } from "node:http";

let reports = 0;

/** A push of ours has up to a hundred reports in `results`; Kannel calls once for each, with nothing in the body. */
function countOf(method: string | undefined, body: string): number {
  return method === "POST" ? (JSON.parse(body) as { results: readonly unknown[] }).results.length : 1;
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    reports += countOf(request.method, body);
    response.end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/reports` })}\n`);
});
process.on("message", () => process.send?.(reports));
process.on("disconnect", () => process.exit(0));

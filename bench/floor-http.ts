// The floor of accepting over HTTP: node:http alone, which parses the JSON and answers a text of the asked size. Keeps
// nothing, checks nothing. Speaks to its parent like the server's child process does.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const answer = `{"messages":"${"x".repeat(Math.max(0, Number(process.argv[2]) - 15))}"}`;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString("utf8"));
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: "ready", url: `http://127.0.0.1:${port}` })}\n`);
});

process.on("message", (question) => {
  const { user, system } = process.cpuUsage();
  if (question === "usage") process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() });
});
process.once("SIGTERM", () => process.exit(0));
process.once("disconnect", () => process.exit(0));

// Takes reports and counts them, in a process of its own. Prints its URL as a JSON line; answers "count" over IPC.
// Sockets alone: node:http costs several times as much, on cores that the gateway is measured on.
import { createServer, type Socket } from "node:net";
import { HttpFrames } from "./http-frames.ts";
import { reportCount } from "./report-counter.ts";

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

let reports = 0;

function serve(socket: Socket) {
  let answers = 0;
  const frames = new HttpFrames("request", (octets, start, bodyStart, end) => {
    reports += reportCount(octets, start, bodyStart, end);
    answers += 1;
  });
  socket.on("data", (chunk: Buffer) => {
    frames.push(chunk);
    if (answers > 0) socket.write(answers === 1 ? ANSWER : ANSWER.repeat(answers), "latin1");
    answers = 0;
  });
  // A gateway that is stopped resets what it has open.
  socket.on("error", () => socket.destroy());
}

const server = createServer({ noDelay: true }, serve);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/reports` })}\n`);
});
process.on("message", () => process.send?.(reports));
process.on("disconnect", () => process.exit(0));

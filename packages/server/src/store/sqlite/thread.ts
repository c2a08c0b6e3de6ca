// The store's thread: one of them writes, another one reads.
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { packValue, unpackArgs } from "./crossing.ts";
import { openForReading, openForWriting } from "./database.ts";
import { commitTogether, faultOf, OPERATIONS_PER_COMMIT_MAX } from "./group-commit.ts";
import type { ReadOperation, StoreAnswer, StoreRequest, ThreadGreeting, ThreadOptions } from "./protocol.ts";
import { SqliteReader } from "./reader.ts";
import { SqliteWriter } from "./writer.ts";

const port = parentPort;
if (port === null) throw new Error("the store's thread is started by sqlite-store.ts");
const options = workerData as ThreadOptions;

/** Takes what has come in meanwhile without going back to the event loop. */
function takeWaiting(first: StoreRequest): StoreRequest[] {
  const requests = [first];
  while (requests.length < OPERATIONS_PER_COMMIT_MAX && requests.at(-1)?.operation !== "close") {
    const next = receiveMessageOnPort(port as NonNullable<typeof port>);
    if (next === undefined) break;
    requests.push(next.message as StoreRequest);
  }
  return requests;
}

function serve(close: () => void, answerAll: (requests: readonly StoreRequest[]) => StoreAnswer[]) {
  port?.on("message", (first: StoreRequest) => {
    const requests = takeWaiting(first);
    const last = requests.at(-1);
    const closing = last?.operation === "close" ? requests.pop() : undefined;
    // Sent before closing: closing may fail, and what is committed must not be called failed with it.
    if (requests.length > 0) port?.postMessage(answerAll(requests));
    if (closing === undefined) return;
    close();
    port?.postMessage([{ id: closing.id, value: null }] satisfies StoreAnswer[]);
    port?.close();
  });
}

function unpacked({ id, operation, args }: StoreRequest): StoreRequest {
  return { id, operation, args: unpackArgs(operation, args) };
}

function packed(answer: StoreAnswer, operation: StoreRequest["operation"] | undefined): StoreAnswer {
  if (operation === undefined || "fault" in answer) return answer;
  return { id: answer.id, value: packValue(operation, answer.value) };
}

function startWriter() {
  const database = openForWriting(options.file);
  const writer = new SqliteWriter(database);
  serve(
    () => {
      database.exec("pragma wal_checkpoint(truncate); pragma optimize;");
      database.close();
    },
    (requests) => {
      const answers = commitTogether(database, writer, requests.map(unpacked));
      return answers.map((answer, index) => packed(answer, requests[index]?.operation));
    },
  );
}

function startReader() {
  const database = openForReading(options.file);
  const reader = new SqliteReader(database);
  serve(
    () => database.close(),
    (requests) =>
      requests.map((request) => {
        try {
          const method = reader[request.operation as ReadOperation] as (...args: readonly unknown[]) => unknown;
          return { id: request.id, value: method.apply(reader, [...request.args]) };
        } catch (error) {
          return { id: request.id, fault: faultOf(error) };
        }
      }),
  );
}

try {
  if (options.role === "write") startWriter();
  else startReader();
  port.postMessage({ ready: true } satisfies ThreadGreeting);
} catch (error) {
  port.postMessage({ fault: faultOf(error) } satisfies ThreadGreeting);
  port.close();
}

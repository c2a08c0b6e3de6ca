// How many messages the SMSC simulator answers in a second, as a process of its own (`posthorn smsc`):
// `node bench/smpp-smsc.ts [--seconds 2] [--rounds 5] [--sessions 4] [--window 2000] [--receipts]`. The load is octets
// that were written beforehand and answers that are only counted, so that it costs less than what it measures. With
// --receipts every message asks for one, the load acknowledges it, and only then sends another.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { defaultCodec, FrameReader } from "../packages/smpp/src/index.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "5" },
    sessions: { type: "string", default: "4" },
    window: { type: "string", default: "2000" },
    receipts: { type: "boolean", default: false },
  },
});
const windowSize = Number(values.window);
const SUBMIT_RESP = 0x80000004;
const DELIVER = 0x00000005;
/** PDUs in one write. */
const BATCH = 250;

const submit = defaultCodec.encode({
  command: "submit_sm",
  sequenceNumber: 1,
  sourceAddrTon: 5,
  sourceAddr: "InfoSMS",
  destAddrTon: 1,
  destAddrNpi: 1,
  destinationAddr: "385981234567",
  registeredDelivery: values.receipts ? 1 : 0,
  shortMessage: Buffer.alloc(160, 0x61),
});
const slab = Buffer.concat(Array.from({ length: BATCH }, () => submit));

let answered = 0;
let acknowledged = 0;
let isOver = false;

/** Everything has the same sequence number: nobody here matches answers with requests. */
class Load {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  #inFlight = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("drain", () => this.#fill());
    socket.on("error", () => {});
    const bind = { command: "bind_transceiver", sequenceNumber: 1, systemId: "load", interfaceVersion: 0x34 } as const;
    socket.write(defaultCodec.encode(bind));
  }

  #take(chunk: Buffer): void {
    const acknowledgements: Buffer[] = [];
    this.#reader.push(chunk);
    while (this.#reader.next()) {
      const { octets, start } = this.#reader;
      const commandId = Buffer.from(octets.buffer, octets.byteOffset, octets.length).readUInt32BE(start + 4);
      if (commandId === SUBMIT_RESP) {
        if (!values.receipts) this.#inFlight -= 1;
        answered += 1;
      } else if (commandId === DELIVER) {
        const sequenceNumber = Buffer.from(octets.buffer, octets.byteOffset).readUInt32BE(start + 12);
        this.#inFlight -= 1;
        acknowledgements.push(defaultCodec.encode({ command: "deliver_sm_resp", sequenceNumber }));
        acknowledged += 1;
      }
    }
    if (acknowledgements.length > 0) this.#socket.write(Buffer.concat(acknowledgements));
    this.#fill();
  }

  #fill(): void {
    while (!isOver && this.#inFlight + BATCH <= windowSize && !this.#socket.writableNeedDrain) {
      this.#inFlight += BATCH;
      this.#socket.write(slab);
    }
  }
}

async function listeningPort(child: ChildProcess): Promise<number> {
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  while (!output.includes("\n")) await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  return (JSON.parse(output.slice(0, output.indexOf("\n"))) as { port: number }).port;
}

const cli = join(import.meta.dirname, "..", "packages", "server", "src", "cli.ts");
const child = spawn(process.execPath, [cli, "smsc", "--port", "0", "--counters", "--json", "--window-size", "1000"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const port = await listeningPort(child);
const sockets = Array.from({ length: Number(values.sessions) }, () => connect(port, "127.0.0.1").setNoDelay(true));
for (const socket of sockets) socket.once("connect", () => new Load(socket));

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
await wait(1000);
const figures: { readonly answers: number; readonly receipts: number }[] = [];
for (let round = 0; round < Number(values.rounds); round += 1) {
  const [before, receiptsBefore, started] = [answered, acknowledged, performance.now()];
  await wait(Number(values.seconds) * 1000);
  const seconds = (performance.now() - started) / 1000;
  figures.push({ answers: (answered - before) / seconds, receipts: (acknowledged - receiptsBefore) / seconds });
}
isOver = true;
for (const socket of sockets) socket.destroy();
child.kill("SIGTERM");
await once(child, "close");

function line(name: string, rates: readonly number[]): string {
  const sorted = rates.map(Math.round).toSorted((a, b) => a - b);
  return `${name.padEnd(10)} ${sorted[Math.floor(sorted.length / 2)]}/s  (${sorted[0]}-${sorted.at(-1)})`;
}
console.log(`${submit.length} octets per submit_sm, ${values.sessions} sessions, window ${windowSize}`);
console.log(
  line(
    "answered",
    figures.map(({ answers }) => answers),
  ),
);
if (values.receipts)
  console.log(
    line(
      "receipts",
      figures.map(({ receipts }) => receipts),
    ),
  );

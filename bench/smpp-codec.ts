// How fast the SMPP codec is on one core: `node bench/smpp-codec.ts [--seconds 1] [--rounds 5]`. The message is a
// submit_sm with 160 octets of text; buffers are reused as a session does. Beside it stands what a codec cannot be
// quicker than: copying the same octets from one buffer to another.
import { parseArgs } from "node:util";
import { defaultCodec, FrameReader, type PduInput } from "../packages/smpp/src/index.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "1" }, rounds: { type: "string", default: "5" } },
});
const durationMs = Number(values.seconds) * 1000;
const rounds = Number(values.rounds);

const SUBMIT: PduInput = {
  command: "submit_sm",
  sourceAddrTon: 5,
  sourceAddr: "InfoSMS",
  destAddrTon: 1,
  destAddrNpi: 1,
  destinationAddr: "385981234567",
  registeredDelivery: 1,
  shortMessage: Buffer.alloc(160, 0x61),
};
const ANSWER: PduInput = { command: "submit_sm_resp", messageId: "0190f3c2a7e84d5b" };

const SLAB_OCTETS = 64 * 1024;
const BATCH = 1000;
const slab = Buffer.allocUnsafeSlow(SLAB_OCTETS);
/** Keeps the results alive, so that no work is left out. */
let sum = 0;

function encodeBatch(pdu: PduInput): void {
  let offset = 0;
  for (let index = 1; index <= BATCH; index += 1) {
    const end = defaultCodec.encodeInto(slab, offset, pdu, index);
    offset = end < 0 ? 0 : end;
  }
  sum += offset;
}

const submit = defaultCodec.encode(SUBMIT);
const answer = defaultCodec.encode(ANSWER);

function decodeBatch(octets: Buffer): void {
  for (let index = 0; index < BATCH; index += 1) sum += defaultCodec.decode(octets, 0, octets.length).sequenceNumber;
}

/** As they come from a socket: chunks of 64 KiB that cut PDUs anywhere. */
const stream = Buffer.concat(Array.from({ length: BATCH }, () => submit));

function readBatch(): void {
  const reader = new FrameReader();
  for (let offset = 0; offset < stream.length; offset += SLAB_OCTETS) {
    reader.push(stream.subarray(offset, offset + SLAB_OCTETS));
    while (reader.next()) sum += defaultCodec.decode(reader.octets, reader.start, reader.end).sequenceNumber;
  }
}

function copyBatch(): void {
  for (let index = 0; index < BATCH; index += 1) sum += submit.copy(slab, (index % 200) * submit.length);
}

const CONTESTANTS: readonly (readonly [string, () => void])[] = [
  ["encode submit_sm", () => encodeBatch(SUBMIT)],
  ["decode submit_sm", () => decodeBatch(submit)],
  ["frames and decode submit_sm", readBatch],
  ["encode submit_sm_resp", () => encodeBatch(ANSWER)],
  ["decode submit_sm_resp", () => decodeBatch(answer)],
  ["floor: copy submit_sm", copyBatch],
];

function perSecond(run: () => void): number {
  const started = performance.now();
  let count = 0;
  while (performance.now() - started < durationMs) {
    run();
    count += BATCH;
  }
  return (count / (performance.now() - started)) * 1000;
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;

const results = new Map(CONTESTANTS.map(([name]) => [name, [] as number[]]));
for (const [, run] of CONTESTANTS) for (let index = 0; index < 200; index += 1) run();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, run] of CONTESTANTS) results.get(name)?.push(perSecond(run));
}
console.log(`${submit.length} octets per submit_sm, ${rounds} rounds, node ${process.version}`);
for (const [name, figures] of results) {
  const millions = (figure: number): string => (figure / 1e6).toFixed(2);
  const spread = `${millions(Math.min(...figures))}-${millions(Math.max(...figures))}`;
  console.log(`${name.padEnd(30)} ${millions(median(figures)).padStart(7)} million/s  (${spread})`);
}
if (sum === 0) console.log("nothing was done");

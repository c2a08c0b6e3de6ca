/** Wireshark's decoder of SMPP, as somebody who read the specification without us. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath, skipWithout } from "./outside-program.ts";

export const TSHARK_SKIP = skipWithout("tshark", "text2pcap");

/** Octets of one direction, as they were written together. */
export interface Octets {
  readonly from: "ESME" | "SMSC";
  readonly octets: Uint8Array;
}

/** What of a frame is told, by tshark's own names; a field that a frame has several times has several values. */
export type Dissected = Readonly<Record<string, readonly string[]>>;

const SMSC_PORT = 2775;
const ESME_PORT = 40_000;
/** Below what an IP packet can have; longer ones are cut as TCP cuts them. */
const SEGMENT_OCTETS_MAX = 1400;
const OUTPUT_BYTES_MAX = 256 * 2 ** 20;
const OCTETS_PER_LINE = 16;
/** From the warnings on; notes and chats are about the made-up TCP around the octets. */
const SEVERITY_WARNING = 0x600000;
const FAULT_FIELDS = ["_ws.malformed", "_ws.expert.severity", "_ws.expert.message"];
/** Between values and fields: characters that no value has. */
const VALUE_END = "\u0001";
const FIELD_END = "\u0002";

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(programPath(program), args, {
    encoding: "utf8",
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout;
}

function dumpOf({ from, octets }: Octets): string {
  const hex = Buffer.from(octets).toString("hex");
  const lines = [from === "ESME" ? "O" : "I"];
  for (let offset = 0; offset < octets.length; offset += OCTETS_PER_LINE) {
    const line = hex.slice(offset * 2, (offset + OCTETS_PER_LINE) * 2).replaceAll(/../g, " $&");
    lines.push(`${offset.toString(16).padStart(6, "0")}${line}`);
  }
  return `${lines.join("\n")}\n\n`;
}

function segmentsOf({ from, octets }: Octets): Octets[] {
  const segments: Octets[] = [];
  for (let offset = 0; offset < octets.length; offset += SEGMENT_OCTETS_MAX) {
    segments.push({ from, octets: octets.subarray(offset, offset + SEGMENT_OCTETS_MAX) });
  }
  return segments;
}

/**
 * One entry for each frame with SMPP in it; a PDU that was cut is in the frame of its last octet. `faults` is whatever
 * tshark finds wrong: malformed packets, and its own warnings and errors.
 */
export function dissect(
  stream: readonly Octets[],
  fields: readonly string[],
): { readonly frames: readonly Dissected[]; readonly faults: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-tshark-"));
  try {
    const [dump, capture] = [join(folder, "dump.txt"), join(folder, "capture.pcapng")];
    writeFileSync(dump, stream.flatMap(segmentsOf).map(dumpOf).join(""));
    run("text2pcap", ["-q", "-D", "-T", `${ESME_PORT},${SMSC_PORT}`, dump, capture]);
    const names = ["frame.number", ...fields, ...FAULT_FIELDS];
    const reading = [
      "-n",
      "-r",
      capture,
      "-d",
      `tcp.port==${SMSC_PORT},smpp`,
      "-Y",
      "smpp || _ws.malformed || _ws.expert",
    ];
    const showing = [
      "-T",
      "fields",
      "-E",
      "occurrence=a",
      "-E",
      `aggregator=${VALUE_END}`,
      "-E",
      `separator=${FIELD_END}`,
    ];
    const output = run("tshark", [...reading, ...showing, ...names.flatMap((name) => ["-e", name])]);
    const frames = output
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const values = line.split(FIELD_END).map((value) => (value === "" ? [] : value.split(VALUE_END)));
        return Object.fromEntries(names.map((name, index) => [name, values[index] ?? []])) as Dissected;
      });
    return { frames, faults: frames.flatMap(faultsOf) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function faultsOf(frame: Dissected): string[] {
  const at = (name: string) => frame[name] ?? [];
  const faults = at("_ws.malformed").map((text) => `frame ${at("frame.number").join()}: malformed ${text}`);
  for (const [index, severity] of at("_ws.expert.severity").entries()) {
    if (Number(severity) < SEVERITY_WARNING) continue;
    faults.push(`frame ${at("frame.number").join()}: ${at("_ws.expert.message")[index] ?? "warned"}`);
  }
  return faults;
}

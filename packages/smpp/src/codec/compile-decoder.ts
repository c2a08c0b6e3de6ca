/**
 * Makes one straight-line function of each layout: no loop over fields, no property set by a computed name, one object
 * shape for each command. The generated text holds names and numbers of layouts.ts and nothing from outside.
 */
import { COMMAND_STATUS } from "../command-status.ts";
import { HEADER_OCTETS } from "./header.ts";
import type { Field } from "./layouts.ts";
import { type Command, isResponse, layoutOf, type Pdu } from "./pdu.ts";
import * as read from "./read.ts";

/** Octets of a C-string with its NUL, by field; what is not in here has the specification's limit. */
export type OctetsMax = Readonly<Record<string, number>>;

/** Reads the PDU whose header was read; `start` to `end` is its command_length. */
export type Decode = (octets: Buffer, start: number, end: number, commandStatus: number, sequenceNumber: number) => Pdu;

const { RINVCMDLEN, RINVMSGLEN } = COMMAND_STATUS;

const listCode = (name: string, reader: string): string => `
  const c_${name} = { offset: o };
  const ${name} = read.${reader}(b, start, c_${name}, end);
  o = c_${name}.offset;`;

function fieldCode(field: Field, octetsMax: OctetsMax): string {
  const { name } = field;
  switch (field.kind) {
    case "uint8":
      return `
  if (o >= end) read.fail(b, start, ${RINVCMDLEN}, "ends before ${name}");
  const ${name} = b[o++];`;
    case "cString":
      return `
  z = o;
  while (z < end && b[z] !== 0) z++;
  if (z >= end) read.fail(b, start, ${RINVCMDLEN}, "${name} has no end");
  if (z - o >= ${octetsMax[name] ?? field.decodeOctetsMax}) read.fail(b, start, ${field.status}, "${name} is too long");
  const ${name} = z === o ? "" : read.latin1(b, o, z);
  o = z + 1;`;
    case "shortMessage":
      return `
  if (o >= end) read.fail(b, start, ${RINVCMDLEN}, "ends before sm_length");
  z = o + 1 + b[o];
  if (z > end) read.fail(b, start, ${RINVMSGLEN}, "sm_length is larger than the PDU");
  const ${name} = b.subarray(o + 1, z);
  o = z;`;
    case "destAddresses":
      return listCode(name, "readDestAddresses");
    case "unsuccessSmes":
      return listCode(name, "readUnsuccessSmes");
  }
}

const EMPTY_VALUES: Readonly<Record<Field["kind"], string>> = {
  cString: '""',
  uint8: "0",
  shortMessage: "Buffer.alloc(0)",
  destAddresses: "[]",
  unsuccessSmes: "[]",
};

function build<Result>(parameters: string, body: string): Result {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is made of our own layouts, once at load
  return new Function("read", "Buffer", `return function (${parameters}) {${body}\n};`)(read, Buffer) as Result;
}

export function compileDecoder(command: Command, octetsMax: OctetsMax): Decode {
  const { fields, hasTlvs } = layoutOf(command);
  const names = fields.map(({ name }) => name);
  const readTlvs = isResponse(command) ? "readResponseTlvs" : "readTlvs";
  const rest = hasTlvs
    ? `
  const tlvs = read.${readTlvs}(b, start, o, end);`
    : `
  if (o !== end) read.fail(b, start, ${RINVCMDLEN}, "has a body");
  const tlvs = read.readTlvs(b, start, o, end);`;
  return build(
    "b, start, end, commandStatus, sequenceNumber",
    `
  let o = start + ${HEADER_OCTETS}, z = 0;${fields.map((field) => fieldCode(field, octetsMax)).join("")}${rest}
  return { command: "${command}", ${["commandStatus", "sequenceNumber", ...names, "tlvs"].join(", ")} };`,
  );
}

/** The same object with empty fields: what a response says that ends after its header. */
export function compileEmpty(command: Command): (commandStatus: number, sequenceNumber: number) => Pdu {
  const empty = layoutOf(command).fields.map(({ kind, name }) => `${name}: ${EMPTY_VALUES[kind]}`);
  const members = ["commandStatus", "sequenceNumber", ...empty, "tlvs: read.NO_TLVS"].join(", ");
  return build("commandStatus, sequenceNumber", `\n  return { command: "${command}", ${members} };`);
}

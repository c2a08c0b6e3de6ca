/** The counterpart of compile-decoder.ts: first every field is checked and the size is known, then octets are written. */
import type { OctetsMax } from "./compile-decoder.ts";
import { HEADER_OCTETS } from "./header.ts";
import type { Field } from "./layouts.ts";
import { type Command, isResponse, layoutOf, type PduInput } from "./pdu.ts";
import * as write from "./write.ts";

/**
 * Writes `pdu` into `target` at `offset`.
 *
 * @returns the offset after it; or, when `target` has too little room, the size of the PDU as a negative number, and
 *   nothing of `target` before `offset` or after its end was touched.
 */
export type Encode = (target: Uint8Array, offset: number, pdu: PduInput, sequenceNumber: number) => number;

interface FieldCode {
  readonly check: string;
  /** An expression, or a number, for the field's octets. */
  readonly size: string;
  readonly put: string;
}

const listCode = (name: string, noun: string): FieldCode => ({
  check: `
  const ${name} = pdu.${name} ?? [], s_${name} = write.sizeOf${noun}(${name});`,
  size: `s_${name}`,
  put: `
  o = write.put${noun}(target, o, ${name});`,
});

function fieldCode(field: Field, octetsMax: OctetsMax): FieldCode {
  const { name } = field;
  switch (field.kind) {
    case "uint8":
      return {
        check: `
  const ${name} = pdu.${name} ?? 0;
  if ((${name} & 255) !== ${name}) write.failOctet("${name}");`,
        size: "1",
        put: `
  target[o++] = ${name};`,
      };
    case "cString": {
      const max = octetsMax[name] ?? field.octetsMax;
      return {
        check: `
  const ${name} = pdu.${name} ?? "";
  if (typeof ${name} !== "string" || ${name}.length >= ${max}) write.failTooLong("${name}", ${max});`,
        size: `1 + ${name}.length`,
        put: `
  if (${name} === "") target[o++] = 0;
  else o = write.putCString(target, o, ${name}, "${name}");`,
      };
    }
    case "shortMessage": {
      const max = Math.min(octetsMax[name] ?? field.octetsMax, 255);
      return {
        check: `
  const ${name} = pdu.${name} ?? NOTHING;
  if (!(${name} instanceof Uint8Array) || ${name}.length > ${max}) write.failShortMessage(${max});`,
        size: `1 + ${name}.length`,
        put: `
  target[o++] = ${name}.length;
  o = write.putOctets(target, o, ${name});`,
      };
    }
    case "destAddresses":
      return listCode(name, "DestAddresses");
    case "unsuccessSmes":
      return listCode(name, "UnsuccessSmes");
  }
}

const putUint32 = (expression: string): string =>
  [24, 16, 8, 0].map((bits) => `\n  target[o++] = ${expression}${bits === 0 ? "" : ` >>> ${bits}`};`).join("");

export function compileEncoder(command: Command, octetsMax: OctetsMax): Encode {
  const { id, fields, hasTlvs } = layoutOf(command);
  const codes = fields.map((field) => fieldCode(field, octetsMax));
  const fixed = codes.filter(({ size }) => size === "1").length;
  const variable = codes.map(({ size }) => size).filter((size) => size !== "1");
  const tlvs = hasTlvs ? "pdu.tlvs ?? NO_TLVS" : "NO_TLVS";
  // A response that refuses has no body (§4.1.2, §4.4.2); optional parameters come after one, so they need it.
  const isShort = isResponse(command) && fields.length > 0 ? "status !== 0 && tlvs.length === 0" : "false";
  const text = `
  const status = pdu.commandStatus ?? 0, tlvs = ${tlvs};
  if (status >>> 0 !== status) write.failHeader("commandStatus");
  if (sequenceNumber >>> 0 !== sequenceNumber) write.failHeader("sequenceNumber");
  const isShort = ${isShort};${codes.map(({ check }) => check).join("")}
  const size = isShort ? ${HEADER_OCTETS} : ${[HEADER_OCTETS + fixed, ...variable].join(" + ")}
    + (tlvs.length === 0 ? 0 : write.sizeOfTlvs(tlvs));
  if (offset + size > target.length) return -size;
  let o = offset;${putUint32("size")}${putUint32(String(id))}${putUint32("status")}${putUint32("sequenceNumber")}
  if (isShort) return o;${codes.map(({ put }) => put).join("")}
  if (tlvs.length !== 0) o = write.putTlvs(target, o, tlvs);
  return o;`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is made of our own layouts, once at load
  const make = new Function(
    "write",
    "NOTHING",
    "NO_TLVS",
    `return function (target, offset, pdu, sequenceNumber) {${text}\n};`,
  );
  return make(write, new Uint8Array(0), []) as Encode;
}

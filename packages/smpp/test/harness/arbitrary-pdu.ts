import fc from "fast-check";
import type { Field } from "../../src/codec/layouts.ts";
import { type Command, COMMANDS, isResponse, layoutOf, type Pdu } from "../../src/codec/pdu.ts";
import { type Tlv, TLVS, tlvLayoutOfTag } from "../../src/codec/tlv.ts";

/** Plain objects: a decoder makes no others. */
const recordOf = <Members>(members: { [Name in keyof Members]: fc.Arbitrary<Members[Name]> }) =>
  fc.record<Members>(members, { noNullPrototype: true });

const octet = fc.integer({ min: 0, max: 255 });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });

/** Latin-1 without NUL, up to `octetsMax` with its end. */
const cString = (octetsMax: number) =>
  fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength: octetsMax - 1, size: "max" })
    .map((codes) => String.fromCharCode(...codes));

const octets = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max, size: "max" }).map((bytes) => Buffer.from(bytes));

const destAddress = fc.oneof(
  recordOf({
    destFlag: fc.constant(1 as const),
    destAddrTon: octet,
    destAddrNpi: octet,
    destinationAddr: cString(21),
  }),
  recordOf({ destFlag: fc.constant(2 as const), dlName: cString(21) }),
);

const unsuccessSme = recordOf({
  destAddrTon: octet,
  destAddrNpi: octet,
  destinationAddr: cString(21),
  errorStatusCode: uint32,
});

function valueOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "uint8":
      return octet;
    case "cString":
      return cString(field.octetsMax);
    case "shortMessage":
      return octets(0, field.octetsMax);
    case "destAddresses":
      return fc.array(destAddress, { minLength: 1, maxLength: 8 });
    case "unsuccessSmes":
      return fc.array(unsuccessSme, { maxLength: 8 });
  }
}

/** Known ones within their limits, unknown and vendor's ones, in any order and more than once. */
const tlvOf: fc.Arbitrary<Tlv> = fc
  .oneof(fc.constantFrom(...Object.values(TLVS).map(({ tag }) => tag)), fc.integer({ min: 0, max: 0xffff }))
  .chain((tag) => {
    const { octetsMin, octetsMax } = tlvLayoutOfTag(tag) ?? { octetsMin: 0, octetsMax: 40 };
    return octets(octetsMin, Math.min(octetsMax, 40)).map((value) => ({ tag, value }));
  });

/** A PDU of this command as a decoder makes it: a refusal without optional parameters has an empty body. */
export function arbitraryPdu(command: Command): fc.Arbitrary<Pdu> {
  const { fields, hasTlvs } = layoutOf(command);
  const members = Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
  const status = isResponse(command) ? fc.oneof(fc.constant(0), uint32) : fc.constant(0);
  return recordOf({
    command: fc.constant(command),
    commandStatus: status,
    sequenceNumber: uint32,
    ...members,
    tlvs: hasTlvs ? fc.array(tlvOf, { maxLength: 6 }) : fc.constant([]),
  })
    .filter(({ commandStatus, tlvs }) => commandStatus === 0 || tlvs.length > 0 || fields.length === 0)
    .map((pdu) => pdu as unknown as Pdu);
}

export const anyPdu: fc.Arbitrary<Pdu> = fc.constantFrom(...COMMANDS).chain(arbitraryPdu);

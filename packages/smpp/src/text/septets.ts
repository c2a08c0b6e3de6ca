/** Packing of septets into octets (3GPP TS 23.038 clause 6.1.2.1), for carriers that take GSM 7 packed. */

/** Fills the last octet where seven bits are left, which would read as the septet of `@` (clause 6.1.2.3.1). */
const CARRIAGE_RETURN = 0x0d;

/** Bits that stand between a user data header and the first septet, so that septets begin on a septet's boundary. */
export const fillBitsAfter = (headerOctets: number): number => (7 - ((headerOctets * 8) % 7)) % 7;

export function packSeptets(septets: Uint8Array, fillBits = 0): Buffer {
  if (septets.length === 0) return Buffer.alloc(0);
  const bits = fillBits + septets.length * 7;
  const isPadded = bits % 8 === 1;
  const packed = Buffer.alloc(Math.ceil(bits / 8));
  let bit = fillBits;
  const put = (septet: number): void => {
    const index = bit >> 3;
    const shifted = (septet & 0x7f) << (bit & 7);
    packed[index] = (packed[index] as number) | (shifted & 0xff);
    if (shifted > 0xff) packed[index + 1] = (packed[index + 1] as number) | (shifted >> 8);
    bit += 7;
  };
  for (const septet of septets) put(septet);
  if (isPadded) put(CARRIAGE_RETURN);
  return packed;
}

/** All septets that the octets have room for; a filling carriage return at the very end is left out. */
export function unpackSeptets(packed: Uint8Array, fillBits = 0): Buffer {
  const bits = packed.length * 8;
  const count = Math.max(0, Math.floor((bits - fillBits) / 7));
  const septets = Buffer.alloc(count);
  for (let index = 0; index < count; index += 1) {
    const bit = fillBits + index * 7;
    const pair = (packed[bit >> 3] ?? 0) | ((packed[(bit >> 3) + 1] ?? 0) << 8);
    septets[index] = (pair >> (bit & 7)) & 0x7f;
  }
  const isFull = fillBits + count * 7 === bits;
  return isFull && septets[count - 1] === CARRIAGE_RETURN ? septets.subarray(0, count - 1) : septets;
}

/** Latin-1 in octets: addresses, ids, the texts of receipts. */

/** Up to this many characters one call with that many arguments beats Buffer's own slice by two to three times. */
const SHORT_TEXT_OCTETS_MAX = 24;

const shortText = (length: number): string => {
  const octets = Array.from({ length }, (_, index) => `b[s + ${index}]`).join(", ");
  return `case ${length}: return String.fromCharCode(${octets});`;
};

/** From `s` to `e`, which are in `b`. 8-bit octets in addresses and ids are real, so nothing is masked. */
// oxlint-disable-next-line typescript/no-implied-eval -- made of numbers only, once at load
export const latin1 = new Function(
  "prototype",
  `return (b, s, e) => {
    switch (e - s) {
      case 0: return "";
      ${Array.from({ length: SHORT_TEXT_OCTETS_MAX }, (_, index) => shortText(index + 1)).join("\n      ")}
      default: return prototype.latin1Slice.call(b, s, e);
    }
  };`,
)(Buffer.prototype) as (octets: Uint8Array, start: number, end: number) => string;

/** Whether `text` is what stands from `start` to `end`: then there is no need to make it anew. */
export function isLatin1At(octets: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (octets[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

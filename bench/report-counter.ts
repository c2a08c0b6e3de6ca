/** What report-sink.ts makes of a request that pushes reports. */

const POST = 0x50;
/** Once in each report of a message that was delivered: the name of its status. */
const DELIVERED = Buffer.from('"name":"DELIVERED_TO_HANDSET"');
/** What load.ts has Kannel call for a message that was delivered; its user guide, "Delivery reports". */
const KANNEL_DELIVERED = Buffer.from("?type=1 ");
const REQUEST_LINE_OCTETS_MAX = 256;

/**
 * How many messages it says were delivered. A push of ours has up to a hundred reports in its body; Kannel calls once
 * for each, with nothing in the body. Whatever says something else counts for nothing, and is missed at the end.
 */
export function reportCount(octets: Buffer, start: number, bodyStart: number, end: number): number {
  if (octets[start] !== POST) {
    const line = octets.subarray(start, Math.min(bodyStart, start + REQUEST_LINE_OCTETS_MAX));
    return line.includes(KANNEL_DELIVERED) ? 1 : 0;
  }
  const body = octets.subarray(bodyStart, end);
  let count = 0;
  for (let at = body.indexOf(DELIVERED); at !== -1; at = body.indexOf(DELIVERED, at + DELIVERED.length)) count += 1;
  return count;
}

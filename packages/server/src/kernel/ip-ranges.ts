import { BlockList, isIP } from "node:net";

const PREFIX_MAX = { 4: 32, 6: 128 } as const;

/** What Node shows of an IPv4 address on a socket that takes both kinds. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

interface IpRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** An address (`10.0.0.1`, `::1`) or a range (`10.0.0.0/8`); null: neither. */
export function parseIpRange(text: string): IpRange | null {
  const [address = "", length, ...rest] = text.trim().split("/");
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || rest.length > 0 || address.includes("%")) return null;
  const max = PREFIX_MAX[version];
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null;
  const prefix = length === undefined ? max : Number(length);
  return prefix > max ? null : { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

export type IpMatcher = (address: string) => boolean;

/** @throws RangeError naming what is no address and no range */
export function createIpMatcher(ranges: readonly string[]): IpMatcher {
  const list = new BlockList();
  for (const text of ranges) {
    const range = parseIpRange(text);
    if (range === null) throw new RangeError(`${JSON.stringify(text)} is no IP address and no range of them`);
    list.addSubnet(range.address, range.prefix, range.family);
  }
  return (address) => {
    const plain = MAPPED.exec(address)?.[1] ?? address.replace(/%.*$/, "");
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6");
  };
}

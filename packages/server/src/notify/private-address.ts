import { BlockList, isIP, isIPv6 } from "node:net";

/** Networks that nobody on the public internet answers from (IANA special-purpose address registries). */
const PRIVATE_V4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;

const PRIVATE_V6 = [
  ["::", 128],
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const;

const blocked = new BlockList();
for (const [network, prefix] of PRIVATE_V4) {
  blocked.addSubnet(network, prefix, "ipv4");
  // The same networks behind a translator: IPv4-compatible (RFC 4291, 2.5.5.1), NAT64 (RFC 6052, 2.1), 6to4 (RFC 3056).
  blocked.addSubnet(`::${network}`, 96 + prefix, "ipv6");
  blocked.addSubnet(`64:ff9b::${network}`, 96 + prefix, "ipv6");
  const [a = 0, b = 0, c = 0, d = 0] = network.split(".").map(Number);
  blocked.addSubnet(`2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`, 16 + prefix, "ipv6");
}
for (const [network, prefix] of PRIVATE_V6) blocked.addSubnet(network, prefix, "ipv6");

/** True for loopback, private, link-local, carrier-grade NAT, multicast and reserved addresses, IPv4 and IPv6. */
export function isPrivateAddress(address: string): boolean {
  // BlockList looks through IPv4-mapped addresses (::ffff:10.0.0.1) by itself.
  return blocked.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** True when nobody but this machine reaches what listens on `host`. 0.0.0.0 and :: are everywhere, so they are not. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || (isIP(host) !== 0 && loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4"));
}

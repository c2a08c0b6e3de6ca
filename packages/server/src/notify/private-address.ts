import { BlockList, isIPv6 } from "node:net";

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
  ["ff00::", 8],
] as const;

const blocked = new BlockList();
for (const [network, prefix] of PRIVATE_V4) blocked.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of PRIVATE_V6) blocked.addSubnet(network, prefix, "ipv6");

/** True for loopback, private, link-local, carrier-grade NAT, multicast and reserved addresses, IPv4 and IPv6. */
export function isPrivateAddress(address: string): boolean {
  // BlockList looks through IPv4-mapped addresses (::ffff:10.0.0.1) by itself.
  return blocked.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

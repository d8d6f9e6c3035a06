/**
 * The addresses of a Pod: one of each family at most, the family of its node's address first. A network may
 * write them in its own way: they are told in the usual one (kubelet-02).
 */
import { parseIP } from '../api/validation/ip.ts';

type Family = 'IPv4' | 'IPv6';

interface Address {
  readonly family: Family;
  readonly text: string;
}

export function sortPodIPs(nodeIP: string, podIPs: readonly string[]): readonly string[] {
  const addresses = podIPs.map(addressOf).filter((address) => address !== undefined);
  const primary = addressOf(nodeIP)?.family ?? 'IPv4';
  const secondary = primary === 'IPv4' ? 'IPv6' : 'IPv4';
  return [primary, secondary]
    .map((family) => addresses.find((address) => address.family === family)?.text)
    .filter((text) => text !== undefined);
}

function addressOf(ip: string): Address | undefined {
  const address = parseIP(ip);
  if (address === undefined) return undefined;
  const { bits, value, mapped } = address;
  return bits === 32 || mapped
    ? { family: 'IPv4', text: textV4(value & 0xffff_ffffn) }
    : { family: 'IPv6', text: textV6(value) };
}

const textV4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');

/** The first of the longest runs of zeros is left out (RFC 5952). */
function textV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => (value >> BigInt(16 * (7 - i))) & 0xffffn);
  let [from, length] = [0, 0];
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0n) j++;
    if (j - i > length) [from, length] = [i, j - i];
  }
  const hex = (part: readonly bigint[]) => part.map((group) => group.toString(16)).join(':');
  return length < 2
    ? hex(groups)
    : `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`;
}

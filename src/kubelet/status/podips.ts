/**
 * The addresses of a Pod: one of each family at most, the family of its node's address first. A network may
 * write them in its own way: they are told in the usual one (kubelet-02).
 */
import { addressText, parseIP } from '../../api/validation/ip.ts';

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
  const { bits, mapped } = address;
  return { family: bits === 32 || mapped ? 'IPv4' : 'IPv6', text: addressText(address) };
}

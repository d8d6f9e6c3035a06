/** The addresses of a Pod: one of each family at most, the family of its node's address first. */

const isV6 = (ip: string): boolean => ip.includes(':');

export function sortPodIPs(nodeIP: string, podIPs: readonly string[]): readonly string[] {
  const primaryV6 = isV6(nodeIP);
  const primary = podIPs.find((ip) => isV6(ip) === primaryV6);
  const secondary = podIPs.find((ip) => isV6(ip) !== primaryV6);
  return [primary, secondary].filter((ip) => ip !== undefined);
}

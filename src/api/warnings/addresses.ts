/**
 * Addresses that can be read, and are not written as they should be (upstream's GetWarningsForIP, GetWarningsForCIDR).
 * Ranges that are worse than that are refused since 1.36.
 */
import { listOf, mapping } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { addressText, parseCIDR, parseIP } from '../validation/ip.ts';

const future = 'will be considered invalid in a future Kubernetes release: use';
const canonical = 'should be in RFC 5952 canonical format';

export function ipWarnings(text: string, at: string): readonly string[] {
  const address = parseIP(text);
  if (address === undefined) return [];
  const best = addressText(address);
  if (address.zeros || address.mapped) {
    return [`${at}: non-standard IP address "${text}" ${future} "${best}"`];
  }
  return best === text ? [] : [`${at}: IPv6 address "${text}" ${canonical} ("${best}")`];
}

export function cidrWarnings(text: string, at: string): readonly string[] {
  const range = parseCIDR(text);
  if (range === undefined) return [];
  const best = `${addressText(range.address)}/${range.prefix}`;
  return best === text ? [] : [`${at}: IPv6 CIDR value "${text}" ${canonical} ("${best}")`];
}

/** Of the blocks that a NetworkPolicy lets through. */
export function policyWarnings({ spec }: KubeObject): readonly string[] {
  const peers = (rules: string, list: string): readonly string[] =>
    listOf(mapping(spec)[rules]).flatMap((rule, i) =>
      listOf(rule[list]).flatMap(({ ipBlock }, j) => {
        const at = `spec.${rules}[${i}].${list}[${j}].ipBlock`;
        const { cidr, except } = mapping(ipBlock);
        const excepted = Array.isArray(except) ? except : [];
        return [
          ...cidrWarnings(String(cidr), `${at}.cidr`),
          ...excepted.flatMap((one, k) => cidrWarnings(String(one), `${at}.except[${k}]`)),
        ];
      }),
    );
  return [...peers('ingress', 'from'), ...peers('egress', 'to')];
}

const managedBy = 'endpointslice.kubernetes.io/managed-by';

/** Its own controller is believed. */
export function sliceWarnings(slice: KubeObject, before?: KubeObject): readonly string[] {
  const { addressType, endpoints } = slice as KubeObject & Readonly<Record<string, unknown>>;
  if (addressType === 'FQDN') {
    return before === undefined ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
  }
  if (slice.metadata.labels?.[managedBy] === 'endpointslice-controller.k8s.io') return [];
  return listOf(endpoints).flatMap(({ addresses }, i) =>
    (Array.isArray(addresses) ? addresses : []).flatMap((ip, j) =>
      ipWarnings(String(ip), `endpoints[${i}].addresses[${j}]`),
    ),
  );
}

/**
 * IPAddresses: one object for each address of a Service, so that nobody else takes it (upstream's ipallocator).
 *
 * Upstream makes it before the Service is stored, and takes it away afterwards; here both happen at one instant, the
 * Service first.
 */
import type { KubeObject } from '../api/meta.ts';
import type { Service } from '../api/service/service.ts';
import { isIPv4 } from '../api/validation/ip.ts';
import type { Request } from './request.ts';

type Stored = KubeObject | undefined;

const addressesOf = (service: Stored): readonly string[] =>
  ((service as Service | undefined)?.spec.clusterIPs ?? []).filter((ip) => ip !== 'None');

/** What has to be asked for when a Service has changed. */
export function addressRequests(before: Stored, after: Stored): readonly Request[] {
  const [had, has] = [addressesOf(before), addressesOf(after)];
  const kind = 'IPAddress';
  return [
    ...had
      .filter((ip) => !has.includes(ip))
      .map((ip): Request => ({ verb: 'delete', kind, name: ip })),
    ...has
      .filter((ip) => !had.includes(ip))
      .map((ip): Request => ({ verb: 'create', kind, object: drafted(ip, after!) })),
  ];
}

const drafted = (ip: string, { metadata: { namespace, name } }: KubeObject) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: {
    name: ip,
    labels: {
      'ipaddress.kubernetes.io/ip-family': isIPv4(ip) ? 'IPv4' : 'IPv6',
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
    },
  },
  spec: { parentRef: { group: '', resource: 'services', namespace: namespace!, name } },
});

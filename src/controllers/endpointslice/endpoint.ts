/** What a Pod is as an endpoint of a Service (ctl-08 §A): its address, conditions and ports. */

import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodReady, isPodTerminal } from '../../api/pod/podstatus.ts';
import type { AddressType, Endpoint, EndpointPort } from '../../api/service/endpointslice.ts';
import { isHeadless, type Service, type ServicePort } from '../../api/service/service.ts';

/** It has an address, and is not over. */
export function isEndpoint(pod: Pod): boolean {
  if (isPodTerminal(pod)) return false;
  const { podIP, podIPs } = pod.status;
  return Boolean(podIP) || (podIPs?.length ?? 0) > 0;
}

const isIPv6 = (ip: string): boolean => ip.includes(':');

/** Its addresses of a family. */
export const addressesOf = ({ status }: Pod, type: AddressType): readonly string[] =>
  (status.podIPs ?? (status.podIP ? [{ ip: status.podIP }] : [])).flatMap(({ ip }) =>
    ip && isIPv6(ip) === (type === 'IPv6') ? [ip] : [],
  );

export interface EndpointConditions {
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}

/** Whoever only looks at `ready` must not be led to a Pod on its way out, unless the Service asks for it. */
export function conditionsOf(pod: Pod, publishNotReady: boolean): EndpointConditions {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  return { ready: publishNotReady || (serving && !terminating), serving, terminating };
}

/** The name that the Pod has below the Service, if it has one. */
export const hostnameOf = ({ spec }: Pod, { metadata }: Service): string | undefined =>
  spec.hostname && spec.subdomain === metadata.name ? spec.hostname : undefined;

const zoneLabel = 'topology.kubernetes.io/zone';

/** Undefined if it has no address of the family. */
export function endpointOf(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  type: AddressType,
): Endpoint | undefined {
  const addresses = addressesOf(pod, type);
  if (addresses.length === 0) return undefined;
  const { nodeName } = pod.spec;
  const hostname = hostnameOf(pod, service);
  const zone = node?.metadata.labels?.[zoneLabel];
  return {
    addresses,
    conditions: conditionsOf(pod, service.spec.publishNotReadyAddresses === true),
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: targetOf(pod),
    ...(nodeName ? { nodeName } : {}),
    ...(zone ? { zone } : {}),
  };
}

export function targetOf({ metadata: { namespace, name, uid } }: Pod) {
  return { kind: 'Pod', namespace: namespace!, name, uid };
}

/** The number behind a port of the Service on this Pod; undefined if no container names it. */
export function portNumber(
  pod: Pod,
  { targetPort, port, protocol }: ServicePort,
): number | undefined {
  if (targetPort === undefined) return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always');
  for (const { ports = [] } of [...pod.spec.containers, ...sidecars]) {
    for (const one of ports) {
      const same = (one.protocol ?? 'TCP') === (protocol ?? 'TCP');
      if (one.name === targetPort && same) return one.containerPort;
    }
  }
  return undefined;
}

/** Ports of the Service on this Pod. Pods that differ in them go to different slices. */
export function endpointPorts(service: Service, pod: Pod): readonly EndpointPort[] {
  const { ports = [] } = service.spec;
  if (ports.length === 0 && isHeadless(service)) return [];
  return ports.flatMap((one) => {
    const port = portNumber(pod, one);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = one;
    return [{ name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

/** The same text for the same ports, in whatever order. */
export const portsKey = (ports: readonly EndpointPort[] | null | undefined): string =>
  (ports ?? [])
    .map(({ name = '', protocol = 'TCP', port, appProtocol }) =>
      JSON.stringify([name, protocol, port, appProtocol]),
    )
    .sort()
    .join();

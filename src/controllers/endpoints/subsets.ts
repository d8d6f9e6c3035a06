/** The subsets of a Service: its Pods, ready or not, with its ports on them (ctl-08 §A). */

import type { Pod } from '../../api/pod/pod.ts';
import { isPodReady } from '../../api/pod/podstatus.ts';
import type { EndpointAddress, EndpointSubset } from '../../api/service/endpoints.ts';
import type { AddressType } from '../../api/service/endpointslice.ts';
import { isHeadless, type Service } from '../../api/service/service.ts';
import {
  addressesOf,
  endpointPorts,
  hostnameOf,
  isEndpoint,
  targetOf,
} from '../endpointslice/endpoint.ts';
import { repacked } from './repack.ts';

export function subsetsOf(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const { publishNotReadyAddresses: unready = false, ports: asked = [] } = service.spec;
  const subsets: EndpointSubset[] = [];
  for (const pod of pods) {
    if (!isEndpoint(pod)) continue;
    // One object has no place for conditions: who is on the way out is left out.
    if (pod.metadata.deletionTimestamp !== undefined && !unready) continue;
    const address = addressOf(service, pod);
    if (address === undefined) continue;
    const where = unready || isPodReady(pod) ? 'addresses' : 'notReadyAddresses';
    if (asked.length === 0 && isHeadless(service)) subsets.push({ [where]: [address] });
    for (const { name, port, protocol, appProtocol } of endpointPorts(service, pod)) {
      const one = {
        ...(name ? { name } : {}),
        port: port!,
        protocol: protocol!,
        ...(appProtocol === undefined ? {} : { appProtocol }),
      };
      subsets.push({ [where]: [address], ports: [one] });
    }
  }
  return repacked(subsets);
}

/** Its address of the one family that Endpoints have. */
function addressOf(service: Service, pod: Pod): EndpointAddress | undefined {
  const [ip] = addressesOf(pod, familyOf(service, pod));
  if (ip === undefined) return undefined;
  const hostname = hostnameOf(pod, service);
  const { nodeName } = pod.spec;
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: targetOf(pod),
  };
}

function familyOf({ spec }: Service, { status }: Pod): AddressType {
  const { ipFamilies: [family] = [], clusterIP } = spec;
  if (family !== undefined) return family;
  const ip = clusterIP && clusterIP !== 'None' ? clusterIP : (status.podIP ?? '');
  return ip.includes(':') ? 'IPv6' : 'IPv4';
}

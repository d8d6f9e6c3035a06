/** Decisions about the Pods behind a Service: which are endpoints, and which slices they go to. */

import type { Pod } from '../../../src/api/pod/pod.ts';
import type { Endpoint, EndpointSlice } from '../../../src/api/service/endpointslice.ts';
import { conditionsOf, isEndpoint } from '../../../src/controllers/endpointslice/endpoint.ts';
import { pack } from '../../../src/controllers/endpointslice/packing.ts';
import type { Input, Topics } from '../topic.ts';
import { pod } from './objects.ts';

function candidate({ phase, hasIP, ready, deleting }: Input): Pod {
  const plain = pod({ name: 'p', phase, ready }, 0);
  const { podIP: _ip, podIPs: _ips, ...status } = plain.status;
  const marked = deleting ? { deletionTimestamp: '2026-01-01T00:00:30Z' } : {};
  return {
    ...plain,
    metadata: { ...plain.metadata, ...marked },
    status: hasIP ? { ...status, podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] } : status,
  };
}

const endpoint = (name: string, ready: boolean): Endpoint => ({
  addresses: ['10.0.0.1'],
  conditions: { ready, serving: ready, terminating: false },
  targetRef: { kind: 'Pod', namespace: 'default', name, uid: name },
});

const named = (count: number, prefix: string, ready = true): Endpoint[] =>
  Array.from({ length: count }, (_, i) => endpoint(`${prefix}-${i}`, ready));

const sliceOf = (name: string, endpoints: readonly Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '' },
  addressType: 'IPv4',
  endpoints,
  ports: null,
});

export const endpointSlices: Topics = {
  endpoint_conditions(input) {
    const one = candidate(input);
    if (!isEndpoint(one)) return { included: false, ready: null, serving: null, terminating: null };
    return { included: true, ...conditionsOf(one, input.publishNotReady) };
  },
  endpointslice_packing({ existing, newEndpoints, limit }) {
    const slices: EndpointSlice[] = [];
    const desired: Endpoint[] = [];
    existing.forEach(([total, stillDesired, changed]: [number, number, boolean], i: number) => {
      slices.push(sliceOf(`s${i}`, named(total, `s${i}`)));
      desired.push(...named(stillDesired, `s${i}`, !changed));
    });
    const { create, update, remove } = pack(
      slices,
      [...desired, ...named(newEndpoints, 'new')],
      limit,
    );
    const sizes = new Map(slices.map((slice) => [slice, slice.endpoints?.length ?? 0]));
    for (const { slice, endpoints } of update) sizes.set(slice, endpoints.length);
    for (const slice of remove) sizes.delete(slice);
    return {
      create: create.length,
      update: update.length,
      delete: remove.length,
      sizes: [...sizes.values(), ...create.map(({ length }) => length)].sort((a, b) => a - b),
    };
  },
};

/** What is to be done about the slices of a Service: created, updated, deleted (ctl-08 §A). */

import { semanticDeepEqual } from '../../api/equal.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type {
  AddressType,
  Endpoint,
  EndpointPort,
  EndpointSlice,
} from '../../api/service/endpointslice.ts';
import type { Service } from '../../api/service/service.ts';
import type { View } from '../../store/view.ts';
import { endpointOf, endpointPorts, isEndpoint, portsKey } from './endpoint.ts';
import { withHints } from './hints.ts';
import { pack } from './packing.ts';
import { isOwnedBy, isRelabelled, newSlice, type SliceDraft, sliceLabels } from './slices.ts';

/** Most endpoints of one slice: --max-endpoints-per-slice. */
export const endpointsPerSlice = 100;

export interface Plan {
  readonly create: readonly SliceDraft[];
  readonly update: readonly (EndpointSlice | NamedDraft)[];
  readonly remove: readonly EndpointSlice[];
}

/** A new slice that takes the place of an old one: written over it, whatever it was. */
export type NamedDraft = SliceDraft & { readonly metadata: { readonly name: string } };

/** Families that the Service has addresses of. */
export function addressTypesOf({ spec }: Service): readonly AddressType[] {
  const { ipFamilies = [], clusterIP } = spec;
  if (ipFamilies.length > 0) return ipFamilies;
  if (clusterIP && clusterIP !== 'None') return [clusterIP.includes(':') ? 'IPv6' : 'IPv4'];
  return ['IPv4', 'IPv6'];
}

interface Group {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
}

export interface Planning {
  readonly type: AddressType;
  readonly view: View;
  /** Most endpoints of one slice. */
  readonly perSlice: number;
}

/** The plan for one family, and why some Pods are not in it. */
export function planFor(
  service: Service,
  pods: readonly Pod[],
  existing: readonly EndpointSlice[],
  { type, view, perSlice }: Planning,
): Plan & { readonly errors: readonly string[] } {
  const { groups, errors } = grouped(service, pods, type, view);
  const byPorts = new Map<string, EndpointSlice[]>();
  const remove: EndpointSlice[] = [];
  for (const slice of existing) {
    if (!isOwnedBy(slice, service)) remove.push(slice);
    else add(byPorts, portsKey(slice.ports), slice);
  }
  const create: SliceDraft[] = [];
  const update: EndpointSlice[] = [];
  for (const [key, { ports, endpoints }] of groups) {
    const relabelled = (slice: EndpointSlice) => isRelabelled(slice, service);
    const packing = pack(byPorts.get(key) ?? [], endpoints, perSlice, relabelled);
    create.push(...packing.create.map((some) => newSlice(service, type, ports, some)));
    for (const { slice, endpoints: next } of packing.update) {
      const metadata = { ...slice.metadata, labels: sliceLabels(service) };
      update.push({ ...slice, metadata, endpoints: next.length === 0 ? null : next });
    }
    remove.push(...packing.remove);
  }
  for (const [key, slices] of byPorts) if (!groups.has(key)) remove.push(...slices);
  if (remove.length === existing.length && create.length === 0) {
    const placeholder = newSlice(service, type, [], []);
    if (remove.length === 1 && saysTheSame(remove[0]!, placeholder)) remove.pop();
    else create.push(placeholder);
  }
  return { ...hint({ create, update, remove }, existing, service), errors };
}

function grouped(service: Service, pods: readonly Pod[], type: AddressType, view: View) {
  const groups = new Map<string, Group>();
  const errors: string[] = [];
  const { namespace, name } = service.metadata;
  for (const pod of pods) {
    if (!isEndpoint(pod)) continue;
    const ports = endpointPorts(service, pod);
    const key = portsKey(ports);
    let group = groups.get(key);
    if (group === undefined) {
      group = { ports, endpoints: [] };
      groups.set(key, group);
    }
    const { nodeName = '' } = pod.spec;
    const node = view.get<Node>('Node', nodeName);
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) {
      // The node may be on its way into the cache: without its zone the endpoint is not complete.
      errors.push(
        `skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${nodeName} Not Found`,
      );
      continue;
    }
    const endpoint = endpointOf(pod, node, service, type);
    if (endpoint !== undefined) group.endpoints.push(endpoint);
  }
  return { groups, errors };
}

function saysTheSame(slice: EndpointSlice, { metadata, ...draft }: SliceDraft): boolean {
  const { labels } = slice.metadata;
  return (
    semanticDeepEqual(labels, metadata.labels) &&
    slice.addressType === draft.addressType &&
    semanticDeepEqual(slice.endpoints, draft.endpoints) &&
    semanticDeepEqual(slice.ports, draft.ports)
  );
}

function hint(plan: Plan, existing: readonly EndpointSlice[], { spec }: Service): Plan {
  const { trafficDistribution } = spec;
  const touched = new Set([...plan.update, ...plan.remove].map(({ metadata }) => metadata.name));
  const untouched = existing.filter(({ metadata }) => !touched.has(metadata.name));
  const rehinted = untouched.flatMap((slice) => {
    const next = withHints(slice, trafficDistribution);
    return next === slice ? [] : [next];
  });
  return {
    create: plan.create.map((slice) => withHints(slice, trafficDistribution)),
    update: [...plan.update.map((slice) => withHints(slice, trafficDistribution)), ...rehinted],
    remove: plan.remove,
  };
}

function add<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}

/** One to be deleted is written over with one to be created: one write in place of two. */
export function recycled({ create, update, remove }: Plan, owner: KubeObject): Plan {
  const fresh = [...create];
  const reused: NamedDraft[] = [];
  const rest = remove.filter((old) => {
    const draft = fresh.at(-1);
    if (draft?.addressType !== old.addressType || !isOwnedBy(old, owner)) return true;
    fresh.pop();
    reused.push({ ...draft, metadata: { ...draft.metadata, name: old.metadata.name } });
    return false;
  });
  return { create: fresh, update: [...update, ...reused], remove: rest };
}

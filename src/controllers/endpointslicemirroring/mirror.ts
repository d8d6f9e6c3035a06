/** The slices that say what Endpoints say (ctl-08 §A): one for each list of ports and family. */

import { semanticDeepEqual } from '../../api/equal.ts';
import { controllerRef, type Labels } from '../../api/meta.ts';
import type { EndpointAddress, Endpoints, SubsetPort } from '../../api/service/endpoints.ts';
import {
  type AddressType,
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  serviceNameLabel,
  sliceManagedByLabel,
  triggerTimeAnnotation,
} from '../../api/service/endpointslice.ts';
import { isIP } from '../../api/validation/ip.ts';
import { repacked } from '../endpoints/repack.ts';
import { portsKey } from '../endpointslice/endpoint.ts';
import { endpointKey, isSame } from '../endpointslice/packing.ts';
import type { NamedDraft, Plan } from '../endpointslice/plan.ts';
import { type SliceDraft, slicePrefix } from '../endpointslice/slices.ts';

/** Value of the label that says whose slices they are. */
export const mirrorManager = 'endpointslicemirroring-controller.k8s.io';

/** Most addresses of one subset that are mirrored: --mirroring-max-endpoints-per-subset. */
export const mirroredMax = 1000;

interface Group {
  readonly type: AddressType;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

export interface Mirrored {
  readonly plan: Plan;
  /** Addresses that are none. */
  readonly invalid: number;
  /** Addresses that are not mirrored, for that reason or for want of room. */
  readonly skipped: number;
}

export function mirrorOf(endpoints: Endpoints, existing: readonly EndpointSlice[]): Mirrored {
  const { groups, invalid, skipped } = grouped(endpoints);
  const left = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = groupKey(slice.addressType as AddressType, slice.ports ?? []);
    left.set(key, [...(left.get(key) ?? []), slice]);
  }
  const create: SliceDraft[] = [];
  const update: NamedDraft[] = [];
  const remove: EndpointSlice[] = [];
  for (const [key, group] of groups) {
    const [first, ...others] = left.get(key) ?? [];
    left.delete(key);
    remove.push(...others);
    const wanted = [...group.endpoints.values()].slice(0, mirroredMax);
    if (wanted.length === 0) {
      if (first !== undefined) remove.push(first);
    } else if (first === undefined) create.push(sliceOf(endpoints, group, wanted));
    else if (!says(first, endpoints, group)) {
      update.push(named(sliceOf(endpoints, group, wanted), first));
    }
  }
  for (const slices of left.values()) remove.push(...slices);
  return { plan: recycled({ create, update, remove }), invalid, skipped };
}

function grouped({ subsets = [] }: Endpoints) {
  const groups = new Map<string, Group>();
  let invalid = 0;
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of repacked(subsets)) {
    const slicePorts = ports.map(portOf);
    const [v4, v6] = (['IPv4', 'IPv6'] as const).map((type) => {
      const key = groupKey(type, slicePorts);
      const group = groups.get(key) ?? { type, ports: slicePorts, endpoints: new Map() };
      groups.set(key, group);
      return group;
    });
    let added = 0;
    const add = (address: EndpointAddress, ready: boolean): void => {
      if (added >= mirroredMax) return;
      if (!isIP(address.ip)) {
        invalid += 1;
        return;
      }
      const endpoint = endpointOf(address, ready);
      (address.ip.includes(':') ? v6! : v4!).endpoints.set(endpointKey(endpoint), endpoint);
      added += 1;
    };
    for (const address of addresses) add(address, true);
    for (const address of notReadyAddresses) add(address, false);
    skipped += addresses.length + notReadyAddresses.length - added;
  }
  return { groups, invalid, skipped };
}

const groupKey = (type: AddressType, ports: readonly EndpointPort[]): string =>
  `${type} ${portsKey(ports)}`;

const portOf = ({ name = '', port, protocol = 'TCP', appProtocol }: SubsetPort): EndpointPort => ({
  name,
  port,
  protocol,
  ...(appProtocol === undefined ? {} : { appProtocol }),
});

const endpointOf = (
  { ip, hostname, nodeName, targetRef }: EndpointAddress,
  ready: boolean,
): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname ? { hostname } : {}),
  ...(targetRef === undefined ? {} : { targetRef }),
  ...(nodeName === undefined ? {} : { nodeName }),
});

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

const without = (all: Labels = {}, ...names: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));

const annotationsOf = ({ metadata }: Endpoints): Labels =>
  without(metadata.annotations, triggerTimeAnnotation, lastApplied);

/** Whether the slice needs no update: endpoints, labels and annotations are those of the Endpoints. */
function says(slice: EndpointSlice, endpoints: Endpoints, { endpoints: wanted }: Group): boolean {
  const { labels, annotations } = slice.metadata;
  const own = without(labels, sliceManagedByLabel, serviceNameLabel);
  const now = slice.endpoints ?? [];
  return (
    now.length === wanted.size &&
    now.every((endpoint) => {
      const next = wanted.get(endpointKey(endpoint));
      return next !== undefined && isSame(next, endpoint);
    }) &&
    semanticDeepEqual(own, endpoints.metadata.labels) &&
    semanticDeepEqual(annotations, annotationsOf(endpoints))
  );
}

const sliceOf = (
  endpoints: Endpoints,
  { type, ports }: Group,
  wanted: readonly Endpoint[],
): SliceDraft => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: slicePrefix(endpoints.metadata.name),
    namespace: endpoints.metadata.namespace!,
    labels: {
      ...endpoints.metadata.labels,
      [serviceNameLabel]: endpoints.metadata.name,
      [sliceManagedByLabel]: mirrorManager,
    },
    annotations: annotationsOf(endpoints),
    ownerReferences: [controllerRef(endpoints)],
  },
  addressType: type,
  endpoints: wanted,
  ports,
});

/** Written over one that there is, under its name. */
function named({ metadata, ...draft }: SliceDraft, slice: EndpointSlice): NamedDraft {
  const { generateName: _prefix, ...rest } = metadata;
  return { ...draft, metadata: { ...rest, name: slice.metadata.name } };
}

/** One to be deleted is written over with one to be created of its family: one write in place of two. */
function recycled({ create, update, remove }: Plan): Plan {
  const rest = [...remove];
  const fresh: SliceDraft[] = [];
  const reused: NamedDraft[] = [];
  for (const draft of create) {
    const at = rest.findIndex(({ addressType }) => addressType === draft.addressType);
    if (at < 0) fresh.push(draft);
    else reused.push(named(draft, rest.splice(at, 1)[0]!));
  }
  return { create: fresh, update: [...update, ...reused], remove: rest };
}

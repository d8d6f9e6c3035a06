/** Slices of a Service: which are its own, and what a new one says (ctl-08 §A). */

import { semanticDeepEqual } from '../../api/equal.ts';
import {
  controllerRef,
  type Draft,
  type Key,
  type KubeObject,
  type Labels,
} from '../../api/meta.ts';
import {
  type AddressType,
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  headlessLabel,
  serviceNameLabel,
  sliceManagedByLabel,
  triggerTimeAnnotation,
} from '../../api/service/endpointslice.ts';
import type { Service } from '../../api/service/service.ts';
import type { View } from '../../store/view.ts';

export type SliceDraft = Draft<EndpointSlice>;

/** Value of the label that says whose slices they are. */
export const sliceManager = 'endpointslice-controller.k8s.io';

export const isManagedBy = ({ metadata }: EndpointSlice, manager: string): boolean =>
  metadata.labels?.[sliceManagedByLabel] === manager;

/** Key of the Service that a slice names. */
export function serviceKeyOf({ metadata: { namespace, labels } }: EndpointSlice): Key | undefined {
  const name = labels?.[serviceNameLabel];
  return name ? `${namespace}/${name}` : undefined;
}

/** A manager's slices of a Service, those left out that are being deleted. */
export const slicesOf = (
  view: View,
  namespace: string,
  name: string,
  manager: string,
): readonly EndpointSlice[] =>
  view
    .by<EndpointSlice>('EndpointSlice', 'namespace', namespace)
    .filter(
      (slice) =>
        slice.metadata.labels?.[serviceNameLabel] === name &&
        isManagedBy(slice, manager) &&
        slice.metadata.deletionTimestamp === undefined,
    );

/** A Service of the same name may have been there before: what it left is the garbage collector's. */
export const isOwnedBy = ({ metadata }: EndpointSlice, owner: KubeObject): boolean =>
  metadata.ownerReferences?.some(
    ({ uid, kind, apiVersion }) =>
      uid === owner.metadata.uid && kind === owner.kind && apiVersion === 'v1',
  ) ?? false;

const reserved = new Set([serviceNameLabel, sliceManagedByLabel, headlessLabel]);

const plain = (labels: Labels = {}): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !reserved.has(name)));

export const hasNoAddress = ({ spec: { clusterIP } }: Service): boolean =>
  !clusterIP || clusterIP === 'None';

/** Labels of its slices: its own, and those that lead back to it. */
export const sliceLabels = (service: Service): Labels => ({
  ...plain(service.metadata.labels),
  ...(hasNoAddress(service) ? { [headlessLabel]: '' } : {}),
  [serviceNameLabel]: service.metadata.name,
  [sliceManagedByLabel]: sliceManager,
});

/** Whether the Service's own labels have changed since; the reserved ones alone are no reason to write. */
export const isRelabelled = ({ metadata }: EndpointSlice, service: Service): boolean =>
  !semanticDeepEqual(plain(metadata.labels), plain(service.metadata.labels));

const nameMax = 253;

/** The dash is left out where the name would become too long by it. */
export const slicePrefix = (name: string): string => (name.length < nameMax ? `${name}-` : name);

export const newSlice = (
  service: Service,
  addressType: AddressType,
  ports: readonly EndpointPort[],
  endpoints: readonly Endpoint[],
): SliceDraft => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: slicePrefix(service.metadata.name),
    namespace: service.metadata.namespace!,
    labels: sliceLabels(service),
    ownerReferences: [controllerRef(service)],
  },
  addressType,
  endpoints: orNull(endpoints),
  ports: orNull(ports),
});

const orNull = <T>(items: readonly T[]): readonly T[] | null => (items.length === 0 ? null : items);

/** With the time of the change that led to it; a time of an earlier change is taken away. */
export function withTriggerTime<T extends { readonly metadata: SliceDraft['metadata'] }>(
  object: T,
  time: string | undefined,
): T {
  const { annotations = {}, ...metadata } = object.metadata;
  const { [triggerTimeAnnotation]: _earlier, ...others } = annotations;
  const next = time === undefined ? others : { ...others, [triggerTimeAnnotation]: time };
  const annotated = Object.keys(next).length === 0 ? metadata : { ...metadata, annotations: next };
  return { ...object, metadata: annotated };
}

/**
 * Endpoints controller (ctl-08 §A): keeps one object for each Service that selects Pods, with their
 * addresses. EndpointSlices have taken its place; 1.36 still writes it for those who read it.
 */

import { semanticDeepEqual } from '../api/equal.ts';
import { type Draft, type Key, keyOf, type Labels, splitKey } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import {
  type EndpointSubset,
  type Endpoints,
  endpointsManagedByLabel,
  leaderAnnotation,
  overCapacityAnnotation,
} from '../api/service/endpoints.ts';
import { headlessLabel } from '../api/service/endpointslice.ts';
import type { Service } from '../api/service/service.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import { isOverCapacity, truncated } from './endpoints/capacity.ts';
import { subsetsOf } from './endpoints/subsets.ts';
import { podsOf, selects, servicesToUpdate } from './endpointslice/podchanges.ts';
import { hasNoAddress, withTriggerTime } from './endpointslice/slices.ts';
import { TriggerTimes } from './endpointslice/triggertimes.ts';
import { isNamespaceTerminating } from './endpointslice/write.ts';

const manager = 'endpoint-controller';

export const endpointsController = (): Controller => {
  const triggerTimes = new TriggerTimes();
  /** Versions that were written over: a cache that shows one of them is old. */
  const outdated = new Map<Key, string>();
  let started = false;

  function keysFor(event: WatchEvent, { view, queue }: ControllerContext): void {
    if (event.kind === 'Service') queue.add(event.key);
    else if (event.kind === 'Pod') {
      for (const key of servicesToUpdate(event as WatchEvent<Pod>, view)) queue.add(key);
    } else if (event.type === 'DELETED') queue.add(event.key);
    else if (event.listed === undefined) started = true;
    else if (!started && !isLock(event.object)) {
      // What it finds when it starts may be left over from a Service that went meanwhile.
      queue.add(event.key);
    }
  }

  function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
    const { view } = context;
    const service = view.get<Service>('Service', key);
    if (service === undefined) return yield* forget(key);
    if (!selects(service)) return undefined;
    const pods = podsOf(service, view);
    // Also where nothing is written: what has been seen is not new the next time.
    const triggerTime = triggerTimes.of(service, pods);
    const subsets = subsetsOf(service, pods);
    const current = view.get<Endpoints>('Endpoints', key);
    if (current !== undefined) {
      const { resourceVersion } = current.metadata;
      if (outdated.get(key) === resourceVersion) {
        const what = `resource version ${resourceVersion} already processed for endpoints ${key}`;
        return { error: `endpoints informer cache is out of date, ${what}` };
      }
      if (isRight(current, subsets, service)) return undefined;
    }
    const next = withTriggerTime(endpointsOf(service, subsets, current), triggerTime);
    return yield* write(key, next, current, context);
  }

  function* forget(key: Key): Requests<Outcome> {
    const { namespace = '', name } = splitKey(key);
    const named = { kind: 'Endpoints', namespace, name };
    const deleted = yield* call({ verb: 'delete', ...named });
    if (!deleted.ok && deleted.status.reason !== 'NotFound') {
      return { error: deleted.status.message };
    }
    triggerTimes.forget(key);
    outdated.delete(key);
    return undefined;
  }

  function* write(
    key: Key,
    object: Draft<Endpoints>,
    current: Endpoints | undefined,
    context: ControllerContext,
  ): Requests<Outcome> {
    const { namespace = '' } = splitKey(key);
    const kind = 'Endpoints';
    const written = yield* call<Endpoints>(
      current === undefined
        ? { verb: 'create', kind, namespace, object }
        : { verb: 'update', kind, object: object as Endpoints },
    );
    if (!written.ok) {
      const { message } = written.status;
      if (current === undefined && isNamespaceTerminating(written.status)) return undefined;
      const about = object as Endpoints;
      if (current === undefined) {
        const what = `Failed to create endpoint for service ${key}: ${message}`;
        context.record(about, 'Warning', 'FailedToCreateEndpoint', what);
      } else {
        const what = `Failed to update endpoint ${key}: ${message}`;
        context.record(about, 'Warning', 'FailedToUpdateEndpoint', what);
      }
      return { error: message };
    }
    // An update that changed nothing has no new version: it would be awaited for ever.
    const before = current?.metadata.resourceVersion;
    const { resourceVersion } = written.object.metadata;
    if (before !== undefined && before !== resourceVersion) outdated.set(keyOf(current!), before);
    return undefined;
  }

  return {
    name: manager,
    watches: ['Service', 'Pod', 'Endpoints'],
    retriesMax: 15,
    keysFor,
    reconcile,
    memory: () => [triggerTimes.memory(), [...outdated], started],
  };
};

const isLock = ({ metadata }: WatchEvent['object']): boolean =>
  metadata.annotations?.[leaderAnnotation] !== undefined;

const labelsOf = (service: Service): Labels => {
  const { [headlessLabel]: _headless, ...own } = service.metadata.labels ?? {};
  return {
    ...own,
    [endpointsManagedByLabel]: manager,
    ...(hasNoAddress(service) ? { [headlessLabel]: '' } : {}),
  };
};

/** Whether nothing is to be written. The label of headless ones alone is no reason to write. */
function isRight(
  { metadata, subsets: now = [] }: Endpoints,
  subsets: readonly EndpointSubset[],
  service: Service,
): boolean {
  const plain = ({ [headlessLabel]: _headless, ...labels }: Labels): Labels => labels;
  return (
    semanticDeepEqual(now.map(withoutVersions), subsets) &&
    semanticDeepEqual(plain(metadata.labels ?? {}), plain(labelsOf(service))) &&
    !isOverCapacity(now) &&
    metadata.annotations?.[overCapacityAnnotation] === undefined
  );
}

/** Users may have written the versions of Pods there; they mean nothing. */
function withoutVersions({ addresses, notReadyAddresses, ...rest }: EndpointSubset) {
  const plain = (all: EndpointSubset['addresses']) =>
    all?.map((address) => {
      const { targetRef } = address;
      if (targetRef?.resourceVersion === undefined) return address;
      const { resourceVersion: _version, ...target } = targetRef;
      return { ...address, targetRef: target };
    });
  return { ...rest, addresses: plain(addresses), notReadyAddresses: plain(notReadyAddresses) };
}

/** As they should be, over what there is. */
function endpointsOf(
  service: Service,
  all: readonly EndpointSubset[],
  current: Endpoints | undefined,
): Draft<Endpoints> {
  const subsets = truncated(all);
  const { [overCapacityAnnotation]: _truncated, ...others } = current?.metadata.annotations ?? {};
  const annotations =
    subsets === all ? others : { ...others, [overCapacityAnnotation]: 'truncated' };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(current?.metadata ?? { name: service.metadata.name }),
      labels: labelsOf(service),
      annotations,
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
}

/**
 * EndpointSlice controller (ctl-08 §A): writes down where the Pods behind each Service can be
 * reached, in slices of at most a hundred.
 */

import type { Key } from '../api/meta.ts';
import { splitKey } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { EndpointSlice } from '../api/service/endpointslice.ts';
import type { Service } from '../api/service/service.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import { addressTypesOf, endpointsPerSlice, planFor, recycled } from './endpointslice/plan.ts';
import { podsOf, selects, servicesToUpdate } from './endpointslice/podchanges.ts';
import { sliceManager, slicesOf } from './endpointslice/slices.ts';
import { SliceTracker } from './endpointslice/tracker.ts';
import { TriggerTimes } from './endpointslice/triggertimes.ts';
import { sliceChanged } from './endpointslice/watch.ts';
import { perform } from './endpointslice/write.ts';

/** `perSlice`: most endpoints of one slice (100). */
export const endpointSliceController = (perSlice = endpointsPerSlice): Controller => {
  const tracker = new SliceTracker();
  const triggerTimes = new TriggerTimes();

  function keysFor(event: WatchEvent, { view, queue }: ControllerContext): void {
    if (event.kind === 'Service') queue.add(event.key);
    else if (event.kind === 'Pod') {
      for (const key of servicesToUpdate(event as WatchEvent<Pod>, view)) queue.add(key);
    } else if (event.kind === 'EndpointSlice') {
      sliceChanged(event as WatchEvent<EndpointSlice>, sliceManager, tracker, queue);
    }
  }

  function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
    const { view } = context;
    const service = view.get<Service>('Service', key);
    if (service === undefined) {
      triggerTimes.forget(key);
      tracker.forget(key);
      return undefined;
    }
    if (!selects(service)) return undefined;
    const { namespace = '', name } = splitKey(key);
    const pods = podsOf(service, view);
    const slices = slicesOf(view, namespace, name, sliceManager);
    if (tracker.isStale(service, slices)) {
      return { error: 'EndpointSlice informer cache is out of date' };
    }
    const triggerTime = triggerTimes.of(service, pods) ?? null;
    const errors = yield* write(service, pods, slices, triggerTime, context);
    if (errors.length === 0) return undefined;
    const error = errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`;
    const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${error}`;
    context.record(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
    return { error };
  }

  function* write(
    service: Service,
    pods: readonly Pod[],
    slices: readonly EndpointSlice[],
    triggerTime: string | null,
    { view }: ControllerContext,
  ): Requests<readonly string[]> {
    const types = addressTypesOf(service);
    const errors: string[] = [];
    for (const type of types) {
      const existing = slices.filter(({ addressType }) => addressType === type);
      const plan = planFor(service, pods, existing, { type, view, perSlice });
      errors.push(...plan.errors);
      const writing = { owner: service, tracker, triggerTime };
      const error = yield* perform(recycled(plan, service), writing);
      if (error !== undefined) errors.push(error);
    }
    const { namespace, name: serviceName } = service.metadata;
    for (const slice of slices) {
      if (types.some((type) => type === slice.addressType)) continue;
      const { name } = slice.metadata;
      const named = { kind: 'EndpointSlice', namespace: namespace!, name };
      const deleted = yield* call({ verb: 'delete', ...named });
      if (deleted.ok) tracker.deleted(slice);
      else {
        const about = `${name} EndpointSlice for Service ${namespace}/${serviceName}`;
        errors.push(`error deleting ${about}: ${deleted.status.message}`);
      }
    }
    return errors;
  }

  return {
    name: 'endpointslice-controller',
    recorder: 'endpoint-slice-controller',
    watches: ['Service', 'Pod', 'EndpointSlice', 'Node'],
    backoff: { baseMs: 1000, maxMs: 1_000_000 },
    retriesMax: 15,
    keysFor,
    reconcile,
    memory: () => [tracker.memory(), triggerTimes.memory()],
  };
};

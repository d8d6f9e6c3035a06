/**
 * EndpointSlice mirroring controller (ctl-08 §A): what users write into the Endpoints of Services
 * without a selector is told in EndpointSlices too, which is what everybody reads.
 */

import { type Key, splitKey } from '../api/meta.ts';
import { type Endpoints, leaderAnnotation, skipMirrorLabel } from '../api/service/endpoints.ts';
import type { EndpointSlice } from '../api/service/endpointslice.ts';
import type { Service } from '../api/service/service.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import { slicesOf } from './endpointslice/slices.ts';
import { SliceTracker } from './endpointslice/tracker.ts';
import { sliceChanged } from './endpointslice/watch.ts';
import { perform } from './endpointslice/write.ts';
import { mirroredMax, mirrorManager, mirrorOf } from './endpointslicemirroring/mirror.ts';

export const endpointSliceMirroringController = (): Controller => {
  const tracker = new SliceTracker();

  function keysFor(event: WatchEvent, { queue }: ControllerContext): void {
    if (event.kind === 'EndpointSlice') {
      sliceChanged(event as WatchEvent<EndpointSlice>, mirrorManager, tracker, queue, 0);
    } else if (event.kind === 'Service') {
      const { type, object, old } = event as WatchEvent<Service>;
      const wakes =
        type === 'MODIFIED' && old !== undefined
          ? hasSelector(object) !== hasSelector(old)
          : !hasSelector(object);
      if (wakes) queue.add(event.key);
    } else {
      const { object, old } = event as WatchEvent<Endpoints>;
      if (isMirrored(object) || (old !== undefined && isMirrored(old))) queue.add(event.key);
    }
  }

  function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
    const { view } = context;
    const { namespace = '', name } = splitKey(key);
    const endpoints = view.get<Endpoints>('Endpoints', key);
    const service = view.get<Service>('Service', key);
    const slices = slicesOf(view, namespace, name, mirrorManager);
    const wanted = endpoints !== undefined && isMirrored(endpoints) && service !== undefined;
    if (!wanted || hasSelector(service)) {
      tracker.forget(key);
      return yield* removeAll(key, slices);
    }
    if (tracker.isStale(service, slices)) {
      return { error: 'EndpointSlice informer cache is out of date' };
    }
    const { plan, invalid, skipped } = mirrorOf(endpoints, slices);
    if (invalid > 0) {
      const what = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`;
      context.record(endpoints, 'Warning', 'InvalidIPAddress', what);
    }
    if (skipped > invalid) {
      const what = `A max of ${mirroredMax} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
      context.record(endpoints, 'Warning', 'TooManyAddressesToMirror', what);
    }
    const error = yield* perform(plan, { owner: endpoints, tracker });
    return error === undefined ? undefined : { error };
  }

  return {
    name: 'endpointslicemirroring-controller',
    recorder: 'endpoint-slice-mirroring-controller',
    watches: ['Endpoints', 'EndpointSlice', 'Service'],
    backoff: { baseMs: 1000, maxMs: 100_000 },
    retriesMax: 15,
    keysFor,
    reconcile,
    memory: () => tracker.memory(),
  };
};

/** A selector without labels is none: it is not stored. */
const hasSelector = ({ spec: { selector = {} } }: Service): boolean =>
  Object.keys(selector).length > 0;

const isMirrored = ({ metadata: { labels, annotations } }: Endpoints): boolean =>
  labels?.[skipMirrorLabel] !== 'true' && annotations?.[leaderAnnotation] === undefined;

/** They are deleted one and all, whatever becomes of the others. */
function* removeAll(key: Key, slices: readonly EndpointSlice[]): Requests<Outcome> {
  const { namespace = '' } = splitKey(key);
  const errors: string[] = [];
  for (const { metadata } of slices) {
    const named = { kind: 'EndpointSlice', namespace, name: metadata.name };
    const deleted = yield* call({ verb: 'delete', ...named });
    if (!deleted.ok) errors.push(deleted.status.message);
  }
  if (errors.length === 0) return undefined;
  const count = `${errors.length}/${slices.length}`;
  return {
    error: `error(s) deleting ${count} EndpointSlices for ${key} Endpoints, including: ${errors[0]}`,
  };
}

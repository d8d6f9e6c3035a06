/** Carries a plan out: creations, then updates, then deletions; the first error ends it. */

import type { KubeObject } from '../../api/meta.ts';
import type { EndpointSlice } from '../../api/service/endpointslice.ts';
import type { Status } from '../../api/status.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import type { Plan } from './plan.ts';
import { withTriggerTime } from './slices.ts';
import type { SliceTracker } from './tracker.ts';

export interface Writing {
  /** The Service, or the Endpoints that are mirrored. */
  readonly owner: KubeObject;
  readonly tracker: SliceTracker;
  /** Given: what is written gets it as the time of the change. Null: it has none. */
  readonly triggerTime?: string | null;
}

/** Returns an error. */
export function* perform(plan: Plan, writing: Writing): Requests<string | undefined> {
  const { owner, tracker } = writing;
  const { namespace, name: ownerName, deletionTimestamp } = owner.metadata;
  const about = `EndpointSlice for ${owner.kind} ${namespace}/${ownerName}`;
  // Of an owner that goes, the slices go too: new ones would only be in the collector's way.
  for (const draft of deletionTimestamp === undefined ? plan.create : []) {
    const created = yield* call<EndpointSlice>({
      verb: 'create',
      kind: 'EndpointSlice',
      namespace: namespace!,
      object: timed(draft, writing),
    });
    if (!created.ok) {
      if (isNamespaceTerminating(created.status)) return undefined;
      return `failed to create ${about}: ${created.status.message}`;
    }
    tracker.wrote(created.object);
  }
  for (const slice of plan.update) {
    const updated = yield* call<EndpointSlice>({
      verb: 'update',
      kind: 'EndpointSlice',
      object: timed(slice, writing) as EndpointSlice,
    });
    if (!updated.ok) {
      return `failed to update ${slice.metadata.name} ${about}: ${updated.status.message}`;
    }
    tracker.wrote(updated.object);
  }
  for (const slice of plan.remove) {
    const { name } = slice.metadata;
    const named = { kind: 'EndpointSlice', namespace: namespace!, name };
    const deleted = yield* call({ verb: 'delete', ...named });
    if (!deleted.ok) return `failed to delete ${name} ${about}: ${deleted.status.message}`;
    tracker.deleted(slice);
  }
  return undefined;
}

const timed = <T extends Plan['create'][number] | Plan['update'][number]>(
  slice: T,
  { triggerTime }: Writing,
): T => (triggerTime === undefined ? slice : withTriggerTime(slice, triggerTime ?? undefined));

export const isNamespaceTerminating = ({ details }: Status): boolean =>
  details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;

/**
 * ResourceQuota controller (ctl-08 §B): counts what there is. Admission charges what is added, so this
 * is for what goes, for quotas that are new or changed, and for what was missed.
 */
import { kindIn } from '../api/custom/index.ts';
import { kindOf } from '../api/index.ts';
import { type Key, keyOf } from '../api/meta.ts';
import { only, type Quantities, quantitiesOf, sameQuantities, textsOf } from '../api/quantities.ts';
import { evaluatorOf, isCounted, usageOf } from '../api/quota/index.ts';
import type { ResourceQuota } from '../api/resourcequota.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import {
  type Controller,
  type ControllerContext,
  call,
  failed,
  type Outcome,
} from '../sim/controller.ts';

const resyncMs = 5 * 60_000;

export const resourceQuotaController = (): Controller => ({
  name: 'resourcequota-controller',
  watches: [],
  watchesEvery,
  keysFor,
  reconcile,
});

/** Leases are renewed all the time: nobody watches them to count them. */
function watchesEvery(kind: string): boolean {
  if (kind === 'Lease') return false;
  const known = kindOf(kind);
  return known === undefined || isCounted(known);
}

function keysFor(event: WatchEvent, { view, queue, now }: ControllerContext): void {
  const { type, kind, object, old } = event;
  const { namespace } = object.metadata;
  if (namespace === undefined) return;
  if (kind === 'ResourceQuota' && (type === 'DELETED' || isAskedAnew(object, old))) {
    queue.add(keyOf(object));
  }
  if (type === 'ADDED') return;
  const quotas = view.by<ResourceQuota>('ResourceQuota', 'namespace', namespace);
  if (quotas.length === 0) return;
  const known = kindIn(kind, view);
  const evaluator = known === undefined ? undefined : evaluatorOf(known);
  if (evaluator === undefined) return;
  if (type === 'MODIFIED' && evaluator.frees?.(object, old ?? object, now) !== true) return;
  for (const quota of quotas) {
    if (Object.keys(quota.status?.hard ?? {}).some(evaluator.covers)) queue.add(keyOf(quota));
  }
}

/** Only what is asked for counts: the status is written by admission, and by us. */
function isAskedAnew(next: WatchEvent['object'], old: WatchEvent['old']): boolean {
  if (old === undefined) return true;
  return !sameQuantities(hardOf(next as ResourceQuota), hardOf(old as ResourceQuota));
}

const hardOf = ({ spec }: ResourceQuota): Quantities => quantitiesOf(spec.hard);

function* reconcile(key: Key, { view, queue, now }: ControllerContext): Requests<Outcome> {
  const quota = view.get<ResourceQuota>('ResourceQuota', key);
  if (quota === undefined) return undefined;
  queue.addAfter(key, resyncMs, true);
  const hard = hardOf(quota);
  const { status } = quota;
  const before = quantitiesOf(status?.used);
  const counted = { ...before, ...usageOf(quota, view, now) };
  const used = only(counted, (name) => hard[name] !== undefined);
  const isSame =
    status?.hard !== undefined &&
    status.used !== undefined &&
    sameQuantities(hard, quantitiesOf(status.hard)) &&
    sameQuantities(used, before);
  if (isSame) return undefined;
  const object: ResourceQuota = {
    ...quota,
    status: { hard: quota.spec.hard ?? {}, used: textsOf(used) },
  };
  const updated = yield* call({
    verb: 'update',
    kind: 'ResourceQuota',
    subresource: 'status',
    object,
  });
  return updated.ok || updated.status.reason === 'NotFound' ? undefined : failed(updated.status);
}

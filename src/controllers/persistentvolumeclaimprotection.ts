/**
 * Keeps claims as long as a Pod uses them (ctl-08 §D): a claim that is deleted loses its finalizer
 * when no Pod that was given to a node, and has not ended, has it among its volumes.
 */
import { claimProtection, withFinalizer, withoutFinalizer } from '../api/finalizers.ts';
import { type Key, keyOf, splitKey } from '../api/meta.ts';
import type { PersistentVolumeClaim } from '../api/persistentvolumeclaim.ts';
import { claimKeysOf, type Pod } from '../api/pod.ts';
import { isPodTerminal } from '../api/podstatus.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

export const persistentVolumeClaimProtection = (): Controller => ({
  name: 'pvc-protection-controller',
  watches: ['PersistentVolumeClaim', 'Pod'],
  keysFor,
  reconcile,
});

function keysFor({ kind, type, key, object, old }: WatchEvent, { queue }: ControllerContext): void {
  if (kind === 'PersistentVolumeClaim') {
    if (type !== 'DELETED') queue.add(key);
    return;
  }
  if (kind !== 'Pod') return;
  const pods =
    old === undefined || old.metadata.uid === object.metadata.uid ? [object] : [object, old];
  for (const pod of pods as readonly Pod[]) {
    // A Pod at work on a node holds its claims: it sets nothing free.
    if (type !== 'DELETED' && pod === object && isUsing(pod)) continue;
    for (const claim of claimKeysOf(pod)) queue.add(claim);
  }
}

const isUsing = (pod: Pod): boolean => Boolean(pod.spec.nodeName) && !isPodTerminal(pod);

function* reconcile(key: Key, { view }: ControllerContext): Requests<Outcome> {
  const claim = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
  if (claim === undefined) return undefined;
  const { deletionTimestamp, finalizers = [] } = claim.metadata;
  const held = finalizers.includes(claimProtection);
  if (held !== (deletionTimestamp !== undefined)) return undefined;
  if (held) {
    const use = yield* useOf(claim, view.by<Pod>('Pod', 'persistentVolumeClaim', key));
    if (use !== 'unused') return use === 'used' ? undefined : use;
  }
  const object = held
    ? withoutFinalizer(claim, claimProtection)
    : withFinalizer(claim, claimProtection);
  const updated = yield* call({ verb: 'update', kind: 'PersistentVolumeClaim', object });
  if (updated.ok || updated.status.reason === 'NotFound') return undefined;
  return { error: updated.status.message };
}

/** What the cache shows is enough to keep a claim; to give it up, the API server is asked too. */
function* useOf(
  claim: PersistentVolumeClaim,
  cached: readonly Pod[],
): Requests<'used' | 'unused' | { readonly error: string }> {
  if (cached.some(isUsing)) return 'used';
  const { namespace = '' } = splitKey(keyOf(claim));
  const listed = yield { verb: 'list', kind: 'Pod', namespace };
  if (!listed.ok) return { error: listed.status.message };
  const pods = (listed.list?.items ?? []) as readonly Pod[];
  const key = keyOf(claim);
  return pods.some((pod) => isUsing(pod) && claimKeysOf(pod).includes(key)) ? 'used' : 'unused';
}

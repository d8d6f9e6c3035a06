/**
 * Keeps claims as long as a Pod uses them (ctl-08 §D): a claim that is deleted loses its finalizer
 * when no Pod that was given to a node has it among its volumes, not even one that has ended.
 */
import { claimProtection, withFinalizer, withoutFinalizer } from '../api/finalizers.ts';
import { isControlledBy, type Key, keyOf, splitKey } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { claimedBy, claimKeysOf } from '../api/pod/podclaims.ts';
import { isPodTerminal } from '../api/pod/podstatus.ts';
import type { PersistentVolumeClaim } from '../api/volume/persistentvolumeclaim.ts';
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
    if (type !== 'DELETED' && pod === object && isAtWork(pod)) continue;
    for (const claim of claimKeysOf(pod)) queue.add(claim);
  }
}

const isAtWork = (pod: Pod): boolean => Boolean(pod.spec.nodeName) && !isPodTerminal(pod);

/** Claims that were made for a Pod are let go before it, as soon as its containers are shut down. */
function isUsing(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if (!pod.spec.nodeName || pod.metadata.namespace !== claim.metadata.namespace) return false;
  const uses = claimedBy(pod).filter(({ name }) => name === claim.metadata.name);
  if (uses.some(({ isEphemeral }) => !isEphemeral)) return true;
  return uses.length > 0 && isControlledBy(claim, pod) && !isShutDown(pod);
}

const isShutDown = ({ metadata }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;

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
  if (cached.some((pod) => isUsing(pod, claim))) return 'used';
  const { namespace = '' } = splitKey(keyOf(claim));
  const listed = yield { verb: 'list', kind: 'Pod', namespace };
  if (!listed.ok) return { error: listed.status.message };
  const pods = (listed.list?.items ?? []) as readonly Pod[];
  return pods.some((pod) => isUsing(pod, claim)) ? 'used' : 'unused';
}

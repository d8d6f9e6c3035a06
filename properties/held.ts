/** What is deleted stays while a Pod uses it, or a finalizer holds it that is none of the cluster's own. */
import { type KubeObject, keyOf } from '../src/api/meta.ts';
import type { World } from './rule.ts';

const isForeign = (finalizer: string): boolean =>
  finalizer.includes('/') && !/^([^/]*\.)?kubernetes\.io\//.test(finalizer);

/** A claim that a Pod uses: perhaps one of another set, which found it by its name. */
const isUsed = (object: KubeObject, { now }: World): boolean =>
  object.kind === 'PersistentVolumeClaim' &&
  now.by('Pod', 'persistentVolumeClaim', keyOf(object)).length > 0;

/** By itself, or by a dependent that it waits for. */
export function isHeld(object: KubeObject, world: World, above: readonly string[] = []): boolean {
  const { deletionTimestamp, finalizers = [], uid } = object.metadata;
  if (deletionTimestamp === undefined) return false;
  if (finalizers.some(isForeign) || isUsed(object, world)) return true;
  if (!finalizers.includes('foregroundDeletion') || above.includes(uid)) return false;
  const { now, simulation } = world;
  return [...simulation.store.kinds].some((kind) =>
    now
      .list(kind)
      .some(
        (dependent) =>
          dependent.metadata.ownerReferences?.some((ref) => ref.uid === uid) === true &&
          isHeld(dependent, world, [...above, uid]),
      ),
  );
}

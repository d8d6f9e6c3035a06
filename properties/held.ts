/** What is deleted stays while a finalizer holds it that is none of the cluster's own. */
import type { KubeObject } from '../src/api/meta.ts';
import type { World } from './rule.ts';

const isForeign = (finalizer: string): boolean =>
  finalizer.includes('/') && !/^([^/]*\.)?kubernetes\.io\//.test(finalizer);

/** By itself, or by a dependent that it waits for. */
export function isHeld(
  { metadata }: KubeObject,
  world: World,
  above: readonly string[] = [],
): boolean {
  const { deletionTimestamp, finalizers = [], uid } = metadata;
  if (deletionTimestamp === undefined) return false;
  if (finalizers.some(isForeign)) return true;
  if (!finalizers.includes('foregroundDeletion') || above.includes(uid)) return false;
  const { now, simulation } = world;
  return [...simulation.store.kinds].some((kind) =>
    now
      .list(kind)
      .some(
        (object) =>
          object.metadata.ownerReferences?.some((ref) => ref.uid === uid) === true &&
          isHeld(object, world, [...above, uid]),
      ),
  );
}

/** What the garbage collector promises (properties §7, GC). */
import { kindIn } from '../src/api/custom/index.ts';
import { kindNameOf } from '../src/api/index.ts';
import { type KubeObject, makeKey, type OwnerReference } from '../src/api/meta.ts';
import type { View } from '../src/store/view.ts';
import { type Eventually, onWrite, type Properties } from './rule.ts';

function ownerOf(
  ref: OwnerReference,
  namespace: string | undefined,
  now: View,
): KubeObject | undefined {
  const kind = kindNameOf(ref);
  const namespaced = kindIn(kind, now)?.namespaced ?? true;
  return now.get(kind, makeKey(namespaced ? namespace : undefined, ref.name));
}

/** Of an owner with a namespace and a dependent without one nothing is known. */
const isImpossible = (ref: OwnerReference, namespace: string | undefined, now: View): boolean =>
  namespace === undefined && kindIn(kindNameOf(ref), now)?.namespaced === true;

const by = 'generic-garbage-collector';

const onlyOrphans = onWrite('GC-S1', 'deletes only what has no living owner', (entry, { now }) => {
  if (entry.by !== by || entry.verb !== 'delete' || entry.before === undefined) return undefined;
  const { namespace, ownerReferences = [] } = entry.before.metadata;
  for (const ref of ownerReferences) {
    const owner = ownerOf(ref, namespace, now);
    if (owner === undefined || owner.metadata.uid !== ref.uid) continue;
    if (owner.metadata.finalizers?.includes('foregroundDeletion')) continue;
    return `${entry.key} still has its owner ${ref.kind} ${ref.name}`;
  }
  return undefined;
});

const collected: Eventually = {
  id: 'GC-L1',
  claim: 'at rest nothing has lost all its owners, and nothing waits for the collector',
  holds({ now, simulation }) {
    for (const kind of simulation.store.kinds) {
      for (const { metadata } of now.list(kind)) {
        const { ownerReferences = [], finalizers = [], namespace, name } = metadata;
        if (
          finalizers.some((f) => f === 'orphan' || f === 'foregroundDeletion') &&
          metadata.deletionTimestamp !== undefined
        ) {
          return `${kind} ${name} still waits for the collector`;
        }
        if (ownerReferences.length === 0 || kind === 'Lease') continue;
        const alive = ownerReferences.some(
          (ref) =>
            isImpossible(ref, namespace, now) ||
            ownerOf(ref, namespace, now)?.metadata.uid === ref.uid,
        );
        if (!alive) return `${kind} ${name} has lost its owners`;
      }
    }
    return undefined;
  },
};

export const garbageCollector: Properties = {
  always: [onlyOrphans],
  eventually: [collected],
  sometimes: [
    {
      id: 'GC-W1',
      claim: 'something is collected',
      seen: (entry) => entry.type === 'write' && entry.by === by && entry.verb === 'delete',
    },
  ],
};

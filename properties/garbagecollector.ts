/** What the garbage collector promises (properties §7, GC). */

import { kindIn } from '../src/api/custom/index.ts';
import { kindNameOf } from '../src/api/index.ts';
import { type KubeObject, makeKey, type OwnerReference } from '../src/api/meta.ts';
import type { View } from '../src/store/view.ts';

import { isHeld } from './held.ts';

import { type Eventually, onWrite, type Properties, type World } from './rule.ts';

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

const waits = ['foregroundDeletion', 'orphan'] as const;

const finalizersOf = (object: KubeObject | undefined): readonly string[] =>
  object?.metadata.finalizers ?? [];

/** Dependents that the collector saw and that are there still, as they refer to the owner now. */
function dependentsOf(
  { metadata: { uid } }: KubeObject,
  seen: View,
  now: View,
): readonly (readonly [KubeObject, OwnerReference])[] {
  return now.kinds.flatMap((kind) =>
    now.by(kind, 'owner', uid).flatMap((dependent) => {
      const { namespace, name, ownerReferences = [] } = dependent.metadata;
      const known = seen.get(kind, makeKey(namespace, name));
      const ref = ownerReferences.find((one) => one.uid === uid);
      const wasRef = known?.metadata.ownerReferences?.some((one) => one.uid === uid);
      return ref !== undefined && wasRef === true && known?.metadata.uid === dependent.metadata.uid
        ? [[dependent, ref] as const]
        : [];
    }),
  );
}

const inOrder = onWrite(
  'GC-S2',
  'an owner goes after those that hold it up, or after all that it lets go of are free',
  (entry, { now, seen }) => {
    if (entry.by !== by || entry.before === undefined) return undefined;
    const left = finalizersOf(entry.after);
    const done = waits.find(
      (one) => finalizersOf(entry.before).includes(one) && !left.includes(one),
    );
    if (done === undefined) return undefined;
    const dependents = dependentsOf(entry.before, seen, now);
    const [bound] = dependents.find(
      ([, ref]) => done === 'orphan' || ref.blockOwnerDeletion === true,
    ) ?? [undefined];
    return (
      bound && `${entry.key} is let go, and ${bound.kind} ${bound.metadata.name} still is its own`
    );
  },
);

const nothingMore = onWrite(
  'GC-S3',
  'nothing is created for an owner that its author saw being deleted',
  (entry, { acting, seen }) => {
    if (entry.before !== undefined || entry.after === undefined || acting === undefined)
      return undefined;
    // Upstream looks for its revision, and makes it, before it asks whether the set goes.
    if (entry.kind === 'ControllerRevision') return undefined;
    const { namespace, ownerReferences = [] } = entry.after.metadata;
    const ref = ownerReferences.find(({ controller }) => controller === true);
    const owner = ref && ownerOf(ref, namespace, seen);
    const isGoing =
      owner?.metadata.uid === ref?.uid && owner?.metadata.deletionTimestamp !== undefined;
    return isGoing
      ? `${entry.key} is created for ${ref!.kind} ${ref!.name}, which goes`
      : undefined;
  },
);

/**
 * An owner that was deleted and made again under its name while the collector's watch was broken: to a
 * list it has only changed, in the real collector too, and what the first one owned stays.
 */
export function replacedUnseen({ now, simulation: { store, log } }: World): string | undefined {
  const isBroken = (kind: string): boolean =>
    log.entries.some(
      (entry) =>
        entry.type === 'fault' && entry.fault === 'drop' && entry.target.endsWith(` ${kind}`),
    );
  for (const kind of store.kinds) {
    for (const { metadata } of now.list(kind)) {
      for (const ref of metadata.ownerReferences ?? []) {
        const owner = ownerOf(ref, metadata.namespace, now);
        if (owner === undefined || owner.metadata.uid === ref.uid || !isBroken(ref.kind)) continue;
        return 'an owner that is replaced while its watch is broken has only changed for the collector: what the first one owned stays';
      }
    }
  }
  return undefined;
}

const collected: Eventually = {
  id: 'GC-L1',
  known: replacedUnseen,
  claim: 'at rest nothing has lost all its owners, and nothing waits for the collector',
  holds(world) {
    const { now, simulation } = world;
    for (const kind of simulation.store.kinds) {
      for (const object of now.list(kind)) {
        const { metadata } = object;
        if (isHeld(object, world)) continue;
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
  always: [onlyOrphans, inOrder, nothingMore],
  eventually: [collected],
  sometimes: [
    {
      id: 'GC-W1',
      claim: 'something is collected',
      seen: (entry) => entry.type === 'write' && entry.by === by && entry.verb === 'delete',
    },
    {
      id: 'GC-W2',
      claim: 'an owner goes that waited for its dependents',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.by === by &&
        finalizersOf(entry.before).includes('foregroundDeletion') &&
        !finalizersOf(entry.after).includes('foregroundDeletion'),
    },
  ],
};

/** Published bugs of the garbage collector, and of those that work against it. */
import type { Mutant } from './mutant.ts';

const family = 'deployment';
const collector = 'src/controllers/garbagecollector.ts';

export const garbageCollectorMutants: readonly Mutant[] = [
  {
    id: 'GC4',
    family,
    source: 'ai-dynamo#8207, prometheus-operator#4519',
    about: 'makes new Pods for a ReplicaSet that waits for its Pods to be gone',
    patches: [
      {
        file: 'src/controllers/replicaset.ts',
        text: 'const error = mayManage && !deleting ?',
        replacement: 'const error = mayManage && (!deleting || deleting) ?',
      },
    ],
    killedBy: ['GC-S3', 'GC-L1', 'G13'],
  },
  {
    id: 'GC5',
    family,
    source: 'unpublished',
    about: 'lets an owner go whose dependents are still there',
    patches: [
      {
        file: collector,
        text: 'if (blocking.length === 0) return yield* removeFinalizer',
        replacement: 'if (blocking.length >= 0) return yield* removeFinalizer',
      },
    ],
    killedBy: ['GC-S2'],
  },
  {
    id: 'GC6',
    family,
    source: 'unpublished',
    about: 'lets an owner go without letting go of its dependents: they go with it',
    patches: [
      {
        file: collector,
        text: 'for (const dependent of dependentsOf(owner, view)) {\n    const patched',
        replacement:
          'for (const dependent of dependentsOf(owner, view).slice(1)) {\n    const patched',
      },
    ],
    killedBy: ['GC-S2'],
  },
];

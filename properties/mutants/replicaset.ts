/** Published bugs of ReplicaSet controllers. */
import type { Mutant, Patch } from './mutant.ts';

const controller = 'src/controllers/replicaset.ts';
const manage = 'src/controllers/replicaset/manage.ts';
const own = 'src/controllers/replicaset/own.ts';
const claim = 'src/controllers/claim.ts';

/** Before 1.36 there was no comparison of revisions, only expectations. */
const withoutConsistency: Patch = {
  file: controller,
  text: 'if (stale !== undefined) return',
  replacement: 'if (stale !== undefined && stale === "never") return',
};

const cached: Patch = {
  file: manage,
  text: 'return yield* creationInDoubt(key, rs, created.status, context);',
  replacement: '',
};

export const replicaSetMutants: readonly Mutant[] = [
  {
    id: 'R12',
    family: 'deployment',
    source: 'k/k#131116, k/k#2529',
    about: 'creations that are refused are followed by all the others, at full speed',
    patches: [
      {
        file: 'src/controllers/replicaset/slowstart.ts',
        text: 'if (error !== undefined) break;',
        replacement: '',
      },
    ],
    killedBy: ['R-S5', 'R-S1'],
  },
  {
    id: 'R1',
    family: 'deployment',
    source: 'k/k#129795',
    about: 'expectations expire unfulfilled while the watch is slow: Pods are created again',
    patches: [withoutConsistency],
    killedBy: ['R-S1'],
  },
  {
    id: 'R2',
    family: 'deployment',
    source: 'kuberay#715',
    about: 'no expectations: a stale cache right after a creation creates again',
    patches: [
      withoutConsistency,
      {
        file: controller,
        text: "const mayManage = expectations.satisfied(key, context.shown('Pod'));",
        replacement: 'const mayManage = true;',
      },
    ],
    killedBy: ['R-S1'],
  },
  {
    id: 'R3',
    family: 'deployment',
    source: 'k/k#67662',
    about: 'a creation that timed out is taken for done: one Pod too few, for ever',
    patches: [{ ...cached, replacement: 'return undefined;' }],
    killedBy: ['R-L1', 'D-L1'],
  },
  {
    id: 'R4',
    family: 'deployment',
    source: 'mirror of k/k#67662',
    about: 'a creation that timed out is tried again at once: one Pod too many',
    patches: [
      {
        ...cached,
        replacement: 'expectations.creationsDropped(key, 1); return created.status.message;',
      },
    ],
    killedBy: ['R-S1'],
  },
  {
    id: 'R6',
    family: 'deployment',
    source: 'k/k#138818',
    about: 'deletes by name alone: the Pod may be an orphan, or another one, by now',
    patches: [
      {
        file: manage,
        text: 'options: { preconditions: { uid, resourceVersion } },',
        replacement: 'options: uid === resourceVersion ? { preconditions: { uid } } : {},',
      },
    ],
    killedBy: ['R-S2'],
  },
  {
    id: 'R7',
    family: 'deployment',
    source: 'k/k#42639',
    about: 'adopts without reading the owner anew: it may be going, and orphaning',
    patches: [
      {
        file: claim,
        text: 'mayAdopt ??= yield* recheck(owner);',
        replacement: 'mayAdopt ??= {}; void recheck;',
      },
    ],
    killedBy: ['R-S4'],
    seed: 2,
  },
  {
    id: 'R8',
    family: 'deployment',
    source: 'k/k#28328',
    about: 'owns by labels alone: two ReplicaSets fight over Pods',
    patches: [
      {
        file: claim,
        text: 'if (controller.uid !== owner.metadata.uid) continue;',
        replacement: '',
      },
      {
        file: own,
        text: "const ofOwn = () => view.by<Pod>('Pod', 'controller', rs.metadata.uid);",
        replacement:
          "const ofOwn = () => view.by<Pod>('Pod', 'namespace', namespace).filter((p) => p.metadata.ownerReferences !== undefined);",
      },
      {
        file: own,
        text: 'const counts = tallies.countsOf(rs, matches);',
        replacement: 'const counts = undefined as PodCounts | undefined; void tallies;',
      },
    ],
    killedBy: ['R-S2', 'G13', 'R-L1'],
  },
  {
    id: 'R9',
    family: 'deployment',
    source: 'k/k#41641',
    about: 'nothing looks again when minReadySeconds are over',
    patches: [
      {
        file: controller,
        text: 'queue.addAfter(keyOf(owner), (minReadySeconds + 1) * 1000);',
        replacement: '',
      },
      {
        file: controller,
        text: 'if (afterMs !== undefined) queue.addAfter(key, afterMs);',
        replacement: 'void afterMs; void queue;',
      },
    ],
    killedBy: ['R-L2', 'D-L1'],
  },
  {
    id: 'R11',
    family: 'deployment',
    source: 'getPodsToDelete',
    about: 'scaling down takes the ready Pods first',
    patches: [
      {
        file: 'src/controllers/replicaset/ranking.ts',
        text: 'return [...pods].sort((a, b) => compareForDeletion(a, b, ranking)).slice(0, count);',
        replacement:
          'return [...pods].sort((a, b) => compareForDeletion(b, a, ranking)).slice(0, count);',
      },
    ],
    killedBy: ['R-S3'],
  },
  {
    id: 'R13',
    family: 'deployment',
    source: 'k/k#27687',
    about: 'changes the object that it got from the cache',
    patches: [
      {
        file: 'src/controllers/replicaset/status.ts',
        text: '  let base = rs;\n',
        replacement: '  (rs as { status: ReplicaSetStatus }).status = status;\n  let base = rs;\n',
      },
    ],
    killedBy: ['W-frozen'],
  },
  {
    id: 'R14',
    family: 'deployment',
    source: 'IsPodAvailable',
    about: 'without minReadySeconds a Pod counts as available before it is ready',
    patches: [
      {
        file: 'src/controllers/replicaset/tallies.ts',
        text: 'available: ready, terminating',
        replacement: 'available: active, terminating',
      },
      // The API server refuses such a status since it validates them.
      {
        file: 'src/api/replicastatus.ts',
        text: 'if (availableReplicas > readyReplicas) {',
        replacement: 'if (availableReplicas > replicas) {',
      },
    ],
    killedBy: ['R-S6'],
  },
];

/** Published bugs of StatefulSet controllers and volume binders. */
import type { Mutant } from './mutant.ts';

const folder = 'src/controllers/statefulset';
const volumes = 'src/controllers/persistentvolume';

const withoutLiveRead = {
  file: `${volumes}/volume.ts`,
  text: 'if (live.ok) return { claim: live.object.metadata.uid === uid ? live.object : undefined };',
  replacement: 'if (live.ok) return { claim: undefined };',
};

export const statefulSetMutants: readonly Mutant[] = [
  {
    id: 'S3',
    family: 'statefulset',
    source: 'k/k#78209',
    about: 'a Pod below the partition comes back with the new revision',
    patches: [
      {
        file: `${folder}/plan.ts`,
        text: "return ordinal < startOf(set) + (kept ?? 0) ? 'current' : 'update';",
        replacement: "return ordinal < startOf(set) + (kept ?? 0) ? 'update' : 'update';",
      },
    ],
    killedBy: ['S-S4'],
  },
  {
    id: 'S4',
    family: 'statefulset',
    source: 'k/k#58347',
    about: 'the current replicas are counted down and never counted again',
    patches: [
      {
        file: `${folder}/status.ts`,
        text: 'const left = living.filter((pod) => podRevision(pod) === current).length - deletedForUpdate;',
        replacement: 'const left = (set.status.currentReplicas ?? pods.length) - deletedForUpdate;',
      },
    ],
    killedBy: ['S-S6'],
  },
  {
    id: 'S5',
    family: 'statefulset',
    source: 'k/k#69967',
    about: 'revisions are sorted by name alone: the newest is any of them',
    patches: [
      {
        file: 'src/controllers/history.ts',
        text: '  a.revision - b.revision ||\n',
        replacement: '',
      },
      {
        file: 'src/controllers/history.ts',
        text: '  compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||\n',
        replacement: '',
      },
    ],
    killedBy: ['S-S6', 'G13'],
  },
  {
    id: 'S6',
    family: 'statefulset',
    source: 'k/k#61998',
    about: 'a Pod is compared with its template, and has defaults more: it is updated for ever',
    patches: [
      {
        file: `${folder}/update.ts`,
        text: 'pod !== undefined && !isTerminating(pod) && podRevision(pod) !== updateRevision;',
        replacement:
          'pod !== undefined && !isTerminating(pod) && (podRevision(pod) !== updateRevision || pod.spec.enableServiceLinks !== undefined);',
      },
    ],
    killedBy: ['G13', 'S-L1'],
  },
  {
    id: 'S9',
    family: 'statefulset',
    source: 'k/k#112307',
    about: 'minReadySeconds are not waited for: more Pods are missing at once than may be',
    patches: [
      {
        file: `${folder}/podstate.ts`,
        text: 'isRunningAndReady(pod) && isPodAvailable(pod, minReadySeconds, now);',
        replacement:
          'isRunningAndReady(pod) && isPodAvailable(pod, Math.min(0, minReadySeconds), now);',
      },
    ],
    killedBy: ['S-S3'],
  },
  {
    id: 'S11',
    family: 'statefulset',
    source: 'k/k#142130',
    about: 'a claim that was just made is not in the cache yet, and is left without an owner',
    patches: [
      {
        file: `${folder}/claimcontrol.ts`,
        text: '      existing.push(created.object);\n      wrote(set, created.object, context);',
        replacement: '      wrote(set, created.object, context);',
      },
      {
        file: `${folder}/perform.ts`,
        text: "if (isPending || (action === 'tend' && !isTerminating(pod))) {",
        replacement: "if (isPending && action !== 'tend' && !isTerminating(pod)) {",
      },
    ],
    killedBy: ['S-S5'],
  },
  {
    id: 'S12',
    family: 'statefulset',
    source: 'ordering contract',
    about: 'scaling down begins with the lowest ordinal',
    patches: [
      {
        file: `${folder}/plan.ts`,
        text: 'const [next] = condemned;',
        replacement: 'const next = condemned.at(-1);',
      },
    ],
    killedBy: ['S-S2'],
  },
  {
    id: 'V1',
    family: 'persistentvolume',
    source: 'k/k#4829',
    about: 'binds whatever the volume is by now: two claims get one volume',
    patches: [
      {
        file: `${volumes}/write.ts`,
        text: '    kind,\n    object,\n',
        replacement:
          "    kind,\n    object: { ...object, metadata: { ...object.metadata, resourceVersion: '' } },\n",
      },
    ],
    killedBy: ['V-S1', 'G10'],
  },
  {
    id: 'V2',
    family: 'persistentvolume',
    source: 'k/k#105131',
    about: 'a claim that the cache does not show is taken for gone: its data are deleted',
    patches: [withoutLiveRead],
    killedBy: ['V-S2'],
    seed: 2,
  },
  {
    id: 'V3',
    family: 'persistentvolume',
    source: 'k/k#28002',
    about: 'acts before all caches have their first list: every claim is missing',
    patches: [
      withoutLiveRead,
      {
        file: 'src/sim/simulation.ts',
        text: 'const hasLists = ({ process }: Slot): boolean => process.synced;',
        replacement: 'const hasLists = ({ process: _ }: Slot): boolean => true;',
      },
    ],
    killedBy: ['V-S2', 'W-sync'],
  },
  {
    id: 'S13',
    family: 'statefulset',
    source: 'KEP-3335',
    about: 'claims are counted from 0, though ordinals begin elsewhere',
    patches: [
      {
        file: `${folder}/claims.ts`,
        text: '  { metadata }: StatefulSet,\n',
        replacement: '  { metadata, spec }: StatefulSet,\n',
      },
      {
        file: `${folder}/claims.ts`,
        text: '  ordinal: number,\n): string =>',
        replacement: '  nth: number,\n  ordinal = nth - (spec.ordinals?.start ?? 0),\n): string =>',
      },
    ],
    killedBy: ['S-S5b'],
  },
  {
    id: 'V4',
    family: 'persistentvolume',
    source: 'unpublished',
    about: 'a volume that comes wakes no claim that waits for one',
    patches: [
      {
        file: 'src/controllers/persistentvolume.ts',
        text: "if (type !== 'DELETED' && becameFree) retryPending",
        replacement: "if (type === 'DELETED' && becameFree) retryPending",
      },
    ],
    killedBy: ['V-L1'],
  },
];

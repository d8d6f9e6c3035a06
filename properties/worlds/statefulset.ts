/** Worlds with StatefulSets: in order and in parallel, partly updated, with claims. */
import type { Draft } from '../../src/api/meta.ts';
import { provisionerName } from '../../src/controllers/volumeprovisioner.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { faultsOn } from '../actions/faults.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { statefulSets } from '../actions/statefulset.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

const set = (spec: object): Draft =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'c', image: 'db:v1' }] },
      },
      ...spec,
    },
  }) as Draft;

const rolling = (rollingUpdate: object) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate },
});

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'made' },
  provisioner: provisionerName,
} as unknown as Draft;

const claims = (whenDeleted: string, whenScaled: string) => ({
  replicas: 2,
  persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'made',
        resources: { requests: { storage: '1Gi' } },
      },
    },
  ],
});

/** A Pod that bears a name of the set and is not the set's blocks it for good, and so does the race. */
const blocking = new Set(['relabel Pod', 'race']);

const acts = (object: Draft, ...kinds: readonly string[]): Acts =>
  [
    ...schedule,
    ...statefulSets(object),
    ...pods,
    ['annotate', annotate] as const,
    ...faultsOn('Pod', 'StatefulSet', 'ControllerRevision', ...kinds),
  ].filter(([name]) => !blocking.has(name));

const world = (object: Draft): SmallWorld => ({
  scenario: scenarioWith(object),
  acts: acts(object),
});

const worldWithClaims = (object: Draft): SmallWorld => ({
  scenario: scenarioWith(storageClass, object),
  // A Pod that is not the set's holds a claim that is: the set could not be deleted.
  acts: acts(object, 'PersistentVolumeClaim').filter(([name]) => name !== 'disown Pod'),
});

/** Begins with all Pods there: what is updated in part is what this world is for. */
const settled = ({ scenario, acts: whatMayHappen }: SmallWorld): SmallWorld => ({
  scenario: { ...scenario, steps: [...scenario.steps, { type: 'settle' }] },
  acts: whatMayHappen,
});

export const statefulSetWorlds: readonly SmallWorld[] = [
  world(set({})),
  settled(world(set({ ...rolling({ partition: 2 }), revisionHistoryLimit: 1 }))),
  world(
    set({
      ...rolling({ partition: 0, maxUnavailable: 2 }),
      podManagementPolicy: 'Parallel',
      minReadySeconds: 5,
      replicas: 4,
    }),
  ),
  world(set({ updateStrategy: { type: 'OnDelete' }, replicas: 2, ordinals: { start: 2 } })),
  world(set({ podManagementPolicy: 'Parallel', revisionHistoryLimit: 0 })),
  worldWithClaims(set({ ...claims('Delete', 'Retain'), ordinals: { start: 1 } })),
  worldWithClaims(set({ ...claims('Retain', 'Delete'), podManagementPolicy: 'Parallel' })),
];

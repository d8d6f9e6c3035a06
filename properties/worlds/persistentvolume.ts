/** Worlds with volumes and claims that no workload owns, and volumes that drivers bring to nodes. */
import type { Draft } from '../../src/api/meta.ts';
import { provisionerName } from '../../src/controllers/volumeprovisioner.ts';
import type { Acts } from '../actions/act.ts';
import { faultsOn } from '../actions/faults.ts';
import { kubelets } from '../actions/kubelet.ts';
import { machines } from '../actions/machine.ts';
import { claimOf, sharing, userOf, volumeOf, volumes } from '../actions/persistentvolume.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

const made = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'made' },
  provisioner: provisionerName,
} as unknown as Draft;

const acts: Acts = [
  ...schedule,
  ...volumes,
  ...faultsOn('PersistentVolume', 'PersistentVolumeClaim', 'Pod').filter(
    ([name]) => name !== 'race',
  ),
];

const scenarios = [
  scenarioWith(made, volumeOf('pv-1', 1, {}), volumeOf('pv-2', 2, {}), claimOf('a', 1, '')),
  scenarioWith(
    made,
    volumeOf('pv-1', 2, { persistentVolumeReclaimPolicy: 'Recycle' }),
    claimOf('a', 1, ''),
    claimOf('b', 1, ''),
  ),
  scenarioWith(made, claimOf('a', 1, 'made'), claimOf('b', 1, 'made')),
  scenarioWith(made, volumeOf('pv-1', 2, {}), volumeOf('pv-2', 1, {})),
];

/** Pods that share what only one node may have, on machines that die. */
const brought: SmallWorld = {
  scenario: scenarioWith(
    made,
    claimOf('a', 1, 'made'),
    claimOf('b', 1, 'made'),
    userOf('first', 'a'),
  ),
  acts: [
    ...schedule,
    ...volumes,
    ...sharing,
    ...kubelets,
    ...machines.filter(([name]) => name === 'crash node'),
    ...faultsOn('VolumeAttachment', 'Node', 'Pod').filter(([name]) => name !== 'race'),
  ],
  cluster: { heartbeats: true },
};

export const persistentVolumeWorlds: readonly SmallWorld[] = [
  ...scenarios.map((scenario) => ({ scenario, acts })),
  brought,
];

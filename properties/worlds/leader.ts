/** Worlds in which two controller managers stand for one Lease. */
import type { Draft } from '../../src/api/meta.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { leaders } from '../actions/leader.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith, selector, template } from './world.ts';

const replicaSet = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web' },
  spec: { replicas: 2, selector, template },
} as Draft;

const acts: Acts = [...schedule, ...pods, ['annotate', annotate], ...leaders];

export const leaderWorlds: readonly SmallWorld[] = [
  { scenario: scenarioWith(replicaSet), acts, cluster: { controllerManagers: 2 } },
];

/** A world for those who watch: clients of the API server, slow ones too, and the controllers. */
import type { Draft } from '../../src/api/meta.ts';
import { schedule } from '../actions/schedule.ts';
import { watches } from '../actions/watch.ts';
import { type SmallWorld, scenarioWith, selector, template } from './world.ts';

const web = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web' },
  spec: { replicas: 1, selector, template },
} as unknown as Draft;

export const watchWorlds: readonly SmallWorld[] = [
  {
    scenario: scenarioWith(web),
    acts: [...schedule.filter(([name]) => name === 'calm' || name === 'wait'), ...watches],
  },
];

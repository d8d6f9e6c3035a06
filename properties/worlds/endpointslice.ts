/** Worlds with Services: their Pods come and go, and users write where controllers write. */
import type { Draft } from '../../src/api/meta.ts';
import { endpointSliceController } from '../../src/controllers/endpointslice.ts';
import { controllers } from '../../src/controllers/index.ts';
import type { Acts } from '../actions/act.ts';
import { faultsOn } from '../actions/faults.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { beginnings, services } from '../actions/service.ts';
import { bounded } from '../endpointslice.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

const service = (name: string, spec: object): Draft =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }) as unknown as Draft;

/** Both are behind the one Service, and call its port by different numbers. */
const set = (name: string, replicas: number, containerPort: number): Draft =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { set: name } },
      template: {
        metadata: { labels: { app: 'web', set: name } },
        spec: {
          containers: [{ name: 'c', image: 'web:v1', ports: [{ name: 'web', containerPort }] }],
        },
      },
    },
  }) as unknown as Draft;

const endpoints = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'db' },
  subsets: [{ addresses: [{ ip: '10.9.0.1' }], ports: [{ port: 5432 }] }],
} as unknown as Draft;

const web = service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'web' }] });

/**
 * Endpoints are not held back: upstream gives up after 15 retries, which takes three minutes, and
 * nothing wakes it then.
 */
const acts: Acts = [
  ...schedule,
  ...services,
  ...pods,
  ...faultsOn('Pod', 'Service', 'EndpointSlice'),
];

const smallSlice = 2;

export const endpointSliceWorlds: readonly SmallWorld[] = [
  { scenario: scenarioWith(web, set('old', 2, 8080), set('new', 1, 9090)), acts },
  {
    scenario: scenarioWith(
      service('web', { selector: { app: 'web' }, clusterIP: 'None' }),
      set('old', 2, 8080),
      service('db', { ports: [{ port: 5432 }] }),
      endpoints,
    ),
    acts,
  },
  // Slices that are soon full: Pods go to more than one of them.
  {
    scenario: scenarioWith(web, set('old', 4, 8080), set('new', 1, 9090)),
    acts,
    cluster: {
      controllers: controllers.map((make) =>
        make === endpointSliceController ? () => endpointSliceController(smallSlice) : make,
      ),
    },
    rules: { always: [bounded(smallSlice)] },
  },
  // No slice is there yet that could be written over: whoever does not see his first makes a second.
  {
    scenario: scenarioWith(set('old', 1, 8080)),
    acts: [...schedule, ...beginnings, ...faultsOn('EndpointSlice')],
  },
];

/** Worlds with a namespace that is deleted while things happen in it. */
import type { Draft } from '../../src/api/meta.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { faultsOn } from '../actions/faults.ts';
import { namespaces } from '../actions/namespace.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith, selector, template } from './world.ts';

const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } as Draft;

const inShop = (apiVersion: string, kind: string, name: string, rest: object): Draft =>
  ({ apiVersion, kind, metadata: { name, namespace: 'shop' }, ...rest }) as unknown as Draft;

const settings = inShop('v1', 'ConfigMap', 'settings', { data: { a: 'b' } });
const web = inShop('apps/v1', 'Deployment', 'web', { spec: { replicas: 2, selector, template } });
const task = inShop('batch/v1', 'Job', 'task', {
  spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
});

const acts: Acts = [
  ...schedule,
  ...namespaces,
  ...pods,
  ['annotate', annotate],
  ...faultsOn('Pod', 'Namespace', 'ReplicaSet'),
];

export const namespaceWorlds: readonly SmallWorld[] = [
  [settings],
  [settings, web],
  [web, task],
].map((content) => ({ scenario: scenarioWith(shop, ...content), acts }));

/** Rules of what is at rest, about what is deleted and held by finalizers of others. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually } from '../../properties/index.ts';
import type { World } from '../../properties/rule.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { type Any, podSpec } from '../apiserver/cluster.ts';

const test = suite('held by finalizers');

const finalizers = ['example.com/hold'];

/** What the rules say when a workload was deleted in the foreground, and all is at rest. */
function broken(apiVersion: string, kind: string, spec: Any, metadata: Any): readonly string[] {
  const { simulation } = createCluster({ nodes: [{ name: 'n1' }], kubelet: 'standIn' });
  const submit = (request: Any) => {
    const response = simulation.submit({ kind, namespace: 'default', ...request }, 'user');
    assert.ok(response.ok, response.ok ? '' : response.status.message);
    settle(simulation, { horizonMs: 60_000 });
  };
  submit({
    verb: 'create',
    object: { apiVersion, kind, metadata: { name: 'a', ...metadata }, spec },
  });
  submit({ verb: 'delete', name: 'a', options: { propagationPolicy: 'Foreground' } });
  assert.ok(simulation.store.view().get(kind, 'default/a'), 'it is still there');
  const now = simulation.store.view();
  const world: World = {
    simulation,
    now,
    seen: now,
    acting: undefined,
    ownWrites: [],
    decided: () => undefined,
    looked: () => undefined,
    watchProblem: () => undefined,
  };
  return eventually.flatMap(({ id, holds }) => {
    const problem = holds(world);
    return problem === undefined ? [] : [`${id} ${problem}`];
  });
}

const selector = { matchLabels: { app: 'a' } };
const template = (metadata: Any = {}, spec: Any = {}): Any => ({
  metadata: { labels: { app: 'a' }, ...metadata },
  spec: { ...podSpec, ...spec },
});

for (const [apiVersion, kind, spec] of [
  ['apps/v1', 'Deployment', { selector }],
  ['apps/v1', 'ReplicaSet', { selector }],
  ['apps/v1', 'StatefulSet', { selector }],
  ['apps/v1', 'DaemonSet', { selector }],
  ['batch/v1', 'Job', {}],
] as const) {
  const pod = kind === 'Job' ? { restartPolicy: 'Never' } : {};
  test(`a ${kind} that is held may stay at rest`, () => {
    const own = { ...spec, template: template({}, pod) };
    assert.equal(broken(apiVersion, kind, own, { finalizers }), []);
  });
  test(`a ${kind} whose Pods are held may stay at rest`, () => {
    const theirs = { ...spec, template: template({ finalizers }, pod) };
    assert.equal(broken(apiVersion, kind, theirs, {}), []);
  });
}

test('a claim that is deleted stays while a Pod uses it, though its owner is gone', () => {
  const { simulation } = createCluster({ nodes: [], kubelet: 'standIn', disabled: ['scheduler'] });
  const make = (kind: string, name: string, rest: object, metadata: object = {}) => {
    const object = { apiVersion: 'v1', kind, metadata: { name, ...metadata }, ...rest } as Any;
    const made = simulation.submit({ verb: 'create', kind, namespace: 'default', object }, 'user');
    assert.ok(made.ok);
  };
  const gone = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'gone' };
  make(
    'PersistentVolumeClaim',
    'data',
    {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    { ownerReferences: [gone] },
  );
  const lost = () =>
    eventually
      .find(({ id }) => id === 'GC-L1')!
      .holds({ simulation, now: simulation.store.view() } as Any);
  assert.is(lost(), 'PersistentVolumeClaim data has lost its owners');
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  make('Pod', 'a', { spec: { ...podSpec, volumes } });
  assert.is(lost(), 'PersistentVolumeClaim data has lost its owners');
  const data = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data' };
  simulation.submit({ verb: 'delete', ...data }, 'user');
  assert.is(lost(), undefined);
});

test.run();

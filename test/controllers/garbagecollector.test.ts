/** What the garbage collector does about owners: live looks, one object at a time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { garbageCollector } from '../../src/controllers/garbagecollector.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('garbage collector');

const owning = ({ apiVersion, kind, metadata: { name, uid } }: Any, more: object = {}): Any => ({
  apiVersion,
  kind,
  name,
  uid,
  ...more,
});

const configMap = (name: string, ownerReferences: readonly Any[] = [], more: object = {}): Any => ({
  metadata: { name, namespace: 'default', ownerReferences, ...more },
});

const collect = (cluster: TestCluster, { kind, metadata }: Any) => {
  const { namespace = '', name, uid } = metadata;
  return pass(garbageCollector(), `delete|${kind}|${namespace}|${name}|${uid}`, cluster);
};

const foreground = (cluster: TestCluster, name: string): Any => {
  cluster.delete('ConfigMap', name, { propagationPolicy: 'Foreground' });
  return cluster.get('ConfigMap', name);
};

test('[ctl-06 C.5] who waits for a dependent that waits for him blocks nobody any longer', () => {
  const cluster = new TestCluster();
  const first = cluster.create('ConfigMap', configMap('first'));
  const blocking = { blockOwnerDeletion: true };
  const second = cluster.create('ConfigMap', configMap('second', [owning(first, blocking)]));
  const back = { metadata: { ownerReferences: [owning(second, blocking)] } };
  cluster.merge('ConfigMap', 'first', back);
  foreground(cluster, 'first');
  const { requests, outcome } = collect(cluster, second);
  assert.is(outcome, undefined);
  const [patch, removal] = requests.filter(({ verb }) => verb !== 'get') as Any[];
  assert.equal(patch.patch.metadata.ownerReferences, [
    { ...owning(first), blockOwnerDeletion: false },
  ]);
  assert.is(removal.options.propagationPolicy, 'Foreground');
  const { metadata } = cluster.get('ConfigMap', 'second');
  assert.equal(metadata.finalizers, ['foregroundDeletion']);
});

test('[ctl-06 E] a circle of owners goes, deleted from any of them', () => {
  const cluster = createCluster();
  const { simulation } = cluster;
  const submit = (request: Any): Any => {
    const response = simulation.submit(
      { namespace: 'default', kind: 'ConfigMap', ...request },
      'u',
    );
    assert.ok(response.ok, response.ok ? '' : response.status.message);
    return (response as Any).object;
  };
  const blocking = { blockOwnerDeletion: true };
  const first = submit({ verb: 'create', object: configMap('first') });
  const second = submit({
    verb: 'create',
    object: configMap('second', [owning(first, blocking)]),
  });
  const patch = { metadata: { ownerReferences: [owning(second, blocking)] } };
  submit({ verb: 'patch', name: 'first', patchType: 'merge', patch });
  settle(simulation, { horizonMs: 60_000 });
  submit({ verb: 'delete', name: 'first', options: { propagationPolicy: 'Foreground' } });
  settle(simulation, { horizonMs: 60_000 });
  const left = simulation.store.view().list<Any>('ConfigMap');
  assert.equal(
    left.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt'),
    [],
  );
});

test('[ctl-06 C.5] an owner with a namespace is none of a dependent without one, and nothing is done', () => {
  const cluster = new TestCluster();
  const gone = cluster.create('ConfigMap', configMap('gone'));
  cluster.delete('ConfigMap', 'gone');
  const metadata = { name: 'fast', ownerReferences: [owning(gone)] };
  const dependent = cluster.create('StorageClass', { metadata, provisioner: 'p' });
  const { requests, outcome } = collect(cluster, dependent);
  assert.is(outcome, undefined, 'it is not tried again');
  assert.equal(
    requests.map(({ verb, kind }) => `${verb} ${kind}`),
    ['get StorageClass'],
  );
});

test('[ctl-06 B] a dependent whose owner lives in another namespace is told, and goes', () => {
  const { simulation } = createCluster();
  const submit = (request: Any): Any => {
    const response = simulation.submit(request, 'u');
    assert.ok(response.ok, response.ok ? '' : response.status.message);
    return (response as Any).object;
  };
  const inNamespace = (namespace: string, name: string, refs: readonly Any[] = []) =>
    submit({
      verb: 'create',
      kind: 'ConfigMap',
      namespace,
      object: { metadata: { name, namespace, ownerReferences: refs } },
    });
  submit({ verb: 'create', kind: 'Namespace', object: { metadata: { name: 'far' } } });
  const owner = inNamespace('far', 'owner');
  settle(simulation, { horizonMs: 60_000 });
  inNamespace('default', 'dependent', [owning(owner)]);
  settle(simulation, { horizonMs: 60_000 });
  const view = simulation.store.view();
  assert.is(view.get('ConfigMap', 'default/dependent'), undefined);
  const [event] = view.list<Any>('Event').filter(({ reason }) => reason.startsWith('OwnerRef'));
  const { uid } = owner.metadata;
  assert.equal(
    [event.type, event.reason, event.involvedObject.name, event.message],
    [
      'Warning',
      'OwnerRefInvalidNamespace',
      'dependent',
      `ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: ${uid}] does not exist in namespace "default"`,
    ],
  );
});

test('[ctl-06 B] an owner that came and went while its watch was broken is not waited for (k/k#56121)', () => {
  const { simulation } = createCluster();
  const submit = (request: Any): Any => {
    const response = simulation.submit({ namespace: 'default', ...request }, 'u');
    assert.ok(response.ok, response.ok ? '' : response.status.message);
    return (response as Any).object;
  };
  // A kind that the collector watches from its first object on.
  submit({ verb: 'create', kind: 'Secret', object: configMap('other') });
  settle(simulation, { horizonMs: 1_000 });
  const process = 'kube-controller-manager';
  const reflector = simulation
    .process(process)!
    .deliveries.findIndex((delivery) => delivery.reflector.watch.kind === 'Secret');
  const watch = { process, kind: 'Secret', reflector };
  simulation.step({ type: 'hold', ...watch });
  const owner = submit({ verb: 'create', kind: 'Secret', object: configMap('owner') });
  submit({ verb: 'create', kind: 'ConfigMap', object: configMap('child', [owning(owner)]) });
  settle(simulation, { horizonMs: 1_000 });
  assert.ok(simulation.store.get('ConfigMap', 'default/child'), 'its owner is there');
  submit({ verb: 'delete', kind: 'Secret', name: 'owner' });
  simulation.step({ type: 'drop', ...watch });
  simulation.step({ type: 'release', ...watch });
  settle(simulation, { horizonMs: 60_000 });
  assert.is(simulation.store.get('ConfigMap', 'default/child'), undefined);
});

test.run();

/** What the Deployment controller decides and writes, where no recorded scenario shows it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf } from '../../src/controllers/deployment/replicasets.ts';
import { reconciledOld } from '../../src/controllers/deployment/sizes.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { type Any, deployment } from '../apiserver/cluster.ts';

const test = suite('deployment controller');
const by = 'deployment-controller';

const rest = ({ simulation }: Cluster) => settle(simulation, { horizonMs: 60_000 });

function submit({ simulation }: Cluster, request: Any): Any {
  const named = { namespace: 'default', kind: 'Deployment', name: 'web', ...request };
  const response = simulation.submit(named, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
  return (response as Any).object;
}

const patch = (cluster: Cluster, change: Any): Any =>
  submit(cluster, { verb: 'patch', patchType: 'strategic', patch: change });

const image = (of: string): Any => ({
  template: { spec: { containers: [{ name: 'c', image: of }] } },
});

function clusterWith(spec: Any, metadata: Any = {}): Cluster {
  const cluster = createCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
  rest(cluster);
  submit(cluster, { verb: 'create', object: deployment('web', spec, metadata) });
  rest(cluster);
  return cluster;
}

const object = ({ simulation }: Cluster, kind = 'Deployment', name = 'web'): Any =>
  simulation.store.view().get(kind, `default/${name}`);

/** Its ReplicaSets by image: size, and revision. */
const sizes = ({ simulation }: Cluster): Any =>
  Object.fromEntries(
    simulation.store
      .view()
      .list<Any>('ReplicaSet')
      .map(({ metadata, spec }) => [
        spec.template.spec.containers[0].image,
        `${spec.replicas} @${metadata.annotations['deployment.kubernetes.io/revision']}`,
      ]),
  );

const eventsOf = ({ simulation }: Cluster, reason: string): readonly string[] =>
  simulation.store
    .view()
    .list<Any>('Event')
    .filter((event) => event.reason.startsWith(reason))
    .map(({ type, message }) => `${type} ${message}`);

const rollbackTo = (revision: string) => ({
  metadata: { annotations: { 'deprecated.deployment.rollback.to': revision } },
});

test('[ctl-02 B.10] the annotation of old clients leads back to a revision, and is taken off', () => {
  const cluster = clusterWith({});
  patch(cluster, { spec: image('web:v2') });
  rest(cluster);
  patch(cluster, rollbackTo('0'));
  rest(cluster);
  assert.equal(sizes(cluster), { 'web:v1': '3 @3', 'web:v2': '0 @2' });
  assert.equal(eventsOf(cluster, 'DeploymentRollback'), [
    'Normal Rolled back deployment "web" to revision 1',
  ]);
  const { annotations } = object(cluster).metadata;
  assert.is(annotations['deprecated.deployment.rollback.to'], undefined);
});

test('[ctl-02 B.10] a template that is given up in the same breath becomes a revision first', () => {
  const cluster = clusterWith({});
  patch(cluster, { ...rollbackTo('1'), spec: image('web:v2') });
  rest(cluster);
  assert.equal(sizes(cluster), { 'web:v1': '3 @3', 'web:v2': '0 @2' });
});

test('[ctl-02 B.10] what cannot be gone back to is told', () => {
  const cluster = clusterWith({});
  patch(cluster, rollbackTo('0'));
  rest(cluster);
  patch(cluster, rollbackTo('7'));
  rest(cluster);
  patch(cluster, rollbackTo('1'));
  rest(cluster);
  assert.equal(eventsOf(cluster, 'DeploymentRollback'), [
    'Warning Unable to find last revision.',
    'Warning Unable to find the revision to rollback to.',
    'Warning The rollback revision contains the same template as current deployment "web"',
  ]);
});

test('[ctl-02 B.9] a size counts in the status from the pass after the one that wrote it (recorded)', () => {
  const cluster = clusterWith({ replicas: 2 });
  const { length } = cluster.simulation.log;
  patch(cluster, { spec: { replicas: 5 } });
  rest(cluster);
  const told = cluster.simulation.log.entries
    .slice(length)
    .filter((entry): entry is WriteEntry => entry.type === 'write' && entry.by === by)
    .filter(({ kind, subresource }) => kind === 'Deployment' && subresource === 'status')
    .map(({ after }: Any) => after.status)
    .map(({ replicas, unavailableReplicas = 0 }) => [replicas, unavailableReplicas]);
  assert.equal(told.slice(0, 2), [
    [2, 0],
    [2, 3],
  ]);
});

test('[ctl-02 B.2] while it goes its annotations are still handed on, and nothing is resized', () => {
  const cluster = clusterWith({}, { finalizers: ['example.com/hold'] });
  submit(cluster, { verb: 'delete', options: { propagationPolicy: 'Background' } });
  const { length } = cluster.simulation.log;
  patch(cluster, { metadata: { annotations: { team: 'blue' } }, spec: { replicas: 5 } });
  rest(cluster);
  const [rs] = cluster.simulation.store.view().list<Any>('ReplicaSet');
  assert.equal([rs.metadata.annotations['team'], rs.spec.replicas], ['blue', 3]);
  const status = cluster.simulation.log.entries
    .slice(length)
    .filter((entry): entry is WriteEntry => entry.type === 'write' && entry.by === by)
    .map(({ verb, kind, subresource = '' }) => `${verb} ${kind} ${subresource}`);
  assert.equal(status, ['update ReplicaSet ', 'update Deployment status']);
});

test('[ctl-02 B.5] Pods of a ReplicaSet that has been scaled to nothing serve nobody any more', () => {
  const target: Any = deployment('web', {
    replicas: 10,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 2 } },
  });
  const set = (name: string, replicas: number, availableReplicas: number): Any => ({
    metadata: { name, uid: name, creationTimestamp: name },
    spec: { replicas },
    status: { replicas, availableReplicas },
  });
  // Its status still tells of Pods that its controller has not deleted yet.
  const gone = set('v1', 0, 3);
  const old = set('v2', 8, 8);
  const newest = set('v3', 2, 2);
  const { scaledDown } = reconciledOld(target, [gone, old, newest], [gone, old], newest);
  assert.equal(
    scaledDown.map(({ rs, size }) => [rs.metadata.name, size]),
    [['v2', 6]],
  );
});

test('[ctl-02 B.4] a size that a ReplicaSet was told counts if it is one', () => {
  const key = 'deployment.kubernetes.io/desired-replicas';
  const told = (text?: string) =>
    countOf({ metadata: { annotations: text === undefined ? {} : { [key]: text } } } as Any, key);
  assert.equal(
    [told('3'), told('2147483647'), told('2147483648'), told('-1'), told('+1'), told('x'), told()],
    [3, 2147483647, undefined, undefined, undefined, undefined, undefined],
  );
});

test.run();

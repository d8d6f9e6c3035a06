/** Lifecycles of objects, followed through writes: our own, and those of real clusters. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { containerTable } from '../../machines/index.ts';
import { type KubeObject, keyOf } from '../../src/api/meta.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { Lifecycles } from '../../src/sim/lifecycles.ts';
import { settle } from '../../src/sim/settle.ts';
import { controlPlane, kubelets, present, type Recording } from './recorded.ts';

const test = suite('lifecycles');

const pod = (name: string, uid: string, spec: object, status: object, metadata: object = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name, uid, ...metadata },
    spec: { containers: [{ name: 'c' }], restartPolicy: 'Always', ...spec },
    status,
  }) as unknown as KubeObject;

const change = (n: number, before: KubeObject | undefined, after: KubeObject | undefined) => {
  const object = (after ?? before)!;
  return { n, kind: object.kind, key: keyOf(object), before, after };
};

const n1 = { nodeName: 'n1' };
const unbound = pod('web', 'u1', {}, { phase: 'Pending' });
const bound = pod('web', 'u1', n1, { phase: 'Pending' });
const failed = pod('web', 'u1', n1, { phase: 'Failed' });
const running = pod('web', 'u1', n1, {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ name: 'c', ready: true, restartCount: 0, state: { running: {} } }],
});

test('an object goes through its machine, and its state outlives it', () => {
  const lifecycles = new Lifecycles();
  assert.is(lifecycles.stateOf('u1'), undefined);
  lifecycles.observe(change(1, undefined, unbound));
  assert.is(lifecycles.textOf('u1'), 'phase: unbound, deletion: none');
  lifecycles.observe(change(2, unbound, bound));
  lifecycles.observe(change(3, bound, running));
  assert.is(lifecycles.textOf('u1'), 'phase: running.ready, deletion: none');
  const containers = [...lifecycles.containersOf('u1')];
  assert.equal(
    containers.map(([name, state]) => [name, containerTable.text(state)]),
    [['c', 'running.ready']],
  );
  lifecycles.observe(change(4, running, undefined));
  assert.is(lifecycles.textOf('u1'), 'gone');
  assert.equal([...lifecycles.containersOf('u1')], []);
  assert.equal(lifecycles.findings, []);
});

test('an object that is first seen in the middle of its life is placed', () => {
  const lifecycles = new Lifecycles();
  const relabelled = { ...running, metadata: { ...running.metadata, labels: { a: 'b' } } };
  assert.equal(lifecycles.observe(change(9, running, relabelled)), []);
  assert.is(lifecycles.textOf('u1'), 'phase: running.ready, deletion: none');
});

test('what is refused is a finding, and moves nothing', () => {
  const lifecycles = new Lifecycles();
  lifecycles.observe(change(1, undefined, failed));
  const findings = lifecycles.observe(change(2, failed, running));
  const state = 'phase: failed, deletion: none';
  assert.equal(findings, [
    { n: 2, kind: 'Pod', key: 'default/web', event: 'pod.started', state },
    { n: 2, kind: 'Pod', key: 'default/web', event: 'pod.becameReady', state },
  ]);
  assert.is(lifecycles.textOf('u1'), state);
  assert.equal(lifecycles.findings, findings);
});

test('a container is named in its finding', () => {
  const lifecycles = new Lifecycles();
  const ended = pod(
    'web',
    'u1',
    { ...n1, restartPolicy: 'Never' },
    {
      phase: 'Running',
      containerStatuses: [
        { name: 'c', ready: false, restartCount: 0, state: { terminated: { exitCode: 0 } } },
      ],
    },
  );
  const again = { ...ended, status: running.status } as KubeObject;
  lifecycles.observe(change(1, undefined, ended));
  const [finding] = lifecycles.observe(change(2, ended, again));
  assert.equal(finding, {
    n: 2,
    kind: 'Container',
    key: 'default/web/c',
    event: 'container.started',
    state: 'terminated',
  });
});

test('nothing may happen to what is gone', () => {
  const lifecycles = new Lifecycles();
  lifecycles.observe(change(1, undefined, unbound));
  lifecycles.observe(change(2, unbound, undefined));
  const [finding] = lifecycles.observe(change(3, unbound, bound));
  assert.is(finding?.event, 'pod.bound');
  assert.is(finding?.state, 'gone');
});

test('a name that another object took over is another life', () => {
  const lifecycles = new Lifecycles();
  const successor = pod('web', 'u2', {}, { phase: 'Pending' });
  lifecycles.observe(change(1, undefined, running));
  assert.equal(lifecycles.observe(change(2, running, successor)), []);
  assert.is(lifecycles.textOf('u1'), 'gone');
  assert.is(lifecycles.textOf('u2'), 'phase: unbound, deletion: none');
});

test('kinds without a lifecycle are passed over', () => {
  const event = { ...unbound, kind: 'Event' };
  assert.equal(new Lifecycles().observe(change(1, undefined, event)), []);
});

test('a rollout of ours has no findings', () => {
  const { simulation } = createCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
  const template = (image: string) => ({
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image }] },
  });
  const spec = { replicas: 3, selector: { matchLabels: { app: 'web' } } };
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { ...spec, template: template('web:v1') },
  };
  const target = { kind: 'Deployment', namespace: 'default' } as const;
  simulation.submit({ ...target, verb: 'create', object });
  settle(simulation, { horizonMs: 60_000 });
  const patch = { spec: { template: template('web:v2') } };
  simulation.submit({ ...target, verb: 'patch', name: 'web', patchType: 'merge', patch });
  settle(simulation, { horizonMs: 60_000 });
  const lifecycles = new Lifecycles();
  const writes = simulation.log.entries.filter((entry) => entry.type === 'write');
  for (const write of writes) lifecycles.observe(write);
  assert.equal(lifecycles.findings, []);
  const web = simulation.store.get('Deployment', 'default/web')!;
  assert.is(
    lifecycles.textOf(web.metadata.uid),
    'control: active, observation: observed, rollout: complete, availability: available, ' +
      'deletion: none',
  );
});

/** No finding, and whoever comes late finds every object where the others have it. */
function follows({ name, changes }: Recording): void {
  const lifecycles = new Lifecycles();
  const last = new Map<string, KubeObject>();
  for (const seen of changes) {
    assert.equal(lifecycles.observe(seen), [], name);
    const { before, after } = seen;
    if (before !== undefined) last.delete(before.metadata.uid);
    if (after !== undefined) last.set(after.metadata.uid, after);
  }
  for (const [uid, object] of last) {
    const late = new Lifecycles();
    late.observe(change(0, undefined, object));
    assert.equal(late.findings, [], name);
    assert.is(late.textOf(uid), lifecycles.textOf(uid), `${name} ${keyOf(object)}`);
  }
}

if (present) {
  test('a real control plane does nothing that the machines refuse', () => {
    const recordings = controlPlane();
    assert.ok(recordings.length > 70, `${recordings.length} recordings`);
    recordings.forEach(follows);
  });

  test('real kubelets do nothing that the machines refuse', () => {
    kubelets().forEach(follows);
  });
} else {
  console.log('SKIPPED: ../shared/recordings is not there; real clusters were not followed');
}

test.run();

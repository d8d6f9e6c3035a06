/** The kubelet at work: what becomes of Pods, second by second, and the Events of it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../../src/api/job/job.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import type { BehaviourSpec } from '../../src/sim/scenario/types.ts';
import { create, done, events, podOf, quiet, start, stateOf, until } from './lives.ts';

const test = suite('kubelet');

function run(
  spec: Partial<PodSpec>,
  behaviour: readonly BehaviourSpec[] = [],
  metadata: object = {},
): Cluster {
  const cluster = quiet(behaviour);
  start(cluster, 'p', spec, metadata);
  return cluster;
}

function remove({ simulation }: Cluster, gracePeriodSeconds?: number): void {
  simulation.submit({
    verb: 'delete',
    kind: 'Pod',
    namespace: 'default',
    name: 'p',
    options: gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds },
  });
}

const isReady = (pod: Pod | undefined) =>
  pod?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');

test('init containers run one after the other, then the regular ones', () => {
  const cluster = run(
    {
      initContainers: [
        { name: 'a', image: 'init:1' },
        { name: 'b', image: 'init:1' },
      ],
    },
    [
      { image: 'init:1', exit: 0, exitAfter: '2s', pull: '0s', start: '0s' },
      { image: 'web:1', pull: '0s', start: '0s' },
    ],
  );
  until(cluster, 20);
  assert.equal(done(cluster, 'container started', 'container exited'), [
    '0.1 container started a',
    '2.1 container exited a',
    '2.1 container started b',
    '4.1 container exited b',
    '4.1 container started c',
  ]);
  const { conditions } = podOf(cluster)!.status;
  assert.ok(conditions!.every(({ status }) => status === 'True'));
  assert.is(podOf(cluster)!.status.phase, 'Running');
});

test('a failed init container ends a Pod that never restarts', () => {
  const cluster = run(
    { restartPolicy: 'Never', initContainers: [{ name: 'a', image: 'init:1' }] },
    [{ image: 'init:1', exit: 3 }],
  );
  until(cluster, 20);
  assert.is(podOf(cluster)!.status.phase, 'Failed');
  assert.is(stateOf(podOf(cluster), 'a')!.state!.terminated!.exitCode, 3);
  assert.equal(done(cluster, 'container started').length, 1);
});

test('sidecars outlive the regular containers, and stop in reverse order', () => {
  const sidecar = (name: string) => ({ name, image: 'side:1', restartPolicy: 'Always' }) as const;
  const cluster = run({ restartPolicy: 'Never', initContainers: [sidecar('s1'), sidecar('s2')] }, [
    { image: 'side:1', stop: '1s' },
    { image: 'web:1', exit: 0, exitAfter: '5s' },
  ]);
  until(cluster, 60);
  const exits = done(cluster, 'container exited').map((line) => line.split(' ').at(-1));
  assert.equal(exits, ['c', 's2', 's1']);
  assert.is(podOf(cluster)!.status.phase, 'Succeeded');
});

test('init containers that nothing is said of end, so do those of Jobs; sidecars run', () => {
  const initContainers = [
    { name: 'side', image: 's:1', restartPolicy: 'Always' },
    { name: 'init', image: 'i:1' },
  ] as const;
  const cluster = run({ restartPolicy: 'Never', initContainers });
  const containers = [{ name: 'c', image: 'task:1' }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { template } };
  create(cluster, job as never);
  until(cluster, 60);
  const pod = podOf(cluster)!;
  assert.is(stateOf(pod, 'init')!.state!.terminated!.exitCode, 0);
  assert.ok(stateOf(pod, 'side')!.state!.running);
  assert.is(pod.status.phase, 'Running');
  assert.is(cluster.simulation.store.get<Job>('Job', 'default/j')!.status.succeeded, 1);
});

test('a preStop hook that ends at once is followed by SIGTERM (it was missed, and the Pod stayed)', () => {
  const lifecycle = { preStop: { exec: { command: ['drain'] } } };
  const containers = [
    { name: 'a', image: 'web:1', lifecycle },
    { name: 'b', image: 'web:1' },
  ];
  const cluster = run({ terminationGracePeriodSeconds: 1800, containers });
  until(cluster, 10);
  remove(cluster);
  until(cluster, 12);
  assert.equal(done(cluster, 'preStop hook ended', 'container exited'), [
    '10 preStop hook ended a',
    '10.1 container exited a',
    '10.1 container exited b',
  ]);
  assert.is(podOf(cluster), undefined);
});

test('a preStop hook takes its time from the grace, and at least 2 s are left', () => {
  const lifecycle = { preStop: { sleep: { seconds: 29 } } };
  const cluster = run({ containers: [{ name: 'c', image: 'web:1', lifecycle }] }, [
    { image: 'web:1', stop: 'never' },
  ]);
  until(cluster, 10);
  remove(cluster);
  until(cluster, 60);
  assert.equal(done(cluster, 'preStop hook ended', 'container exited'), [
    '39 preStop hook ended c',
    '41 container exited c',
  ]);
  assert.equal(events(cluster, 'Killing'), ['Killing: Stopping container c']);
  assert.is(podOf(cluster), undefined);
});

test('a shorter grace shortens a termination that is under way', () => {
  const cluster = run({}, [{ image: 'web:1', stop: 'never' }]);
  until(cluster, 10);
  remove(cluster, 30);
  until(cluster, 12);
  remove(cluster, 3);
  until(cluster, 60);
  assert.equal(done(cluster, 'container exited'), ['15 container exited c']);
});

test('[kubelet-04] a shorter grace begins the stop anew: its hook has that time, and 2 s are left', () => {
  const lifecycle = { preStop: { sleep: { seconds: 20 } } };
  const containers = [{ name: 'c', image: 'web:1', lifecycle }];
  const cluster = run({ containers }, [{ image: 'web:1', stop: 'never' }]);
  until(cluster, 10);
  remove(cluster, 30);
  until(cluster, 12);
  remove(cluster, 5);
  until(cluster, 60);
  assert.equal(done(cluster, 'container exited'), ['19 container exited c']);
  assert.equal(events(cluster, 'Killing'), ['Killing: Stopping container c (2)']);
});

test('[kubelet-04] a grace of a second leaves a container two', () => {
  const cluster = run({}, [{ image: 'web:1', stop: 'never' }]);
  until(cluster, 10);
  remove(cluster, 30);
  until(cluster, 12);
  remove(cluster, 1);
  until(cluster, 60);
  assert.equal(done(cluster, 'container exited'), ['14 container exited c']);
});

test('liveness kills after as many failures as the threshold, startup holds it back', () => {
  const livenessProbe = { tcpSocket: { port: 80 }, periodSeconds: 5, failureThreshold: 2 };
  const startupProbe = { exec: { command: ['x'] }, periodSeconds: 1, failureThreshold: 9 };
  const containers = [{ name: 'c', image: 'web:1', livenessProbe, startupProbe }];
  const cluster = run({ containers }, [
    { image: 'web:1', started: '3s', live: '10s', pull: '0s', start: '0s', stop: '0s' },
  ]);
  until(cluster, 3);
  assert.is(stateOf(podOf(cluster))!.started, false);
  until(cluster, 5);
  assert.is(stateOf(podOf(cluster))!.started, true);
  until(cluster, 30);
  assert.equal(done(cluster, 'container exited'), ['20 container exited c']);
  assert.is(stateOf(podOf(cluster))!.restartCount, 1);
  assert.equal(events(cluster, 'Killing'), [
    'Killing: Container c failed liveness probe, will be restarted',
  ]);
});

test('[kubelet-03] what a probe kills is started at once, until it runs shorter than its back-off', () => {
  const livenessProbe = { tcpSocket: { port: 80 }, periodSeconds: 5, failureThreshold: 1 };
  const containers = [{ name: 'c', image: 'web:1', livenessProbe }];
  const cluster = run({ containers }, [{ image: 'web:1', live: '14s', stop: '0s', start: '0s' }]);
  until(cluster, 100);
  const [starts, exits] = ['container started', 'container exited'].map((event) =>
    done(cluster, event).map((line) => Number(line.split(' ')[0])),
  );
  const waits = starts!.slice(1).map((start, i) => start - exits![i]!);
  assert.equal(waits.slice(0, 3), [0, 0, 0], 'no back-off, then 10 s, and it ran longer');
  assert.ok(waits[3]! >= 20, `${waits}`);
});

test('a readiness that fails for good does not keep the cluster awake, and gates count', () => {
  const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 10 };
  const cluster = run({
    containers: [{ name: 'c', image: 'web:1', readinessProbe }],
    readinessGates: [{ conditionType: 'example.com/open' }],
  });
  until(cluster, 10);
  const ready = () => podOf(cluster)!.status.conditions!.find(({ type }) => type === 'Ready')!;
  assert.is(
    ready().message,
    'corresponding condition of pod readiness gate "example.com/open" does not exist.',
  );
  const conditions = [{ type: 'example.com/open', status: 'True' }];
  cluster.simulation.submit({
    verb: 'patch',
    kind: 'Pod',
    namespace: 'default',
    name: 'p',
    patchType: 'strategic',
    patch: { status: { conditions } },
    subresource: 'status',
  });
  until(cluster, 11);
  assert.is(ready().status, 'True');
});

test('a crash loop backs off 10, 20, 40 s, a registry that refuses as well', () => {
  const cluster = run({}, [{ image: 'web:1', exit: 1, exitAfter: '1s', pull: '0s', start: '0s' }]);
  until(cluster, 200);
  const times = done(cluster, 'container started').map((line) => Number(line.split(' ')[0]));
  const waits = times.slice(1).map((time, i) => time - times[i]! - 1);
  [0, 10, 20, 40].forEach((least, i) => {
    assert.ok(waits[i]! >= least && waits[i]! <= least * 1.5, `${i}: waited ${waits[i]}`);
  });
  assert.match(
    events(cluster, 'BackOff')[0]!,
    /^BackOff: Back-off restarting failed container c in pod p_default/,
  );
});

test('a deadline ends a Pod, whatever its restart policy', () => {
  const cluster = run({ activeDeadlineSeconds: 10 });
  until(cluster, 30);
  const { phase, reason } = podOf(cluster)!.status;
  assert.equal([phase, reason], ['Failed', 'DeadlineExceeded']);
  assert.equal(done(cluster, 'container exited'), ['10.1 container exited c']);
});

test('a Pod that the node has no room for is turned away', () => {
  const cluster = quiet([]);
  const resources = { requests: { cpu: '3' } };
  const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'web:1', resources }] };
  start(cluster, 'first', spec);
  start(cluster, 'p', spec);
  until(cluster, 10);
  const { phase, reason, message } = podOf(cluster)!.status;
  assert.equal([phase, reason], ['Failed', 'OutOfcpu']);
  assert.is(
    message,
    "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000",
  );
});

test('memory pressure evicts who uses most above its request', () => {
  const cluster = quiet([
    { image: 'hog', memory: [{ at: '20s', use: '15Gi' }] },
    { image: 'web:1', memory: '950Mi' },
  ]);
  start(cluster, 'p', { containers: [{ name: 'c', image: 'hog' }] });
  start(cluster, 'good', {});
  until(cluster, 60);
  const { phase, reason, message, conditions } = podOf(cluster)!.status;
  assert.equal([phase, reason], ['Failed', 'Evicted']);
  assert.match(
    message!,
    /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: 74Mi\. Container c was using 15Gi, request is 0, has larger consumption of memory\. $/,
  );
  assert.ok(
    conditions!.some(({ type, status }) => type === 'DisruptionTarget' && status === 'True'),
  );
  assert.is(podOf(cluster, 'good')!.status.phase, 'Running');
  const pressure = () =>
    cluster.simulation.store
      .get<Node>('Node', 'n1')!
      .status.conditions!.find(({ type }) => type === 'MemoryPressure')!.status;
  assert.is(pressure(), 'True');
  until(cluster, 500);
  assert.is(pressure(), 'False');
});

test('a container beyond its memory limit is killed by the kernel', () => {
  const resources = { limits: { memory: '100Mi' } };
  const cluster = run(
    { restartPolicy: 'Never', containers: [{ name: 'c', image: 'web:1', resources }] },
    [{ image: 'web:1', memory: [{ at: '5s', use: '200Mi' }] }],
  );
  until(cluster, 20);
  const { terminated } = stateOf(podOf(cluster))!.state!;
  assert.equal([terminated!.exitCode, terminated!.reason], [137, 'OOMKilled']);
});

test('a rule restarts all containers of the Pod, in the same sandbox', () => {
  const exitCodes = { operator: 'In', values: [42] };
  const cluster = run(
    {
      restartPolicy: 'Never',
      initContainers: [{ name: 'i', image: 'init:1' }],
      containers: [
        {
          name: 'c',
          image: 'web:1',
          restartPolicy: 'Never',
          restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes }],
        },
        { name: 'd', image: 'other:1' },
      ],
    },
    [
      { image: 'init:1', exit: 0, exitAfter: '1s' },
      { image: 'web:1', exit: [42, 0], exitAfter: '5s' },
    ],
  );
  until(cluster, 20);
  const starts = done(cluster, 'container started').map((line) => line.split(' ').at(-1));
  assert.equal(starts, ['i', 'c', 'd', 'i', 'c', 'd']);
  assert.is(done(cluster, 'sandbox created').length, 1);
  assert.is(stateOf(podOf(cluster), 'd')!.restartCount, 1);
});

test('a kubelet that restarts keeps what runs, and ends what was deleted meanwhile', () => {
  const readinessProbe = { httpGet: { port: 80 } };
  const cluster = run({ containers: [{ name: 'c', image: 'web:1', readinessProbe }] });
  until(cluster, 30);
  const { resourceVersion } = podOf(cluster)!.metadata;
  cluster.simulation.step({ type: 'crash', process: 'kubelet/n1' });
  until(cluster, 40);
  assert.ok(isReady(podOf(cluster)));
  assert.is(
    podOf(cluster)!.metadata.resourceVersion,
    resourceVersion,
    'there is nothing to report',
  );
  const process = cluster.simulation.process('kubelet/n1')!;
  cluster.simulation.stop('kubelet/n1');
  remove(cluster, 0);
  cluster.simulation.start(process.spec);
  until(cluster, 80);
  assert.equal(done(cluster, 'container exited', 'sandbox removed').length, 2);
});

test('[kubelet-04] what runs of a Pod that went while the kubelet was down has two seconds', () => {
  const cluster = run({}, [{ image: 'web:1', stop: 'never' }]);
  until(cluster, 10);
  const process = cluster.simulation.process('kubelet/n1')!;
  cluster.simulation.stop('kubelet/n1');
  remove(cluster, 0);
  until(cluster, 20);
  cluster.simulation.start(process.spec);
  until(cluster, 60);
  assert.equal(done(cluster, 'container exited'), ['22 container exited c']);
});

test('a behaviour of its own that cannot be read is told where the Pod is looked at', () => {
  const annotations = { 'kubestep.dev/behaviour': '{exits: 1}' };
  const cluster = run({}, [], { annotations });
  until(cluster, 5);
  const { waiting } = stateOf(podOf(cluster))!.state!;
  assert.equal(
    [waiting!.reason, waiting!.message],
    ['CreateContainerConfigError', 'kubestep.dev/behaviour: unknown field "exits"'],
  );
});

test('a Pod that somebody else fails is stopped, and stays failed', () => {
  const cluster = run({ containers: [{ name: 'c', image: 'web:1' }] });
  until(cluster, 30);
  const conditions = [{ type: 'Ready', status: 'False' }];
  const { name } = podOf(cluster)!.metadata;
  cluster.simulation.submit({
    verb: 'patch',
    kind: 'Pod',
    namespace: 'default',
    name,
    patchType: 'merge',
    patch: { status: { phase: 'Failed', conditions } },
    subresource: 'status',
  });
  until(cluster, 80);
  assert.is(done(cluster, 'container exited').length, 1);
  assert.is(podOf(cluster)!.status.phase, 'Failed');
});

test.run();

/** The Job controller: how Pods are made, counted and let go, and how a Job ends (ctl-04 §A). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jobController } from '../../src/controllers/job.ts';
import { ttlAfterFinishedController } from '../../src/controllers/ttlafterfinished.ts';
import type { Controller } from '../../src/sim/controller.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';
import { type Passed, pass } from './pass.ts';

const test = suite('job controller');

/** A cluster with one Job, and one controller that remembers from pass to pass. */
class JobCluster extends TestCluster {
  readonly controller: Controller = jobController();

  constructor(spec: object, restartPolicy = 'Never') {
    super();
    const template = { spec: { restartPolicy, containers: [{ name: 'c', image: 'task' }] } };
    this.create('Job', {
      metadata: { name: 'task', namespace: 'default' },
      spec: { ...spec, template },
    });
  }

  get status(): Any {
    return this.get('Job', 'task').status;
  }

  /** In the order in which they were made. */
  get pods(): readonly Any[] {
    const made = (one: Any) => Number(one.metadata.annotations?.made ?? 0);
    return [...this.store.view().list('Pod')].sort((a, b) => made(a) - made(b));
  }

  get active(): readonly Any[] {
    return this.pods.filter(({ status }) => !['Succeeded', 'Failed'].includes(status.phase));
  }

  sync(): Passed {
    return pass(this.controller, 'default/task', this);
  }

  /** The Pod ends, with an exit code, at the present second. */
  end(name: string, exitCode: number, status: object = {}): void {
    const finishedAt = new Date(Date.parse('2026-01-01T00:00:00Z') + this.now).toISOString();
    const state = { terminated: { exitCode, finishedAt: `${finishedAt.slice(0, 19)}Z` } };
    const containerStatuses = [
      { name: 'c', state, ready: false, restartCount: 0, image: 'task', imageID: '' },
    ];
    const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
    this.merge('Pod', name, { status: { phase, containerStatuses, ...status } }, 'status');
  }

  /** All active Pods end. */
  endAll(exitCode: number, status: object = {}): void {
    for (const { metadata } of this.active) this.end(metadata.name, exitCode, status);
  }
}

const verbs = ({ requests }: Passed): readonly string[] =>
  requests.map((request) => {
    const { verb, kind } = request as Any;
    return `${verb} ${kind}${(request as Any).subresource === undefined ? '' : '/status'}`;
  });

const types = ({ conditions = [] }: Any): readonly string[] =>
  conditions.map(({ type, status, reason }: Any) => `${type}=${status} ${reason}`);

const indexOf = ({ metadata }: Any): string =>
  metadata.annotations['batch.kubernetes.io/job-completion-index'];

test('[J-S1] creates as many Pods as may run at once, and not more than are left', () => {
  const cluster = new JobCluster({ completions: 3, parallelism: 2 });
  assert.equal(verbs(cluster.sync()), ['create Pod', 'create Pod', 'update Job/status']);
  cluster.now = 1_000;
  cluster.endAll(0);
  assert.equal(verbs(cluster.sync()), [
    'create Pod',
    'update Job/status',
    'patch Pod',
    'patch Pod',
    'update Job/status',
  ]);
  assert.is(cluster.status.succeeded, 2);
  assert.equal(cluster.status.uncountedTerminatedPods, {});
});

test('[J-S3] notes a Pod, lets go of it, counts it, in that order', () => {
  const cluster = new JobCluster({});
  cluster.sync();
  cluster.endAll(0);
  const { requests, events } = cluster.sync();
  const [noted, released, ended] = requests as readonly Any[];
  assert.is(noted.object.status.uncountedTerminatedPods.succeeded.length, 1);
  assert.is(noted.object.status.succeeded, undefined);
  assert.equal(released.patch.metadata, {
    '$deleteFromPrimitiveList/finalizers': ['batch.kubernetes.io/job-tracking'],
  });
  assert.is(ended.object.status.succeeded, 1);
  assert.equal(types(ended.object.status), [
    'SuccessCriteriaMet=True CompletionsReached',
    'Complete=True CompletionsReached',
  ]);
  assert.equal(events, ['Normal Completed: Job completed']);
});

test('[J-S2] passes over a Pod that it has let go, though the cache still shows the finalizer', () => {
  const cluster = new JobCluster({ completions: 2, parallelism: 1 });
  cluster.sync();
  cluster.endAll(0);
  const seen = cluster.store.revision;
  cluster.sync();
  assert.is(cluster.status.succeeded, 1);
  const stale = cluster.store.viewBy((kind) => (kind === 'Pod' ? seen : cluster.store.revision));
  pass(cluster.controller, 'default/task', cluster, stale);
  assert.is(cluster.status.succeeded, 1);
});

test('[J-S4] waits 10 s after the first failure, twice as long after the next', () => {
  const cluster = new JobCluster({ backoffLimit: 5 });
  cluster.sync();
  cluster.endAll(1);
  assert.equal(cluster.sync().later, [['default/task', 10_000]]);
  cluster.now = 10_000;
  assert.ok(verbs(cluster.sync()).includes('create Pod'));
  cluster.endAll(1);
  assert.equal(cluster.sync().later, [['default/task', 20_000]]);
});

test('[J-S4] gives up when its Pods failed more often than it allows', () => {
  const cluster = new JobCluster({ backoffLimit: 0 });
  cluster.sync();
  cluster.endAll(1);
  const { events } = cluster.sync();
  assert.equal(events, [
    'Warning BackoffLimitExceeded: Job has reached the specified backoff limit',
  ]);
  assert.equal(types(cluster.status), [
    'FailureTarget=True BackoffLimitExceeded',
    'Failed=True BackoffLimitExceeded',
  ]);
});

test('[J-S4] where containers restart in place, restarts count', () => {
  const cluster = new JobCluster({ backoffLimit: 2 }, 'OnFailure');
  cluster.sync();
  const [pod] = cluster.pods;
  cluster.bind(pod.metadata.name);
  const containerStatuses = [
    { name: 'c', ready: false, restartCount: 2, image: 'task', imageID: '' },
  ];
  const status = { phase: 'Running', containerStatuses };
  cluster.merge('Pod', pod.metadata.name, { status }, 'status');
  assert.ok(verbs(cluster.sync()).includes('delete Pod'));
  assert.equal(types(cluster.status), ['FailureTarget=True BackoffLimitExceeded']);
});

test('[J-S5] is over only when its Pods are', () => {
  const cluster = new JobCluster({ activeDeadlineSeconds: 5 });
  assert.equal(cluster.sync().later, [['default/task', 5_000]]);
  const { name } = cluster.pods[0]!.metadata;
  cluster.bind(name);
  cluster.now = 5_000;
  cluster.sync();
  assert.equal(types(cluster.status), ['FailureTarget=True DeadlineExceeded']);
  assert.is(cluster.status.terminating, 1);
  cluster.delete('Pod', name, { gracePeriodSeconds: 0 });
  cluster.sync();
  assert.equal(types(cluster.status).at(-1), 'Failed=True DeadlineExceeded');
  assert.is(cluster.status.failed, 1);
});

test('[J-S1] a Pod that takes its time to end drives no other one out', () => {
  const spec = { completions: 4, parallelism: 3, podReplacementPolicy: 'Failed' };
  const cluster = new JobCluster(spec);
  cluster.sync();
  for (const { metadata } of cluster.pods) cluster.bind(metadata.name);
  cluster.merge('Job', 'task', { spec: { parallelism: 1 } });
  assert.is(verbs(cluster.sync()).filter((verb) => verb === 'delete Pod').length, 2);
  assert.is(cluster.status.terminating, 2);
  assert.equal(verbs(cluster.sync()), [], 'one is active, as is wanted; two are on their way out');
});

test('a suspended Job takes its Pods away uncounted, and begins anew', () => {
  const cluster = new JobCluster({ parallelism: 2 });
  cluster.sync();
  cluster.now = 3_000;
  cluster.merge('Job', 'task', { spec: { suspend: true } });
  const suspended = cluster.sync();
  assert.equal(verbs(suspended), [
    'patch Pod',
    'patch Pod',
    'delete Pod',
    'delete Pod',
    'update Job/status',
  ]);
  assert.is(cluster.status.startTime, undefined);
  assert.is(cluster.status.failed, undefined);
  cluster.merge('Job', 'task', { spec: { suspend: false } });
  assert.ok(cluster.sync().events.includes('Normal Resumed: Job resumed'));
  assert.is(cluster.status.startTime, '2026-01-01T00:00:03Z');
  assert.equal(types(cluster.status), ['Suspended=False JobResumed']);
});

test('[ctl-04 A.3] a suspended Job of which nothing is left to do is complete', () => {
  const cluster = new JobCluster({ completions: 0, suspend: true });
  assert.is(cluster.sync().outcome, undefined);
  assert.equal(types(cluster.status), [
    'SuccessCriteriaMet=True CompletionsReached',
    'Complete=True CompletionsReached',
  ]);
  assert.is(cluster.status.startTime, undefined, 'it never began');
});

test('[J-S6] an index is a name, a label and a variable, and is made again when it fails', () => {
  const cluster = new JobCluster({ completionMode: 'Indexed', completions: 2, parallelism: 2 });
  cluster.sync();
  const [pod] = cluster.pods.filter((one) => indexOf(one) === '1');
  assert.match(pod.metadata.name, /^task-1-/);
  assert.is(pod.spec.hostname, 'task-1');
  assert.is(pod.metadata.labels['batch.kubernetes.io/job-completion-index'], '1');
  assert.is(pod.spec.containers[0].env[0].name, 'JOB_COMPLETION_INDEX');
  cluster.end(pod.metadata.name, 1);
  for (const other of cluster.active) cluster.end(other.metadata.name, 0);
  cluster.sync();
  assert.is(cluster.status.completedIndexes, '0');
  cluster.now = 20_000;
  cluster.sync();
  assert.equal(cluster.active.map(indexOf), ['1']);
});

test('a limit per index gives up the index, keeps its last Pod, and fails the Job at the end', () => {
  const cluster = new JobCluster({
    completionMode: 'Indexed',
    completions: 2,
    parallelism: 2,
    backoffLimitPerIndex: 1,
  });
  cluster.sync();
  const failing = cluster.active.find((one) => indexOf(one) === '0')!;
  cluster.end(failing.metadata.name, 1);
  cluster.sync();
  // Its replacement is to be told how often the index has failed.
  assert.ok(cluster.get('Pod', failing.metadata.name).metadata.finalizers);
  cluster.now = 10_000;
  cluster.sync();
  const [replacement] = cluster.active.filter((one) => indexOf(one) === '0');
  assert.is(replacement.metadata.annotations['batch.kubernetes.io/job-index-failure-count'], '1');
  cluster.end(replacement.metadata.name, 1);
  cluster.sync();
  assert.is(cluster.status.failedIndexes, '0');
  cluster.endAll(0);
  cluster.sync();
  assert.equal(types(cluster.status).at(-1), 'Failed=True FailedIndexes');
});

test('a failure that is to be ignored is replaced, and not counted', () => {
  const onExitCodes = { operator: 'In', values: [42] };
  const rules = [{ action: 'Ignore', onExitCodes }];
  const cluster = new JobCluster({ backoffLimit: 0, podFailurePolicy: { rules } });
  cluster.sync();
  cluster.endAll(42);
  cluster.sync();
  assert.is(cluster.status.failed, undefined);
  cluster.now = 10_000;
  assert.ok(verbs(cluster.sync()).includes('create Pod'));
});

test('a failure that is fatal ends the Job, and says why', () => {
  const onPodConditions = [{ type: 'DisruptionTarget' }];
  const rules = [{ action: 'FailJob', onPodConditions }];
  const cluster = new JobCluster({ podFailurePolicy: { rules } });
  cluster.sync();
  const { name } = cluster.pods[0]!.metadata;
  cluster.endAll(1, { conditions: [{ type: 'DisruptionTarget', status: 'True' }] });
  assert.equal(cluster.sync().events, [
    `Warning PodFailurePolicy: Pod default/${name} has condition DisruptionTarget matching FailJob rule at index 0`,
  ]);
});

test('a Pod on its way out is replaced at once, or when it has failed', () => {
  for (const [podReplacementPolicy, creates] of [
    ['TerminatingOrFailed', 1],
    ['Failed', 0],
  ] as const) {
    const cluster = new JobCluster({ podReplacementPolicy });
    cluster.sync();
    const { name } = cluster.pods[0]!.metadata;
    cluster.bind(name);
    cluster.delete('Pod', name);
    cluster.sync();
    cluster.now = 60_000;
    cluster.sync();
    assert.is(cluster.store.view().list('Pod').length - 1, creates, podReplacementPolicy);
  }
});

test('the first index decides where the policy says so; the others are not counted', () => {
  const cluster = new JobCluster({
    completionMode: 'Indexed',
    completions: 2,
    parallelism: 2,
    successPolicy: { rules: [{ succeededIndexes: '0' }] },
  });
  cluster.sync();
  cluster.end(cluster.active.find((one) => indexOf(one) === '0')!.metadata.name, 0);
  cluster.sync();
  assert.equal(types(cluster.status), ['SuccessCriteriaMet=True SuccessPolicy']);
  cluster.sync();
  assert.is(cluster.status.succeeded, 1);
  assert.is(cluster.status.failed, undefined);
  assert.equal(types(cluster.status).at(-1), 'Complete=True SuccessPolicy');
});

test('a Job that is managed elsewhere is none of its business', () => {
  assert.equal(new JobCluster({ managedBy: 'example.com/other' }).sync().requests, []);
  assert.ok(new JobCluster({ managedBy: 'kubernetes.io/job-controller' }).sync().requests.length);
});

test('[J-L2] a Pod whose Job is gone is let go', () => {
  const cluster = new JobCluster({});
  cluster.sync();
  const { name } = cluster.pods[0]!.metadata;
  const key = `orphan|default/${name}`;
  assert.equal(pass(cluster.controller, key, cluster).requests, []);
  cluster.delete('Job', 'task', { propagationPolicy: 'Background' });
  pass(cluster.controller, key, cluster);
  assert.is(cluster.get('Pod', name).metadata.finalizers, undefined);
});

test('a Job lives on for as long as it says, and goes with its Pods', () => {
  const cluster = new JobCluster({ ttlSecondsAfterFinished: 10 });
  cluster.sync();
  cluster.endAll(0);
  cluster.sync();
  const ttl = () => pass(ttlAfterFinishedController(), 'default/task', cluster);
  cluster.now = 4_000;
  assert.equal(ttl().later, [['default/task', 6_000]]);
  cluster.now = 10_000;
  const { uid } = cluster.get('Job', 'task').metadata;
  const [, deletion] = ttl().requests as readonly Any[];
  assert.equal(deletion.options, {
    propagationPolicy: 'Foreground',
    preconditions: { uid },
  });
});

test.run();

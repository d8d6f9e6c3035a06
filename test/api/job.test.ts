/** Jobs and CronJobs in the API server: defaults, generated labels, what is refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CronJob } from '../../src/api/job/cronjob.ts';
import type { Job } from '../../src/api/job/job.ts';
import { cronJobLifecycle } from '../../src/api/lifecycle/cronjob.ts';
import { jobLifecycle } from '../../src/api/lifecycle/job.ts';
import { indexesIn, overlapOf } from '../../src/api/validation/indexes.ts';
import type { Request, Response } from '../../src/apiserver/request.ts';
import { TestCluster } from '../apiserver/cluster.ts';

const test = suite('jobs in the API');

const ask = (cluster: TestCluster, request: Request): Response =>
  cluster.api.handle(request, 'user/test', []);

const template = (spec: object = {}, metadata?: object) => ({
  ...(metadata === undefined ? {} : { metadata }),
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'task:ok' }], ...spec },
});

const job = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'task', ...metadata },
  spec: { template: template(), ...spec },
});

const cronJob = (spec: object = {}, name = 'tick') => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: { schedule: '* * * * *', jobTemplate: { spec: { template: template() } }, ...spec },
});

function made(object: object, kind = 'Job'): Job {
  return new TestCluster().create(kind, object as never) as unknown as Job;
}

/** What is wrong with it, without the name. */
function refusal(object: object, kind = 'Job'): string {
  const cluster = new TestCluster();
  const request = { verb: 'create', kind, namespace: 'default', object } as Request;
  const response = ask(cluster, request);
  return response.ok ? '' : response.status.message.replace(/^.* is invalid: /, '');
}

test('a Job runs one Pod once, unless it says otherwise', () => {
  const { spec, status } = made(job());
  assert.is(spec.parallelism, 1);
  assert.is(spec.completions, 1);
  assert.is(spec.backoffLimit, 6);
  assert.is(spec.completionMode, 'NonIndexed');
  assert.is(spec.podReplacementPolicy, 'TerminatingOrFailed');
  assert.is(spec.suspend, false);
  assert.equal(status, {});
});

test('a Job that names one number leaves the other open', () => {
  assert.is(made(job({ parallelism: 3 })).spec.completions, undefined);
  assert.is(made(job({ completions: 3 })).spec.parallelism, 1);
});

test('a limit per index puts the limit of the Job out of reach', () => {
  const spec = { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 1 };
  assert.is(made(job(spec)).spec.backoffLimit, 2_147_483_647);
});

test('a podFailurePolicy waits for Pods to have failed, and conditions are True', () => {
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }];
  const { spec } = made(job({ podFailurePolicy: { rules } }));
  assert.is(spec.podReplacementPolicy, 'Failed');
  assert.is(spec.podFailurePolicy!.rules[0]!.onPodConditions![0]!.status, 'True');
});

test('template and selector get the uid, and a Job without labels those of its template', () => {
  const { metadata, spec } = made(job());
  const { uid } = metadata;
  const generated = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': 'task',
    'controller-uid': uid,
    'job-name': 'task',
  };
  assert.equal(spec.template.metadata!.labels, generated);
  assert.equal(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } });
  assert.equal(metadata.labels, generated);
  const labelled = made(job({ template: template({}, { labels: { app: 'j' } }) }));
  assert.is(labelled.metadata.labels!.app, 'j');
  assert.is(labelled.metadata.labels!['job-name'], 'task');
  assert.equal(made(job({}, { labels: { own: 'x' } })).metadata.labels, { own: 'x' });
});

test('a Job that selects by itself is left alone', () => {
  const labels = { app: 'j' };
  const spec = {
    manualSelector: true,
    selector: { matchLabels: labels },
    template: template({}, { labels }),
  };
  assert.equal(made(job(spec)).spec.template.metadata!.labels, labels);
});

test('what a Job cannot be', () => {
  const none = { template: { spec: { containers: [{ name: 'c', image: 'x' }] } } };
  const restart = 'spec.template.spec.restartPolicy';
  assert.is(refusal(job(none)), `${restart}: Required value: valid values: "OnFailure", "Never"`);
  assert.is(
    refusal(job({ parallelism: -1 })),
    'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
  );
  assert.is(
    refusal(job({ completionMode: 'Indexed', parallelism: 1 })),
    'spec.completions: Required value: when completion mode is Indexed',
  );
  assert.is(
    refusal(job({ completionMode: 'Foo' })),
    'spec.completionMode: Unsupported value: "Foo": supported values: "NonIndexed", "Indexed"',
  );
  assert.is(
    refusal(job({ backoffLimitPerIndex: 1 })),
    'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
  );
  const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }];
  const onFailure = template({ restartPolicy: 'OnFailure' });
  assert.is(
    refusal(job({ podFailurePolicy: { rules }, template: onFailure })),
    `${restart}: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified`,
  );
});

test('rules of policies are looked at one by one', () => {
  const failure = (rule: object) => refusal(job({ podFailurePolicy: { rules: [rule] } }));
  const at = 'spec.podFailurePolicy.rules[0]';
  assert.is(
    failure({ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }),
    `${at}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`,
  );
  assert.is(
    failure({ action: 'Count' }),
    `${at}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`,
  );
  assert.is(
    failure({ action: 'Count', onExitCodes: { operator: 'In', values: [2, 0] } }),
    `[${at}.onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator, ${at}.onExitCodes.values: Invalid value: [2,0]: must be ordered]`,
  );
  const success = (rule: object) =>
    refusal(job({ completionMode: 'Indexed', completions: 3, successPolicy: { rules: [rule] } }));
  assert.is(
    success({ succeededIndexes: '0-7' }),
    'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-7": error parsing succeededIndexes: too large index: "7"',
  );
  assert.is(
    success({ succeededIndexes: '0', succeededCount: 2 }),
    'spec.successPolicy.rules[0].succeededCount: Invalid value: 2: must be less than or equal to 1 (the number of indexes in the specified succeededIndexes field)',
  );
});

test('texts of indexes ascend', () => {
  assert.is(indexesIn('0,2-4', 5), 4);
  assert.equal(indexesIn('2,1', 5), { error: 'non-increasing order, previous: 2, current: 1' });
  assert.equal(indexesIn('x', 5), {
    error: 'cannot convert string to integer for index: "x"',
  });
  assert.is(overlapOf('0-3', '2,5', 6), 2);
  assert.is(overlapOf('0-3', '5', 6), undefined);
});

/** What a change of a Job is answered with, the Job having that status first. */
function changed(spec: object, patch: object, status?: object): string {
  const cluster = new TestCluster();
  const created = cluster.create('Job', job(spec) as never);
  if (status !== undefined) {
    const withStatus = { ...created, status };
    ask(cluster, { verb: 'update', kind: 'Job', subresource: 'status', object: withStatus });
  }
  const named = { kind: 'Job', namespace: 'default', name: 'task' };
  const response = ask(cluster, { verb: 'patch', ...named, patchType: 'merge', patch });
  return response.ok ? '' : response.status.message.replace(/^.* is invalid: /, '');
}

test('most of a Job is fixed', () => {
  assert.is(
    changed({}, { spec: { completions: 3 } }),
    'spec.completions: Invalid value: 3: field is immutable',
  );
  assert.match(
    changed({}, { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }),
    /^spec.template: Invalid value: .*field is immutable$/,
  );
  assert.is(changed({}, { spec: { parallelism: 4, suspend: true } }), '');
});

test('an Indexed Job grows with its parallelism', () => {
  const indexed = { completionMode: 'Indexed', completions: 2, parallelism: 2 };
  assert.is(changed(indexed, { spec: { completions: 3, parallelism: 3 } }), '');
  assert.is(
    changed(indexed, { spec: { completions: 3 } }),
    'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
  );
});

test('a Job that was born suspended may still be sent elsewhere', () => {
  const patch = { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } };
  assert.is(changed({ suspend: true }, patch), '');
  const image = { spec: { template: { spec: { containers: [{ name: 'c', image: 'new' }] } } } };
  assert.match(changed({ suspend: true }, image), /field is immutable$/);
});

test('while no Pod of a suspended Job runs its containers may ask for something else', () => {
  const ask = (requests: object, image?: object) => {
    const resources = { requests, limits: { cpu: '2' } };
    const containers = [{ name: 'c', image: 'task:ok', resources, ...image }];
    return { spec: { template: { spec: { containers } } } };
  };
  const more = ask({ cpu: '1' });
  assert.is(changed({ suspend: true }, more), '');
  const startTime = '2026-01-01T00:00:00Z';
  assert.is(changed({ suspend: true }, more, { startTime }), '', 'though it ran before');
  assert.match(changed({ suspend: true }, more, { startTime, active: 1 }), /field is immutable$/);
  assert.match(changed({}, more), /field is immutable$/);
  assert.match(changed({ suspend: true }, ask({}, { image: 'new' })), /field is immutable$/);
});

/** What a status is answered with, after another one. */
function statusRefusal(...statuses: readonly object[]): string {
  const cluster = new TestCluster();
  let current = cluster.create('Job', job() as never) as unknown as Job;
  for (const status of statuses) {
    const response = ask(cluster, {
      verb: 'update',
      kind: 'Job',
      subresource: 'status',
      object: { ...current, status },
    });
    if (!response.ok) return response.status.message.replace(/^.* is invalid: /, '');
    current = response.object as Job;
  }
  return '';
}

const time = '2026-01-01T00:00:10Z';
const condition = (type: string) => ({
  type,
  status: 'True',
  lastProbeTime: time,
  lastTransitionTime: time,
});
const failed = { startTime: time, conditions: [condition('FailureTarget'), condition('Failed')] };

test('[J-S5] a status cannot take back an end, nor have two of them', () => {
  assert.is(statusRefusal(failed), '');
  assert.match(
    statusRefusal(failed, { startTime: time }),
    /cannot disable the terminal Failed=True/,
  );
  const both = [...failed.conditions, condition('SuccessCriteriaMet'), condition('Complete')];
  assert.match(
    statusRefusal({ startTime: time, completionTime: time, conditions: both }),
    /cannot set Complete=True and Failed=true conditions/,
  );
  assert.match(
    statusRefusal({ ...failed, active: 1 }),
    /status.active: Invalid value: 1: active>0 is invalid for finished job/,
  );
});

test('[J-S2] counters do not fall', () => {
  assert.match(
    statusRefusal({ startTime: time, failed: 2 }, { startTime: time, failed: 1 }),
    /status.failed: Invalid value: 1: cannot decrease the failed counter/,
  );
});

test('a Job that runs keeps the time at which it began, and begins anew when it goes on', () => {
  const later = '2026-01-01T00:00:20Z';
  assert.is(
    statusRefusal({ startTime: time }, { startTime: later }),
    `status.startTime: Invalid value: "${later}": field is immutable for unsuspended job once set`,
  );
  assert.match(statusRefusal({ startTime: time }, {}), /^status.startTime: Invalid value: null: /);
  const suspended = { startTime: time, conditions: [condition('Suspended')] };
  const resumed = { ...condition('Suspended'), status: 'False' };
  assert.is(statusRefusal(suspended, { startTime: later, conditions: [resumed] }), '');
});

test('a CronJob defaults its own fields, and of the Job only the Pod', () => {
  const { spec } = made(cronJob(), 'CronJob') as unknown as CronJob;
  assert.is(spec.concurrencyPolicy, 'Allow');
  assert.is(spec.successfulJobsHistoryLimit, 3);
  assert.is(spec.failedJobsHistoryLimit, 1);
  assert.equal(Object.keys(spec.jobTemplate.spec), ['template']);
  assert.is(spec.jobTemplate.spec.template.spec.schedulerName, 'default-scheduler');
});

test('what a CronJob cannot be', () => {
  const wrong = (spec: object, name?: string) => refusal(cronJob(spec, name), 'CronJob');
  assert.is(wrong({ schedule: '' }), 'spec.schedule: Required value');
  assert.is(
    wrong({ schedule: 'foo' }),
    'spec.schedule: Invalid value: "foo": expected exactly 5 fields, found 1: [foo]',
  );
  assert.is(
    wrong({ schedule: 'TZ=UTC * * * * *' }),
    'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
  );
  assert.is(
    wrong({ timeZone: 'Foo/Bar' }),
    'spec.timeZone: Invalid value: "Foo/Bar": unknown time zone Foo/Bar',
  );
  assert.is(
    wrong({ concurrencyPolicy: 'Foo' }),
    'spec.concurrencyPolicy: Unsupported value: "Foo": supported values: "Allow", "Forbid", "Replace"',
  );
  const name = 'x'.repeat(53);
  assert.is(
    wrong({}, name),
    `metadata.name: Invalid value: "${name}": must be no more than 52 characters`,
  );
  assert.is(wrong({ schedule: '@every 1h', timeZone: 'Europe/Berlin' }), '');
});

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const inStatus = (status: object) =>
  ({ kind: 'Job', metadata: {}, spec: {}, status }) as unknown as Job;

test('a Job step by step, and met at its end', () => {
  const waiting = inStatus({});
  const running = inStatus({ startTime: time, active: 1 });
  const failing = inStatus({ startTime: time, conditions: [condition('FailureTarget')] });
  const over = inStatus(failed);
  assert.equal(types(jobLifecycle(undefined, waiting)), []);
  assert.equal(types(jobLifecycle(waiting, running)), ['job.started', 'job.becameActive']);
  assert.equal(types(jobLifecycle(running, failing)), ['job.boundToFail', 'job.becameIdle']);
  assert.equal(types(jobLifecycle(failing, over)), ['job.failed']);
  assert.equal(types(jobLifecycle(undefined, over)), ['job.failed']);
  const suspended = inStatus({ conditions: [condition('Suspended')] });
  assert.equal(types(jobLifecycle(waiting, suspended)), ['job.suspended']);
  assert.equal(types(jobLifecycle(suspended, running)), ['job.resumed', 'job.becameActive']);
});

test('a CronJob step by step', () => {
  const version = (suspend: boolean, status: object) =>
    ({ kind: 'CronJob', metadata: {}, spec: { suspend }, status }) as unknown as CronJob;
  const fresh = version(false, {});
  const busy = version(false, { lastScheduleTime: time, active: [{ name: 'tick-1' }] });
  const paused = version(true, { lastScheduleTime: time });
  assert.equal(types(cronJobLifecycle(fresh, busy)), ['cronjob.scheduled', 'cronjob.becameActive']);
  assert.equal(types(cronJobLifecycle(busy, paused)), ['cronjob.suspended', 'cronjob.becameIdle']);
  assert.equal(types(cronJobLifecycle(paused, undefined)), ['cronjob.removed']);
});

test.run();

/** The CronJob controller: which Job it starts, and what it does with those of before (ctl-04 §B). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cronJobController } from '../../src/controllers/cronjob.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';
import { type Passed, pass } from './pass.ts';

const test = suite('cronjob controller');

const minuteMs = 60_000;

class CronCluster extends TestCluster {
  constructor(spec: object = {}) {
    super();
    const containers = [{ name: 'c', image: 'task' }];
    const template = { spec: { restartPolicy: 'Never', containers } };
    this.create('CronJob', {
      metadata: { name: 'tick', namespace: 'default' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template } }, ...spec },
    });
  }

  get status(): Any {
    return this.get('CronJob', 'tick').status;
  }

  get jobs(): readonly string[] {
    return this.store
      .view()
      .list('Job')
      .map(({ metadata: { name } }) => name);
  }

  /** One pass, so many minutes and a moment after the CronJob was made. */
  sync(minutes: number): Passed {
    this.now = minutes * minuteMs + 100;
    return pass(cronJobController(), 'default/tick', this);
  }

  finish(name: string, type: 'Complete' | 'Failed' = 'Complete'): void {
    const time = new Date(Date.parse('2026-01-01T00:00:00Z') + this.now).toISOString();
    const at = `${time.slice(0, 19)}Z`;
    const target = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
    const condition = (one: string) => ({
      type: one,
      status: 'True',
      lastProbeTime: at,
      lastTransitionTime: at,
    });
    const status = {
      startTime: at,
      conditions: [condition(target), condition(type)],
      ...(type === 'Complete' ? { completionTime: at } : {}),
    };
    this.merge('Job', name, { status }, 'status');
  }
}

/** Minutes from 1970 to the first minute of the simulated time. */
const epoch = 29_453_760;

test('[C-S1] names a Job by its minute, and looks again a little after the next', () => {
  const cluster = new CronCluster();
  assert.equal(cluster.sync(0).later, [['default/tick', minuteMs]]);
  const { later, events } = cluster.sync(1);
  assert.equal(cluster.jobs, [`tick-${epoch + 1}`]);
  assert.equal(later, [['default/tick', minuteMs]]);
  assert.equal(events, [`Normal SuccessfulCreate: Created job tick-${epoch + 1}`]);
  assert.is(cluster.status.lastScheduleTime, '2026-01-01T00:01:00Z');
  assert.is(cluster.status.active[0].name, `tick-${epoch + 1}`);
});

test('[C-S1] a Job that a pass of before could not note is noted, and not made again', () => {
  const cluster = new CronCluster();
  cluster.sync(1);
  const [name] = cluster.jobs;
  cluster.merge('CronJob', 'tick', { status: { active: null, lastScheduleTime: null } }, 'status');
  cluster.sync(1);
  assert.equal(cluster.jobs, [name]);
  assert.is(cluster.status.active[0].name, name);
  assert.is(cluster.status.lastScheduleTime, '2026-01-01T00:01:00Z');
});

test('the annotation tells the time in the zone of the CronJob', () => {
  const cluster = new CronCluster({ timeZone: 'Asia/Kolkata' });
  cluster.sync(1);
  const { annotations } = cluster.get('Job', cluster.jobs[0]!).metadata;
  assert.equal(annotations, {
    'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T05:31:00+05:30',
  });
});

test('[C-S2] Forbid skips, Replace ends, Allow adds', () => {
  const started = (concurrencyPolicy: string) => {
    const cluster = new CronCluster({ concurrencyPolicy });
    cluster.sync(1);
    const { events } = cluster.sync(2);
    return [cluster.status.active.length, cluster.jobs.length, events[0]] as const;
  };
  const skipped =
    'Normal JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid';
  assert.equal(started('Forbid'), [1, 1, skipped]);
  assert.equal(started('Replace'), [
    1,
    1,
    `Normal SuccessfulDelete: Deleted job tick-${epoch + 1}`,
  ]);
  assert.equal(started('Allow'), [2, 2, `Normal SuccessfulCreate: Created job tick-${epoch + 2}`]);
});

test('[C-L1] of more than a hundred times that were missed it starts the last, and tells', () => {
  const cluster = new CronCluster();
  const { events } = cluster.sync(101);
  assert.equal(cluster.jobs, [`tick-${epoch + 101}`]);
  assert.match(events[0]!, /^Warning TooManyMissedTimes: too many missed start times/);
  const few = new CronCluster();
  assert.is(few.sync(100).events.length, 1);
});

test('[C-S3] what is too late is not started', () => {
  const startedAt = (minute: number) => {
    const cluster = new CronCluster({ schedule: '0 * * * *', startingDeadlineSeconds: 90 });
    cluster.sync(minute);
    return cluster.jobs;
  };
  assert.equal(startedAt(61), [`tick-${epoch + 60}`]);
  assert.equal(startedAt(62), []);
});

test('[C-S3] only Jobs that have ended are cleared, the oldest first', () => {
  const cluster = new CronCluster({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 });
  for (const minute of [1, 2, 3]) {
    cluster.sync(minute);
    const name = `tick-${epoch + minute}`;
    if (minute < 3) cluster.finish(name);
  }
  assert.equal(cluster.jobs, [`tick-${epoch + 2}`, `tick-${epoch + 3}`]);
  cluster.finish(`tick-${epoch + 3}`, 'Failed');
  const { events } = cluster.sync(3);
  assert.equal(events, [`Normal SuccessfulDelete: Deleted job tick-${epoch + 3}`]);
  assert.equal(cluster.jobs, [`tick-${epoch + 2}`]);
  assert.is(cluster.status.active, undefined);
});

test('a Job that has ended is seen, and so is one that went missing', () => {
  const cluster = new CronCluster({ schedule: '*/5 * * * *' });
  cluster.sync(5);
  cluster.finish(`tick-${epoch + 5}`);
  assert.equal(cluster.sync(6).events, [
    `Normal SawCompletedJob: Saw completed job: tick-${epoch + 5}, condition: Complete`,
  ]);
  assert.is(cluster.status.lastSuccessfulTime, '2026-01-01T00:05:00Z');
  cluster.sync(10);
  cluster.delete('Job', `tick-${epoch + 10}`, { propagationPolicy: 'Background' });
  assert.equal(cluster.sync(11).events, [
    `Normal MissingJob: Active job went missing: tick-${epoch + 10}`,
  ]);
});

test('a suspended CronJob starts nothing, and does not look again', () => {
  const { later, requests } = new CronCluster({ suspend: true }).sync(5);
  assert.equal(later, []);
  assert.equal(requests, []);
});

test('a schedule that is never due is told as invalid', () => {
  const { events, later } = new CronCluster({ schedule: '0 0 31 2 *' }).sync(5);
  assert.equal(events, [
    'Warning InvalidSchedule: invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second',
  ]);
  assert.equal(later, []);
});

test('Jobs of an earlier CronJob of that name are seen, and cleared', () => {
  const cluster = new CronCluster({ successfulJobsHistoryLimit: 1, suspend: true });
  const containers = [{ name: 'c', image: 'task' }];
  const controller = { apiVersion: 'batch/v1', kind: 'CronJob', uid: 'before', controller: true };
  for (const name of ['first', 'second', 'third']) {
    cluster.create('Job', {
      metadata: {
        name,
        namespace: 'default',
        ownerReferences: [{ ...controller, name: name === 'third' ? 'tock' : 'tick' }],
      },
      spec: { template: { spec: { restartPolicy: 'Never', containers } } },
    });
    cluster.finish(name);
  }
  const { events } = cluster.sync(1);
  assert.equal(events, ['Normal SuccessfulDelete: Deleted job first']);
  assert.ok(cluster.status.lastSuccessfulTime);
});

test.run();

/** Decisions of the CronJob controller. */
import { nextTime } from '../../../src/api/cron/next.ts';
import { parseSchedule } from '../../../src/api/cron/schedule.ts';
import type { CronJob } from '../../../src/api/job/cronjob.ts';
import type { Job } from '../../../src/api/job/job.ts';
import type { Draft } from '../../../src/api/meta.ts';
import { epochMs, parseTimestamp } from '../../../src/api/time.ts';
import type { Request, Response } from '../../../src/apiserver/request.ts';
import { jobFrom, jobName } from '../../../src/controllers/cronjob/jobs.ts';
import { missedMax, mostRecent } from '../../../src/controllers/cronjob/missed.ts';
import { CronJobPass } from '../../../src/controllers/cronjob/pass.ts';
import { syncCronJob } from '../../../src/controllers/cronjob/sync.ts';
import type { ControllerContext } from '../../../src/sim/controller.ts';
import type { Input, Topics } from '../topic.ts';

const text = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString().replace('.000Z', 'Z');

export const cronJobs: Topics = {
  cron_next({ schedule, after }) {
    const parsed = parseSchedule(schedule);
    return { next: parsed.ok ? text(nextTime(parsed.schedule, Date.parse(after))) : 'error' };
  },
  cron_most_recent(input) {
    const { created, lastSchedule, now, startingDeadlineSeconds, includeDeadline } = input;
    const parsed = parseSchedule(input.schedule);
    if (!parsed.ok) return { earliest: null, recent: null, tooManyMissed: false, error: true };
    const timetable = {
      schedule: parsed.schedule,
      zone: 'UTC',
      createdAt: Date.parse(created),
      lastScheduledAt: lastSchedule === null ? undefined : Date.parse(lastSchedule),
      startingDeadlineSeconds: startingDeadlineSeconds ?? undefined,
    };
    const found = mostRecent(timetable, Date.parse(now), includeDeadline);
    return {
      earliest: text(found.earliest),
      recent: text(found.recent),
      tooManyMissed: found.missed > missedMax,
      error: found.error !== undefined,
    };
  },
  cronjob_names: ({ cronJob, scheduled }) => ({ job: jobName(cronJob, Date.parse(scheduled)) }),
  cronjob_sync: syncOf,
};

const template = {
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } } },
};

const ranAt = '2016-05-19T09:01:00Z';

/** One pass, with the requests answered as an API server would that has the earlier Job. */
function syncOf(input: Input): unknown {
  const { ran, stillActive, concurrencyPolicy, suspend, startingDeadlineSeconds } = input;
  const cronJob = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {
      name: 'mycronjob',
      namespace: 'default',
      uid: '1a2b3c',
      resourceVersion: '1',
      creationTimestamp: ran ? '2016-05-19T08:59:00Z' : '2016-05-19T09:59:00Z',
    },
    spec: {
      schedule: input.schedule ?? '0 * * * ?',
      concurrencyPolicy,
      suspend,
      jobTemplate: template,
      ...(startingDeadlineSeconds === null ? {} : { startingDeadlineSeconds }),
    },
    status: ran ? { lastScheduleTime: ranAt } : {},
  } as unknown as CronJob;
  const earlier = ran ? [earlierJob(cronJob, stillActive)] : [];
  const active = stillActive ? earlier.map(referenceTo) : [];
  const warnings: string[] = [];
  const context = {
    now: parseTimestamp(input.now),
    record: (_about: unknown, type: string, reason: string) => {
      if (type === 'Warning') warnings.push(reason);
    },
  } as unknown as ControllerContext;
  const status = { ...cronJob.status, ...(active.length === 0 ? {} : { active }) };
  const pass = new CronJobPass({ ...cronJob, status }, earlier, context);
  const requests: Request[] = [];
  const run = syncCronJob(pass);
  let step = run.next();
  while (!step.done) {
    requests.push(step.value);
    step = run.next(answer(step.value, cronJob, earlier));
  }
  const { afterMs } = step.value;
  return {
    create: requests.some(({ verb }) => verb === 'create'),
    deleteActive: requests.some(({ verb }) => verb === 'delete'),
    activeAfter: pass.active.length,
    requeueAfterSeconds: afterMs === undefined ? null : afterMs / 1000,
    warnings: warnings.length,
  };
}

function earlierJob(cronJob: CronJob, stillActive: boolean): Job {
  const draft = jobFrom(cronJob, epochMs + parseTimestamp(ranAt));
  const complete = { type: 'Complete', status: 'True' };
  return {
    ...draft,
    metadata: { ...draft.metadata, namespace: 'default', uid: '1234', resourceVersion: '1' },
    status: stillActive ? {} : { conditions: [complete] },
  } as unknown as Job;
}

const referenceTo = ({ metadata: { namespace, name, uid } }: Job) => ({
  kind: 'Job',
  namespace: namespace!,
  name,
  uid,
});

function answer(request: Request, cronJob: CronJob, jobs: readonly Job[]): Response {
  if (request.verb === 'create') {
    const draft = request.object as Draft<Job>;
    const metadata = { ...draft.metadata, uid: 'new', resourceVersion: '2' };
    return { ok: true, object: { ...draft, metadata } } as Response;
  }
  const object = request.kind === 'CronJob' ? cronJob : jobs[0];
  return { ok: true, object } as Response;
}

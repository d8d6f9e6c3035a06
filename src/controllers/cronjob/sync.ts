/**
 * One pass over a CronJob (ctl-04 §B.3): clears the history, notes which of its Jobs have ended, and
 * starts the one that is due.
 */
import type { CronJob } from '../../api/job/cronjob.ts';
import type { Job } from '../../api/job/job.ts';
import { finishedAs } from '../../api/job/jobstatus.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import { surplusJobs } from './jobs.ts';
import { type CronJobPass, deleteJob, type Synced } from './pass.ts';
import { startDue } from './start.ts';

export function* syncCronJob(pass: CronJobPass): Requests<Synced> {
  for (const job of surplusJobs(pass.cronJob, pass.jobs)) yield* deleteJob(pass, job);
  return (yield* noteJobs(pass)) ?? (yield* noteMissing(pass)) ?? (yield* startDue(pass));
}

/** Jobs that have ended are no longer active; Jobs that it does not know are told. */
function* noteJobs(pass: CronJobPass): Requests<Synced | undefined> {
  for (const job of pass.jobs) {
    const { name, uid } = job.metadata;
    const finished = finishedAs(job);
    if (finished === undefined) {
      if (pass.isActive(uid)) continue;
      const fresh = yield* getCronJob(pass.cronJob);
      if (!fresh.ok) return { error: fresh.status.message };
      if (fresh.object.status.active?.some((reference) => reference.uid === uid)) {
        pass.cronJob = fresh.object;
        continue;
      }
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      pass.tell('Warning', 'UnexpectedJob', message);
      continue;
    }
    if (pass.isActive(uid)) {
      pass.forget(uid);
      pass.tell('Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${finished}`);
    }
    noteSuccess(pass, job);
  }
  return undefined;
}

function noteSuccess(pass: CronJobPass, { status: { completionTime } }: Job): void {
  const last = pass.cronJob.status.lastSuccessfulTime;
  if (completionTime === undefined) return;
  if (last !== undefined && Date.parse(completionTime) <= Date.parse(last)) return;
  pass.note({ lastSuccessfulTime: completionTime });
}

const getCronJob = ({ metadata: { namespace, name } }: CronJob) =>
  call<CronJob>({ verb: 'get', kind: 'CronJob', namespace: namespace!, name });

/** Active Jobs that the cache does not show: the API server knows whether they are gone. */
function* noteMissing(pass: CronJobPass): Requests<Synced | undefined> {
  const uids = new Set(pass.jobs.map(({ metadata: { uid } }) => uid));
  for (const { namespace, name = '', uid = '' } of pass.active) {
    if (uids.has(uid)) continue;
    const found = yield* call<Job>({ verb: 'get', kind: 'Job', namespace: namespace!, name });
    if (found.ok) continue;
    if (found.status.reason !== 'NotFound') return { error: found.status.message };
    pass.tell('Normal', 'MissingJob', `Active job went missing: ${name}`);
    pass.forget(uid);
  }
  return undefined;
}

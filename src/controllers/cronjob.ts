/** CronJob controller (ctl-04 §B): starts a Job at each activation of a schedule. */
import { parseSchedule } from '../api/cron/schedule.ts';
import type { CronJob } from '../api/job/cronjob.ts';
import type { Job } from '../api/job/job.ts';
import type { Key } from '../api/meta.ts';
import { controllerOf, keyOf } from '../api/meta.ts';
import { epochMs } from '../api/time.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import { untilNext } from './cronjob/missed.ts';
import { CronJobPass } from './cronjob/pass.ts';
import { timetableOf } from './cronjob/start.ts';
import { syncCronJob } from './cronjob/sync.ts';
import { resolveController } from './resolve.ts';

export const cronJobController = (): Controller => ({
  name: 'cronjob-controller',
  watches: ['CronJob', 'Job'],
  keysFor,
  reconcile,
});

function keysFor(event: WatchEvent, context: ControllerContext): void {
  if (event.kind === 'CronJob') cronJobChanged(event as WatchEvent<CronJob>, context);
  else jobChanged(event as WatchEvent<Job>, context);
}

function cronJobChanged(event: WatchEvent<CronJob>, context: ControllerContext): void {
  const { key, object, old, type } = event;
  const { queue, now } = context;
  const rescheduled =
    type === 'MODIFIED' &&
    (object.spec.schedule !== old?.spec.schedule || object.spec.timeZone !== old?.spec.timeZone);
  if (!rescheduled) {
    queue.add(key);
    return;
  }
  const parsed = parseSchedule(object.spec.schedule);
  if (!parsed.ok) {
    const message = `unparseable schedule for cronjob: ${object.spec.schedule}`;
    context.record(object, 'Warning', 'UnParseableCronJobSchedule', message);
    return;
  }
  const afterMs = untilNext(timetableOf(object, parsed.schedule), epochMs + now);
  if (afterMs !== undefined) queue.addAfter(key, afterMs, true);
}

function jobChanged({ object, old }: WatchEvent<Job>, { view, queue }: ControllerContext): void {
  for (const version of old === undefined || old === object ? [object] : [old, object]) {
    const owner = resolveController<CronJob>(view, 'CronJob', version);
    if (owner !== undefined) queue.add(keyOf(owner));
  }
}

/** By the name of their controller: those of an earlier CronJob of that name, too. */
const jobsOf = ({ metadata: { name, namespace = '' } }: CronJob, { view }: ControllerContext) =>
  view.by<Job>('Job', 'namespace', namespace).filter((job) => controllerOf(job)?.name === name);

function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  const { view, queue } = context;
  const cronJob = view.get<CronJob>('CronJob', key);
  if (cronJob === undefined) return undefined;
  const pass = new CronJobPass(cronJob, jobsOf(cronJob, context), context);
  const { afterMs, error } = yield* syncCronJob(pass);
  if (pass.changed) {
    const updated = yield* call<CronJob>({
      verb: 'update',
      kind: 'CronJob',
      object: pass.cronJob,
      subresource: 'status',
    });
    if (!updated.ok) return { error: updated.status.message };
  }
  if (error !== undefined) return { error };
  // The next activation is a matter of time, and keeps nobody from being at rest.
  if (afterMs !== undefined) queue.addAfter(key, afterMs, true);
  return undefined;
}

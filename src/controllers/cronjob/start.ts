/** Starts the Job that is due, if one is (ctl-04 §B.3, steps 4 to 13). */
import { parseSchedule, type Schedule } from '../../api/cron/schedule.ts';
import { zoneError } from '../../api/cron/zone.ts';
import type { ObjectReference } from '../../api/event.ts';
import type { CronJob } from '../../api/job/cronjob.ts';
import type { Job } from '../../api/job/job.ts';
import { isControlledBy } from '../../api/meta.ts';
import { epochMs, parseTimestamp, timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import { jobFrom, jobName } from './jobs.ts';
import { missedMax, mostRecent, type Timetable, untilNext } from './missed.ts';
import { type CronJobPass, deleteJob, type Synced } from './pass.ts';

export function* startDue(pass: CronJobPass): Requests<Synced> {
  const { metadata, spec, status } = pass.cronJob;
  if (metadata.deletionTimestamp !== undefined) return {};
  const schedule = scheduleOf(pass);
  if (schedule === undefined) return {};
  const timetable = timetableOf(pass.cronJob, schedule);
  const now = epochMs + pass.context.now;
  const { recent, missed, error } = mostRecent(timetable, now, true);
  if (error !== undefined) {
    pass.tell('Warning', 'InvalidSchedule', `invalid schedule: ${spec.schedule} : ${error}`);
    return {};
  }
  const later = (): Synced => againAfter(untilNext(timetableOf(pass.cronJob, schedule), now));
  if (recent === undefined) return later();
  if (missed > missedMax) pass.tell('Warning', 'TooManyMissedTimes', tooManyMissed);
  const deadline = spec.startingDeadlineSeconds;
  if (deadline !== undefined && recent + deadline * 1000 < now) {
    const message = `Missed scheduled time to start a job: ${rfc1123(recent)}`;
    pass.tell('Warning', 'MissSchedule', message);
    return later();
  }
  const name = jobName(metadata.name, recent);
  const isStarted = pass.active.some((one) => one.name === name);
  if (isStarted || timetable.lastScheduledAt === recent) return later();
  if (spec.concurrencyPolicy === 'Forbid' && (status.active ?? []).length > 0) {
    pass.tell('Normal', 'JobAlreadyActive', alreadyActive);
    return later();
  }
  if (spec.concurrencyPolicy === 'Replace') {
    const refused = yield* endActive(pass);
    if (refused !== undefined) return { error: refused };
  }
  const job = yield* startJob(pass, recent);
  if (!('metadata' in job)) return job;
  const lastScheduleTime = timestamp(recent - epochMs);
  pass.note({ active: [...pass.active, referenceTo(job)], lastScheduleTime });
  return later();
}

const tooManyMissed =
  'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
const alreadyActive =
  'Not starting job because prior execution is running and concurrency policy is Forbid';

const againAfter = (afterMs: number | undefined): Synced =>
  afterMs === undefined ? {} : { afterMs };

/** Undefined: nothing can be started, which has been told where it is a mistake. */
function scheduleOf(pass: CronJobPass): Schedule | undefined {
  const { schedule, timeZone, suspend } = pass.cronJob.spec;
  const error = timeZone === undefined ? undefined : zoneError(timeZone);
  if (error !== undefined) {
    pass.tell(
      'Warning',
      'UnknownTimeZone',
      `invalid timeZone: ${JSON.stringify(timeZone)}: ${error}`,
    );
    return undefined;
  }
  if (suspend) return undefined;
  if (schedule.includes('TZ')) {
    const message = `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`;
    pass.tell('Warning', 'UnsupportedSchedule', message);
  }
  const parsed = parseSchedule(schedule);
  if (parsed.ok) return parsed.schedule;
  const message = `unparseable schedule: ${JSON.stringify(schedule)} : ${parsed.error}`;
  pass.tell('Warning', 'UnparseableSchedule', message);
  return undefined;
}

export function timetableOf({ metadata, spec, status }: CronJob, schedule: Schedule): Timetable {
  const last = status.lastScheduleTime;
  return {
    schedule,
    zone: spec.timeZone ?? 'UTC',
    createdAt: epochMs + parseTimestamp(metadata.creationTimestamp),
    lastScheduledAt: last === undefined ? undefined : epochMs + parseTimestamp(last),
    startingDeadlineSeconds: spec.startingDeadlineSeconds,
  };
}

/** `Thu, 19 May 2016 10:00:00 +0000` */
// tidy: allow new Date — formats a given instant, reads no clock.
const rfc1123 = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

/** Returns why an active Job could not be replaced. */
function* endActive(pass: CronJobPass): Requests<string | undefined> {
  for (const { namespace, name = '' } of pass.active) {
    const found = yield* call<Job>({ verb: 'get', kind: 'Job', namespace: namespace!, name });
    if (!found.ok) {
      pass.tell('Warning', 'FailedGet', `Get job: ${found.status.message}`);
      return found.status.message;
    }
    if (!(yield* deleteJob(pass, found.object)))
      return `could not replace job ${namespace}/${name}`;
  }
  return undefined;
}

/**
 * The Job, if it is to be noted as active now. One that exists was made by a pass that could not
 * note it, or by somebody else.
 */
function* startJob(pass: CronJobPass, scheduledAt: number): Requests<Job | Synced> {
  const { namespace } = pass.cronJob.metadata;
  const object = jobFrom(pass.cronJob, scheduledAt);
  const named = { kind: 'Job', namespace: namespace! };
  const created = yield* call<Job>({ verb: 'create', ...named, object });
  if (created.ok) {
    pass.tell('Normal', 'SuccessfulCreate', `Created job ${created.object.metadata.name}`);
    return created.object;
  }
  const { reason, message, details } = created.status;
  if (details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) {
    return { error: message };
  }
  if (reason !== 'AlreadyExists') {
    pass.tell('Warning', 'FailedCreate', `Error creating job: ${message}`);
    return { error: message };
  }
  const found = yield* call<Job>({ verb: 'get', ...named, name: object.metadata.name! });
  if (!found.ok) return { error: found.status.message };
  const isOwn = isControlledBy(found.object, pass.cronJob);
  return isOwn && !pass.isActive(found.object.metadata.uid) ? found.object : {};
}

function referenceTo({ apiVersion, kind, metadata }: Job): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return { kind, namespace: namespace!, name, uid, apiVersion, resourceVersion };
}

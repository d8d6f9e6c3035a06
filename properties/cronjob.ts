/** What CronJobs promise (properties §5). */
import { type Clockwork, parseSchedule } from '../src/api/cron/schedule.ts';
import type { CronJob } from '../src/api/job/cronjob.ts';
import type { Job } from '../src/api/job/job.ts';
import { isJobFinished } from '../src/api/job/jobstatus.ts';
import { controllerOf, keyOf, makeKey } from '../src/api/meta.ts';
import { epochMs, parseTimestamp } from '../src/api/time.ts';
import { mostRecent } from '../src/controllers/cronjob/missed.ts';
import { timetableOf } from '../src/controllers/cronjob/start.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import { type Eventually, type Judged, onWriteOf, type Properties, type World } from './rule.ts';

const by = 'cronjob-controller';
const minuteMs = 60_000;

const isStart = (entry: WriteEntry): boolean =>
  entry.by === by && entry.kind === 'Job' && entry.before === undefined;

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** Unix milliseconds. */
const scheduledAt = ({ metadata }: Job): number =>
  Date.parse(metadata.annotations?.[scheduledAnnotation] ?? '');

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const numeric = 'numeric';
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      month: numeric,
      day: numeric,
      weekday: 'short',
      hour: numeric,
      minute: numeric,
    });
    formats.set(timeZone, format);
  }
  return format;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Whether the clocks of the zone show, at an instant, a time that the schedule has. */
function isDue(schedule: Clockwork, zone: string, at: number): boolean {
  const fields = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const number = (field: 'minute' | 'hour' | 'day' | 'month') => Number(fields.get(field));
  if (!schedule.minutes.has(number('minute')) || !schedule.hours.has(number('hour'))) return false;
  if (!schedule.months.has(number('month'))) return false;
  const day = schedule.days.has(number('day'));
  const weekday = schedule.weekdays.has(weekdays.indexOf(fields.get('weekday')!));
  return schedule.bothDays ? day && weekday : day || weekday;
}

/** Undefined: it goes by intervals, or by nothing. */
function clockworkOf({ spec }: CronJob): Clockwork | undefined {
  const parsed = parseSchedule(spec.schedule);
  return parsed.ok && !('everyMs' in parsed.schedule) ? parsed.schedule : undefined;
}

/** The CronJob as the author of a start saw it. */
const seenBy = ({ seen, acting }: World): CronJob | undefined =>
  seen.get<CronJob>('CronJob', acting!.pass.key);

const oncePerTime = onWriteOf(
  ['Job'],
  'C-S1',
  'a Job is started for a time that the schedule has, once, and is called after it',
  (entry, world): Judged => {
    if (!isStart(entry)) return undefined;
    const job = entry.after as Job;
    const cronJob = seenBy(world);
    if (cronJob === undefined) return `${entry.key} is started for a CronJob that is not there`;
    const at = scheduledAt(job);
    const name = `${cronJob.metadata.name}-${Math.floor(at / minuteMs)}`;
    if (job.metadata.name !== name) return `${job.metadata.name} should be called ${name}`;
    const twin = world.now
      .by<Job>('Job', 'controller', cronJob.metadata.uid)
      .find((other) => other.metadata.uid !== job.metadata.uid && scheduledAt(other) === at);
    if (twin !== undefined)
      return `${job.metadata.name} and ${twin.metadata.name} are for one time`;
    const schedule = clockworkOf(cronJob);
    const zone = cronJob.spec.timeZone ?? 'UTC';
    return schedule === undefined || isDue(schedule, zone, at)
      ? undefined
      : `${entry.key} is started at a time that ${cronJob.spec.schedule} does not have in ${zone}`;
  },
);

const concurrency = onWriteOf(
  ['Job'],
  'C-S2',
  'Forbid starts nothing while a Job that was noted goes on, Replace ends it before',
  (entry, world): Judged => {
    if (!isStart(entry)) return undefined;
    const cronJob = seenBy(world);
    const policy = cronJob?.spec.concurrencyPolicy;
    if (cronJob === undefined || policy === 'Allow') return undefined;
    const ended = new Set(world.ownWrites.map(({ key }) => key));
    // One that its author does not see is not gone for that: he has to ask.
    for (const { namespace, name = '', uid } of notedOf(cronJob, world)) {
      const key = makeKey(namespace, name);
      const job = world.now.get<Job>('Job', key);
      if (job === undefined || job.metadata.uid !== uid || isJobFinished(job)) continue;
      if (policy === 'Forbid') return `${entry.key} is started while ${name} goes on`;
      if (ended.has(key) || job.metadata.deletionTimestamp !== undefined) continue;
      return `${entry.key} is started before ${name} is ended`;
    }
    return undefined;
  },
);

/** The Jobs that a CronJob, as it was seen, has ever told to be active. */
function notedOf(seen: CronJob, { simulation }: World) {
  const noted = new Map<string, NonNullable<CronJob['status']['active']>[number]>();
  for (const { after, revision } of simulation.store.history('CronJob', keyOf(seen))) {
    if (revision > Number(seen.metadata.resourceVersion)) continue;
    const cronJob = after as CronJob | undefined;
    if (cronJob?.metadata.uid !== seen.metadata.uid) break;
    for (const one of cronJob.status.active ?? []) noted.set(one.uid ?? '', one);
  }
  return noted.values();
}

const inTime = onWriteOf(
  ['CronJob', 'Job'],
  'C-S3',
  'time only goes forward, nothing starts while suspended, and only what has ended is cleared',
  (entry, world): Judged => {
    const { before, after, key } = entry;
    if (entry.kind === 'CronJob' && before !== undefined && after !== undefined) {
      const last = (object: unknown) => (object as CronJob).status.lastScheduleTime;
      const [was, is] = [last(before), last(after)];
      const back = was !== undefined && (is === undefined || Date.parse(is) < Date.parse(was));
      return back ? `${key} was last scheduled at ${was}, and now at ${is}` : undefined;
    }
    if (entry.by !== by || entry.kind !== 'Job') return undefined;
    const cronJob = seenBy(world);
    if (cronJob === undefined) return undefined;
    if (isStart(entry))
      return cronJob.spec.suspend ? `${key} is started while suspended` : undefined;
    const replaces = cronJob.spec.concurrencyPolicy === 'Replace';
    if (entry.verb !== 'delete' || replaces || isJobFinished(before as Job)) return undefined;
    return `${key} is cleared away while it goes on`;
  },
);

/** So far back a time that was missed is looked for. */
const lookBackMs = 3 * 86_400_000;

const catchesUp: Eventually = {
  id: 'C-L1',
  claim: 'at rest the last time of every schedule has been met, or there is a reason why not',
  holds(world) {
    const [cronJob, missed] = behind(world) ?? [];
    if (cronJob === undefined) return undefined;
    return `${keyOf(cronJob)} missed ${missed}, and started nothing`;
  },
  known(world) {
    const [cronJob] = behind(world)!;
    const timetable = timetableOf(cronJob, clockworkOf(cronJob)!);
    const { recent, missed } = mostRecent(timetable, epochMs + world.simulation.now, true);
    return recent === undefined && missed > 0 ? irregular : undefined;
  },
};

const irregular =
  'a schedule with gaps of different lengths: after a long pause the controller guesses from the first gap, looks beyond the last time, and starts nothing';

/** A CronJob that is behind, and the time that it missed. */
function behind({ now, simulation }: World): readonly [CronJob, string] | undefined {
  for (const cronJob of now.list<CronJob>('CronJob')) {
    const missed = lastMissed(cronJob, epochMs + simulation.now);
    if (missed !== undefined) return [cronJob, missed];
  }
  return undefined;
}

/** The last time that should have been met and was not. */
function lastMissed(cronJob: CronJob, now: number): string | undefined {
  const { metadata, spec, status } = cronJob;
  const schedule = clockworkOf(cronJob);
  if (schedule === undefined || spec.suspend || metadata.deletionTimestamp !== undefined) {
    return undefined;
  }
  const since = epochMs + parseTimestamp(status.lastScheduleTime ?? metadata.creationTimestamp);
  const deadline = spec.startingDeadlineSeconds;
  const from = Math.max(since, now - Math.min(lookBackMs, (deadline ?? Infinity) * 1000));
  // The controller looks a little after the time.
  let at = Math.floor((now - 1_000) / minuteMs) * minuteMs;
  while (at > from && !isDue(schedule, spec.timeZone ?? 'UTC', at)) at -= minuteMs;
  if (at <= from) return undefined;
  const isBusy = spec.concurrencyPolicy === 'Forbid' && (status.active ?? []).length > 0;
  // tidy: allow new Date — formats a given instant, reads no clock.
  return isBusy ? undefined : new Date(at).toISOString();
}

export const cronJob: Properties = {
  always: [oncePerTime, concurrency, inTime],
  eventually: [catchesUp],
  sometimes: [
    {
      id: 'C-W1',
      claim: 'a Job is started by its schedule',
      seen: (entry) => entry.type === 'write' && isStart(entry),
    },
    {
      id: 'C-W2',
      claim: 'a Job of a schedule is replaced, or cleared away',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.by === by &&
        entry.kind === 'Job' &&
        entry.verb === 'delete' &&
        controllerOf(entry.before!) !== undefined,
    },
  ],
};

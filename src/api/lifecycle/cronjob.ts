/** What happened to a CronJob between two versions of it, as events of its machine. */
import type { CronJob } from '../job/cronjob.ts';
import type { LifecycleEvent } from '../kind.ts';
import { deletionEvents, event, nothing, removed } from './events.ts';

export function cronJobLifecycle(
  before: CronJob | undefined,
  after: CronJob | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  const suspended = isSuspended(after);
  if (suspended !== isSuspended(before)) {
    events.push(event(suspended ? 'cronjob.suspended' : 'cronjob.resumed'));
  }
  if (before?.status !== after.status) statusEvents(before, after, events);
  deletionEvents('cronjob', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('cronjob');

function statusEvents(before: CronJob | undefined, after: CronJob, events: LifecycleEvent[]): void {
  const scheduled = after.status?.lastScheduleTime;
  if (scheduled !== undefined && scheduled !== before?.status?.lastScheduleTime) {
    events.push(event('cronjob.scheduled'));
  }
  const active = isActive(after);
  if (active !== isActive(before)) {
    events.push(event(active ? 'cronjob.becameActive' : 'cronjob.becameIdle'));
  }
}

const isSuspended = (cronJob: CronJob | undefined): boolean => cronJob?.spec?.suspend === true;

const isActive = (cronJob: CronJob | undefined): boolean =>
  (cronJob?.status?.active ?? []).length > 0;

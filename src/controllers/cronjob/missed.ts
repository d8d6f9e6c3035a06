/** Which activation of a CronJob is due, and when to look again (ctl-04 §B.2). All times in Unix ms. */
import { nextTime } from '../../api/cron/next.ts';
import type { Schedule } from '../../api/cron/schedule.ts';

export interface Timetable {
  readonly schedule: Schedule;
  readonly zone: string;
  /** When the CronJob was created. */
  readonly createdAt: number;
  readonly lastScheduledAt: number | undefined;
  readonly startingDeadlineSeconds: number | undefined;
}

export interface MostRecent {
  /** Activations before this are not looked for. */
  readonly earliest: number;
  /** Undefined: none is due. */
  readonly recent: number | undefined;
  /** Roughly. */
  readonly missed: number;
  readonly error?: string;
}

/** More are told, and only the last one is started all the same. */
export const missedMax = 100;

/** Looking again a little late makes up for clocks that differ. */
const deltaMs = 100;

export function mostRecent(
  timetable: Timetable,
  now: number,
  includesDeadline: boolean,
): MostRecent {
  const { schedule, zone, createdAt, lastScheduledAt, startingDeadlineSeconds } = timetable;
  const next = (after: number) => nextTime(schedule, after, zone);
  const since = lastScheduledAt ?? createdAt;
  const deadline = includesDeadline ? startingDeadlineSeconds : undefined;
  const earliest = deadline === undefined ? since : Math.max(since, now - deadline * 1000);
  const first = next(earliest);
  if (first !== undefined && now < first) return { earliest, recent: undefined, missed: 0 };
  const second = first === undefined ? undefined : next(first);
  if (second !== undefined && now < second) return { earliest, recent: first, missed: 0 };
  if (first === undefined || second === undefined) {
    return { earliest, recent: undefined, missed: 0, error: unsatisfiable };
  }
  // The gaps of a schedule may differ: the first one gives a guess, from which the last activation
  // is looked for step by step.
  const gap = Math.round((second - first) / 1000);
  const missed = Math.floor(Math.floor((now - first) / 1000) / gap) + 1;
  let recent: number | undefined;
  for (let at = next(first + (missed - 2) * gap * 1000); at !== undefined && at <= now; ) {
    recent = at;
    at = next(at);
  }
  return { earliest, recent, missed };
}

const unsatisfiable = 'time difference between two schedules is less than 1 second';

/** Milliseconds until the next activation, whatever became of the last. */
export function untilNext(timetable: Timetable, now: number): number | undefined {
  const { earliest, recent, missed, error } = mostRecent(timetable, now, false);
  const after = recent ?? (error === undefined && missed === 0 ? earliest : now);
  const next = nextTime(timetable.schedule, after, timetable.zone);
  return next === undefined ? undefined : next + deltaMs - now;
}

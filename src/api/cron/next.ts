/**
 * When a schedule is due next, as robfig/cron steps through local time (ctl-04 §B.2): months, days,
 * hours, minutes, and from the beginning again whenever one of them wraps.
 *
 * The steps are taken in local time, so that changes of the clocks come out as they do there: what
 * the clocks skip is not run, and what they show twice is run twice.
 */
import type { Clockwork, Schedule } from './schedule.ts';
import { civilOf, instantOf } from './zone.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const yearsMax = 5;

/** The first activation after `after` (Unix milliseconds); undefined if there is none in 5 years. */
export function nextTime(schedule: Schedule, after: number, zone = 'UTC'): number | undefined {
  const second = Math.floor(after / 1000) * 1000;
  if ('everyMs' in schedule) return second + schedule.everyMs;
  return new Search(schedule, second + 1000, schedule.zone ?? zone).found();
}

/** One search; `at` only moves forward, by units that get smaller. */
class Search {
  readonly #schedule: Clockwork;
  readonly #zone: string;
  #at: number;
  /** Smaller units were set to their beginning: this happens once. */
  #rounded = false;

  constructor(schedule: Clockwork, from: number, zone: string) {
    this.#schedule = schedule;
    this.#at = from;
    this.#zone = zone;
  }

  found(): number | undefined {
    const last = this.#civil.year + yearsMax;
    while (this.#civil.year <= last) {
      if (this.#months() && this.#days() && this.#hours() && this.#minutes() && this.#seconds())
        return this.#at;
    }
    return undefined;
  }

  get #civil() {
    return civilOf(this.#zone, this.#at);
  }

  /** Each of these returns false when its unit wrapped, and a larger one must be looked at again. */
  #months(): boolean {
    for (let t = this.#civil; !this.#schedule.months.has(t.month); t = this.#civil) {
      this.#round(() => this.#local(t.year, t.month, 1));
      const { year, month, day, hour, minute, second } = this.#civil;
      this.#at = this.#local(year, month + 1, day, hour, minute, second);
      if (this.#civil.month === 1) return false;
    }
    return true;
  }

  #days(): boolean {
    for (let t = this.#civil; !this.#isDay(t); t = this.#civil) {
      this.#round(() => this.#local(t.year, t.month, t.day));
      const { year, month, day, hour, minute, second } = this.#civil;
      this.#at = this.#local(year, month, day + 1, hour, minute, second);
      // Where the clocks change at midnight, a day does not begin at 0:00, or does so twice.
      const late = this.#civil.hour;
      if (late > 12) this.#at += (24 - late) * hourMs;
      else this.#at -= late * hourMs;
      if (this.#civil.day === 1) return false;
    }
    return true;
  }

  #hours(): boolean {
    for (let t = this.#civil; !this.#schedule.hours.has(t.hour); t = this.#civil) {
      this.#round(() => this.#local(t.year, t.month, t.day, t.hour));
      this.#at += hourMs;
      if (this.#civil.hour === 0) return false;
    }
    return true;
  }

  #minutes(): boolean {
    while (!this.#schedule.minutes.has(this.#civil.minute)) {
      this.#round(() => Math.floor(this.#at / minuteMs) * minuteMs);
      this.#at += minuteMs;
      if (this.#civil.minute === 0) return false;
    }
    return true;
  }

  #seconds(): boolean {
    const { second } = this.#civil;
    if (second === 0) return true;
    this.#rounded = true;
    this.#at += (60 - second) * 1000;
    return false;
  }

  #isDay({ day, weekday }: { readonly day: number; readonly weekday: number }): boolean {
    const { days, weekdays, bothDays } = this.#schedule;
    const [isDay, isWeekday] = [days.has(day), weekdays.has(weekday)];
    return bothDays ? isDay && isWeekday : isDay || isWeekday;
  }

  #round(to: () => number): void {
    if (!this.#rounded) this.#at = to();
    this.#rounded = true;
  }

  #local(...fields: readonly [number, number, number, number?, number?, number?]): number {
    return instantOf(this.#zone, ...fields);
  }
}

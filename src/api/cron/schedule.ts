/**
 * Cron schedules as github.com/robfig/cron/v3 reads them (ctl-04 §B.2): five fields, or a
 * descriptor; and its words for what it cannot read.
 */
import { parseDuration } from './duration.ts';
import { zoneError } from './zone.ts';

/** Activations by the clock on the wall. */
export interface Clockwork {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** A day must match both of its fields if one of them is a star, and else either. */
  readonly bothDays: boolean;
  /** Set by a prefix `TZ=`. */
  readonly zone?: string;
}

export interface Interval {
  readonly everyMs: number;
}

export type Schedule = Clockwork | Interval;

export type Parsed =
  | { readonly ok: true; readonly schedule: Schedule }
  | { readonly ok: false; readonly error: string };

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: Readonly<Record<string, number>>;
}

const numbered = (names: string, from: number): Readonly<Record<string, number>> =>
  Object.fromEntries(names.split(' ').map((name, i) => [name, i + from]));

const minute: Bounds = { min: 0, max: 59 };
const hour: Bounds = { min: 0, max: 23 };
const day: Bounds = { min: 1, max: 31 };
const month: Bounds = {
  min: 1,
  max: 12,
  names: numbered('jan feb mar apr may jun jul aug sep oct nov dec', 1),
};
const weekday: Bounds = { min: 0, max: 6, names: numbered('sun mon tue wed thu fri sat', 0) };

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const every = '@every ';

/** What stands in a schedule that cannot be read; never leaves this file. */
class Unreadable extends Error {}

export function parseSchedule(text: string): Parsed {
  try {
    return { ok: true, schedule: read(text) };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, error: error.message };
    throw error;
  }
}

function read(text: string): Schedule {
  if (text === '') throw new Unreadable('empty spec string');
  const [prefix = '', zone = ''] = /^(?:CRON_)?TZ=([^ ]*)/.exec(text) ?? [];
  if (prefix === '') return withoutZone(text);
  const error = zoneError(zone);
  if (error !== undefined) throw new Unreadable(`provided bad location ${zone}: ${error}`);
  const schedule = withoutZone(text.slice(prefix.length).trim());
  return 'everyMs' in schedule ? schedule : { ...schedule, zone: zone || 'UTC' };
}

function withoutZone(text: string): Schedule {
  if (text.startsWith(every)) return interval(text);
  if (text.startsWith('@')) {
    const fields = Object.hasOwn(descriptors, text) ? descriptors[text] : undefined;
    if (fields === undefined) throw new Unreadable(`unrecognized descriptor: ${text}`);
    return clockwork(fields.split(' '));
  }
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) {
    const found = `found ${fields.length}: [${fields.join(' ')}]`;
    throw new Unreadable(`expected exactly 5 fields, ${found}`);
  }
  return clockwork(fields);
}

/** Whole seconds, one at least. */
function interval(text: string): Interval {
  const ms = parseDuration(text.slice(every.length));
  if (typeof ms === 'string') throw new Unreadable(`failed to parse duration ${text}: ${ms}`);
  return { everyMs: Math.max(1, Math.floor(ms / 1000)) * 1000 };
}

function clockwork(fields: readonly string[]): Clockwork {
  const [minutes, hours, days, months, weekdays] = [minute, hour, day, month, weekday].map(
    (bounds, i) => valuesOf(fields[i]!, bounds),
  ) as [Values, Values, Values, Values, Values];
  return {
    minutes: minutes.values,
    hours: hours.values,
    days: days.values,
    months: months.values,
    weekdays: weekdays.values,
    bothDays: days.star || weekdays.star,
  };
}

interface Values {
  readonly values: ReadonlySet<number>;
  /** It is `*` or `?`, in steps of one. */
  readonly star: boolean;
}

function valuesOf(field: string, bounds: Bounds): Values {
  const values = new Set<number>();
  let star = false;
  for (const item of field.split(',').filter((part) => part !== '')) {
    const range = rangeOf(item, bounds);
    for (let value = range.start; value <= range.end; value += range.step) values.add(value);
    star ||= range.star;
  }
  return { values, star };
}

function rangeOf(item: string, { min, max, names = {} }: Bounds) {
  const [range = '', stepText, ...moreSteps] = item.split('/');
  const [low = '', high, ...moreHyphens] = range.split('-');
  const any = low === '*' || low === '?';
  const value = (text: string): number => names[text.toLowerCase()] ?? numberOf(text);
  const start = any ? min : value(low);
  let end = any ? max : high === undefined ? start : value(high);
  if (!any && moreHyphens.length > 0) throw new Unreadable(`too many hyphens: ${item}`);
  if (moreSteps.length > 0) throw new Unreadable(`too many slashes: ${item}`);
  const step = stepText === undefined ? 1 : numberOf(stepText);
  // `n/step` means from n to the end.
  if (stepText !== undefined && high === undefined) end = max;
  if (start < min) throw new Unreadable(outside('beginning', start, 'below minimum', min, item));
  if (end > max) throw new Unreadable(outside('end', end, 'above maximum', max, item));
  if (start > end) {
    throw new Unreadable(outside('beginning', start, 'beyond end of range', end, item));
  }
  if (step === 0) throw new Unreadable(`step of range should be a positive number: ${item}`);
  return { start, end, step, star: any && step === 1 };
}

const outside = (end: string, value: number, how: string, bound: number, item: string): string =>
  `${end} of range (${value}) ${how} (${bound}): ${item}`;

function numberOf(text: string): number {
  const parsing = `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}`;
  if (!/^[+-]?\d+$/.test(text)) throw new Unreadable(`${parsing}: invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Unreadable(`${parsing}: value out of range`);
  if (value < 0) throw new Unreadable(`negative number (${value}) not allowed: ${text}`);
  return value;
}

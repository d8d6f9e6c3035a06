/**
 * Time zones: how far local time is from UTC at an instant, and when a local time is.
 *
 * The offsets are those of the IANA database that Intl has, so browsers know them too.
 */

/** Fields of a local time; `weekday` 0 is Sunday. */
export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
}

const quarterMs = 900_000;
const rememberedMax = 20_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Offsets by quarter of an hour: no zone has changed its offset between two of them. */
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone | undefined>();

function zoneOf(name: string): Zone | undefined {
  if (!zones.has(name)) zones.set(name, makeZone(name));
  return zones.get(name);
}

function makeZone(timeZone: string): Zone | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    // The database has files, whose names have upper and lower case; Intl does not care.
    const { timeZone: found } = format.resolvedOptions();
    const misspelt = found !== timeZone && found.toLowerCase() === timeZone.toLowerCase();
    return misspelt ? undefined : { format, offsets: new Map() };
  } catch {
    return undefined;
  }
}

const isUtc = (zone: string): boolean => zone === 'UTC' || zone === '';

/** What Go's `time.LoadLocation` says about a name; undefined: it knows the zone. */
export function zoneError(name: string): string | undefined {
  if (isUtc(name) || name === 'Local') return undefined;
  if (name.includes('..') || /^[/\\]|\\/.test(name)) return 'time: invalid location name';
  const named = /^[A-Z]/.test(name) && name.split('/').every((part) => /^[A-Z]/i.test(part));
  return named && zoneOf(name) !== undefined ? undefined : `unknown time zone ${name}`;
}

/** Milliseconds that local time is ahead of UTC at an instant (Unix milliseconds). */
export function offsetAt(zone: string, at: number): number {
  const known = isUtc(zone) ? undefined : zoneOf(zone);
  if (known === undefined) return 0;
  const quarter = Math.floor(at / quarterMs);
  let offset = known.offsets.get(quarter);
  if (offset === undefined) {
    offset = measured(known.format, quarter * quarterMs);
    if (known.offsets.size >= rememberedMax) known.offsets.clear();
    known.offsets.set(quarter, offset);
  }
  return offset;
}

function measured(format: Intl.DateTimeFormat, at: number): number {
  const fields: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(at)) fields[type] = value;
  const number = (field: string) => Number(fields[field]);
  const year = fields['era'] === 'BC' ? 1 - number('year') : number('year');
  const [hour, minute, second] = [number('hour'), number('minute'), number('second')];
  return utc(year, number('month'), number('day'), hour, minute, second) - at;
}

/** Unix milliseconds of a UTC time; fields out of range carry over. */
function utc(y: number, mo: number, d: number, h = 0, mi = 0, s = 0): number {
  // Date.UTC takes years below 100 for those of the twentieth century.
  const shifted = Date.UTC(y + 400, mo - 1, d, h, mi, s);
  return shifted - daysOf400Years * 86_400_000;
}

/** The calendar repeats itself after so many days. */
const daysOf400Years = 146_097;

export function civilOf(zone: string, at: number): Civil {
  // tidy: allow new Date — reads the fields of a given instant, no clock.
  const local = new Date(at + offsetAt(zone, at));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    weekday: local.getUTCDay(),
  };
}

/**
 * The instant of a local time, as Go's `time.Date` finds it: one that the clocks skip, or show
 * twice, is taken in one of the two offsets.
 */
export function instantOf(
  zone: string,
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): number {
  const local = utc(year, month, day, hour, minute, second);
  const guess = local - offsetAt(zone, local);
  return local - offsetAt(zone, guess);
}

/** RFC 3339 in whole seconds, with the offset of the zone. */
export function zonedTimestamp(zone: string, at: number): string {
  const { year, month, day, hour, minute, second } = civilOf(zone, at);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.round(offsetAt(zone, at) / 60_000);
  const ahead = Math.abs(minutes);
  const sign = minutes < 0 ? '-' : '+';
  const offset = minutes === 0 ? 'Z' : `${sign}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${offset}`;
}

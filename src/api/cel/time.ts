/** Durations and instants of CEL: how they are written, and what can be asked of them. */
import { CelError } from './error.ts';
import { Duration, Instant } from './values.ts';

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const second = 1_000_000_000n;

/** `1h30m`, `-1.5s`, `0`: as Go reads them. */
export function durationOf(text: string): Duration {
  const found = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+|0)$/.exec(text);
  if (found === null) throw new CelError(`time: invalid duration ${JSON.stringify(text)}`);
  let nanos = 0n;
  for (const [, whole, fraction = '', unit] of found[2]!.matchAll(
    /(\d*)(?:\.(\d*))?(ns|us|µs|ms|s|m|h)/g,
  )) {
    const each = units[unit!]!;
    nanos += BigInt(whole || '0') * each;
    if (fraction !== '') nanos += (BigInt(fraction) * each) / 10n ** BigInt(fraction.length);
  }
  return new Duration(found[1] === '-' ? -nanos : nanos);
}

/** Seconds, as CEL writes them. */
export function durationText({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % second).toString().padStart(9, '0').replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${size / second}${fraction === '' ? '' : `.${fraction}`}s`;
}

const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

export function instantOf(text: string): Instant {
  const [, whole, fraction = '', zone] = rfc3339.exec(text) ?? [];
  const ms = whole === undefined ? Number.NaN : Date.parse(`${whole}${zone}`);
  if (Number.isNaN(ms)) throw new CelError(`invalid timestamp ${JSON.stringify(text)}`);
  return new Instant(BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0')));
}

export function instantText({ nanos }: Instant): string {
  const fraction = floorRest(nanos).toString().padStart(9, '0').replace(/0+$/, '');
  return `${iso(nanos).slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

const floorRest = (nanos: bigint): bigint => ((nanos % second) + second) % second;

/** What stands on the wall where the zone is `shift`: an offset or nothing. */
// tidy: allow new Date — formats a given instant, reads no clock.
const iso = (nanos: bigint): string => new Date(Number(nanos / 1_000_000n)).toISOString();

/** A part of a date, in UTC or at an offset of it such as `-02:00`. */
export function partOf({ nanos }: Instant, part: string, zone = 'UTC'): number {
  // tidy: allow new Date — formats a given instant, reads no clock.
  const date = new Date(Number((nanos + offsetOf(zone)) / 1_000_000n));
  switch (part) {
    case 'getFullYear':
      return date.getUTCFullYear();
    case 'getMonth':
      return date.getUTCMonth();
    case 'getDate':
      return date.getUTCDate();
    case 'getDayOfMonth':
      return date.getUTCDate() - 1;
    case 'getDayOfWeek':
      return date.getUTCDay();
    case 'getDayOfYear':
      return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
    case 'getHours':
      return date.getUTCHours();
    case 'getMinutes':
      return date.getUTCMinutes();
    case 'getSeconds':
      return date.getUTCSeconds();
    default:
      return date.getUTCMilliseconds();
  }
}

function offsetOf(zone: string): bigint {
  if (zone === 'UTC' || zone === '') return 0n;
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (hours === undefined) throw new CelError(`unknown time zone ${zone}`);
  const nanos = BigInt(hours) * units['h']! + BigInt(minutes!) * units['m']!;
  return sign === '-' ? -nanos : nanos;
}

/** A duration in whole hours, minutes, seconds or milliseconds. */
export function lengthIn({ nanos }: Duration, part: string): number {
  const unit = { getHours: 'h', getMinutes: 'm', getSeconds: 's', getMilliseconds: 'ms' }[part];
  if (unit === undefined) throw new CelError('no such overload');
  return Number(nanos / units[unit]!);
}

export const durationParts = ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'];

export const instantParts = [
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
  ...durationParts,
];

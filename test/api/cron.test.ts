/** Cron schedules: what can be read, and when they are due, by UTC and where the clocks change. */
import { Cron } from 'croner';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDuration } from '../../src/api/cron/duration.ts';
import { nextTime } from '../../src/api/cron/next.ts';
import { parseSchedule, type Schedule } from '../../src/api/cron/schedule.ts';
import { zonedTimestamp, zoneError } from '../../src/api/cron/zone.ts';

const test = suite('cron');

function schedule(text: string): Schedule {
  const parsed = parseSchedule(text);
  assert.ok(parsed.ok, text);
  return parsed.ok ? parsed.schedule : { everyMs: 0 };
}

function errorOf(text: string): string {
  const parsed = parseSchedule(text);
  return parsed.ok ? '' : parsed.error;
}

/** The next activations, as UTC times. */
function dates(text: string, after: string, count: number, zone?: string): readonly string[] {
  const found: string[] = [];
  for (let at: number | undefined = Date.parse(after); found.length < count; ) {
    at = nextTime(schedule(text), at, zone);
    if (at === undefined) break;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

test('what cannot be read is told in the words of robfig/cron', () => {
  assert.is(errorOf(''), 'empty spec string');
  assert.is(errorOf('foo'), 'expected exactly 5 fields, found 1: [foo]');
  assert.is(errorOf('* * * * * *'), 'expected exactly 5 fields, found 6: [* * * * * *]');
  assert.is(errorOf('60 * * * *'), 'end of range (60) above maximum (59): 60');
  assert.is(errorOf('* * 0 * *'), 'beginning of range (0) below minimum (1): 0');
  assert.is(errorOf('* * * * 7'), 'end of range (7) above maximum (6): 7');
  assert.is(errorOf('5-1 * * * *'), 'beginning of range (5) beyond end of range (1): 5-1');
  assert.is(errorOf('1-2-3 * * * *'), 'too many hyphens: 1-2-3');
  assert.is(errorOf('1/2/3 * * * *'), 'too many slashes: 1/2/3');
  assert.is(errorOf('*/0 * * * *'), 'step of range should be a positive number: */0');
  assert.is(
    errorOf('L * * * *'),
    'failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax',
  );
  assert.is(errorOf('@often'), 'unrecognized descriptor: @often');
  assert.is(errorOf('@constructor'), 'unrecognized descriptor: @constructor');
  assert.is(
    errorOf('@every 5'),
    'failed to parse duration @every 5: time: missing unit in duration "5"',
  );
  assert.is(
    errorOf('TZ=Foo/Bar * * * * *'),
    'provided bad location Foo/Bar: unknown time zone Foo/Bar',
  );
});

test('durations are those of Go', () => {
  assert.is(parseDuration('1h30m'), 5_400_000);
  assert.is(parseDuration('-1.5s'), -1_500);
  assert.is(parseDuration('0'), 0);
  assert.is(parseDuration(''), 'time: invalid duration ""');
  assert.is(parseDuration('1d'), 'time: unknown unit "d" in duration "1d"');
});

test('an interval counts from where it is asked, in whole seconds', () => {
  assert.equal(dates('@every 90m', '2026-01-01T00:10:00.500Z', 2), [
    '2026-01-01T01:40',
    '2026-01-01T03:10',
  ]);
  assert.equal(schedule('@every 10ms'), { everyMs: 1000 });
});

test('a day must match both fields if one of them is a star, and else either', () => {
  assert.equal(dates('0 0 13 * 5', '2026-02-01T00:00:00Z', 3), [
    '2026-02-06T00:00',
    '2026-02-13T00:00',
    '2026-02-20T00:00',
  ]);
  assert.equal(dates('0 0 13 * *', '2026-02-01T00:00:00Z', 1), ['2026-02-13T00:00']);
  // A star in steps is no star.
  assert.equal(dates('0 0 */31 * 1', '2026-02-02T00:00:00Z', 2), [
    '2026-02-09T00:00',
    '2026-02-16T00:00',
  ]);
});

test('a date that never comes is not looked for beyond five years', () => {
  assert.equal(dates('0 0 31 2 *', '2026-01-01T00:00:00Z', 1), []);
  assert.equal(dates('0 0 29 2 *', '2096-03-01T00:00:00Z', 1), []);
});

test('[C-S1] a time that the clocks skip is not run', () => {
  const newYork = 'America/New_York';
  assert.equal(dates('30 2 * * *', '2026-03-07T00:00:00Z', 2, newYork), [
    '2026-03-07T07:30',
    '2026-03-09T06:30',
  ]);
  assert.equal(dates('0 * * * *', '2026-03-08T06:00:00Z', 2, newYork), [
    '2026-03-08T07:00',
    '2026-03-08T08:00',
  ]);
});

test('[C-S1] a time that the clocks show twice is run twice', () => {
  assert.equal(dates('30 1 * * *', '2026-11-01T00:00:00Z', 3, 'America/New_York'), [
    '2026-11-01T05:30',
    '2026-11-01T06:30',
    '2026-11-02T06:30',
  ]);
});

test('where the clocks change at midnight, days begin when they begin', () => {
  // In Beirut 2026-03-29 begins at 1:00.
  assert.equal(dates('0 0 * * *', '2026-03-27T12:00:00Z', 3, 'Asia/Beirut'), [
    '2026-03-27T22:00',
    '2026-03-29T21:00',
    '2026-03-30T21:00',
  ]);
  assert.equal(dates('@monthly', '2026-03-27T12:00:00Z', 1, 'Asia/Beirut'), ['2026-03-31T21:00']);
});

test('half hours and quarters are offsets, too', () => {
  assert.equal(dates('0 9 * * *', '2026-01-01T00:00:00Z', 1, 'Asia/Kathmandu'), [
    '2026-01-01T03:15',
  ]);
  assert.is(
    zonedTimestamp('Asia/Kathmandu', Date.parse('2026-01-01T03:15:00Z')),
    '2026-01-01T09:00:00+05:45',
  );
  assert.is(
    zonedTimestamp('America/St_Johns', Date.parse('2026-01-01T03:15:00Z')),
    '2025-12-31T23:45:00-03:30',
  );
  assert.is(zonedTimestamp('UTC', 0), '1970-01-01T00:00:00Z');
});

test('a prefix of the schedule wins over the zone of the CronJob', () => {
  assert.equal(dates('CRON_TZ=Asia/Tokyo 0 6 * * *', '2026-01-01T00:00:00Z', 1, 'Europe/Rome'), [
    '2026-01-01T21:00',
  ]);
});

test('zones have the names of their files', () => {
  assert.is(zoneError('Europe/Berlin'), undefined);
  assert.is(zoneError('Etc/UTC'), undefined);
  assert.is(zoneError('US/Eastern'), undefined);
  assert.is(zoneError('europe/berlin'), 'unknown time zone europe/berlin');
  assert.is(zoneError('+05:30'), 'unknown time zone +05:30');
  assert.is(zoneError('../etc'), 'time: invalid location name');
});

const field = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min, max }).map(String),
    fc
      .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.integer({ min: 2, max }).map((step) => `*/${step}`),
    fc
      .uniqueArray(fc.integer({ min, max }), { minLength: 2, maxLength: 4 })
      .map((l) => l.join(',')),
  );

test('by UTC it agrees with another implementation', () => {
  const fields = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6));
  const start = Date.UTC(2024, 0, 1);
  fc.assert(
    fc.property(fields, fc.nat({ max: 3 * 365 * 86_400 }), (parts, seconds) => {
      // The two read days differently where a star comes in steps.
      fc.pre(!parts[2].startsWith('*/') && !parts[4].startsWith('*/'));
      const text = parts.join(' ');
      const after = start + seconds * 1000;
      const other = new Cron(text, { timezone: 'UTC' }).nextRun(new Date(after));
      assert.is(nextTime(schedule(text), after), other?.getTime(), text);
    }),
    { numRuns: 300, seed: 1, includeErrorInReport: true },
  );
});

test.run();

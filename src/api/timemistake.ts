/** Why a text is no time, as Go's `time.Parse` tells it of the two layouts of the API. */

export type TimeLayout = '2006-01-02T15:04:05Z07:00' | '2006-01-02T15:04:05.000000Z07:00';

interface Element {
  /** As the layout has it. */
  readonly name: string;
  readonly pattern: RegExp;
  readonly limits?: readonly [what: string, least: number, most: number];
}

const two = /^\d\d/;
const fixed = (name: string): Element => ({ name, pattern: new RegExp(`^${name}`) });

const wholeSeconds: readonly Element[] = [
  { name: '2006', pattern: /^\d{4}/ },
  fixed('-'),
  { name: '01', pattern: two, limits: ['month', 1, 12] },
  fixed('-'),
  { name: '02', pattern: two },
  fixed('T'),
  { name: '15', pattern: /^\d\d?/, limits: ['hour', 0, 23] },
  fixed(':'),
  { name: '04', pattern: two, limits: ['minute', 0, 59] },
  fixed(':'),
  { name: '05', pattern: two, limits: ['second', 0, 59] },
];
const zone: Element = { name: 'Z07:00', pattern: /^(Z|[+-]\d\d:\d\d)/ };

const layouts: Readonly<Record<TimeLayout, readonly Element[]>> = {
  // A fraction may stand in a text where its layout has none.
  '2006-01-02T15:04:05Z07:00': [...wholeSeconds, { name: '', pattern: /^([.,]\d+)?/ }, zone],
  '2006-01-02T15:04:05.000000Z07:00': [
    ...wholeSeconds,
    { name: '.000000', pattern: /^[.,]\d{6}/ },
    zone,
  ],
};

/** Undefined for a time. */
export function timeMistake(text: string, layout: TimeLayout): string | undefined {
  const told = (why: string) => `parsing time ${JSON.stringify(text)}${why}`;
  let rest = text;
  const read: Record<string, number> = {};
  for (const { name, pattern, limits } of layouts[layout]) {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) {
      const shown = JSON.stringify(rest);
      return told(
        ` as ${JSON.stringify(layout)}: cannot parse ${shown} as ${JSON.stringify(name)}`,
      );
    }
    read[name] = Number(found);
    if (limits !== undefined) {
      const [what, least, most] = limits;
      if (Number(found) < least || Number(found) > most) return told(`: ${what} out of range`);
    }
    rest = rest.slice(found.length);
  }
  if (rest !== '') return told(`: extra text: ${JSON.stringify(rest)}`);
  const day = read['02']!;
  const isDay = day >= 1 && day <= daysOf(read['2006']!, read['01']!);
  return isDay ? undefined : told(': day out of range');
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

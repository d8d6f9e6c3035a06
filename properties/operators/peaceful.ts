/** U-S6: while users leave an object alone, no two controllers take turns at one of its fields. */
import type { KubeObject } from '../../src/api/meta.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import type { Always } from '../rule.ts';

interface Turn {
  readonly by: string;
  readonly to: string;
}

/** A, B, A, B: the second round shows that neither gives way. */
const turnsMax = 4;

export const peaceful = (): Always => ({
  id: 'U-S6',
  claim: 'no two controllers take turns at one field',
  types: ['write'],
  begin() {
    const turnsAt = new Map<string, Map<string, readonly Turn[]>>();
    return (entry, { acting }) => {
      const { by, kind, key, before, after } = entry as WriteEntry;
      if (before === undefined || after === undefined) return undefined;
      const { uid } = after.metadata;
      if (acting === undefined) {
        turnsAt.delete(uid);
        return undefined;
      }
      for (const [field, value] of changes(before, after)) {
        const fields = turnsAt.get(uid) ?? new Map<string, readonly Turn[]>();
        turnsAt.set(uid, fields);
        const turns = [...(fields.get(field) ?? []), { by, to: JSON.stringify(value) }].slice(
          -turnsMax,
        );
        fields.set(field, turns);
        if (isFight(turns))
          return `${turns[0]!.by} and ${by} take turns at ${field} of ${kind} ${key}`;
      }
      return undefined;
    };
  },
});

function isFight(turns: readonly Turn[]): boolean {
  const [a, b, again, andAgain] = turns;
  if (andAgain === undefined) return false;
  const same = (one: Turn, other: Turn) => one.by === other.by && one.to === other.to;
  return same(a!, again!) && same(b!, andAgain) && a!.by !== b!.by && a!.to !== b!.to;
}

type Json = Readonly<Record<string, unknown>>;

/** The fields that differ, by path, with what they are now. */
function* changes(before: KubeObject, after: KubeObject): Generator<readonly [string, unknown]> {
  const own = ({
    metadata: { labels, annotations },
    apiVersion: _v,
    kind: _k,
    ...rest
  }: KubeObject) => ({
    ...rest,
    metadata: { labels, annotations },
  });
  yield* differences(own(before), own(after), '');
}

function* differences(a: unknown, b: unknown, path: string): Generator<readonly [string, unknown]> {
  if (a === b) return;
  if (!isMap(a) || !isMap(b)) {
    if (JSON.stringify(a) !== JSON.stringify(b)) yield [path, b];
    return;
  }
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    yield* differences(a[name], b[name], path === '' ? name : `${path}.${name}`);
  }
}

const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What etcd's own robustness tests demand of watches, each under its name, and two demands of the API
 * server: what was forgotten is refused and not skipped, and a selector is followed.
 */
import { deepEqual } from '../../src/api/equal.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import type { Judged } from '../rule.ts';
import { type Expected, expectedOf, type Told, type Trace } from './trace.ts';

interface Case extends Trace {
  readonly changes: readonly Told[];
  readonly expected: readonly Expected[];
  /** The change that is told with this revision. */
  readonly by: ReadonlyMap<number, Expected>;
}

type Validator = (trace: Case) => Judged;

const name = ({ who, kind }: Trace): string => `the watch of ${kind} by ${who}`;

const ordered: Validator = (trace) => {
  let last = trace.since;
  for (const { revision, key } of trace.changes) {
    if (revision < last) return `${name(trace)} told revision ${revision} of ${key} after ${last}`;
    last = revision;
  }
  return undefined;
};

const unique: Validator = (trace) => {
  const seen = new Set<string>();
  for (const { revision, key } of trace.changes) {
    const id = `${revision} ${key}`;
    if (seen.has(id)) return `${name(trace)} told revision ${revision} of ${key} twice`;
    seen.add(id);
  }
  return undefined;
};

const atomic: Validator = (trace) => {
  const done = new Set<number>();
  let current: number | undefined;
  for (const { revision } of trace.changes) {
    if (revision === current) continue;
    if (done.has(revision)) return `${name(trace)} told revision ${revision} in two parts`;
    if (current !== undefined) done.add(current);
    current = revision;
  }
  return undefined;
};

const reliable: Validator = (trace) => {
  const told = new Set(trace.changes.map(({ revision }) => revision));
  const [first, last] = [trace.changes[0]?.revision, trace.changes.at(-1)?.revision];
  const end = trace.complete ? Number.POSITIVE_INFINITY : (last ?? 0);
  const missed = trace.expected.find(
    ({ entry: { revision } }) =>
      revision > (first ?? trace.since) && revision <= end && !told.has(revision),
  );
  return missed && `${name(trace)} never told revision ${missed.entry.revision}`;
};

const resumable: Validator = (trace) => {
  const due = trace.expected[0]?.entry.revision;
  const first = trace.changes[0]?.revision;
  if (first === undefined || due === undefined || first <= due) return undefined;
  return `${name(trace)} began after ${trace.since} and told ${first} first, not ${due}`;
};

const filterable: Validator = (trace) => {
  if (trace.matches === undefined) return undefined;
  for (const { revision, key, type } of trace.changes) {
    const expected = trace.by.get(revision);
    if (expected === undefined) return `${name(trace)} told of ${key}, which it does not select`;
    if (expected.type !== type) {
      return `${name(trace)} called ${key} at ${revision} ${type}, and not ${expected.type}`;
    }
  }
  return undefined;
};

const bookmarkable: Validator = (trace) => {
  let newest = trace.since;
  let changes = 0;
  let bookmark = -1;
  for (const { type, revision, key } of trace.told) {
    if (type !== 'BOOKMARK') {
      if (revision <= bookmark) return `${name(trace)} told ${key} after its bookmark ${bookmark}`;
      newest = Math.max(newest, revision);
      changes += 1;
      continue;
    }
    if (revision < newest) return `${name(trace)} set a bookmark at ${revision} after ${newest}`;
    const due = trace.expected.filter(({ entry }) => entry.revision <= revision).length;
    if (due > changes) return `${name(trace)} set a bookmark at ${revision}, ahead of what it told`;
    bookmark = revision;
  }
  return undefined;
};

const previous: Validator = (trace) => {
  for (const { revision, key, old, type, object } of trace.changes) {
    const entry = trace.by.get(revision)?.entry;
    if (entry === undefined) continue;
    const before = type === 'ADDED' ? undefined : entry.before;
    if (trace.tellsOld && old !== before && !deepEqual(old, before)) {
      return `${name(trace)} did not tell what ${key} was before ${revision}`;
    }
    const gone = type === 'DELETED' && entry.after === undefined;
    if (gone && !deepEqual(unversioned(object), unversioned(entry.before))) {
      return `${name(trace)} did not tell ${key} as it last was`;
    }
  }
  return undefined;
};

function unversioned(object: KubeObject | undefined): unknown {
  const { resourceVersion: _any, ...metadata } = object?.metadata ?? {};
  return { ...object, metadata };
}

const isCreate: Validator = (trace) => {
  if (trace.matches !== undefined) return undefined;
  for (const { revision, key, type } of trace.changes) {
    const entry = trace.by.get(revision)?.entry;
    if (entry !== undefined && (type === 'ADDED') !== (entry.before === undefined)) {
      return `${name(trace)} called ${key} at ${revision} ${type}`;
    }
  }
  return undefined;
};

const expires: Validator = (trace) =>
  trace.since > 0 && trace.since < trace.compacted
    ? `${name(trace)} began after ${trace.since}, though all before ${trace.compacted} is forgotten`
    : undefined;

/** By the ids of their rules. */
export const validators = {
  'W-Ordered': ordered,
  'W-Unique': unique,
  'W-Atomic': atomic,
  'W-Reliable': reliable,
  'W-Resumable': resumable,
  'W-Filterable': filterable,
  'W-Bookmarkable': bookmarkable,
  'W-PrevKV': previous,
  'W-IsCreate': isCreate,
  'W-410': expires,
} as const satisfies Readonly<Record<string, Validator>>;

export type WatchRule = keyof typeof validators;

/** What is wrong with a watch, by rule; nothing, if it told what it had to. */
export function judge(
  trace: Trace,
  history: readonly WriteEntry[],
): readonly (readonly [WatchRule, string])[] {
  const expected = expectedOf(trace, history);
  if (isExact(trace, expected)) return [];
  const changes = trace.told.filter(({ type }) => type !== 'BOOKMARK');
  const by = new Map(expected.map((one) => [one.entry.revision, one]));
  const found: (readonly [WatchRule, string])[] = [];
  for (const [id, validator] of Object.entries(validators)) {
    const problem = validator({ ...trace, changes, expected, by });
    if (problem !== undefined) found.push([id as WatchRule, problem]);
  }
  return found;
}

/** Nearly always: change for change, without anything that needs a closer look. */
function isExact(
  { told, complete, tellsOld, since, compacted }: Trace,
  expected: readonly Expected[],
): boolean {
  if (!tellsOld || since < compacted) return false;
  if (complete ? told.length !== expected.length : told.length > expected.length) return false;
  return told.every(({ type, revision, old, object }, i) => {
    const { entry, type: due } = expected[i]!;
    const wasSelected = due !== 'ADDED';
    const asItWas = old === (wasSelected ? entry.before : undefined);
    return (
      type === due &&
      revision === entry.revision &&
      asItWas &&
      (entry.after === undefined || object === entry.after)
    );
  });
}

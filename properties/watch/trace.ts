/** What one watch told, from the revision that it began with: what the rules about watches judge. */
import type { Key, KubeObject } from '../../src/api/meta.ts';
import type { WriteEntry } from '../../src/log/entry.ts';

export interface Told {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly key: Key;
  /** As the object says it: what a client would resume from. */
  readonly revision: number;
  readonly object?: KubeObject;
  /** What was there before, where the watch tells that. */
  readonly old?: KubeObject | undefined;
}

export interface Trace {
  /** Whose watch it is. */
  readonly who: string;
  readonly kind: string;
  /** Changes after this revision are to be told. */
  readonly since: number;
  /** How far the history was forgotten when it began. */
  readonly compacted: number;
  /** What it selects; absent: everything. */
  readonly matches?: (object: KubeObject) => boolean;
  readonly told: readonly Told[];
  /** Everything up to now should have been told. */
  readonly complete: boolean;
  readonly tellsOld: boolean;
}

export type ToldType = Exclude<Told['type'], 'BOOKMARK'>;

/** A change, as a watch has to tell it. */
export interface Expected {
  readonly entry: WriteEntry;
  readonly type: ToldType;
}

/** How a change looks to who selects; undefined: it is none of its business. */
export function typeOf(
  { before, after }: WriteEntry,
  matches: Trace['matches'],
): ToldType | undefined {
  const was = before !== undefined && (matches?.(before) ?? true);
  const is = after !== undefined && (matches?.(after) ?? true);
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

/** What the watch has to tell, given all changes of its kind in order. */
export function expectedOf(
  { since, matches }: Trace,
  history: readonly WriteEntry[],
): readonly Expected[] {
  const expected: Expected[] = [];
  for (const entry of history) {
    const type = entry.revision > since ? typeOf(entry, matches) : undefined;
    if (type !== undefined) expected.push({ entry, type });
  }
  return expected;
}

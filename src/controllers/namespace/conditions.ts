/** What the status of a Namespace says of its deletion: five conditions, False where all is well. */
import type { Condition } from '../../api/meta.ts';
import { timestamp } from '../../api/time.ts';

/** How many objects are left, by `resource.group`, and in how many of them each finalizer stands. */
export interface Totals {
  readonly remaining: Map<string, number>;
  readonly finalizers: Map<string, number>;
}

export const noTotals = (): Totals => ({ remaining: new Map(), finalizers: new Map() });

/** What a pass found out. */
export interface Findings {
  /** Why the kinds of the cluster could not be found out. */
  readonly discovery?: string | undefined;
  /** Why content could not be deleted, kind by kind. */
  readonly content: readonly string[];
  readonly totals: Totals;
}

interface Said {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const isTrue = (reason: string, message: string): Said => ({ status: 'True', reason, message });
const isFalse = (reason: string, message: string): Said => ({ status: 'False', reason, message });

export const contentRemaining = ({ remaining }: Totals): Said =>
  remaining.size === 0
    ? isFalse('ContentRemoved', 'All content successfully removed')
    : isTrue('SomeResourcesRemain', `Some resources are remaining: ${counts(remaining, 'has')}`);

export const finalizersRemaining = ({ finalizers }: Totals): Said =>
  finalizers.size === 0
    ? isFalse('ContentHasNoFinalizers', 'All content-preserving finalizers finished')
    : isTrue(
        'SomeFinalizersRemain',
        `Some content in the namespace has finalizers remaining: ${counts(finalizers, 'in')}`,
      );

/** In the order of the texts, so that the same state says the same. */
const counts = (totals: ReadonlyMap<string, number>, word: string): string =>
  [...totals]
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what} ${word} ${count} resource instances`)
    .sort()
    .join(', ');

function contentFailure(errors: readonly string[]): Said {
  if (errors.length === 0) {
    const message = 'All content successfully deleted, may be waiting on finalization';
    return isFalse('ContentDeleted', message);
  }
  const what = [...errors].sort().join(', ');
  const message = `Failed to delete all resource types, ${errors.length} remaining: ${what}`;
  return isTrue('ContentDeletionFailed', message);
}

const discoveryFailure = (why: string | undefined): Said =>
  why === undefined
    ? isFalse('ResourcesDiscovered', 'All resources successfully discovered')
    : isTrue('DiscoveryFailed', why);

/** The versions of groups here are well-formed: a definition with another one is refused. */
const parsed = isFalse('ParsedGroupVersions', 'All legacy kube types successfully parsed');

/** All five, in this order behind what others have set; the same list if nothing is new. */
export function withFindings(
  before: readonly Condition[],
  { discovery, content, totals }: Findings,
  now: number,
): readonly Condition[] {
  const said: Readonly<Record<string, Said>> = {
    NamespaceDeletionDiscoveryFailure: discoveryFailure(discovery),
    NamespaceDeletionGroupVersionParsingFailure: parsed,
    NamespaceDeletionContentFailure: contentFailure(content),
    NamespaceContentRemaining: contentRemaining(totals),
    NamespaceFinalizersRemaining: finalizersRemaining(totals),
  };
  let conditions = before;
  for (const [type, { status, reason, message }] of Object.entries(said)) {
    const at = conditions.findIndex((condition) => condition.type === type);
    const old = conditions[at];
    if (old?.status === status && old.reason === reason && old.message === message) continue;
    const since = old?.status === status ? old.lastTransitionTime : undefined;
    const lastTransitionTime = since ?? timestamp(now);
    const next: Condition = { type, status, lastTransitionTime, reason, message };
    conditions = at < 0 ? [...conditions, next] : conditions.with(at, next);
  }
  return conditions;
}

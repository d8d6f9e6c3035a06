/**
 * ResourceQuota: refuses what a namespace has no more room for, and charges what is let in at once, so
 * that the next request finds it (api-07 §7). It goes by the status of quotas alone.
 */
import type { KubeObject } from '../../api/meta.ts';
import { only, type Quantities, quantitiesOf, sumOf, textsOf } from '../../api/quantities.ts';
import type { Evaluator } from '../../api/quota/evaluator.ts';
import { evaluatorOf, isInScopes } from '../../api/quota/index.ts';
import type { ResourceQuota } from '../../api/resourcequota.ts';
import type { Handling } from '../apiserver.ts';

/** Why the object has no room. Otherwise what it takes is charged, unless the request is a dry run. */
export function quotaRefusal(
  object: KubeObject,
  before: KubeObject | undefined,
  handling: Handling,
  isResized = false,
): string | undefined {
  const { kind, store, dryRun } = handling;
  const quotas = store
    .view()
    .by<ResourceQuota>('ResourceQuota', 'namespace', object.metadata.namespace ?? '');
  if (quotas.length === 0) return undefined;
  const evaluator = evaluatorOf(kind);
  if (evaluator === undefined) return undefined;
  if (before !== undefined && evaluator.countsUpdates !== true && !isResized) return undefined;
  const named = quotas.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const counting = named.filter((quota) => counts(quota, object, evaluator));
  for (const quota of counting) {
    const why = notReady(quota, object, evaluator);
    if (why !== undefined) return why;
  }
  const charged: ResourceQuota[] = [];
  for (const quota of counting) {
    const asked = askedOf(quota, object, before, evaluator, handling.now);
    if (Object.keys(asked).length === 0) continue;
    const why = exceeded(quota, asked);
    if (why !== undefined) return why;
    charged.push(withUsed(quota, asked));
  }
  if (!dryRun) for (const quota of charged) charge(quota, handling);
  return undefined;
}

const hardNames = ({ status }: ResourceQuota, { covers }: Evaluator): readonly string[] =>
  Object.keys(status?.hard ?? {}).filter(covers);

const counts = (quota: ResourceQuota, object: KubeObject, evaluator: Evaluator): boolean =>
  hardNames(quota, evaluator).length > 0 && isInScopes(quota, object, evaluator);

function notReady(
  quota: ResourceQuota,
  object: KubeObject,
  evaluator: Evaluator,
): string | undefined {
  const names = hardNames(quota, evaluator);
  const { name } = quota.metadata;
  const missing = evaluator.missing?.(names, object);
  if (missing !== undefined) return `failed quota: ${name}: ${missing}`;
  const isKnown = names.every((one) => quota.status.used?.[one] !== undefined);
  if (isKnown) return undefined;
  return `status unknown for quota: ${name}, resources: ${names.toSorted().join(',')}`;
}

/** Of what the quota limits; an update takes what it adds to what was counted, and gives nothing back. */
function askedOf(
  quota: ResourceQuota,
  object: KubeObject,
  before: KubeObject | undefined,
  evaluator: Evaluator,
  now: number,
): Quantities {
  const hard = quota.status.hard ?? {};
  const usage = evaluator.usage(object, now);
  const had =
    before !== undefined && counts(quota, before, evaluator) ? evaluator.usage(before, now) : {};
  const added = Object.entries(usage).flatMap(([name, { nanos, format }]) => {
    const more = nanos - (had[name]?.nanos ?? 0n);
    return more > 0n && hard[name] !== undefined ? [[name, { nanos: more, format }]] : [];
  });
  return Object.fromEntries(added);
}

function exceeded(quota: ResourceQuota, asked: Quantities): string | undefined {
  const hard = quantitiesOf(quota.status.hard);
  const used = quantitiesOf(quota.status.used);
  const next = sumOf(used, asked);
  const isOver = (name: string) =>
    asked[name] !== undefined && next[name]!.nanos > hard[name]!.nanos;
  if (!Object.keys(hard).some(isOver)) return undefined;
  const shown = (quantities: Quantities) =>
    Object.entries(textsOf(only(quantities, isOver)))
      .map(([name, text]) => `${name}=${text}`)
      .join(',');
  const parts = `requested: ${shown(asked)}, used: ${shown(used)}, limited: ${shown(hard)}`;
  return `exceeded quota: ${quota.metadata.name}, ${parts}`;
}

function withUsed(quota: ResourceQuota, asked: Quantities): ResourceQuota {
  const used = textsOf(sumOf(quantitiesOf(quota.status.used), asked));
  return { ...quota, status: { ...quota.status, used } };
}

function charge(quota: ResourceQuota, handling: Handling): void {
  handling.ask({ verb: 'update', kind: 'ResourceQuota', subresource: 'status', object: quota });
}

/** What quotas count, and how much of it there is. */
import { kindsIn } from '../custom/index.ts';
import { type Kind, nameOf } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import { countOf, type Quantities, sumOf } from '../quantities.ts';
import { type ResourceQuota, scopesOf } from '../resourcequota.ts';
import { type Evaluator, objectCountName } from './evaluator.ts';
import { claimEvaluator } from './persistentvolumeclaim.ts';
import { podEvaluator } from './pod.ts';
import { serviceEvaluator } from './service.ts';

const evaluators = new Map<string, Evaluator>([
  ['Pod', podEvaluator],
  ['Service', serviceEvaluator],
  ['PersistentVolumeClaim', claimEvaluator],
]);

/** Their objects were counted before there was a name for the count of any kind. */
const countedByOldName = new Set(['ConfigMap', 'Secret', 'ReplicationController', 'ResourceQuota']);

/** What says nothing of a namespace: Events come and go, and Leases only tell that somebody lives. */
export const isCounted = ({ kind, namespaced }: Pick<Kind, 'kind' | 'namespaced'>): boolean =>
  namespaced && kind !== 'Event';

/** Undefined: no quota counts objects of this kind. */
export function evaluatorOf(kind: Kind): Evaluator | undefined {
  if (!isCounted(kind)) return undefined;
  const name = nameOf(kind);
  let found = evaluators.get(name);
  if (found === undefined) {
    found = objectCount(kind);
    // Definitions of custom kinds come and go.
    if (kind.storedAs === undefined) evaluators.set(name, found);
  }
  return found;
}

function objectCount(kind: Kind): Evaluator {
  const names = [objectCountName(kind)];
  if (countedByOldName.has(nameOf(kind))) names.push(kind.resource);
  const one = Object.fromEntries(names.map((name) => [name, countOf(1)]));
  return { covers: (name) => Object.hasOwn(one, name), usage: () => one };
}

/** Whether an object is in all scopes of a quota. */
export const isInScopes = (
  quota: ResourceQuota,
  object: KubeObject,
  evaluator: Evaluator,
): boolean => scopesOf(quota).every((scope) => evaluator.isIn?.(scope, object) === true);

interface Cluster {
  get<T extends KubeObject>(kind: string, key: string): T | undefined;
  list<T extends KubeObject>(kind: string): readonly T[];
  by<T extends KubeObject>(kind: string, index: string, value: string): readonly T[];
}

/** How much there is of what a quota limits; resources that nobody knows how to count are left out. */
export function usageOf(quota: ResourceQuota, cluster: Cluster, now: number): Quantities {
  const hard = Object.keys(quota.spec.hard ?? {});
  const { namespace = '' } = quota.metadata;
  let used: Quantities = {};
  for (const kind of kindsIn(cluster)) {
    const evaluator = evaluatorOf(kind);
    const names = evaluator === undefined ? [] : hard.filter((name) => evaluator.covers(name));
    if (evaluator === undefined || names.length === 0) continue;
    used = sumOf(used, Object.fromEntries(names.map((name) => [name, countOf(0)])));
    for (const object of cluster.by(nameOf(kind), 'namespace', namespace)) {
      if (!isInScopes(quota, object, evaluator)) continue;
      const taken = evaluator.usage(object, now);
      const own = names.filter((name) => taken[name] !== undefined);
      used = sumOf(used, Object.fromEntries(own.map((name) => [name, taken[name]!])));
    }
  }
  return used;
}

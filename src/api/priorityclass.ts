/** PriorityClasses: how much Pods matter, by a name. */
import { ageColumn, column, nameColumn } from './columns/column.ts';
import type { Kind } from './kind.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { filled } from './pod/poddefaults.ts';
import { validatePriorityClass, validatePriorityClassUpdate } from './validation/priorityclass.ts';

export type PreemptionPolicy = 'PreemptLowerPriority' | 'Never';

export interface PriorityClass extends KubeObject {
  readonly apiVersion: 'scheduling.k8s.io/v1';
  readonly kind: 'PriorityClass';
  readonly metadata: ObjectMeta;
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly description?: string;
  readonly preemptionPolicy?: PreemptionPolicy;
}

/** The two classes that every cluster has. */
export const systemClasses: readonly {
  readonly name: string;
  readonly value: number;
  readonly description: string;
}[] = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];

/** What Pods without a class get: the smallest of those that say so, as upstream's plugin has it. */
export function defaultPriorityClassOf(
  classes: readonly PriorityClass[],
): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const one of classes) {
    if (one.globalDefault !== true) continue;
    if (found === undefined || one.value < found.value) found = one;
  }
  return found;
}

export const priorityClassKind: Kind<PriorityClass> = {
  kind: 'PriorityClass',
  apiVersion: 'scheduling.k8s.io/v1',
  resource: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  subresources: [],
  hasStatus: false,
  generation: (next, current) =>
    next.value !== current.value ||
    next.globalDefault !== current.globalDefault ||
    next.description !== current.description ||
    next.preemptionPolicy !== current.preemptionPolicy,
  defaults(priorityClass) {
    const { metadata, preemptionPolicy = 'PreemptLowerPriority' } = priorityClass;
    const clean = normalized(priorityClass, 'scheduling.v1.PriorityClass');
    return filled(clean, { metadata, preemptionPolicy });
  },
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  columns: [
    nameColumn,
    column('Value', ({ value }) => value ?? 0),
    column('Global-Default', ({ globalDefault }) => globalDefault === true),
    ageColumn,
    column('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy),
  ],
};
